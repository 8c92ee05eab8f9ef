"""Comparing: a value with a threshold, and with what it was.

    above     1 while it is above, 0 while it is not, with hysteresis
    rising    an impulse at the frame where it goes above
    changed   an impulse where it has moved far enough since the last impulse
"""
from __future__ import annotations

from .kernel import kernel


@kernel
def above(out, x, threshold, hysteresis, state):
    """Say 1 while a signal is above a threshold, 0 while it is not.

    out, x      float32 (channels, frames)   may be the same array
    threshold   float64 (2,)                 runs straight between the block's ends
    hysteresis  float64 (2,)                 0 or more: once above, it stays so until it is no longer above threshold - hysteresis
    state       float64 (channels,)          1 while above; zeros is rest

    A signal that moves by less than the hysteresis never makes it change twice. Source: O. Schmitt, A thermionic trigger, 1938.
    """
    channels, frames = x.shape
    slope = (threshold[1] - threshold[0]) / frames
    width_slope = (hysteresis[1] - hysteresis[0]) / frames
    for channel in range(channels):
        on = state[channel]
        for n in range(frames):
            edge = threshold[0] + slope * n - on * (hysteresis[0] + width_slope * n)
            on = 1.0 if float(x[channel, n]) > edge else 0.0
            out[channel, n] = on
        state[channel] = on


@kernel
def rising(out, x, level, state):
    """Strike at each frame where a signal comes above a level: an impulse of 1.

    out, x  float32 (1, frames)   may be the same array
    level   float64 (2,)          runs straight between the block's ends
    state   float64 (1,)          1 while it is above; zeros is rest: a signal that begins above strikes at its first frame
    """
    frames = x.shape[1]
    slope = (level[1] - level[0]) / frames
    before = state[0]
    for n in range(frames):
        now = 1.0 if float(x[0, n]) > level[0] + slope * n else 0.0
        out[0, n] = 1.0 if now > before else 0.0
        before = now
    state[0] = before


@kernel
def changed(out, x, threshold, state):
    """Strike when a signal is more than a threshold away from what it was at the last strike: an impulse of 1.

    out, x     float32 (1, frames)   may be the same array
    threshold  float64 (2,)          0 or more; runs straight between the block's ends
    state      float64 (2,)          1 once it has begun, what it was; zeros is rest

    What it is at the first frame is where it begins, and no strike.
    """
    frames = x.shape[1]
    slope = (threshold[1] - threshold[0]) / frames
    was = state[1]
    if state[0] == 0.0:
        was = float(x[0, 0])
        state[0] = 1.0
    for n in range(frames):
        now = float(x[0, n])
        if abs(now - was) > threshold[0] + slope * n:
            was = now
            out[0, n] = 1.0
        else:
            out[0, n] = 0.0
    state[1] = was
