"""Ladder: four lowpasses in a row, fed back on themselves; the filter of the analog synthesizers. It sings by itself.

Source: V. Zavalishin, The Art of VA Filter Design 2.1.2, 2018, chapters 5 (the transistor ladder without a delay in its loop) and 6
(the saturator in the loop, solved by Newton's method).
"""
from __future__ import annotations

import math

from .kernel import kernel, part
from .oversample import WORDS, halve, rise

OWN = WORDS + 4         # of state a channel: the rings of the two filters, four integrators


@part
def saturated(w):
    """The soft clip of the loop: 1 at most."""
    return w / math.sqrt(1.0 + w * w)


@part
def stages(own, sound, g, k):
    """A point through the loop, and the four integrators on. Gives the last stage's output.

    One step of Newton's method solves the loop; it comes from below and cannot overshoot, since the clip is concave.
    """
    s1, s2, s3, s4 = own[WORDS], own[WORDS + 1], own[WORDS + 2], own[WORDS + 3]
    rest = 1.0 / (1.0 + g)
    gain = g * rest
    loop = k * gain * gain * gain * gain
    c = sound - k * rest * (((s1 * gain + s2) * gain + s3) * gain + s4)
    w = c / (1.0 + loop)
    r = 1.0 / math.sqrt(1.0 + w * w)
    w -= (w + loop * (w * r) - c) / (1.0 + loop * (r * r * r))
    u = saturated(w)
    v = (u - s1) * gain
    u = v + s1
    own[WORDS] = u + v
    v = (u - s2) * gain
    u = v + s2
    own[WORDS + 1] = u + v
    v = (u - s3) * gain
    u = v + s3
    own[WORDS + 2] = u + v
    v = (u - s4) * gain
    u = v + s4
    own[WORDS + 3] = u + v
    return u


@kernel
def ladder(out, x, cutoff, resonance, drive, state):
    """Dull a sound, 24 dB an octave, through a loop that saturates.

    out, x     float32 (channels, frames)   may be the same array
    cutoff     float64 (2,)                 at the first frame and after the last, cycles per frame, 0.00001..0.49
    resonance  float64 (2,)                 0..1.5; from 1 on it sings at the cutoff, once something has struck it
    drive      float64 (2,)                 0.01..100: how loud the sound goes in; below 0.1 it is a plain linear filter
    state      float64 (167 * channels,)    rings of the filters and integrators; zeros is rest

    What enters the loop is w / sqrt(1 + w * w), so nothing that comes out is louder than 1. As the resonance rises the bottom
    falls, by 14 dB at 1, as in the circuit. It runs at twice the rate, which makes it 25 frames late; what folds back of a sine
    driven 4-fold, below 16 kHz: nothing at 1.2 kHz, -49 dB at 5 kHz (at the plain rate -27).
    """
    frames = x.shape[1]
    first = math.tan(0.5 * math.pi * cutoff[0])
    slope = (math.tan(0.5 * math.pi * cutoff[1]) - first) / frames
    resonance_slope = (resonance[1] - resonance[0]) / frames
    drive_slope = (drive[1] - drive[0]) / frames
    for channel in range(x.shape[0]):
        own = state[channel * OWN:(channel + 1) * OWN]
        for n in range(frames):
            g = first + slope * n
            k = 4.0 * (resonance[0] + resonance_slope * n)
            point, mid = rise(own, (drive[0] + drive_slope * n) * x[channel, n])
            point = stages(own, point, g, k)
            out[channel, n] = halve(own, point, stages(own, mid, g, k))
