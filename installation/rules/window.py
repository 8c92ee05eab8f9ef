"""Windows of a day, as people write them: "10:00-18:00", "sunset - 30 min - 02:00", "open", "closed".

    windows_of("10:00-12:00, 14:00-18:00")      → (Window, Window); raises Fault for what makes no sense
    window.span(day, zone, place)               → the two moments, in seconds since 1970, or None where nothing is left of it that day

A window belongs to the day on which it begins. Its end lies on the next day where the end is written before the beginning ("20:00-02:00"); how that is meant
with the sun is settled once, and does not change with the season: the sun rises in the morning and sets in the evening. So "sunset-22:00" is
nothing at all on a day on which the sun sets after ten.

Clock times are those of the room's clock. Where daylight saving leaves an hour out, a time in it is the moment at which the clock leaps; where an hour comes
twice, a window begins in the first and ends in the second.
"""
from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from ..terms.fault import Fault
from ..terms.words import both
from .sun import EVENTS, Place, sun

DAY = 86_400
NOON = DAY // 2
MORNING = 6 * 3600             # a clock time at or before it, after the sun has risen, is tomorrow's
FURTHEST = 12 * 3600           # s from sunrise or sunset
OPEN, CLOSED = "open", "closed"


def _pattern(number: int) -> str:
    return (rf"(?:(?P<hour{number}>\d{{1,2}})[:h](?P<minute{number}>\d{{2}})?"
            rf"|(?P<sun{number}>{'|'.join(EVENTS)})(?:\s*(?P<sign{number}>[+−-])\s*(?P<by{number}>\d+(?:\.\d+)?)\s*(?P<unit{number}>min|h|s)\b)?)")


_WINDOW = re.compile(rf"\s*{_pattern(1)}\s*(?:[-–—]|\bto\b)\s*{_pattern(2)}\s*", re.IGNORECASE)
_UNITS = {"s": 1, "min": 60, "h": 3600}


@dataclass(frozen=True, slots=True)
class Time:
    """A time of day: seconds after midnight by the clock, or, with an event of the sun's, seconds after that."""

    seconds: int
    event: str = ""

    def moment(self, day: date, zone: tzinfo, place: Place | None, *, last: bool = False) -> int:
        """Seconds since 1970 on that day. last: of a clock time that comes twice, the second."""
        if self.event:
            assert place is not None
            return sun(self.event, day, zone, place) + self.seconds
        wanted = datetime(day.year, day.month, day.day) + timedelta(seconds=self.seconds)
        return _moment(wanted, zone, last)

    def __str__(self) -> str:
        if self.event:
            return self.event + (f" {'+' if self.seconds > 0 else '−'} {abs(self.seconds) / 60:g} min" if self.seconds else "")
        return f"{self.seconds // 3600:02}:{self.seconds // 60 % 60:02}"


@dataclass(frozen=True, slots=True)
class Window:
    """From a time to a time."""

    begins: Time
    ends: Time

    @property
    def crosses(self) -> bool:
        """Whether it ends on the day after."""
        begins, ends = self.begins, self.ends
        match bool(begins.event), bool(ends.event):
            case False, False:
                return ends.seconds <= begins.seconds
            case False, True:
                return EVENTS[ends.event].rises and begins.seconds >= NOON
            case True, False:
                return ends.seconds <= (MORNING if EVENTS[begins.event].rises else NOON)
            case _:
                first, second = EVENTS[begins.event].order, EVENTS[ends.event].order
                return second < first or (second == first and ends.seconds <= begins.seconds)

    @property
    def needs_place(self) -> bool:
        """Whether it goes by the sun."""
        return bool(self.begins.event or self.ends.event)

    def span(self, day: date, zone: tzinfo, place: Place | None) -> tuple[int, int] | None:
        """When it begins and ends on that day, as seconds since 1970; None where its end comes before its beginning."""
        begins = self.begins.moment(day, zone, place)
        ends = self.ends.moment(day + timedelta(days=1) if self.crosses else day, zone, place, last=True)
        return (begins, ends) if ends > begins else None

    def __str__(self) -> str:
        return f"{self.begins}–{self.ends}" if not self.needs_place else f"{self.begins} – {self.ends}"


