"""The words, as an artist writes them: each is composed, put on a plan and heard through the real engine."""
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
from installation.audio.plan import Plan
from installation.audio.recording import load
from installation.audio.signal import Signal
from installation.terms.declaration import Declaration, Kind
from installation.terms.fault import Fault

RATE = 48_000


@dataclass(frozen=True)
class Speaker:
    output: int
    azimuth: float
    distance: float | None = None


RING = (Speaker(1, 45), Speaker(2, 135), Speaker(3, -135), Speaker(4, -45))


@pytest.fixture
def folder(tmp_path):
    """A piece with a few recordings."""
    (tmp_path / "sounds").mkdir()
    noise = np.random.default_rng(1)
    soundfile.write(tmp_path / "sounds/bell.wav", 0.5 * noise.uniform(-1, 1, 4_800), RATE, subtype="FLOAT")
    soundfile.write(tmp_path / "sounds/wind.flac", 0.2 * noise.uniform(-1, 1, (22_050, 2)), 44_100)
    soundfile.write(tmp_path / "outside.wav", np.zeros(10), RATE)
    with ug.piece(tmp_path, RATE, tmp_path / "cache"):
        yield tmp_path


def planned(*placed: Signal) -> Plan:
    return flatten(Graph.collect(list(placed), outputs=4, rate=RATE, loudspeakers=RING, seed=1, name="test"))


def heard(kernels: Path, *placed: Signal, seconds: float = 0.2, **values: float) -> np.ndarray:
    """(channels, frames) of what the engine gives."""
    plan = planned(*placed)
    samples = {table.path: load(table.path, RATE) for table in plan.recordings}
    return render_plan(plan, seconds, kernels, outputs=4, values=values, samples=samples).T


def refused(call, *arguments, **more) -> Fault:
    with pytest.raises(Fault) as caught:
        call(*arguments, **more)
    assert caught.value.where.startswith(__file__) or "test_ug" in caught.value.where
    assert caught.value.happened.en and caught.value.happened.fr
    return caught.value


def param(name: str, unit: str = "", low: float = 0.0, high: float = 1.0, default: float = 0.0, **more) -> Signal:
    return parameter(name, Declaration(f"/scene/test/{name}", unit=unit, low=low, high=high, default=default, **more))


WORDS = {
    "sine": lambda: ug.sine(440), "saw": lambda: ug.saw(110), "pulse": lambda: ug.pulse(110, width=0.2),
    "white": lambda: ug.white(2), "pink": ug.pink, "lowpass": lambda: ug.lowpass(ug.white(), 600),
    "highpass": lambda: ug.highpass(ug.white(2), "2 kHz"), "filter": lambda: ug.filter(ug.saw(55), 900, resonance=0.7, mode="band"),
    "delay": lambda: ug.delay(ug.white(), "50 ms", feedback=0.5), "reverb": lambda: ug.reverb(ug.white(2), decay=1, channels=4),
    "env": lambda: ug.white() * ug.env(1.0, attack=0.05), "drift": lambda: ug.sine(ug.drift(0.1, 200, 400)),
    "mix": lambda: ug.mix(ug.sine(100), ug.white(2), 0.5), "play": lambda: ug.play("sounds/bell.wav", loop=True, rate=1.5),
    "stream": lambda: ug.stream("sounds/wind.flac", loop=True), "db": lambda: ug.white() * ug.db(-6),
}


@pytest.mark.parametrize("word", sorted(WORDS))
def test_every_word_sounds_in_the_room(word, kernels, folder):
    sound = heard(kernels, ug.place(WORDS[word]() * 0.2, azimuth=20), seconds=0.4)
    assert np.isfinite(sound).all() and np.abs(sound).max() > 1e-3
    assert np.array_equal(sound, heard(kernels, ug.place(WORDS[word]() * 0.2, azimuth=20), seconds=0.4))


def test_each_word_tells_what_it_does_to_the_room():
    for word in ug.__all__:
        assert len(getattr(ug, word).__doc__) > 60


def test_to_goes_to_the_outputs_that_it_names(kernels):
    sound = heard(kernels, ug.to(ug.white(2) * 0.1, output=3))
    assert not np.any(sound[:2]) and np.abs(sound[2]).max() > 0.01 and np.abs(sound[3]).max() > 0.01


def test_stereo_keeps_left_on_the_left_and_a_ring_stands_all_around(kernels):
    left = np.abs(heard(kernels, ug.place(ug.pink(2)[0] * 0.3, azimuth=45))).max(axis=1)
    assert left[0] > 0.01 and left[1:].max() < 1e-6
    wide = planned(ug.place(ug.pink(2), azimuth=0, width=90))
    assert [value for _, value in wide.constants] == [45.0, -45.0]
    around = planned(ug.place(ug.pink(4), width=360))
    assert [value for _, value in around.constants] == [135.0, 45.0, -45.0, -135.0]


def test_a_trigger_strikes_at_its_frame(kernels, folder):
    touched = parameter("touched", Declaration("/scene/test/touched", Kind.TRIGGER))
    plan = planned(ug.to(ug.play("sounds/bell.wav", on=touched) + ug.sine(300) * ug.ping(touched, release=0.1)))
    assert plan.triggers and plan.triggers[0][0] == "touched"


