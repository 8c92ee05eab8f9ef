"""What control and the light process have in common: the newest values, both ways, and a few words, in memory without a name.

    shared = LampValues(channels)         made by control; shared.fd goes to the light process
    LampValues(channels, fd)              there: the same memory
    shared.wanted, shared.sent            boards: what is asked for, and what left last
    board.put(values), board.get()        whole values or none, whoever is killed or held up in the middle
    shared.words[BEAT]                    counters and flags, one writer each

A board has two places, written in turn, each with its number and a checksum over number and values. A reader takes the newest
place that is whole. So nothing has to be waited for, no order of stores is presumed (ARM), and a torn write is not seen.
"""
from __future__ import annotations

import mmap
import os
import struct
import zlib

import numpy as np

BEAT, LEAVE, LATE, HELD, FLASHES = range(5)    # frames sent; control asks to leave; deadlines dropped; what the guard did
WORDS = 8
_HEAD = struct.Struct("<qI4x")                 # number, checksum


class Board:
    """The newest values of every channel, from one process to another. `get` gives the same array until there are newer ones."""

    def __init__(self, memory: memoryview, channels: int) -> None:
        size = len(memory) // 2
        self._places = memory[:size], memory[size:]
        self._bytes = channels * 2
        self._number = 0
        self._last: np.ndarray | None = None

    def put(self, values: np.ndarray) -> None:
        """Let these be the newest, each 0 to 65535. Only one process may."""
        self._number += 1
        data = values.astype("<u2").tobytes()
        place = self._places[self._number % 2]
        place[_HEAD.size:_HEAD.size + self._bytes] = data
        place[:_HEAD.size] = _HEAD.pack(self._number, _sum(self._number, data))

    def get(self) -> np.ndarray | None:
        """The newest whole values, int64; None if there never were any. Never write to them."""
        numbers = [_HEAD.unpack_from(place)[0] for place in self._places]
        for number, place in sorted(zip(numbers, self._places), key=lambda entry: -entry[0]):
            if number <= self._number:
                break
            copied = bytes(place)
            number, checksum = _HEAD.unpack_from(copied)
            data = copied[_HEAD.size:_HEAD.size + self._bytes]
            if number > self._number and checksum == _sum(number, data):
                self._number = number
                self._last = np.frombuffer(data, "<u2").astype(np.int64)
                break
        return self._last


class LampValues:
    """The shared memory. `channels` is how many the patch has."""

    def __init__(self, channels: int, fd: int | None = None) -> None:
        board = 2 * (_HEAD.size + -(-channels * 2 // 16) * 16)
        size = WORDS * 8 + 2 * board
        if fd is None:
            fd = os.memfd_create("lamps", os.MFD_CLOEXEC)
            os.posix_fallocate(fd, 0, size)
        self.fd = fd
        memory = memoryview(mmap.mmap(fd, size))
        self.words = memory[:WORDS * 8].cast("q")
        self.wanted = Board(memory[WORDS * 8:WORDS * 8 + board], channels)
        self.sent = Board(memory[WORDS * 8 + board:], channels)


def _sum(number: int, data: bytes) -> int:
    return zlib.crc32(data, number & 0xFFFF_FFFF)
