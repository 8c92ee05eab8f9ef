"""The machine is looked after: what is given up in the heat, what is told, and the new start at night."""
from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from installation.audio.costs import Costs
from installation.ports.machine import Look
from installation.rules.care import Care
from installation.runtime.care.healing import LEAVE
from installation.runtime.care.machine import FILES, LITTLE, SPARE, THREADS, Upkeep
from installation.runtime.notices import Notices
from installation.runtime.telling.ailments import ailment
from installation.runtime.wall import Wall
from tests.runtime.house_at_work import Folder, Show, with_house

WELL = Look(45.0, weak=False, slowed=False, memory=100_000_000, files=30, threads=8, free=10_000_000_000)


class Bench:
    """Stands for the machine."""

    def __init__(self) -> None:
        self.says, self.looks = WELL, 0

    def look(self, folder: Path) -> Look:
        self.looks += 1
        return self.says


class Watch:
    """One house, looked after; every step of half a second."""

    def __init__(self, show: Show, care: Care, start: datetime | None = None, *, trusted: bool = True) -> None:
        self.bench, self.left = Bench(), list[int]()
        self.show = show
        self.notices = Notices(lambda: show.now, quiet=True)
        if start is not None:
            offset = start.timestamp() - show.now
            show.house.wall = Wall(lambda: show.now + offset, lambda: show.now, lambda: trusted, zone=ZoneInfo("Europe/Paris"))
        self.upkeep = Upkeep(show.house, care, self.notices, self.left.append, show.folder.path, machine=self.bench,  # type: ignore[arg-type]
                             can_restart=True)

    async def passes(self, seconds: float) -> None:
        for _ in range(int(seconds * 2)):
            await asyncio.sleep(0.5)
            self.upkeep.step(self.show.now)
        await asyncio.sleep(0)
        await self.upkeep.close()

    @property
    def ids(self) -> set[str]:
        return {fault.id for fault in self.notices.lasting()}


def test_too_hot_it_plays_less_in_the_declared_order_and_all_comes_back(tmp_path, cache) -> None:
    async def script(show: Show) -> None:
        watch = Watch(show, Care(hot=80.0, when_hot=("voices", "idle")))
        await watch.passes(60)
        assert not watch.ids and show.tree.value("/system/heat") == 45.0 and show.tree.value("/system/disk") == 1e10
        watch.bench.says = replace(WELL, heat=84.0)
        await watch.passes(60)
        assert watch.ids == {"machine.hot"} and show.house.load is not None and show.house.load.spare == SPARE
        assert not show.tree.value("/system/idle") and "voices" in watch.notices.lasting()[0].remedy.en
        await watch.passes(320)
        assert show.tree.value("/system/idle") is True
        await show.until(lambda: show.house.program.layers[0].scene == "rest")
        watch.bench.says = WELL
        await watch.passes(400)
        assert not watch.ids and show.house.load.spare == 1.0 and not show.tree.value("/system/idle")

    with_house(Folder(tmp_path, cache), script, costs=lambda: Costs(1, 1000, 0.00133, 0.1, 0.0002))


def test_what_is_beyond_its_bounds_is_told_and_ends_and_has_plain_words(tmp_path, cache) -> None:
    async def script(show: Show) -> None:
        watch = Watch(show, Care(memory=500_000_000))
        watch.bench.says = Look(None, weak=True, slowed=True, memory=600_000_000, files=FILES + 1, threads=THREADS + 1, free=LITTLE - 1)
        await watch.passes(30)
        assert watch.ids == {"machine.weak", "bounds.memory", "bounds.files", "bounds.threads", "disk.full"}     # weak, and so slowed: not hot
        for fault in watch.notices.lasting():
            assert ailment(fault, show.house).what.fr and "600 MB" not in ailment(fault, show.house).what.en
        watch.bench.says = WELL
        await watch.passes(30)
        assert not watch.ids and not watch.left

    with_house(Folder(tmp_path, cache), script)


@pytest.mark.parametrize(("care", "trusted", "starts"), [(Care(restart=time(4, 10)), True, 1), (Care(restart=time(4, 10)), False, 0), (Care(), True, 0)])
def test_the_new_start_at_night_where_the_time_is_known(tmp_path, cache, care: Care, trusted: bool, starts: int) -> None:
    async def script(show: Show) -> None:
        watch = Watch(show, care, datetime(2026, 6, 1, 23, 0, tzinfo=UTC), trusted=trusted)                      # 01:00 in Paris
        for _ in range(4 * 3600):
            await asyncio.sleep(1.0)
            watch.upkeep.step(show.now)
        assert watch.left == [LEAVE] * starts
        assert sum("nightly" in notice.text for notice in watch.notices.history) == starts

    with_house(Folder(tmp_path, cache), script)
