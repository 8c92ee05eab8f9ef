"""The sender: a steady pace whatever the loop does, the guard on the far side, a neutral end, and a rehearsal that repeats."""
from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from installation.ports.artnet import ArtnetPort
from installation.ports.enttec import EnttecPort
from installation.ports.universe_port import port_for
from installation.rules.lamps import UniverseRecord
from installation.runtime.clock import rehearse
from installation.runtime.lighting import LAST_FRAMES, LEAVE_WITHIN, Lighting, LightsFile
from installation.terms.fault import Fault, Recovery
from tests.bench import wait_until
from tests.light.flashes import flashes
from tests.light.piece import artnet, enttec, lamp, light
from tests.ola import Node
from tests.ports.stand_in import places, until
from tests.ports.widget import Widget

LAMPS = (lamp("spot"), lamp("wash", "rgb", 2))


def rehearsal(folder: Path, seconds: float) -> tuple[bytes, list[tuple[float, int]]]:
    """A scene that flashes, on the virtual clock; then the end. The file, and the spot's value at every tick."""
    seen: list[tuple[float, int]] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        file = LightsFile(folder / "lights.jsonl")
        lighting = Lighting(light(*LAMPS, universes={1: artnet(1, "10.0.0.5")}, neutral={"spot": 0.2}), lambda what: None,
                            loop.time, record=file)
        while not lighting.left:
            now = loop.time()
            if now >= seconds:
                lighting.leave()
            lighting.show([({"spot": float(now * 8 % 1 < 0.5), "wash": (0.1, now / seconds, 0)}, 1.0, "main")])
            seen.append((now, lighting.tick(now)[1][0]))
            await asyncio.sleep(1 / 40)
        file.close()

    rehearse(main())
    return (folder / "lights.jsonl").read_bytes(), seen


def test_a_rehearsal_repeats_to_the_byte_and_is_guarded(tmp_path: Path):
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
    (first, seen), (second, _) = (rehearsal(folder, 10.0) for folder in folders)
    assert first == second
    rows = [json.loads(line) for line in first.decode().splitlines()]
    assert all(set(row) == {"t", "universe", "values"} and row["universe"] == 1 and len(row["values"]) == 512 for row in rows)
    assert all(a["values"] != b["values"] and a["t"] < b["t"] for a, b in zip(rows, rows[1:]))
    assert flashes([time for time, _ in seen], [value / 255 for _, value in seen]) <= 3


def test_the_end_is_a_fade_to_the_neutral_look_and_three_last_frames(tmp_path: Path):
    _, seen = rehearsal(tmp_path, 3.0)
    tail = [(time, value) for time, value in seen if time >= 3.0]
    assert tail[-1][0] - 3.0 <= LEAVE_WITHIN + 3 / 40
    assert [value for _, value in tail[-LAST_FRAMES:]] == [51] * LAST_FRAMES
    values = [value for _, value in tail]
    assert values == sorted(values) or values == sorted(values, reverse=True)


class Watched:
    """Ports whose making is watched, so that a test can reach them."""

    def __init__(self, make: Callable[[UniverseRecord, Callable], object]) -> None:
        self._make = make
        self.made: dict[int, Any] = {}

    def __call__(self, record: UniverseRecord, tell: Callable):
        self.made[record.number] = self._make(record, tell)
        return self.made[record.number]


async def test_frames_go_on_while_the_loop_is_blocked_and_the_guard_holds(tmp_path: Path):
    at = places(tmp_path)
    widget = Widget(at.links[0] / "pro")
    loop = asyncio.get_running_loop()
    told: list = []
    lighting = Lighting(light(*LAMPS, universes={1: enttec(1, "pro")}, neutral={"all": 0.5}), told.append, loop.time,
                        ways=lambda record, tell: EnttecPort(str(record.device), tell, places=at))
    lighting.start()
    await until(lambda: widget.work() or widget.frames, what="the first frame")
    assert set(widget.frames[0][:4]) == {128}      # neutral, before any scene has spoken
    lighting.show([({"spot": 1.0}, 1.0)])
    await until(lambda: widget.work() or widget.frames[-1][0] == 255, what="the look")
    before = len(widget.frames)
    wait_until(lambda: widget.work() or len(widget.frames) >= before + 40, 10, "frames while the loop stands still")

    ticks: list[tuple[float, int]] = []
    tick = lighting.tick

    def noted(now: float):
        frames = tick(now)
        ticks.append((now, frames[1][0]))
        return frames

    lighting.tick = noted  # type: ignore[method-assign]
    for n in range(400):      # far faster than frames leave, and without a pause
        lighting.show([({"spot": float(n % 2)}, 1.0)])
        await asyncio.sleep(0.005)
        widget.work()
    assert flashes([now for now, _ in ticks], [value / 255 for _, value in ticks]) <= 3
    assert lighting.lights.held > 0
    stopping = asyncio.create_task(lighting.stop())
    await until(lambda: widget.work() or stopping.done(), what="the end")
    widget.work()
    assert [set(frame[:4]) for frame in widget.frames[-LAST_FRAMES:]] == [{128}] * LAST_FRAMES
    assert widget.wrong == 0 and not told
    widget.pull()


