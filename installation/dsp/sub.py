"""The bottom of a sound, for the loudspeakers that have nothing else to do.

Source: S. Linkwitz, Active Crossover Networks for Noncoincident Drivers, JAES 24(1), 1976: two Butterworth filters in a row; each is
A. Simper's state-variable filter (filter.py).
"""
from __future__ import annotations

import math

from .kernel import kernel

DAMPING = math.sqrt(2.0)


@kernel
def sub(bus, x, cutoff, feeds, state):
    """Send what lies below a cutoff to some loudspeakers, 24 dB an octave; at the cutoff it is 6 dB down.

    bus     float32 (outputs, frames)   added to
    x       float32 (1, frames)
    cutoff  float64 (2,)                at the first frame and after the last, cycles per frame, 0.00001..0.49
    feeds   float64 (2 * loudspeakers,) row of the bus and weight of each
    state   float64 (4,)                integrator memories; zeros is rest
    """
    frames = x.shape[1]
    first = math.tan(math.pi * cutoff[0])
    slope = (math.tan(math.pi * cutoff[1]) - first) / frames
    one, two, three, four = state[0], state[1], state[2], state[3]
    for n in range(frames):
        g = first + slope * n
        a = 1.0 / (1.0 + g * (g + DAMPING))
        band = a * (one + g * (float(x[0, n]) - two))
        low = two + g * band
        one, two = 2.0 * band - one, 2.0 * low - two
        band = a * (three + g * (low - four))
        low = four + g * band
        three, four = 2.0 * band - three, 2.0 * low - four
        for k in range(0, feeds.shape[0], 2):
            bus[int(feeds[k]), n] += low * feeds[k + 1]
    state[0], state[1], state[2], state[3] = one, two, three, four
