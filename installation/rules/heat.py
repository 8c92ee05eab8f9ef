"""What is given up, in order, when the machine is too hot or slowed down, and taken back when it has cooled. Pure; times are arguments.

    heat = Heat(limit, ("voices", "idle"))
    heat.step(now, degrees, slowed)     the measures that stand now: (), ("voices",), ("voices", "idle")
    heat.is_hot                         whether it is too hot now, or not yet cool again
"""
from __future__ import annotations

from collections.abc import Sequence

COOLER = 6.0         # °C below the limit before it counts as cool
CALM = 120.0         # s of that before anything is taken back
NEXT = 300.0         # s that a measure is given to help before the next is taken
SURE = 20.0          # s of heat before it counts


class Heat:
    """limit: °C; measures: what is given up, in order."""

    def __init__(self, limit: float, measures: Sequence[str]) -> None:
        self._limit, self._measures = limit, tuple(measures)
        self._taken = 0
        self._hot_since: float | None = None
        self._cool_since: float | None = None
        self._last = 0.0
        self.is_hot = False

    def step(self, now: float, degrees: float | None, slowed: bool) -> tuple[str, ...]:
        """One look. degrees: None where nobody measures it; slowed: the processor says that it is."""
        hot = slowed or (degrees is not None and degrees >= self._limit)
        cool = not slowed and (degrees is None or degrees <= self._limit - COOLER)
        self._hot_since = None if not hot else now if self._hot_since is None else self._hot_since
        self._cool_since = None if not cool else now if self._cool_since is None else self._cool_since
        if self._hot_since is not None and now - self._hot_since >= SURE:
            if self._taken < len(self._measures) and (not self.is_hot or now - self._last >= NEXT):
                self._taken, self._last = self._taken + 1, now
            self.is_hot = True
        elif self.is_hot and self._cool_since is not None and now - self._cool_since >= CALM:
            self._taken, self._cool_since = max(0, self._taken - 1), now        # one at a time: it may have been what helped
            self.is_hot = self._taken > 0
        return self._measures[:self._taken]
