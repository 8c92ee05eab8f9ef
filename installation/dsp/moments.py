"""Moments: the beginning of a sound, and how long it is held.

    start   an impulse at the first frame
    held    open until something strikes, then closed for good
"""
from __future__ import annotations

from .kernel import kernel

FRAMES = 64.0


@kernel
def start(out, state):
    """An impulse of 1 at the very first frame, and nothing ever after.

    out    float32 (1, frames)
    state  float64 (1,)          1 once it has been; zeros is rest
    """
    for n in range(out.shape[1]):
        out[0, n] = 0.0
    if state[0] == 0.0 and out.shape[1] > 0:
        out[0, 0] = 1.0
        state[0] = 1.0


@kernel
def held(out, trigger, state):
    """A gate that stands open, 1, until something strikes; then it is 0.

    out      float64 (2,)          the value now and 64 frames on
    trigger  float32 (1, frames)   above 0 at the frame where it closes
    state    float64 (1,)          1 once it is closed; zeros is rest

    In the block in which it closes it runs through 0.5 at that very frame, so that `env`, which is open above 0.5, closes to the
    sample: from 0.5 + n/128 down to n/128, numbers that are exact in binary.
    """
    if state[0] != 0.0:
        out[0], out[1] = 0.0, 0.0
        return
    out[0], out[1] = 1.0, 1.0
    for n in range(trigger.shape[1]):
        if trigger[0, n] > 0.0:
            state[0] = 1.0
            out[0], out[1] = 0.5 + n / 128.0, n / 128.0
            return
