"""Frequency modulation: two sine oscillators, one of which bends the other. Bells, brass and glass for the price of two sines.

Both run at twice the rate, and what lies above half of it is taken away before a frame is given (oversample.py): what would fold
back from below 76 kHz is 80 dB down and more at 48 kHz. Overtones reach to about carrier * (1 + ratio * (index + 2)).
"""
from __future__ import annotations

import math

from .kernel import kernel
from .oversample import WORDS, halve
from .sine import turn_sine

OWN = 4                            # words of state for a channel before those of the filter
TURN = 1.0 / (2.0 * math.pi)


@kernel
def fm(out, carrier, ratio, index, feedback, state):
    """A tone whose overtones lie at carrier + k * ratio * carrier, as loud as Bessel's functions of the index say. Peaks at 1.

    out       float32 (channels, frames)
    carrier   float64 (2,)    cycles per frame, 0..0.49; this and all that follows runs straight between the block's ends
    ratio     float64 (2,)    the modulator's frequency over the carrier's, 0..64
    index     float64 (2,)    radians by which the modulator bends the carrier's phase, 0..100; 0 is a pure tone
    feedback  float64 (2,)    radians by which the modulator bends itself, 0..1.5: from a sine to a saw
    state     float64 (167 * channels,)  for each channel both phases in turns, the modulator's last two values, the filter; zeros
                              at rest

    13 frames late. Feedback is the mean of the modulator's last two values, so that it does not flutter.
    Source: J. Chowning, The synthesis of complex audio spectra by means of frequency modulation, JAES 21(7), 1973, equation 1,
    as phase modulation; feedback: N. Tomisawa, US patent 4,249,447, 1981.
    """
    frames = out.shape[1]
    slope = (carrier[1] - carrier[0]) / frames
    ratio_slope = (ratio[1] - ratio[0]) / frames
    index_slope = (index[1] - index[0]) / frames
    feedback_slope = (feedback[1] - feedback[0]) / frames
    for channel in range(out.shape[0]):
        own = state[(OWN + WORDS) * channel:(OWN + WORDS) * (channel + 1)]
        phase, turning, last, before = own[0], own[1], own[2], own[3]
        filtered = own[OWN:]
        for n in range(frames):
            pace = 0.5 * (carrier[0] + slope * n)
            faster = pace * (ratio[0] + ratio_slope * n)
            bends = TURN * (index[0] + index_slope * n)
            bends_itself = 0.5 * TURN * (feedback[0] + feedback_slope * n)
            bent = turn_sine(turning + bends_itself * (last + before))
            first = turn_sine(phase + bends * bent)
            before = turn_sine(turning + faster + bends_itself * (bent + last))
            mid = turn_sine(phase + pace + bends * before)
            last, before = before, bent
            out[channel, n] = halve(filtered, first, mid)
            phase += 2.0 * pace
            phase -= math.floor(phase)
            turning += 2.0 * faster
            turning -= math.floor(turning)
        own[0], own[1], own[2], own[3] = phase, turning, last, before
