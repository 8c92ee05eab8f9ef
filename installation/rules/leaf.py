"""One value of the tree: its declaration, what stands, who holds it, how often it was written.

A leaf fits what is written to it: out of range is clipped and counted, a wrong type or a number that is not finite is refused
with a Fault.
"""
from __future__ import annotations

from dataclasses import dataclass
from math import inf

from ..terms.declaration import LARGEST, Access, Declaration, Kind, Value
from ..terms.fault import Fault
from .followers import Watcher
from .holders import Holders


@dataclass(slots=True)
class Counts:
    """What became of the writes to one address."""

    written: int = 0
    clipped: int = 0
    refused: int = 0


class Leaf:
    """One address of the tree. `touched` says whether somebody has written it, so that it is worth saving."""

    __slots__ = ("counts", "declaration", "high", "holders", "low", "read_only", "time", "touched", "trigger", "value",
                 "watchers")

    def __init__(self, declaration: Declaration) -> None:
        self.counts = Counts()
        self.time = 0.0
        self.touched = False
        self.watchers: tuple[Watcher, ...] = ()
        self._adopt(declaration)
        default = None if self.trigger else declaration.fit(declaration.default)[0]
        self.holders = Holders(default)
        self.value: Value = default

    def _adopt(self, declaration: Declaration) -> None:
        self.declaration = declaration
        self.read_only = declaration.access is Access.READ
        self.trigger = declaration.kind is Kind.TRIGGER
        self.low, self.high = inf, -inf                   # the range within which nothing needs fitting: none
        if declaration.kind is Kind.FLOAT:
            self.low = -LARGEST if declaration.low is None else float(declaration.low)
            self.high = LARGEST if declaration.high is None else float(declaration.high)

    def redeclare(self, declaration: Declaration) -> None:
        """Take another declaration; value, holders and watchers stay as far as they fit it."""
        self._adopt(declaration)

        def fit(value: Value) -> Value:
            try:
                return declaration.fit(value)[0]
            except Fault:                                 # the kind changed: the old value means nothing any more
                return None

        self.holders.refit(fit)
        base = fit(self.holders.base)
        if base is None and not self.trigger:
            base, self.touched = declaration.fit(declaration.default)[0], False
        self.holders.base = base

    def restore(self, value: object) -> None:
        """Take a saved value as the base. Raises Fault if it does not fit."""
        self.holders.base, _ = self.declaration.fit(value)
        self.touched = True

    def fit(self, value: object) -> tuple[Value, bool]:
        """The value as the declaration holds it, and whether it was clipped; counted. Raises Fault if it is refused."""
        counts = self.counts
        counts.written += 1
        if type(value) is float and self.low <= value <= self.high:       # most writes; not a number compares false
            return value, False
        try:
            fitted, clipped = self.declaration.fit(value)
        except Fault:
            counts.refused += 1
            raise
        if clipped:
            counts.clipped += 1
        return fitted, clipped
