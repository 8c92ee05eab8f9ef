"""Words that move a value by themselves."""
from __future__ import annotations

from typing import Any

from ..graph import Signal, apply
from ..units import UNITS
from ..units.seeds import seeds

__all__ = ["drift", "walk", "wander"]


def drift(period: Any = 40.0, low: Any = -180.0, high: Any = 180.0) -> Signal:
    """A control that wanders between low and high by itself, without a corner; the same on every run of the piece.

    period  s from one random point to the next

    The default is made for an azimuth; it turns back before it would jump across the rear.    ug.place(x, azimuth=ug.drift(20))
    """
    return apply(UNITS["drift"], controls={"period": period, "low": low, "high": high}, state={"state": seeds(1, 8)})


def walk(period: Any = 1.0, low: Any = 0.0, high: Any = 1.0, step: Any = 0.1) -> Signal:
    """A control that walks without an aim: a little up or down, again and again, turned back at low and high. The same on every run.

    period  s of one step
    step    the longest one, as a part of the range, 0 to 1

        ug.sine(ug.walk(0.5, 200, 400, step=0.2)) * 0.1
    """
    return apply(UNITS["walk"], controls={"period": period, "step": step, "low": low, "high": high}, state={"state": seeds(1, 6)})


def wander(period: Any = 1.0, low: Any = 0.0, high: Any = 1.0, move: Any = 1.0, uneven: Any = 0.0) -> Signal:
    """A control that goes to another place of the range, any, now and then. The same on every run.

    period  s from one move to the next, on average
    move    how much of that time it moves: 1 all of it, 0.1 quickly, then it rests; 0 at once
    uneven  0 as even as a clock, 1 as uneven as drops fall

        ug.lowpass(ug.pink(), ug.wander(3, 200, 4_000, move=0.05, uneven=1))
    """
    return apply(UNITS["wander"], controls={"period": period, "move": move, "uneven": uneven, "low": low, "high": high},
                 state={"state": seeds(1, 7)})
