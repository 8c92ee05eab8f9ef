"""A universe: 512 slots of one byte, slot 1 first. Standard: DMX512-A (ANSI E1.11).

    Channels   where every channel of the patch lies, and how values become the universes' bytes
"""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SLOTS = 512


@dataclass(frozen=True, slots=True)
class Place:
    """Where one channel lies: universe number, slot from 0, slot of its low byte or None."""

    universe: int
    slot: int
    fine: int | None = None


class Channels:
    """Every channel that looks move, in one row, and the constants between them.

    A channel's value is a whole number from 0 to its top: 255, or 65535 where it has a fine slot.
    """

    def __init__(self, universes: list[int], places: list[Place], constants: list[tuple[Place, int]]) -> None:
        self.universes = tuple(sorted(universes))
        rows = {number: row for row, number in enumerate(self.universes)}
        at = [rows[place.universe] * SLOTS + place.slot for place in places]
        fine = [(channel, rows[place.universe] * SLOTS + place.fine) for channel, place in enumerate(places)
                if place.fine is not None]
        self.top = np.array([255 if place.fine is None else 65535 for place in places], dtype=np.int64)
        self._at = np.array(at, dtype=np.intp)
        self._wide = np.array([channel for channel, _ in fine], dtype=np.intp)
        self._fine_at = np.array([slot for _, slot in fine], dtype=np.intp)
        self._shift = np.where(self.top > 255, 8, 0)
        self._empty = np.zeros(len(self.universes) * SLOTS, dtype=np.uint8)
        for place, value in constants:
            self._empty[rows[place.universe] * SLOTS + place.slot] = value

    def __len__(self) -> int:
        return len(self.top)

    def quantise(self, levels: np.ndarray) -> np.ndarray:
        """Levels from 0 to 1 as channel values."""
        return np.rint(levels * self.top).astype(np.int64)

    def frames(self, values: np.ndarray) -> dict[int, bytes]:
        """The 512 bytes of each universe, by its number."""
        slots = self._empty.copy()
        slots[self._at] = values >> self._shift
        slots[self._fine_at] = values[self._wide] & 0xFF
        return {number: slots[row * SLOTS:(row + 1) * SLOTS].tobytes() for row, number in enumerate(self.universes)}
