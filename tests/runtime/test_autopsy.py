"""When two deaths are one kernel's doing, and how fast the next player follows."""
from __future__ import annotations

import signal

import pytest

from installation.runtime.autopsy import RESTS, WELL, Autopsy, Place

HERE = Place(4096, 3, 1000)


def test_the_second_crash_at_one_place_drops_the_graph() -> None:
    autopsy = Autopsy(48_000)
    assert autopsy.died(1.0, 1.0, HERE, -signal.SIGSEGV, stood_still=False) == (0.0, False)
    assert autopsy.died(1.1, 1.0, HERE, -signal.SIGSEGV, stood_still=False) == (0.0, True)
    assert autopsy.died(1.2, 1.0, HERE, -signal.SIGSEGV, stood_still=False) == (0.0, False)     # counted anew


def test_a_crash_and_a_loop_without_end_at_one_place_are_one_cause() -> None:
    autopsy = Autopsy(48_000)
    autopsy.died(1.0, 1.0, HERE, -signal.SIGBUS, stood_still=False)
    assert autopsy.died(1.4, 1.0, HERE, None, stood_still=True)[1]


@pytest.mark.parametrize(("place", "status"), [
    (Place(4096, 4, 1000), -signal.SIGSEGV),           # another unit
    (Place(8192, 3, 1000), -signal.SIGSEGV),           # another graph
    (Place(4096, 3, 1300), -signal.SIGSEGV),           # much later
    (HERE, -signal.SIGKILL),                           # killed by somebody
    (HERE, None),                                      # stopped by somebody
    (None, -signal.SIGSEGV),                           # in no kernel
])
def test_anything_else_is_not_the_kernels_doing(place: Place | None, status: int | None) -> None:
    autopsy = Autopsy(48_000)
    autopsy.died(1.0, 1.0, HERE, -signal.SIGSEGV, stood_still=False)
    assert not autopsy.died(1.1, 1.0, place, status, stood_still=False)[1]


def test_players_that_keep_dying_follow_one_another_more_slowly_and_a_long_life_forgives() -> None:
    autopsy = Autopsy(48_000)
    rests, now = [], 0.0
    for _ in range(9):
        rests.append(autopsy.died(now, 0.1, None, 1, stood_still=False)[0])
        now += rests[-1] + 0.1
    assert rests == [*RESTS, RESTS[-1], RESTS[-1]]
    assert autopsy.is_hopeless and not autopsy.is_well(now)
    assert autopsy.is_well(now + WELL + 1)
    assert autopsy.died(now + WELL + 6, 1.0, None, 1, stood_still=False) == (0.0, False)
    assert not autopsy.is_hopeless and autopsy.deaths == 10
