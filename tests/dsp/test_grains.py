"""Clouds of grains: how many, where, and that they are the recording."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from installation.audio.units.grains import SPARE, grain_state
from installation.dsp.windows import FALL, HANN, TUKEY

from .table import RATE, Bench, Case, noise, tone

STILL = {"rate": 1.0, "density": 20.0, "size": 0.1, "pitch_scatter": 0.0, "position_scatter": 0.0, "jitter": 0.0, "spread": 0.0,
         "reverse": 0.0, "position": 0.0}


def cloud(table: np.ndarray, channels: int = 1, window: int = HANN, most: int = 64, **controls: float) -> Bench:
    return Bench(Case("grains", channels, controls={**STILL, **controls}, numbers={"shape": (float(window),)}, table=table,
                      state=grain_state(most)))


def live(channels: int = 1, wide: int = 1, longest: int = 9_600, most: int = 64, **controls: float) -> Bench:
    return Bench(Case("live_grains", channels, wide, controls={**STILL, **controls}, numbers={"shape": (0.0,)},
                      memory={"line": wide * (longest + SPARE)}, state=grain_state(most)))


def onsets(played: np.ndarray) -> np.ndarray:
    return np.flatnonzero(played > 0)


def test_one_grain_is_the_window_times_the_recording():
    table = noise(9_600)
    x = np.arange(4_800) / 4_800
    windows = {HANN: np.sin(np.pi * x) ** 2, TUKEY: np.sin(np.pi / 2 * np.minimum(1, np.minimum(x, 1 - x) * 4)) ** 2,
               FALL: np.minimum(x / 0.02, 1) * np.maximum(np.exp(-6.907755 * x) - 0.001, 0)}
    for kind, window in windows.items():
        played = cloud(table, window=kind, density=1.0).run(6_000)[0]
        assert np.abs(played[:4_800] - window * table[0, :4_800]).max() < 2e-5 * (40 if kind == FALL else 1), kind
        assert not np.any(played[4_801:])


def test_even_grains_two_at_a_time_are_the_recording():
    """Hann windows half over each other sum to 1; each grain begins where the one before has come to."""
    table = noise(RATE)
    bench = cloud(table, density=20.0, size=0.1)
    played = bench.run(24_000, blocks=[1], controls={"position": lambda frame: min(frame, RATE) / RATE})[0]
    assert np.abs(played[2_400:21_000] - table[0, 2_400:21_000]).max() < 2e-4


def test_a_grain_is_born_between_frames():
    """2.5 frames apart: every other grain is half a frame old when it is first heard, and reads half a frame on."""
    table = (np.arange(4_000)[None, :] / 4_000).astype("f4")
    bench = cloud(table, density=RATE / 2_000.5, size=0.02, position=0.5)
    played = bench.run(6_000)[0]
    x = (np.arange(960) + 0.5) / 960
    assert np.abs(played[2_001:2_961] - (np.sin(np.pi * x) ** 2 * (2_000 + np.arange(960) + 0.5) / 4_000)).max() < 2e-5


@pytest.mark.parametrize("jitter", [0.0, 1.0])
def test_density_is_grains_per_second(jitter):
    bench = cloud(np.ones((1, 4_000), "f4"), density=100.0, size=0.001, jitter=jitter, position=0.2)
    played = bench.run(10 * RATE)[0] > 0
    born = np.flatnonzero(played[1:] & ~played[:-1])
    assert abs(len(born) - 1_000) < (2 if jitter == 0 else 150)
    gaps = np.diff(born)
    assert gaps.std() < 1.0 if jitter == 0 else gaps.std() > 0.7 * gaps.mean()


def test_pitch_scatter_and_reverse():
    table = tone(RATE, hz=1_000)
    bench = cloud(table, density=10.0, size=0.1, pitch_scatter=12.0, reverse=0.5, position=0.4, jitter=0.0)
    played = bench.run(5 * RATE)[0]
    heights = []
    for grain in range(50):
        piece = played[4_800 * grain:4_800 * grain + 4_800]
        heights.append(np.argmax(np.abs(np.fft.rfft(piece, 48_000))))
    assert 480 < min(heights) < 700 and 1_400 < max(heights) < 2_020


def test_spread_is_anywhere_at_constant_power():
    bench = cloud(np.ones((1, 4_000), "f4"), channels=6, density=50.0, size=0.01, spread=1.0, window=TUKEY)
    played = bench.run(4 * RATE)
    power = (played.astype(float) ** 2).sum(axis=0)
    assert abs(np.percentile(power[power > 0.01], 99) - 1.0) < 0.01 and ((played ** 2).sum(axis=1) > 100).all()
    middle = cloud(np.ones((1, 4_000), "f4"), channels=2, density=50.0, size=0.01).run(RATE)
    assert np.array_equal(middle[0], middle[1])


def test_no_more_grains_than_there_is_room_for():
    one = cloud(np.ones((1, 48_000), "f4"), density=100.0, size=0.1, most=1, window=TUKEY)
    played = one.run(2 * RATE)[0]
    assert played.max() <= 1.0 / np.sqrt(5.0) + 1e-5


def test_live_grains_are_what_was_heard_that_long_ago():
    frames = 24_000
    sound = noise(frames)
    bench = live(density=20.0, size=0.1, position=0.05)
    played = bench.run(frames, inputs={"x": sound})[0]
    assert np.abs(played[7_200:22_000] - sound[0, 7_200 - 2_400:22_000 - 2_400]).max() < 2e-4


@pytest.mark.parametrize("rate", [4.0, 0.1, -2.0])
def test_live_grains_stay_within_what_is_remembered(rate):
    """A ramp that comes in: every grain at whatever speed reads what is at most `longest` old, and nothing that is yet to come."""
    frames = 60_000
    sound = (np.arange(frames)[None, :] / frames).astype("f4")
    for position in (0.0, 0.1, 10.0):
        played = live(density=5.0, size=0.199, position=position, rate=rate).run(frames, inputs={"x": sound})[0]
        assert np.all(played <= sound[0] + 1e-6) and played[20_000:].max() > 0.2


@pytest.mark.parametrize("make", [lambda most: cloud(noise(5_000, 2), 2, most=most, **WILD), lambda most: live(2, 2, 2_000, most, **WILD)])
@pytest.mark.parametrize("most", [3, 64])
def test_no_block_size_can_be_heard(make, most):
    whole = make(most).run(9_600)
    for blocks in ([1, 7, 64, 3, 200, 31], [9_600]):
        assert np.array_equal(whole, make(most).run(9_600, blocks=blocks)), blocks


WILD: dict[str, Any] = {"rate": 1.3, "density": 1_500.0, "size": 0.004, "pitch_scatter": 12.0, "position_scatter": 0.02, "jitter": 1.0,
                        "spread": 1.0, "reverse": 0.5, "position": 0.02}
