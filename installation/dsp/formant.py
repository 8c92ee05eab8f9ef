"""Formant: five resonances in parallel, as the mouth has them, that glide from vowel to vowel.

The band filters are those of `filter`. Where they lie, how wide and how loud they are is in NUMBERS (audio/units/voices.py).
"""
from __future__ import annotations

from .kernel import kernel

VOWELS, BANDS = 5, 5


@kernel
def formant(out, x, vowel, bands, state):
    """Let a sound speak a vowel: a bright one (a saw, a noise) is best.

    out, x  float32 (channels, frames)   may be the same array
    vowel   float64 (2,)                 0..4: a, e, i, o, u; between two of them the mouth moves; runs straight between
    bands   float64 (75,)                vowel after vowel, for each band: tan(pi f), damping, gain of its middle
    state   float64 (10 * channels,)     two integrator memories for each band; zeros is rest

    Each band peaks at its gain, so the vowel is never louder than the sum of the gains. White noise comes out 20 to 26 dB softer.
    """
    channels, frames = x.shape
    slope = (vowel[1] - vowel[0]) / frames
    for channel in range(channels):
        for n in range(frames):
            at = vowel[0] + slope * n
            here = min(int(at), VOWELS - 2)
            way = at - here
            row = here * BANDS * 3
            v0 = float(x[channel, n])
            total = 0.0
            for band in range(BANDS):
                a, b = row + 3 * band, row + 3 * (band + BANDS)
                g = bands[a] + way * (bands[b] - bands[a])
                k = bands[a + 1] + way * (bands[b + 1] - bands[a + 1])
                gain = bands[a + 2] + way * (bands[b + 2] - bands[a + 2])
                place = 2 * (channel * BANDS + band)
                one, two = state[place], state[place + 1]
                v1 = (one + g * (v0 - two)) / (1.0 + g * (g + k))
                v2 = two + g * v1
                state[place] = 2.0 * v1 - one
                state[place + 1] = 2.0 * v2 - two
                total += gain * (k * v1)
            out[channel, n] = total
