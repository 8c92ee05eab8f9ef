"""Crush: fewer bits, fewer samples. The old samplers, toys and telephones; what folds back is the point of it."""
from __future__ import annotations

import math

from .kernel import kernel


@kernel
def crush(out, x, bits, rate, period, state):
    """Round a sound to a few levels and hold each for a while.

    out, x  float32 (channels, frames)   may be the same array
    bits    float64 (2,)                 1..24, broken numbers too: steps of 2 ** (1 - bits); runs straight between
    rate    float64 (2,)                 Hz, samples that are taken in a second; at the engine's own rate and above every frame is taken
    period  float64 (1,)                 seconds of a frame
    state   float64 (2 * channels,)      for each channel: frames' worth of time until the next sample is due, the sample held

    Silence is a level, so silence stays silent; what is softer than half a step falls silent too.
    """
    frames = x.shape[1]
    step = min(rate[0] * period[0], 1.0)
    step_slope = (min(rate[1] * period[0], 1.0) - step) / frames
    levels = 2.0 ** (bits[0] - 1.0)
    levels_slope = (2.0 ** (bits[1] - 1.0) - levels) / frames
    for channel in range(x.shape[0]):
        due, held = state[2 * channel], state[2 * channel + 1]
        for n in range(frames):
            if due <= 0.0:
                many = levels + levels_slope * n
                held = math.floor(x[channel, n] * many + 0.5) / many
                due += 1.0
            due -= step + step_slope * n
            out[channel, n] = held
        state[2 * channel], state[2 * channel + 1] = due, held
