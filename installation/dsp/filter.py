"""State-variable filter: low, band, high or notch, 12 dB an octave, from dull to ringing.

Source: A. Simper, Solving the continuous SVF equations using trapezoidal integration, Cytomic, 2013; the same structure is
V. Zavalishin, The Art of VA Filter Design 2.1.2, 2018, section 4.4. It stays stable however fast its cutoff moves.
"""
from __future__ import annotations

import math

from .kernel import kernel


@kernel
def filter(out, x, cutoff, resonance, mix, state):
    """Keep one part of a sound and let its edge ring.

    out, x     float32 (channels, frames)   may be the same array
    cutoff     float64 (2,)                 at the first frame and after the last, cycles per frame, 0.00001..0.49
    resonance  float64 (2,)                 0..0.995: damping k = 2 (1 - resonance), so 0.293 is Butterworth, 0.995 is Q 100
    mix        float64 (3,)                 how much of the sound, of k times the band output, of the low output:
                                          low 0 0 1, band 0 1 0, high 1 -1 -1, notch 1 -1 0
    state      float64 (2 * channels,)      two integrator memories for each channel; zeros is rest

    The band output peaks at 1 whatever the resonance; the low and high outputs peak at about 1 / k.
    """
    frames = x.shape[1]
    first = math.tan(math.pi * cutoff[0])
    slope = (math.tan(math.pi * cutoff[1]) - first) / frames
    damping = 2.0 - 2.0 * resonance[0]
    damping_slope = 2.0 * (resonance[0] - resonance[1]) / frames
    direct, band, low = mix[0], mix[1], mix[2]
    for channel in range(x.shape[0]):
        one, two = state[2 * channel], state[2 * channel + 1]
        for n in range(frames):
            g = first + slope * n
            k = damping + damping_slope * n
            a = 1.0 / (1.0 + g * (g + k))
            v0 = float(x[channel, n])
            v3 = v0 - two
            v1 = a * (one + g * v3)
            v2 = two + g * v1
            one = 2.0 * v1 - one
            two = 2.0 * v2 - two
            out[channel, n] = direct * v0 + band * (k * v1) + low * v2
        state[2 * channel], state[2 * channel + 1] = one, two
