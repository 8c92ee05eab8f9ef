"""Tuned values over a restart: they survive, give way to an edited file, and cost no writing when nothing was tuned."""
from __future__ import annotations

import asyncio
import json
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from installation.rules.holders import Priority
from installation.rules.tree import Tree
from installation.runtime.clock import rehearse
from installation.runtime.memory.keeping import EVERY, Keeping
from installation.terms.declaration import Declaration
from installation.terms.fault import Fault, Recovery
from tests.runtime.house_at_work import CONFIG, TONE, Folder, Show, with_house
from tests.runtime.power import Machine


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state" / "values.json"


def tuned(folder: Folder, state: Path, **values: float) -> None:
    async def script(show: Show) -> None:
        for key, value in values.items():
            show.write(f"/scene/tone/{key}", value)
        await show.run(0.1)

    with_house(folder, script, state=state)


def found(folder: Folder, state: Path) -> Show:
    async def script(show: Show) -> None:
        await show.run(0.1)

    return with_house(folder, script, state=state)


def test_what_was_tuned_survives(folder: Folder, state: Path) -> None:
    tuned(folder, state, level=-33, glow=0.5)
    show = found(folder, state)
    assert show.tree.value("/scene/tone/level") == -33 and show.tree.value("/scene/tone/glow") == 0.5 and not show.told
    assert set(json.loads(state.read_text())["values"]) == {"/scene/tone/level", "/scene/tone/glow"}


def test_an_edited_default_wins_over_last_weeks_fader(folder: Folder, state: Path) -> None:
    tuned(folder, state, level=-33, glow=0.5)
    folder.write("tone", TONE.replace("param(-20", "param(-25"))
    folder.config(CONFIG.replace("{file: scenes/tone.py}", "{file: scenes/tone.py, params: {glow: 0.9}}"))
    show = found(folder, state)
    assert show.tree.value("/scene/tone/level") == -25 and show.tree.value("/scene/tone/glow") == 0.9


def test_values_that_are_their_preset_are_not_written(folder: Folder, state: Path) -> None:
    folder.config(CONFIG.replace("{file: scenes/tone.py}", "{file: scenes/tone.py, params: {glow: 0.9}}"))
    found(folder, state)
    assert not state.exists()
    tuned(folder, state, level=-33)
    tuned(folder, state, level=-20)
    assert json.loads(state.read_text())["values"] == {}


def test_an_unchanged_file_is_not_written_again(folder: Folder, state: Path) -> None:
    tuned(folder, state, level=-33)
    before = state.stat()
    found(folder, state)
    assert (state.stat().st_mtime_ns, state.stat().st_ino) == (before.st_mtime_ns, before.st_ino)


def test_values_of_a_scene_that_is_broken_for_once_are_kept(folder: Folder, state: Path) -> None:
    tuned(folder, state, level=-33)
    folder.write("tone", "broken")

    async def script(show: Show) -> None:
        show.write("/scene/other/level", -40)
        await show.run(0.1)
        await show.house.keeping.close()
        await show.edit("tone", TONE)
        assert show.tree.value("/scene/tone/level") == -33

    with_house(folder, script, state=state)
    assert found(folder, state).tree.value("/scene/tone/level") == -33


@pytest.mark.parametrize("text", ["", "{", "[]", '{"values": [1]}', '{"values": {"/scene/tone/level": -33}}', "\x00" * 100, "[" * 100_000])
def test_a_damaged_file_is_told_and_the_piece_starts(folder: Folder, state: Path, text: str) -> None:
    state.parent.mkdir()
    state.write_text(text)
    show = found(folder, state)
    assert [fault.id for fault in show.faults] == ["state.read"] and show.tree.value("/scene/tone/level") == -20
    assert state.with_name(f"{state.name}.damaged").read_text() == text                              # nothing is lost


async def test_a_file_that_was_damaged_is_over_once_values_are_saved_again(tmp_path: Path) -> None:
    file, tree, told = tmp_path / "values.json", Tree(), []
    file.write_text("{")
    tree.declare(Declaration("/a/level", default=0.0, persists=True))
    keeping = Keeping(tree, file, {"/a/level": 0.0}, told.append)
    keeping.restore(0.0)
    tree.write("/a/level", 0.5, origin="hand", time=0.0)
    await keeping.close()
    assert [(type(what), what.id) for what in told] == [(Fault, "state.read"), (Recovery, "state.read")] and kept(file)["/a/level"]["value"] == 0.5


def test_a_value_that_fits_no_more_is_told_and_the_others_stand(folder: Folder, state: Path) -> None:
    tuned(folder, state, level=-33, glow=0.5)
    saved = json.loads(state.read_text())
    saved["values"]["/scene/tone/level"]["value"] = "loud"
    state.write_text(json.dumps(saved))
    show = found(folder, state)
    assert len(show.faults) == 1 and show.tree.value("/scene/tone/level") == -20 and show.tree.value("/scene/tone/glow") == 0.5


def test_a_place_that_cannot_be_written_is_told_once_and_when_it_is_over(tmp_path: Path) -> None:
    blocked = tmp_path / "state"
    blocked.write_text("a file where the folder should be")
    tree, told = Tree(), []
    tree.declare(Declaration("/a/level", default=0.0, persists=True))
    keeping = Keeping(tree, blocked / "values.json", {"/a/level": 0.0}, told.append)
    for value in (0.1, 0.2, 0.3):
        tree.write("/a/level", value, origin="hand", time=0.0)
        asyncio.run(keeping.close())
    assert [what.id for what in told] == ["state.write"]
    blocked.unlink()
    asyncio.run(keeping.close())
    assert [what.id for what in told] == ["state.write"] * 2 and (blocked / "values.json").exists()


