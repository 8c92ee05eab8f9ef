"""A way back: what is sent in comes out again a while later, somewhere before in the same graph.

    send_back    into the line
    come_back    out of it

Two kernels, one line, and two states that count alike. What is read in a block was written in blocks before it, because the way is a block long or
longer; so it is the same whichever of the two is called first. The line is a block longer than the way: a block that was cut off half-way
is rendered again from the same frames.
"""
from __future__ import annotations

import numpy as np

from .kernel import kernel, part

LARGEST = np.float32(3.0e38)


@part
def bent(x, ceiling):
    """A sample as it is up to the ceiling; beyond it less and less louder, never twice the ceiling. What is no number is silence.

    The curve 2 - 1 / |x| beyond 1: it goes on from the straight line with the same slope.
    """
    size = abs(x)
    if size <= ceiling:
        return x
    if not size <= LARGEST:
        return np.float32(0.0)
    over = ceiling * (np.float32(2.0) - ceiling / size)
    return over if x > np.float32(0.0) else -over


@kernel
def send_back(out, x, ceiling, line, state):
    """Send a sound back into its loop, bent where it would be louder than the ceiling, so that no loop can run away.

    out, x   float32 (channels, frames)     may be the same array; out is what goes in
    ceiling  float64 (1,)                   linear
    line     float32 (channels * length,)   length: the way and a block more; zeros at start
    state    float64 (1,)                   where to write next; zeros is rest
    """
    channels, frames = x.shape
    length = line.shape[0] // channels
    most = np.float32(ceiling[0])
    for channel in range(channels):
        start = channel * length
        at = int(state[0])
        for n in range(frames):
            sent = bent(x[channel, n], most)
            line[start + at] = sent
            out[channel, n] = sent
            at = at + 1 if at + 1 < length else 0
    state[0] = (int(state[0]) + frames) % length


@kernel
def come_back(out, way, line, state):
    """What was sent back into the loop, as long ago as the way is.

    out    float32 (channels, frames)
    way    float64 (1,)                   frames, a block or more
    line   float32 (channels * length,)   length: the way and a block more; only read here
    state  float64 (1,)                   where send_back writes next; zeros is rest
    """
    channels, frames = out.shape
    length = line.shape[0] // channels
    first = (int(state[0]) - int(way[0]) + length) % length
    for channel in range(channels):
        start = channel * length
        at = first
        for n in range(frames):
            out[channel, n] = line[start + at]
            at = at + 1 if at + 1 < length else 0
    state[0] = (int(state[0]) + frames) % length
