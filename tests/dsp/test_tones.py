"""Tones and noises: what they are, and how clean."""
from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from .table import RATE, Bench, Case


def power_db(part: np.ndarray, whole: np.ndarray) -> float:
    return float(10 * np.log10(part.sum() / whole.sum()))


def spectrum(x: np.ndarray) -> np.ndarray:
    return np.abs(np.fft.rfft(x * signal.windows.blackmanharris(len(x), sym=False))) ** 2


def cycles_near(hz: float, frames: int) -> int:
    """A whole number of cycles whose overtones, folded back, fall between the overtones and not upon them."""
    cycles = round(hz * frames / RATE)
    while not 0.2 < (frames % cycles) / cycles < 0.45:
        cycles += 1
    return cycles


def folded_db(x: np.ndarray, cycles: int, below: float = RATE / 2) -> float:
    """Power below a frequency that belongs to no overtone, against all power."""
    power = spectrum(x)
    foreign = np.fft.rfftfreq(len(x), 1 / RATE) < below
    for overtone in range(0, len(power), cycles):
        foreign[max(0, overtone - 4):overtone + 5] = False
    return power_db(power[foreign], power)


def test_a_sine_is_the_sine():
    played = Bench("sine").run(RATE)[0]
    assert np.abs(played - np.sin(2 * np.pi * 441.0 * np.arange(RATE) / RATE)).max() < 1e-6


def test_a_sine_holds_nothing_else():
    frames = 1 << 16
    power = spectrum(Bench("sine").run(frames, controls={"frequency": 1_001 * RATE / frames})[0].astype(float))
    own = np.zeros(len(power), bool)
    own[1_001 - 4:1_001 + 5] = True
    assert power_db(power[~own], power) < -130


def test_a_gliding_sine_has_no_step():
    played = Bench("sine").run(RATE, controls={"frequency": lambda frame: 0.001 + 0.05 * frame / RATE})[0]
    assert np.abs(np.diff(played)).max() < 2 * np.pi * 0.051 * 1.01


def test_sine_less_itself_shifted_by_a_cycle_is_silence():
    played = Bench("sine").run(9_600, controls={"frequency": 480.0})[0]
    assert np.abs(played[100:] - played[:-100]).max() < 1e-6


def test_a_saw_has_every_overtone_at_one_over_n():
    frames = RATE
    power = np.abs(np.fft.rfft(Bench("saw").run(frames, controls={"frequency": 100.0})[0].astype(float)))
    levels = 20 * np.log10(power[100:2_100:100] / power[100])
    assert np.abs(levels + 20 * np.log10(np.arange(1, 21))).max() < 0.2


FRAMES = 1 << 16


@pytest.mark.parametrize("name", ["saw", "pulse"])
def test_what_folds_back_is_far_below(name):
    """Below 10 kHz, where it is heard as a foreign tone; and anywhere, most of it close to half the rate."""
    for hz, anywhere in ((110, -50), (440, -45), (1_000, -40), (2_000, -36), (4_000, -31)):
        cycles = cycles_near(hz, FRAMES)
        played = Bench(name).run(FRAMES, controls={"frequency": cycles * RATE / FRAMES})[0].astype(float)
        below, all_of_it = folded_db(played, cycles, 10_000), folded_db(played, cycles)
        print(f"{name} {cycles * RATE / FRAMES:.0f} Hz: folded back below 10 kHz {below:.1f} dB, anywhere {all_of_it:.1f} dB")
        assert below < -78 and all_of_it < anywhere


def test_a_plain_saw_would_be_worse_by_thirty_db():
    cycles = cycles_near(1_000, FRAMES)
    plain = 2 * ((np.arange(FRAMES) * cycles / FRAMES + 0.5) % 1) - 1
    played = Bench("saw").run(FRAMES, controls={"frequency": cycles * RATE / FRAMES})[0].astype(float)
    assert folded_db(played, cycles, 10_000) < folded_db(plain, cycles, 10_000) - 30


def test_a_pulse_has_no_mean_and_the_width_asked_for():
    for width in (0.1, 0.5, 0.83):
        played = Bench("pulse").run(RATE, controls={"frequency": 100.0, "width": width})[0]
        assert abs(played.mean()) < 1e-3
        assert abs((played > (1 - 2 * width)).mean() - width) < 0.01


def test_a_square_has_no_even_overtones():
    power = np.abs(np.fft.rfft(Bench("pulse").run(RATE, controls={"frequency": 100.0, "width": 0.5})[0].astype(float)))
    assert power[200:1_000:200].max() < power[100] * 1e-4


def test_a_pulse_is_two_saws():
    """A rectangle is the difference of two saws, one of them `width` behind the other."""
    hz, high = 300.0, 40                                     # 160 frames, 40 of them high
    square = Bench("pulse").run(4_800, controls={"frequency": hz, "width": high / 160})[0]
    rise = Bench("saw").run(4_800, controls={"frequency": hz})[0]     # drops half a cycle after its start
    difference = rise[80 - high:-80 - high] - rise[80:-80]
    assert np.abs(difference[:4_000] - square[:4_000]).max() < 1e-4


def test_white_noise_is_flat_and_as_loud_as_said():
    played = Bench("white").run(20 * RATE)[0].astype(float)
    assert abs(played.std() - 1 / np.sqrt(3)) < 0.003 and abs(played.mean()) < 0.003
    assert np.abs(played).max() <= 1.0
    hz, density = signal.welch(played, RATE, nperseg=4_096)
    inside = (hz > 50) & (hz < 20_000)
    assert abs(np.polyfit(np.log10(hz[inside]), 10 * np.log10(density[inside]), 1)[0]) < 0.2


def test_pink_noise_falls_ten_db_a_decade():
    played = Bench("pink").run(60 * RATE)[0].astype(float)
    hz, density = signal.welch(played, RATE, nperseg=1 << 15)
    edges = np.geomspace(20, 20_000, 31)
    bands = [(np.sqrt(low * high), density[(hz >= low) & (hz < high)].mean()) for low, high in zip(edges, edges[1:])]
    x, y = np.log10([band[0] for band in bands]), 10 * np.log10([band[1] for band in bands])
    slope, start = np.polyfit(x, y, 1)
    print(f"pink: {slope:.2f} dB a decade, within {np.abs(y - slope * x - start).max():.2f} dB; RMS {played.std():.3f}")
    assert abs(slope + 10) < 0.5 and np.abs(y - slope * x - start).max() < 1.0
    assert 0.17 < played.std() < 0.23 and np.abs(played).max() < 1.0


def test_channels_and_seeds_are_strangers():
    for name in ("white", "pink"):
        played = Bench(name).run(5 * RATE)
        assert abs(np.corrcoef(played)[0, 1]) < 0.02
        assert np.array_equal(played, Bench(name).run(5 * RATE))
        seeded = (7.0, 9.0) + (0.0,) * (len(Bench(name).state) - 2)
        other = Bench(Case(name, 2, state=lambda hall, seeded=seeded: seeded))  # type: ignore[misc]
        assert abs(np.corrcoef(played[0], other.run(5 * RATE)[0])[0, 1]) < 0.02


def test_a_generator_that_was_never_seeded_still_sounds():
    assert Bench(Case("white", 1)).run(RATE).std() > 0.5
