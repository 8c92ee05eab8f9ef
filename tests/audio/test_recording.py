"""Recordings, whole and broken."""
from __future__ import annotations

import os
import resource
import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile

from installation.audio import recording
from installation.audio.recording import converted, load, probe
from installation.terms.fault import Fault


def sine(frames: int, rate: int, hz: float = 441.0, channels: int = 1) -> np.ndarray:
    return np.repeat(0.5 * np.sin(2 * np.pi * hz * np.arange(frames) / rate)[:, None], channels, axis=1).astype("f4")


def wav(path: Path, frames: int = 9_600, rate: int = 48_000, channels: int = 1, **more: str) -> Path:
    soundfile.write(path, sine(frames, rate, channels=channels), rate, **more)
    return path


def refused(call, *arguments) -> Fault:
    with pytest.raises(Fault) as caught:
        call(*arguments)
    assert str(arguments[0]) in caught.value.where and caught.value.happened.en and caught.value.happened.fr
    return caught.value


@pytest.mark.parametrize("ending, subtype", [("wav", "FLOAT"), ("flac", "PCM_24"), ("ogg", "VORBIS"), ("mp3", "MPEG_LAYER_III"), ("aiff", "PCM_16")])
def test_every_format_is_read_as_it_is(tmp_path, ending, subtype):
    path = wav(tmp_path / f"a.{ending}", 48_000, channels=2, subtype=subtype)
    facts = probe(path)
    assert (facts.channels, facts.rate) == (2, 48_000) and abs(facts.frames - 48_000) < 2_400
    sound = load(path, 48_000)
    assert sound.dtype == np.float32 and sound.shape == (2, facts.frames)
    middle = slice(10_000, 40_000)
    assert np.abs(sound[0, middle] - sine(48_000, 48_000)[middle, 0]).max() < (0.05 if ending in ("ogg", "mp3") else 1e-3)


@pytest.mark.parametrize("cached", [True, False])
def test_another_rate_is_converted_to_just_so_many_frames(tmp_path, cached):
    cache = tmp_path / "cache" if cached else None
    path = wav(tmp_path / "a.wav", 44_100, rate=44_100, channels=2)
    for rate in (48_000, 96_000, 22_050):
        sound = load(path, rate, cache)
        assert sound.shape == (2, rate) == (2, probe(path).at(rate))
        assert np.abs(sound[0, 500:-500] - sine(rate, rate)[500:-500, 0]).max() < 1e-3
        assert np.array_equal(sound, load(path, rate, cache))


def test_a_stream_of_the_right_rate_is_the_file_itself(tmp_path):
    path = wav(tmp_path / "a.wav")
    assert converted(path, 48_000, tmp_path / "cache") == path


def test_a_stream_of_another_rate_is_converted_once(tmp_path):
    path, cache = wav(tmp_path / "a.wav", 44_100, rate=44_100), tmp_path / "cache"
    copy = converted(path, 48_000, cache)
    made = copy.stat().st_ino
    assert soundfile.info(copy).frames == 48_000 and soundfile.info(copy).samplerate == 48_000
    assert converted(path, 48_000, cache) == copy and copy.stat().st_ino == made
    assert np.array_equal(soundfile.read(copy, dtype="float32")[0], load(path, 48_000, cache)[0])


def test_a_changed_file_is_converted_anew(tmp_path):
    path, cache = wav(tmp_path / "a.wav", 44_100, rate=44_100), tmp_path / "cache"
    first = converted(path, 48_000, cache)
    wav(path, 22_050, rate=44_100)
    os.utime(path, ns=(1, 1))
    second = converted(path, 48_000, cache)
    assert first != second and soundfile.info(second).frames == 24_000


@pytest.mark.parametrize("left", [0, 1, 44, 1_000, 100_000])
def test_a_copy_that_was_cut_short_is_made_again(tmp_path, left):
    path, cache = wav(tmp_path / "a.wav", 44_100, rate=44_100), tmp_path / "cache"
    copy = converted(path, 48_000, cache)
    whole = copy.read_bytes()
    copy.write_bytes(whole[:left])
    assert converted(path, 48_000, cache) == copy and copy.read_bytes() == whole


@pytest.mark.parametrize("rubbish", [b"", b"[1, 2", b"[1, -2, 3]", b'{"a": 1}', b"[100000, 1, 48000]", b"\xff\xfe", b"[true, 5, 48000]"])
def test_facts_that_are_rubbish_are_found_out_again(tmp_path, rubbish):
    path, cache = wav(tmp_path / "a.wav"), tmp_path / "cache"
    first = probe(path, cache)
    (kept,) = (cache / "recordings").glob("*.json")
    kept.write_bytes(rubbish)
    assert probe(path, cache) == first


