"""Answers of rooms: a recorded impulse response as the kernel of `convolve` wants it, in the cache beside other recordings.

    pieces(frames)                 into how many short and long pieces it is cut
    cut(sound)                     the cut answer: 64 frames as they are, then spectra
    answer(found, rate, …)         the same of a file, as a recording that a plan can name

The spectra are worked out here, once for each file, and kept in the cache: a kernel would need longer for them than a block
lasts, and every scene that uses the room would hold its own. Players share the one table, as they share a recording.
"""
from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .plan import Recording
from .recording import Facts, derived, load

if TYPE_CHECKING:
    import numpy as np

BLOCK, SHORT, LONG = 64, 31, 1_024      # as in dsp/convolve.py


def pieces(frames: int) -> tuple[int, int]:
    """How many short pieces of 64 frames, and long ones of 1,024, are behind the first 64 frames."""
    short = min(SHORT, max(0, -(-(frames - BLOCK) // BLOCK)))
    return short, max(0, -(-(frames - BLOCK * (1 + SHORT)) // LONG))


def size(frames: int) -> int:
    """Numbers of a cut answer, for each channel."""
    short, long = pieces(frames)
    return BLOCK + 2 * BLOCK * short + 2 * LONG * long


def cut(sound: "np.ndarray") -> "np.ndarray":
    """An answer, (channels, frames), cut into float32 (channels, size(frames))."""
    import numpy as np

    channels, frames = sound.shape
    short, long = pieces(frames)
    whole = np.zeros((channels, BLOCK * (1 + SHORT) + LONG * long))
    whole[:, :frames] = sound
    near = whole[:, BLOCK:BLOCK * (1 + short)].reshape(channels, short, BLOCK)
    far = whole[:, BLOCK * (1 + SHORT):].reshape(channels, long, LONG)
    slices = _spectra(far).reshape(channels, long, 2, LONG // BLOCK, BLOCK).transpose(0, 3, 1, 2, 4)   # slice, piece, parts, bins
    return np.concatenate([whole[:, :BLOCK], _spectra(near).reshape(channels, -1), slices.reshape(channels, -1)], axis=1).astype("f4")


def answer(found: Facts, rate: int, frames: int, matched: bool, cache: Path | None) -> Recording:
    """The first frames of a recording at a rate, cut. matched: as loud as it must be for noise to come out as loud as it goes in,
    all channels together. Raises Fault if there is no room for it."""
    import numpy as np

    def make() -> "np.ndarray":
        sound = load(found.path, rate, cache)[:, :frames].astype(float)
        power = float(np.sum(sound ** 2))
        return cut(sound / np.sqrt(power) if matched and power > 0.0 else sound)

    kind = f"answer 1 {rate} {frames} {matched}"
    return Recording(derived(found, kind, found.channels, size(frames), rate, make, cache), found.channels, size(frames))


def _spectra(parts: "np.ndarray") -> "np.ndarray":
    """Each part and as much silence, transformed: real parts, then imaginary ones; the first of these is half the sample rate's."""
    import numpy as np

    length = parts.shape[-1]
    found = np.fft.rfft(parts, 2 * length, axis=-1)
    imaginary = found.imag[..., :length].copy()
    imaginary[..., 0] = found.real[..., length]
    return np.concatenate([found.real[..., :length], imaginary], axis=-1)
