"""Steps that change a value by itself, without memory: range, clip, curve, invert."""
from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

from ..terms.words import Words, both
from .schema.key import key
from .schema.measure import Measure, Measured, Pair
from .schema.sorts import Amount, Choice
from .step import Number, Step

STEEP = 4.0      # of the curves exp and log: e^4, some 35 dB between the flat end and the steep one


@dataclass(frozen=True, slots=True, kw_only=True)
class Range(Step):
    """From one range to another, kept within; `range: [3.0, 0.4]` gives 0 at 3.0 and 1 at 0.4."""

    about: ClassVar[Words] = both("From one range to another, kept within: `range: [3 m, 40 cm]` gives 0 at 3 m and 1 at 40 cm; "
                                  "`range: [0, 1, 200 Hz, 6 kHz]` names all four ends.",
                                  "D'une plage à une autre, sans en sortir : `range: [3 m, 40 cm]` donne 0 à 3 m et 1 à 40 cm ; "
                                  "`range: [0, 1, 200 Hz, 6 kHz]` nomme les quatre bouts.")

    short: ClassVar[tuple[str, ...]] = ("from", "to")
    source: tuple[Measure, Measure] = key(Pair(), both("what comes in: [first, last]", "ce qui entre : [premier, dernier]"),
                                          name="from")
    target: tuple[Measure, Measure] = key(Pair(), both("what goes out: [first, last]", "ce qui sort : [premier, dernier]"),
                                          name="to", default=(Measure(0.0), Measure(1.0)), shown="[0, 1]")
    curve: str = key(Choice("lin", "exp"), both("exp: equal ratios for equal ways, for frequencies",
                                                "exp : rapports égaux pour des pas égaux, pour les fréquences"), default="lin")

    def take(self, value: Number, now: float, new: bool, state: Any) -> tuple[Number, Any]:
        first, last = self.source[0].value, self.source[1].value
        way = min(1.0, max(0.0, (float(value) - first) / (last - first)))
        low, high = self.target[0].value, self.target[1].value
        if way in (0.0, 1.0):
            return (low, high)[int(way)], state
        if self.curve == "lin":
            return low * (1.0 - way) + high * way, state
        return math.copysign(math.exp(math.log(abs(low)) * (1.0 - way) + math.log(abs(high)) * way), low), state

    def fault(self) -> Words | None:
        if self.source[0].value == self.source[1].value:
            return both("both ends of the range that comes in are the same", "les deux bouts de la plage d'entrée sont les mêmes")
        if self.curve == "exp" and self.target[0].value * self.target[1].value <= 0:
            return both("an exponential range goes out between two numbers of one sign, neither of them 0; write `to`",
                        "une plage exponentielle sort entre deux nombres de même signe, non nuls ; écrivez `to`")
        return None

    def comes(self) -> tuple[Measure, ...]:
        return self.source

    def goes(self) -> tuple[Measure, ...]:
        return self.target


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip(Step):
    """Keep within: `clip: [0, 1]`."""

    about: ClassVar[Words] = both("Keep within: `clip: [0, 1]`.",
                                  "Garder entre deux bornes : `clip: [0, 1]`.")

    short: ClassVar[tuple[str, ...]] = ("low", "high")
    low: Measure = key(Measured(), both("never below", "jamais en dessous"))
    high: Measure = key(Measured(), both("never above", "jamais au-dessus"))

    def take(self, value: Number, now: float, new: bool, state: Any) -> tuple[Number, Any]:
        return min(self.high.value, max(self.low.value, float(value))), state

    def fault(self) -> Words | None:
        if self.low.value <= self.high.value:
            return None
        return both("the lower bound is above the upper one", "la borne basse est au-dessus de la haute")

    def comes(self) -> tuple[Measure, ...]:
        return (self.low, self.high)


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve(Step):
    """Bend a value between 0 and 1: `curve: s`. What comes in is kept within 0 and 1."""

    about: ClassVar[Words] = both("Bend a value between 0 and 1: `curve: s`. What comes in is kept within 0 and 1.",
                                  "Plier une valeur entre 0 et 1 : `curve: s`. Ce qui entre est gardé entre 0 et 1.")

    short: ClassVar[tuple[str, ...]] = ("shape",)
    shape: str = key(Choice("lin", "exp", "log", "s", "power"), both(
        "exp: slow, then fast; log: fast, then slow; s: slow at both ends; power: x to the `amount`",
        "exp : lent puis vif ; log : vif puis lent ; s : lent aux deux bouts ; power : x puissance `amount`"))
    amount: float | None = key(Amount("", 0.1, 16), both("how much it bends: exp and log (4), power (2)",
                                                         "combien elle plie : exp et log (4), power (2)"), default=None)

    def take(self, value: Number, now: float, new: bool, state: Any) -> tuple[Number, Any]:
        x = min(1.0, max(0.0, float(value)))
        steep = self.amount or STEEP
        match self.shape:
            case "exp":
                return math.expm1(steep * x) / math.expm1(steep), state
            case "log":
                return min(1.0, math.log1p(x * math.expm1(steep)) / steep), state
            case "s":
                return x * x * (3.0 - 2.0 * x), state
            case "power":
                return x ** (self.amount or 2.0), state
        return x, state

    def fault(self) -> Words | None:
        if self.amount is not None and self.shape in ("lin", "s"):
            return both(f'"{self.shape}" takes no amount', f"« {self.shape} » ne prend pas d'amount")
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invert(Step):
    """Turn round: 1 − x for a number between 0 and 1, not for a truth. `invert: true`."""

    about: ClassVar[Words] = both("Turn round: 1 − x for a number, not for a truth: `invert: true`.",
                                  "Retourner : 1 − x pour un nombre, non pour une vérité : `invert: true`.")

    def take(self, value: Number, now: float, new: bool, state: Any) -> tuple[Number, Any]:
        return (not value if isinstance(value, bool) else 1.0 - value), state