def test_without_a_place_to_write_it_still_plays(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", None)
    path = wav(tmp_path / "a.wav", 44_100, rate=44_100)
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a folder should be")
    assert load(path, 48_000, blocked).shape == (1, 48_000)
    assert soundfile.info(converted(path, 48_000, blocked)).frames == 48_000
    assert not (tmp_path / "temporary").joinpath("blocked").exists()


def test_the_cache_is_bounded_and_the_oldest_leaves(tmp_path, monkeypatch):
    cache = tmp_path / "cache"
    monkeypatch.setattr(recording, "BOUND", 250_000)
    copies = []
    for number in range(4):
        path = wav(tmp_path / f"{number}.wav", 22_050, rate=44_100)
        copies.append(converted(path, 48_000, cache))
        os.utime(copies[-1], ns=(number + 1, number + 1))
    assert [copy.exists() for copy in copies] == [False, False, True, True]


@pytest.mark.parametrize("content, id", [
    (b"", "recording.unreadable"), (b"this is a text\n" * 50, "recording.unreadable"), (b"RIFF", "recording.unreadable"),
    (bytes(range(256)) * 64, "recording.unreadable")])
def test_what_is_no_sound_is_refused(tmp_path, content, id):
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    assert refused(probe, path).id == id


def test_a_missing_file_a_folder_and_a_pipe_are_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe.wav")
    for path in (tmp_path / "none.wav", tmp_path, tmp_path / "pipe.wav"):
        assert refused(probe, path).id == "recording.missing"


def test_no_frames_are_refused(tmp_path):
    assert refused(probe, wav(tmp_path / "a.wav", 0)).id == "recording.empty"


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_sample_that_is_not_a_number_is_refused_with_its_place(tmp_path, bad):
    sound = sine(96_000, 48_000)
    sound[72_000] = bad
    soundfile.write(tmp_path / "a.wav", sound, 48_000, subtype="FLOAT")
    fault = refused(load, tmp_path / "a.wav", 48_000)
    assert fault.id == "recording.finite" and "1.500 s" in fault.happened.en


def test_more_channels_than_the_room_can_have_are_refused(tmp_path):
    soundfile.write(tmp_path / "a.wav", np.zeros((10, 65), "f4"), 48_000)
    assert refused(probe, tmp_path / "a.wav").id == "recording.channels"


def test_a_header_that_lies_is_not_believed_and_costs_no_memory(tmp_path):
    """It says two gigabytes and half an hour of 48 channels; there are a hundred frames."""
    path = wav(tmp_path / "a.wav", 100, subtype="PCM_16")
    data = bytearray(path.read_bytes())
    at = data.index(b"data")
    data[at + 4:at + 8] = struct.pack("<I", 0x7FFFFFF0)
    data[4:8] = struct.pack("<I", 0x7FFFFFFF)
    path.write_bytes(data)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert probe(path).frames == 100 and load(path, 48_000).shape == (1, 100)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64_000
    data[24:28] = struct.pack("<I", 0)
    path.write_bytes(data)
    refused(probe, path)
    data[24:28] = struct.pack("<I", 4_000_000_000)
    path.write_bytes(data)
    refused(probe, path)


@pytest.mark.parametrize("ending, subtype", [("wav", "PCM_16"), ("flac", "PCM_16"), ("ogg", "VORBIS"), ("mp3", "MPEG_LAYER_III")])
def test_a_file_cut_anywhere_is_what_is_left_of_it_or_a_fault(tmp_path, ending, subtype):
    path = tmp_path / f"a.{ending}"
    soundfile.write(path, np.random.default_rng(1).uniform(-0.5, 0.5, 4_800), 48_000, subtype=subtype)
    whole = path.read_bytes()
    for left in [*range(0, 200, 7), *range(200, len(whole), max(1, len(whole) // 40))]:
        path.write_bytes(whole[:left])
        try:
            sound = load(path, 48_000)
        except Fault as fault:
            assert fault.id.startswith("recording.")
        else:
            assert 1 <= sound.shape[1] <= 8_000 and np.isfinite(sound).all()


def test_what_is_too_long_for_memory_says_how_to_play_it(tmp_path, monkeypatch):
    monkeypatch.setattr(recording, "LARGEST", 10_000)
    fault = refused(load, wav(tmp_path / "a.wav"), 48_000)
    assert fault.id == "recording.long" and "ug.stream" in fault.remedy.en
