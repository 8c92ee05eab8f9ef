"""The logbook at work: what is written when, that it stays within its bounds, and that a disk which refuses costs nothing else."""
from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from installation.rules.logbook import Entry, encode
from installation.runtime.clock import rehearse
from installation.runtime.memory import pages
from installation.runtime.memory.boots import boot_number
from installation.runtime.memory.logbook import AGAIN, EVERY, KEPT, SOON, Logbook
from installation.runtime.memory.pages import PAGES, append, last, read
from installation.runtime.memory.refusals import Refusals
from installation.runtime.notices import Notices
from installation.runtime.wall import Wall
from installation.terms.fault import Fault, Recovery
from installation.terms.words import both
from tests.runtime.power import Machine

OUT = Fault(both("the cable is out", "le câble est débranché"), where="plinth", id="serial.lost")


class Desk:
    """A logbook on the virtual clock."""

    def __init__(self, state: Path | None) -> None:
        self.told: list[Fault | Recovery] = []
        self.loop = asyncio.get_running_loop()
        self.logbook = Logbook(state, Wall.virtual(self.loop.time), Refusals(state or Path(), self.told.append))

    async def run(self, seconds: float) -> None:
        end = self.loop.time() + seconds
        while self.loop.time() < end:
            self.logbook.step(self.loop.time())
            await asyncio.sleep(0.5)


def at_work(state: Path | None, script: Callable[[Desk], Awaitable[None]]) -> Desk:
    async def work() -> Desk:
        desk = Desk(state)
        await script(desk)
        return desk

    return rehearse(work())


def sentences(state: Path) -> list[str]:
    entries, damaged = read(state / "logbook")
    assert not damaged
    return [entry.words.en for entry in entries]


def test_lines_are_written_together_and_grave_ones_soon(tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        desk.logbook.note("scene", "one")
        await desk.run(EVERY - 1)
        assert not (tmp_path / "logbook").exists()
        await desk.run(2)
        assert sentences(tmp_path) == ["one"]
        desk.logbook.note("scene", "two")
        desk.logbook.heed(OUT)
        await desk.run(SOON + 1)
        assert sentences(tmp_path) == ["one", "two", "the cable is out"]
        desk.logbook.heed(Recovery(both("back", "revenu"), "plinth", "serial.lost"))
        await desk.logbook.close()

    at_work(tmp_path, script)
    entries, _ = read(tmp_path / "logbook")
    assert [entry.kind for entry in entries] == ["scene", "scene", "fault", "over"] and {entry.boot for entry in entries} == {1}
    assert entries[2].facts == {"id": "serial.lost", "where": "plinth"} and entries[2].words.fr == "le câble est débranché" and entries[2].known


def test_a_flood_is_counted_and_written_a_few_times_a_minute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writes: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda handle, real=os.fsync: (writes.append(handle), real(handle)))

    async def script(desk: Desk) -> None:
        for number in range(600):
            for _ in range(30):
                desk.logbook.heed(OUT if number % 2 else Recovery(both("back", "revenu"), "plinth", "serial.lost"))
            await desk.run(0.5)
        await desk.logbook.close()

    at_work(tmp_path, script)
    entries, _ = read(tmp_path / "logbook")
    assert len(writes) < 5 * 7 + 10 and 400 <= len(entries) < 450          # five minutes
    said = sum(int(entry.words.en.split()[0]) for entry in entries if "more, not written" in entry.words.en)
    assert said + sum(1 for entry in entries if "more" not in entry.words.en) == 18_000


def test_it_never_takes_more_than_so_many_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PAGE", 5_000)
    for number in range(1500):
        append(tmp_path, encode(Entry(float(number), True, 1, 0.0, "note", both("x" * 100, "x" * 100))))
    files = sorted(tmp_path.iterdir())
    assert len(files) == PAGES and sum(file.stat().st_size for file in files) < PAGES * 5_300
    entries, damaged = read(tmp_path)
    assert not damaged and entries[-1].time == 1499.0 and [entry.time for entry in entries] == [float(number) for number in range(1500 - len(entries), 1500)]


