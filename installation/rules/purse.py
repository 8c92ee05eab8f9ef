"""So much a second, and so much at once: what one client, one host, or all together may ask before they have to wait. Pure.

    purse = Purse(rate=10)
    if purse.spend(1, now): …
"""
from __future__ import annotations

import math


class Purse:
    """Fills up by `rate` a second to at most `most` (as much as in a second, if that is not said). Time is an argument."""

    __slots__ = ("rate", "most", "left", "time")

    def __init__(self, rate: float, most: float | None = None) -> None:
        self.rate, self.most = rate, float(rate if most is None else most)
        self.left, self.time = self.most, -math.inf

    def has(self, much: float, time: float) -> bool:
        """Whether there is so much."""
        self.left = min(self.most, self.left + max(0.0, time - self.time) * self.rate)
        self.time = time
        return self.left >= much

    def spend(self, much: float, time: float) -> bool:
        """Take so much; False, and nothing taken, if there is less."""
        if not self.has(much, time):
            return False
        self.left -= much
        return True
