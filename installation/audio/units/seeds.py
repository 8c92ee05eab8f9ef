"""Seeds: the states at rest of units that play with chance.

A word has one seed (`Hall.seed`); each of its channels gets two words of its own from it, so that no two channels are alike and
every run of the piece is. Source: S. Vigna, splitmix64, 2015.
"""
from __future__ import annotations

from collections.abc import Callable

from ..node import Hall

WORD = 0xFFFFFFFF
LONG = 0xFFFFFFFFFFFFFFFF


def seeds(channels: int, size: int) -> Callable[[Hall], tuple[float, ...]]:
    """The state of `channels` generators, each of `size` words: its two words of chance, then zeros."""
    def rest(hall: Hall) -> tuple[float, ...]:
        words: list[float] = []
        for channel in range(channels):
            chance = _mixed(hall.seed + 0x9E3779B97F4A7C15 * (channel + 1))
            words += [float(chance & WORD or 1), float(chance >> 32), *[0.0] * (size - 2)]
        return tuple(words)

    return rest


def _mixed(number: int) -> int:
    number &= LONG
    number = ((number ^ (number >> 30)) * 0xBF58476D1CE4E5B9) & LONG
    number = ((number ^ (number >> 27)) * 0x94D049BB133111EB) & LONG
    return number ^ (number >> 31)
