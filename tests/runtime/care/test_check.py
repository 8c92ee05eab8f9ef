"""The check of the loudspeakers, on JACK, whose wires stand for the air in a room: a cut wire is a dead loudspeaker."""
from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.jack import Server
from tests.runtime.house_at_work import CONFIG, Folder
from tests.runtime.running import ROOT, Running, command, free_port
from tests.runtime.test_live import Tablet

AIR = """
import sys, time, jack
import numpy as np
client = jack.Client("air", no_start_server=True)
ins = [client.inports.register(f"from_{number}") for number in (1, 2)]
out = client.outports.register("to")
gains, noise = [0.1, 0.05], 1e-5

@client.set_process_callback
def process(count):
    chance = np.random.default_rng(client.last_frame_time)
    heard = noise * chance.standard_normal(count).astype(np.float32)
    for gain, port in zip(gains, ins):
        heard += gain * np.frombuffer(port.get_buffer(), "f4")
    np.frombuffer(out.get_buffer(), "f4")[:] = heard

client.activate()
import threading
def wires():
    while True:
        try:
            outs = [port for port in client.get_ports(is_audio=True, is_output=True) if not port.name.startswith(("system:", "air:"))]
            for number, port in enumerate(outs[-2:]):
                if ins[number] not in client.get_all_connections(port):
                    client.connect(port, ins[number])
            for port in client.get_ports(is_audio=True, is_input=True):
                if not port.name.startswith(("system:", "air:")) and port not in client.get_all_connections(out):
                    client.connect(out, port)
        except jack.JackError:
            pass
        time.sleep(0.02)
threading.Thread(target=wires, daemon=True).start()
print("here", flush=True)
for line in sys.stdin:
    gains[:] = [float(each) for each in line.split()]
    print("done", flush=True)
"""


class Air:
    """From both outputs to the microphone, with a gain for each, and a little noise."""

    def __init__(self, server: Server) -> None:
        self._process = subprocess.Popen([sys.executable, "-c", AIR], env=server.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                         cwd=ROOT)
        assert self._process.stdout and self._process.stdout.readline().strip() == "here"

    def carries(self, *gains: float) -> None:
        assert self._process.stdin and self._process.stdout
        print(*gains, file=self._process.stdin, flush=True)
        assert self._process.stdout.readline().strip() == "done"

    def __enter__(self) -> Air:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.stdout.close()


@pytest.mark.timeout(300)
@pytest.mark.jack
def test_a_dead_loudspeaker_is_named_and_so_is_its_return(folder: Folder) -> None:
    port = free_port()
    folder.config(CONFIG.replace("card: none", "card: system, api: JACK, inputs: 1, proof: {microphone: 1}")
                  + f"remote: {{osc: {{interface: 127.0.0.1, port: {port}, allow: [127.0.0.0/8]}}}}\n")
    folder.build()
    state = folder.path / "state" / "loudspeakers.json"
    state.parent.mkdir()
    state.write_text('{"ways": {"ring 2": -28.7}}')
    with Server("CHECK", outputs=2) as server, Air(server) as air:
        air.carries(0.1, 0.0)
        with Running("run", folder.path, cache=folder.cache, **server.environment) as piece:
            tablet = Tablet(port)
            tablet.until("/system/uptime", lambda value: value > 0.2)

            def check(wanted: str) -> None:
                tablet.values.pop("/system/checked", None)
                tablet.send("/system/check", 1)
                tablet.until("/system/checked", lambda value: wanted in value, within=60)
                tablet.until("/score/main/scene", lambda value: value == "tone")

            check("ring 2: not heard")
            assert "the loudspeaker ring 2 is not heard" in piece.read()
            air.carries(0.1, 0.05)
            check("2 of 2 loudspeakers are alive")
            assert "ring 2 is heard as on opening day" in piece.read()
            tablet.until("/system/heard", lambda value: value == "heard", within=60)       # a steady tone, whose way is known from the check
            air.carries(0.0, 0.0)
            tablet.until("/system/heard", lambda value: value == "not heard", within=60)
            tablet.close()
            assert piece.stop()[0] == 0 and "Traceback" not in piece.said
        air.carries(0.1, 0.01)
        walked = command("walk", folder.path, "--listen", cache=folder.cache, **server.environment)
        learnt = json.loads(state.read_text())["ways"]
    assert walked.returncode == 3 and "ring 2: weaker (-1" in walked.stderr and "ring 1: alive" in walked.stderr, walked.stderr
    assert learnt["ring 1"] == pytest.approx(-22.7, abs=1.5), "20 dB, and the band takes some"
    assert learnt["ring 2"] == -28.7, "opening day stays"


def test_without_a_microphone_there_is_no_check(folder: Folder) -> None:
    walked = command("walk", folder.path, "--listen", cache=folder.cache)
    assert walked.returncode == 1 and "microphone" in walked.stderr and "Traceback" not in walked.stderr


def test_without_a_card_and_in_a_stopped_room_it_is_refused_with_the_reason(folder: Folder, tmp_path: Path) -> None:
    port = free_port()
    folder.config(CONFIG.replace("card: none", "card: none, inputs: 1, proof: {microphone: 1}")
                  + f"remote: {{osc: {{interface: 127.0.0.1, port: {port}, allow: [127.0.0.0/8]}}}}\n")
    folder.build()
    with Running("run", folder.path, cache=folder.cache) as piece:
        tablet = Tablet(port)
        tablet.until("/system/uptime", lambda value: value > 0.2)
        tablet.send("/system/check", 1)
        piece.until("no card sounds")
        tablet.send("/system/mode", "stop")
        tablet.until("/system/mode", lambda value: value == "stop")
        tablet.send("/system/check", 1)
        piece.until("the room is stopped or muted")
        tablet.close()
        assert piece.stop()[0] == 0 and "Traceback" not in piece.said
