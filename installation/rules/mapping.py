"""A mapping at work: readings in, one value out, through its steps in the order in which they are written.

    Chain.from_record(record)     from config.yaml
    Chain([Range(...), Smooth(...)], sources=("plinth.distance",))     in Python
    chain.apply(readings, now)    → a number (a truth is 1 or 0), or None: let the parameter go

A source that is fresh or held feeds the steps. When every source is at rest, `when_stale` decides: REST feeds the declared rest
through all the steps; HOLD keeps what was given last; a value enters before the step at `stale_at`; None lets go. While one
source of several still speaks, the others contribute their rest; those without one that never spoke are left out of min, max
and mean. Time is an argument, and one that goes back is taken as standing still. What is not finite is not given: the last
good value stands, and `faults` counts.
"""
from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..terms.fault import Fault
from ..terms.reading import Freshness, Reading
from .expression import Expression
from .piece import HOLD, REST, MappingRecord
from .schema.chain import COMBINE
from .steps import STEPS, Step

Value = float | bool
_SILENT = (Freshness.REST, Freshness.ABSENT)
_MERGE: dict[str, Callable[[list[float]], float]] = {"min": min, "max": max,
                                                     "mean": lambda parts: math.fsum(part / len(parts) for part in parts)}


class Chain:
    """Steps with their states. One chain serves one mapping.

    steps       steps.py
    sources     "sensor.field", as in the readings' names; at least one
    combine     "min", "max", "mean" or an expression over the sources; needed where there are several
    when_stale  REST, HOLD, a value or None
    stale_at    the step before which that value enters; by default it is given as it is
    faults      how often there was no finite value to give
    """

    def __init__(self, steps: Sequence[Step], *, sources: Sequence[str], combine: str = "", when_stale: Value | str | None = REST,
                 stale_at: int | None = None) -> None:
        self.steps = tuple(steps)
        self.sources = tuple(sources)
        self.when_stale = when_stale
        self.stale_at = len(self.steps) if stale_at is None else stale_at
        self.faults = 0
        self._merge = _MERGE.get(combine)
        self._expression = Expression.parse(combine) if combine and not self._merge else None
        self._states: list[Any] = [step.begin() for step in self.steps]
        self._given: Value | None = None
        self._heard: tuple[float, ...] = ()
        self._now = -math.inf

    @classmethod
    def from_record(cls, record: MappingRecord) -> Chain:
        """The chain that a mapping of config.yaml declares."""
        combine = next((arguments["how"] for name, arguments in record.steps if name == COMBINE), "")
        steps = [STEPS[name](**arguments) for name, arguments in record.steps if name != COMBINE]
        return cls(steps, sources=record.sources, combine=combine, when_stale=record.when_stale, stale_at=record.stale_at)

    def apply(self, readings: Mapping[str, Reading], now: float) -> float | None:
        """The value that these readings give at this moment; true is 1, false is 0."""
        value = self._value(readings, now)
        return None if value is None else float(value)

    def _value(self, readings: Mapping[str, Reading], now: float) -> Value | None:
        now = self._now = max(now, self._now)
        found = {name: readings[name] for name in self.sources if name in readings}
        stale = all(reading.freshness in _SILENT for reading in found.values())     # also when there are none
        if stale and self.when_stale != REST:
            return self._when_stale(now)
        parts = {name: reading.value for name, reading in found.items() if _finite(reading.value)}
        heard = tuple(reading.time for reading in found.values())
        new, self._heard = heard != self._heard, heard
        if not parts:
            return self._given
        try:
            value = self._combined(parts)
        except Fault as fault:
            self.faults += fault.id != "expression.absent"
            return self._given
        return self._run(value, now, new, 0)

    def _combined(self, parts: dict[str, float]) -> Value:
        if self._expression is not None:
            return self._expression.value(parts)
        if self._merge is not None:
            return self._merge(list(parts.values()))
        return next(iter(parts.values()))

    def _when_stale(self, now: float) -> Value | None:
        value = self.when_stale
        if value is None or isinstance(value, str):
            if value != HOLD:
                self._given = None
            return self._given
        return self._run(value, now, True, self.stale_at)

    def _run(self, value: Value, now: float, new: bool, start: int) -> Value | None:
        for index in range(start, len(self.steps)):
            try:
                given, state = self.steps[index].take(value, now, new, self._states[index])
            except (ArithmeticError, ValueError):
                given, state = math.nan, None
            if not _finite(given):
                self.faults += 1
                return self._given
            value, self._states[index] = given, state
        self._given = value
        return value


def _finite(value: Any) -> bool:
    return isinstance(value, (bool, int, float)) and math.isfinite(value)
