"""Recordings, banks, clouds, what comes in and loops, through the real engine."""
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from installation.audio import ug
from installation.audio.flatten import flatten
from installation.audio.graph import Graph, parameter
from installation.audio.offline import Session, render_plan
from installation.audio.plan import Numbers, Plan, Recording
from installation.audio.recording import GAP, load
from installation.audio.signal import Signal
from installation.terms.declaration import Declaration, Kind
from installation.terms.fault import Fault

RATE = 48_000


@pytest.fixture
def folder(tmp_path):
    """A piece with a few recordings: each of the bells says its own number."""
    (tmp_path / "sounds/bells").mkdir(parents=True)
    (tmp_path / "empty").mkdir()
    (tmp_path / "mixed").mkdir()
    for number, (frames, rate, channels) in enumerate(((480, RATE, 1), (960, RATE, 2), (441, 44_100, 1))):
        soundfile.write(tmp_path / f"sounds/bells/{number}.wav", np.full((frames, channels), 0.1 + 0.1 * number), rate, subtype="FLOAT")
        soundfile.write(tmp_path / f"mixed/{number}.wav", np.zeros((10, channels + 2 * (number > 0))), RATE)
    (tmp_path / "sounds/bells/read me.txt").write_text("not a sound")
    soundfile.write(tmp_path / "sounds/tone.wav", 0.2 * np.sin(np.arange(9_600) * 0.05), RATE, subtype="FLOAT")
    with ug.piece(tmp_path, RATE, tmp_path / "cache"):
        yield tmp_path


def planned(*placed: Signal) -> Plan:
    return flatten(Graph.collect(list(placed), outputs=2, rate=RATE, seed=1, name="test"))


def heard(kernels: Path, placed: Signal, seconds: float = 0.3, **more: Any) -> np.ndarray:
    """(channels, frames) of what the engine gives."""
    plan = planned(placed)
    return render_plan(plan, seconds, kernels, samples={entry.path: load(entry.path, RATE) for entry in plan.recordings}, **more).T


def refused(call: Callable, *arguments: Any, **more: Any) -> Fault:
    with pytest.raises(Fault) as caught:
        call(*arguments, **more)
    assert "test_recordings_words" in caught.value.where and caught.value.happened.en and caught.value.happened.fr
    return caught.value


def region(plan: Plan) -> tuple[float, ...]:
    (found,) = [binding.values for unit in plan.units for binding in unit.bindings
                if isinstance(binding, Numbers) and unit.unit.name in ("play", "strike")]
    return found


def touched() -> Signal:
    return parameter("touched", Declaration("/scene/test/touched", Kind.TRIGGER))


def test_slices_are_even_parts_or_begin_where_they_are_said_to(folder):
    even = region(planned(ug.to(ug.play("sounds/tone.wav", on=touched(), slices=4))))
    assert even[4:] == (0, 2_400, 2_400, 4_800, 4_800, 7_200, 7_200, 9_600)
    said = region(planned(ug.to(ug.play("sounds/tone.wav", on=touched(), slices=[0, 0.05, 0.15], end=0.19, quality="sinc"))))
    assert said == (0, 2_400 / 2_400 * 960, 2, 0, 0, 2_400, 2_400, 7_200, 7_200, 9_120)


def test_a_bank_is_one_recording_of_all_with_silence_between(folder):
    plan = planned(ug.to(ug.bank("sounds/bells", on=touched(), order="shuffle")))
    (entry,) = plan.recordings
    assert isinstance(entry, Recording) and entry.channels == 2 and entry.frames == 480 + 960 + 480 + 3 * GAP
    sound = load(entry.path, RATE)
    assert sound.shape == (2, entry.frames) and region(plan) == (0, 0, 1, 3, 0, 480, 736, 1_696, 1_952, 2_432)
    assert np.allclose(sound[:, :480], 0.1) and not np.any(sound[:, 480:736]) and np.allclose(sound[:, 736:1_696], 0.2)
    assert abs(sound[0, 2_200] - 0.3) < 1e-3 and not np.any(sound[:, 2_432:])
    assert planned(ug.to(ug.bank("sounds/bells", on=touched()))).recordings == plan.recordings
    soundfile.write(folder / "sounds/bells/0.wav", np.full(600, 0.5), RATE)
    (other,) = planned(ug.to(ug.bank("sounds/bells", on=touched()))).recordings
    assert other.path != entry.path and other.frames == entry.frames + 120


def test_a_bank_goes_round(kernels, folder):
    sound = heard(kernels, ug.to(ug.bank("sounds/bells", on=ug.beat(0.05))), seconds=0.4)[0]
    levels = [sound[3_000 + 2_400 * strike:][:200].max() for strike in range(6)]
    assert len({round(float(level), 2) for level in levels}) >= 3


