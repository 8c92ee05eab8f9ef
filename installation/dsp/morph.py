"""A filter that goes from low over band and high to notch without a step. The structure and its source are those of `filter`."""
from __future__ import annotations

import math

from .kernel import kernel


@kernel
def morph(out, x, cutoff, resonance, shape, state):
    """Keep one part of a sound, and let which part it is glide.

    out, x     float32 (channels, frames)   may be the same array
    cutoff     float64 (2,)                 at the first frame and after the last, cycles per frame, 0.00001..0.49
    resonance  float64 (2,)                 0..0.995, as in `filter`
    shape      float64 (2,)                 0 low, 1 band, 2 high, 3 notch; between two whole numbers a mixture of both
    state      float64 (2 * channels,)      two integrator memories for each channel; zeros is rest

    At the whole numbers it is `filter` of that mode. Halfway between low and band the gain never exceeds either of them by more
    than their sum; all three controls run straight between.
    """
    frames = x.shape[1]
    first = math.tan(math.pi * cutoff[0])
    slope = (math.tan(math.pi * cutoff[1]) - first) / frames
    damping = 2.0 - 2.0 * resonance[0]
    damping_slope = 2.0 * (resonance[0] - resonance[1]) / frames
    shape_slope = (shape[1] - shape[0]) / frames
    for channel in range(x.shape[0]):
        one, two = state[2 * channel], state[2 * channel + 1]
        for n in range(frames):
            g = first + slope * n
            k = damping + damping_slope * n
            at = shape[0] + shape_slope * n
            up = min(at, 1.0)                               # low to band
            over = min(max(at - 1.0, 0.0), 1.0)             # band to high
            last = max(at - 2.0, 0.0)                       # high to notch
            a = 1.0 / (1.0 + g * (g + k))
            v0 = float(x[channel, n])
            v3 = v0 - two
            v1 = a * (one + g * v3)
            v2 = two + g * v1
            one = 2.0 * v1 - one
            two = 2.0 * v2 - two
            out[channel, n] = over * v0 + (up - 2.0 * over) * (k * v1) + (1.0 - up - over + last) * v2
        state[2 * channel], state[2 * channel + 1] = one, two
