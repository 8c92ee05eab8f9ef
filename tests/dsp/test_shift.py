"""Moving frequencies: by hertz, exactly and without a mirror image; by semitones, without a seam."""
from __future__ import annotations

import numpy as np
import pytest

from installation.audio.units.effects import HEADS_SPARE
from installation.audio.units.shifts import SECTIONS, quarter_turn
from installation.dsp import delay, shift

from .table import RATE, Bench, Case, noise


def sine(hertz: float, frames: int) -> np.ndarray:
    return np.sin(2 * np.pi * hertz * np.arange(frames) / RATE)[None].astype("f4")


def shifted(x: np.ndarray, hertz: float) -> np.ndarray:
    return Bench(Case("frequency_shift", 1, controls={"shift": hertz}, numbers={"sections": quarter_turn(RATE)})).run(
        x.shape[1], blocks=[4_096], inputs={"x": x})[0].astype(float)


def pitched(x: np.ndarray, semitones: float, channels: int = 1, window: int = 2_400) -> np.ndarray:
    bench = Bench(Case("pitch_shift", channels, controls={"semitones": semitones}, numbers={"window": (float(window),)},
                       memory={"line": 4 * window + HEADS_SPARE}))
    return bench.run(x.shape[1], blocks=[4_096], inputs={"x": x}).astype(float)


def level(y: np.ndarray, hertz: float) -> float:
    """The amplitude of a frequency, whole hertz, in the last second."""
    n = np.arange(RATE)
    return 4 * abs((y[-RATE:] * np.hanning(RATE) * np.exp(-2j * np.pi * hertz * n / RATE)).mean())


def test_what_is_declared_is_the_kernels_own():
    assert shift.SECTIONS == SECTIONS and delay.SPARE == HEADS_SPARE


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
def test_the_pair_is_a_quarter_turn_apart(rate):
    z = np.exp(2j * np.pi * np.geomspace(50, 0.49 * rate, 2_000) / rate)
    chain = [np.ones_like(z), 1 / z]
    for index, a in enumerate(quarter_turn(rate)):
        chain[index % 2] = chain[index % 2] * (a - z ** -2) / (1 - a * z ** -2)
    below = np.minimum(abs(chain[0] + 1j * chain[1]), abs(chain[0] - 1j * chain[1])) / 2
    inside = z.imag > np.sin(2 * np.pi * 49 / rate)
    print(f"{rate} Hz: image {20 * np.log10(below[inside].max()):.1f} dB")
    assert 20 * np.log10(below[inside].max()) < -75


@pytest.mark.parametrize("by", [250, -250])
@pytest.mark.parametrize("hertz", [50, 300, 1_000, 5_000, 15_000])
def test_a_tone_is_moved_by_the_hertz_asked_and_has_no_image(hertz, by):
    y = shifted(sine(hertz, 2 * RATE), by)
    wanted, image = level(y, abs(hertz + by)), level(y, abs(hertz - by))
    print(f"{hertz} Hz by {by}: {20 * np.log10(wanted):.3f} dB, image {20 * np.log10(image / wanted):.1f} dB")
    assert abs(20 * np.log10(wanted)) < 0.05 and 20 * np.log10(image / wanted) < -80


def test_1_khz_moves_by_exactly_the_hertz_asked():
    y = shifted(sine(1_000, 11 * RATE), 123.456)[RATE:]
    n = np.arange(len(y))
    turned = y * np.exp(-2j * np.pi * 1_123.456 * n / RATE)
    parts = turned.reshape(10, -1).mean(1)
    drift = np.unwrap(np.angle(parts))
    assert np.abs(drift - drift[0]).max() / (2 * np.pi) / 9 < 1e-4          # turns in nine seconds: hertz


def test_a_shift_of_nothing_keeps_every_level_and_there_and_back_is_the_same():
    y = shifted(sine(700, 2 * RATE), 0.0)
    assert abs(20 * np.log10(level(y, 700))) < 0.01
    back = shifted(shifted(sine(2_000, 2 * RATE), 500.0)[None].astype("f4"), -500.0)
    assert abs(20 * np.log10(level(back, 2_000))) < 0.02


