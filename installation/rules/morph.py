"""From one value to another, as far as a fader or a clock has come.

    between(declaration, one, other, position)   0 is one, 1 is the other
    way(curve, passed)                           how far a morph has come when this part of its time has passed

Numbers go along the parameter's own curve: what is exponential in equal ratios (a pitch in equal intervals), a level evenly in dB, all
else evenly. Colours go channel by channel. What has nothing between its values (a switch, a text) changes at the half.
"""
from __future__ import annotations

from ..terms.declaration import Curve, Declaration, Kind, Value
from ..terms.fault import Fault
from ..terms.words import both

LINEAR, EASE, LATE = CURVES = "linear", "ease", "late"


def between(declaration: Declaration, one: Value, other: Value, position: float) -> Value:
    """The value at a position between two that fit this declaration. It never leaves the two."""
    if position <= 0.0:
        return one
    if position >= 1.0:
        return other
    if isinstance(one, tuple) and isinstance(other, tuple):
        return tuple(_linear(a, b, position) for a, b in zip(one, other))
    if declaration.kind not in (Kind.FLOAT, Kind.INT):
        return one if position < 0.5 else other
    a, b = float(one), float(other)      # type: ignore[arg-type]
    if declaration.curve is Curve.EXPONENTIAL and a > 0 and b > 0:
        value = min(max(a, b), max(min(a, b), a * (b / a) ** position))
    else:
        value = _linear(a, b, position)
    return round(value) if declaration.kind is Kind.INT else value


def way(curve: str, passed: float) -> float:
    """How far, 0 to 1, when this part of the time, 0 to 1, has passed: evenly; softly from both ends; or late and then quickly."""
    passed = min(1.0, max(0.0, passed))
    if curve == EASE:
        return passed * passed * (3.0 - 2.0 * passed)
    return passed ** 3 if curve == LATE else passed


def checked_curve(curve: object) -> str:
    """A morph's curve. Raises Fault if there is no such."""
    if isinstance(curve, str) and curve in CURVES:
        return curve
    raise Fault(both(f"expected one of {', '.join(CURVES)}, got {str(curve)[:40]!r}", f"il faut l'un de {', '.join(CURVES)}, et non {str(curve)[:40]!r}"),
                id="preset.curve")


def _linear(a: float, b: float, position: float) -> float:
    return min(max(a, b), max(min(a, b), a * (1.0 - position) + b * position))
