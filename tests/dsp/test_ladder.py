"""The ladder: linear when soft, singing at its cutoff, never louder than 1."""
from __future__ import annotations

import numpy as np
import pytest

from installation.audio.units import UNITS
from installation.dsp import ladder as kernel

from .table import RATE, Bench, Case, noise

FRAMES = 1 << 17
BINS = np.unique(np.geomspace(20.0, 18_000.0, 120) * FRAMES / RATE).astype(int)
HZ = BINS * RATE / FRAMES


def ladder(cutoff: float, resonance: float, drive: float = 1.0) -> Bench:
    return Bench(Case("ladder", 1, controls={"cutoff": cutoff, "resonance": resonance, "drive": drive}))


def test_the_declared_state_is_the_kernels_own():
    assert UNITS["ladder"].port("state").size == kernel.OWN


@pytest.mark.parametrize("cutoff", [60.0, 1_000.0, 9_000.0])
@pytest.mark.parametrize("resonance", [0.0, 0.5, 0.95])
def test_a_soft_sound_meets_the_linear_ladder(cutoff, resonance):
    click = np.zeros((1, FRAMES), "f4")
    click[0, 0] = 1e-4
    row = ladder(cutoff, resonance).run(FRAMES, blocks=[4_096], inputs={"x": click})[0].astype(float) * 1e4
    measured = 20 * np.log10(np.abs(np.fft.rfft(row)[BINS]))
    s = 1j * np.tan(np.pi * HZ / (2 * RATE)) / np.tan(np.pi * cutoff / (2 * RATE))      # bent as at twice the rate
    expected = 20 * np.log10(np.abs(1 / ((1 + s) ** 4 + 4 * resonance)))
    assert np.abs(measured - expected)[expected > -100].max() < 0.1


@pytest.mark.parametrize("cutoff", [110.0, 1_000.0, 6_000.0])
def test_it_sings_at_its_cutoff(cutoff):
    click = np.zeros((1, 2 * RATE), "f4")
    click[0, 0] = 1.0
    sung = ladder(cutoff, 1.05).run(2 * RATE, blocks=[RATE], inputs={"x": click})[0, RATE:].astype(float)
    hertz = np.argmax(np.abs(np.fft.rfft(sung * np.hanning(RATE))))
    print(f"cutoff {cutoff:g} Hz: sings at {hertz} Hz, peak {np.abs(sung).max():.3f}")
    assert abs(hertz / cutoff - 1) < 0.002 and 0.05 < np.abs(sung).max() <= 1.0


def test_below_the_edge_it_falls_silent_and_a_scream_stays_below_one():
    click = np.zeros((1, 4 * RATE), "f4")
    click[0, 0] = 1.0
    assert np.abs(ladder(500.0, 0.98).run(4 * RATE, blocks=[RATE], inputs={"x": click})[0, -4_800:]).max() < 1e-4
    assert np.abs(ladder(3_000.0, 1.5, 100.0).run(RATE, inputs={"x": noise(RATE)})).max() <= 1.0


@pytest.mark.parametrize(("hertz", "drive", "bound"), [(1_245.0, 4.0, -100.0), (4_982.0, 4.0, -47.0)])
def test_what_folds_back(hertz, drive, bound):
    """A sine driven into it, cutoff 8 kHz: all that is not one of its overtones, below 16 kHz, against the whole."""
    frames, bin_ = 1 << 15, int(hertz * (1 << 15) / RATE) | 1
    x = np.sin(2 * np.pi * bin_ * np.arange(frames + 9_600) / frames)[None].astype("f4")
    y = ladder(8_000.0, 0.3, drive).run(x.shape[1], blocks=[4_096], inputs={"x": x})[0, -frames:].astype(float)
    power = np.abs(np.fft.rfft(y * np.blackman(frames))) ** 2
    false = np.ones(len(power), bool)
    for overtone in range(0, len(power), bin_):
        false[max(0, overtone - 4):overtone + 5] = False
    false[16_000 * frames // RATE:] = False
    level = 10 * np.log10(power[false].sum() / power.sum())
    print(f"ladder, {hertz:g} Hz driven {drive:g}-fold: {level:.1f} dB folds back below 16 kHz")
    assert level < bound
