"""The time as a sensor: what a clock on the wall, a calendar and the sun say. Several machines that know the time agree on it without talking.

    sensors:
      clock: {driver: clock, cycle: 10 min, place: [48.85, 2.35]}

gives `clock.day` (s since midnight, of local time), `clock.weekday` (1 Monday to 7 Sunday), `clock.cycle` (0 to 1, how far the cycle is; the same at this
moment on every machine whose clock is right, whenever it was started), `clock.turn` (how many cycles have passed since the beginning of 2000) and,
where `place` (latitude, longitude in degrees) says where the room is, `clock.sun` (deg, the height of the sun; below 0 it has set).

Pure: the moment is an argument. Source of the sun's height: NOAA's equations, as the library astral has them.
"""
from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any

from astral import Observer
from astral.sun import elevation

from ..terms.fault import Fault, did_you_mean
from ..terms.quantity import quantity
from ..terms.words import both

PACE = 0.05                    # s between readings
OPTIONS = ("cycle", "place")
SHORTEST, LONGEST = 1.0, 366 * 86_400.0
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


class ClockFields:
    """What the clock of a piece gives. Raises Fault if the options make no sense.

    options   as in config.yaml: `cycle` its length (an hour), 1 s to a year; `place` [latitude, longitude]
    """

    def __init__(self, options: Mapping[str, Any]) -> None:
        for name in options:
            if name not in OPTIONS:
                close = did_you_mean(name, OPTIONS)
                raise Fault(both(f'the clock has no option "{name}"', f"l'horloge n'a pas d'option « {name} »"), id="clock.option",
                            remedy=both((f'Did you mean "{close}"? ' if close else "") + f"There are {', '.join(OPTIONS)}.",
                                        (f"Peut-être « {close} » ? " if close else "") + f"Il y a {', '.join(OPTIONS)}."))
        self.cycle = quantity(options.get("cycle", 3600.0), "s")
        if not SHORTEST <= self.cycle <= LONGEST:
            raise Fault(both(f"cycle: {self.cycle:g} s is not between 1 s and a year", f"cycle : {self.cycle:g} s n'est pas entre 1 s et un an"),
                        id="clock.cycle", remedy=both("For instance `cycle: 10 min`.", "Par exemple `cycle: 10 min`."))
        self._observer = _observer(options["place"]) if "place" in options else None

    def fields(self) -> dict[str, str]:
        """What it gives: field → unit."""
        return {"day": "s", "weekday": "count", "cycle": "ratio", "turn": "count", **({"sun": "deg"} if self._observer else {})}

    def at(self, moment: datetime, zone: tzinfo) -> dict[str, float]:
        """The readings at a moment (with its zone), as it is said in a zone."""
        local = moment.astimezone(zone)
        turn, rest = divmod((moment - EPOCH).total_seconds(), self.cycle)
        found = {"day": local.hour * 3600.0 + local.minute * 60.0 + local.second + local.microsecond / 1e6, "weekday": float(local.isoweekday()),
                 "cycle": min(1.0, rest / self.cycle), "turn": turn}
        if self._observer is not None:
            found["sun"] = elevation(self._observer, moment, with_refraction=False)
        return found


def _observer(written: Any) -> Observer:
    if (not isinstance(written, (list, tuple)) or len(written) != 2
            or not all(isinstance(part, (int, float)) and not isinstance(part, bool) and math.isfinite(part) for part in written)
            or abs(written[0]) > 90 or abs(written[1]) > 180):
        raise Fault(both(f"place: expected [latitude, longitude] in degrees, got {written!r}",
                         f"place : il faut [latitude, longitude] en degrés, et non {written!r}"), id="clock.place",
                    remedy=both("North and east are positive: [48.85, 2.35] is Paris.", "Nord et est sont positifs : [48.85, 2.35] est Paris."))
    return Observer(*written)