def test_a_torn_line_and_noise_cost_themselves(tmp_path: Path) -> None:
    line = encode(Entry(1.0, True, 1, 0.0, "note", both("a", "a")))
    append(tmp_path, line)
    page = next(tmp_path.iterdir())
    page.write_bytes(page.read_bytes() + line[:20])
    (tmp_path / "notes.txt").write_text("somebody's")
    append(tmp_path, line)
    entries, damaged = read(tmp_path)
    assert len(entries) == 2 and damaged == 1 and last(tmp_path) == entries[-1]


def test_a_cut_at_any_step_leaves_whole_lines(tmp_path: Path) -> None:
    line = encode(Entry(1.0, True, 1, 0.0, "note", both("a", "a")))
    steps = 0
    while True:
        folder = tmp_path / str(steps)
        append(folder, line)
        with Machine(steps):
            append(folder, line)
            break
        before, _ = read(folder)
        append(folder, line)
        after, _ = read(folder)
        assert len(before) in (1, 2) and len(after) == len(before) + 1
        steps += 1
    assert steps


def test_a_folder_that_refuses_is_told_once_and_what_waited_is_written_when_it_gives_way(tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.write_text("no folder")

    async def script(desk: Desk) -> None:
        desk.logbook.note("start", "it starts", grave=True)
        await desk.run(5 * AGAIN)
        assert [told.id for told in desk.told] == ["state.write"] and [entry.words.en for entry in desk.logbook.latest()] == ["it starts"]
        for number in range(20):
            for kind in range(40):
                desk.logbook.note(f"kind {kind}", f"line {number}")
        for _ in range(KEPT - 800):
            desk.logbook.heed(OUT)
        state.unlink()
        await desk.run(2 * AGAIN)

    desk = at_work(state, script)
    assert isinstance(desk.told[1], Recovery) and len(desk.told) == 2
    said = sentences(state)
    assert len(said) == KEPT + 1 and "it starts" not in said and said[-1] == "1 lines were lost: nothing could be written"


def test_without_a_folder_the_newest_stay_in_memory(tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        desk.logbook.note("scene", "one")
        await desk.run(60)
        await desk.logbook.close()
        assert [entry.words.en for entry in desk.logbook.latest()] == ["one"] and not desk.told

    at_work(None, script)


@pytest.mark.parametrize("boot, end, said", [("same", "stop", "it starts"), ("same", "scene", "killed, or it crashed"),
                                             ("other", "scene", "the power was cut")])
def test_the_start_says_how_the_run_before_it_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, boot: str, end: str, said: str) -> None:
    async def script(desk: Desk) -> None:
        desk.logbook.note("start", "it starts", grave=True)
        desk.logbook.note(end, "…")
        await desk.logbook.close()

    at_work(tmp_path, script)
    if boot == "other":
        monkeypatch.setattr("installation.runtime.memory.boots.boot_id", lambda: "another")
    at_work(tmp_path, script)
    entries, _ = read(tmp_path / "logbook")
    assert "the logbook begins" in entries[0].words.en and said in entries[2].words.en and entries[2].boot == (2 if boot == "other" else 1)


def test_boots_are_counted_and_a_damaged_count_goes_on_from_the_logbook(tmp_path: Path) -> None:
    file = tmp_path / "boot.json"
    assert [boot_number(file, this=name) for name in "aabbc"] == [1, 1, 2, 2, 3]
    file.write_bytes(b"\0" * 40)
    assert boot_number(file, 3, this="c") == 4 and (tmp_path / "boot.json.damaged").exists() and boot_number(file, 4, this="c") == 4


def test_faults_are_heard_when_they_begin_and_when_they_are_over() -> None:
    heard: list[Fault | Recovery] = []
    notices = Notices(lambda: 0.0, quiet=True)
    notices.listeners.append(heard.append)
    notices.tell(Recovery(both("nothing was wrong", "rien"), "plinth", "serial.lost"))
    notices.tell(OUT)
    notices.tell(Fault(OUT.happened, where="plinth", id="serial.lost"))
    notices.tell(Recovery(both("", ""), "plinth", "serial.lost"))
    assert heard == [OUT, Recovery(OUT.happened, "plinth", "serial.lost")]
