"""Slew: a limit to how fast something may move.

    slew           a sound
    slew_control   a control: the value now and 64 frames on
"""
from __future__ import annotations

from .kernel import kernel

FRAMES = 64.0


@kernel
def slew(out, x, up, down, numbers, state):
    """Follow a sound, at no more than a speed.

    out, x    float32 (channels, frames)   may be the same array
    up, down  float64 (2,)                 how much a second it may rise, fall; 0 or more; read at the first frame
    numbers   float64 (1,)                 seconds in a frame
    state     float64 (2 * channels,)      1 once it has begun, where it is, for each channel; zeros is rest

    It begins where the sound does.
    """
    rise, fall = up[0] * numbers[0], down[0] * numbers[0]
    for channel in range(x.shape[0]):
        at = state[2 * channel + 1]
        if state[2 * channel] == 0.0:
            state[2 * channel] = 1.0
            at = float(x[channel, 0])
        for n in range(x.shape[1]):
            at += min(max(float(x[channel, n]) - at, -fall), rise)
            out[channel, n] = at
        state[2 * channel + 1] = at


@kernel
def slew_control(out, control, up, down, numbers, state):
    """Follow a control, at no more than a speed.

    out, control  float64 (2,)   may be the same array
    up, down      float64 (2,)   how much a second it may rise, fall; 0 or more; read at the block's start
    numbers       float64 (1,)   seconds in a frame
    state         float64 (2,)   1 once it has begun, where it is; zeros is rest

    It begins where the control does.
    """
    at = state[1]
    if state[0] == 0.0:
        state[0] = 1.0
        at = control[0]
    then = at + min(max(control[1] - at, -down[0] * numbers[0] * FRAMES), up[0] * numbers[0] * FRAMES)
    out[0], out[1] = at, then
    state[1] = then