@pytest.mark.parametrize("semitones", [-12.0, -5.0, 0.3, 4.0, 7.0, 12.0])
def test_a_tone_goes_to_its_pitch_without_a_seam(semitones):
    """220 Hz and its overtones: what is not at the new overtones is far below."""
    n = np.arange(4 * RATE)
    x = sum(np.sin(2 * np.pi * 220 * k * n / RATE + k) / k for k in range(1, 9))[None] * 0.3
    y = pitched(x.astype("f4"), semitones)[0, -(1 << 16):]
    f0 = 220 * 2 ** (semitones / 12)
    power = np.abs(np.fft.rfft(y * np.blackman(len(y)))) ** 2
    hz = np.fft.rfftfreq(len(y), 1 / RATE)
    near = np.abs(hz / f0 - np.round(hz / f0)) * f0 < 5
    near &= (np.round(hz / f0) >= 1) & (np.round(hz / f0) <= 8)
    seams = 10 * np.log10(power[~near].sum() / power.sum())
    loud = 10 * np.log10((y ** 2).mean() / (x ** 2).mean())
    print(f"{semitones:+g} semitones: beside the overtones {seams:.1f} dB, level {loud:+.2f} dB")
    assert seams < -60 and abs(loud) < 0.1


@pytest.mark.parametrize(("hertz", "bound"), [(1_000, -95), (3_000, -95), (5_000, -75), (9_000, -45)])
def test_a_pure_tone_stays_pure(hertz, bound):
    """Also one whose period is a whole number of the frames from one point that is compared to the next (3 kHz)."""
    y = pitched(sine(hertz, 2 * RATE), 4.0)[0, -(1 << 16):]
    power = np.abs(np.fft.rfft(y * np.blackman(len(y)))) ** 2
    top = int(np.argmax(power))
    beside = power.sum() - power[top - 40:top + 41].sum()
    print(f"{hertz} Hz by a third: beside it {10 * np.log10(beside / power.sum()):.1f} dB")
    assert abs(top * RATE / len(y) / (hertz * 2 ** (4 / 12)) - 1) < 0.001 and 10 * np.log10(beside / power.sum()) < bound


@pytest.mark.parametrize(("window", "bound"), [(2_400, -17), (4_800, -30)])
def test_three_tones_without_a_common_period(window, bound):
    """The limit of the method, and what a longer window gives."""
    chord = sine(220, 2 * RATE) + sine(311.1, 2 * RATE) + sine(493.9, 2 * RATE)
    y = pitched(0.2 * chord, 7.0, window=window)[0, -(1 << 16):]
    power, hz = np.abs(np.fft.rfft(y * np.blackman(len(y)))) ** 2, np.fft.rfftfreq(len(y), 1 / RATE)
    near = np.any([np.abs(hz - tone * 2 ** (7 / 12)) < 8 for tone in (220, 311.1, 493.9)], axis=0)
    level = 10 * np.log10(power[~near].sum() / power.sum())
    print(f"three tones by a fifth, window {window / RATE:g} s: beside them {level:.1f} dB")
    assert level < bound


def test_a_pitch_shift_of_nothing_is_the_sound():
    x = noise(9_600, 2)
    y = pitched(x, 0.0, 2)
    assert np.array_equal(y[:, 4:], x[:, :-4].astype(float))


def test_channels_jump_together():
    x = np.repeat(noise(RATE), 2, axis=0)
    y = pitched(x, 5.0, 2)
    assert np.array_equal(y[0], y[1])


@pytest.mark.parametrize("semitones", [-24.0, -7.0, 7.0, 24.0])
def test_noise_keeps_its_level(semitones):
    x = noise(2 * RATE)
    y = pitched(x, semitones)[0, RATE:]
    loud = 10 * np.log10((y ** 2).mean() / (x.astype(float) ** 2).mean())
    print(f"noise by {semitones:+g} semitones: {loud:+.2f} dB")
    assert abs(loud) < 3.0