def test_play_is_the_recording_to_the_sample(kernels, folder):
    bell = load(folder / "sounds/bell.wav", RATE)
    sound = heard(kernels, ug.to(ug.play("sounds/bell.wav")), seconds=0.3)[0]
    late = int(np.argmax(np.correlate(sound, bell[0, :2_000], "valid")))
    rest = slice(1_600, 2_000)      # after the room's own ramp at its opening; what is left of difference is its DC block
    assert np.abs(sound[late:late + 2_000] - bell[0, :2_000])[rest].max() < 0.01


def test_x_less_x_is_silence(kernels):
    sound = ug.filter(ug.saw(110), 800)
    assert not np.any(heard(kernels, ug.to(sound - sound)))


def test_noises_differ_word_by_word_and_repeat_run_by_run(kernels):
    sound = heard(kernels, ug.to(ug.white() * 0.3, 1), ug.to(ug.white() * 0.3, 2))
    assert abs(np.corrcoef(sound[0], sound[1])[0, 1]) < 0.05


def test_a_parameter_moves_a_word(kernels):
    dull = heard(kernels, ug.to(ug.lowpass(ug.white() * 0.3, param("cutoff", "Hz", 50, 5_000, 50))), cutoff=50.0)
    open_ = heard(kernels, ug.to(ug.lowpass(ug.white() * 0.3, param("cutoff", "Hz", 50, 5_000, 50))), cutoff=5_000.0)
    assert open_[0].std() > 4 * dull[0].std()


@pytest.mark.parametrize("file, id", [
    ("../outside.wav", "recording.outside"), ("/etc/passwd", "recording.outside"), ("sounds/link.wav", "recording.outside"),
    ("sounds/bel.wav", "recording.missing"), ("sounds", "recording.missing"), ("", "recording.name"), ("a\0b", "recording.name"),
    (7, "recording.name"), ("x" * 5_000, "recording.missing"), ("sounds/text.wav", "recording.unreadable"),
    ("sounds/loop.wav", "recording.missing")])
def test_recordings_come_from_the_pieces_folder_or_not_at_all(folder, file, id):
    (folder / "sounds/text.wav").write_text("not a sound")
    (folder / "sounds/link.wav").symlink_to("/etc/hostname")
    (folder / "sounds/loop.wav").symlink_to("loop.wav")
    with ug.piece(folder if file != "../outside.wav" else folder / "sounds", RATE):
        assert refused(ug.play, file).id == id
        assert refused(ug.stream, file).id == id


def test_a_misspelt_file_is_guessed(folder):
    assert "sounds/bell.wav" in refused(ug.play, "sounds/bel.wav").remedy.en


def test_the_folder_is_set_for_as_long_as_it_lasts(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with ug.piece(tmp_path / "sounds", 96_000):
        assert planned(ug.to(ug.play("bell.wav"))).recordings[0].frames == 9_600
    assert planned(ug.to(ug.play("sounds/bell.wav"))).recordings[0].frames == 4_800


@pytest.mark.parametrize("word", [
    lambda: ug.sine("loud"), lambda: ug.sine(-5), lambda: ug.sine(float("nan")), lambda: ug.lowpass(ug.white(), 0),
    lambda: ug.filter(ug.white(), 500, mode="lo"), lambda: ug.filter(ug.white(), 500, resonance=1.5), lambda: ug.white(0),
    lambda: ug.white(2.5),  # type: ignore[arg-type]
    lambda: ug.delay(ug.white(), -1), lambda: ug.delay(ug.white(), 0.1, longest=1e9),
    lambda: ug.delay(ug.white(), 0.1, longest=ug.drift()),  # type: ignore[arg-type]
    lambda: ug.reverb(ug.white(), size=0), lambda: ug.reverb(ug.white(), channels=9),
    lambda: ug.ping(1.0), lambda: ug.ping(ug.white(2)), lambda: ug.to(ug.white(), 0), lambda: ug.to(ug.white(), 1.0),  # type: ignore[arg-type]
    lambda: ug.to(ug.white(), True), ug.mix, lambda: ug.mix(1, 2),
    lambda: ug.db("loud"), lambda: ug.db(ug.drift()),  # type: ignore[arg-type]
    lambda: ug.place(ug.white(2), width="wide"), lambda: ug.place(ug.to(ug.white())), lambda: ug.sine(ug.white(2)),
    lambda: ug.play("sounds/bell.wav", start=99), lambda: ug.play("sounds/bell.wav", start=0.05, end=0.01),
    lambda: ug.play("sounds/bell.wav", crossfade=-1, loop=True), lambda: ug.stream("sounds/bell.wav", start=99)])
def test_what_makes_no_sense_is_a_fault_at_the_artists_line(folder, word):
    refused(word)


def test_a_crossfade_is_at_most_half_of_what_loops(folder):
    (unit,) = [unit for unit in planned(ug.to(ug.play("sounds/bell.wav", loop=True, crossfade=10))).units if unit.unit.name == "play"]
    (region,) = [binding.values for binding in unit.bindings if hasattr(binding, "values")]
    assert region[:2] == (1.0, 2_400.0) and region[4:] == (0.0, 4_800.0)
