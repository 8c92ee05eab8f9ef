"""Drift: a value that wanders by itself, slowly, and never stands still. As clouds do."""
from __future__ import annotations

from .chance import next_number
from .delay import cubic
from .kernel import kernel

FRAMES = 64.0
INWARD = 0.8      # the curve leaves the range of its points by a quarter at most, so the points keep to this part of the range


@kernel
def drift(out, period, low, high, state):
    """Wander between low and high, towards a new random point every `period`, without a corner or a jump.

    out     float64 (2,)   the value now and 64 frames on
    period  float64 (2,)   frames from one point to the next, at least 64; read at the block's end
    low     float64 (2,)   never below
    high    float64 (2,)   never above
    state   float64 (8,)   the generator's two words (the seed), the way from point to point, four points, 1 once it has begun

    An azimuth that drifts from -180 to 180 never jumps across the back: the range is not a circle.
    Uniform points in four fifths of the range, joined by Catmull-Rom's curve, which overshoots its points by a quarter at most.
    """
    shift, weyl = int(state[0]), int(state[1])
    if state[7] == 0.0:
        for k in range(3, 7):
            shift, weyl, value = next_number(shift, weyl)
            state[k] = value * INWARD
        state[7] = 1.0
    now = cubic(state[3], state[4], state[5], state[6], state[2])
    way = state[2] + FRAMES / max(period[1], FRAMES)
    if way >= 1.0:
        way = min(way - 1.0, 1.0)
        state[3], state[4], state[5] = state[4], state[5], state[6]
        shift, weyl, value = next_number(shift, weyl)
        state[6] = value * INWARD
    then = cubic(state[3], state[4], state[5], state[6], way)
    state[0], state[1], state[2] = shift, weyl, way
    out[0] = low[0] + (high[0] - low[0]) * (0.5 + 0.5 * now)
    out[1] = low[1] + (high[1] - low[1]) * (0.5 + 0.5 * then)
