"""The words of words/filters.py as an artist writes them, heard through the real engine; and what they refuse."""
from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

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


WORDS = {
    "morph": lambda x: ug.morph(x, "1 kHz", resonance=0.5, shape=param("openness", low=0, high=3, default=1.5)),
    "peak": lambda x: ug.peak(x, 1_000, gain=param("bell", "dB", -12, 12, 6.0), width=2),
    "lowshelf": lambda x: ug.lowshelf(x, "200 Hz", gain="-6 dB"),
    "highshelf": lambda x: ug.highshelf(x, 4_000, gain=6, slope=0.5),
    "ladder": lambda x: ug.ladder(x, param("brightness", "Hz", 100, 5_000, 900.0), resonance=0.8, drive=4),
    "comb": lambda x: ug.comb(x, 110, decay="2 s"),
    "comb time": lambda x: ug.comb(x, time="9 ms"),
    "comb moving time": lambda x: ug.comb(x, time=param("pipe", "s", 0.001, 0.02, 0.005)),
    "allpass": lambda x: ug.allpass(x, "31 ms"),
    "formant": lambda x: ug.formant(x, vowel="i", voice="soprano"),
    "formant that moves": lambda x: ug.formant(x, vowel=param("mouth", low=0, high=4, default=2.5)),
    "block_dc": lambda x: ug.block_dc(x + 0.3),
    "crossover": lambda x: ug.mix(*ug.crossover(x, 800)),
}


@pytest.mark.parametrize("word", sorted(WORDS))
def test_each_word_is_heard_on_every_channel_it_was_given(word, kernels):
    given = WORDS[word](ug.white(2) * 0.2)
    assert given.channels == 2
    rows = heard(kernels, ug.to(given))
    assert np.isfinite(rows).all() and (rows[:2, 4_800:].std(axis=1) > 1e-3).all() and not rows[2:].any()
    assert abs(np.corrcoef(rows[:2, 2_400:])[0, 1]) < 0.5


def test_a_crossover_gives_low_and_high_of_every_channel(kernels):
    low, high = ug.crossover(ug.white(2) * 0.2, 1_000)
    rows = heard(kernels, ug.to(low, output=1), ug.to(high, output=3), seconds=0.5)[:, 4_800:]
    power = np.abs(np.fft.rfft(rows * np.hanning(rows.shape[1]))) ** 2
    below = np.fft.rfftfreq(rows.shape[1], 1 / RATE) < 1_000
    share = power[:, below].sum(1) / power.sum(1)
    assert (share[:2] > 0.8).all() and (share[2:] < 0.01).all()


def test_a_standing_offset_goes(kernels):
    rows = heard(kernels, ug.to(ug.block_dc(ug.sine(200) * 0.1 + 0.3)), seconds=1.0)
    assert abs(rows[0, -4_800:].mean()) < 1e-3 and abs(rows[0, -4_800:].std() - 0.1 / np.sqrt(2)) < 1e-3


def test_a_comb_by_its_time_is_the_comb_of_one_over_it(kernels):
    by_time = heard(kernels, ug.to(ug.comb(ug.saw(50) * 0.1, time=0.01)))
    assert np.array_equal(by_time, heard(kernels, ug.to(ug.comb(ug.saw(50) * 0.1, 100.0))))


def test_wrong_arguments_are_refused_at_the_artists_line():
    x = ug.white()
    assert "one of them" in refused(lambda: ug.comb(x)).happened.en
    assert "one of them" in refused(lambda: ug.comb(x, 100, time=0.01)).happened.en
    assert "ug.comb, frequency" in refused(lambda: ug.comb(x, 0.0)).happened.en
    assert "ug.comb, time" in refused(lambda: ug.comb(x, time=0.0)).happened.en
    assert "ug.comb, frequency" in refused(lambda: ug.comb(x, "3 s")).happened.en
    assert "ug.comb, longest" in refused(lambda: ug.comb(x, 100, longest=0.0)).happened.en
    assert "ug.allpass, time" in refused(lambda: ug.allpass(x, 1e9)).happened.en
    assert "ug.peak, gain" in refused(lambda: ug.peak(x, 1_000, gain=40)).happened.en
    assert "ug.lowshelf, slope" in refused(lambda: ug.lowshelf(x, 1_000, 6, slope=2)).happened.en
    assert "ug.ladder, resonance" in refused(lambda: ug.ladder(x, 1_000, resonance=4)).happened.en
    assert "ug.block_dc" in refused(lambda: ug.block_dc("loud")).happened.en
    assert "32 channels" in refused(lambda: ug.crossover(ug.white(40), 100)).happened.en
    wrong = refused(lambda: ug.formant(x, voice="basso"))
    assert "soprano" in wrong.happened.en and "bass" in wrong.remedy.en
    assert "a, e, i, o, u" in refused(lambda: ug.formant(x, vowel="y")).happened.en
    assert 'Did you mean "notch"' in refused(lambda: ug.filter(x, 100, mode="notsh")).remedy.en
