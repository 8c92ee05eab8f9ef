"""One-pole filters: the gentlest way to take away the top or the bottom, 6 dB an octave.

    lowpass    dull
    highpass   thin: what lowpass takes away

Source: V. Zavalishin, The Art of VA Filter Design 2.1.2, 2018, section 3.10: one-pole, trapezoidal (TPT).
"""
from __future__ import annotations

from .kernel import kernel, part
from .sine import tangent


@part
def share(cutoff):
    """How much of the way to the sound the memory goes in half a frame."""
    gain = tangent(cutoff)
    return gain / (1.0 + gain)


@kernel
def lowpass(out, x, cutoff, state):
    """Dull a sound above a cutoff, 6 dB an octave.

    out, x   float32 (channels, frames)   may be the same array
    cutoff   float64 (2,)                 at the first frame and after the last, cycles per frame, 0.00001..0.49
    state    float64 (channels,)          integrator memory; zeros is rest

    The cutoff glides across the block, so a moving visitor is never heard as steps.
    """
    frames = x.shape[1]
    first = share(cutoff[0])
    slope = (share(cutoff[1]) - first) / frames
    for channel in range(x.shape[0]):
        memory = state[channel]
        for n in range(frames):
            way = (float(x[channel, n]) - memory) * (first + slope * n)
            out[channel, n] = way + memory
            memory += 2.0 * way
        state[channel] = memory


@kernel
def highpass(out, x, cutoff, state):
    """Thin a sound below a cutoff, 6 dB an octave; takes away any standing offset.

    out, x   float32 (channels, frames)   may be the same array
    cutoff   float64 (2,)                 at the first frame and after the last, cycles per frame, 0.00001..0.49
    state    float64 (channels,)          integrator memory; zeros is rest

    It is the sound less its lowpass, so that both together are the sound again.
    """
    frames = x.shape[1]
    first = share(cutoff[0])
    slope = (share(cutoff[1]) - first) / frames
    for channel in range(x.shape[0]):
        memory = state[channel]
        for n in range(frames):
            sound = float(x[channel, n])
            way = (sound - memory) * (first + slope * n)
            out[channel, n] = sound - (way + memory)
            memory += 2.0 * way
        state[channel] = memory
