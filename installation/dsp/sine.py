"""Sine: the plain tone, and functions that kernels share: from polynomials, the same bits on every C library, eight voices at once.

    sine        an oscillator
    turn_sine   sin(2 pi x)
    tangent     tan(pi x), for the coefficients of filters
    falling     exp(-x), for decays
"""
from __future__ import annotations

import math

from .kernel import kernel, part
from .lanes import where

C1 = 2.0 * math.pi
C3, C5, C7 = -C1**3 / math.factorial(3), C1**5 / math.factorial(5), -C1**7 / math.factorial(7)
C9, C11, C13 = C1**9 / math.factorial(9), -C1**11 / math.factorial(11), C1**13 / math.factorial(13)
C15 = -C1**15 / math.factorial(15)


@part
def turn_sine(turns):
    """The sine of an angle in turns (1 is once round), to 1e-11. Folded into the first quarter, then Taylor's series to x**15."""
    x = turns - math.floor(turns + 0.5)
    x = where(x > 0.25, 0.5 - x, where(x < -0.25, -0.5 - x, x))
    s = x * x
    return x * (C1 + s * (C3 + s * (C5 + s * (C7 + s * (C9 + s * (C11 + s * (C13 + s * C15)))))))


@part
def tangent(turns):
    """tan(pi x) for x of 0 to 0.49, to 1e-9 of itself: how a frequency, in cycles a frame, bends on its way into a digital filter."""
    x = 0.5 * turns
    s = x * x
    y = 0.25 - x
    t = y * y
    sine_of = x * (C1 + s * (C3 + s * (C5 + s * (C7 + s * (C9 + s * (C11 + s * (C13 + s * C15)))))))
    return sine_of / (y * (C1 + t * (C3 + t * (C5 + t * (C7 + t * (C9 + t * (C11 + t * (C13 + t * C15))))))))


@part
def falling(exponent):
    """exp(-x) for x of 0 to 7, to 1e-12 of itself (to 5e-6 up to 40): by the series of a 64th of it, squared six times."""
    z = -exponent / 64.0
    y = 1.0 + z * (1.0 + z * (1 / 2 + z * (1 / 6 + z * (1 / 24 + z * (1 / 120 + z * (1 / 720 + z * (1 / 5040 + z / 40320)))))))
    y = y * y
    y = y * y
    y = y * y
    y = y * y
    y = y * y
    return y * y


@kernel
def sine(out, frequency, state):
    """A pure tone that begins at a zero crossing, going up. Peaks at 1.

    out        float32 (channels, frames)
    frequency  float64 (2,)        at the first frame and after the last, cycles per frame, 0..0.49; runs straight between
    state      float64 (channels,) phase in turns, 0 <= phase < 1; zeros at rest
    """
    frames = out.shape[1]
    slope = (frequency[1] - frequency[0]) / frames
    for channel in range(out.shape[0]):
        phase = state[channel]
        for n in range(frames):
            out[channel, n] = turn_sine(phase)
            phase += frequency[0] + slope * n
            phase -= math.floor(phase)
        state[channel] = phase
