"""The words for tones, noises and walks, as an artist writes them, heard through the real engine."""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import soundfile

from installation.audio import ug
from installation.audio.flatten import flatten
from installation.audio.graph import Graph, parameter
from installation.audio.offline import render_plan
from installation.audio.signal import Signal
from installation.terms.declaration import Declaration, Kind
from installation.terms.fault import Fault

RATE = 48_000


@dataclass(frozen=True)
class Speaker:
    output: int
    azimuth: float
    distance: float | None = None


ROOM = (Speaker(1, 30), Speaker(2, -30))


@pytest.fixture
def folder(tmp_path):
    """A piece with one cycle, four cycles, and next to nothing."""
    turn = np.arange(600) / 600
    soundfile.write(tmp_path / "cycle.wav", 0.5 * np.sin(2 * np.pi * turn) + 0.25 * np.sin(6 * np.pi * turn), 44_100, subtype="FLOAT")
    soundfile.write(tmp_path / "four.wav", np.concatenate([np.sin(2 * np.pi * (k + 1) * turn) for k in range(4)]), 44_100, subtype="FLOAT")
    soundfile.write(tmp_path / "short.wav", np.ones(5), RATE, subtype="FLOAT")
    with ug.piece(tmp_path, RATE, tmp_path / "cache"):
        yield tmp_path


def heard(kernels: Path, sound: Signal, seconds: float = 0.5, settle: float = 0.1) -> np.ndarray:
    """(channels, frames) of what the engine gives, once the room has opened."""
    plan = flatten(Graph.collect(ug.to(sound), outputs=2, rate=RATE, loudspeakers=ROOM, seed=1, name="test"))
    return render_plan(plan, seconds + settle, kernels, outputs=2).T[:, round(settle * RATE):].astype(float)


