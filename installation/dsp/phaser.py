"""Phaser: notches that wander through a sound, as if it were turning in the wind.

Source: V. Zavalishin, The Art of VA Filter Design 2.1.2, 2018, section 3.10 (the one-pole, as an all-pass) and chapter 11 (multinotch
filters, without a delay in the loop). The sweep by octaves needs no exponential: a stage's coefficient is tanh of half the logarithm of
its frequency, and tanh(a + b) follows from tanh(a) and tanh(b).
"""
from __future__ import annotations

import math

from .kernel import kernel
from .sine import turn_sine

MOST = 12
WORDS = MOST + 1


@kernel
def phaser(out, x, centre, depth, rate, feedback, width, stages, state):
    """Cut notches into a sound and let them swing up and down.

    out, x    float32 (channels, frames)   may be the same array
    centre    float64 (2,)                 cycles per frame, 0.00001..0.49: the middle of the swing
    depth     float64 (2,)                 octaves to either side, 0..4
    rate      float64 (2,)                 cycles per frame: how often
    feedback  float64 (2,)                 -0.95..0.95: the nearer to 1, the sharper what lies between the notches
    width     float64 (2,)                 0 all channels swing alike, 1 their swings are spread over the cycle
    stages    float64 (1,)                 all-passes, even, 2..12: two for each notch
    state     float64 (13 * channels,)     for each channel: the swing's phase in turns, a memory a stage; zeros is rest

    Half of what goes into the chain and half of what comes out: the notches are whole whatever the feedback. Between them it is up
    to 1 / (1 - feedback) as loud as the sound. All controls run straight between a block's ends.
    """
    channels, frames = x.shape
    count = int(stages[0])
    g, g_after = math.tan(math.pi * centre[0]), math.tan(math.pi * centre[1])
    middle = (g - 1.0) / (g + 1.0)
    middle_slope = ((g_after - 1.0) / (g_after + 1.0) - middle) / frames
    reach = 0.5 * math.log(2.0) * depth[0]
    reach_slope = (0.5 * math.log(2.0) * depth[1] - reach) / frames
    rate_slope, width_slope = (rate[1] - rate[0]) / frames, (width[1] - width[0]) / frames
    feedback_slope = (feedback[1] - feedback[0]) / frames
    for channel in range(channels):
        own = state[channel * WORDS:(channel + 1) * WORDS]
        phase = own[MOST]
        aside = channel / channels
        for n in range(frames):
            y = (reach + reach_slope * n) * turn_sine(phase + (width[0] + width_slope * n) * aside)
            s = y * y
            y = y * (945.0 + s * (105.0 + s)) / (945.0 + s * (420.0 + s * 15.0))       # tanh, to 1e-5 up to 1.4
            here = middle + middle_slope * n
            a = (here + y) / (1.0 + here * y)
            back = feedback[0] + feedback_slope * n
            gain, memory = 1.0, 0.0
            for stage in range(count):
                gain *= a
                memory = a * memory + (1.0 - a) * own[stage]
            into = (x[channel, n] + back * memory) / (1.0 - back * gain)
            value = into
            for stage in range(count):
                low = own[stage] + 0.5 * (1.0 + a) * (value - own[stage])
                value = 2.0 * low - value
                own[stage] = 2.0 * low - own[stage]
            out[channel, n] = 0.5 * (into + value)
            phase += rate[0] + rate_slope * n
            phase -= math.floor(phase)
        own[MOST] = phase
