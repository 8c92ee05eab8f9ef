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
    """Power below a frequency that belongs to no overtone, nor is their mean, against all power."""
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
    assert np.abs(levels + 20 * np.log10(np.arange(1, 21))).max() < 0.05


FRAMES = 1 << 16


@pytest.mark.parametrize("name, controls", [("saw", {}), ("pulse", {"width": 0.5}), ("pulse", {"width": 0.07}), ("triangle", {})])
def test_what_folds_back_is_far_below(name, controls):
    """Anything below 20 kHz that is not an overtone, against the whole tone."""
    for hz, most in ((30, -95), (110, -95), (440, -95), (1_000, -95), (2_000, -95), (3_300, -95), (5_000, -95), (9_500, -85), (15_000, -80)):
        cycles = cycles_near(hz, FRAMES)
        controls = {**controls, "frequency": cycles * RATE / FRAMES}
        played = Bench(name).run(FRAMES + 64, controls=controls)[0, 64:].astype(float)
        found = folded_db(played, cycles, 20_000)
        print(f"{name} {controls}: folded back below 20 kHz {found:.1f} dB")
        assert found < most


def test_a_plain_saw_would_be_worse_by_seventy_db():
    cycles = cycles_near(1_000, FRAMES)
    plain = 2 * ((np.arange(FRAMES) * cycles / FRAMES + 0.5) % 1) - 1
    played = Bench("saw").run(FRAMES + 64, controls={"frequency": cycles * RATE / FRAMES})[0, 64:].astype(float)
    assert folded_db(played, cycles, 20_000) < folded_db(plain, cycles, 20_000) - 70


def overtones(x: np.ndarray, hz: int, below: float = 19_000.0) -> np.ndarray:
    """Levels of the overtones from the first on, for a second of a tone of so many whole hertz."""
    return np.abs(np.fft.rfft(x.astype(float)))[hz:int(below):hz] * 2 / len(x)


def test_every_overtone_up_to_19_khz_is_exact():
    n = np.arange(1, 190)
    rise = overtones(Bench("saw").run(2 * RATE, controls={"frequency": 100.0})[0, RATE:], 100)
    assert np.abs(20 * np.log10(rise * n * np.pi / 2)).max() < 0.01
    both_ways = overtones(Bench("triangle").run(2 * RATE, controls={"frequency": 100.0})[0, RATE:], 100)
    assert np.abs(20 * np.log10(both_ways[::2] * n[::2] ** 2 * np.pi**2 / 8)).max() < 0.05
    assert both_ways[1::2].max() < 1e-6


def test_a_triangle_is_the_integral_of_a_square():
    hz = 100.0
    square = Bench("pulse").run(RATE, controls={"frequency": hz, "width": 0.5})[0].astype(float)
    summed = np.cumsum(square) * 4 * hz / RATE
    triangle = Bench("triangle").run(RATE, controls={"frequency": hz})[0].astype(float)
    middle = 0.5 * (summed[1:] + summed[:-1])[4_800:9_600] - summed[4_800:9_600].mean()
    late = triangle[4_800 + 360:9_600 + 360]          # a square goes up at its start, a triangle three quarters of a cycle later
    assert np.abs(late - middle).max() < 0.01


@pytest.mark.parametrize("name", ["saw", "pulse", "triangle"])
def test_a_gliding_tone_stays_clean(name):
    """While it glides by an octave a second, its lowest part, where there is no overtone, stays silent."""
    glide = {"frequency": lambda frame: 2_000 / RATE * 2 ** (frame / RATE)}
    played = Bench(name).run(RATE, controls={**Bench(name).case.controls, **glide})[0].astype(float)
    low = signal.sosfilt(signal.butter(8, 500, "low", fs=RATE, output="sos"), played)
    assert 20 * np.log10(low[4_800:].std() / played.std()) < -90


def test_a_pulse_whose_width_moves_is_two_saws_still():
    """Its edges are found also where the width runs faster than the phase, in both directions."""
    wobble = {"frequency": 300.0, "width": lambda frame: 0.5 + 0.45 * np.sin(2 * np.pi * 3.1 * frame / RATE)}
    played = Bench("pulse").run(RATE, controls=wobble)[0]
    assert np.abs(played).max() < 2.5 and abs(played.mean()) < 0.02
    fast = {"frequency": 20.0, "width": lambda frame: 0.5 + 0.45 * (-1) ** (frame // 64)}
    edges = np.abs(np.diff(Bench("pulse").run(RATE, controls=fast)[0]))
    assert edges.max() < 2.6      # no jump is left as it is, and none is rounded twice


def test_a_pulse_has_no_mean_and_the_width_asked_for():
    for width in (0.1, 0.5, 0.83):
        played = Bench("pulse").run(RATE, controls={"frequency": 100.0, "width": width})[0]
        assert abs(played.mean()) < 1e-3
        assert abs((played > (1 - 2 * width)).mean() - width) < 0.01


def test_a_square_has_no_even_overtones():
    power = np.abs(np.fft.rfft(Bench("pulse").run(2 * RATE, controls={"frequency": 100.0, "width": 0.5})[0, RATE:].astype(float)))
    assert power[200:1_000:200].max() < power[100] * 1e-4


def test_a_pulse_is_two_saws():
    """A rectangle is the difference of two saws, one of them `width` behind the other."""
    hz, high = 300.0, 40                                     # 160 frames, 40 of them high
    square = Bench("pulse").run(4_800, controls={"frequency": hz, "width": high / 160})[0]
    rise = Bench("saw").run(4_800, controls={"frequency": hz})[0]     # drops half a cycle after its start
    difference = rise[80 - high:-80 - high] - rise[80:-80]
    assert np.abs(difference[160:4_000] - square[160:4_000]).max() < 1e-4      # the first rise comes out of nothing


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
