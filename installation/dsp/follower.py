"""Followers: how loud a sound is, from moment to moment.

    follow         as a control: the level now and after the block
    follow_sound   as a signal, frame by frame

All channels count together: the loudest peak, or their mean power.
"""
from __future__ import annotations

import math

from .kernel import kernel, part

PEAK, RMS = 0.0, 1.0


@part
def share(frames):
    """The share of the way to go in one frame so that 63 % of it (1 - 1/e) is behind after so many."""
    return 1.0 - math.exp(-1.0 / max(frames, 1e-3))


@part
def loudest(x, n):
    """The highest absolute value of all channels at a frame."""
    peak = 0.0
    for channel in range(x.shape[0]):
        peak = max(peak, abs(float(x[channel, n])))
    return peak


@part
def power(x, n):
    """The mean square of all channels at a frame."""
    total = 0.0
    for channel in range(x.shape[0]):
        total += float(x[channel, n]) * float(x[channel, n])
    return total / x.shape[0]


@part
def risen(now, held, level, rise, fall):
    """What is held of the peaks, and the level that rises towards it. Each goes down with `fall`, so both times are as they are said.

    Source: the smooth decoupled detector of Giannoulis, Massberg and Reiss 2012, equation 17, whose level here never stays behind
    what is held: in theirs the attack comes on top of the release.
    """
    held = now if now > held else held + (now - held) * fall
    return held, min(held, level + (held - level) * rise)


@part
def followed(x, n, mode, held, level, rise, fall):
    """The two memories after a frame. Peak: what is held, and the level below it. RMS: the mean power, and what is held of it."""
    if mode == PEAK:
        return risen(loudest(x, n), held, level, rise, fall)
    held += (power(x, n) - held) * rise
    return held, held if held > level else level + (held - level) * fall


@kernel
def follow(out, x, attack, release, numbers, state):
    """How loud a sound is, as a control.

    out      float64 (2,)                 the level at the first frame and after the last
    x        float32 (channels, frames)
    attack   float64 (2,)                 frames until it is 63 % up; rms: over which the power is averaged; read at the first frame
    release  float64 (2,)                 frames until it has fallen by 63 %; read at the first frame
    numbers  float64 (1,)                 0 peak, 1 rms
    state    float64 (2,)                 see `followed`; zeros is rest

    Peak: a peak is held and released, and the level rises towards what is held: a steady tone reads its peak, not its mean.
    """
    mode, held, level = numbers[0], state[0], state[1]
    rise, fall = share(attack[0]), share(release[0])
    out[0] = math.sqrt(level) if mode == RMS else level
    for n in range(x.shape[1]):
        held, level = followed(x, n, mode, held, level, rise, fall)
    out[1] = math.sqrt(level) if mode == RMS else level
    state[0], state[1] = held, level


@kernel
def follow_sound(out, x, attack, release, numbers, state):
    """How loud a sound is, frame by frame: float32 (1, frames), may be the array of a sound of one channel. The rest as in follow."""
    mode, held, level = numbers[0], state[0], state[1]
    rise, fall = share(attack[0]), share(release[0])
    for n in range(x.shape[1]):
        held, level = followed(x, n, mode, held, level, rise, fall)
        out[0, n] = math.sqrt(level) if mode == RMS else level
    state[0], state[1] = held, level
