"""The doors: sound and light follow the hours, with a fade, whatever the clock does."""
from __future__ import annotations

from datetime import UTC, datetime

from installation.rules.config import load_piece
from installation.runtime.opening.doors import Doors
from installation.runtime.wall import REHEARSED, Wall
from tests.runtime.house_at_work import CONFIG, Folder, Show, with_house

HOURS = CONFIG + 'hours: {zone: UTC, week: {daily: "10:00-12:01"}, fade: [4 s, 2 s]}\n'       # a rehearsal begins at noon


def test_it_closes_and_opens_with_a_fade_of_sound_and_light(folder: Folder) -> None:
    folder.config(HOURS)

    async def script(show: Show) -> None:
        await show.run(58.0)
        loud, lamp = show.level(), show.frames[-1][1][0]
        assert loud > 0.05
        await show.run(3.0)                                    # a second into the fade
        assert 0.0 < show.level(0.05) < loud / 2
        await show.run(2.0)
        assert show.level() == 0.0 and show.house.doors.is_silent and show.frames[-1][1][0] == 128 != lamp
        assert not show.faults

    with_house(folder, script)


def test_the_clock_that_jumps_moves_nothing_but_the_fade(folder: Folder) -> None:
    folder.config(HOURS)
    hours = load_piece(folder.path).hours
    clock = [datetime(2026, 1, 5, 11, 0, tzinfo=UTC).timestamp()]
    doors = Doors(hours, Wall(lambda: clock[0], lambda: 0.0, lambda: True))
    levels = []
    for tick in range(4000):
        clock[0] += 0.01
        if tick == 1000:
            clock[0] += 7200.0
        if tick == 1100:                                       # before the fade is over it is set back
            clock[0] -= 7200.0
        doors.step(tick * 0.01)
        levels.append(doors.level)
    assert levels[0] == 1.0 and levels[-1] == 1.0 and 0.3 < min(levels) < 0.8
    assert max(abs(one - other) for one, other in zip(levels, levels[1:], strict=False)) < 0.006


def test_a_piece_whose_power_comes_late_is_open_at_once(folder: Folder) -> None:
    folder.config(HOURS)
    hours = load_piece(folder.path).hours
    doors = Doors(hours, Wall.virtual(lambda: 0.0, REHEARSED))
    doors.step(0.0)
    assert doors.level == 1.0


def test_a_room_that_is_closed_is_silent_from_the_first_moment_until_a_hand_opens_it_for_a_while(folder: Folder) -> None:
    folder.config(HOURS.replace("10:00-12:01", "13:00-14:00"))

    async def script(show: Show) -> None:
        await show.run(3.0)
        assert max(abs(show.sound.min()), show.sound.max()) == 0.0 and show.tree.value("/hours/open") is False
        assert show.tree.value("/hours/says") in ("Closed; opens at 13:00", "Fermé ; ouvre à 13:00")
        show.write("/hours/open_for", 20.0)
        await show.run(6.0)
        assert show.level() > 0.05 and show.tree.value("/hours/open") is True
        show.write("/hours/close_for", 3600.0)
        await show.run(4.0)
        assert show.level() == 0.0
        show.write("/hours/open_for", 5.0)
        await show.run(12.0)                                   # its time is over
        assert show.level() == 0.0 and not show.faults
        show.write("/hours/open_for", 600.0)
        show.write("/hours/follow", None)
        await show.run(4.0)
        assert show.level() == 0.0

    with_house(folder, script)
