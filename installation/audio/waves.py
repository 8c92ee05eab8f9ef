"""Waves that are computed while the graph is built: what a jump looks like without its highest overtones, and single cycles.

    step(), ramp()      the NUMBERS of `saw` and `pulse`, and of `triangle`
    harmonics(levels)   a cycle's overtones, from a list of their levels
    recorded(cycle)     the same, from a recording
    cycles(spectra)     the NUMBERS of `wavetable`, from several of those
"""
from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

HALF, FINE = 16, 32        # dsp/saw.py: frames on either side of a jump, places in a frame
SHARPNESS = 7.9            # of Kaiser's window: what lies above 28 kHz at 48 kHz is 80 dB down, and falls
FINER = 8                  # steps of the integration in a place
MOST_HARMONICS = 512       # of a wave: 20 kHz for a tone of 40 Hz
OVERSAMPLED = 12           # samples of a level's cycle for each of its overtones
SMALLEST = 32              # samples of a level's cycle
BEFORE, AFTER = 2, 4       # samples of a cycle that go round, so that six can be read anywhere


def step() -> tuple[float, ...]:
    """A jump from 0 to 1 that holds nothing above half the rate, 32 places a frame, over 32 frames; NUMBERS of `saw`."""
    return _integrals()[0]


def ramp() -> tuple[float, ...]:
    """Its integral: a turn from level to a rise by 1 a frame; NUMBERS of `triangle`."""
    return _integrals()[1]


@lru_cache(maxsize=1)
def _integrals() -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Kaiser's window times a sinc of half the rate, integrated once and twice with Simpson's rule."""
    count = 2 * HALF * FINE
    pulses = [_windowed((k / (2 * FINER) - count / 2) / FINE) for k in range(2 * FINER * count + 1)]
    once = [0.0]
    for k in range(FINER * count):
        once.append(once[-1] + pulses[2 * k] + 4.0 * pulses[2 * k + 1] + pulses[2 * k + 2])
    once = [value / once[-1] for value in once]
    twice = [0.0]
    for k in range(FINER * count // 2):
        twice.append(twice[-1] + (once[2 * k] + 4.0 * once[2 * k + 1] + once[2 * k + 2]) / (3.0 * FINER * FINE))
    jump, turn = once[::FINER], twice[::FINER // 2]
    return (0.0, *jump, 1.0, 1.0), (0.0, *turn, HALF + 1.0 / FINE, HALF + 2.0 / FINE)


def _windowed(frames: float) -> float:
    """The impulse of which a jump is the integral, so many frames from its middle."""
    inside = max(0.0, 1.0 - (frames / HALF) ** 2)
    sinc = 1.0 if frames == 0.0 else math.sin(math.pi * frames) / (math.pi * frames)
    return sinc * _bessel(SHARPNESS * math.sqrt(inside))


def _bessel(x: float) -> float:
    """The modified Bessel function I0, by its series."""
    total, term, k = 1.0, 1.0, 1
    while term > 1e-16 * total:
        term *= (x / (2.0 * k)) ** 2
        total += term
        k += 1
    return total


def harmonics(levels: Sequence[float]) -> "np.ndarray":
    """One cycle's spectrum, one complex number for each overtone from the first on, from their levels; all begin at 0."""
    import numpy as np

    return -1j * np.asarray(levels, float)[:MOST_HARMONICS]


def recorded(cycle: "np.ndarray") -> "np.ndarray":
    """The same from a recorded cycle, whatever its length: as many overtones as it can hold, at most 512, without its mean."""
    import numpy as np

    return 2.0 / len(cycle) * np.fft.rfft(np.asarray(cycle, float))[1:(len(cycle) + 1) // 2][:MOST_HARMONICS]


def cycles(spectra: Sequence["np.ndarray"]) -> tuple[float, ...]:
    """The NUMBERS of `wavetable`: each wave, brought to a peak of 1, in levels that have ever fewer overtones (dsp/wavetable.py)."""
    import numpy as np

    most = max(1, *(len(spectrum) for spectrum in spectra))
    held = [most]
    while held[-1] > 1:
        held.append(min(held[-1] - 1, round(most / math.sqrt(2.0) ** len(held))))
        held[-1] = max(held[-1], 1)
    samples = [max(SMALLEST, OVERSAMPLED * count) for count in held]
    rows, at = [], 0
    for count, size in zip(held, samples):
        rows += [float(count), float(size), float(at)]
        at += size + BEFORE + AFTER
    numbers = [float(len(spectra)), float(len(held)), float(at), *rows]
    for spectrum in spectra:
        whole = _cycle(spectrum, 4 * samples[0])
        loudest = float(np.abs(whole).max()) or 1.0
        for count, size in zip(held, samples):
            cycle = _cycle(spectrum[:count] / loudest, size)
            numbers += np.concatenate([cycle[-BEFORE:], cycle, cycle[:AFTER]]).tolist()
    return tuple(numbers)


def _cycle(spectrum: "np.ndarray", size: int) -> "np.ndarray":
    import numpy as np

    bins = np.zeros(size // 2 + 1, complex)
    bins[1:1 + len(spectrum)] = spectrum * (size / 2.0)
    return np.fft.irfft(bins, size)
