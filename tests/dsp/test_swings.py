"""Chorus and phaser: what swings swings as far and as often as it should."""
from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from installation.audio.units.effects import HEADS_SPARE
from installation.dsp import curve

from .table import RATE, Bench, Case, noise

curve_between = getattr(curve.between, "py_func", curve.between)


def heads(*pairs: float, channels: int = 1, **controls: float) -> Bench:
    given = {"time": 0.0, "depth": 0.0, "rate": 0.0, "feedback": 0.0, "mix": 1.0, "width": 1.0, **controls}
    return Bench(Case("chorus", channels, controls=given, numbers={"heads": pairs}, memory={"line": 9_600 + HEADS_SPARE}))


def click(frames: int) -> np.ndarray:
    x = np.zeros((1, frames), "f4")
    x[0, 0] = 1.0
    return x


def test_taps_come_when_they_should_and_again():
    y = heads(100.0, 0.5, 250.0, -0.25, feedback=0.5).run(600, inputs={"x": click(600)})[0]
    expected = np.zeros(600)
    expected[[100, 250, 350, 500]] = [0.5, -0.25, 0.25, -0.125]             # the last head starts the rhythm again
    assert np.array_equal(y, expected.astype("f4"))


def test_without_a_mix_it_is_the_sound():
    x = noise(4_800)
    assert np.array_equal(heads(0.0, 1.0, time=0.01, depth=0.003, rate=1.0, mix=0.0).run(4_800, inputs={"x": x}), x)


def test_the_pitch_swings_as_far_as_said():
    """A sine through one head: its frequency swings by 2 pi * depth * rate."""
    x = np.sin(2 * np.pi * 1_000 * np.arange(2 * RATE) / RATE)[None].astype("f4")
    y = heads(0.0, 1.0, time=0.02, depth=0.002, rate=5.0).run(2 * RATE, inputs={"x": x})[0, RATE // 2:].astype(float)
    hertz = np.diff(np.unwrap(np.angle(signal.hilbert(y))))[2_000:-2_000] * RATE / (2 * np.pi)
    expected = 2 * np.pi * 0.002 * 5.0
    assert abs(hertz.max() / 1_000 - 1 - expected) < 0.001 and abs(1 - hertz.min() / 1_000 - expected) < 0.001


def test_a_flange_has_its_notches_whole():
    """1 + a delay of 48 frames: nothing is left at 500 Hz, 1.5 kHz…, whatever the feedback; the sound is whole at 1 kHz."""
    for feedback in (0.0, 0.7, -0.7):
        y = heads(0.0, 1.0, time=0.001, mix=0.5, feedback=feedback).run(1 << 14, blocks=[1 << 14], inputs={"x": click(1 << 14)})[0].astype(float)
        gain = np.abs(signal.freqz(y, worN=[500.0, 1_000.0, 1_500.0], fs=RATE)[1])
        assert gain[0] < 1e-3 and gain[2] < 1e-3
        assert abs(gain[1] * (1 - feedback) - 1) < 1e-3


def test_channels_swing_apart_or_together():
    x = np.repeat(noise(RATE), 2, axis=0)
    settings = {"time": 0.015, "depth": 0.004, "rate": 2.0}
    apart = heads(0.0, 1.0, 0.0, 1.0, channels=2, **settings).run(RATE, inputs={"x": x})
    alike = heads(0.0, 1.0, 0.0, 1.0, channels=2, **{**settings, "width": 0.0}).run(RATE, inputs={"x": x})
    assert np.array_equal(alike[0], alike[1])
    assert abs(np.corrcoef(apart[:, 4_800:])[0, 1]) < 0.3


def test_a_loop_through_the_curve_does_not_grow():
    """The curve between frames never gains, so 0.95 round and round falls."""
    way, w = np.linspace(0, 1, 101)[:, None], np.linspace(0, np.pi, 500)[None]
    curve = [curve_between(*(float(k == place) for k in range(6)), way) for place in range(6)]
    gain = np.abs(sum(c * np.exp(-1j * w * k) for k, c in enumerate(curve)))
    at_12 = 20 * np.log10(gain[50, np.argmin(np.abs(w[0] - np.pi / 2))])
    print(f"the curve gains {gain.max():.4f} at most, and halfway between frames it dulls 12 kHz by {-at_12:.2f} dB")
    assert gain.max() < 1.0001 and -at_12 < 0.5


def test_the_curve_goes_through_any_quintic():
    place = np.arange(-2.0, 4.0)
    for power in range(6):
        for way in (0.0, 0.3, 0.9):
            assert abs(curve_between(*(place ** power), way) - way ** power) < 1e-9


def phaser(stages: float = 6.0, channels: int = 1, **controls: float) -> Bench:
    given = {"centre": 800.0, "depth": 0.0, "rate": 0.0, "feedback": 0.0, "width": 1.0, **controls}
    return Bench(Case("phaser", channels, controls=given, numbers={"stages": (stages,)}))


@pytest.mark.parametrize("feedback", [0.0, 0.6, -0.6])
@pytest.mark.parametrize("stages", [2, 6, 12])
def test_a_phaser_that_stands_still_meets_its_equation(stages, feedback):
    hz = np.fft.rfftfreq(1 << 15, 1 / RATE)[14:12_288]
    y = phaser(float(stages), feedback=feedback).run(1 << 15, blocks=[1 << 15], inputs={"x": click(1 << 15)})[0].astype(float)
    heard = np.fft.rfft(y)[14:12_288]
    s = 1j * np.tan(np.pi * hz / RATE) / np.tan(np.pi * 800 / RATE)
    chain = ((1 - s) / (1 + s)) ** stages
    assert np.abs(heard - 0.5 * (1 + chain) / (1 - feedback * chain)).max() < 1e-4


def test_it_swings_by_octaves():
    """Two octaves up at the quarter of a cycle: the one notch of two stages lies at the centre times four (as tan goes)."""
    depth, frames = 2.0, 1 << 15
    bench = phaser(2.0, depth=depth)
    bench.state[12] = 0.25
    y = bench.run(frames, blocks=[frames], inputs={"x": click(frames)})[0].astype(float)
    hz = np.linspace(2_800.0, 3_600.0, 801)
    lowest = hz[np.argmin(np.abs(signal.freqz(y, worN=hz, fs=RATE)[1]))]
    expected = np.arctan(np.tan(np.pi * 800 / RATE) * 2 ** depth) * RATE / np.pi
    assert abs(lowest / expected - 1) < 0.001
