"""Light from control's side: a process of its own that keeps its pace, is replaced when it dies, ends neutral; a rehearsal that repeats."""
from __future__ import annotations

import asyncio
import json
import os
import signal
from pathlib import Path

import pytest

from installation.light.outlet import LAST_FRAMES, LEAVE_WITHIN
from installation.ports.universe_port import port_for
from installation.rules.lamps import UniverseRecord
from installation.runtime.clock import rehearse
from installation.runtime.lamps.lighting import BETWEEN, Lighting
from installation.runtime.lamps.rehearsed_light import LightsFile, RehearsedLight
from installation.terms.fault import Fault, Recovery
from tests.bench import wait_until
from tests.light.flashes import flashes
from tests.light.piece import artnet, enttec, lamp, light
from tests.ola import Node
from tests.ports.stand_in import until
from tests.ports.widget import Widget

PATIENT = 30.0      # s: a process is started, on a machine that may be busy
LAMPS = (lamp("spot"), lamp("wash", "rgb", 2))


def rehearsal(folder: Path, seconds: float) -> tuple[bytes, list[tuple[float, int]]]:
    """A scene that flashes, on the virtual clock; then the end. The file, and the spot's value at every tick."""
    seen: list[tuple[float, int]] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        file = LightsFile(folder / "lights.jsonl")
        lighting = RehearsedLight(light(*LAMPS, universes={1: artnet(1, "10.0.0.5")}, neutral={"spot": 0.2}), lambda what: None, record=file)
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


async def lit(at: Path, told: list, name: str = "pro") -> tuple[Lighting, Widget]:
    """One lamp, lit by a real light process, on a stand-in of an interface."""
    widget = Widget(at / name)
    lighting = Lighting(light(*LAMPS, universes={1: enttec(1, str(at / name))}, neutral={"all": 0.5}), told.append)
    lighting.start()
    await until(lambda: widget.work() or widget.frames, within=PATIENT, what="the first frame")
    return lighting, widget


def gone(pid: int) -> bool:
    return not Path(f"/proc/{pid}").exists()


async def frames_go_on(widget: Widget, many: int = 20) -> None:
    count = len(widget.frames)
    await until(lambda: widget.work() or len(widget.frames) >= count + many, within=PATIENT, what="frames")


async def test_frames_go_on_while_the_loop_is_blocked_and_the_guard_holds(tmp_path: Path):
    told: list = []
    lighting, widget = await lit(tmp_path, told)
    assert set(widget.frames[0][:4]) == {128}      # neutral, before any scene has spoken
    lighting.show([({"spot": 1.0}, 1.0)])
    await until(lambda: widget.work() or widget.frames[-1][0] == 255, what="the look")
    before = len(widget.frames)
    wait_until(lambda: widget.work() or len(widget.frames) >= before + 40, 10, "frames while the loop stands still")
    for n in range(400):      # far faster than frames leave, and without a pause
        lighting.show([({"spot": float(n % 2)}, 1.0)])
        await asyncio.sleep(0.005)
        widget.work()
    seen = [frame[0] / 255 for frame in widget.frames[before:]]
    assert flashes([n / 40 for n in range(len(seen))], seen) <= 3
    assert lighting.held > 0 and lighting.frames >= len(widget.frames)
    pid = lighting.pid
    stopping = asyncio.create_task(lighting.stop())
    await until(lambda: widget.work() or stopping.done(), what="the end")
    widget.work()
    assert [set(frame[:4]) for frame in widget.frames[-LAST_FRAMES:]] == [{128}] * LAST_FRAMES
    assert widget.wrong == 0 and not told and lighting.started == 1
    assert gone(pid), "the process has left"
    widget.pull()


async def test_a_lamp_port_that_is_lost_costs_only_itself(tmp_path: Path):
    widgets = [Widget(tmp_path / name) for name in ("left", "right")]
    told: list = []
    lighting = Lighting(light(lamp("a"), lamp("b", universe=2),
                              universes={n: enttec(n, str(tmp_path / name)) for n, name in ((1, "left"), (2, "right"))}), told.append)
    lighting.start()
    for widget in widgets:
        await until(lambda w=widget: w.work() or w.frames, within=PATIENT, what="frames")
    widgets[0].pull()
    await until(lambda: told, what="word of the loss")
    await frames_go_on(widgets[1])
    again = Widget(tmp_path / "left")
    await until(lambda: again.work() or again.frames, what="the return")
    await until(lambda: len(told) == 2, what="word of the return")
    assert isinstance(told[0], Fault) and isinstance(told[1], Recovery)
    await lighting.stop()
    for widget in (again, widgets[1]):
        widget.pull()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
