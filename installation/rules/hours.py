"""Opening hours: the records behind `hours:` in config.yaml. Without that section the piece is open always.

    Hours       all of it
    Holidays    what is done on public holidays
    Standby     what lamps do while the room is closed

`stand.py` decides from these what should be on now.
"""
from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from ..terms.words import both
from .hours_fields import DaySort, ExceptionsSort, Plan, Span, WeekSort, country, whereabouts, zone
from .schema.key import key
from .schema.sorts import Amount, Choice, ListOf, Record, Text
from .sun import Place
from .window import ALL_DAY, Window

LAMPS = NEUTRAL, OFF = "neutral", "off"
UNKNOWN = PLAYS, STAYS_CLOSED, BY_THE_HOURS = "open", "closed", "hours"
CLOCKS = KEPT, TRUSTED = "kept", "trusted"
ALWAYS = ((ALL_DAY,),) * 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Standby:
    """What stands while the room is closed."""

    lamps: str = key(Choice(*LAMPS), both("`neutral`: the look of `light.neutral`; `off`: dark",
                                          "`neutral` : l'état de `light.neutral` ; `off` : éteintes"), default=NEUTRAL)
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holidays:
    """Public holidays, from the library `holidays`."""

    country: str = key(country(), both("whose: a country's two letters, such as FR", "de quel pays, en deux lettres : FR"))
    region: str | None = key(Text(longest=20), both("a region with its own, such as BY", "une région qui a les siens, par exemple BY"),
                             default=None)
    plan: Plan = key(DaySort(), both("what is done on them: closed, windows, or the hours of another day (`sun`)",
                                     "ce qu'on y fait : closed, des plages, ou les heures d'un autre jour (`sun`)"), name="as", default=Plan(), shown="closed")
    where: str = ""

    def __contains__(self, day: date) -> bool:
        return day in _holidays(self.country, self.region)

    def name(self, day: date) -> str:
        """What is celebrated, in the country's own words."""
        return str(_holidays(self.country, self.region).get(day, ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """When the room is open.

    week        seven days from Monday, each its windows
    exceptions  (days, windows); a shorter span goes before a longer one
    fade        seconds to open in, seconds to close in
    """

    zone: str | None = key(zone(), both("the room's time zone, such as Europe/Paris; without it, the machine's",
                                        "le fuseau de la salle, par exemple Europe/Paris ; sinon, celui de la machine"), default=None)
    place: Place | None = key(whereabouts(), both("[latitude, longitude] in degrees, for sunrise, sunset, dawn and dusk",
                                                  "[latitude, longitude] en degrés, pour sunrise, sunset, dawn et dusk"), default=None)
    week: tuple[tuple[Window, ...], ...] = key(WeekSort(), both(
        "the windows of each day; days that are not named are closed. Without `week`, open always",
        "les plages de chaque jour ; les jours non nommés sont fermés. Sans `week`, toujours ouvert"), default=ALWAYS, shown="daily: open")
    exceptions: tuple[tuple[Span, tuple[Window, ...]], ...] = key(ExceptionsSort(), both(
        "days that are otherwise: a date (2026-12-24), every year (12-24), or from one to another (2026-08-01..2026-08-15)",
        "jours différents : une date (2026-12-24), chaque année (12-24), ou de l'une à l'autre (2026-08-01..2026-08-15)"), default=())
    holidays: Holidays | None = key(Record(Holidays), both("public holidays; without it, days as any", "jours fériés ; sinon, des jours ordinaires"),
                                    default=None)
    fade: tuple[float, ...] = key(ListOf(Amount("s", 0, 600), single=True, least=1, most=2), both(
        "of sound and light: seconds, or [to open, to close]. Closing begins at the hour",
        "du son et de la lumière : secondes, ou [à l'ouverture, à la fermeture]. La fermeture commence à l'heure dite"), default=(10.0,), shown="10")
    standby: Standby = key(Record(Standby), both("while it is closed", "pendant la fermeture"), factory=Standby)
    unknown: str = key(Choice(*UNKNOWN), both(
        "while nobody knows the time (no network has set the clock yet): `open`, the power came on, so it plays; `closed`; `hours`, by the last time known",
        "tant que personne ne sait l'heure (aucun réseau n'a encore réglé l'horloge) : `open`, le courant est venu, donc elle joue ; `closed` ; `hours`, "
        "d'après la dernière heure connue"), default=PLAYS)
    clock: str = key(Choice(*CLOCKS), both("`kept`: right once a network or a clock with a battery says so; `trusted`: right in any case, set by hand",
                                           "`kept` : juste dès qu'un réseau ou une horloge à pile le dit ; `trusted` : juste de toute façon, réglée à la main"),
                     default=KEPT)
    where: str = ""

    @property
    def tz(self) -> ZoneInfo | None:
        """The room's time zone, where the piece names one."""
        return ZoneInfo(self.zone) if self.zone else None

    @property
    def opens_in(self) -> float:
        """Seconds of fade when it opens."""
        return self.fade[0]

    @property
    def closes_in(self) -> float:
        """Seconds of fade when it closes."""
        return self.fade[-1]

    def plan(self, day: date) -> tuple[tuple[Window, ...], str]:
        """The windows that begin on a day, and what they come from: "week", "exception", or the name of a holiday."""
        spans = [(span.days, windows) for span, windows in self.exceptions if day in span]
        if spans:
            return min(spans, key=lambda pair: pair[0])[1], "exception"
        if self.holidays is not None and day in self.holidays:
            plan = self.holidays.plan
            return (plan.windows if plan.like is None else self.week[plan.like]), self.holidays.name(day)
        return self.week[day.weekday()], "week"


@lru_cache(maxsize=8)
def _holidays(country: str, region: str | None) -> Any:
    import holidays

    return holidays.country_holidays(country, subdiv=region)

