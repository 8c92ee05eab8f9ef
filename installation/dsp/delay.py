"""Delay line: echoes, and the bend of a tape whose speed is changed.

The line is written at places derived from the state alone, and is a block longer than what is read of it, so that a block which
was cut off half-way can be rendered again.
"""
from __future__ import annotations

from .kernel import kernel, part

SPARE = 64 + 4          # frames by which the line is longer than the longest delay
SHORTEST = 2.0          # frames; the interpolation reads one frame on either side
BEND = 0.25             # frames per frame: the fastest that the reading head moves along the tape


@part
def cubic(y0, y1, y2, y3, between):
    """The curve through four even samples, `between` (0..1) of the way from y1 to y2; y1 exactly at 0.

    Source: Catmull and Rom 1974, as a polynomial: the 4-point third-order Hermite interpolator of O. Niemitalo 2001.
    """
    c1 = 0.5 * (y2 - y0)
    c2 = y0 - 2.5 * y1 + 2.0 * y2 - 0.5 * y3
    c3 = 0.5 * (y3 - y0) + 1.5 * (y1 - y2)
    return ((c3 * between + c2) * between + c1) * between + y1


@kernel
def delay(out, x, time, feedback, line, state):
    """Let a sound be heard later, and again, and again. Gives the echoes alone.

    out, x    float32 (channels, frames)    may be the same array
    time      float64 (2,)                  frames, 2..longest; runs straight between the block's ends
    feedback  float64 (2,)                  -0.99..0.99 of each echo goes round again; runs straight between
    line      float32 (channels * length,)  length = longest + SPARE; zeros at start
    state     float64 (2,)                  where to write next, the delay now (0: none yet); zeros is rest

    A changed time bends the pitch as on a tape, by a quarter at most (four semitones up, five down); nothing clicks.
    """
    channels, frames = x.shape
    length = line.shape[0] // channels
    longest = float(length - SPARE)
    slope = (time[1] - time[0]) / frames
    feedback_slope = (feedback[1] - feedback[0]) / frames
    write = int(state[0])
    held = state[1]
    if held == 0.0:
        held = min(max(time[0], SHORTEST), longest)
    now = held
    for channel in range(channels):
        start = channel * length
        at = write
        now = held
        for n in range(frames):
            target = min(max(time[0] + slope * n, SHORTEST), longest)
            now += min(max(target - now, -BEND), BEND)
            whole = int(now)
            read = at - whole
            if read < 0:
                read += length
            later = read + 1 if read + 1 < length else 0
            earlier = read - 1 if read > 0 else length - 1
            earliest = earlier - 1 if earlier > 0 else length - 1
            echo = cubic(float(line[start + later]), float(line[start + read]), float(line[start + earlier]),
                         float(line[start + earliest]), now - whole)
            line[start + at] = float(x[channel, n]) + (feedback[0] + feedback_slope * n) * echo
            out[channel, n] = echo
            at += 1
            if at == length:
                at = 0
    state[0] = (write + frames) % length
    state[1] = now
