"""Equalizer: lift or lower one region of a sound and leave the rest as it is.

    peak        around a frequency
    lowshelf    everything below one
    highshelf   everything above one

The responses are those of R. Bristow-Johnson, Cookbook formulae for audio EQ biquad filter coefficients, exactly; the structure is
the state-variable filter of A. Simper, Solving the continuous SVF equations using trapezoidal integration, Cytomic, 2013, which
stays stable however fast its settings move. Coefficients are found at a block's ends and run straight between.
"""
from __future__ import annotations

import math

from .kernel import kernel, part
from .lanes import all_of
from .sine import falling, tangent, turn_sine

OCTAVE = 0.5 * math.log(2.0)
WIDEST = 20.0               # octaves times the rule's bend: keeps a width close to half the rate finite


@part
def through(out, x, steady, first, last, state):
    """Run a sound through a state-variable filter whose five coefficients go straight from `first` to `last`; steady: they are the same.

    A coefficient set is g, the damping k, and how much of the sound, of its band and of its low part is heard.
    """
    frames = x.shape[1]
    g0, k0, direct0, band0, low0 = first
    g1, k1, direct1, band1, low1 = last
    g_slope, k_slope, direct_slope = (g1 - g0) / frames, (k1 - k0) / frames, (direct1 - direct0) / frames
    band_slope, low_slope = (band1 - band0) / frames, (low1 - low0) / frames
    for channel in range(x.shape[0]):
        one, two = state[2 * channel], state[2 * channel + 1]
        if steady:                                            # what moves by nothing: the same numbers, and no division in each frame
            a = 1.0 / (1.0 + g0 * (g0 + k0))
            for n in range(frames):
                v0 = float(x[channel, n])
                v1 = a * (one + g0 * (v0 - two))
                v2 = two + g0 * v1
                one = 2.0 * v1 - one
                two = 2.0 * v2 - two
                out[channel, n] = direct0 * v0 + band0 * v1 + low0 * v2
        else:
            for n in range(frames):
                g = g0 + g_slope * n
                a = 1.0 / (1.0 + g * (g + (k0 + k_slope * n)))
                v0 = float(x[channel, n])
                v1 = a * (one + g * (v0 - two))
                v2 = two + g * v1
                one = 2.0 * v1 - one
                two = 2.0 * v2 - two
                out[channel, n] = (direct0 + direct_slope * n) * v0 + (band0 + band_slope * n) * v1 + (low0 + low_slope * n) * v2
        state[2 * channel], state[2 * channel + 1] = one, two


@part
def hold(one, other, third):
    """Whether three controls stay where they are, for a whole block and for every voice."""
    return all_of(one[0] == one[1]) and all_of(other[0] == other[1]) and all_of(third[0] == third[1])


@part
def peaking(frequency, gain, width):
    """The coefficients of `peak`; the cookbook's BW with its bend, A = sqrt(gain)."""
    amplitude = math.sqrt(gain)
    bend = min(width * (2.0 * math.pi * frequency) / turn_sine(frequency), WIDEST)
    fall = falling(OCTAVE * bend)
    k = (1.0 / fall - fall) / amplitude                       # 2 sinh over A
    return tangent(frequency), k, 1.0, k * (gain - 1.0), 0.0


@part
def shelf_damping(amplitude, slope):
    """The cookbook's 1/Q for a shelf slope S."""
    return math.sqrt((amplitude + 1.0 / amplitude) * (1.0 / slope - 1.0) + 2.0)


@part
def low_shelving(frequency, gain, slope):
    """The coefficients of `lowshelf`."""
    amplitude = math.sqrt(gain)
    k = shelf_damping(amplitude, slope)
    return tangent(frequency) / math.sqrt(amplitude), k, 1.0, k * (amplitude - 1.0), gain - 1.0


@part
def high_shelving(frequency, gain, slope):
    """The coefficients of `highshelf`."""
    amplitude = math.sqrt(gain)
    k = shelf_damping(amplitude, slope)
    return tangent(frequency) * math.sqrt(amplitude), k, gain, k * (1.0 - amplitude) * amplitude, 1.0 - gain


@kernel
def peak(out, x, frequency, gain, width, state):
    """Lift or lower what lies around a frequency.

    out, x     float32 (channels, frames)   may be the same array
    frequency  float64 (2,)                 at the first frame and after the last, cycles per frame, 0.00001..0.49
    gain       float64 (2,)                 linear, 0.001..16: at the frequency itself
    width      float64 (2,)                 octaves, 0.05..6, between the two places where half the gain (in dB) is reached
    state      float64 (2 * channels,)      zeros is rest
    """
    first, steady = peaking(frequency[0], gain[0], width[0]), hold(frequency, gain, width)
    through(out, x, steady, first, first if steady else peaking(frequency[1], gain[1], width[1]), state)


@kernel
def lowshelf(out, x, frequency, gain, slope, state):
    """Lift or lower everything below a frequency.

    out, x     float32 (channels, frames)   may be the same array
    frequency  float64 (2,)                 half the gain (in dB) is reached here; cycles per frame, 0.00001..0.49
    gain       float64 (2,)                 linear, 0.001..16: at the bottom
    slope      float64 (2,)                 0.1..1: 1 is as steep as it can be without an overshoot
    state      float64 (2 * channels,)      zeros is rest
    """
    first, steady = low_shelving(frequency[0], gain[0], slope[0]), hold(frequency, gain, slope)
    through(out, x, steady, first, first if steady else low_shelving(frequency[1], gain[1], slope[1]), state)


@kernel
def highshelf(out, x, frequency, gain, slope, state):
    """Lift or lower everything above a frequency.

    out, x     float32 (channels, frames)   may be the same array
    frequency  float64 (2,)                 half the gain (in dB) is reached here; cycles per frame, 0.00001..0.49
    gain       float64 (2,)                 linear, 0.001..16: at the top
    slope      float64 (2,)                 0.1..1: 1 is as steep as it can be without an overshoot
    state      float64 (2 * channels,)      zeros is rest
    """
    first, steady = high_shelving(frequency[0], gain[0], slope[0]), hold(frequency, gain, slope)
    through(out, x, steady, first, first if steady else high_shelving(frequency[1], gain[1], slope[1]), state)
