"""Reverb: a room around a dry sound. Eight delay lines feed each other through a matrix that loses nothing, and each line's own
filter loses just what makes every frequency die in its time.

Source: J.-M. Jot and A. Chaigne, Digital delay networks for designing artificial reverberators, AES 90th Convention, 1991,
preprint 3030; the matrix is Hadamard's. Lengths are NUMBERS so that the room's size is fixed when the graph is built.
"""
from __future__ import annotations

import math

from .kernel import kernel, part

LINES = 8
SPARE = 64              # frames by which a line is longer than its delay: a block can be rendered again
STATE = 7 * LINES
AT, DULL, WORK, GAIN, GAIN_SLOPE, POLE, POLE_SLOPE = (row * LINES for row in range(7))


@part
def hadamard(work):
    """Mix eight values into eight, each out of all, keeping their power. In place."""
    half = 1
    while half < LINES:
        for first in range(0, LINES, 2 * half):
            for k in range(first, first + half):
                a, b = work[k], work[k + half]
                work[k], work[k + half] = a + b, a - b
        half *= 2
    for k in range(LINES):
        work[k] *= 0.35355339059327373      # 1 / sqrt(8)


@part
def line_gain(length, decay):
    """What is left of a sound after `length` frames when it loses 60 dB in `decay` frames."""
    return math.exp(-6.907755278982137 * length / decay)


@part
def line_pole(gain, damping):
    """The pole of a lowpass that leaves the bottom alone and, on top, makes the line's loss in dB 1 / (1 - damping) as much."""
    top = gain ** (damping / (1.0 - damping))
    return (1.0 - top) / (1.0 + top)


@kernel
def reverb(out, x, decay, damping, lengths, lines, state):
    """Set a sound in a room. Gives the room alone, without the dry sound; all outputs together are about as loud as what came in.

    out      float32 (channels, frames)   1 to 8 channels, each from lines of its own, so that a ring of loudspeakers surrounds
    x        float32 (1, frames)          may be the same array when out has one channel
    decay    float64 (2,)                 frames in which low frequencies fall by 60 dB, 1000..; runs straight between
    damping  float64 (2,)                 0..0.98: the top dies in (1 - damping) of that time
    lengths  float64 (8,)                 frames of each line, whole
    lines    float32 (sum(lengths) + 8 * SPARE,)   zeros at start
    state    float64 (56,)                places, filter memories and working room; zeros is rest
    """
    channels, frames = out.shape
    mean = 0.0
    for k in range(LINES):
        length = lengths[k]
        mean += length / LINES
        gain, gain_after = line_gain(length, decay[0]), line_gain(length, decay[1])
        pole, pole_after = line_pole(gain, damping[0]), line_pole(gain_after, damping[1])
        state[GAIN + k], state[GAIN_SLOPE + k] = gain, (gain_after - gain) / frames
        state[POLE + k], state[POLE_SLOPE + k] = pole, (pole_after - pole) / frames
    feed = math.sqrt(1.0 - line_gain(mean, decay[0]) ** 2)          # the longer it rings, the less is let in
    feed_slope = (math.sqrt(1.0 - line_gain(mean, decay[1]) ** 2) - feed) / frames
    work = state[WORK:WORK + LINES]
    share = math.sqrt(1.0 / LINES)
    for n in range(frames):
        dry = float(x[0, n]) * (feed + feed_slope * n)
        start = 0
        for k in range(LINES):
            length = int(lengths[k])
            read = int(state[AT + k]) - length
            if read < 0:
                read += length + SPARE
            pole = state[POLE + k] + state[POLE_SLOPE + k] * n
            dull = (1.0 - pole) * float(lines[start + read]) + pole * state[DULL + k]
            state[DULL + k] = dull
            work[k] = dull
            start += length + SPARE
        for channel in range(channels):
            wet = 0.0
            sign = 1.0
            for k in range(channel, LINES, channels):
                wet += sign * work[k]
                sign = -sign
            out[channel, n] = wet * share
        for k in range(LINES):
            work[k] *= state[GAIN + k] + state[GAIN_SLOPE + k] * n
        hadamard(work)
        start = 0
        for k in range(LINES):
            size = int(lengths[k]) + SPARE
            at = int(state[AT + k])
            lines[start + at] = work[k] - dry if k == 3 or k > 4 else work[k] + dry    # no row of the matrix has these signs
            state[AT + k] = at + 1 if at + 1 < size else 0
            start += size
