"""Frequency shift: every frequency moved by the same number of hertz. Overtones lose their harmony; a little of it makes a slow
beating, more of it bells.

Two chains of all-passes turn the sound into a pair a quarter turn apart; an oscillator turns the pair, as a single sideband
transmitter does. Source: the chains are half of an elliptic half-band filter each, its z turned by a quarter: P. P. Vaidyanathan,
P. A. Regalia, S. K. Mitra, Design of doubly-complementary IIR digital filters, IEEE Trans. CAS 34(4), 1987;
audio/units/shifts.py finds the coefficients.
"""
from __future__ import annotations

import math

from .kernel import kernel
from .sine import turn_sine

SECTIONS = 14
WORDS = 2 * SECTIONS + 2


@kernel
def frequency_shift(out, x, shift, sections, state):
    """Move every frequency of a sound up or down by the same number of hertz.

    out, x    float32 (channels, frames)   may be the same array
    shift     float64 (2,)                 cycles per frame, -0.49..0.49, negative is down; runs straight between
    sections  float64 (14,)                the all-passes' coefficients, in turn for the one chain and the other
    state     float64 (30 * channels,)     for each channel: two memories a section, the frame before, phase in turns

    What is moved below 0 Hz comes up again as from a mirror, and what is moved above half the rate comes down. The mirror image of
    each frequency lies 87 dB or more below it from 40 Hz on, and louder below: take deep bass away first. Late by 0.1 ms in
    the middle, 0.5 ms at 1 kHz, 7.5 ms at 50 Hz.
    """
    frames = x.shape[1]
    slope = (shift[1] - shift[0]) / frames
    for channel in range(x.shape[0]):
        own = state[channel * WORDS:(channel + 1) * WORDS]
        before, phase = own[2 * SECTIONS], own[2 * SECTIONS + 1]
        for n in range(frames):
            straight = float(x[channel, n])
            aside = before
            before = straight
            for section in range(0, SECTIONS, 2):
                place = 2 * section
                a = sections[section]
                w = straight + a * own[place + 1]
                straight = a * w - own[place + 1]
                own[place + 1] = own[place]
                own[place] = w
                a = sections[section + 1]
                w = aside + a * own[place + 3]
                aside = a * w - own[place + 3]
                own[place + 3] = own[place + 2]
                own[place + 2] = w
            out[channel, n] = turn_sine(phase + 0.25) * straight - turn_sine(phase) * aside
            phase += shift[0] + slope * n
            phase -= math.floor(phase)
        own[2 * SECTIONS], own[2 * SECTIONS + 1] = before, phase
