"""Echoes and rooms."""
from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from installation.audio.units.rooms import LINES, room_lengths, room_memory
from installation.audio.units.spaces import DELAY_SPARE
from installation.dsp import delay, reverb

from .table import RATE, Bench, Case, noise, tone


def room(decay: float, damping: float = 0.5, channels: int = 1, size: float = 20.0) -> Bench:
    return Bench(Case("reverb", channels, 1, controls={"decay": decay, "damping": damping},
                      numbers={"lengths": room_lengths(size, RATE)}, memory={"lines": room_memory(size, RATE)}))


def line(time: float, feedback: float = 0.0, longest: int = 48_000) -> Bench:
    return Bench(Case("delay", 1, controls={"time": time, "feedback": feedback}, memory={"line": longest + DELAY_SPARE}))


def click(frames: int) -> np.ndarray:
    x = np.zeros((1, frames), "f4")
    x[0, 0] = 1.0
    return x


def fall_time(answer: np.ndarray, low: float, high: float) -> float:
    """Seconds for 60 dB between two frequencies: Schroeder's integral, from -5 to -35 dB."""
    band = signal.sosfilt(signal.butter(4, [low, high], "bandpass", fs=RATE, output="sos"), answer)
    level = 10 * np.log10(np.cumsum(band[::-1] ** 2)[::-1] / np.sum(band ** 2))
    first, last = np.argmax(level < -5), np.argmax(level < -35)
    return -60 / np.polyfit(np.arange(first, last) / RATE, level[first:last], 1)[0]


def test_the_spare_frames_are_the_kernels_own():
    assert delay.SPARE == DELAY_SPARE and reverb.LINES == LINES
    assert room_memory(9.0, RATE) == sum(room_lengths(9.0, RATE)) + LINES * reverb.SPARE


def test_an_echo_comes_when_it_should_and_again():
    played = line(0.01, 0.5).run(2_000, inputs={"x": click(2_000)})[0]
    expected = np.zeros(2_000)
    expected[[480, 960, 1_440, 1_920]] = [1.0, 0.5, 0.25, 0.125]
    assert np.array_equal(played, expected.astype("f4"))


def test_a_delayed_sound_less_the_sound_shifted_is_silence():
    x = noise(9_600)
    assert not np.any(line(0.05).run(9_600, inputs={"x": x})[0, 2_400:] - x[0, :-2_400])


def test_between_frames_it_is_the_curve():
    x = tone(4_800, hz=300.0)
    played = line(100.5 / RATE).run(4_800, inputs={"x": x})[0]
    assert np.abs(played[200:] - np.sin(2 * np.pi * 300 * (np.arange(4_800) - 100.5) / RATE)[200:]).max() < 1e-4


def test_the_longest_and_the_shortest_time():
    longest = line(1.0).run(50_000, inputs={"x": click(50_000)})[0]
    assert np.argmax(longest) == 48_000 and longest.max() == 1.0
    assert np.argmax(line(0.0).run(64, inputs={"x": click(64)})[0]) == 2
    beyond = line(1.0, longest=4_800)
    assert np.argmax(beyond.run(9_600, inputs={"x": click(9_600)}, controls={"time": lambda frame: 1e6})[0]) == 4_800


def test_a_time_that_jumps_is_a_bend_and_not_a_click():
    x = tone(48_000, hz=200.0)
    played = line(0.1).run(48_000, inputs={"x": x}, controls={"time": lambda frame: 4_800.0 if frame < 24_000 else 1_200.0})[0]
    steepest = 2 * np.pi * 200 / RATE
    assert np.abs(np.diff(played[6_000:])).max() < steepest * 1.3
    assert np.abs(played[-2_000:] - np.roll(x[0], 1_200)[-2_000:]).max() < 1e-4


@pytest.mark.parametrize("decay", [0.8, 2.0, 5.0])
def test_a_room_falls_by_60_db_in_its_time(decay):
    frames = int(decay * RATE * 1.1)
    answer = room(decay, damping=0.0).run(frames, inputs={"x": click(frames)})[0].astype(float)
    measured = {hz: round(fall_time(answer, hz / 1.4, hz * 1.4), 2) for hz in (125, 500, 2_000, 8_000)}
    print(f"decay {decay} s, measured {measured}")
    assert all(abs(time / decay - 1) < 0.1 for time in measured.values())


def test_damping_leaves_the_bottom_and_takes_the_top():
    answer = room(2.0, damping=0.5).run(2 * RATE, inputs={"x": click(2 * RATE)})[0].astype(float)
    low, top = fall_time(answer, 80, 250), fall_time(answer, 16_000, 22_000)
    print(f"decay 2 s, damping 0.5: {low:.2f} s below 250 Hz, {top:.2f} s above 16 kHz")
    assert abs(low / 2.0 - 1) < 0.1 and abs(top / 1.0 - 1) < 0.15


@pytest.mark.parametrize("channels", [2, 4, 8])
def test_its_channels_are_strangers_and_together_as_loud_as_what_came_in(channels):
    x = noise(6 * RATE)
    played = room(1.5, 0.0, channels).run(6 * RATE, inputs={"x": x})[:, 3 * RATE:].astype(float)
    alike = np.corrcoef(played) - np.eye(channels)
    assert np.abs(alike).max() < 0.2 and abs(alike.mean()) < 0.05
    assert abs(10 * np.log10((played ** 2).sum() / (x[0, 3 * RATE:].astype(float) ** 2).sum())) < 1.0


def test_the_matrix_keeps_power_and_undoes_itself():
    values = np.random.default_rng(5).standard_normal(8)
    work = values.copy()
    reverb.hadamard(work)
    assert abs((work ** 2).sum() - (values ** 2).sum()) < 1e-12
    reverb.hadamard(work)
    assert np.abs(work - values).max() < 1e-12


def test_the_same_room_twice_as_loud_is_twice_as_loud():
    x = 0.1 * noise(RATE)
    assert np.abs(2 * room(1.0).run(RATE, inputs={"x": x}) - room(1.0).run(RATE, inputs={"x": 2 * x})).max() < 1e-5


def test_lengths_are_primes_apart_from_each_other():
    for size in (2.0, 20.0, 100.0):
        for rate in (8_000, 48_000, 192_000):
            lengths = room_lengths(size, rate)
            assert len(set(lengths)) == 8 and min(lengths) > 64
            assert all(length % k for length in map(int, lengths) for k in range(2, int(length ** 0.5) + 1))
