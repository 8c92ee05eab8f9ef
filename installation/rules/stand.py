"""What should be on now: one pure decision.

    stand(hours, moment, held=None)      → Stand(open, why, until)

The opening hours are a level, not an edge: whoever asks at a moment, having watched all day or having been switched on a second ago, gets the same answer.
The answer holds until `until`, exactly, and is the other one from then on. A hand that has opened or closed the room holds until its time is over.
"""
from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache

from ..terms.words import Words, both
from .hours import BY_THE_HOURS, PLAYS, Hours

HORIZON = 400            # days in which the next change is looked for
BACK = 2                 # days back from which a window may last until today


@dataclass(frozen=True, slots=True)
class Held:
    """A hand has opened the room, or closed it, until a moment; None is until it lets go."""

    open: bool
    until: datetime | None = None

    def holds(self, moment: datetime) -> bool:
        """Whether it is not over yet."""
        return self.until is None or moment < self.until


@dataclass(frozen=True, slots=True)
class Stand:
    """Whether the room is open; why; and until when, in UTC (None: no end in sight)."""

    open: bool
    why: Words
    until: datetime | None

    def says(self, moment: datetime, zone: tzinfo) -> Words:
        """"Open until 18:00", "Closed; opens tomorrow at 10:00": for whoever stands before the door."""
        if self.until is None:
            plain = both("Open", "Ouvert") if self.open else both("Closed", "Fermé")
        else:
            en, fr = _when(self.until.astimezone(zone), moment.astimezone(zone).date())
            plain = both(f"Open until {en}", f"Ouvert jusqu'{_to(fr)}") if self.open else both(f"Closed; opens {_at(en)}", f"Fermé ; ouvre {_at_fr(fr)}")
        return plain + (both(f" ({self.why.en})", f" ({self.why.fr})") if self.why else "")


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
    ends = None
    for by in range(-BACK, HORIZON):
        day = today + timedelta(days=by)
        spans = _spans(hours, zone, day)
        if ends is None:
            ends = max((end for start, end in spans if start <= now < end), default=None)
        if ends is not None:                       # what touches it, or overlaps, is the same opening
            for start, end in spans:
                ends = max(ends, end) if start <= ends else ends
            if by > 0 and ends < _spans_begin(day, zone):
                return Stand(True, _NO_REASON, datetime.fromtimestamp(ends, UTC))
        elif by > 0 or spans:
            later = [start for each in (day, day + timedelta(days=1)) for start, end in _spans(hours, zone, each) if start > now]
            if later and by >= 0:
                return Stand(False, _reason(hours, today), datetime.fromtimestamp(min(later), UTC))
    return Stand(ends is not None, _NO_REASON if ends is not None else _reason(hours, today), None)


@lru_cache(maxsize=4096)
def _spans(hours: Hours, zone: tzinfo, day: date) -> tuple[tuple[int, int], ...]:
    """The openings that begin on a day, in their order, as seconds since 1970."""
    found = (window.span(day, zone, hours.place) for window in hours.plan(day)[0])
    return tuple(sorted(span for span in found if span is not None))


def _spans_begin(day: date, zone: tzinfo) -> int:
    """Before that, nothing of a later day begins."""
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()) - EARLY


def _reason(hours: Hours, day: date) -> Words:
    """Why a day is closed, where that is not what its week says."""
    windows, why = hours.plan(day)
    if windows or why == "week":
        return _NO_REASON
    return both("an exception", "une exception") if why == "exception" else words(why)


def _when(moment: datetime, today: date) -> tuple[Words, bool]:
    """A moment as people say it today, and whether it is today."""
    clock, away = f"{moment:%H:%M}", (moment.date() - today).days
    if away == 0:
        return both(clock, clock), True
    if away == 1:
        return both(f"tomorrow at {clock}", f"demain à {clock}"), False
    if away < 7:
        return both(f"{LONG[moment.weekday()].capitalize()} at {clock}", f"{_JOURS[moment.weekday()]} à {clock}"), False
    return both(f"{moment.day} {moment:%b} at {clock}", f"le {moment:%d/%m} à {clock}"), False
