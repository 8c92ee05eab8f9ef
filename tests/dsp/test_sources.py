"""Wavetables, frequency modulation, clocks, impulses and brown noise: what they are, and how clean."""
from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import signal, special

from installation.audio.units.tones import FM_WORDS
from installation.audio.waves import cycles, harmonics, recorded, step
from installation.dsp.fm import OWN
from installation.dsp.oversample import WORDS

from .table import CASES, RATE, Bench
from .test_tones import FRAMES, cycles_near, folded_db

WAVES = {
    "a saw": [1 / n for n in range(1, 513)],
    "100 alike": [1.0] * 100,
    "the 30th alone": [0.0] * 29 + [1.0],
    "the 512th alone": [0.0] * 511 + [1.0],
    "three": [1.0, 0.5, 0.3],
}


def table(*spectra: np.ndarray) -> Bench:
    return Bench(replace(CASES["wavetable"], channels=1, numbers={"waves": cycles(spectra)}))


@pytest.mark.parametrize("name", WAVES)
def test_nothing_of_a_wavetable_folds_back(name):
    for hz in (27, 41, 110, 440, 1_000, 2_500, 5_000, 9_000):
        turns = cycles_near(hz, FRAMES)
        played = table(harmonics(WAVES[name])).run(FRAMES, controls={"frequency": turns * RATE / FRAMES, "morph": 0.0})[0].astype(float)
        if np.abs(played).max() > 1e-3:                 # overtones that would lie above half the rate are silent
            found = folded_db(played, turns)
            print(f"{name}, {hz} Hz: folded back {found:.1f} dB")
            assert found < -85


def test_a_wavetable_has_the_overtones_that_were_asked_for():
    played = table(harmonics([1.0, 0.5, 0.0, 0.25])).run(RATE, controls={"frequency": 100.0, "morph": 0.0})[0].astype(float)
    found = np.abs(np.fft.rfft(played))[100:700:100]
    assert np.abs(found / found[0] - [1, 0.5, 0, 0.25, 0, 0]).max() < 1e-4
    assert abs(np.abs(played).max() - 1.0) < 1e-3


def test_a_wavetable_of_a_recorded_cycle_is_that_cycle():
    rng = np.random.default_rng(2)
    spectrum = recorded(np.fft.irfft(np.concatenate([[0], rng.normal(size=40) + 1j * rng.normal(size=40), np.zeros(160)]), 400))
    assert len(spectrum) == 199 and np.abs(spectrum[40:]).max() < 1e-9
    played = table(spectrum).run(480, controls={"frequency": 100.0, "morph": 0.0})[0]
    cycle = np.fft.irfft(np.concatenate([[0], spectrum[:40], np.zeros(200)]), 480)
    assert np.abs(played / np.abs(played).max() - cycle / np.abs(cycle).max()).max() < 1e-3


def test_half_way_between_two_waves_is_half_of_each():
    one, two = harmonics([1.0, 0.4]), harmonics([0.0, 0.0, 1.0])
    at = {where: table(one, two).run(4_800, controls={"frequency": 220.0, "morph": where})[0] for where in (0.0, 0.5, 1.0)}
    assert np.abs(at[0.5] - 0.5 * (at[0.0] + at[1.0])).max() < 1e-6
    assert np.abs(at[1.0] - np.sin(2 * np.pi * 660 * np.arange(4_800) / RATE)).max() < 1e-4


