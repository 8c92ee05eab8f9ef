"""The steps of a mapping: small pure operations on one value, each with its state and the time as arguments.

    range      from one range to another            smooth     a lag, in seconds
    clip       keep within                          one_euro   steady when still, quick when moved
    curve      bend between 0 and 1                 median     throw out lone wrong values
    invert     turn round                           slew       bound the speed
    threshold  on and off, with hysteresis and dwell

A step is a record (its fields are its keys in config.yaml) with `begin()`, its state at rest, and `take(value, now, new, state)`,
the value it gives and its next state. `new` says that a sensor has spoken since the last call; between, the value stands.
Whatever comes in is finite; `mapping.Chain` looks after what comes out.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from ..terms.words import Words, both
from .lags import Median, OneEuro, Slew, Smooth
from .schema.key import key
from .schema.measure import Measure, Measured
from .schema.sorts import Amount
from .shapes import Clip, Curve, Invert, Range
from .step import Number, Step

__all__ = ["STEPS", "Clip", "Curve", "Invert", "Median", "OneEuro", "Range", "Slew", "Smooth", "Step", "Switch", "Threshold"]


class Switch(NamedTuple):
    """State of a threshold: on or off, and since when the contrary is called for."""

    on: bool
    since: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold(Step):
    """On and off. With `on` below `off` it goes on when the value is low: {on: 1 m, off: 1.2 m} for someone near."""

    about: ClassVar[Words] = both("On and off: `threshold: {on: 0.8, off: 0.6, for: 2 s, until: 5 s}`. With `on` below `off` it goes on when "
                                  "the value is low: `{on: 1 m, off: 1.2 m}`.",
                                  "Marche et arrêt : `threshold: {on: 0.8, off: 0.6, for: 2 s, until: 5 s}`. Avec `on` sous `off`, s'allume "
                                  "quand la valeur est basse : `{on: 1 m, off: 1.2 m}`.")

    short: ClassVar[tuple[str, ...]] = ("on",)
    on: Measure = key(Measured(), both("goes on at this level", "s'allume à ce niveau"))
    off: Measure | None = key(Measured(), both("goes off at this level; without it, at `on`",
                                               "s'éteint à ce niveau ; sinon, à `on`"), default=None)
    dwell: float = key(Amount("s", 0, 3600), both("seconds it must call for on, before it goes on",
                                                  "secondes d'appel avant de s'allumer"), name="for", default=0.0)
    until: float = key(Amount("s", 0, 3600), both("seconds it must call for off, before it goes off",
                                                  "secondes d'appel avant de s'éteindre"), default=0.0)

    def begin(self) -> Any:
        return Switch(False, None)

    def take(self, value: Number, now: float, new: bool, state: Switch) -> tuple[Number, Any]:
        on, off = self.on.value, (self.off or self.on).value
        x = float(value)
        if on < off:
            calls = x >= off if state.on else x <= on
        else:
            calls = (x <= off if off < on else x < on) if state.on else x >= on
        if not calls:
            return state.on, Switch(state.on, None)
        since = now if state.since is None else min(state.since, now)
        if now - since >= (self.until if state.on else self.dwell):
            return not state.on, Switch(not state.on, None)
        return state.on, Switch(state.on, since)

    def comes(self) -> tuple[Measure, ...]:
        return (self.on,) if self.off is None else (self.on, self.off)


STEPS: dict[str, type[Step]] = {"range": Range, "clip": Clip, "curve": Curve, "invert": Invert, "smooth": Smooth,
                                "one_euro": OneEuro,
                                "median": Median, "slew": Slew, "threshold": Threshold}
