"""Who holds a value: one holder at a time, by priority, with timed release. Pure; time is an argument.

Two sorts of writes:

    base     DEFAULT and PRESET set what the value is when nobody holds it
    claim    MAPPING, SCORE, ALARM and SAFETY hold the value until their time is up or they let go; the highest one stands
    HAND     does both: it holds for its time, and what it set is what stays when nobody else wants the value

So when an operator's hand lets go, a mapping that is still at work takes over, else the value stays where the hand left it.
Within one priority the last one to write holds.
"""
from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from ..terms.declaration import Value


class Priority(IntEnum):
    """Who gives way to whom: a higher number holds against a lower one."""

    DEFAULT = 0
    PRESET = 1
    MAPPING = 2
    SCORE = 3
    HAND = 4
    ALARM = 5
    SAFETY = 6


@dataclass(slots=True)
class Claim:
    """One holder, or one who waits for a higher one to let go. `until` is loop time in seconds, or infinity."""

    priority: Priority
    origin: str
    value: Value
    until: float


class Holders:
    """The base value of one address and the claims upon it."""

    __slots__ = ("base", "claims", "top")

    def __init__(self, base: Value) -> None:
        self.base = base
        self.claims: dict[int, Claim] = {}
        self.top: Claim | None = None

    @property
    def value(self) -> Value:
        """What stands now: the highest claim, else the base."""
        return self.base if self.top is None else self.top.value

    @property
    def first_end(self) -> float:
        """When the first of the claims ends; infinity if none does by itself."""
        return min((claim.until for claim in self.claims.values()), default=float("inf"))

    def take(self, priority: Priority, origin: str, value: Value, until: float, time: float) -> bool:
        """Write once. Returns whether this write is what stands now; if not, it waits below a higher claim."""
        if self.top is not None and self.top.until <= time:
            self.lapse(time)
        if priority <= Priority.PRESET:
            self.base = value
            return self.top is None
        if priority == Priority.HAND:
            self.base = value
        if until <= time:
            if self.claims.pop(priority, None) is not None:
                self._settle()
            return self.top is None and priority == Priority.HAND
        claim = self.claims.get(priority)
        if claim is None:
            claim = self.claims[priority] = Claim(priority, origin, value, until)
            self._settle()
        else:
            claim.origin, claim.value, claim.until = origin, value, until
        return self.top is claim

    def lapse(self, time: float) -> bool:
        """Let go of the claims whose time is up. Returns whether there were any."""
        return self._keep(lambda claim: claim.until > time)

    def drop(self, origin: str) -> bool:
        """Let go of the claims of one origin. Returns whether there were any."""
        return self._keep(lambda claim: claim.origin != origin)

    def refit(self, fit) -> None:
        """Bring base and claims under another declaration; a claim that `fit` refuses (by None) is let go."""
        for priority, claim in list(self.claims.items()):
            claim.value = fit(claim.value)
            if claim.value is None:
                del self.claims[priority]
        self._settle()

    def _keep(self, wanted) -> bool:
        kept = {priority: claim for priority, claim in self.claims.items() if wanted(claim)}
        changed = len(kept) != len(self.claims)
        if changed:
            self.claims = kept
            self._settle()
        return changed

    def _settle(self) -> None:
        self.top = self.claims[max(self.claims)] if self.claims else None
