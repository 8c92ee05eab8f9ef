"""Proof of sound in a house at work: silence that nobody wants is told, silence that somebody wants is not; and over a card, what is heard."""
from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from installation.runtime.care.proof import Proof
from installation.terms.fault import Fault
from tests.jack import Server
from tests.runtime.house_at_work import CONFIG, TONE, Folder, Show, with_house
from tests.runtime.running import ROOT, Running, free_port
from tests.runtime.test_live import Tablet

NOTHING = '''
from installation import Scene, ug, param

class Tone(Scene):
    quiet = param(0, "ratio", 0, 1)

    def sound(self):
        return ug.to(ug.sine(400) * self.quiet, output=1)
'''


def proof_of(show: Show, tmp_path: Path, **how) -> Proof:
    return Proof(show.house, SimpleNamespace(age=0.0, state=SimpleNamespace(silent=False)), show.told.append, tmp_path / "proof.json", **how)


async def passes(show: Show, proof: Proof, seconds: float) -> None:
    for _ in range(round(seconds * 2)):
        await show.run(0.5)
        proof.step(show.now)


def silent(show: Show) -> list[str]:
    return ["begins" if isinstance(what, Fault) else "over" for what in show.told if what.id == "proof.silent"]


@pytest.fixture
def small(folder: Folder) -> Folder:
    folder.write("tone", NOTHING)
    folder.config(CONFIG.replace("ceiling: -1 dBFS", "ceiling: -1 dBFS, proof: {patience: 5 s}"))
    return folder


def test_a_scene_that_plays_and_gives_nothing_is_told_once_and_so_is_its_end(small: Folder, tmp_path: Path) -> None:
    async def script(show: Show) -> None:
        proof = proof_of(show, tmp_path)
        await passes(show, proof, 5)
        assert silent(show) == []
        await passes(show, proof, 10)
        assert silent(show) == ["begins"] and show.tree.value("/system/silent_for") > 5
        show.write("/scene/tone/quiet", 0.5)
        await passes(show, proof, 2)
        assert silent(show) == ["begins", "over"] and show.tree.value("/system/silent_for") == 0.0

    with_house(small, script)


@pytest.mark.parametrize("why", ["/system/mute", "/system/mode", "/score/main/scene", "level", "gain", "silences", "declared", "quiet"])
def test_silence_that_is_meant_is_no_fault(folder: Folder, tmp_path: Path, why: str) -> None:
    proved = CONFIG.replace("ceiling: -1 dBFS", "ceiling: -1 dBFS, proof: {patience: 5 s}").replace("ring: 2", f"ring: 2, gain: {-60 if why == 'gain' else 0}")
    silent_scene = why in ("silences", "declared", "quiet")
    folder.config(proved.replace("scenes/tone.py", "scenes/tone.py, silences: 1 min") if why == "silences" else proved)
    folder.write("tone", NOTHING.replace("    quiet", '    silences = "1 min"\n    quiet') if why == "declared" else NOTHING if silent_scene else TONE)
    if why == "level":
        folder.write("tone", TONE.replace("* self.level", "* self.level * 1e-9"))

    async def script(show: Show) -> None:
        proof = proof_of(show, tmp_path, is_quiet=lambda: why == "quiet")
        moved = {"/system/mute": True, "/system/mode": "stop", "/score/main/scene": "none"}
        if why in moved:
            show.write(why, moved[why])
        if why == "level":
            show.write("/scene/tone/level", -60.0)
        await passes(show, proof, 20)
        assert silent(show) == []
        if silent_scene and why != "quiet":
            await passes(show, proof, 45)
            assert silent(show) == ["begins"]

    with_house(folder, script)


def test_silences_that_are_no_time_are_refused_at_the_scenes_file(folder: Folder) -> None:
    folder.write("tone", NOTHING.replace("    quiet", '    silences = "3 m"\n    quiet'))
    fault = folder.build().broken["tone"]
    assert "tone.py" in fault.where and fault.happened.fr


WIRES = """
import sys, time, jack
client = jack.Client("wires", no_start_server=True)
client.activate()
print("here", flush=True)
for line in sys.stdin:
    on = line.strip() == "on"
    wanted = time.monotonic() + 20
    while time.monotonic() < wanted:
        outs = [port for port in client.get_ports(is_audio=True, is_output=True) if not port.name.startswith("system:")]
        ins = [port for port in client.get_ports(is_audio=True, is_input=True) if not port.name.startswith("system:")]
        if outs and ins:
            break
        time.sleep(0.05)
    for out, heard in zip(outs, ins):
        joined = heard in client.get_all_connections(out)
        for other in client.get_all_connections(heard):
            if other.name.startswith("system:"):
                client.disconnect(other, heard)
        if on and not joined:
            client.connect(out, heard)
        elif joined and not on:
            client.disconnect(out, heard)
    print("done", flush=True)
"""


class Wires:
    """From each output of the piece to its input of the same number, in place of the air in a room."""

    def __init__(self, server: Server) -> None:
        self._process = subprocess.Popen([sys.executable, "-c", WIRES], env=server.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                         cwd=ROOT)
        assert self._process.stdout and self._process.stdout.readline().strip() == "here"

    def put(self, on: bool) -> None:
        assert self._process.stdin and self._process.stdout
        print("on" if on else "off", file=self._process.stdin, flush=True)
        assert self._process.stdout.readline().strip() == "done"

    def __enter__(self) -> Wires:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.stdout.close()


@pytest.mark.timeout(300)
@pytest.mark.jack
def test_a_wire_that_is_cut_is_noticed(folder: Folder) -> None:
    """The piece as it runs, on JACK, with its output wired to its input."""
    port = free_port()
    folder.write("tone", TONE.replace("output=1)", "output=1), ug.to(ug.sine(500) * self.level, output=2)]").replace("return ug.to", "return [ug.to"))
    folder.config(CONFIG.replace("card: none", "card: system, api: JACK, inputs: 2, proof: {loopback: [1, 2]}")
                  + f"remote: {{osc: {{interface: 127.0.0.1, port: {port}, allow: [127.0.0.0/8]}}}}\n")
    folder.build()
    tablet = Tablet(port)
    with Server("PROOF", outputs=2) as server, Wires(server) as wires, Running("run", folder.path, cache=folder.cache, **server.environment) as piece:
        tablet.until("/system/uptime", lambda value: value > 0.2)
        wires.put(True)
        tablet.until("/system/heard", lambda value: value == "heard", within=60)
        wires.put(False)
        tablet.until("/system/heard", lambda value: value == "not heard", within=60)
        tablet.close()
        code, _ = piece.stop()
    assert code == 0 and "Traceback" not in piece.said
