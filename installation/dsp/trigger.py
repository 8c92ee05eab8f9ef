"""Trigger: something that happened at one frame, as an impulse in a signal."""
from __future__ import annotations

from .kernel import kernel

MOST = 8        # in one block; the engine keeps no more


@kernel
def trigger(out, state):
    """An impulse at each frame where the trigger fired in this block, as high as its value; nothing elsewhere.

    out    float32 (1, frames)
    state  float64 (1 + 2 * 8,)   how many, then (frame within the block, value) for each, written by the engine before the
                                  block; read and taken away here
    """
    frames = out.shape[1]
    for n in range(frames):
        out[0, n] = 0.0
    for k in range(min(max(int(state[0]), 0), MOST)):
        at = int(state[1 + 2 * k])
        if 0 <= at < frames:
            out[0, at] += state[2 + 2 * k]
    for k in range(1 + 2 * MOST):
        state[k] = 0.0
