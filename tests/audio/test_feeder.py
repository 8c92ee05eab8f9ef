"""Filling the rings of long recordings: every frame in its place, whoever fills them, whatever becomes of the file."""
from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from installation.audio.arena import Arena
from installation.audio.feeder import AGAIN, CHUNK, Feeder
from installation.audio.layout import (
    S_ACTIVE,
    S_CHANNELS,
    S_ENDED,
    S_FRAMES,
    S_GENERATION,
    S_LOOP,
    S_PATH_AT,
    S_PATH_BYTES,
    S_READ,
    S_RING_AT,
    S_RING_FRAMES,
    S_START,
    S_WRITTEN,
    STREAM_WORDS,
    STREAMS,
    STREAMS_AT,
)
from installation.terms.fault import Fault, Recovery

FRAMES = 1_000


class Tape:
    """A stream in the arena, as the stage would lay it down, and a reader in place of the player."""

    def __init__(self, arena: Arena, slot: int, path: Path, *, frames: int = FRAMES, channels: int = 2, ring: int = 256,
                 loop: bool = False, start: int = 0) -> None:
        self.words = arena.view(arena.words[STREAMS_AT], "i8", (STREAMS, STREAM_WORDS))[slot]
        name = bytes(path)
        at = arena.allocate(len(name))
        arena.view(at, "u1", (len(name),))[:] = np.frombuffer(name, "u1")
        ring_at = arena.allocate(ring * channels * 4)
        self.ring = arena.view(ring_at, "f4", (channels, ring))
        self.ring[:] = 9.0
        generation = int(self.words[S_GENERATION]) + 1
        self.words[:] = 0
        values = {S_FRAMES: frames, S_RING_AT: ring_at, S_RING_FRAMES: ring, S_CHANNELS: channels, S_LOOP: int(loop),
                  S_START: start, S_PATH_AT: at, S_PATH_BYTES: len(name), S_GENERATION: generation, S_ACTIVE: 1}
        for word, value in values.items():
            self.words[word] = value

    def take(self, count: int) -> np.ndarray:
        """What the player hears: the next frames, (frames, channels), as many as there are."""
        read, size = int(self.words[S_READ]), self.ring.shape[1]
        count = min(count, int(self.words[S_WRITTEN]) - read)
        taken = self.ring[:, (read + np.arange(count)) % size].T.copy()
        self.words[S_READ] = read + count
        return taken


@pytest.fixture
def arena():
    arena = Arena(16_000_000, 48_000, 2)
    yield arena
    arena.close()


@pytest.fixture(scope="module")
def sound() -> np.ndarray:
    return np.random.default_rng(1).integers(-32_768, 32_767, (FRAMES, 2)).astype("f4") / 32_768


@pytest.fixture(scope="module")
def path(tmp_path_factory, sound) -> Path:
    path = tmp_path_factory.mktemp("sounds") / "été.wav"
    soundfile.write(path, sound, 48_000, subtype="PCM_16")
    return path


@settings(max_examples=40, deadline=None)
@given(ring=st.integers(64, 700), start=st.integers(0, FRAMES - 1), loop=st.booleans(), killed=st.booleans(),
       steps=st.lists(st.integers(1, 400), min_size=1, max_size=30))
def test_every_frame_in_its_place_even_when_feeders_take_over(sound, path, ring, start, loop, killed, steps) -> None:
    arena = Arena(8_000_000, 48_000, 2)
    tape = Tape(arena, 3, path, ring=ring, loop=loop, start=start)
    feeder, heard = Feeder(arena), []
    for step in steps:
        if killed:
            feeder = Feeder(arena)          # the last one was killed: nothing is known but the words
        feeder.fill()
        heard.append(tape.take(step))
    got = np.concatenate(heard)
    expected = np.roll(sound, -start, axis=0) if loop else sound[start:]
    places = np.arange(len(got))
    assert np.array_equal(got, expected[places % len(expected)])
    if not loop and len(got) == len(expected):
        assert tape.words[S_ENDED]
    feeder.close()
    arena.close()


