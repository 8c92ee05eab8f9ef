"""Saw and pulse for many voices at once: no table, no branch but a rare one, and no delay; eight voices side by side (see lanes.py).

    saw      falls slowly in overtones, 1/n
    pulse    a rectangle of any width
    corner   what must be added near a jump so that little is left of what lies above half the rate

A jump is spread over four frames by the integral of a cubic B-spline. It dulls the top octave a little (2.5 dB at 10 kHz, 48 kHz
rate); what folds back below 10 kHz, where it would be heard, lies 79 dB or more below the tone up to 4 kHz. What folds
back elsewhere, close to half the rate, lies 41 dB below a tone of 1 kHz. Where that matters, see saw.py.
Source: V. Välimäki, J. Pekonen, J. Nam, Perceptually informed synthesis of bandlimited classical waveforms using integrated
polynomial interpolation, JASA 131(1), 2012, table I, third-order B-spline.
"""
from __future__ import annotations

import math

from .kernel import kernel, part
from .lanes import all_of, any_of, where
from .turns import turned, whole

SLOWEST = 1e-9          # cycles a frame: below this a corner is as good as a jump


@part
def corner(phase, step):
    """The rounding of an upward jump of height 1 that happens at phase 0 (and 1), for a phase that moves `step` a frame."""
    pace = 1.0 / max(step, SLOWEST)
    return before(min((1.0 - phase) * pace, 2.0)) - before(min(phase * pace, 2.0))       # ahead of the next jump, after the last


@part
def nearest(phase, pace):
    """`corner` where no two corners meet: the same numbers. pace: 1 / step, which is below a quarter."""
    ahead = 1.0 - phase
    rounding = before(min(min(phase, ahead) * pace, 2.0))
    return where(ahead < phase, rounding, -rounding)


@part
def near(phase, step):
    """Whether a corner reaches this far; elsewhere it is nothing."""
    return (phase < 2.0 * step) | (1.0 - phase < 2.0 * step)


@part
def before(distance):
    """The B-spline's integral up to `distance` frames ahead of its middle, 0..2: half the jump at 0, none of it at 2."""
    u = 2.0 - distance
    v = u - 1.0
    far = u * u
    return where(v < 0.0, far * far * (1.0 / 24.0), 1.0 / 24.0 + v * (1.0 / 6.0 + v * (0.25 + v * (1.0 / 6.0 - v * 0.125))))


@kernel
def saw(out, frequency, state):
    """A sawtooth that rises from -1 to 1 and drops, rounded; its mean is 0. It begins in the middle of the rise, at 0.

    out        float32 (channels, frames)
    frequency  float64 (2,)         at the first frame and after the last, cycles per frame, 0..0.49; runs straight between
    state      float64 (channels,)  phase in turns less a half, so that zeros at rest begin without a click
    """
    frames = out.shape[1]
    slope = (frequency[1] - frequency[0]) / frames
    steady = all_of((slope == 0.0) & (frequency[0] < 0.25))     # then a corner wants no division, and there is one at most
    pace = 1.0 / max(frequency[0], SLOWEST)
    for channel in range(out.shape[0]):
        turns = whole(state[channel] + 0.5)
        if steady:
            stride = whole(frequency[0])
            for n in range(frames):
                phase = turned(turns)
                out[channel, n] = 2.0 * phase - 1.0 - 2.0 * nearest(phase, pace)
                turns += stride
        else:
            for n in range(frames):
                phase, step = turned(turns), frequency[0] + slope * n
                value = 2.0 * phase - 1.0
                if any_of(near(phase, step)):
                    value -= 2.0 * corner(phase, step)
                out[channel, n] = value
                turns += whole(step)
        state[channel] = turned(turns) - 0.5


@kernel
def pulse(out, frequency, width, state):
    """A rectangle between -1 and 1, high for `width` of each cycle, rounded; a mean that would push the loudspeaker is taken off.

    out        float32 (channels, frames)
    frequency  float64 (2,)         at the first frame and after the last, cycles per frame, 0..0.49; runs straight between
    width      float64 (2,)         0.01..0.99, 0.5 is a square; runs straight between
    state      float64 (channels,)  phase in turns; zeros at rest
    """
    frames = out.shape[1]
    slope = (frequency[1] - frequency[0]) / frames
    width_slope = (width[1] - width[0]) / frames
    for channel in range(out.shape[0]):
        phase = state[channel]
        for n in range(frames):
            step = frequency[0] + slope * n
            high = width[0] + width_slope * n
            since = phase - high                # since the fall
            since = where(since < 0.0, since + 1.0, since)
            value = where(phase < high, 1.0, -1.0)
            value -= 2.0 * high - 1.0
            if any_of(near(phase, step) | near(since, step)):
                value += 2.0 * (corner(phase, step) - corner(since, step))
            out[channel, n] = value
            phase += step
            phase -= math.floor(phase)
        state[channel] = phase
