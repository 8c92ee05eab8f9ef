"""Rooms: the lengths of the reverb's lines for a room of so many metres.

    room_lengths(size, rate)   frames of each of the eight lines
    room_memory(size, rate)    frames that they need together
"""
from __future__ import annotations

from ..declare import FRAMES

LINES = 8
SPARE = FRAMES          # frames by which each line is longer than its delay, as the kernel wants
SOUND = 340.0           # m/s
# each line as a part of the room's length: from its height to its length, apart by equal ratios so that no two echoes agree
PARTS = tuple(0.4 * 2.5 ** (line / (LINES - 1)) for line in range(LINES))


def room_lengths(size: float, rate: int) -> tuple[float, ...]:
    """Frames of each line for a room of `size` metres: primes, all different, so that echoes fall together as late as can be."""
    lengths: list[int] = []
    for part in PARTS:
        length = max(FRAMES + 1, round(part * size / SOUND * rate))
        while length in lengths or any(length % divisor == 0 for divisor in range(2, int(length**0.5) + 1)):
            length += 1
        lengths.append(length)
    return tuple(float(length) for length in lengths)


def room_memory(size: float, rate: int) -> int:
    """Frames of long memory that the lines need."""
    return int(sum(room_lengths(size, rate))) + LINES * SPARE
