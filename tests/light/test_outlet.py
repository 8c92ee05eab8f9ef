"""The way out: neutral before anything is wanted and at the end; a successor goes on from what left last, and the guard's promise holds."""
from __future__ import annotations

import numpy as np
import pytest

from installation.light.guard import GAP
from installation.light.outlet import LAST_FRAMES, LEAVE_WITHIN, Outlet
from tests.light.piece import lamp, light

FRAME = 1 / 40
SPOT = light(lamp("spot"), neutral={"spot": 0.2})


def values(level: int) -> np.ndarray:
    return np.array([level])


def test_neutral_until_something_is_wanted():
    outlet = Outlet(light(lamp("spot"), universes={}, neutral={"spot": 0.2}))
    assert outlet.tick(None, 0.0)[1][0] == 51 and outlet.tick(values(40), FRAME)[1][0] == 40


@pytest.mark.parametrize("fade", [0.6, 1.0])
def test_the_end_comes_in_time_and_its_last_frame_three_times(fade: float):
    outlet = Outlet(SPOT)
    now, seen = 0.0, []
    while not outlet.left:
        if now >= 1.0:
            outlet.leave(fade)
        seen.append((now, outlet.tick(values(int(now * 8 % 1 < 0.5) * 255), now)[1][0], outlet.is_last))
        now += FRAME
    assert [value for _, value, last in seen if last] == [51] * LAST_FRAMES
    assert 1.0 + fade <= seen[-1][0] <= 1.0 + max(LEAVE_WITHIN, fade) + (LAST_FRAMES + 1) * FRAME


def test_a_successor_repeats_the_last_frame_and_the_next_rise_waits():
    """Killed in the middle of a flash: the next rise comes no sooner than it might have come from the one that was killed."""
    outlet = Outlet(SPOT)
    outlet.tick(values(255), 0.0)
    outlet.tick(values(0), FRAME)
    successor = Outlet(SPOT, before=outlet.sent)
    assert successor.tick(values(255), 2 * FRAME)[1][0] == 0, "first what left last"
    now, rose = 3 * FRAME, 0.0
    while not rose:
        if successor.tick(values(255), now)[1][0] > 26:
            rose = now
        now += FRAME
    assert rose <= 2 * FRAME + GAP + 0.3
    lit = Outlet(SPOT, before=values(255))
    assert [lit.tick(values(level), 5 + n * FRAME)[1][0] for n, level in enumerate((0, 0, 255))] == [255, 0, 25]
