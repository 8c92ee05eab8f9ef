"""The one record behind every value that a person may see or move.

Range checks, help, OSC, presets, the web page, the logbook and fault texts all derive from a `Declaration`; nothing about a
value is written anywhere else.
"""
from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

from .address import is_address
from .fault import Fault
from .words import Words, both

LARGEST = 3.4e38            # what OSC's 32-bit float can say
LARGEST_INT = 2**31 - 1

Value = float | int | bool | str | tuple[float, ...] | None


class Kind(Enum):
    """What sort of value it is."""

    FLOAT = "float"
    INT = "int"
    BOOL = "bool"
    TEXT = "text"
    TRIGGER = "trigger"     # has no value; writing it makes something happen
    COLOUR = "colour"       # three ratios: red, green, blue


class Curve(Enum):
    """How a fader's way runs through the range."""

    LINEAR = "lin"
    EXPONENTIAL = "exp"     # equal ratios for equal ways; the range must not touch zero
    DECIBEL = "db"          # linear in dB


class Access(Enum):
    """Who may do what from outside."""

    READ = "read"
    WRITE = "write"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Declaration:
    """One value of the tree.

    address   its OSC address
    kind      see Kind
    unit      the unit's name, "" for none
    low, high its range, inclusive; None where it has none
    default   its value before anyone wrote it
    curve     the fader's way through the range
    glide     seconds a change takes to be heard or seen
    access    see Access
    about     one line in each language
    persists  whether its value outlives a restart
    choices   for text: the words it may be
    """

    address: str
    kind: Kind = Kind.FLOAT
    unit: str = ""
    low: float | None = None
    high: float | None = None
    default: Value = 0.0
    curve: Curve = Curve.LINEAR
    glide: float = 0.0
    access: Access = Access.BOTH
    about: Words = Words("", "")
    persists: bool = False
    choices: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not is_address(self.address):
            raise Fault(both(f"{self.address!r} is not an OSC address", f"{self.address!r} n'est pas une adresse OSC"), id="address")
        if self.low is not None and self.high is not None and not self.low <= self.high:
            raise Fault(both(f"the range {self.low} to {self.high} is empty", f"la plage {self.low} à {self.high} est vide"),
                        where=self.address, id="declaration.range")
        if self.curve is Curve.EXPONENTIAL and not ((self.low or 0) > 0 and (self.high or 0) > 0):
            raise Fault(both("an exponential curve needs a range above zero", "une courbe exponentielle veut une plage au-dessus de zéro"),
                        where=self.address, id="declaration.curve")

    def fit(self, value: object) -> tuple[Value, bool]:
        """The value as this declaration holds it, and whether it had to be clipped into the range.

        Raises Fault if it is of the wrong type, or not finite.
        """
        match self.kind:
            case Kind.TRIGGER:
                return None, False
            case Kind.BOOL:
                if isinstance(value, bool):
                    return value, False
                if isinstance(value, (int, float)) and value in (0, 1):
                    return bool(value), False
            case Kind.TEXT:
                if isinstance(value, str) and len(value) <= 200 and (not self.choices or value in self.choices):
                    return value, False
            case Kind.COLOUR:
                if isinstance(value, (tuple, list)) and len(value) == 3 and all(_finite(part) for part in value):
                    colour = tuple(min(1.0, max(0.0, float(part))) for part in value)
                    return colour, colour != tuple(float(part) for part in value)
            case Kind.FLOAT | Kind.INT:
                if _finite(value):
                    number = float(value)  # type: ignore[arg-type]
                    bound = float(LARGEST_INT) if self.kind is Kind.INT else LARGEST
                    within = max(-bound if self.low is None else float(self.low), number)
                    within = min(bound if self.high is None else float(self.high), within)
                    return (round(within) if self.kind is Kind.INT else within), within != number
        raise Fault(_wants(self, value), where=self.address, id="value.type")

    def position(self, value: float) -> float:
        """Where the value stands on a fader, 0 to 1. The declaration must have a range."""
        low, high = float(self.low or 0.0), float(self.high if self.high is not None else 1.0)
        if high == low:
            return 0.0
        if self.curve is Curve.EXPONENTIAL:
            return math.log(value / low) / math.log(high / low)
        return (value - low) / (high - low)

    def at(self, position: float) -> float:
        """The value at a fader's position, 0 to 1: the inverse of `position`."""
        low, high = float(self.low or 0.0), float(self.high if self.high is not None else 1.0)
        if self.curve is Curve.EXPONENTIAL:
            return low * (high / low) ** position
        return low + (high - low) * position


def _finite(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _wants(declaration: Declaration, value: object) -> Words:
    shown = repr(value)
    shown = shown if len(shown) < 60 else shown[:57] + "…"
    if declaration.choices:
        choices = ", ".join(declaration.choices)
        return both(f"expected one of {choices}, got {shown}", f"il faut l'un de {choices}, et non {shown}")
    kinds = {Kind.FLOAT: ("a finite number", "un nombre fini"), Kind.INT: ("a whole number", "un nombre entier"),
             Kind.BOOL: ("true or false", "vrai ou faux"), Kind.TEXT: ("a text", "un texte"),
             Kind.COLOUR: ("three numbers from 0 to 1", "trois nombres de 0 à 1"), Kind.TRIGGER: ("nothing", "rien")}
    en, fr = kinds[declaration.kind]
    return both(f"expected {en}, got {shown}", f"il faut {fr}, et non {shown}")