def test_a_frame_that_a_block_may_need_again_is_not_written_over(arena, path) -> None:
    tape = Tape(arena, 0, path, ring=128)
    feeder = Feeder(arena)
    assert feeder.fill() == 128
    before = tape.ring.copy()
    assert feeder.fill() == 0
    tape.words[S_READ] = 5
    assert feeder.fill() == 5
    assert np.array_equal(tape.ring[:, 5:], before[:, 5:])
    feeder.close()


def test_every_stream_is_filled_and_one_in_a_slot_used_again_starts_anew(arena, path, sound, tmp_path) -> None:
    long = np.random.default_rng(2).uniform(-1, 1, (3 * CHUNK, 1)).astype("f4")
    soundfile.write(tmp_path / "long.flac", long, 48_000, subtype="PCM_24")
    tapes = [Tape(arena, 0, path, ring=500), Tape(arena, 7, tmp_path / "long.flac", frames=len(long), channels=1, ring=2 * CHUNK)]
    feeder = Feeder(arena)
    assert feeder.fill() == 500 + 2 * CHUNK
    assert np.array_equal(tapes[0].take(500), sound[:500])
    assert np.abs(tapes[1].take(2 * CHUNK) - long[:2 * CHUNK]).max() < 2**-22
    again = Tape(arena, 0, path, ring=300, start=100)
    feeder.fill()
    assert np.array_equal(again.take(300), sound[100:400])
    again.words[S_ACTIVE] = 0
    assert feeder.fill() == 0               # the long one has been written to its end
    assert tapes[1].words[S_ENDED]
    feeder.close()


def test_a_file_that_is_gone_is_silence_in_time_said_once_and_comes_back_at_its_place(arena, sound, tmp_path) -> None:
    told: list[Fault | Recovery] = []
    path = tmp_path / "late.wav"
    tape = Tape(arena, 0, path, ring=100)
    feeder = Feeder(arena, told.append)
    for _ in range(3):
        feeder.fill()
        assert not tape.take(100).any()
    assert [fault.id for fault in told] == ["stream.lost"] and feeder.lost == 300
    soundfile.write(path, sound, 48_000, subtype="PCM_16")
    heard, at = np.zeros((100, 2)), 0
    for _ in range(AGAIN + 10):
        feeder.fill()
        at = int(tape.words[S_READ])
        heard = tape.take(20)
        if heard.any(axis=1).all():
            break
    assert np.array_equal(heard, sound[at:at + 20])
    assert isinstance(told[1], Recovery) and (told[1].id, told[1].where) == (told[0].id, told[0].where)
    feeder.close()


def test_a_header_that_lies_is_silence_at_the_end_and_the_loop_keeps_its_length(arena, sound, tmp_path) -> None:
    told: list[Fault | Recovery] = []
    path = tmp_path / "short.wav"
    soundfile.write(path, sound[:600], 48_000, subtype="PCM_16")
    tape = Tape(arena, 0, path, ring=100, loop=True)
    feeder, heard = Feeder(arena, told.append), []
    for _ in range(60):
        feeder.fill()
        heard.append(tape.take(100))
    got = np.concatenate(heard).reshape(-1, FRAMES, 2)[:6]
    assert not got[:, 600:].any()
    assert np.array_equal(got[0, :600], sound[:600])
    assert [fault.id for fault in told] == ["stream.short"]
    feeder.close()


@pytest.mark.parametrize("rubbish", [b"", b"RIFF\xff\xff\xff\x7fWAVEfmt ", bytes(range(256)) * 9])
def test_rubbish_is_silence_and_a_fault(arena, tmp_path, rubbish) -> None:
    path = tmp_path / "rubbish.wav"
    path.write_bytes(rubbish)
    told: list[Fault | Recovery] = []
    tape = Tape(arena, 0, path, ring=100)
    Feeder(arena, told.append).fill()
    assert not tape.take(100).any()
    assert len(told) == 1


def test_samples_that_are_no_numbers_are_silence(arena, tmp_path) -> None:
    path = tmp_path / "nan.wav"
    soundfile.write(path, np.full((FRAMES, 2), np.nan, "f4"), 48_000, subtype="FLOAT")
    tape = Tape(arena, 0, path, ring=100)
    Feeder(arena).fill()
    assert not tape.take(100).any()
