"""Saws and pulses for many voices at once: how clean they are, and that they are what they say."""
from __future__ import annotations

import numpy as np
import pytest

from .table import RATE, Bench

FRAMES = 1 << 16


def folded_db(x: np.ndarray, cycles: int, below: float = RATE / 2) -> float:
    """Power below a frequency that belongs to no overtone, against all power."""
    from scipy import signal

    power = np.abs(np.fft.rfft(x * signal.windows.blackmanharris(len(x), sym=False))) ** 2
    foreign = np.fft.rfftfreq(len(x), 1 / RATE) < below
    for overtone in range(0, len(power), cycles):
        foreign[max(0, overtone - 4):overtone + 5] = False
    return float(10 * np.log10(power[foreign].sum() / power.sum()))


def cycles_near(hz: float) -> int:
    """A whole number of cycles whose overtones, folded back, fall between the overtones and not upon them."""
    cycles = round(hz * FRAMES / RATE)
    while not 0.2 < (FRAMES % cycles) / cycles < 0.45:
        cycles += 1
    return cycles


@pytest.mark.parametrize("name", ["saw_fast", "pulse_fast"])
def test_what_folds_back_is_far_below(name):
    """Below 10 kHz, where it is heard as a foreign tone; and anywhere, most of it close to half the rate."""
    for hz, anywhere in ((110, -50), (440, -45), (1_000, -40), (2_000, -36), (4_000, -31)):
        cycles = cycles_near(hz)
        played = Bench(name).run(FRAMES, controls={"frequency": cycles * RATE / FRAMES})[0].astype(float)
        below, all_of_it = folded_db(played, cycles, 10_000), folded_db(played, cycles)
        print(f"{name} {cycles * RATE / FRAMES:.0f} Hz: folded back below 10 kHz {below:.1f} dB, anywhere {all_of_it:.1f} dB")
        assert below < -78 and all_of_it < anywhere


def test_a_saw_has_every_overtone_at_one_over_n():
    power = np.abs(np.fft.rfft(Bench("saw_fast").run(RATE, controls={"frequency": 100.0})[0].astype(float)))
    levels = 20 * np.log10(power[100:2_100:100] / power[100])
    assert np.abs(levels + 20 * np.log10(np.arange(1, 21))).max() < 0.2


def test_a_pulse_is_two_saws():
    """A rectangle is the difference of two saws, one of them `width` behind the other."""
    hz, high = 300.0, 40                                     # 160 frames, 40 of them high
    square = Bench("pulse_fast").run(4_800, controls={"frequency": hz, "width": high / 160})[0]
    rise = Bench("saw_fast").run(4_800, controls={"frequency": hz})[0]     # drops half a cycle after its start
    difference = rise[80 - high:-80 - high] - rise[80:-80]
    assert np.abs(difference[:4_000] - square[:4_000]).max() < 1e-4


def test_a_saw_that_stands_still_is_silent_in_change():
    played = Bench("saw_fast").run(640, controls={"frequency": lambda frame: 0.0})[0]
    assert np.isfinite(played).all() and np.ptp(played) == 0.0
