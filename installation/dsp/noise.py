"""Noise: white, pink as water and wind are, brown as far thunder is, and blue as spray is.

    white   equal power in every hertz
    pink    equal power in every octave
    brown   half as much power in every octave as in the one below
    blue    four times as much power in every octave as in the one below

Each channel has its own generator (see chance.py), seeded in its STATE before the first block.
"""
from __future__ import annotations

from .chance import next_number
from .kernel import kernel

PINK = 10        # words of state for a channel
LEVEL = 0.115    # brings the filter to an RMS of 0.2
LEAK = 0.999215  # of brown: a 6 Hz corner at 48 kHz, below which a loudspeaker would only be pushed
BRIGHTER = 0.166     # of brown: makes up for the integral's own bend near half the rate
BROWN_LEVEL = 0.01176    # brings it to an RMS of 0.2
BLUE = 8         # words of state for a channel
BLUE_LEVEL = 0.2983      # brings it to an RMS of 0.2


@kernel
def white(out, state):
    """A hiss. Uniform in -1..1: peak 1, RMS 0.577 (-4.8 dBFS).

    out    float32 (channels, frames)
    state  float64 (2 * channels,)   the generator's two words of each channel; the seed
    """
    for channel in range(out.shape[0]):
        shift, weyl = int(state[2 * channel]), int(state[2 * channel + 1])
        for n in range(out.shape[1]):
            shift, weyl, value = next_number(shift, weyl)
            out[channel, n] = value
        state[2 * channel] = shift
        state[2 * channel + 1] = weyl


@kernel
def pink(out, state):
    """Noise like rain or a far road: -3 dB an octave from 10 Hz up. RMS 0.2 (-14 dBFS), peaks below 1.

    out    float32 (channels, frames)
    state  float64 (10 * channels,)   for each channel the generator's two words (the seed), then eight filter memories

    Source: P. Kellet's refined filter (musicdsp.org, "pink noise filter", 1999): six one-pole sections and two direct ways.
    It is within 0.05 dB of its slope above 9 Hz at 44.1 kHz; at another rate it shifts along the slope, which sounds the same.
    """
    for channel in range(out.shape[0]):
        own = state[PINK * channel:PINK * (channel + 1)]
        shift, weyl = int(own[0]), int(own[1])
        b0, b1, b2, b3, b4, b5, b6 = own[2], own[3], own[4], own[5], own[6], own[7], own[8]
        for n in range(out.shape[1]):
            shift, weyl, white = next_number(shift, weyl)
            b0 = 0.99886 * b0 + white * 0.0555179
            b1 = 0.99332 * b1 + white * 0.0750759
            b2 = 0.96900 * b2 + white * 0.1538520
            b3 = 0.86650 * b3 + white * 0.3104856
            b4 = 0.55000 * b4 + white * 0.5329522
            b5 = -0.7616 * b5 - white * 0.0168980
            out[channel, n] = (b0 + b1 + b2 + b3 + b4 + b5 + b6 + white * 0.5362) * LEVEL
            b6 = white * 0.115926
        own[0], own[1] = shift, weyl
        own[2], own[3], own[4], own[5], own[6], own[7], own[8] = b0, b1, b2, b3, b4, b5, b6


@kernel
def brown(out, state):
    """Noise like a waterfall behind a wall, or thunder: -6 dB an octave from 20 Hz up. RMS 0.2 (-14 dBFS), peaks below 1.

    out    float32 (channels, frames)
    state  float64 (4 * channels,)   for each channel the generator's two words (the seed), the integral, the last white value

    White noise through a leaky integral and one zero, which keeps its slope within 0.3 dB an octave up to 18 kHz (48 kHz rate).
    """
    for channel in range(out.shape[0]):
        own = state[4 * channel:4 * channel + 4]
        shift, weyl = int(own[0]), int(own[1])
        level, last = own[2], own[3]
        for n in range(out.shape[1]):
            shift, weyl, white = next_number(shift, weyl)
            level = LEAK * level + white + BRIGHTER * last
            last = white
            out[channel, n] = level * BROWN_LEVEL
        own[0], own[1], own[2], own[3] = shift, weyl, level, last


@kernel
def blue(out, state):
    """Noise like spray or steam: 3 dB more in every octave, from 20 Hz to 20 kHz. RMS 0.2 (-14 dBFS), peaks below 1.

    out    float32 (channels, frames)
    state  float64 (8 * channels,)   for each channel the generator's two words (the seed), then the last white value and what
                                     each section gave

    White noise through five sections of a zero and a pole each, fitted to the slope: within 0.05 dB of it at 48 kHz.
    """
    for channel in range(out.shape[0]):
        own = state[BLUE * channel:BLUE * (channel + 1)]
        shift, weyl = int(own[0]), int(own[1])
        x, a, b, c, d, e = own[2], own[3], own[4], own[5], own[6], own[7]
        for n in range(out.shape[1]):
            shift, weyl, white = next_number(shift, weyl)
            one = white - 0.997679 * x + 0.993842 * a
            two = one - 0.986022 * a + 0.969299 * b
            three = two - 0.933616 * b + 0.859583 * c
            four = three - 0.715252 * c + 0.465924 * d
            e = four - 0.114737 * d - 0.121891 * e
            x, a, b, c, d = white, one, two, three, four
            out[channel, n] = e * BLUE_LEVEL
        own[0], own[1] = shift, weyl
        own[2], own[3], own[4], own[5], own[6], own[7] = x, a, b, c, d, e
