"""Chorus: a delay line with several heads that swing to and fro. One kernel for chorus, flanger, vibrato and taps.

What goes on dry is taken behind the sum of the feedback, so that a flange's notches are whole. The line is written at places derived
from the state, and is a block longer than what is read, as in `delay`.
Source: J. Dattorro, Effect design, part 2: delay-line modulation and chorus, JAES 45(10), 1997.
"""
from __future__ import annotations

import math

from .curve import head
from .delay import SPARE
from .kernel import kernel
from .sine import turn_sine

SHORTEST = 3.0          # frames: the curve reads two frames later than its place


@kernel
def chorus(out, x, time, depth, rate, feedback, mix, width, heads, line, state):
    """Let a sound be heard as by several, none quite in time with the others.

    out, x    float32 (channels, frames)    may be the same array
    time      float64 (2,)                  frames: how late the heads are, besides their own delays
    depth     float64 (2,)                  frames: how far each swings to either side
    rate      float64 (2,)                  cycles per frame: how often
    feedback  float64 (2,)                  -0.95..0.95: how much of the last head goes round again
    mix       float64 (2,)                  0 what goes into the line, 1 the heads, 0.5 half of each
    width     float64 (2,)                  0 all channels swing alike, 1 their swings are spread as far as can be
    heads     float64 (2 * heads,)          for each: its own delay in frames, its gain
    line      float32 (channels * length,)  length = longest delay + SPARE; zeros at start
    state     float64 (2,)                  where to write next, the swing's phase in turns; zeros is rest

    All controls run straight between a block's ends. A delay below 3 frames or beyond the line stays there. The pitch of a head
    swings by 2 pi * depth * rate to either side. The heads swing one after another, evenly spread over the cycle.
    """
    channels, frames = x.shape
    length = line.shape[0] // channels
    longest = float(length - SPARE)
    count = heads.shape[0] // 2
    apart = 1.0 / count
    time_slope, depth_slope = (time[1] - time[0]) / frames, (depth[1] - depth[0]) / frames
    rate_slope, feedback_slope = (rate[1] - rate[0]) / frames, (feedback[1] - feedback[0]) / frames
    mix_slope, width_slope = (mix[1] - mix[0]) / frames, (width[1] - width[0]) / frames
    write, turn = int(state[0]), state[1]
    for channel in range(channels):
        start = channel * length
        at = write
        aside = apart * channel / channels
        turn = state[1]
        for n in range(frames):
            late, swing = time[0] + time_slope * n, depth[0] + depth_slope * n
            phase = turn + (width[0] + width_slope * n) * aside
            wet = value = 0.0
            for k in range(count):
                now = late + heads[2 * k] + swing * turn_sine(phase + apart * k)
                now = min(max(now, SHORTEST), longest)
                value = head(line, start, length, at, now)
                wet += heads[2 * k + 1] * value
            part = mix[0] + mix_slope * n
            into = x[channel, n] + (feedback[0] + feedback_slope * n) * value
            line[start + at] = into
            out[channel, n] = (1.0 - part) * into + part * wet
            turn += rate[0] + rate_slope * n
            turn -= math.floor(turn)
            at += 1
            if at == length:
                at = 0
    state[0] = (write + frames) % length
    state[1] = turn
