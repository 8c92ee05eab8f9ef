"""Words about how loud, and together."""
from __future__ import annotations

from typing import Any

from ...terms.quantity import gain_from_db
from ...terms.words import both
from ..asked import refusal, within
from ..graph import Signal
from ..signal import operand

__all__ = ["db", "mix"]


def mix(*signals: Any) -> Signal:
    """All of them at once, as they are; a list will do too. The same as + between them.    ug.mix(low, high, bell)"""
    parts = list(signals[0]) if len(signals) == 1 and isinstance(signals[0], (list, tuple)) else list(signals)
    if not parts:
        raise refusal(both("ug.mix: there is nothing to mix", "ug.mix : il n'y a rien à mélanger"), "graph.missing")
    total = operand(parts[0], "ug.mix")
    for part in parts[1:]:
        total = total + operand(part, "ug.mix")
    if not isinstance(total, Signal):
        raise refusal(both("ug.mix: expected sounds, got only numbers", "ug.mix : il faut des sons, et non des nombres"),
                      "graph.operand")
    return total


def db(level: float) -> float:
    """The gain of a level in dB: 0 is 1, -6 is a half, -60 a thousandth.    ug.pink() * ug.db(-12)"""
    return gain_from_db(within("ug.db", level, -400.0, 60.0, "dB"))
