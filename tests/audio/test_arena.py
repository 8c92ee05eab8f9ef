"""The arena: memory that is there, handed out and taken back without loss, and a workplace that each player has for itself."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from installation.audio.arena import ALIGN, Arena
from installation.audio.layout import BUS_AT, HEAP_AT, OUTPUTS, RATE, STATE_AT
from installation.terms.fault import Fault

SIZE = 12_000_000


def test_header_tells_what_it_is():
    arena = Arena(SIZE, 44_100, 8, 2)
    other = Arena.attach(arena.fd)
    assert other.words[RATE] == 44_100 and other.words[OUTPUTS] == 8
    assert os.fstat(arena.fd).st_blocks * 512 >= SIZE  # it is really there


@settings(max_examples=50, deadline=None)
@given(some.lists(some.tuples(some.integers(1, 200_000), some.booleans(), some.integers(0, 100)), max_size=60))
def test_allocator_overlaps_nothing_and_loses_nothing(steps):
    arena = Arena(SIZE, 48_000, 1)
    room = arena.room
    held: dict[int, int] = {}
    for size, frees, which in steps:
        offset = arena.allocate(size)
        assert offset % ALIGN == 0
        assert not arena.view(offset, "u1", (size,)).any()
        assert all(offset + size <= start or offset >= start + length for start, length in held.items())
        arena.view(offset, "u1", (size,))[:] = 255
        held[offset] = size
        if frees:
            gone = sorted(held)[which % len(held)]
            arena.free(gone)
            del held[gone]
    for offset in held:
        arena.free(offset)
    assert arena.room == room and arena.pieces == 1


def test_full_says_what_asked_and_what_is_left():
    arena = Arena(SIZE, 48_000, 2)
    with pytest.raises(Fault, match="rain.flac: needs 40.0 MB of sound memory") as caught:
        arena.allocate(40_000_000, "rain.flac")
    assert caught.value.where == "sound.memory" and "memory" in caught.value.say()
    with pytest.raises(Fault, match="too few"):
        Arena(1_000_000, 48_000, 2)
    with pytest.raises(Fault, match="cannot give"):
        Arena(1 << 50, 48_000, 2)


def test_what_was_not_taken_cannot_be_freed():
    arena = Arena(SIZE, 48_000, 2)
    offset = arena.allocate(10)
    arena.free(offset)
    with pytest.raises(KeyError):
        arena.free(offset)


def test_workplace_is_each_players_own_and_the_rest_is_shared():
    arena = Arena(SIZE, 48_000, 2)
    first, second = Arena.attach(arena.fd), Arena.attach(arena.fd)
    for word in (STATE_AT, BUS_AT):
        offset = arena.words[word]
        first.view(offset, "f8", (4,))[:] = 7.0
        assert not second.view(offset, "f8", (4,)).any() and not arena.view(offset, "f8", (4,)).any()
    heap = arena.words[HEAP_AT]
    first.view(heap, "f8", (4,))[:] = 7.0
    assert np.all(arena.view(heap, "f8", (4,)) == 7.0)


def test_rubbish_is_no_arena():
    fd = os.memfd_create("rubbish")
    os.write(fd, os.urandom(100_000))
    with pytest.raises(Fault, match="not an arena"):
        Arena.attach(fd)
    os.close(fd)


def test_attaching_needs_neither_numpy_nor_numba_and_outlives_its_maker():
    """The memory has no name: a player that ends, even badly, takes nothing with it."""
    arena = Arena(SIZE, 48_000, 2)
    text = (
        "import sys; from installation.audio.arena import Arena; from installation.audio import loader;"
        f"a = Arena.attach({arena.fd}); a.words[100] = 42; assert not {{'numpy', 'numba'}} & set(sys.modules); import os; os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", text], pass_fds=(arena.fd,), check=False).returncode == -9
    assert arena.words[100] == 42
    assert Arena.attach(arena.fd).words[100] == 42
