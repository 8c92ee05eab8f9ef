"""Bending a waveform: overtones that were not there, without the false ones that fold back at half the rate.

    drive   a soft clip: warm, then dense, then square
    fold    past its top a wave turns back, again and again: bells and metal out of plain tones

Both run at twice the rate and take the mean of the bend between points (oversample.py). Both means have closed forms without a
difference of almost equal numbers, so nothing has to be caught when a sound stands still:

    drive   f(x) = x / sqrt(1 + x * x), its integral sqrt(1 + x * x); the mean from a to b is (a + b) / (sqrt(1 + a * a) + sqrt(1 + b * b))
    fold    f(x) = sin(x); the mean from a to b is sin((a + b) / 2) sin(d) / d, d = (b - a) / 2
"""
from __future__ import annotations

import math

from .kernel import kernel, part
from .oversample import LAST, WORDS, fall, rise
from .sine import turn_sine


@part
def clipped(a, b, g, height):
    """The mean of the soft clip on the way from a to b, driven by g; `height` is sqrt(1 + g * g)."""
    return height * (a + b) / (math.sqrt(1.0 + g * g * a * a) + math.sqrt(1.0 + g * g * b * b))


@kernel
def drive(out, x, amount, state):
    """Make a sound denser, as an amplifier does that is asked for too much.

    out, x  float32 (channels, frames)   may be the same array
    amount  float64 (2,)                 0 leaves the sound as it is, 3 is warm, 100 almost square; runs straight between
    state   float64 (163 * channels,)    rings of the filters; zeros is rest

    A sound of full scale stays of full scale; a soft one gets louder, up to 1 + amount-fold. 26 frames late. What went in beyond
    full scale comes out at sqrt(1 + 1 / amount**2) at most.
    """
    frames = x.shape[1]
    slope = (amount[1] - amount[0]) / frames
    for channel in range(x.shape[0]):
        own = state[channel * WORDS:(channel + 1) * WORDS]
        last = own[LAST]
        for n in range(frames):
            g = amount[0] + slope * n
            height = math.sqrt(1.0 + g * g)
            point, mid = rise(own, float(x[channel, n]))
            first = clipped(last, point, g, height)
            out[channel, n] = fall(own, first, clipped(point, mid, g, height))
            last = mid
        own[LAST] = last


@part
def folded(a, b, turns, top):
    """The mean of the fold on the way from a to b, divided by `top`; a wave of height 1 goes `turns` round the sine."""
    half = 0.5 * turns * (b - a)
    if abs(half) > 1e-4:
        mean = turn_sine(half) / (2.0 * math.pi * half)
    else:
        mean = 1.0 - (2.0 * math.pi * half) ** 2 / 6.0
    return turn_sine(0.5 * turns * (a + b)) * mean / top


@kernel
def fold(out, x, amount, state):
    """Fold a sound back on itself where it would go too far, through a sine.

    out, x  float32 (channels, frames)   may be the same array
    amount  float64 (2,)                 0 leaves the sound as it is, 1 its peaks just reach the top, 2 they are back at nothing, 3
                                         they reach the bottom…, up to 32; runs straight between
    state   float64 (163 * channels,)    rings of the filters; zeros is rest

    A sound of full scale reaches full scale whatever the amount; the louder a sound, the more it is folded. 26 frames late.
    """
    frames = x.shape[1]
    slope = (amount[1] - amount[0]) / frames
    for channel in range(x.shape[0]):
        own = state[channel * WORDS:(channel + 1) * WORDS]
        last = own[LAST]
        for n in range(frames):
            turns = 0.25 * max(amount[0] + slope * n, 1e-6)
            top = turn_sine(min(turns, 0.25))
            point, mid = rise(own, float(x[channel, n]))
            first = folded(last, point, turns, top)
            out[channel, n] = fall(own, first, folded(point, mid, turns, top))
            last = mid
        own[LAST] = last
