"""The words of words/effects.py as an artist writes them, heard through the real engine; and what they refuse."""
from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import signal

from installation.audio import ug
from installation.audio.flatten import flatten
from installation.audio.graph import Graph, parameter
from installation.audio.offline import render_plan
from installation.audio.signal import Signal
from installation.terms.declaration import Declaration
from installation.terms.fault import Fault

RATE = 48_000


def heard(kernels: Path, *placed: Signal, seconds: float = 0.2, **values: float) -> np.ndarray:
    """(outputs, frames) of what the engine gives."""
    plan = flatten(Graph.collect(list(placed), outputs=4, rate=RATE, seed=1, name="test"))
    return render_plan(plan, seconds, kernels, outputs=4, values=values).T.astype(float)


def param(name: str, unit: str = "", low: float = 0.0, high: float = 1.0, default: float = 0.0) -> Signal:
    return parameter(name, Declaration(f"/scene/test/{name}", unit=unit, low=low, high=high, default=default))


def refused(call) -> Fault:
    with pytest.raises(Fault) as caught:
        call()
    assert caught.value.where.startswith(__file__)
    assert caught.value.happened.en and caught.value.happened.fr
    return caught.value


def hertz(row: np.ndarray) -> np.ndarray:
    """The frequency of a lone tone, frame by frame."""
    return np.diff(np.unwrap(np.angle(signal.hilbert(row)))) * RATE / (2 * np.pi)


WORDS = {
    "chorus": lambda x: ug.chorus(x, depth="2 ms", voices=4, mix=param("many", default=0.7)),
    "flanger": lambda x: ug.flanger(x, feedback=-0.5),
    "phaser": lambda x: ug.phaser(x, rate="0.5 Hz", stages=4, feedback=param("edge", default=0.5)),
    "vibrato": lambda x: ug.vibrato(x, depth="0.5 semitone", rate=param("flutter", "Hz", 1, 9, 5.0)),
    "taps": lambda x: ug.taps(x, [("10 ms", 0.5), (0.023, -0.3)], feedback=0.5, depth="1 ms"),
    "drive": lambda x: ug.drive(x, param("rage", low=0, high=30, default=4.0)),
    "fold": lambda x: ug.fold(x, 5),
    "crush": lambda x: ug.crush(x, bits=4, rate="6 kHz"),
    "ring": lambda x: ug.ring(x, 300),
    "tremolo": lambda x: ug.tremolo(x, depth=param("deep", default=0.5), rate=20),
    "frequency_shift": lambda x: ug.frequency_shift(x, -200),
    "pitch_shift": lambda x: ug.pitch_shift(x, param("height", "semitone", -12, 12, 3.0)),
}


@pytest.mark.parametrize("word", sorted(WORDS))
def test_each_word_is_heard_on_every_channel_it_was_given(word, kernels):
    given = WORDS[word](ug.white(3) * 0.2)
    assert given.channels == 3
    rows = heard(kernels, ug.to(given))
    assert np.isfinite(rows).all() and (rows[:3, 4_800:].std(axis=1) > 1e-3).all() and not rows[3].any()
    assert np.abs(np.corrcoef(rows[:3, 4_800:]) - np.eye(3)).max() < 0.5


@pytest.mark.parametrize("word", [ug.chorus, ug.flanger, ug.phaser])
def test_one_channel_becomes_two_that_differ_as_much_as_the_width_says(word, kernels):
    wide, narrow = word(ug.white() * 0.2, rate=3), word(ug.white() * 0.2, rate=3, width=0)
    assert wide.channels == narrow.channels == 2
    rows = heard(kernels, ug.to(wide, output=1), ug.to(narrow, output=3))
    assert np.array_equal(rows[2], rows[3]) and np.corrcoef(rows[:2, 4_800:])[0, 1] < 0.98


