"""Echoes and rooms."""
from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from installation.audio.units.rooms import room_lengths, room_memory, room_numbers
from installation.audio.units.spaces import DELAY_SPARE
from installation.dsp import delay, reverb

from .table import RATE, Bench, Case, noise, tone


def room(decay: float, damping: float = 0.5, channels: int = 1, size: float = 20.0, lines: int = 8, predelay: float = 0.0,
         **more: float) -> Bench:
    numbers = room_numbers(size, RATE, lines, predelay)
    controls = {"decay": decay, "damping": damping, "decay_low": 0.0, "decay_high": 0.0, "low_edge": 250.0, "high_edge": 9_000.0,
                "density": 0.5, "modulation": 0.3, "freeze": 0.0, **more}
    return Bench(Case("reverb", channels, 1, controls=controls, numbers={"room": numbers}, memory={"lines": room_memory(numbers)}))


def line(time: float, feedback: float = 0.0, longest: int = 48_000) -> Bench:
    return Bench(Case("delay", 1, controls={"time": time, "feedback": feedback}, memory={"line": longest + DELAY_SPARE}))


def click(frames: int) -> np.ndarray:
    x = np.zeros((1, frames), "f4")
    x[0, 0] = 1.0
    return x


def fall_time(answer: np.ndarray, low: float, high: float) -> float:
    """Seconds for 60 dB between two frequencies, of all channels together: Schroeder's integral, from -5 to -35 dB."""
    band = signal.sosfilt(signal.butter(4, [low, high], "bandpass", fs=RATE, output="sos"), np.atleast_2d(answer))
    power = (band ** 2).sum(axis=0)
    level = 10 * np.log10(np.cumsum(power[::-1])[::-1] / power.sum())
    first, last = np.argmax(level < -5), np.argmax(level < -35)
    return -60 / np.polyfit(np.arange(first, last) / RATE, level[first:last], 1)[0]


def test_the_spare_frames_are_the_kernels_own():
    assert delay.SPARE == DELAY_SPARE
    for lines in (8, 16):
        numbers = room_numbers(9.0, RATE, lines, 0.01)
        assert len(numbers) == reverb.HEAD + lines and numbers[reverb.HEAD:] == room_lengths(9.0, RATE, lines)
        assert room_memory(numbers) == sum(numbers) - numbers[1] + (1 + reverb.DIFFUSERS + lines) * reverb.SPARE


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


@pytest.mark.parametrize("channels", [2, 4, 8, 16])
def test_its_channels_are_strangers_and_together_as_loud_as_what_came_in(channels):
    x = noise(6 * RATE)
    played = room(1.5, 0.0, channels, lines=max(channels, 8)).run(6 * RATE, inputs={"x": x})[:, 3 * RATE:].astype(float)
    alike = np.corrcoef(played) - np.eye(channels)
    assert np.abs(alike).max() < 0.2 and abs(alike.mean()) < 0.05
    assert abs(10 * np.log10((played ** 2).sum() / (x[0, 3 * RATE:].astype(float) ** 2).sum())) < 1.0


@pytest.mark.parametrize("lines", [8, 16])
def test_the_matrix_keeps_power_and_undoes_itself(lines):
    values = np.random.default_rng(5).standard_normal((lines, 64))
    rows = values.copy()
    reverb.hadamard(rows, lines, 64)
    assert abs((rows ** 2).sum() / lines - (values ** 2).sum()) < 1e-10
    reverb.hadamard(rows, lines, 64)
    assert np.abs(rows / lines - values).max() < 1e-12


def test_a_turn_keeps_power_at_every_frame():
    a, b = np.random.default_rng(6).standard_normal((2, 64))
    before = a ** 2 + b ** 2
    reverb.turn(a, b, -0.3, 0.02, 0, 1.0, 64)
    assert np.abs(a ** 2 + b ** 2 - before).max() < 1e-13


