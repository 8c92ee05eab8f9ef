"""Steps that follow a value in time: smooth, one_euro, median, slew. Time may come irregularly, and stand still."""
from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from ..terms.words import Words, both
from .schema.key import key
from .schema.sorts import Amount, Whole
from .step import Number, Step


class Lag(NamedTuple):
    """State of what follows with a lag: the value given last, its speed, and when."""

    value: float
    speed: float
    time: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Smooth(Step):
    """Follow with a lag; after this many seconds 63 % of a change has come through. Exact however irregularly it is asked."""

    about: ClassVar[Words] = both("Follow with a lag; after this time 63 % of a change has come through: `smooth: 0.4`.",
                                  "Suivre avec un retard ; après ce temps, 63 % d'un changement est passé : `smooth: 0.4`.")

    short: ClassVar[tuple[str, ...]] = ("time",)
    time: float = key(Amount("s", 0, 3600), both("time constant", "constante de temps"))

    def take(self, value: Number, now: float, new: bool, state: Lag | None) -> tuple[Number, Any]:
        if state is None or self.time == 0.0:
            return float(value), Lag(float(value), 0.0, now)
        share = -math.expm1(-max(0.0, now - state.time) / self.time)
        given = _between(state.value, float(value), share)
        return given, Lag(given, 0.0, max(now, state.time))


@dataclass(frozen=True, slots=True, kw_only=True)
class OneEuro(Step):
    """Steady when the visitor stands still, quick when he moves.

    Source: Casiez, Roussel and Vogel, "1€ Filter", CHI 2012, algorithm 1.
    """

    about: ClassVar[Words] = both("Steady when the visitor stands still, quick when they move (Casiez, Roussel and Vogel, 2012): "
                                  "`one_euro: {min_cutoff: 1, beta: 0.5}`.",
                                  "Stable quand le visiteur est immobile, vif quand il bouge (Casiez, Roussel et Vogel, 2012) : "
                                  "`one_euro: {min_cutoff: 1, beta: 0.5}`.")

    short: ClassVar[tuple[str, ...]] = ("min_cutoff",)
    min_cutoff: float = key(Amount("Hz", 0.001, 100), both("lower is steadier at rest", "plus bas : plus stable au repos"),
                            default=1.0)
    beta: float = key(Amount("", 0, 1000), both("higher is quicker when moved", "plus haut : plus vif en mouvement"), default=0.0)
    d_cutoff: float = key(Amount("Hz", 0.001, 100), both("for the speed", "pour la vitesse"), default=1.0)

    def take(self, value: Number, now: float, new: bool, state: Lag | None) -> tuple[Number, Any]:
        x = float(value)
        if state is None:
            return x, Lag(x, 0.0, now)
        passed = now - state.time
        if passed <= 0.0:
            return state.value, state
        speed = _between(state.speed, (x - state.value) / passed, _share(self.d_cutoff, passed))
        given = _between(state.value, x, _share(self.min_cutoff + self.beta * abs(speed), passed))
        return given, Lag(given, speed, now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Median(Step):
    """The middle one of the last readings: lone wrong values vanish. `median: 5`."""

    about: ClassVar[Words] = both("The middle one of the last readings; lone wrong values vanish: `median: 5`.",
                                  "La médiane des dernières mesures ; les valeurs fausses isolées disparaissent : `median: 5`.")

    short: ClassVar[tuple[str, ...]] = ("size",)
    size: int = key(Whole(1, 99), both("how many readings, an odd number", "combien de mesures, un nombre impair"))

    def begin(self) -> Any:
        return ()

    def take(self, value: Number, now: float, new: bool, state: tuple[float, ...]) -> tuple[Number, Any]:
        if new or not state:
            state = (*state, float(value))[-self.size:]
        return sorted(state)[len(state) // 2], state

    def fault(self) -> Words | None:
        return None if self.size % 2 else both("an even number has no middle one", "un nombre pair n'a pas de milieu")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slew(Step):
    """Bound the speed: so much a second upwards, so much downwards. `slew: 0.5`."""

    about: ClassVar[Words] = both("Bound the speed, in units a second: `slew: 0.5`.",
                                  "Borner la vitesse, en unités par seconde : `slew: 0.5`.")

    short: ClassVar[tuple[str, ...]] = ("up", "down")
    up: float = key(Amount("", 1e-6, 1e9), both("at most so much a second upwards", "au plus autant par seconde en montant"))
    down: float = key(Amount("", 1e-6, 1e9),
                      both("at most so much a second downwards", "au plus autant par seconde en descendant"))

    def take(self, value: Number, now: float, new: bool, state: Lag | None) -> tuple[Number, Any]:
        if state is None:
            return float(value), Lag(float(value), 0.0, now)
        passed = max(0.0, now - state.time)
        given = min(state.value + self.up * passed, max(state.value - self.down * passed, float(value)))
        return given, Lag(given, 0.0, max(now, state.time))


def _between(start: float, end: float, share: float) -> float:
    """From start to end by a share: never past either, and finite wherever both are."""
    if share <= 0.0:
        return start
    if share >= 1.0:
        return end
    given = start * (1.0 - share) + end * share
    return min(max(given, min(start, end)), max(start, end))


def _share(cutoff_hz: float, passed: float) -> float:
    """The smoothing factor of a cutoff for one sample of this duration (the paper's alpha)."""
    turns = 2.0 * math.pi * cutoff_hz * passed
    return 1.0 if math.isinf(turns) else turns / (1.0 + turns)
