"""Dimmer curves: how a level asked for becomes the level sent, both 0 to 1.

    linear   as asked. LED lamps: light grows with the slot's value
    square   level². The eye sees equal steps (Stevens: brightness follows about the square root of light)
    s        3·level² − 2·level³. Slow at both ends: long fades of filament lamps

All begin at 0, end at 1 and never fall, so that a fade stays a fade.
"""
from __future__ import annotations

from collections.abc import Callable


def linear(level: float) -> float:
    """As asked."""
    return level


def square(level: float) -> float:
    """Equal steps to the eye."""
    return level * level


def s(level: float) -> float:
    """Slow at both ends."""
    return level * level * (3.0 - 2.0 * level)


CURVES: dict[str, Callable[[float], float]] = {"linear": linear, "square": square, "s": s}