async def test_a_lamp_port_that_is_lost_costs_only_itself(tmp_path: Path):
    at = places(tmp_path)
    widgets = [Widget(at.links[0] / name) for name in ("left", "right")]
    told: list = []
    loop = asyncio.get_running_loop()
    lighting = Lighting(light(lamp("a"), lamp("b", universe=2), universes={1: enttec(1, "left"), 2: enttec(2, "right")}),
                        told.append, loop.time, ways=lambda record, tell: EnttecPort(str(record.device), tell, places=at))
    lighting.start()
    for widget in widgets:
        await until(lambda w=widget: w.work() or w.frames, what="frames")
    widgets[0].pull()
    await until(lambda: told, what="word of the loss")
    count = len(widgets[1].frames)
    await until(lambda: widgets[1].work() or len(widgets[1].frames) > count + 20, what="the other")
    again = Widget(at.links[0] / "left")
    await until(lambda: again.work() or again.frames, what="the return")
    await until(lambda: len(told) == 2, what="word of the return")
    assert isinstance(told[0], Fault) and isinstance(told[1], Recovery)
    await lighting.stop()
    for widget in (again, widgets[1]):
        widget.pull()


async def test_a_sender_that_fails_is_told_and_begins_again():
    told: list = []
    loop = asyncio.get_running_loop()
    broken = [True]

    class Odd(ArtnetPort):
        def send(self, frame: bytes, now: float, *, force: bool = False) -> None:
            if broken[0]:
                raise RuntimeError("odd")
            self.sent += 1

    made = Watched(lambda record, tell: Odd("127.0.0.1", 0, tell))
    lighting = Lighting(light(*LAMPS, universes={1: artnet(1, "127.0.0.1")}), told.append, loop.time, ways=made)
    lighting.start()
    await until(lambda: told, what="word of it")
    assert told[0].id == "light.sender" and "odd" in told[0].say("en")
    broken[0] = False
    await until(lambda: made.made[1].sent > 5, what="frames again")
    await lighting.stop()


async def test_a_piece_without_lamps_needs_no_sender():
    lighting = Lighting(light(), lambda what: None, asyncio.get_running_loop().time)
    lighting.start()
    lighting.show([(None, 1.0), ({}, 1.0)])
    assert lighting.tick(0.0) == {} and not lighting.ports
    await lighting.stop()


def test_a_universe_without_its_address_is_refused():
    with pytest.raises(Fault, match="host"):
        port_for(UniverseRecord(number=1, port="artnet"), lambda what: None)


@pytest.mark.ola
@pytest.mark.root
async def test_ola_shows_what_scenes_ask_and_ends_neutral(tmp_path: Path):
    loop = asyncio.get_running_loop()
    told: list = []
    with Node(tmp_path) as node:
        node.patch(3)
        record = light(*LAMPS, universes={1: artnet(1, node.host, universe=3)}, neutral={"wash": 0.25})
        lighting = Lighting(record, told.append, loop.time)
        lighting.start()
        for n in range(101):
            lighting.show([({"spot": n / 100, "wash": (0, n / 100, 1 - n / 100)}, 1.0)])
            await asyncio.sleep(0.01)
        await until(lambda: node.frames(3) and node.frames(3)[-1][:4] == bytes([255, 0, 255, 0]), what="the look at the node")
        spot = [frame[0] for frame in node.frames(3)]
        assert spot == sorted(spot) and len(set(spot)) > 20
        await lighting.stop()
        await until(lambda: node.frames(3)[-1][:4] == bytes([0, 64, 64, 64]), what="the neutral look")
        assert not told
