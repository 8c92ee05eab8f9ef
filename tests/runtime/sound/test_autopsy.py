"""When two deaths are one kernel's doing, and how fast the next player follows."""
from __future__ import annotations

import signal

import pytest

from installation.runtime.sound.autopsy import RESTS, WELL, Autopsy, Death, Place

HERE = Place(4096, 3, 1000)


def test_the_second_crash_at_one_place_drops_the_graph() -> None:
    autopsy = Autopsy(48_000)
    assert autopsy.died(1.0, Death(HERE, 1.0), -signal.SIGSEGV) == (0.0, False)
    assert autopsy.died(1.1, Death(HERE, 1.0), -signal.SIGSEGV) == (0.0, True)
    assert autopsy.died(1.2, Death(HERE, 1.0), -signal.SIGSEGV) == (0.0, False)     # counted anew


def test_a_crash_and_a_loop_without_end_at_one_place_are_one_cause() -> None:
    autopsy = Autopsy(48_000)
    autopsy.died(1.0, Death(HERE, 1.0), -signal.SIGBUS)
    assert autopsy.died(1.4, Death(HERE, 1.0, by_itself=False), None)[1]


@pytest.mark.parametrize(("place", "status"), [
    (Place(4096, 4, 1000), -signal.SIGSEGV),           # another unit
    (Place(8192, 3, 1000), -signal.SIGSEGV),           # another graph
    (Place(4096, 3, 1300), -signal.SIGSEGV),           # much later
    (HERE, -signal.SIGKILL),                           # killed by somebody
    (HERE, None),                                      # its status is not known
    (None, -signal.SIGSEGV),                           # in no kernel
])
def test_anything_else_is_not_the_kernels_doing(place: Place | None, status: int | None) -> None:
    autopsy = Autopsy(48_000)
    autopsy.died(1.0, Death(HERE, 1.0), -signal.SIGSEGV)
    assert not autopsy.died(1.1, Death(place, 1.0), status)[1]


def test_one_that_somebody_stopped_says_nothing_of_its_kernel() -> None:
    autopsy = Autopsy(48_000)
    autopsy.died(1.0, Death(HERE, 1.0), -signal.SIGSEGV)
    assert not autopsy.died(1.1, Death(HERE, 1.0, by_itself=False, stopped=True), None)[1]


def test_the_next_may_begin_before_a_verdict_only_where_it_can_change_nothing() -> None:
    autopsy = Autopsy(48_000)
    assert autopsy.is_plain(Death(HERE, 1.0)) and autopsy.is_plain(Death(None, 1.0))
    autopsy.died(1.0, Death(HERE, 1.0), -signal.SIGSEGV)
    assert not autopsy.is_plain(Death(HERE, 1.0)) and autopsy.is_plain(Death(None, 1.0))
    autopsy = Autopsy(48_000)
    for turn in range(4):
        plain, rest = autopsy.is_plain(Death(None, 0.1)), autopsy.died(turn, Death(None, 0.1), 1)[0]
        assert plain is (rest == 0.0)


def test_a_card_is_trusted_after_a_death_that_it_had_no_part_in() -> None:
    assert Death(None, 1.0).is_innocent
    assert Death(HERE, 1.0, by_itself=False).is_innocent and Death(None, 1.0, by_itself=False, stopped=True).is_innocent
    assert not Death(None, 1.0, by_itself=False).is_innocent and not Death(None, 1.0, card_ended=True).is_innocent


def test_players_that_keep_dying_follow_one_another_more_slowly_and_a_long_life_forgives() -> None:
    autopsy = Autopsy(48_000)
    rests, now = [], 0.0
    for _ in range(9):
        rests.append(autopsy.died(now, Death(None, 0.1), 1)[0])
        now += rests[-1] + 0.1
    assert rests == [*RESTS, RESTS[-1], RESTS[-1]]
    assert autopsy.is_hopeless and not autopsy.is_well(now)
    assert autopsy.is_well(now + WELL + 1)
    assert autopsy.died(now + WELL + 6, Death(None, 1.0), 1) == (0.0, False)
    assert not autopsy.is_hopeless and autopsy.deaths == 10