@pytest.mark.parametrize("low, middle, high, lines, modulation", [(4.0, 2.0, 1.0, 8, 0.3), (1.0, 2.0, 0.5, 8, 0.0), (2.0, 4.0, 5.0, 16, 1.0)])
def test_low_middle_and_high_die_in_their_own_times(low, middle, high, lines, modulation):
    frames = int(max(low, middle, high) * RATE * 1.1)
    made = room(middle, channels=8, lines=lines, decay_low=low, decay_high=high, low_edge=250.0, high_edge=4_000.0, modulation=modulation)
    answer = made.run(frames, inputs={"x": click(frames)}).astype(float)
    measured = {hz: fall_time(answer, hz / 2 ** 0.5, hz * 2 ** 0.5) for hz in (63, 1_000, 16_000)}
    errors = {hz: round(100 * (measured[hz] / asked - 1), 1) for hz, asked in zip(measured, (low, middle, high))}
    print(f"asked {low}, {middle}, {high} s; errors in % {errors}")
    assert all(abs(error) < 5.0 for error in errors.values())


def test_a_frozen_room_holds_and_lets_nothing_in():
    x = 0.3 * noise(21 * RATE)
    other = x.copy()
    other[:, 2 * RATE:] = 0.0
    held = {"freeze": lambda frame: float(frame >= RATE)}
    played = room(3.0, channels=2, modulation=1.0).run(21 * RATE, inputs={"x": x}, controls=held).astype(float)
    power = (played ** 2).sum(axis=0).reshape(-1, RATE).mean(axis=1)
    print(f"level of each second after the freeze, dB: {np.round(10 * np.log10(power[2:] / power[2]), 2)}")
    assert abs(10 * np.log10(power[-5:].mean() / power[2:7].mean())) < 0.2
    silent = room(3.0, channels=2, modulation=1.0).run(21 * RATE, inputs={"x": other}, controls=held)
    assert np.array_equal(silent, played.astype("f4"))


def test_modulation_does_not_bend_the_pitch():
    """A tone comes out as a tone: what lies further than 5 Hz from it is weak, at the default and at the most."""
    x = tone(8 * RATE, hz=1_000.0)
    for modulation, bound in ((0.3, -45.0), (1.0, -35.0)):
        played = room(2.0, modulation=modulation).run(8 * RATE, inputs={"x": x})[0, 4 * RATE:].astype(float)
        power = np.abs(np.fft.rfft(played * np.blackman(len(played)))) ** 2
        hz = np.fft.rfftfreq(len(played), 1 / RATE)
        beside = 10 * np.log10(power[np.abs(hz - 1_000) > 5].sum() / power.sum())
        print(f"modulation {modulation}: {beside:.1f} dB beside the tone")
        assert beside < bound


def test_density_makes_one_out_of_many_echoes():
    """Among 30 and 90 ms: how many frames lie beyond one deviation, as a part of what noise has (Abel and Huang 2006)."""
    found = {}
    for density in (0.0, 0.5, 1.0):
        answer = room(2.0, 0.0, density=density).run(4_320, inputs={"x": click(4_320)})[0, 1_440:].astype(float)
        found[density] = np.mean(np.abs(answer) > answer.std()) / 0.3173
    print("echo density", {density: round(value, 3) for density, value in found.items()})
    assert found[0.0] < 0.3 * found[0.5] and found[0.5] < found[1.0]


def test_the_room_answers_after_its_predelay():
    x = click(9_600)
    plain = room(2.0, density=0.0).run(9_600, inputs={"x": x})
    late = room(2.0, density=0.0, predelay=0.05, modulation=0.0).run(9_600, inputs={"x": x})
    first = np.argmax(plain[0] != 0.0)
    assert np.argmax(late[0] != 0.0) == first + 2_400


def test_the_same_room_twice_as_loud_is_twice_as_loud():
    x = 0.1 * noise(RATE)
    assert np.abs(2 * room(1.0).run(RATE, inputs={"x": x}) - room(1.0).run(RATE, inputs={"x": 2 * x})).max() < 1e-5


def test_lengths_are_primes_apart_from_each_other():
    for size in (2.0, 20.0, 100.0):
        for rate in (8_000, 48_000, 192_000):
            lengths = room_lengths(size, rate)
            assert len(set(lengths)) == 8 and min(lengths) > 64
            assert all(length % k for length in map(int, lengths) for k in range(2, int(length ** 0.5) + 1))
