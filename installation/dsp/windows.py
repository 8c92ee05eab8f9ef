"""Windows: how loud a grain is from its birth to its end.

    weigh   frames of a grain by its window: HANN and TUKEY swell and fade as a squared sine, FALL is struck and falls by 60 dB

Source: the windows are J. von Hann's, J. W. Tukey's and an exponential fall.
"""
from __future__ import annotations

import math

import numpy as np

from .kernel import part
from .player import quarter_sine

HANN, TUKEY, FALL = 0, 1, 2
ATTACK = np.float32(0.02)           # of a grain that falls: the share of it in which it is struck
NOTHING = np.float32(0.001)         # -60 dB
ZERO, ONE, TWO, FOUR = (np.float32(value) for value in (0.0, 1.0, 2.0, 4.0))
EIGHTH = np.float32(-6.907755 / 8.0)
E2, E3, E4, E5, E6 = (np.float32(1.0 / math.factorial(power)) for power in (2, 3, 4, 5, 6))


@part
def dying(x):
    """A window at x, 0..1 from a grain's birth to its end, float32: struck, then a fall by 60 dB."""
    y = EIGHTH * x
    eighth = ONE + y * (ONE + y * (E2 + y * (E3 + y * (E4 + y * (E5 + y * E6)))))
    square = eighth * eighth
    fourth = square * square
    return min(x / ATTACK, ONE) * max(fourth * fourth - NOTHING, ZERO)


@part
def swelling(x, steepness):
    """A window that rises and falls as a squared sine: 2, all the way to its middle; 4, for a quarter of it."""
    rise = quarter_sine(max(min(min(x, ONE - x) * steepness, ONE), ZERO))
    return rise * rise


@part
def weigh(made, count, age, offset, scale, kind):
    """Frames of a grain as loud as its window has them at its age. offset: 0..1 frames more; scale: 1 over its length."""
    if kind == FALL:
        for k in range(count):
            made[k] *= dying((offset + np.float32(np.int32(age + k))) * scale)
    else:
        steepness = TWO if kind == HANN else FOUR
        for k in range(count):
            made[k] *= swelling((offset + np.float32(np.int32(age + k))) * scale, steepness)
