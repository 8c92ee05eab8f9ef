"""Crossover: a sound in two halves, below and above a frequency, that together are as loud everywhere as the sound was.

Source: S. H. Linkwitz, Active crossover networks for noncoincident drivers, JAES 24(1), 1976: the fourth order, two Butterworth
filters in a row. The structure is that of `filter`. The high half is the all-pass of the first filter less the low half, and needs no
filter of its own: (s**2 - k s + 1) / (s**2 + k s + 1) - 1 / (s**2 + k s + 1)**2 = s**4 / (s**2 + k s + 1)**2, since k * k = 2.
"""
from __future__ import annotations

import math

from .kernel import kernel

DAMPING = math.sqrt(2.0)        # Butterworth


@kernel
def crossover(out, x, frequency, state):
    """Part a sound at a frequency, 24 dB an octave to either side.

    out        float32 (2 * channels, frames)   the low halves of all channels, then the high ones
    x          float32 (channels, frames)
    frequency  float64 (2,)                     at the first frame and after the last, cycles per frame, 0.00001..0.49
    state      float64 (4 * channels,)          integrator memories; zeros is rest

    Both halves are 6 dB down at the frequency, and in phase: their sum is an all-pass, whatever the frequency does.
    """
    channels, frames = x.shape
    first = math.tan(math.pi * frequency[0])
    slope = (math.tan(math.pi * frequency[1]) - first) / frames
    for channel in range(channels):
        s1, s2 = state[4 * channel], state[4 * channel + 1]
        s3, s4 = state[4 * channel + 2], state[4 * channel + 3]
        for n in range(frames):
            g = first + slope * n
            a = 1.0 / (1.0 + g * (g + DAMPING))
            v0 = float(x[channel, n])
            v1 = a * (s1 + g * (v0 - s2))
            v2 = s2 + g * v1
            s1 = 2.0 * v1 - s1
            s2 = 2.0 * v2 - s2
            v3 = a * (s3 + g * (v2 - s4))
            low = s4 + g * v3
            s3 = 2.0 * v3 - s3
            s4 = 2.0 * low - s4
            out[channel, n] = low
            out[channels + channel, n] = v0 - 2.0 * DAMPING * v1 - low
        state[4 * channel], state[4 * channel + 1] = s1, s2
        state[4 * channel + 2], state[4 * channel + 3] = s3, s4
