"""What a sensor said: value, unit, time and freshness."""
from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Freshness(Enum):
    """How much a value can be believed."""

    FRESH = "fresh"      # the sensor spoke within its pace
    HELD = "held"        # it fell silent a moment ago; the last value stands
    REST = "rest"        # it has been silent too long; the declared rest stands
    ABSENT = "absent"    # it has never spoken


@dataclass(frozen=True, slots=True)
class Reading:
    """One value of one sensor at one moment.

    value       in `unit` (the base unit of its dimension)
    time        loop time in seconds when it was received
    freshness   see Freshness
    """

    value: float
    unit: str
    time: float
    freshness: Freshness = Freshness.FRESH
