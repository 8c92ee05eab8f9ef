"""How far a sound is: softer by a law, and duller by the air.

The numbers of the air come from audio/units/air.py, that is, from ISO 9613-1.
"""
from __future__ import annotations

import math

from .kernel import kernel, part

REFERENCE = 100.0      # m, the distance for which the air's cutoff is given


@part
def level_at(metres, law):
    """The gain at a distance: 1 up to `near`, then falling by the law's power."""
    return (law[0] / max(metres, law[0])) ** law[1]


@part
def openness(metres, law):
    """The part of a step that each lowpass takes at once: 1 is open. Their cutoff falls as a power of the distance."""
    through = max(metres, 0.0) * law[4]
    if through < 1e-3:
        return 1.0
    return 1.0 - math.exp(-2.0 * math.pi * law[2] * (REFERENCE / through) ** law[3])


@kernel
def distance(out, x, metres, law, state):
    """Take a sound away: softer, and duller, as far air makes it. Gain and cutoff run straight through the block.

    out, x  float32 (channels, frames)   may be the same array
    metres  float64 (2,)                 0..10000
    law     float64 (5,)                 metres below which nothing more happens, power of the distance by which it falls (1 is
                                         6 dB a doubling), the lowpasses' cutoff at 100 m in cycles per frame, the power by which that
                                         falls, how many times thicker the air is (0: none)
    state   float64 (2 * channels,)      what the two lowpasses give now; zeros is rest

    Source: ISO 9613-1:1993 for the cutoffs; two lowpasses y += (1 - exp(-2 pi f)) (x - y) in a row, open for near sounds.
    """
    frames = x.shape[1]
    gain, step = level_at(metres[0], law), openness(metres[0], law)
    gain_slope = (level_at(metres[1], law) - gain) / frames
    step_slope = (openness(metres[1], law) - step) / frames
    for channel in range(x.shape[0]):
        first, second = state[2 * channel], state[2 * channel + 1]
        for n in range(frames):
            opening = step + step_slope * n
            first += opening * (float(x[channel, n]) - first)
            second += opening * (first - second)
            out[channel, n] = second * (gain + gain_slope * n)
        state[2 * channel] = first if abs(first) > 1e-20 else 0.0
        state[2 * channel + 1] = second if abs(second) > 1e-20 else 0.0