def overtones(x: np.ndarray, hz: int) -> np.ndarray:
    """Levels of the first six overtones of half a second, over the highest of them."""
    levels = np.abs(np.fft.rfft(x[:RATE // 2]))[hz // 2:4 * hz:hz // 2][:6]
    return levels / levels.max()


def refused(call, *arguments, **more) -> Fault:
    with pytest.raises(Fault) as caught:
        call(*arguments, **more)
    assert caught.value.where.startswith(__file__)
    assert caught.value.happened.en and caught.value.happened.fr
    return caught.value


def trigger() -> Signal:
    return parameter("touched", Declaration("/scene/test/touched", Kind.TRIGGER))


def test_a_wavetable_of_levels_and_files_and_both(kernels, folder):
    assert np.abs(overtones(heard(kernels, ug.wavetable([1, 0.5, 0.3], 200) * 0.3)[0], 200) - [1, 0.5, 0.3, 0, 0, 0]).max() < 1e-3
    assert np.abs(overtones(heard(kernels, ug.wavetable("cycle.wav", 200) * 0.3)[0], 200) - [1, 0, 0.5, 0, 0, 0]).max() < 1e-3
    mixed = ug.wavetable([[1], "cycle.wav", [0, 0, 0, 1]], 200, morph=1)
    assert np.abs(overtones(heard(kernels, mixed * 0.3)[0], 200) - [0, 0, 0, 1, 0, 0]).max() < 1e-3
    for k, morph in enumerate((0, 1 / 3, 2 / 3, 1)):
        assert np.argmax(overtones(heard(kernels, ug.wavetable("four.wav", 200, morph, cycles=4) * 0.3)[0], 200)) == k


def test_the_largest_wavetable_can_be_played(kernels, folder):
    """32 waves of 512 overtones are 676,000 numbers, 5.4 MB."""
    waves = [[1 / (1 + (n * (k + 1)) % 7) for n in range(512)] for k in range(32)]
    assert np.abs(heard(kernels, ug.wavetable(waves, 40, morph=0.7) * 0.3, seconds=0.1)).max() > 0.05


@pytest.mark.parametrize("waves, more, id", [
    ([], {}, "graph.numbers"), ("none.wav", {}, "recording.missing"), ("short.wav", {}, "recording.cycles"),
    ("cycle.wav", {"cycles": 100}, "graph.range"), ("four.wav", {"cycles": 0}, "graph.range"), ([1] * 513, {}, "graph.numbers"),
    ([1, float("nan")], {}, "graph.range"), ([1, "cycle.wav", 2], {}, "graph.numbers"), (3, {}, "graph.numbers"),
    ([[1]] * 33, {}, "graph.range"), ([[1], []], {}, "graph.numbers"), ("../cycle.wav", {}, "recording.outside")])
def test_what_a_wavetable_cannot_be_made_of(folder, waves, more, id):
    assert refused(ug.wavetable, waves, **more).id == id


def test_triggers_and_sounds_pluck_and_strike(kernels):
    for word in (lambda on: ug.pluck(on, 220), lambda on: ug.modal(on, "bar")):
        assert heard(kernels, word(ug.impulse(4)))[0].std() > 0.003
        plan = flatten(Graph.collect(ug.to(word(trigger())), outputs=2, rate=RATE, loudspeakers=ROOM, seed=1, name="test"))
        assert plan.triggers
        refused(word, 0.5)
    refused(ug.pluck, ug.white(2))


def test_a_sound_rings_in_a_body_channel_by_channel(kernels):
    both = heard(kernels, ug.modal(ug.white(2) * 0.2, [300, 700], decays=0.5, gains=1, driven=True), seconds=1.5, settle=0.5)
    assert 0.02 < both[0].std() < 0.6 and abs(np.corrcoef(both)[0, 1]) < 0.5
    levels = np.abs(np.fft.rfft(both[0]))
    assert abs(np.argmax(levels) * RATE / both.shape[1] - 300) < 5 or abs(np.argmax(levels) * RATE / both.shape[1] - 700) < 5


def test_a_bodys_lowest_mode_is_where_frequency_says(kernels):
    for name in ("bar", "bell", "membrane", "plate"):
        rung = heard(kernels, ug.modal(ug.impulse(0.01), name, decays=2, frequency=200) * 0.5, seconds=1.0)[0]
        levels = np.abs(np.fft.rfft(rung * np.hanning(len(rung))))
        assert levels[198:203].max() > 20 * levels[100:190].max()
    assert ug.modal(ug.impulse(), [440, 500], gains=[1, 0.5], decays=[1, 2]).channels == 1


@pytest.mark.parametrize("call, id", [
    (lambda: ug.modal(ug.white(), "bel"), "graph.mode"), (lambda: ug.modal(ug.white(), []), "graph.numbers"),
    (lambda: ug.modal(ug.white(), [440] * 65), "graph.numbers"), (lambda: ug.modal(ug.white(), [440, -1]), "graph.range"),
    (lambda: ug.modal(ug.white(), [440, 500], decays=[1]), "graph.numbers"), (lambda: ug.modal(ug.white(), [440], decays=0), "graph.range"),
    (lambda: ug.modal(ug.white(), [440], gains=[1, 2]), "graph.numbers"), (lambda: ug.modal(ug.white(), 440), "graph.numbers"),
    (lambda: ug.pluck(ug.impulse(), 10), "graph.range"), (lambda: ug.pluck(ug.impulse(), position=0.7), "graph.range"),
    (lambda: ug.fm(200, index=-1), "graph.range"), (lambda: ug.dust(-1), "graph.range"), (lambda: ug.velvet(channels=0), "graph.range"),
    (lambda: ug.walk(1, 0, 1, step=2), "graph.range"), (lambda: ug.wander(uneven=-1), "graph.range")])
def test_what_would_make_no_sound_is_refused(call, id):
    assert refused(call).id == id
    if id == "graph.mode":
        assert "bell" in refused(call).remedy.en


def test_noises_differ_word_by_word(kernels):
    for word in (ug.brown, lambda: ug.velvet(3_000), lambda: ug.dust(3_000)):
        plan = flatten(Graph.collect([ug.to(word() * 0.3, 1), ug.to(word() * 0.3, 2)], outputs=2, rate=RATE, loudspeakers=ROOM, seed=1, name="test"))
        one, two = render_plan(plan, 0.5, kernels, outputs=2).T[:, 4_800:]
        assert one.std() > 0.005 and not np.array_equal(one, two)
