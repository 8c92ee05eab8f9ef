"""The engine in this process, without a card: for `render`, for rehearsal, for tests. The same object code as a player's.

inline = Inline(arena, engine)          engine: path of the engine's object file; threads=2: two threads render
inline.load(number, path)               a unit's code
inline.render(frames, heard=None)       float32 (frames, outputs), as they would leave the card
inline.close()                          its workers leave
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from ..terms.fault import Fault
from ..terms.words import both
from .arena import Arena
from .layout import EPOCH, INPUTS, OUTPUTS
from .loader import Loaded


class Inline:
    """A player that is this process."""

    def __init__(self, arena: Arena, engine: Path | str, objects: Mapping[int, Path | str] | None = None, *, threads: int = 1) -> None:
        self.arena = arena
        self.loaded = Loaded(arena, threads)
        self.loaded.load_engine(engine)
        self._paths: dict[int, str] = {}
        for number, path in (objects or {}).items():
            self.load(number, path)
        self._ours = False

    def load(self, number: int, path: Path | str) -> None:
        """Load a unit's code, if that file is not loaded under that number already."""
        if self._paths.get(number) != str(path):
            self.loaded.load_unit(number, path)
            self._paths[number] = str(path)

    def take_over(self) -> None:
        """Become the player: the epoch moves on, and any other player leaves."""
        self.arena.words[EPOCH] += 1
        self._ours = self.loaded.take_over(self.arena.words[EPOCH])

    def render(self, frames: int, heard: np.ndarray | None = None) -> np.ndarray:
        """The next frames. heard: float32 (frames, inputs), what the inputs hear meanwhile. Raises Fault if another player has taken over."""
        if not self._ours:
            self.take_over()
        out = np.empty((frames, self.arena.words[OUTPUTS]), np.float32)
        address = 0
        if heard is not None and self.arena.words[INPUTS]:
            heard = np.ascontiguousarray(heard, np.float32).reshape(frames, self.arena.words[INPUTS])
            address = heard.ctypes.data
        if not self.loaded.render(address, out.ctypes.data, frames):
            raise Fault(both("another player has taken over", "un autre lecteur a pris la suite"), id="inline.stale")
        return out

    def close(self) -> None:
        """Let the workers leave."""
        self.loaded.close()
