"""A low-frequency oscillator: a control that comes and goes."""
from __future__ import annotations

import math

from .chance import next_number
from .kernel import kernel, part

FRAMES = 64.0
SINE, TRIANGLE, SAW, SQUARE, RANDOM, SMOOTH = 0.0, 1.0, 2.0, 3.0, 4.0, 5.0
DUE = 1e-9          # of a turn: a jump that rounding would make one block late is due already


@part
def shaped(shape, turn, here, there):
    """Where a shape is, 0..1, at a place of its turn: all begin at 0. here, there: the random points it goes between."""
    if shape == SINE:
        return 0.5 - 0.5 * math.cos(6.283185307179586 * turn)
    if shape == TRIANGLE:
        return 1.0 - abs(2.0 * turn - 1.0)
    if shape == SAW:
        return turn
    if shape == SQUARE:
        return 1.0 if turn >= 0.5 - DUE else 0.0
    if shape == RANDOM:
        return here
    return here + (there - here) * turn * turn * (3.0 - 2.0 * turn)


@kernel
def lfo(out, frequency, low, high, numbers, state):
    """Come and go between low and high.

    out        float64 (2,)   the value now and 64 frames on
    frequency  float64 (2,)   turns per frame, below 1 / 64; runs straight between the block's ends
    low, high  float64 (2,)   what it goes between
    numbers    float64 (2,)   [0] 0 sine, 1 triangle, 2 saw, 3 square, 4 a new random value each turn, 5 the same without a step;
                              [1] where in its turn it begins, 0..1
    state      float64 (6,)   the generator's two words (the seed), where it is in its turn, two random points, 1 once it has begun

    The value is exact at every 64th frame and runs straight between: a jump is a slope of one block. The way of a frequency that
    moves is its integral. The turn is kept within 0..1, so rounding adds up to 1e-9 of a turn in hours, at the very worst.
    Smooth: cubic (smoothstep) between uniform points.
    """
    shape = numbers[0]
    shift, weyl, turn, here, there = int(state[0]), int(state[1]), state[2], state[3], state[4]
    if state[5] == 0.0:
        state[5] = 1.0
        turn = numbers[1] - math.floor(numbers[1])
        shift, weyl, here = next_number(shift, weyl)
        shift, weyl, there = next_number(shift, weyl)
        here, there = 0.5 + 0.5 * here, 0.5 + 0.5 * there
    now = shaped(shape, turn, here, there)
    turn += FRAMES * 0.5 * (frequency[0] + frequency[1])
    if turn >= 1.0 - DUE:
        turn -= math.floor(turn + DUE)
        here = there
        shift, weyl, there = next_number(shift, weyl)
        there = 0.5 + 0.5 * there
    then = shaped(shape, turn, here, there)
    out[0] = low[0] + (high[0] - low[0]) * min(max(now, 0.0), 1.0)
    out[1] = low[1] + (high[1] - low[1]) * min(max(then, 0.0), 1.0)
    state[0], state[1], state[2], state[3], state[4] = shift, weyl, turn, here, there
