"""The way out of the house: what may leave at each tick, through the flash guard; and the neutral end. No device, no clock.

    outlet = Outlet(piece.light)
    outlet.tick(wanted, now)     {universe: 512 bytes}; `wanted` are values as `Lights.compose` makes them, None is the neutral look
    outlet.leave()               from the next tick on: to the neutral look; `left` is true once its last frame was given three times

At the end the lamps fade to the neutral look through the guard, and the last frame is given three times, because interfaces hold
their last frame for ever. Until something is wanted they stand at the neutral look too.
"""
from __future__ import annotations

import numpy as np

from ..rules.lamps import Light
from .frames import Lights

FADE = 1.0          # s to the neutral look
LAST_FRAMES = 3     # times that the last frame is given
LEAVE_WITHIN = 1.5  # s from `leave` to the last frame, whatever the guard holds


class Outlet:
    """All universes of a piece, as they may leave.

    sent      the values given last
    is_last   whether the frame given last was one of the last ones, which ports must not leave out
    before    values that a sender before this one left behind: the first tick repeats them, so that what follows is judged from there
    """

    def __init__(self, light: Light, before: np.ndarray | None = None) -> None:
        self.lights = Lights(light)
        self.neutral = self.lights.compose([(self.lights.neutral(), 1.0)])
        self.sent = self.neutral if before is None else before
        self.is_last = self.left = False
        self._before = before
        self._fade: float | None = None
        self._leaving: tuple[float, np.ndarray] | None = None     # since when, from which values
        self._repeats = 0

    def tick(self, wanted: np.ndarray | None, now: float) -> dict[int, bytes]:
        """One frame: what may leave at this time. Time must not run backwards from call to call."""
        if self._before is not None:
            self.sent, self._before = self.lights.guarded(self._before, now), None
            return self.lights.pack(self.sent)
        if self._fade is not None and self._leaving is None:
            self._leaving = now, self.sent
        if self._leaving is not None:
            wanted = self._on_the_way(now)
        self.sent = self.lights.guarded(self.neutral if wanted is None else wanted, now)
        self.is_last = self._leaving is not None and (np.array_equal(self.sent, self.neutral) or now - self._leaving[0] >= LEAVE_WITHIN)
        self._repeats += self.is_last
        self.left = self._repeats >= LAST_FRAMES
        return self.lights.pack(self.sent)

    def leave(self, fade: float = FADE) -> None:
        """Fade to the neutral look from the next tick on."""
        if self._fade is None:
            self._fade = fade

    def _on_the_way(self, now: float) -> np.ndarray:
        assert self._leaving is not None and self._fade is not None
        since, start = self._leaving
        part = min(1.0, max(0.0, (now - since) / self._fade))
        return np.rint(start + part * (self.neutral - start)).astype(np.int64)