ALL_DAY = Window(Time(0), Time(DAY))


def windows_of(text: str) -> tuple[Window, ...]:
    """The windows that a person wrote. Raises Fault for what cannot be understood."""
    if text.strip().lower() == CLOSED:
        return ()
    if text.strip().lower() == OPEN:
        return (ALL_DAY,)
    return tuple(_window(part) for part in text.split(","))


def overlapping(days: list[tuple[Window, ...]]) -> tuple[int, Window, Window] | None:
    """Two windows of a row of days that overlap by the clock: the day of the second, and both. What goes by the sun is not looked at."""
    spans = sorted(((day * DAY + window.begins.seconds, (day + window.crosses) * DAY + window.ends.seconds, day, window)
                    for day, windows in enumerate(days) for window in windows if not window.needs_place), key=lambda span: span[:3])
    for (_, ends, _, one), (begins, _, day, other) in zip(spans, spans[1:], strict=False):
        if begins < ends:
            return day, one, other
    return None


def _window(text: str) -> Window:
    found = _WINDOW.fullmatch(text)
    if found is None:
        raise Fault(both(f'"{text.strip()[:60]}" is no window of a day', f"« {text.strip()[:60]} » n'est pas une plage horaire"), id="hours.window",
                    remedy=both('Write "10:00-18:00", "20:00-02:00", "sunset - 30 min - 23:00", open or closed; several with commas.',
                                "Écrivez « 10:00-18:00 », « 20:00-02:00 », « sunset - 30 min - 23:00 », open ou closed ; plusieurs, avec des virgules."))
    window = Window(_time(found, "1"), _time(found, "2"))
    if window.begins == window.ends:
        raise Fault(both(f'"{text.strip()}" ends when it begins', f"« {text.strip()} » finit quand elle commence"), id="hours.window",
                    remedy=both('The whole day is "open" or "00:00-24:00"; a day without hours is "closed".',
                                "Le jour entier est « open » ou « 00:00-24:00 » ; un jour sans heures est « closed »."))
    return window


def _time(found: re.Match[str], number: str) -> Time:
    event = (found[f"sun{number}"] or "").lower()
    if event:
        by = round(float(found[f"by{number}"] or 0) * _UNITS[(found[f"unit{number}"] or "s").lower()])
        if by > FURTHEST:
            raise Fault(both(f"{by / 3600:g} h is too far from {event}", f"{by / 3600:g} h : trop loin de {event}"), id="hours.window",
                        remedy=both("12 h at most.", "12 h au plus."))
        return Time(by if found[f"sign{number}"] == "+" else -by, event)
    hour, minute = int(found[f"hour{number}"]), int(found[f"minute{number}"] or 0)
    if minute > 59 or hour * 60 + minute > 24 * 60 or (number == "1" and hour == 24):
        raise Fault(both(f"{hour:02}:{minute:02} is no time of day", f"{hour:02}:{minute:02} n'est pas une heure"), id="hours.window",
                    remedy=both("From 00:00 to 23:59; a window may end at 24:00.", "De 00:00 à 23:59 ; une plage peut finir à 24:00."))
    return Time(hour * 3600 + minute * 60)


def _moment(wanted: datetime, zone: tzinfo, last: bool) -> int:
    """When the clock of a zone shows that; where it never does, when it leaps over it."""
    early, late = (int(wanted.replace(tzinfo=zone, fold=fold).timestamp()) for fold in (0, 1))
    if early <= late:                      # the ordinary case, or an hour that comes twice
        return late if last else early
    shows = datetime.fromtimestamp(early, zone).replace(tzinfo=None)
    if shows == wanted:
        return early
    low, high = late, early                # the leap is between them
    offset = datetime.fromtimestamp(low, UTC).astimezone(zone).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, UTC).astimezone(zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return high
