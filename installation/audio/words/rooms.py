"""Words that put a sound into the room. sound() returns what they give."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..asked import measure, whole, within
from ..graph import Signal, apply
from ..place_gains import all_gains, place_numbers, to_numbers
from ..signal import group, operand
from ..units import UNITS
from .taken import width_of

__all__ = ["place", "to"]


def place(x: Any, azimuth: Any = 0.0, width: Any = 60.0) -> Signal:
    """Let a sound come from a direction of the room, on the ring of its loudspeakers. sound() returns it.

    azimuth  degrees, 0 ahead, positive to the left, any number of turns; the middle of several channels
    width    degrees from the first channel (left) to the last (right); at 360 they stand evenly all around

        return ug.place(water * self.level, azimuth=ug.drift(period=40))
    """
    sound = operand(x, "ug.place, x")
    count = width_of(sound)
    if count == 1:
        return apply(UNITS["place"], inputs={"x": sound}, controls={"azimuth": azimuth}, numbers={"ring": place_numbers})
    assert isinstance(sound, Signal)
    if isinstance(azimuth, str):
        azimuth = measure("ug.place, azimuth", azimuth, "deg")
    wide = within("ug.place, width", width, -360.0, 360.0, "deg")
    step = wide / count if abs(wide) == 360.0 else wide / (count - 1)
    return group(tuple(apply(UNITS["place"], inputs={"x": channel}, numbers={"ring": place_numbers},
                             controls={"azimuth": operand(azimuth, "ug.place, azimuth") + step * ((count - 1) / 2 - index)})
                       for index, channel in enumerate(sound)))


def to(x: Any, output: int = 1, gains: Sequence[float] | None = None) -> Signal:
    """Send a sound to an output as it is, counted from 1; its second channel to the next, and so on. sound() returns it.

    gains  instead of `output`: one gain for each output of the room, from the first on; the sound goes to all of them. Those that
           are left out at the end are 0

        return ug.to(ug.sine(50) * self.level, output=9)      # a subwoofer
        return ug.to(bell, gains=[0.5, 0.2, 0, 0.2])          # a place of one's own making
    """
    sound = operand(x, "ug.to, x")
    if gains is not None:
        listed = [within("ug.to, gains", gain, -100.0, 100.0) for gain in gains]
        return apply(UNITS["spray"], inputs={"x": sound}, numbers={"gains": all_gains(listed, width_of(sound))})
    output = whole("ug.to, output", output, 1, 64)
    return apply(UNITS["to"], inputs={"x": sound}, numbers={"rows": to_numbers(output, width_of(sound))})
