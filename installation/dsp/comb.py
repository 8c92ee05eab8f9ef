"""Comb and all-pass: a short delay that hears itself. One rings as a pipe or a string does, the other smears without colouring.

    comb       a resonator at a frequency and all its overtones
    allpass    every frequency as loud as it was, later and blurred

Between two frames the line is read through a first-order all-pass, which loses nothing: the ringing dies in just its time at every
frequency, and the all-pass is one at any time. (A curve through the samples, as in `delay`, would dull each round a little.)
Lines are written at places derived from the state, and are a block longer than what is read.

Sources: M. R. Schroeder, Natural sounding artificial reverberation, JAES 10(3), 1962; the interpolator: D. A. Jaffe and
J. O. Smith, Extensions of the Karplus-Strong plucked-string algorithm, CMJ 7(2), 1983.
"""
from __future__ import annotations

import math

from .delay import BEND, SHORTEST, SPARE
from .kernel import kernel, part

LOST = -6.907755278982137       # ln 0.001: 60 dB


@part
def share(frequency, decay):
    """What is left after one period of a ringing that falls by 60 dB in `decay` frames."""
    return math.exp(LOST / (frequency * decay))


@part
def behind(line, start, at, length, delay, memory):
    """What the line held `delay` frames ago (1.5 or more), through an all-pass between the frames; `memory` is what it gave last.

    At a delay of whole frames it is that frame, exactly.
    """
    whole = int(delay - 0.5)
    between = delay - whole                     # 0.5..1.5
    a = (1.0 - between) / (1.0 + between)
    near = at - whole
    if near < 0:
        near += length
    far = near - 1 if near > 0 else length - 1
    return float(line[start + far]) + a * (float(line[start + near]) - memory)


@kernel
def comb(out, x, frequency, decay, line, state):
    """Let a sound ring at a frequency and its overtones. Noise comes out about as loud as it went in.

    out, x     float32 (channels, frames)    may be the same array
    frequency  float64 (2,)                  cycles per frame, up to 0.49; one whose period is longer than the line is held there
    decay      float64 (2,)                  frames until the ringing has fallen by 60 dB, 1..
    line       float32 (channels * length,)  length = longest period + SPARE; zeros at start
    state      float64 (3 * channels,)       for each channel: where to write next, the delay now (0: none yet), what was read last

    The longer it rings, the less is let in: sqrt(1 - g * g), where g is what one round leaves. A tone on the frequency itself still
    comes out louder, by up to sqrt(2 / (1 - g)). A changed frequency bends what is ringing, by a quarter of a frame per frame.
    """
    channels, frames = x.shape
    length = line.shape[0] // channels
    longest = float(length - SPARE)
    slope = (frequency[1] - frequency[0]) / frames
    gain = share(max(frequency[0], 1.0 / longest), decay[0])
    gain_after = share(max(frequency[1], 1.0 / longest), decay[1])
    feed = math.sqrt(1.0 - gain * gain)
    feed_slope = (math.sqrt(1.0 - gain_after * gain_after) - feed) / frames
    gain_slope = (gain_after - gain) / frames
    for channel in range(channels):
        start = channel * length
        at, now, memory = int(state[3 * channel]), state[3 * channel + 1], state[3 * channel + 2]
        if now == 0.0:
            now = min(max(1.0 / max(frequency[0], 1.0 / longest), SHORTEST), longest)
        for n in range(frames):
            target = min(max(1.0 / max(frequency[0] + slope * n, 1.0 / longest), SHORTEST), longest)
            now += min(max(target - now, -BEND), BEND)
            memory = behind(line, start, at, length, now, memory)
            value = (feed + feed_slope * n) * x[channel, n] + (gain + gain_slope * n) * memory
            line[start + at] = value
            out[channel, n] = value
            at += 1
            if at == length:
                at = 0
        state[3 * channel], state[3 * channel + 1], state[3 * channel + 2] = at, now, memory


@kernel
def allpass(out, x, time, gain, line, state):
    """Blur a sound in time and leave every frequency as loud as it was.

    out, x  float32 (channels, frames)    may be the same array
    time    float64 (2,)                  frames, 2..longest; runs straight between the block's ends
    gain    float64 (2,)                  -0.99..0.99: 0 is a plain delay, 0.7 a cluster of echoes; runs straight between
    line    float32 (channels * length,)  length = longest + SPARE; zeros at start
    state   float64 (3 * channels,)       as in `comb`

    A changed time bends what is inside, as in `delay`.
    """
    channels, frames = x.shape
    length = line.shape[0] // channels
    longest = float(length - SPARE)
    slope = (time[1] - time[0]) / frames
    gain_slope = (gain[1] - gain[0]) / frames
    for channel in range(channels):
        start = channel * length
        at, now, memory = int(state[3 * channel]), state[3 * channel + 1], state[3 * channel + 2]
        if now == 0.0:
            now = min(max(time[0], SHORTEST), longest)
        for n in range(frames):
            target = min(max(time[0] + slope * n, SHORTEST), longest)
            now += min(max(target - now, -BEND), BEND)
            memory = behind(line, start, at, length, now, memory)
            g = gain[0] + gain_slope * n
            value = x[channel, n] + g * memory
            line[start + at] = value
            out[channel, n] = memory - g * value
            at += 1
            if at == length:
                at = 0
        state[3 * channel], state[3 * channel + 1], state[3 * channel + 2] = at, now, memory
