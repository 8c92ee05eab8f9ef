"""So much a second, and so much at once: what one client, or one host, may ask before it has to wait."""
from __future__ import annotations

import math


class Allowance:
    """Fills up by `rate` a second to at most `burst`. Time is an argument."""

    __slots__ = ("rate", "burst", "left", "time")

    def __init__(self, rate: float, burst: float) -> None:
        self.rate, self.burst, self.left, self.time = rate, burst, burst, -math.inf

    def has(self, now: float, much: float = 1.0) -> bool:
        """Whether there is so much."""
        if self.time > -math.inf:
            self.left = min(self.burst, self.left + max(0.0, now - self.time) * self.rate)
        self.time = now
        return self.left >= much

    def take(self, now: float, much: float = 1.0) -> bool:
        """Take so much; False, and nothing taken, if there is less."""
        if not self.has(now, much):
            return False
        self.left -= much
        return True
