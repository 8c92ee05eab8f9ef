"""What should be on now: one pure decision.

    stand(hours, moment, held=None)      → Stand(open, why, until)

The opening hours are a level, not an edge: whoever asks at a moment, having watched all day or having been switched on a second ago, gets the same answer.
The answer holds until `until`, exactly, and is the other one from then on. A hand that has opened or closed the room holds until its time is over.
"""
from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache

from ..terms.words import Words, both, words
from .hours import BY_THE_HOURS, PLAYS, Hours
from .hours_fields import LONG

HORIZON = 400            # days in which the next change is looked for
BACK = 3                 # days back from which a window may last until now
FORTH = 2                # days on, whose windows may begin before those of the days between
_JOURS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_NO_REASON = both("", "")


@dataclass(frozen=True, slots=True)
class Held:
    """A hand has opened the room, or closed it, until a moment; None is until it lets go."""

    open: bool
    until: datetime | None = None

    def holds(self, moment: datetime) -> bool:
        """Whether it is not over yet."""
        return self.until is None or moment.timestamp() < self.until.timestamp()      # not what the clock shows, which may come twice


@dataclass(frozen=True, slots=True)
class Stand:
    """Whether the room is open; why; and until when, in UTC (None: no end in sight)."""

    open: bool
    why: Words
    until: datetime | None

    def says(self, moment: datetime, zone: tzinfo) -> Words:
        """"Open until 18:00", "Closed; opens tomorrow at 10:00": for whoever stands before the door."""
        why = both(f" ({self.why.en})", f" ({self.why.fr})") if self.why else both("", "")
        if self.until is None:
            return (both("Open", "Ouvert") if self.open else both("Closed", "Fermé")) + why
        day, clock = _day(self.until.astimezone(zone), moment.astimezone(zone).date()), f"{self.until.astimezone(zone):%H:%M}"
        if self.open:
            return both(f"Open until {f'{day.en} ' if day else ''}{clock}", f"Ouvert jusqu'à {f'{day.fr} ' if day else ''}{clock}") + why
        return both(f"Closed; opens {f'{day.en} ' if day else ''}at {clock}", f"Fermé ; ouvre {f'{day.fr} ' if day else ''}à {clock}") + why


def stand(hours: Hours, moment: datetime, held: Held | None = None, *, trusted: bool = True) -> Stand:
    """What should be on at a moment (with a zone: the room's, where `hours` names none).

    trusted   whether that is the time; where it is no more than a guess, `hours.unknown` decides
    """
    zone = hours.tz or moment.tzinfo or UTC
    if held is not None and held.holds(moment):
        until = held.until
        if until is not None:
            after = _planned(hours, until, zone)
            until = after.until if after.open == held.open else until
        return Stand(held.open, both("by hand", "à la main"), until)
    if not trusted and hours.unknown != BY_THE_HOURS:
        return Stand(hours.unknown == PLAYS, both("nobody has set the clock", "personne n'a réglé l'horloge"), None)
    return _planned(hours, moment, zone)


def next_change(hours: Hours, moment: datetime, opens: bool) -> datetime | None:
    """When the hours, without any hand, next open (or close), after a moment; None if they do not."""
    zone = hours.tz or moment.tzinfo or UTC
    now = _planned(hours, moment, zone)
    if now.until is None or now.open != opens:
        return now.until
    return _planned(hours, now.until, zone).until


def _planned(hours: Hours, moment: datetime, zone: tzinfo) -> Stand:
    """What the hours say, without any hand."""
    now, today = moment.timestamp(), moment.astimezone(zone).date()
    days = [today + timedelta(days=by) for by in range(-BACK, HORIZON)]
    near = [span for day in days[:BACK + FORTH] for span in _spans(hours, zone, day)]
    ends = max((end for start, end in near if start <= now < end), default=None)
    if ends is None:
        return Stand(False, _reason(hours, today), _opening(hours, zone, days, now))
    while True:                            # what touches it, or overlaps, is the same opening
        last = datetime.fromtimestamp(ends, UTC).astimezone(zone).date()
        if last >= days[-1]:
            return Stand(True, _NO_REASON, None)
        around = [span for by in range(-BACK, FORTH) for span in _spans(hours, zone, last + timedelta(days=by))]
        further = max(end for start, end in [(ends, ends), *around] if start <= ends)
        if further <= ends:
            return Stand(True, _NO_REASON, datetime.fromtimestamp(ends, UTC))
        ends = further


def _opening(hours: Hours, zone: tzinfo, days: list[date], now: float) -> datetime | None:
    """The next beginning; None if there is none within the horizon."""
    for number in range(len(days)):
        later = [start for day in days[number:number + 1 + FORTH] for start, _ in _spans(hours, zone, day) if start > now]
        if later and any(start > now for start, _ in _spans(hours, zone, days[number])):
            return datetime.fromtimestamp(min(later), UTC)
    return None


@lru_cache(maxsize=4096)
def _spans(hours: Hours, zone: tzinfo, day: date) -> tuple[tuple[int, int], ...]:
    """The openings that begin on a day, in their order, as seconds since 1970."""
    found = (window.span(day, zone, hours.place) for window in hours.plan(day)[0])
    return tuple(sorted(span for span in found if span is not None))


def _reason(hours: Hours, day: date) -> Words:
    """Why a day is closed, where that is not what its week says."""
    windows, why = hours.plan(day)
    if windows or why == "week":
        return _NO_REASON
    return both("an exception", "une exception") if why == "exception" else words(why)


def _day(moment: datetime, today: date) -> Words:
    """A day as people say it today; nothing where it is today."""
    away = (moment.date() - today).days
    if away == 0:
        return _NO_REASON
    if away == 1:
        return both("tomorrow", "demain")
    if away < 7:
        return both(LONG[moment.weekday()].capitalize(), _JOURS[moment.weekday()])
    return both(f"{moment:%Y-%m-%d}", f"le {moment:%d/%m/%Y}")