async def test_a_light_process_that_dies_or_hangs_is_replaced(tmp_path: Path, number: signal.Signals):
    told: list = []
    lighting, widget = await lit(tmp_path, told)
    lighting.show([({"spot": 0.8}, 1.0)])
    await until(lambda: widget.work() or widget.frames[-1][0] == 204, what="the look")
    await frames_go_on(widget, 130)      # it has lived as long as a successor is spaced
    first = lighting.pid
    lighting.show([({"spot": 0.2}, 1.0)])
    os.kill(first, number)
    widget.work()
    await until(lambda: told, what="word of it")
    assert isinstance(told[0], Fault) and told[0].id == ("light.died" if number == signal.SIGKILL else "light.hangs")
    assert told[0].happened.en and told[0].happened.fr and told[0].remedy.fr
    widget.work()
    before = len(widget.frames)
    await frames_go_on(widget)
    assert lighting.pid not in (0, first) and gone(first)
    values = [frame[0] for frame in widget.frames[before:]]
    assert values[0] in (204, 51) and set(values) <= {204, 51} and values[-1] == 51, "it went on from the frame that left last"
    await until(lambda: widget.work() or len(told) == 2, what="word that it is over")
    assert isinstance(told[1], Recovery) and (told[1].where, told[1].id) == (told[0].where, told[0].id)
    await lighting.stop()
    widget.pull()


async def test_a_light_process_that_keeps_dying_is_not_started_again_and_again(tmp_path: Path):
    told: list = []
    lighting, widget = await lit(tmp_path, told)
    loop = asyncio.get_running_loop()
    began = loop.time()
    for started in (2, 3):
        os.kill(lighting.pid, signal.SIGKILL)
        await until(lambda n=started: lighting.started == n, within=PATIENT, what="the next")
        await until(lambda: lighting.pid, what="the next")
    assert loop.time() - began >= 2 * BETWEEN - 1.5, "some seconds from start to start"
    assert [what.id for what in told] == ["light.died"], "said once, on the edge"
    await lighting.stop()
    widget.pull()


async def test_what_a_port_told_stays_told_once_when_the_process_is_replaced(tmp_path: Path):
    told: list = []
    lighting, widget = await lit(tmp_path, told)
    widget.pull()
    await until(lambda: told, what="word of the loss")
    os.kill(lighting.pid, signal.SIGKILL)
    await until(lambda: len(told) == 2, what="word of the death")
    again = Widget(tmp_path / "pro")          # it returns while nobody looks
    await until(lambda: again.work() or len(told) == 4, within=PATIENT, what="both are over")
    over = {(what.where, what.id) for what in told[2:] if isinstance(what, Recovery)}
    assert over == {(what.where, what.id) for what in told[:2]}
    await lighting.stop()
    again.pull()


async def test_a_piece_without_lamps_needs_no_process():
    lighting = Lighting(light(), lambda what: None)
    lighting.start()
    lighting.show([(None, 1.0), ({}, 1.0)])
    assert lighting.pid == 0 and lighting.started == 0
    await lighting.stop()
    assert RehearsedLight(light(), lambda what: None).tick(0.0) == {}


def test_a_universe_without_its_address_is_refused():
    with pytest.raises(Fault, match="host"):
        port_for(UniverseRecord(number=1, port="artnet"), lambda what: None)


@pytest.mark.ola
@pytest.mark.root
async def test_ola_shows_what_scenes_ask_and_ends_neutral(tmp_path: Path):
    told: list = []
    with Node(tmp_path) as node:
        node.patch(3)
        record = light(*LAMPS, universes={1: artnet(1, node.host, universe=3)}, neutral={"wash": 0.25})
        lighting = Lighting(record, told.append)
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
