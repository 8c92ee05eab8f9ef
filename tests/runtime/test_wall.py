"""The time of day: what is believed, and what stands in for it while nobody knows."""
from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from installation.runtime.clock import rehearse
from installation.runtime.wall import EARLIEST, REHEARSED, Wall, has_battery, machine_zone, shown, trusted

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC).timestamp()


class Machine:
    """A machine whose clock the test sets; `passes` lets time pass."""

    def __init__(self, clock: float, *, kept: bool = False, battery: bool = False, file: Path | None = None) -> None:
        self.clock, self.steady, self.kept, self.battery, self.file = clock, 0.0, kept, battery, file
        self.wall = self.starts()

    def starts(self) -> Wall:
        self.wall = Wall(lambda: self.clock, lambda: self.steady, lambda: self.kept, is_set=lambda: self.battery, file=self.file)
        return self.wall

    def passes(self, seconds: float) -> None:
        self.clock, self.steady = self.clock + seconds, self.steady + seconds


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "state" / "clock.json"
    path.parent.mkdir()
    path.write_text(json.dumps({"known": NOON}), encoding="utf-8")
    return path


def test_a_clock_that_boots_in_1970_is_not_believed_and_the_last_known_time_goes_on(file: Path) -> None:
    machine = Machine(0.0, battery=True, file=file)
    assert not machine.wall.trusted and machine.wall.seconds == NOON
    machine.passes(100.0)
    assert not machine.wall.trusted and machine.wall.seconds == NOON + 100.0 and machine.wall.now() == datetime.fromtimestamp(NOON + 100.0, UTC)


def test_a_clock_that_is_later_than_the_last_known_time_is_the_better_guess(file: Path) -> None:
    machine = Machine(NOON + 5000.0, file=file)
    assert not machine.wall.trusted and machine.wall.seconds == NOON + 5000.0


def test_the_network_sets_it_minutes_after_boot(file: Path) -> None:
    machine = Machine(0.0, file=file)
    machine.passes(180.0)
    assert not machine.wall.trusted
    machine.clock, machine.kept = NOON + 86_400.0, True
    assert machine.wall.trusted and machine.wall.seconds == NOON + 86_400.0
    machine.kept = False                                   # the network is gone again: the clock goes on well enough
    machine.passes(10_000.0)
    assert machine.wall.trusted
    machine.clock -= 7200.0                                # but somebody has set it, and nobody keeps it
    assert not machine.wall.trusted


def test_a_clock_with_a_battery_counts_unless_it_runs_behind_what_was_known(file: Path) -> None:
    assert Machine(NOON + 50_000.0, battery=True, file=file).wall.trusted
    machine = Machine(NOON - 50_000.0, battery=True, file=file)
    assert not machine.wall.trusted
    machine.kept = True                                    # what the network says counts in any case
    machine.passes(3.0)
    assert machine.wall.trusted and machine.wall.seconds == NOON - 50_000.0 + 3.0


def test_a_clock_that_somebody_sets_back_an_hour_while_it_runs_is_believed(file: Path) -> None:
    machine = Machine(NOON + 60.0, battery=True, file=file)
    assert machine.wall.trusted
    machine.clock -= 3600.0
    assert machine.wall.trusted and machine.wall.seconds == NOON + 60.0 - 3600.0


def test_a_year_before_the_engine_was_made_is_never_true() -> None:
    assert not Machine(EARLIEST - 1.0, battery=True).wall.trusted
    assert Machine(EARLIEST + 1.0, battery=True).wall.trusted


def test_the_time_is_kept_every_ten_minutes_and_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "state" / "clock.json"
    written: list[float] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        wall = Wall(lambda: NOON + loop.time(), loop.time, lambda: True, file=path)
        for _ in range(3600):
            await asyncio.sleep(1.0)
            wall.step(loop.time())
            if path.exists():
                known = json.loads(path.read_text(encoding="utf-8"))["known"]
                written.extend([] if written[-1:] == [known] else [known])
        await wall.close()
        assert json.loads(path.read_text(encoding="utf-8"))["known"] == NOON + 3600.0

    rehearse(main())
    assert len(written) == 6 and written[0] == NOON + 60.0


def test_a_clock_that_nobody_vouches_for_is_not_kept(file: Path) -> None:
    async def main(machine: Machine) -> None:
        machine.passes(1000.0)
        await machine.wall.close()

    rehearse(main(Machine(NOON + 1e9, file=file)))
    assert json.loads(file.read_text(encoding="utf-8"))["known"] == NOON + 1000.0        # what passed since, at least
    file.unlink()
    rehearse(main(Machine(NOON, file=file)))
    assert not file.exists()


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"known": "x"}', '{"known": Infinity}', '{"known": 12}', "\x00" * 9])
def test_a_damaged_file_is_as_if_there_were_none(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    machine = Machine(0.0, battery=True, file=file)
    assert not machine.wall.trusted and machine.wall.seconds == 0.0


def test_a_place_that_cannot_be_written_ends_nothing(tmp_path: Path) -> None:
    blocked = tmp_path / "state"
    blocked.write_text("a file where the folder should be")

    async def main() -> None:
        await Wall(lambda: NOON, lambda: 0.0, lambda: True, file=blocked / "clock.json").close()

    rehearse(main())


def test_a_rehearsal_begins_at_the_same_moment_each_time() -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        wall = Wall.virtual(loop.time, zone=ZoneInfo("Europe/Paris"))
        assert wall.trusted and wall.now() == REHEARSED
        await asyncio.sleep(90.0)
        assert (wall.now() - REHEARSED).total_seconds() == 90.0

    rehearse(main())


def test_what_this_machine_says() -> None:
    assert trusted() in (True, False) and machine_zone().utcoffset(datetime(2026, 1, 1)) is not None


def test_a_battery_is_a_clock_from_which_the_kernel_took_the_time(tmp_path: Path) -> None:
    assert not has_battery(tmp_path)
    (tmp_path / "rtc0").mkdir()
    (tmp_path / "rtc0" / "hctosys").write_text("0\n")
    assert not has_battery(tmp_path)
    (tmp_path / "rtc0" / "hctosys").write_text("1\n")
    assert has_battery(tmp_path)


def test_a_moment_is_said_as_people_say_it() -> None:
    en, fr = shown(NOON - 60, NOON)
    assert en == fr and len(en) == 5 and en[2] == ":"
    assert shown(NOON - 3 * 86_400, NOON)[0].split()[1] == "Nov" and shown(NOON - 3 * 86_400, NOON)[1].split()[1] == "nov."
    assert shown(NOON, NOON, ZoneInfo("Asia/Kathmandu"))[0] == "17:45"
