"""Noise: white, and pink as water and wind are.

    white   equal power in every hertz
    pink    equal power in every octave

Each channel has its own generator (see chance.py), seeded in its STATE before the first block.
"""
from __future__ import annotations

from .chance import next_number
from .kernel import kernel

PINK = 10        # words of state for a channel
LEVEL = 0.115    # brings the filter to an RMS of 0.2


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
