"""Equalizers, crossover and the gliding filter against their own equations."""
from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from installation.audio.units.filters import MODES

from .table import RATE, Bench, Case, noise

FRAMES = 1 << 16
BINS = np.unique(np.geomspace(20.0, 18_000.0, 200) * FRAMES / RATE).astype(int)
HZ = BINS * RATE / FRAMES


def answer(bench: Bench) -> np.ndarray:
    """What an impulse becomes, all rows."""
    click = np.zeros((bench.case.wide or bench.case.channels, FRAMES), "f4")
    click[:, 0] = 1.0
    return bench.run(FRAMES, blocks=[FRAMES], inputs={"x": click}).astype(float)


def gain_db(row: np.ndarray) -> np.ndarray:
    return 20 * np.log10(np.abs(np.fft.rfft(row)[BINS]))


def cookbook(kind: str, hertz: float, decibels: float, shape: float) -> np.ndarray:
    """The gain in dB by the formulae as they stand in the Audio EQ Cookbook."""
    a, w = 10 ** (decibels / 40), 2 * np.pi * hertz / RATE
    if kind == "peak":
        alpha = np.sin(w) * np.sinh(np.log(2) / 2 * shape * w / np.sin(w))
        over, under = [1 + alpha * a, -2 * np.cos(w), 1 - alpha * a], [1 + alpha / a, -2 * np.cos(w), 1 - alpha / a]
    else:
        alpha = np.sin(w) / 2 * np.sqrt((a + 1 / a) * (1 / shape - 1) + 2)
        c, r = (np.cos(w) if kind == "lowshelf" else -np.cos(w)), 2 * np.sqrt(a) * alpha
        turn = 1 if kind == "lowshelf" else -1
        over = [a * ((a + 1) - (a - 1) * c + r), turn * 2 * a * ((a - 1) - (a + 1) * c), a * ((a + 1) - (a - 1) * c - r)]
        under = [(a + 1) + (a - 1) * c + r, turn * -2 * ((a - 1) + (a + 1) * c), (a + 1) + (a - 1) * c - r]
    return 20 * np.log10(np.abs(signal.freqz(over, under, worN=HZ, fs=RATE)[1]))


@pytest.mark.parametrize("hertz", [60.0, 1_000.0, 9_000.0])
@pytest.mark.parametrize("decibels", [-20.0, 6.0, 18.0])
@pytest.mark.parametrize(("kind", "name", "shape"), [("peak", "width", 0.3), ("peak", "width", 2.0), ("lowshelf", "slope", 1.0),
                                                     ("lowshelf", "slope", 0.4), ("highshelf", "slope", 1.0), ("highshelf", "slope", 0.4)])
def test_it_is_the_cookbooks(kind, name, shape, hertz, decibels):
    bench = Bench(Case(kind, 1, controls={"frequency": hertz, "gain": decibels, name: shape}))
    worst = np.abs(gain_db(answer(bench)[0]) - cookbook(kind, hertz, decibels, shape)).max()
    assert worst < 0.01


@pytest.mark.parametrize("mode", ["band", "notch", "low", "high"])
@pytest.mark.parametrize("q", [0.6, 4.0])
def test_the_plain_filter_is_the_cookbooks_too(mode, q):
    """Why there is no word for a biquad's low, high, band or notch: `filter` has them, at a resonance of 1 - 1 / (2 Q)."""
    w = 2 * np.pi * 3_000 / RATE
    alpha, c = np.sin(w) / (2 * q), np.cos(w)
    over = {"band": [alpha, 0, -alpha], "notch": [1, -2 * c, 1], "low": [(1 - c) / 2, 1 - c, (1 - c) / 2], "high": [(1 + c) / 2, -1 - c, (1 + c) / 2]}
    expected = 20 * np.log10(np.abs(signal.freqz(over[mode], [1 + alpha, -2 * c, 1 - alpha], worN=HZ, fs=RATE)[1]))
    bench = Bench(Case("filter", 1, controls={"cutoff": 3_000.0, "resonance": 1 - 1 / (2 * q)}, numbers={"mix": MODES[mode]}))
    assert np.abs(gain_db(answer(bench)[0]) - expected)[expected > -90].max() < 0.02


@pytest.mark.parametrize("kind", ["peak", "lowshelf", "highshelf"])
def test_no_gain_is_the_sound_and_opposite_gains_undo_each_other(kind):
    x, shape = 0.5 * noise(9_600), {"width": 0.7} if kind == "peak" else {"slope": 0.7}
    plain = Bench(Case(kind, 1, controls={"frequency": 900.0, "gain": 0.0, **shape})).run(9_600, inputs={"x": x})
    assert np.array_equal(plain, x)
    up = Bench(Case(kind, 1, controls={"frequency": 900.0, "gain": 12.0, **shape})).run(9_600, inputs={"x": x})
    down = Bench(Case(kind, 1, controls={"frequency": 900.0, "gain": -12.0, **shape})).run(9_600, inputs={"x": up})
    assert np.abs(down - x).max() < 1e-5


@pytest.mark.parametrize("hertz", [40.0, 500.0, 3_000.0, 15_000.0])
def test_the_halves_of_a_crossover_are_flat_together(hertz):
    low, high = answer(Bench(Case("crossover", 2, 1, controls={"frequency": hertz})))
    whole = np.abs(gain_db(low + high)).max()
    g = np.tan(np.pi * HZ / RATE) / np.tan(np.pi * hertz / RATE)
    expected = -20 * np.log10(1 + g ** 4)                                   # a Butterworth twice: 1 / (1 + g**4) in gain
    print(f"crossover {hertz:g} Hz: the sum is flat within {whole:.5f} dB")
    assert whole < 0.01
    assert np.abs(gain_db(low) - expected)[expected > -90].max() < 0.1
    top = expected + 80 * np.log10(g)
    assert np.abs(gain_db(high) - top)[top > -90].max() < 0.1


def test_the_halves_stay_flat_while_the_frequency_moves():
    """An all-pass keeps power, also one whose frequency sweeps three octaves in a second."""
    x = noise(RATE)
    bench = Bench(Case("crossover", 2, 1, controls={"frequency": 500.0}))
    low, high = bench.run(RATE, inputs={"x": x}, controls={"frequency": lambda frame: 0.005 * 2 ** (3 * frame / RATE)}).astype(float)
    assert abs(10 * np.log10(((low + high) ** 2).sum() / (x.astype(float) ** 2).sum())) < 0.01


@pytest.mark.parametrize(("shape", "mode"), [(0.0, "low"), (1.0, "band"), (2.0, "high"), (3.0, "notch")])
def test_a_morph_at_whole_shapes_is_the_filter(shape, mode):
    x = noise(4_800)
    settings = {"cutoff": 700.0, "resonance": 0.7}
    expected = Bench(Case("filter", 1, controls=settings, numbers={"mix": MODES[mode]})).run(4_800, inputs={"x": x})
    assert np.abs(Bench(Case("morph", 1, controls={**settings, "shape": shape})).run(4_800, inputs={"x": x}) - expected).max() < 1e-6


def test_a_morph_between_two_shapes_is_the_mean_of_both():
    x = noise(4_800)

    def at(shape):
        return Bench(Case("morph", 1, controls={"cutoff": 700.0, "resonance": 0.7, "shape": shape})).run(4_800, inputs={"x": x})

    for low in (0.0, 1.0, 2.0):
        assert np.abs(2 * at(low + 0.5) - at(low) - at(low + 1)).max() < 1e-5
