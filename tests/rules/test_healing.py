"""The ladder: what is tried next, how far it may go, and that no machine is ever started anew in a loop."""
from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from installation.rules.care import Care
from installation.rules.healing import AGAIN, DAY, SETTLED, Known, Ladder, Step

SILENT, UNHEARD = ["proof.silent"], ["proof.unheard"]
WALL = 1_790_000_000.0


def climbed(ladder: Ladder, lasting: list[str], until: float, begin: float = 0.0) -> list[tuple[float, Step]]:
    """Every step that is taken, and when, looking twice a second."""
    found = []
    for tick in range(int(begin * 2), int(until * 2)):
        step = ladder.step(tick / 2, lasting, WALL + tick / 2)
        if step is not None:
            found.append((tick / 2, step))
    return found


def test_each_step_is_given_its_time_and_then_the_next_is_taken() -> None:
    every = [(60, Step.REOPEN), (120, Step.REPLACE), (180, Step.RESTART), (240, Step.REBOOT)]
    assert climbed(Ladder(Care(reboot=True), can_restart=True), SILENT, 1000) == every
    assert climbed(Ladder(Care(patience=20), can_restart=True), SILENT, 1000) == [(20, Step.REOPEN), (40, Step.REPLACE), (60, Step.RESTART)]
    assert climbed(Ladder(Care(), can_restart=False), SILENT, 1000) == [(60, Step.REOPEN), (120, Step.REPLACE)]
    assert climbed(Ladder(Care(heal=False, reboot=True), can_restart=True), SILENT, 1000) == []
    assert climbed(Ladder(Care(reboot=True), can_restart=True), [], 1000) == []


def test_an_amplifier_that_is_off_is_not_healed_by_restarts_and_that_is_said() -> None:
    ladder = Ladder(Care(reboot=True), can_restart=True)
    assert climbed(ladder, UNHEARD, 5 * 3600) == [(60, Step.REOPEN), (120, Step.REPLACE)]
    assert ladder.exhausted == "proof.unheard"
    assert ladder.step(5 * 3600, [], WALL) is None and not ladder.exhausted


def test_players_that_keep_dying_begin_with_a_restart() -> None:
    assert climbed(Ladder(Care(), can_restart=True), ["player.trouble"], 1000) == [(60, Step.RESTART)]


def test_a_step_that_helped_is_forgotten_after_a_while_and_not_before() -> None:
    ladder = Ladder(Care(), can_restart=True)
    climbed(ladder, SILENT, 61)
    climbed(ladder, [], 300, 61)
    assert climbed(ladder, SILENT, 400, 300) == [(360, Step.REPLACE)], "too soon: it goes on where it was"
    climbed(ladder, [], 401 + SETTLED, 400)
    assert ladder.is_well
    assert climbed(ladder, SILENT, 1100, 1002) == [(1062, Step.REOPEN)]


def test_what_an_earlier_process_tried_is_not_tried_again() -> None:
    first = Ladder(Care(reboot=True), can_restart=True)
    climbed(first, SILENT, 181)
    assert first.known.step == Step.RESTART
    second = Ladder(Care(reboot=True), first.known, can_restart=True)
    assert climbed(second, SILENT, 100) == [(60, Step.REBOOT)]
    third = Ladder(Care(reboot=True), second.known, can_restart=True)
    assert climbed(third, SILENT, 1000) == [] and third.exhausted == "proof.silent"


def test_after_hours_it_is_tried_once_more_from_the_bottom() -> None:
    ladder = Ladder(Care(), can_restart=False)
    found = climbed(ladder, SILENT, AGAIN + 400)
    assert [step for _, step in found] == [Step.REOPEN, Step.REPLACE] * 2


@given(starts=st.lists(st.tuples(st.floats(0, 3 * DAY), st.floats(1, 20_000), st.booleans()), max_size=40), reboots=st.integers(1, 4))
def test_whatever_the_clock_says_the_machine_is_not_started_anew_in_a_loop(starts: list[tuple[float, float, bool]], reboots: int) -> None:
    """Each start of the process has another clock; in between it may have been well long enough, or not."""
    care = Care(reboot=True, reboots=reboots, reboot_pause=6 * 3600.0)
    known, in_a_row, walls = Known(), 0, []
    for offset, lasts, well in starts:
        ladder = Ladder(care, known, can_restart=True)
        now = 0.0
        while now < lasts:
            if ladder.step(now, SILENT, WALL + offset + now) is Step.REBOOT:
                in_a_row += 1
                walls.append(WALL + offset + now)
                assert in_a_row <= reboots
                assert all(abs(walls[-1] - one) >= care.reboot_pause for one in walls[:-1][-9:])
                break
            now += 60.0
        if well:
            ladder.step(now, [], WALL + offset + now)
            ladder.step(now + SETTLED, [], WALL + offset + now + SETTLED)
            in_a_row = 0
        known = ladder.known
