"""What comes in, measured: how much of it there is, in all and in two bands. Numbers only; nothing of it is kept.

    hear     one block of one input
    band     … a band-pass of the fourth order, frame by frame

Two bands, because a loudspeaker is known again by a soft noise in its own: the middle (around 1 kHz) for those that play everything, the bottom (around
70 Hz) for subwoofers. Each is two state-variable filters one after another (V. Zavalishin, The Art of VA Filter Design, trapezoidal), Q 0.7.
"""
from __future__ import annotations

import math

from .kernel import kernel, part

LOW_HZ, MIDDLE_HZ = 70.0, 1_000.0
Q = 0.7
TOTAL, LOW, MIDDLE = 0, 1, 2          # sums of squares since the start
LOW_STATE, MIDDLE_STATE = 4, 8        # of the filters: four words each
ROW = 12


@part
def band(x, g, damping, state, first):
    """One frame of a band-pass: what lies around its middle, as loud as it came. state: two filters' integrators, from `first` on."""
    scale = 1.0 / (1.0 + g * (g + damping))
    for stage in range(2):
        at = first + 2 * stage
        middle = (state[at] + g * (x - state[at + 1])) * scale
        low = state[at + 1] + g * middle
        state[at] = 2.0 * middle - state[at]
        state[at + 1] = 2.0 * low - state[at + 1]
        x = middle * damping
    return x


@kernel
def hear(heard, rate, row):
    """Add up a block's squares.

    heard  float32 (frames,)   one of the card's inputs, finite
    rate   frames a second
    row    float64 (ROW,)      zeros is nothing heard yet; carried from block to block
    """
    damping = 1.0 / Q
    low_g, middle_g = math.tan(math.pi * LOW_HZ / rate), math.tan(math.pi * MIDDLE_HZ / rate)
    for n in range(heard.shape[0]):
        x = float(heard[n])
        row[TOTAL] += x * x
        y = band(x, low_g, damping, row, LOW_STATE)
        row[LOW] += y * y
        y = band(x, middle_g, damping, row, MIDDLE_STATE)
        row[MIDDLE] += y * y
