"""When the sun rises and sets. Computed by astral, from where the room is.

    sun("sunset", day, zone, (48.86, 2.35))     seconds since 1970, to the minute

Sunrise and sunset are those on either side of the day's solar noon, so that in a northern summer a sunset may be after midnight. Where the sun does not set,
sunrise and sunset are the two lowest points on either side of noon (twelve hours from it); where it does not rise, both are noon: no day at
all. The same holds for dawn and dusk, which are civil twilight, the sun 6 degrees below the horizon.
"""
from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache

from astral import Depression, Observer
from astral.sun import dawn, dusk, elevation, noon, sunrise, sunset

Place = tuple[float, float]          # latitude and longitude in degrees, north and east positive
HALF = 12 * 3600                     # s from noon to the lowest sun
RIM = -0.833                         # degrees of the sun's middle at sunrise: refraction, and its radius


@dataclass(frozen=True, slots=True)
class Event:
    """What the sun does; in which order in a day, and at which height."""

    order: int
    rises: bool
    height: float


EVENTS = {"dawn": Event(0, True, -6.0), "sunrise": Event(1, True, RIM), "sunset": Event(2, False, RIM), "dusk": Event(3, False, -6.0)}
_WHEN = {"dawn": lambda at, day: dawn(at, day, Depression.CIVIL, UTC), "sunrise": lambda at, day: sunrise(at, day, UTC),
         "sunset": lambda at, day: sunset(at, day, UTC), "dusk": lambda at, day: dusk(at, day, Depression.CIVIL, UTC)}


@lru_cache(maxsize=4096)
def sun(event: str, day: date, zone: tzinfo, place: Place) -> int:
    """When that is on that day of the zone's, in seconds since 1970, to the minute."""
    observer = Observer(*place)
    middle = datetime(day.year, day.month, day.day, 12, tzinfo=zone).timestamp()
    days = [datetime.fromtimestamp(middle, UTC).date() + timedelta(days=by) for by in (-1, 0, 1)]
    highest = min((noon(observer, each).timestamp() for each in days), key=lambda moment: abs(moment - middle))
    sign = -1 if EVENTS[event].rises else 1
    for each in days:
        try:
            away = (_WHEN[event](observer, each).timestamp() - highest) * sign
        except ValueError:                 # not on that day
            continue
        if 0 <= away <= HALF:
            return _minute(highest + sign * away)
    never_sets = elevation(observer, datetime.fromtimestamp(highest, UTC), with_refraction=False) > EVENTS[event].height
    return _minute(highest + sign * HALF if never_sets else highest)


def _minute(moment: float) -> int:
    return round(moment) // 60 * 60
