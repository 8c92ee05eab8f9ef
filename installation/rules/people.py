"""Where people are, as a sensor's readings tell: fields x and y, or x1, y1, x2, y2…, in metres from the sensor, as radars and cameras give them.

    pairs(fields)                        (("x1", "y1"), …): the fields that are places; none is no such sensor
    placed(x, y, at, facing)             a place in the room

x is to the sensor's right and y straight ahead of it, seen from above. Only what is fresh is a person: a sensor that no longer sees somebody must
fall silent on that field, or say so by not giving it.
"""
from __future__ import annotations

import math
from collections.abc import Mapping

from ..terms.quantity import known_unit

MOST = 16       # people of one sensor


def pairs(fields: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The pairs of fields that are places: lengths, called x and y with the same number, or none, after them."""
    numbers = ["", *(str(number) for number in range(MOST + 1))]
    return tuple((f"x{number}", f"y{number}") for number in numbers if _is_length(fields.get(f"x{number}")) and _is_length(fields.get(f"y{number}")))


def placed(x: float, y: float, at: tuple[float, float], facing: float) -> tuple[float, float]:
    """A place that a sensor tells, in the room: metres from its middle. facing: degrees, 0 ahead, positive to the left."""
    cosine, sine = math.cos(math.radians(facing)), math.sin(math.radians(facing))
    return at[0] + x * cosine - y * sine, at[1] + x * sine + y * cosine


def _is_length(unit: str | None) -> bool:
    return bool(unit) and known_unit(unit or "").dimension == known_unit("m").dimension