def test_what_comes_in_is_heard_two_blocks_late(kernels):
    """One block by the engine's own block, one by the guard."""
    incoming = 0.2 * np.sin(np.arange(9_600)[:, None] * np.array([[0.05, 0.11]])).astype("f4")
    both = heard(kernels, ug.to(ug.input(1, channels=2)), seconds=0.2, heard=incoming)
    second = heard(kernels, ug.to(ug.input(2)), seconds=0.2, heard=incoming)
    late = 128
    for row, channel in ((both[0], 0), (both[1], 1), (second[0], 1)):
        assert np.abs(row[4_000:] - incoming[4_000 - late:-late, channel]).max() < 0.01


def test_the_cards_block_cannot_be_heard_in_what_comes_in(kernels):
    incoming = np.random.default_rng(1).uniform(-0.2, 0.2, (4_800, 1)).astype("f4")
    plan = planned(ug.to(ug.lowpass(ug.input(1), 3_000)))
    played = []
    for block in (64, 37, 480):
        session = Session(kernels, inputs=1)
        session.stage.start(session.load(plan), at=0)
        played.append(session.render(4_800, block, incoming))
    assert np.array_equal(played[0], played[1]) and np.array_equal(played[0], played[2])


def test_an_input_that_is_not_opened_is_a_fault(kernels):
    with pytest.raises(Fault) as caught:
        heard(kernels, ug.to(ug.input(3)), heard=np.zeros((9_600, 2), "f4"))
    assert caught.value.id == "stage.input" and "3" in caught.value.happened.en


def test_two_words_for_two_inputs_are_two(kernels):
    incoming = np.zeros((9_600, 2), "f4")
    incoming[:, 1] = 0.1 * np.sin(np.arange(9_600) * 0.1)
    sound = heard(kernels, ug.to(ug.input(2) - ug.input(1)), seconds=0.2, heard=incoming)
    assert np.abs(sound).max() > 0.05


def test_clouds_of_a_file_and_of_a_sound(kernels, folder):
    of_file = heard(kernels, ug.to(ug.grains("sounds/tone.wav", position=0.2, density=60)))
    of_sound = heard(kernels, ug.to(ug.grains(ug.play("sounds/tone.wav", loop=True), position=0.02, size=0.02, density=100, longest=0.5)))
    for sound in (of_file, of_sound):
        assert np.isfinite(sound).all() and np.abs(sound).max(axis=1).min() > 0.01 and not np.array_equal(sound[0], sound[1])
    assert np.array_equal(of_file, heard(kernels, ug.to(ug.grains("sounds/tone.wav", position=0.2, density=60))))


def test_a_loop_is_heard_again(kernels, folder):
    word = ug.loop(ug.play("sounds/tone.wav"), record=ug.gate(ug.beat(10), 0.1), longest=1)
    sound = heard(kernels, ug.to(word), seconds=0.5)[0]
    assert not np.any(np.abs(sound[:4_700]) > 1e-6) and np.abs(sound[10_000:]).max() > 0.15
    assert np.abs(sound[10_000:14_800] - sound[14_800:19_600]).max() < 0.01       # but for the room's DC block


def test_what_makes_no_sense_is_a_fault_at_the_artists_line(folder):
    bell, on = "sounds/tone.wav", touched()
    for id, call in (
        ("graph.choice", lambda: ug.play(bell, quality="sink")), ("recording.slices", lambda: ug.play(bell, slices=4)),
        ("graph.range", lambda: ug.play(bell, on=on, slices=1)), ("graph.range", lambda: ug.play(bell, on=on, slices="many")),
        ("recording.slices", lambda: ug.play(bell, on=on, slices=[0.1, 0.05])), ("graph.range", lambda: ug.play(bell, on=on, slices=[9])),
        ("graph.range", lambda: ug.play(bell, rate=17)), ("recording.missing", lambda: ug.bank("sounds/belts", on)),
        ("recording.outside", lambda: ug.bank("../x", on)), ("recording.folder", lambda: ug.bank("empty", on)),
        ("recording.channels", lambda: ug.bank("mixed", on)), ("graph.choice", lambda: ug.bank("sounds/bells", on, order="rund")),
        ("recording.name", lambda: ug.bank(7, on)), ("graph.trigger", lambda: ug.bank("sounds/bells", 1)),
        ("graph.range", lambda: ug.input(0)), ("graph.range", lambda: ug.input(64, channels=2)),
        ("graph.trigger", lambda: ug.loop(ug.white(), 1)), ("graph.range", lambda: ug.loop(ug.white(), on, longest=0)),
        ("graph.choice", lambda: ug.grains(bell, window="han")), ("graph.range", lambda: ug.grains(bell, most=65)),
        ("recording.missing", lambda: ug.grains("sounds/no.wav")), ("graph.range", lambda: ug.grains(ug.white(), longest=0)),
        ("graph.range", lambda: ug.grains(bell, position=2)),
    ):
        assert refused(call).id == id
    assert 'Did you mean "sinc"' in refused(lambda: ug.play(bell, quality="sink")).remedy.en
