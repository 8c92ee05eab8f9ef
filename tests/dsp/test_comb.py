"""Comb and all-pass: what rings rings as long as it should, and what should not be heard in level is not. Formants beside them."""
from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from installation.audio.units.filters import COMB_SPARE
from installation.audio.units.voices import VOICES, formants
from installation.dsp import delay

from .table import RATE, Bench, Case, noise, tone


def comb(frequency: float, decay: float, longest: int = 4_800) -> Bench:
    return Bench(Case("comb", 1, controls={"frequency": frequency, "decay": decay}, memory={"line": longest + COMB_SPARE}))


def click(frames: int) -> np.ndarray:
    x = np.zeros((1, frames), "f4")
    x[0, 0] = 1.0
    return x


def test_the_spare_frames_are_the_kernels_own():
    assert delay.SPARE == COMB_SPARE


@pytest.mark.parametrize("frequency", [50.0, 110.0, 443.7, 1_234.5])
@pytest.mark.parametrize("decay", [0.3, 2.0])
def test_it_falls_by_60_db_in_its_time_at_every_frequency(frequency, decay):
    """Also where the period lies between two frames, and also at its high overtones."""
    frames = int(decay * RATE)
    heard = comb(frequency, decay).run(frames, blocks=[frames], inputs={"x": click(frames)})[0].astype(float)
    for band in ((frequency / 2, frequency * 1.5), (6_000.0, 9_000.0)):
        part = signal.sosfilt(signal.butter(2, band, "bandpass", fs=RATE, output="sos"), heard)
        level = 10 * np.log10(np.cumsum(part[::-1] ** 2)[::-1][:int(0.75 * frames)])
        first, last = int(0.15 * frames), int(0.55 * frames)
        time = -60 / np.polyfit(np.arange(first, last) / RATE, level[first:last], 1)[0]
        print(f"{frequency:g} Hz, decay {decay:g} s, {band[0]:g} to {band[1]:g} Hz: {time:.4f} s")
        assert abs(time / decay - 1) < 0.01


@pytest.mark.parametrize("frequency", [110.0, 443.7])
def test_it_rings_at_its_frequency(frequency):
    heard = comb(frequency, 2.0).run(2 * RATE, blocks=[RATE], inputs={"x": click(2 * RATE)})[0].astype(float)
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard)), 16 * RATE))
    around = slice(int(16 * frequency * 0.7), int(16 * frequency * 1.4))
    assert abs((np.argmax(spectrum[around]) + around.start) / 16 / frequency - 1) < 0.0005


def test_noise_comes_out_as_loud_as_it_went_in():
    x = 0.3 * noise(4 * RATE)
    y = comb(220.0, 1.0).run(4 * RATE, blocks=[RATE], inputs={"x": x})[0, RATE:].astype(float)
    assert abs(10 * np.log10((y ** 2).mean() / (x.astype(float) ** 2).mean())) < 1.0


@pytest.mark.parametrize("frames", [7.0, 480.0, 100.37, 55.8])
@pytest.mark.parametrize("gain", [-0.7, 0.5, 0.9])
def test_an_allpass_is_one(frames, gain):
    bench = Bench(Case("allpass", 1, controls={"time": frames / RATE, "gain": gain}, memory={"line": 1_000 + COMB_SPARE}))
    heard = bench.run(1 << 17, blocks=[1 << 17], inputs={"x": click(1 << 17)})[0].astype(float)
    assert np.abs(20 * np.log10(np.abs(np.fft.rfft(heard)))).max() < 0.01


def test_an_allpass_without_gain_is_a_delay():
    x = noise(4_800)
    bench = Bench(Case("allpass", 1, controls={"time": 0.01, "gain": 0.0}, memory={"line": 1_000 + COMB_SPARE}))
    assert np.array_equal(bench.run(4_800, inputs={"x": x})[0, 480:], x[0, :-480])


def test_a_time_that_jumps_bends_and_does_not_click():
    x = tone(48_000, hz=200.0)
    bench = Bench(Case("allpass", 1, controls={"time": 0.1, "gain": 0.0}, memory={"line": 4_800 + COMB_SPARE}))
    heard = bench.run(48_000, inputs={"x": x}, controls={"time": lambda frame: 4_000.3 if frame < 24_000 else 1_200.7})[0]
    assert np.abs(np.diff(heard[6_000:])).max() < 2 * np.pi * 200 / RATE * 1.3


@pytest.mark.parametrize("voice", sorted(VOICES))
def test_a_vowel_has_its_formants(voice):
    """At each vowel the gain is that of five analog bands in parallel, and its first formant is its loudest."""
    hz = np.fft.rfftfreq(1 << 15, 1 / RATE)[40:6_800]
    table = np.array(formants(voice, RATE)).reshape(5, 5, 3)
    for vowel in range(5):
        bench = Bench(Case("formant", 1, controls={"vowel": float(vowel)}, numbers={"bands": formants(voice, RATE)}))
        heard = np.abs(np.fft.rfft(bench.run(1 << 15, blocks=[1 << 15], inputs={"x": click(1 << 15)})[0].astype(float))[40:6_800])
        expected = np.zeros(len(hz), complex)
        for g, k, gain in table[vowel]:
            s = 1j * np.tan(np.pi * hz / RATE) / g
            expected += gain * k * s / (s * s + k * s + 1)
        assert np.abs(20 * np.log10(heard / np.abs(expected))).max() < 0.1
        where, _, width = VOICES[voice][vowel]
        assert abs(hz[np.argmax(heard)] - where[0]) < width[0]
