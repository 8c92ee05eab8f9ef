"""A piece that really runs, on the silent clock: stopped at any time, edited, held up, recorded; seen from outside by OSC."""
from __future__ import annotations

import re
import signal
import socket
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile
from pythonosc.osc_message_builder import OscMessageBuilder

from installation.ports.osc_packet import parse
from tests.runtime.house_at_work import CONFIG, TONE, Folder
from tests.runtime.running import Running, free_port

PLAYS = "/system/uptime"


class Tablet:
    """A client that writes, asks and remembers what it was told."""

    def __init__(self, port: int) -> None:
        self._to = ("127.0.0.1", port)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(0.1)
        self.values: dict[str, object] = {}

    def send(self, address: str, *arguments: object) -> None:
        builder = OscMessageBuilder(address)
        for argument in arguments:
            builder.add_arg(argument)
        self._socket.sendto(builder.build().dgram, self._to)

    def until(self, address: str, wanted, within: float = 30.0, ask: bool = True) -> None:
        end = time.monotonic() + within
        while not (address in self.values and wanted(self.values[address])):
            assert time.monotonic() < end, f"{address}: {self.values.get(address)!r}"
            if ask:
                self.send(address)
            try:
                data = self._socket.recv(65_536)
            except TimeoutError:
                continue
            except ConnectionError:
                time.sleep(0.05)
                continue
            for dated in parse(data):
                for message in dated.messages if hasattr(dated, "messages") else [dated.message]:
                    if message.arguments:
                        self.values[message.address] = message.arguments[0]

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def remote(folder: Folder):
    port = free_port()
    folder.config(CONFIG + f"remote: {{osc: {{interface: 127.0.0.1, port: {port}, allow: [127.0.0.0/8]}}}}\n")
    tablet = Tablet(port)
    yield tablet
    tablet.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_plays_until_it_is_told_to_stop_and_fades_within_three_seconds(folder: Folder, remote: Tablet, number: int, tmp_path: Path) -> None:
    folder.build()
    with Running("run", folder.path, "--record", tmp_path / "room.wav", cache=folder.cache) as piece:
        remote.until(PLAYS, lambda value: value > 1.5)
        status = Path(f"/proc/{piece.process.pid}/status").read_text()
        maps = Path(f"/proc/{piece.process.pid}/maps").read_text()
        code, took = piece.stop(number)
    assert code == 0 and took < 3 and "Traceback" not in piece.said and "fading out" in piece.said
    recorded, rate = soundfile.read(tmp_path / "room.wav", dtype="float32")
    assert len(recorded) > rate and np.isfinite(recorded).all() and np.abs(recorded[rate // 2:rate, 0]).max() > 0.05
    assert np.abs(recorded[-64:]).max() < 0.01                        # it faded
    assert int(re.search(r"VmRSS:\s+(\d+)", status)[1]) < 100_000     # kB
    assert not any(f"-packages/{name}/" in maps for name in ("numba", "llvmlite", "scipy")) and "libportaudio" not in maps


@pytest.mark.parametrize("after", [0.3, 0.6, 0.9, 1.3])
def test_it_stops_well_at_any_time_of_its_beginning(folder: Folder, after: float, tmp_path: Path) -> None:
    folder.write("tone", TONE + "import time\ntime.sleep(0.3)\n")
    with Running("run", folder.path, cache=tmp_path if after < 1 else folder.cache) as piece:      # with nothing compiled, or all
        piece.read(after)
        code, took = piece.stop(signal.SIGTERM)
    assert code == 0 and took < 3 and "Traceback" not in piece.said and "KeyboardInterrupt" not in piece.said


@pytest.mark.parametrize("hold", ["time.sleep(1000)", "while True: pass"])
def test_a_play_that_never_awaits_is_named_and_does_not_keep_the_piece_from_stopping(folder: Folder, remote: Tablet, hold: str) -> None:
    folder.write("tone", TONE + f"""
    async def play(self, room):
        import time
        await room.sleep(0.5)
        {hold}
""")
    line = f"{folder.path / 'scenes/tone.py'}:{len((folder.path / 'scenes/tone.py').read_text().splitlines())}"
    folder.build()
    with Running("run", folder.path, cache=folder.cache) as piece:
        piece.until(line)
        code, took = piece.stop(signal.SIGINT)
    assert code == 0 and took < 3.2 and piece.said.count(line) == 1


def test_a_scene_is_edited_while_it_plays_and_a_stop_does_not_wait_for_the_builder(folder: Folder, remote: Tablet) -> None:
    folder.build()
    with Running("run", folder.path, cache=folder.cache) as piece:
        remote.until(PLAYS, lambda value: value > 0.5)
        remote.send("/scene/tone/level", -30.0)
        remote.until("/scene/tone/level", lambda value: abs(value + 30) < 0.01)
        folder.write("tone", TONE.replace("    def sound", "    fresh = param(0.5)\n\n    def sound"))
        remote.until("/scene/tone/fresh", lambda value: value == 0.5)
        remote.until("/scene/tone/level", lambda value: abs(value + 30) < 0.01)
        folder.write("tone", TONE + "while True:\n    pass\n")
        piece.read(1.5)                                                # the builder is at it
        code, took = piece.stop()
    assert code == 0 and took < 3 and "Traceback" not in piece.said


def test_what_is_wrong_before_the_start_is_said_in_the_language_of_the_piece(folder: Folder) -> None:
    folder.config(CONFIG.replace("piece: Small", "piece: Petite\nlanguage: fr").replace("start: tone", "start: ton"))
    with Running("run", folder.path, cache=folder.cache, LANG="en_GB.UTF-8") as piece:
        assert piece.process.wait(30) == 1
        assert "Peut-être « tone »" in piece.read() and "config.yaml:" in piece.said


def test_on_a_terminal_there_is_one_line_and_none_of_it_is_left(folder: Folder, remote: Tablet) -> None:
    folder.build()
    with Running("run", folder.path, cache=folder.cache, terminal=True, COLUMNS="60") as piece:
        piece.until("♪ tone")
        code, _ = piece.stop(signal.SIGINT)
    assert code == 0
    shown = [line for line in piece.said.replace("\x1b[K", "").split("\r") if "♪" in line]
    assert shown and all(len(line) <= 59 and "\n" not in line for line in shown)
