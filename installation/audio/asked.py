"""What an artist asks of a word in plain numbers, that is, not by a signal: checked here, refused at the artist's line.

    within(word, value, low, high)   a finite number in a range
    measure(word, text, unit)        a text such as "350 ms"
    whole(word, value, low, high)    a whole number in a range
    refusal(happened, id, remedy)    a Fault, at the line, to be raised
"""
from __future__ import annotations

import math
from typing import Any

from ..terms.fault import Fault
from ..terms.quantity import quantity
from ..terms.words import Words, both
from .signal import whereabouts


def within(word: str, value: Any, low: float, high: float, unit: str = "") -> float:
    """A number from low to high, or a text in `unit`. Raises Fault for anything else: a signal, infinity, a number outside."""
    if isinstance(value, str):
        value = measure(word, value, unit)
    tail = f" {unit}" if unit else ""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value) and low <= value <= high:
        return float(value)
    raise refusal(both(f"{word}: expected a number, {low:g} to {high:g}{tail}, got {_shown(value)}",
                       f"{word} : il faut un nombre, {low:g} à {high:g}{tail}, et non {_shown(value)}"), "graph.range",
                  both("It is fixed when the scene is composed.", "Il est fixé quand la scène est composée."))


def whole(word: str, value: Any, low: int, high: int) -> int:
    """A whole number from low to high. Raises Fault for anything else."""
    if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
        return value
    raise refusal(both(f"{word}: expected a whole number, {low} to {high}, got {_shown(value)}",
                       f"{word} : il faut un nombre entier, {low} à {high}, et non {_shown(value)}"), "graph.range")


def measure(word: str, text: str, unit: str) -> float:
    """A text such as "350 ms" as a number of that unit. Raises Fault if it measures something else."""
    try:
        return quantity(text, unit)
    except Fault as fault:
        raise refusal(both(f"{word}: ", f"{word} : ") + fault.happened, fault.id, fault.remedy) from None


def refusal(happened: Words, id: str, remedy: Words | str = "") -> Fault:
    """A Fault at the artist's line."""
    return Fault(happened, where=whereabouts(), remedy=remedy, id=id)


def _shown(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) < 60 else shown[:57] + "…"
