"""Rooms: the lengths of the reverb's lines for a room of so many metres.

    room_lengths(size, rate, lines)     frames of each of the 8 or 16 lines
    room_numbers(size, rate, lines, …)  what the kernel wants to know of a room: predelay, rate, diffusers, lines
    room_memory(numbers)                frames that they need together
"""
from __future__ import annotations

from ..declare import FRAMES

LINES = 8
SPARE = FRAMES          # frames by which each line is longer than its delay, as the kernel wants
SOUND = 340.0           # m/s
SHORTEST, LONGEST = 0.4, 1.0        # of the lines, in the room's length: from its height to its length
# the diffusers, in the room's length: Dattorro's input diffusers (JAES 45:9, 1997), which are those of a plate as 20 m are to us
DIFFUSERS = (0.081, 0.061, 0.217, 0.158)


def room_lengths(size: float, rate: int, lines: int = LINES) -> tuple[float, ...]:
    """Frames of each line for a room of `size` metres, apart by equal ratios: primes, so that echoes fall together as late as can be."""
    ratio = LONGEST / SHORTEST
    return _primes([SHORTEST * ratio ** (line / (lines - 1)) for line in range(lines)], size, rate)


def room_numbers(size: float, rate: int, lines: int = LINES, predelay: float = 0.0) -> tuple[float, ...]:
    """Frames of predelay, one hertz in turns per frame, frames of the four diffusers, frames of the lines."""
    return (float(round(predelay * rate)), 1.0 / rate, *_primes(DIFFUSERS, size, rate), *room_lengths(size, rate, lines))


def room_memory(numbers: tuple[float, ...]) -> int:
    """Frames of long memory that `room_numbers` need."""
    return int(numbers[0] + sum(numbers[2:])) + (len(numbers) - 1) * SPARE


def _primes(parts: tuple[float, ...] | list[float], size: float, rate: int) -> tuple[float, ...]:
    """The time that sound needs for each part of the room, in frames: primes longer than a block, all different."""
    lengths: list[int] = []
    for part in parts:
        length = max(FRAMES + 1, round(part * size / SOUND * rate))
        while length in lengths or any(length % divisor == 0 for divisor in range(2, int(length**0.5) + 1)):
            length += 1
        lengths.append(length)
    return tuple(float(length) for length in lengths)
