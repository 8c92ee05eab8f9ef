"""Words of rooms and spectra: what they make, and what they say of a wrong argument."""
from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from scipy import signal

from installation.audio import ug
from installation.audio.flatten import flatten
from installation.audio.graph import Graph
from installation.audio.offline import render_plan
from installation.audio.recording import load
from installation.terms.fault import Fault

RATE = 48_000


def written(path: Path, frames: int = 6_000, channels: int = 1, rate: int = RATE) -> Path:
    rng = np.random.default_rng(frames + channels)
    sound = 0.05 * rng.standard_normal((frames, channels)) * np.exp(-4.0 * np.arange(frames) / frames)[:, None]
    soundfile.write(path, sound.astype("f4"), rate, subtype="FLOAT")
    return path


def planned(make, folder: Path, cache: Path | None = None):
    with ug.piece(folder, RATE, cache):
        return flatten(Graph.collect(ug.to(make()), outputs=8, rate=RATE, loudspeakers=(), seed=1, name="test"))


def test_a_recorded_room_is_scipys_convolution(kernels, tmp_path):
    """Through the engine, one channel in, two out. The guard takes away what is below hearing from dry and wet alike."""
    written(tmp_path / "room.wav", 6_000, 2)
    dry = np.zeros(9_000, "f4")
    dry[4_000:] = 0.1 * np.random.default_rng(1).standard_normal(5_000)         # after the guard has opened
    soundfile.write(tmp_path / "dry.wav", dry, RATE, subtype="FLOAT")
    plans = [planned(make, tmp_path, tmp_path / "cache") for make in (
        lambda: ug.play("dry.wav"), lambda: ug.convolve(ug.play("dry.wav"), "room.wav", matched=False))]
    plain, wet = (render_plan(plan, 0.4, kernels, outputs=8, samples={entry.path: load(entry.path, RATE) for entry in plan.recordings})
                  for plan in plans)
    answer = load(tmp_path / "room.wav", RATE).astype(float)
    expected = np.stack([signal.fftconvolve(plain[:, 0].astype(float), one)[:len(plain)] for one in answer], axis=1)
    assert np.abs(expected).max() > 0.01 and np.abs(wet[:, :2] - expected).max() < 1e-6


def test_a_matched_answer_leaves_noise_as_loud_as_it_is(tmp_path):
    written(tmp_path / "room.wav", 6_000, 2)
    plan = planned(lambda: ug.convolve(ug.white(), "room.wav"), tmp_path, tmp_path / "cache")
    (entry,) = plan.recordings
    cut = load(entry.path, RATE)
    assert cut.shape == (entry.channels, entry.frames) and entry.channels == 2
    spectra = cut[:, 64:].astype(float)
    power = (cut[:, :64].astype(float) ** 2).sum()
    near = spectra[:, :31 * 128].reshape(2, 31, 2, 64)
    far = spectra[:, 31 * 128:].reshape(2, 16, -1, 2, 64)
    for parts, size in ((near, 128), (far, 2_048)):
        first = parts[:, :, :, 0] if parts.ndim == 4 else parts[:, 0, :, :, 0]
        power += (2.0 * (parts ** 2).sum() - (first ** 2).sum()) / size         # Parseval's, the two real bins counted once
    assert abs(power - 1.0) < 1e-4


def test_the_cut_answer_is_kept_and_made_anew_for_another_file(tmp_path):
    path, cache = written(tmp_path / "room.wav"), tmp_path / "cache"
    make = lambda: ug.convolve(ug.white(), "room.wav")                      # noqa: E731
    first = planned(make, tmp_path, cache).recordings[0].path
    made = first.stat().st_ino
    assert planned(make, tmp_path, cache).recordings[0].path == first and first.stat().st_ino == made
    assert planned(lambda: ug.convolve(ug.white(), "room.wav", longest=0.05), tmp_path, cache).recordings[0].path != first
    written(path, 7_000)
    assert planned(make, tmp_path, cache).recordings[0].path != first


def test_without_a_cache_it_is_worked_out_all_the_same(tmp_path):
    written(tmp_path / "room.wav", 100)
    assert planned(lambda: ug.convolve(ug.white(), "room.wav"), tmp_path).recordings[0].frames == 64 + 128


def test_another_rate_is_converted_first(tmp_path):
    written(tmp_path / "room.wav", 4_410, rate=44_100)
    (entry,) = planned(lambda: ug.convolve(ug.white(), "room.wav"), tmp_path, tmp_path / "cache").recordings
    assert entry.frames == 64 + 31 * 128 + 3 * 2_048                # 4,800 frames


@pytest.mark.parametrize("make", [
    lambda: ug.reverb(ug.white(), lines=12), lambda: ug.reverb(ug.white(), channels=9), lambda: ug.reverb(ug.white(), predelay=3),
    lambda: ug.reverb(ug.white(), decay_low=-1), lambda: ug.reverb(ug.white(), density=2), lambda: ug.reverb(ug.white(), freeze="a"),
    lambda: ug.convolve(ug.white(), "none.wav"), lambda: ug.convolve(ug.white(3), "two.wav"), lambda: ug.convolve(ug.white(), 3),
    lambda: ug.convolve(ug.white(), "two.wav", longest=0), lambda: ug.freeze(ug.white(), 2), lambda: ug.freeze(ug.white(), 0, window=1_000),
    lambda: ug.blur(ug.white(), -1), lambda: ug.blur(ug.white(), "2 Hz"), lambda: ug.blur(ug.white(), window=2_048.0),
    lambda: ug.cross(ug.white(2), ug.white(3)), lambda: ug.cross(ug.white(), ug.white(), window="long")])
def test_wrong_arguments_are_faults_at_the_artists_line(make, tmp_path):
    written(tmp_path / "two.wav", 500, 2)
    with ug.piece(tmp_path, RATE, tmp_path / "cache"), pytest.raises(Fault) as caught:
        make()
    assert Path(__file__).name in caught.value.where and caught.value.happened.en and caught.value.happened.fr


@pytest.mark.parametrize("make, channels", [
    (lambda: ug.reverb(ug.white(), channels=16, lines=16), 16), (lambda: ug.convolve(ug.white(), "two.wav"), 2),
    (lambda: ug.convolve(ug.white(2), "two.wav"), 2), (lambda: ug.convolve(ug.white(5), "one.wav"), 5),
    (lambda: ug.freeze(ug.white(3), 1), 3), (lambda: ug.blur(ug.white(2)), 2), (lambda: ug.cross(ug.white(), ug.white(4)), 4)])
def test_how_many_channels_come_out(make, channels, tmp_path):
    written(tmp_path / "one.wav", 500)
    written(tmp_path / "two.wav", 500, 2)
    with ug.piece(tmp_path, RATE, tmp_path / "cache"):
        assert make().channels == channels
