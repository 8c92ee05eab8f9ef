"""Strings and bells: are they in tune, and do they ring as long as asked."""
from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import optimize, signal

from .table import CASES, RATE, Bench, noise


def struck(seconds: float, height: float = 1.0) -> dict[str, np.ndarray]:
    trigger = np.zeros((1, round(seconds * RATE)), "f4")
    trigger[0, 0] = height
    return {"trigger": trigger}


def string(seconds: float, height: float = 1.0, **controls: float) -> np.ndarray:
    whole = {"frequency": 220.0, "decay": 4.0, "brightness": 0.5, "position": 0.13, **controls}
    return Bench("pluck").run(round(seconds * RATE), blocks=[480], inputs=struck(seconds, height), controls=whole)[0].astype(float)


def pitch(x: np.ndarray, near: float) -> float:
    """Where the spectrum's peak is, in a Hann window, near a frequency."""
    window = signal.windows.hann(len(x))
    times = np.arange(len(x)) / RATE

    def level(hz: float) -> float:
        return -abs(np.sum(x * window * np.exp(-2j * np.pi * hz * times)))

    return float(optimize.minimize_scalar(level, bounds=(near - 1.4, near + 1.4), method="bounded", options={"xatol": 1e-6}).x)


def decay(x: np.ndarray, hz: float, first: float = 0.2, last: float = 1.2) -> float:
    """Seconds in which a partial falls by 60 dB."""
    size = RATE // 10
    turning = x * np.exp(-2j * np.pi * hz * np.arange(len(x)) / RATE)
    at = np.arange(round(first * RATE), round(last * RATE), RATE // 50)
    levels = 20 * np.log10([abs(np.sum(turning[k:k + size] * signal.windows.hann(size))) for k in at])
    return float(-60 / np.polyfit(at / RATE, levels, 1)[0])


@pytest.mark.parametrize("hz", [40.0, 82.4069, 110.0, 196.3, 440.0, 1_234.5, 2_000.0, 3_951.0])
@pytest.mark.parametrize("brightness", [0.0, 1.0])
def test_a_string_is_in_tune_and_rings_as_long_as_asked(hz, brightness):
    played = string(1.5, frequency=hz, brightness=brightness)
    cents = 1_200 * np.log2(pitch(played[RATE // 5:RATE // 5 + RATE], hz) / hz)
    seconds = decay(played, hz)
    print(f"pluck {hz} Hz, brightness {brightness}: {cents:+.3f} cents, {seconds:.3f} s of 4 s, peak {np.abs(played).max():.2f}")
    assert abs(cents) < 0.1 and abs(seconds / 4.0 - 1) < 0.01
    assert 0.3 < np.abs(played).max() < 1.3


def test_overtones_are_in_tune_too():
    played = string(1.5, frequency=196.3, brightness=0.9)
    for k in (2, 3, 7, 12):
        assert abs(1_200 * np.log2(pitch(played[9_600:9_600 + RATE], 196.3 * k) / (196.3 * k))) < 0.5


def test_overtones_of_a_dull_string_are_gone_sooner():
    times = [decay(string(1.0, frequency=220.0, brightness=brightness), 220.0 * 12, 0.05, 0.4) for brightness in (1.0, 0.6, 0.2)]
    assert times[0] > 2 * times[1] > 3 * times[2], times


def test_a_string_plucked_in_the_middle_has_no_even_overtones():
    spectrum = np.abs(np.fft.rfft(string(1.0, frequency=200.0, brightness=1.0, position=0.5) * signal.windows.hann(RATE)))
    assert spectrum[400:2_100:400].max() < 0.02 * spectrum[200:2_000:400].max()


def test_a_soft_pluck_is_softer_and_duller():
    hard, soft = string(0.5), string(0.5, height=0.2)
    assert 0.05 < soft.std() / hard.std() < 0.2
    edge = signal.butter(4, 3_000, "high", fs=RATE, output="sos")
    share = [signal.sosfilt(edge, x[:4_800]).std() / x[:4_800].std() for x in (hard, soft)]
    assert share[1] < 0.7 * share[0]


def test_a_string_glides():
    played = Bench("pluck").run(2 * RATE, inputs=struck(2.0), controls={
        "decay": 20.0, "brightness": 1.0, "position": 0.5, "frequency": lambda frame: min(220 + 110 * frame / RATE, 330) / RATE})[0].astype(float)
    assert abs(pitch(played[RATE:], 330.0) - 330.0) < 0.05
    assert np.abs(np.diff(played[4_800:])).max() < 1.0 and np.abs(played).max() < 1.3


def test_a_string_holds_however_high_it_is_asked_to_be():
    """At a low rate its highest notes lie above what the line can do: it stays at a sixth of the rate, and falls silent."""
    played = Bench("pluck").run(RATE, inputs=struck(1.0), controls={
        "decay": 0.2, "brightness": 0.0, "position": 0.2, "frequency": lambda frame: 0.49})[0]
    assert np.abs(played).max() < 1.3 and np.abs(played[-4_800:]).max() < 1e-3


def test_a_string_is_silent_until_it_is_plucked():
    bench = Bench("pluck")
    assert not np.any(bench.run(4_800, inputs={"trigger": np.zeros((1, 4_800), "f4")}))


def bell(modes, x, driven=0.0, **controls) -> np.ndarray:
    rows = (driven, *(number for mode in modes for number in mode))
    case = replace(CASES["modal"], channels=x.shape[0], numbers={"modes": rows}, state=lambda hall: (0.0,) * (len(modes) * (6 + 2 * x.shape[0])))
    return Bench(case).run(x.shape[1], blocks=[480], inputs={"x": x}, controls=controls).astype(float)


def click(seconds: float = 2.0) -> np.ndarray:
    x = np.zeros((1, round(seconds * RATE)), "f4")
    x[0, 0] = 1.0
    return x


@pytest.mark.parametrize("hz, seconds", [(50.0, 0.5), (440.0, 2.0), (3_000.0, 1.0), (12_000.0, 0.3), (440.0, 30.0)])
def test_a_mode_rings_at_its_frequency_and_as_long_as_asked(hz, seconds):
    played = bell([(hz, seconds * RATE, 0.8)], click())[0]
    exact = 0.8 * np.sin(2 * np.pi * hz * np.arange(len(played)) / RATE) * 10 ** (-3 * np.arange(len(played)) / RATE / seconds)
    assert np.abs(played - exact).max() < 1e-6                    # so is its decay, far within 1 %
    assert abs(decay(played, hz, 0.05, min(1.5, 0.6 * seconds)) / seconds - 1) < 0.01


def test_sixty_four_modes_are_the_sum_of_each():
    modes = [(80.0 * (k + 1) * 1.01**k, RATE / (k + 1), 1 / (k + 1)) for k in range(64)]
    whole = bell(modes, click(0.2))[0]
    assert np.abs(whole - sum(bell([mode], click(0.2))[0] for mode in modes)).max() < 1e-5


def test_damping_and_stretch_and_frequency_are_what_they_say():
    modes = [(1.0, 2.0 * RATE, 1.0), (2.5, 1.0 * RATE, 0.5)]
    damped = bell(modes, click(), frequency=300.0, damping=2.0)[0]
    assert np.abs(damped - bell([(300.0, RATE, 1.0), (750.0, 0.5 * RATE, 0.5)], click())[0]).max() < 1e-6
    stretched = bell(modes, click(), frequency=300.0, stretch=2.0)[0]
    assert np.abs(stretched - bell([(300.0, 2.0 * RATE, 1.0), (1_200.0, RATE, 0.5)], click())[0]).max() < 1e-6


def test_a_mode_above_half_the_rate_is_silent():
    assert not np.any(bell([(30_000.0, RATE, 1.0)], click(0.1)))


def test_a_moving_bell_does_not_click():
    played = bell([(1.0, 5.0 * RATE, 1.0)], click(1.0), frequency=lambda frame: (200 + 300 * frame / RATE) / RATE)[0]
    assert np.abs(np.diff(played)).max() < 2 * np.pi * 500 / RATE * 1.05


@pytest.mark.parametrize("hz, seconds", [(440.0, 0.1), (440.0, 2.0), (3_000.0, 0.01)])
def test_a_driven_mode_is_as_loud_as_the_noise_that_drives_it(hz, seconds):
    x = noise(8 * RATE)
    played = bell([(hz, seconds * RATE, 1.0)], x, driven=1.0)[0]
    assert abs(20 * np.log10(played[2 * RATE:].std() / x.std())) < 2.0


def test_each_channel_strikes_a_body_of_its_own():
    x = np.concatenate([click(0.1), np.zeros_like(click(0.1))])
    played = bell([(440.0, RATE, 1.0)], x)
    assert np.abs(played[0]).max() > 0.9 and not np.any(played[1])
