"""Eight voices side by side: how they come together and part again. The graph puts these in, between a unit that renders eight voices
at once and its neighbours that know of one.

    gather, part_voices   sounds of one voice each ⇄ one signal of eight
    gather_controls       controls of one voice each → one of eight
"""
from __future__ import annotations

from .kernel import kernel
from .lanes import part


@kernel
def gather(out, x0, x1, x2, x3, x4, x5, x6, x7):
    """Eight sounds beside each other, number by number.

    out        float32 (channels, frames, 8)
    x0 … x7    float32 (channels, frames)
    """
    for channel in range(out.shape[0]):
        for n in range(out.shape[1]):
            out[channel, n, 0] = x0[channel, n]
            out[channel, n, 1] = x1[channel, n]
            out[channel, n, 2] = x2[channel, n]
            out[channel, n, 3] = x3[channel, n]
            out[channel, n, 4] = x4[channel, n]
            out[channel, n, 5] = x5[channel, n]
            out[channel, n, 6] = x6[channel, n]
            out[channel, n, 7] = x7[channel, n]


@kernel
def part_voices(out, x):
    """Eight voices, each on rows of its own again.

    out   float32 (8 * channels, frames)   all channels of the first voice, then of the second…
    x     float32 (channels, frames, 8)
    """
    channels, frames = x.shape[0], x.shape[1]
    for channel in range(channels):
        for first in range(0, frames - 7, 8):
            part(out, x, channel, channels, first)
        for n in range(frames - frames % 8, frames):
            for voice in range(8):
                out[voice * channels + channel, n] = x[channel, n, voice]


@kernel
def gather_controls(out, c0, c1, c2, c3, c4, c5, c6, c7):
    """Eight controls beside each other.

    out        float64 (2, 8)   the values now, then those 64 frames on
    c0 … c7    float64 (2,)
    """
    for k in range(2):
        out[k, 0], out[k, 1], out[k, 2], out[k, 3] = c0[k], c1[k], c2[k], c3[k]
        out[k, 4], out[k, 5], out[k, 6], out[k, 7] = c4[k], c5[k], c6[k], c7[k]
