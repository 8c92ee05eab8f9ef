"""Words that move a value by themselves."""
from __future__ import annotations

from typing import Any

from ..graph import Signal, apply
from ..units import UNITS
from ..units.seeds import seeds

__all__ = ["drift"]


def drift(period: Any = 40.0, low: Any = -180.0, high: Any = 180.0) -> Signal:
    """A control that wanders between low and high by itself, without a corner; the same on every run of the piece.

    period  s from one random point to the next

    The default is made for an azimuth; it turns back before it would jump across the rear.    ug.place(x, azimuth=ug.drift(20))
    """
    return apply(UNITS["drift"], controls={"period": period, "low": low, "high": high}, state={"state": seeds(1, 8)})