def test_a_gliding_wavetable_is_never_switched():
    """Over five octaves and all its levels: what is above the top of its glide and its overtones stays silent."""
    played = table(harmonics([1.0])).run(RATE, controls={"frequency": lambda frame: 50 / RATE * 2 ** (5 * frame / RATE), "morph": 0.0})[0]
    high = signal.sosfilt(signal.butter(8, 6_000, "high", fs=RATE, output="sos"), played.astype(float))
    assert 20 * np.log10(np.abs(high[2_000:]).max()) < -95
    rich = table(harmonics(WAVES["a saw"]))
    played = rich.run(RATE, controls={"frequency": lambda frame: 50 / RATE * 2 ** (5 * frame / RATE), "morph": 0.0})[0].astype(float)
    low = signal.sosfilt(signal.butter(8, 25, "low", fs=RATE, output="sos"), played)
    assert 20 * np.log10(np.abs(low[RATE // 2:]).max()) < -85


def test_a_step_is_even_about_its_middle():
    jump = np.array(step())[1:-2]
    assert np.abs(jump + jump[::-1] - 1.0).max() < 1e-12


@pytest.mark.parametrize("index", [0.5, 2.0, 4.0])
def test_sidebands_are_bessels(index):
    """Chowning 1973, equation 2."""
    played = Bench(replace(CASES["fm"], channels=1)).run(
        2 * RATE, controls={"carrier": 8_000.0, "ratio": 0.2125, "index": index, "feedback": 0.0})[0, RATE:].astype(float)
    levels = np.abs(np.fft.rfft(played)) * 2 / RATE
    for k in range(-4, 8):
        heard = 8_000 + 1_700 * k
        assert heard > 18_900 or abs(levels[heard] - abs(special.jv(k, index))) < 5e-5


@pytest.mark.parametrize("carrier, ratio, index", [(2_000.0, 1.4, 6.0), (5_000.0, 1.0, 3.0), (440.0, 3.05, 20.0)])
def test_nothing_of_a_bright_bell_folds_back(carrier, ratio, index):
    """Everything below 19 kHz that is none of Bessel's sidebands, those that pass through zero included."""
    played = Bench(replace(CASES["fm"], channels=1)).run(
        2 * RATE, controls={"carrier": carrier, "ratio": ratio, "index": index, "feedback": 0.0})[0, RATE:].astype(float)
    levels = np.abs(np.fft.rfft(played)) * 2 / RATE
    for k in range(-60, 61):
        side = round(abs(carrier + k * ratio * carrier))
        if side < len(levels):
            levels[side] = 0.0
    found = 20 * np.log10(levels[:19_000].max())
    print(f"fm {carrier} {ratio} {index}: folded back below 19 kHz {found:.1f} dB")
    assert found < -80


def test_a_channels_state_is_as_long_as_the_filter_wants():
    assert FM_WORDS == OWN + WORDS


def test_feedback_turns_a_sine_into_a_saw():
    fed = {"carrier": 0.0, "ratio": 1.0, "index": 0.0, "feedback": 1.0}
    played = Bench(replace(CASES["fm"], channels=1)).run(2 * RATE, controls={**fed, "carrier": 100.0, "index": 1.0})[0, RATE:]
    assert np.abs(played).max() < 1.05
    levels = np.abs(np.fft.rfft(played.astype(float)))[100:2_000:100]
    assert (np.diff(20 * np.log10(levels)) < 0).all() and levels[9] > 1e-3 * levels[0]


@pytest.mark.parametrize("hz, apart", [(1.0, {48_000}), (480.0, {100}), (441.0, {108, 109}), (0.3, {160_000})])
def test_impulses_are_even_and_dated(hz, apart):
    frames = 20 * RATE
    found = np.flatnonzero(Bench(replace(CASES["impulse"], channels=1)).run(frames, blocks=[9_600], controls={"frequency": hz})[0])
    assert found[0] == 0 and set(np.diff(found)) == apart and len(found) == round(hz * 20)
    assert np.abs(found - np.ceil(np.arange(len(found)) * RATE / hz - 1e-3)).max() == 0


def test_no_frequency_strikes_once():
    assert Bench("impulse").run(RATE, controls={"frequency": 0.0})[0].sum() == 1.0


def test_a_phasor_is_the_phase():
    played = Bench(replace(CASES["phasor"], channels=1)).run(RATE, controls={"frequency": 480.0})[0]
    assert np.abs(played - np.arange(RATE) % 100 / 100).max() < 1e-6 and played.max() < 1.0


@pytest.mark.parametrize("density", [20.0, 500.0, 5_000.0])
def test_dust_falls_as_poisson_says(density):
    """As many as asked for within four standard deviations, and gaps as of a process without memory."""
    seconds = 60
    played = Bench(replace(CASES["dust"], channels=1)).run(seconds * RATE, blocks=[9_600], controls={"density": density, "vary": 0.0})[0]
    assert set(np.unique(played)) == {0.0, 1.0}
    assert abs(played.sum() - density * seconds) < 4 * np.sqrt(density * seconds)
    gaps = np.diff(np.flatnonzero(played))
    assert abs(gaps.std() / gaps.mean() / np.sqrt(1 - density / RATE) - 1) < 4 / np.sqrt(len(gaps))
    counts = np.add.reduceat(played, np.arange(0, len(played), RATE // 10))
    assert abs(counts.var() / counts.mean() - 1) < 0.25


def test_dust_of_any_height_is_evenly_high_and_never_nothing():
    played = Bench(replace(CASES["dust"], channels=1)).run(20 * RATE, blocks=[9_600], controls={"density": 1_000.0, "vary": 1.0})[0]
    heights = played[played > 0]
    assert abs(len(heights) - 20_000) < 600 and abs(heights.mean() - 0.5) < 0.01 and heights.max() <= 1.0
    half = Bench("dust").run(RATE, controls={"density": 1_000.0, "vary": 0.25})[0]
    assert half[half > 0].min() >= 0.75


@pytest.mark.parametrize("density", [100.0, 2_000.0, 20_000.0])
def test_velvet_has_one_impulse_in_each_span(density):
    played = Bench(replace(CASES["velvet"], channels=1)).run(20 * RATE, blocks=[9_600], controls={"density": density})[0]
    assert set(np.unique(played)) == {-1.0, 0.0, 1.0}
    places = np.flatnonzero(played)
    assert abs(len(places) - 20 * density) <= 1
    spans = np.floor(places * density / RATE + 1e-6)
    assert (np.diff(spans) <= 2).all() and np.mean(np.diff(spans) == 1) > 0.999        # rounding may move the odd one to a neighbour
    assert abs(played.std() - np.sqrt(density / RATE)) < 1e-3 and abs(played.mean()) < 4 * np.sqrt(density / RATE / len(places))


def test_velvet_is_white():
    played = Bench("velvet").run(20 * RATE, blocks=[9_600], controls={"density": 2_000.0})[0].astype(float)
    hz, density = signal.welch(played, RATE, nperseg=4_096)
    inside = (hz > 50) & (hz < 20_000)
    assert abs(np.polyfit(np.log10(hz[inside]), 10 * np.log10(density[inside]), 1)[0]) < 0.2


def octaves(x: np.ndarray) -> np.ndarray:
    """Density in dB in the ten octaves from 20 Hz to 20 kHz."""
    hz, density = signal.welch(x.astype(float), RATE, nperseg=1 << 16)
    edges = 20 * 2.0 ** np.arange(11)
    return np.array([10 * np.log10(density[(hz >= low) & (hz < high)].mean()) for low, high in zip(edges, edges[1:])])


@pytest.mark.parametrize("name, slope", [("brown", -6.02), ("blue", 3.01)])
def test_noises_fall_or_rise_as_they_say(name, slope):
    played = Bench(name).run(60 * RATE, blocks=[9_600])[0]
    steps = np.diff(octaves(played))
    print(f"{name}, dB from octave to octave, 20 Hz to 20 kHz:", steps.round(2), f"RMS {played.std():.3f}")
    assert np.abs(steps - slope).max() < 0.5
    assert 0.17 < played.std() < 0.23 and np.abs(played).max() < 1.0 and abs(played.mean()) < 0.02


TEN = 640 / RATE       # s: ten blocks


def test_a_walk_goes_a_step_at_a_time_and_stays_inside():
    played = Bench("walk").run(20 * RATE, controls={"period": TEN, "step": 0.1, "low": -3.0, "high": 5.0})
    assert played.min() >= -3.0 and played.max() <= 5.0
    assert np.array_equal(played[1, :-1], played[0, 1:])                      # a block begins where the last one ended
    steps = np.abs(np.diff(played[0, ::10]))
    assert 0.75 < steps.max() <= 0.8 + 1e-9 and abs(steps.mean() - 0.4) < 0.04
    far = Bench("walk").run(60 * RATE, controls={"period": TEN, "step": 1.0, "low": 0.0, "high": 1.0})[0, ::10]
    assert np.abs(np.histogram(far, 5, (0, 1))[0] / len(far) - 0.2).max() < 0.03


def test_wander_goes_anywhere_evenly_or_not():
    still = {"period": TEN, "move": 0.0, "low": 0.0, "high": 10.0}
    even = Bench("wander").run(20 * RATE, controls={**still, "uneven": 0.0})
    assert set(np.diff(np.flatnonzero(even[1] != even[0]))) <= {9, 10, 11}
    assert np.array_equal(even[1, :-1], even[0, 1:])
    assert even.min() >= 0.0 and even.max() <= 10.0 and abs(even[1].mean() - 5.0) < 0.3
    uneven = Bench("wander").run(100 * RATE, controls={**still, "uneven": 1.0, "period": 10 * TEN})
    gaps = np.diff(np.flatnonzero(uneven[1] != uneven[0]))
    assert abs(gaps.mean() / 100 - 1) < 0.12 and 0.85 < gaps.std() / gaps.mean() < 1.15


def test_wander_moves_as_long_as_asked_and_without_a_corner():
    moving = Bench("wander").run(20 * RATE, controls={"period": 0.2, "move": 0.25, "uneven": 0.0, "low": 0.0, "high": 1.0})
    assert abs((moving[1] != moving[0]).mean() - 0.25) < 0.02
    smooth = Bench("wander").run(20 * RATE, controls={"period": 0.2, "move": 1.0, "uneven": 0.0, "low": 0.0, "high": 1.0})[0]
    assert np.abs(np.diff(smooth, 2)).max() < 12.5 / 150**2                   # where two moves meet, each bends by 6 over its length squared


def test_walks_and_seeds_are_strangers():
    for name in ("walk", "wander"):
        rest = (7.0, 9.0) + (0.0,) * (len(Bench(name).state) - 2)
        other = Bench(replace(CASES[name], state=lambda hall, rest=rest: rest))
        quick = {**CASES[name].controls, "period": TEN}
        assert abs(np.corrcoef(Bench(name).run(40 * RATE, controls=quick)[0], other.run(40 * RATE, controls=quick)[0])[0, 1]) < 0.2