def kept(state: Path) -> dict:
    return json.loads(state.read_text())["values"] if state.exists() else {}


def test_a_change_is_on_the_disk_within_two_seconds(folder: Folder, state: Path) -> None:
    async def script(show: Show) -> None:
        await show.run(5.0)
        assert kept(state) == {}
        show.write("/scene/tone/level", -33)
        await show.run(2.0)
        assert kept(state)["/scene/tone/level"]["value"] == -33

    with_house(folder, script, state=state)


class Disk:
    """Counts what is written, and when; may be slow."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, keeping_clock) -> None:
        self.times: list[float] = []
        monkeypatch.setattr("installation.runtime.memory.keeping.write_whole", lambda path, data: self.times.append(keeping_clock()))


def tuned_at(moments: list[float], until: float, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[float]:
    """When the disk was written, for a value that was tuned at these moments."""
    async def main() -> list[float]:
        loop = asyncio.get_running_loop()
        tree = Tree()
        tree.declare(Declaration("/a/level", default=0.0, persists=True))
        tree.declare(Declaration("/a/near", default=0.0, persists=True))
        keeping = Keeping(tree, tmp_path / "values.json", {"/a/level": 0.0, "/a/near": 0.0}, lambda what: None)
        disk, waiting = Disk(monkeypatch, loop.time), sorted(moments)
        for tick in range(round(until * 100)):
            while waiting and waiting[0] <= loop.time() + 1e-9:
                tree.write("/a/level", waiting.pop(0) + 1, origin="hand", time=loop.time())
            tree.write("/a/near", tick, origin="mapping:0", time=loop.time(), priority=Priority.MAPPING)      # what a sensor moves is not kept
            keeping.step(loop.time())
            await asyncio.sleep(0.01)
        return disk.times

    return rehearse(main())


@given(some.lists(some.floats(0, 20), max_size=30))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20, deadline=None)
def test_within_two_seconds_of_each_change_and_at_most_every_two_seconds(tmp_path: Path, moments: list[float]) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        times = tuned_at(moments, 24.0, monkeypatch, tmp_path)
    assert all(later - earlier >= EVERY - 0.011 for earlier, later in zip(times, times[1:]))
    assert all(any(moment <= time <= moment + 2.011 for time in times) for moment in moments) and len(times) <= len(moments)


def test_a_fader_that_never_rests_is_written_four_times_a_minute_in_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    times = tuned_at([number / 10 for number in range(3000)], 300.0, monkeypatch, tmp_path)
    assert len(times) < 10 + 300 / 15 + 2 and max(later - earlier for earlier, later in zip(times, times[1:])) < 15.1
    assert sum(time > 240 for time in times) <= 5


def test_a_value_that_comes_back_is_not_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert tuned_at([-1.0, 3.0, 3.1], 8.0, monkeypatch, tmp_path) != [] and tuned_at([-1.0], 8.0, monkeypatch, tmp_path) == []      # 0 is what it was


def test_wherever_the_power_is_cut_the_old_values_or_the_new_ones_are_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.fsync", lambda handle: None)
    steps, kinds = 0, set()
    while True:
        tree, told = Tree(), []
        for name in ("level", "glow"):
            tree.declare(Declaration(f"/a/{name}", default=0.0, persists=True))
        file = tmp_path / "values.json"
        file.unlink(missing_ok=True)
        keeping = Keeping(tree, file, {"/a/level": 0.0, "/a/glow": 0.0}, told.append)
        tree.write("/a/level", 0.25, origin="hand", time=0.0)
        asyncio.run(keeping.close())
        tree.write("/a/glow", 0.75, origin="hand", time=0.0)
        with Machine(steps) as machine:
            asyncio.run(keeping.close())
        found = Tree()
        for name in ("level", "glow"):
            found.declare(Declaration(f"/a/{name}", default=0.0, persists=True))
        Keeping(found, file, {"/a/level": 0.0, "/a/glow": 0.0}, told.append).restore(0.0)
        assert not told and found.value("/a/level") == 0.25 and found.value("/a/glow") in (0.0, 0.75)
        kinds.add(found.value("/a/glow"))
        if machine.spent < steps:
            break
        steps += 1
    assert kinds == {0.0, 0.75}


def test_a_slow_disk_does_not_hold_up_the_tick_and_the_last_value_is_written(tmp_path: Path) -> None:
    """A real loop and a real thread."""
    async def main() -> None:
        tree, let_go = Tree(), threading.Event()
        tree.declare(Declaration("/a/level", default=0.0, persists=True))
        keeping = Keeping(tree, tmp_path / "values.json", {"/a/level": 0.0}, lambda what: None)
        real, began = keeping._write, threading.Event()

        def slow(text: str) -> OSError | None:
            began.set()
            assert let_go.wait(20)
            return real(text)

        keeping._write = slow      # type: ignore[method-assign]
        tree.write("/a/level", 1.0, origin="hand", time=0.0)
        for now in (0.0, 1.1, 2.0, 3.0):
            keeping.step(now)
            await asyncio.sleep(0)
        await asyncio.get_running_loop().run_in_executor(None, began.wait, 20)
        tree.write("/a/level", 2.0, origin="hand", time=0.0)
        keeping.step(4.0)
        keeping.step(9.0)
        let_go.set()
        await keeping.close()

    asyncio.run(main())
    assert json.loads((tmp_path / "values.json").read_text())["values"]["/a/level"]["value"] == 2.0
