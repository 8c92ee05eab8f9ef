"""Drive, fold and crush: nothing when nothing is asked, and how much folds back that should not."""
from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from installation.audio.units.effects import BENDING_WORDS
from installation.dsp import oversample

from .table import RATE, Bench, Case, noise

LATE = oversample.LATE
TWICE, PASS = 2 * RATE, 19_000.0


def bent(name: str, amount: float, x: np.ndarray) -> np.ndarray:
    return Bench(Case(name, 1, controls={"amount": amount})).run(x.shape[1], blocks=[4_096], inputs={"x": x})


def folding_back(y: np.ndarray, bin_: int) -> float:
    """All that is not an overtone, below 16 kHz, against the whole, in dB."""
    power = np.abs(np.fft.rfft(y * np.blackman(len(y)))) ** 2
    false = np.ones(len(power), bool)
    for overtone in range(0, len(power), bin_):
        false[max(0, overtone - 4):overtone + 5] = False
    false[16_000 * len(y) // RATE:] = False
    return 10 * np.log10(power[false].sum() / power.sum())


def test_the_declared_state_is_the_kernels_own():
    assert oversample.WORDS == BENDING_WORDS


def test_the_filters_are_the_best_of_their_length():
    """BETWEEN is the half-band filter's odd half; DOWN passes what undoes the mean and stops what would fold back: 89 dB."""
    between = np.array(oversample.BETWEEN + oversample.BETWEEN[::-1])
    again = signal.remez(len(between), [0, 2 * PASS, TWICE / 2 * 0.9999, TWICE / 2], [1, 0], weight=[1, 1e-6], fs=TWICE)
    assert np.abs(between - again).max() < 1e-6
    down = np.array(oversample.DOWN + oversample.DOWN[::-1])
    low, high = np.linspace(0, PASS, 500), np.linspace(TWICE / 2 - PASS, TWICE / 2, 500)
    passed = np.abs(signal.freqz(down, worN=low, fs=TWICE)[1]) * np.cos(np.pi * low / TWICE)
    stopped = np.abs(signal.freqz(down, worN=high, fs=TWICE)[1])
    assert np.abs(passed - 1).max() < 10 ** (-89 / 20) and stopped.max() < 10 ** (-89 / 20)


@pytest.mark.parametrize("name", ["drive", "fold"])
def test_asked_for_nothing_it_is_the_sound(name):
    """Up to 18 kHz; the difference is silence."""
    x = signal.sosfilt(signal.cheby2(12, 110, 18_900, fs=RATE, output="sos"), noise(RATE)).astype("f4")
    difference = bent(name, 0.0, x)[0, LATE:].astype(float) - x[0, :-LATE]
    level = 10 * np.log10((difference ** 2).mean() / (x.astype(float) ** 2).mean())
    print(f"{name} at 0 less the sound: {level:.1f} dB")
    assert level < -85


def test_a_slow_wave_meets_the_curve():
    """Where nothing folds back the curve itself comes out, and full scale stays full scale."""
    n = np.arange(9_600)
    x = np.sin(2 * np.pi * 50 * n / RATE)[None].astype("f4")
    for amount in (0.5, 3.0, 10.0):
        curve = x[0] * np.sqrt(1 + amount ** 2) / np.sqrt(1 + (amount * x[0]) ** 2)
        assert np.abs(bent("drive", amount, x)[0, LATE + 480:] - curve[480:-LATE]).max() < 2e-3
    for amount in (0.5, 1.0, 4.0):
        curve = np.sin(np.pi / 2 * amount * x[0]) / np.sin(np.pi / 2 * min(amount, 1.0))
        assert np.abs(bent("fold", amount, x)[0, LATE + 480:] - curve[480:-LATE]).max() < 2e-3


@pytest.mark.parametrize(("name", "hertz", "amount", "bound"), [
    ("drive", 1_245, 4.0, -100), ("drive", 1_245, 30.0, -58), ("drive", 4_982, 4.0, -68), ("drive", 4_982, 30.0, -42),
    ("fold", 4_982, 2.0, -100), ("fold", 4_982, 8.0, -45)])
def test_what_folds_back(name, hertz, amount, bound):
    frames = 1 << 15
    bin_ = int(hertz * frames / RATE) | 1
    x = np.sin(2 * np.pi * bin_ * np.arange(frames + 9_600) / frames)[None]
    plain = x / np.sqrt(1 + (amount * x) ** 2) if name == "drive" else np.sin(np.pi / 2 * amount * x)
    level, before = folding_back(bent(name, amount, x.astype("f4"))[0, -frames:].astype(float), bin_), folding_back(plain[0, -frames:], bin_)
    print(f"{name} {amount:g}, {hertz} Hz: {level:.1f} dB folds back below 16 kHz, plainly computed {before:.1f} dB")
    assert level < bound and level < before - 25


def test_crush_rounds_and_holds():
    x = noise(4_800)
    def crushed(bits, rate):
        return Bench(Case("crush", 1, controls={"bits": bits, "rate": rate}, numbers={"period": (1 / RATE,)})).run(4_800, inputs={"x": x})[0]
    assert np.array_equal(crushed(4.0, 1e6), (np.floor(x[0] * 8 + 0.5) / 8).astype("f4"))
    assert np.array_equal(crushed(24.0, 6_000.0), np.repeat(np.floor(x[0, ::8] * 2.0 ** 23 + 0.5) / 2.0 ** 23, 8).astype("f4"))
    held = crushed(24.0, 11_000.0)
    assert abs(np.count_nonzero(np.diff(held)) - 1_099) <= 1
