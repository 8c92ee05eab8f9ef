"""The light process: ports apart from each other, control that is busy or gone, memory, and values that are never torn."""
from __future__ import annotations

import asyncio
import os
import select
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from installation.light.outlet import LAST_FRAMES
from installation.ports.artnet import ArtnetPort
from installation.runtime.lamps.lamp_values import BEAT, LEAVE, LampValues
from installation.runtime.lamps.lamps import Lamps
from installation.terms.fault import Recovery
from tests.bench import wait_until
from tests.light.piece import artnet, lamp, light
from tests.ports.stand_in import until
from tests.ports.widget import Widget
from tests.runtime.running import ROOT, environment

MOST_PRIVATE = 32 << 20      # bytes of the light process's own; measured: 21 million


class Control:
    """tests/runtime/lit.py as a process, and what its interface hears: `frames` with the time of each."""

    def __init__(self, folder: Path, threads: int = 0) -> None:
        self.widget = Widget(folder / "pro")
        self.process = subprocess.Popen([sys.executable, "-m", "tests.runtime.lit", str(folder / "pro"), str(threads)], cwd=ROOT,
                                        env=environment(folder), stdout=subprocess.PIPE)
        self.times: list[float] = []
        wait_until(lambda: self.hear(0.02) or self.spot == 255, 30, "the look")
        (self.lamps,) = (int(pid) for pid in self._children())

    @property
    def spot(self) -> int:
        return self.widget.frames[-1][0] if self.widget.frames else -1

    def hear(self, seconds: float) -> None:
        """Note each frame as it comes."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            select.select([self.widget.master], [], [], min(left, 0.01))
            before = len(self.widget.frames)
            self.widget.work()
            self.times += [time.monotonic()] * (len(self.widget.frames) - before)

    def _children(self) -> list[str]:
        return Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()

    def __enter__(self) -> Control:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        wait_until(lambda: self.hear(0.02) or not Path(f"/proc/{self.lamps}").exists(), 10, "the light process to leave")
        self.widget.pull()


def test_threads_that_parse_json_in_control_cost_no_frame(tmp_path: Path):
    """The best of three spans: the machine itself may be busy, and nothing here is about that."""
    with Control(tmp_path, threads=2) as control:
        spans = []
        for _ in range(3):
            control.times.clear()
            control.hear(5.0)
            longest = float(np.diff(control.times).max())
            spans.append((len(control.times), round(longest, 4)))
            if abs(len(control.times) - 200) <= 4 and longest < 0.060:
                return
        pytest.fail(f"frames in 5 s, and the longest pause between two: {spans}")


def test_control_that_is_killed_leaves_the_neutral_look(tmp_path: Path):
    with Control(tmp_path) as control:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGABRT):      # not for it
            os.kill(control.lamps, number)
        control.hear(0.2)
        assert control.spot == 255
        control.process.kill()
        killed = time.monotonic()
        before = len(control.widget.frames)
        wait_until(lambda: control.hear(0.02) or not Path(f"/proc/{control.lamps}").exists(), 10, "the light process to leave")
        values = [frame[0] for frame in control.widget.frames[before:]]
        assert values[-LAST_FRAMES:] == [51] * LAST_FRAMES and values == sorted(values, reverse=True)
        assert len(values) <= 40, "within a second"
        assert control.times[-1] - killed < 3.0        # real time: generous
        control.hear(0.2)
        assert len(control.widget.frames) == before + len(values), "and nothing after it"


def test_its_memory_and_what_it_imports(tmp_path: Path):
    with Control(tmp_path) as control:
        status = Path(f"/proc/{control.lamps}/status").read_text()
        assert int(status.split("RssAnon:")[1].split()[0]) * 1024 < MOST_PRIVATE
        mapped = Path(f"/proc/{control.lamps}/maps").read_text()
        assert not [name for name in ("llvmlite", "portaudio", "soxr", "sndfile") if name in mapped]
    code = ("import sys, installation.runtime.lamps.lamps; "
            "assert not {'numba', 'llvmlite', 'sounddevice', 'soundfile', 'soxr', 'mido', 'pythonosc', 'serial'} & set(sys.modules)")
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, timeout=60)


async def test_a_port_that_fails_costs_only_itself_and_is_taken_up_again():
    told: list = []
    broken = [True]

    class Odd(ArtnetPort):
        def send(self, frame: bytes, now: float, *, force: bool = False) -> None:
            if self.host == "127.0.0.1" and broken[0]:
                raise RuntimeError("odd")
            self.sent += 1

    record = light(lamp("a"), lamp("b", universe=2), universes={1: artnet(1, "127.0.0.1"), 2: artnet(2, "127.0.0.2")})
    values = LampValues(2)
    lamps = Lamps(record, values, told.append, ways=lambda universe, tell: Odd(str(universe.host), 0, tell))
    running = asyncio.create_task(lamps.run())
    await until(lambda: told and values.words[BEAT] > 10, what="word of it")
    assert told[0].id == "light.sender" and "odd" in told[0].say("en") and "odd" in told[0].say("fr")
    assert len(told) == 1 and lamps.ports[2].sent > 5 and lamps.ports[1].sent == 0
    broken[0] = False
    await until(lambda: len(told) == 2, what="word that it is over")
    assert isinstance(told[1], Recovery) and lamps.ports[1].sent > 5
    values.words[LEAVE] = 1
    await running
    assert lamps.outlet.left


async def test_a_port_that_cannot_be_made_costs_only_itself():
    told: list = []

    def make(universe, tell):
        if universe.number == 1:
            raise RuntimeError("no such thing")
        return ArtnetPort("127.0.0.1", 0, tell, port=9)

    record = light(lamp("a"), lamp("b", universe=2), universes={1: artnet(1, "127.0.0.1"), 2: artnet(2, "127.0.0.1")})
    values = LampValues(2)
    running = asyncio.create_task((lamps := Lamps(record, values, told.append, ways=make)).run())
    await until(lambda: values.words[BEAT] > 3, what="frames")
    assert "no such thing" in told[0].say("en") and set(lamps.ports) == {2}
    values.words[LEAVE] = 1
    await running


def test_the_newest_whole_values_and_never_a_torn_one():
    ours = LampValues(5)
    theirs = LampValues(5, os.dup(ours.fd))
    assert theirs.wanted.get() is None
    for n in range(1, 6):
        ours.wanted.put(np.full(5, n * 1000))
        got = theirs.wanted.get()
        assert got is not None and got.tolist() == [n * 1000] * 5 and theirs.wanted.get() is got
    ours.wanted.put(np.full(5, 65_535))
    newest = 6 % 2
    place = ours.wanted._places[newest]
    place[18] = 7                               # whoever wrote was killed in the middle
    got = theirs.wanted.get()
    assert got is not None and got.tolist() == [5000] * 5, "what was whole before stands"
    late = LampValues(5, os.dup(ours.fd))       # one that comes later takes it up, and writes over the torn one
    late.wanted.get()
    late.wanted.put(np.full(5, 9))
    got = theirs.wanted.get()
    assert got is not None and got.tolist() == [9] * 5


def test_values_cross_whole_while_another_writes_as_fast_as_it_can():
    channels = 4000
    ours = LampValues(channels)
    theirs = LampValues(channels, os.dup(ours.fd))
    ended = threading.Event()

    def write() -> None:
        n = 0
        while not ended.is_set():
            n = (n + 1) % 65_536
            ours.wanted.put(np.full(channels, n))

    writer = threading.Thread(target=write)
    writer.start()
    seen = set()
    try:
        wait_until(lambda: theirs.wanted.get() is not None, 10, "the first")
        for _ in range(2000):
            got = theirs.wanted.get()
            assert got is not None and (got == got[0]).all()
            seen.add(int(got[0]))
    finally:
        ended.set()
        writer.join()
    assert seen
