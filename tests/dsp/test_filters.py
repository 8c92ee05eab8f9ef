"""Filters against their own equations."""
from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from installation.audio.units.filters import MODES

from .table import RATE, Bench, Case, noise


def response(bench: Bench, hz: np.ndarray, frames: int = 1 << 16) -> np.ndarray:
    """The gain at frequencies, from the answer to an impulse."""
    click = np.zeros((bench.case.channels, frames), "f4")
    click[:, 0] = 1.0
    answer = bench.run(frames, inputs={"x": click})[0].astype(float)
    return np.abs(signal.freqz(answer, worN=hz, fs=RATE)[1])


def analog(kind: str, cutoff: float, hz: np.ndarray, k: float = 0.0) -> np.ndarray:
    """The analog filter, its frequencies bent as the trapezoidal rule bends them."""
    s = 1j * np.tan(np.pi * hz / RATE) / np.tan(np.pi * cutoff / RATE)
    under = s + 1 if kind in ("lowpass", "highpass") else s * s + k * s + 1
    over = {"lowpass": 1, "highpass": s, "low": 1, "band": k * s, "high": s * s, "notch": s * s + 1}[kind]
    return np.abs(over / under)


HZ = np.array([30.0, 100.0, 400.0, 900.0, 1_100.0, 3_000.0, 9_000.0, 18_000.0])


@pytest.mark.parametrize("name", ["lowpass", "highpass"])
@pytest.mark.parametrize("cutoff", [60.0, 1_000.0, 12_000.0])
def test_one_pole(name, cutoff):
    bench = Bench(Case(name, 1, controls={"cutoff": cutoff}))
    assert np.abs(20 * np.log10(response(bench, HZ) / analog(name, cutoff, HZ))).max() < 0.1


@pytest.mark.parametrize("mode", sorted(MODES))
@pytest.mark.parametrize("cutoff", [60.0, 1_000.0, 12_000.0])
@pytest.mark.parametrize("resonance", [0.0, 0.293, 0.9])
def test_state_variable(mode, cutoff, resonance):
    bench = Bench(Case("filter", 1, controls={"cutoff": cutoff, "resonance": resonance}, numbers={"mix": MODES[mode]}))
    assert np.abs(20 * np.log10(response(bench, HZ) / analog(mode, cutoff, HZ, 2 - 2 * resonance))).max() < 0.1


def test_it_agrees_with_scipys_butterworth():
    bench = Bench(Case("filter", 1, controls={"cutoff": 2_000.0, "resonance": 1 - np.sqrt(0.5)}, numbers={"mix": MODES["low"]}))
    b, a = signal.butter(2, 2_000.0, fs=RATE)
    x = noise(4_800)
    assert np.abs(bench.run(4_800, inputs={"x": x})[0] - signal.lfilter(b, a, x[0].astype(float))).max() < 1e-5


def test_low_and_high_of_one_pole_are_the_sound():
    x = noise(4_800, 2)
    both = Bench("lowpass").run(4_800, inputs={"x": x}) + Bench("highpass").run(4_800, inputs={"x": x})
    assert np.abs(both - x).max() < 1e-6


def test_low_band_and_high_are_the_sound_and_notch_is_without_band():
    x = noise(4_800)
    part = {mode: Bench(Case("filter", 1, controls={"cutoff": 700.0, "resonance": 0.6}, numbers={"mix": MODES[mode]}))
            .run(4_800, inputs={"x": x}) for mode in MODES}
    assert np.abs(part["low"] + part["band"] + part["high"] - x).max() < 1e-5
    assert np.abs(part["notch"] + part["band"] - x).max() < 1e-5


def test_a_cutoff_that_runs_is_not_heard_as_steps():
    """A visitor sweeps the cutoff over five octaves in a second: nothing but the sine and its slow change comes out."""
    x = np.sin(2 * np.pi * 200 * np.arange(RATE) / RATE)[None].astype("f4")
    played = Bench(Case("filter", 1, controls={"cutoff": 1.0, "resonance": 0.3}, numbers={"mix": MODES["low"]})).run(
        RATE, inputs={"x": x}, controls={"cutoff": lambda frame: 0.002 * 2 ** (5 * frame / RATE)})[0].astype(float)
    power = np.abs(np.fft.rfft(played[4_800:] * np.blackman(RATE - 4_800))) ** 2
    hz = np.fft.rfftfreq(RATE - 4_800, 1 / RATE)
    assert 10 * np.log10(power[hz > 600].sum() / power.sum()) < -90
