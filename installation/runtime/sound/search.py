"""When to look for a card that is absent: at once when something was plugged in, then with growing pauses.

Pure; time is an argument.
"""
from __future__ import annotations

QUICK = (0.5, 1.0, 2.0, 4.0, 5.0, 5.0)     # s between looks after something changed
SLOW = 30.0                                # s afterwards: `card.fingerprint` sees nearly everything, this is for what it does not


class Search:
    """One absence. `is_due` is asked at every tick and costs nothing; each look it grants costs a process."""

    def __init__(self, now: float, fingerprint: str) -> None:
        self._fingerprint = fingerprint
        self._looks = 0
        self._next = now + QUICK[0]

    def is_due(self, now: float, fingerprint: str) -> bool:
        """Whether to look now; counted as a look."""
        if fingerprint != self._fingerprint:
            self._fingerprint, self._looks, self._next = fingerprint, 0, now
        if now < self._next:
            return False
        self._next = now + (QUICK[self._looks] if self._looks < len(QUICK) else SLOW)
        self._looks += 1
        return True
