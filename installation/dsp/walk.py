"""Values that go their own way, a move at a time.

    walk     from where it is a little up or down, as someone does who has no aim
    wander   anywhere, at moments that are even or not

Both are seeded, keep to their range, and move without a corner. They live on blocks of 64 frames.
"""
from __future__ import annotations

import math

from .chance import next_number
from .kernel import kernel, part

FRAMES = 64.0


@part
def eased(way):
    """From 0 to 1, level at both ends."""
    way = min(max(way, 0.0), 1.0)
    return way * way * (3.0 - 2.0 * way)


@part
def folded(place):
    """A place on the line brought back into 0..1, as a ball off two walls. `place` is within one width of them."""
    if place < 0.0:
        place = -place
    if place > 1.0:
        place = 2.0 - place
    return place


@kernel
def walk(out, period, step, low, high, state):
    """Go up or down by at most `step` each `period`, turned back at low and high as by walls.

    out     float64 (2,)   the value now and 64 frames on
    period  float64 (2,)   frames of one step, at least 64; read at the block's end
    step    float64 (2,)   the longest step as a part of the range, 0..1; read when a step begins
    low     float64 (2,)   never below
    high    float64 (2,)   never above
    state   float64 (6,)   the generator's two words (the seed), the way from place to place, both places, 1 once it has begun

    It begins anywhere in the range. Steps are uniform; in the long run it is everywhere equally often.
    """
    shift, weyl = int(state[0]), int(state[1])
    if state[5] == 0.0:
        shift, weyl, value = next_number(shift, weyl)
        state[3] = state[4] = 0.5 + 0.5 * value
        state[2] = state[5] = 1.0
    now = state[3] + (state[4] - state[3]) * eased(state[2])
    way = state[2] + FRAMES / max(period[1], FRAMES)
    if way >= 1.0:
        way = min(way - 1.0, 1.0)
        shift, weyl, value = next_number(shift, weyl)
        state[3] = state[4]
        state[4] = folded(state[3] + value * step[1])
    then = state[3] + (state[4] - state[3]) * eased(way)
    state[0], state[1], state[2] = shift, weyl, way
    out[0] = low[0] + (high[0] - low[0]) * now
    out[1] = low[1] + (high[1] - low[1]) * then


@kernel
def wander(out, period, move, uneven, low, high, state):
    """Go to somewhere else in the range, and to somewhere else again.

    out     float64 (2,)   the value now and 64 frames on
    period  float64 (2,)   frames from one move to the next, on average, at least 64; read at the block's end
    move    float64 (2,)   how much of that time is spent moving, 0..1: 0 is a step (within 64 frames, so that it does not click)
    uneven  float64 (2,)   0: moves as even as a clock's; 1: as uneven as drops fall (Poisson's process); read when a move begins
    low     float64 (2,)   never below
    high    float64 (2,)   never above
    state   float64 (7,)   the generator's two words (the seed), the way to the next move, the value before, the value it goes to,
                           this span as a part of the period, 1 once it has begun
    """
    shift, weyl = int(state[0]), int(state[1])
    if state[6] == 0.0:
        shift, weyl, value = next_number(shift, weyl)
        state[3] = state[4] = 0.5 + 0.5 * value
        state[2] = state[5] = state[6] = 1.0
    now = state[3] + (state[4] - state[3]) * arrived(state[2], move[0])
    way = state[2] + FRAMES / max(period[1] * state[5], FRAMES)
    if way >= 1.0:
        way = min(way - 1.0, 1.0)
        shift, weyl, value = next_number(shift, weyl)
        state[3], state[4] = state[4], 0.5 + 0.5 * value
        shift, weyl, value = next_number(shift, weyl)
        span = -math.log(1.0 - (0.5 * value + 0.5))
        state[5] = 1.0 + uneven[1] * (span - 1.0)
    then = state[3] + (state[4] - state[3]) * arrived(way, move[1])
    state[0], state[1], state[2] = shift, weyl, way
    out[0] = low[0] + (high[0] - low[0]) * now
    out[1] = low[1] + (high[1] - low[1]) * then


@part
def arrived(way, move):
    """How much of a move is done, 0..1, this far through its span."""
    return eased(way / move) if way < move else 1.0