def test_a_vibrato_swings_by_its_semitones(kernels):
    row = heard(kernels, ug.to(ug.vibrato(ug.sine(1_000) * 0.3, depth=0.5, rate=5)), seconds=1.0)[0]
    heights = 12 * np.log2(hertz(row)[12_000:-4_800] / 1_000)
    assert abs(heights.max() - 0.5) < 0.02 and abs(heights.min() + 0.5) < 0.02


def test_a_tremolo_goes_down_to_silence_and_up_to_the_sound(kernels):
    row = heard(kernels, ug.to(ug.tremolo(ug.sine(2_000) * 0.5, depth=1, rate=10)), seconds=0.5)[0, 4_800:]
    height = np.abs(signal.hilbert(row))[2_400:-2_400]
    assert abs(height.max() - 0.5) < 0.005 and height.min() < 0.005
    plain = heard(kernels, ug.to(ug.tremolo(ug.sine(2_000) * 0.5, depth=0)), ug.to(ug.sine(2_000) * 0.5, output=2))
    assert np.abs(plain[0] - plain[1]).max() < 1e-6


def test_a_ring_is_the_two_tones_beside(kernels):
    row = heard(kernels, ug.to(ug.ring(ug.sine(1_000) * 0.5, 300)), seconds=1.2)[0, -RATE:]
    level = 4 * np.abs(np.fft.rfft(row * np.hanning(RATE))) / RATE
    assert abs(level[700] - 0.25) < 0.001 and abs(level[1_300] - 0.25) < 0.001 and level[1_000] < 1e-4


def test_semitones_and_hertz(kernels):
    rows = heard(kernels, ug.to(ug.pitch_shift(ug.sine(500) * 0.3, 12)), ug.to(ug.frequency_shift(ug.sine(500) * 0.3, 250), output=2), seconds=1.0)
    assert abs(np.median(hertz(rows[0])[24_000:-4_800]) - 1_000) < 0.5
    assert abs(np.median(hertz(rows[1])[24_000:-4_800]) - 750) < 0.01


def test_wrong_arguments_are_refused_at_the_artists_line():
    x = ug.white()
    assert "ug.chorus, voices" in refused(lambda: ug.chorus(x, voices=0)).happened.en
    assert "ug.chorus, width" in refused(lambda: ug.chorus(x, width=2)).happened.en
    assert "ug.flanger, feedback" in refused(lambda: ug.flanger(x, feedback=1)).happened.en
    assert "ug.flanger, x" in refused(lambda: ug.flanger("wind")).happened.en
    assert "even" in refused(lambda: ug.phaser(x, stages=3)).happened.en
    assert "ug.vibrato, rate" in refused(lambda: ug.vibrato(x, rate=0)).happened.en
    assert "ug.vibrato, depth" in refused(lambda: ug.vibrato(x, depth="3 s")).happened.en
    assert "(time, gain)" in refused(lambda: ug.taps(x, [])).happened.en
    assert "(time, gain)" in refused(lambda: ug.taps(x, 0.5)).happened.en
    assert "ug.taps, time" in refused(lambda: ug.taps(x, [(0, 1)])).happened.en
    assert "64 taps" in refused(lambda: ug.taps(x, [(0.1, 1)] * 65)).happened.en
    assert "ug.taps, depth" in refused(lambda: ug.taps(x, [(0.1, 1)], depth=1)).happened.en
    assert "ug.drive, amount" in refused(lambda: ug.drive(x, -1)).happened.en
    assert "ug.fold, amount" in refused(lambda: ug.fold(x, 100)).happened.en
    assert "ug.crush, bits" in refused(lambda: ug.crush(x, bits=0)).happened.en
    assert "ug.ring, x" in refused(lambda: ug.ring(3.0)).happened.en
    assert "ug.tremolo, depth" in refused(lambda: ug.tremolo(x, depth=2)).happened.en
    assert "ug.frequency_shift, shift" in refused(lambda: ug.frequency_shift(x, 1e6)).happened.en
    assert "ug.pitch_shift, window" in refused(lambda: ug.pitch_shift(x, 3, window=1)).happened.en
    assert "ug.pitch_shift, semitones" in refused(lambda: ug.pitch_shift(x, 36)).happened.en
