"""The sorts of values that stand in `hours:`: a week, exceptions by date, a day's plan, a zone, a place, a country."""
from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, available_timezones

from ..terms.fault import Fault, did_you_mean
from ..terms.words import Words, both
from .schema.findings import Findings
from .schema.key import BAD, Sort
from .schema.sorts import Amount, By, ListOf
from .window import DAY, Window, overlapping, windows_of

if TYPE_CHECKING:
    from .hours import Hours

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONG = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAILY = "daily"
MOST = 400           # exceptions
_DATE = r"(?:(\d{4})-)?(\d{1,2})-(\d{1,2})"
_SPAN = re.compile(rf"{_DATE}(?:\s*(?:\.\.\.?|…)\s*{_DATE})?")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is done on a day: its windows, or those of a day of the week (0 is Monday)."""

    windows: tuple[Window, ...] = ()
    like: int | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """Days in a row, the last one included; (0, month, day) comes every year."""

    first: tuple[int, int, int]
    last: tuple[int, int, int]

    @property
    def days(self) -> int:
        """How many days it has."""
        year = self.first[0] or 2000
        first = date(year, *self.first[1:])
        last = date(self.last[0] or year + (self.last < self.first), *self.last[1:])
        return (last - first).days + 1

    def __contains__(self, day: date) -> bool:
        if self.first[0]:
            return self.first <= (day.year, day.month, day.day) <= self.last
        here = (0, day.month, day.day)
        return self.first <= here <= self.last if self.first <= self.last else here >= self.first or here <= self.last

    def meets(self, other: Span) -> bool:
        """Whether some day is in both."""
        year = self.first[0] or other.first[0] or 2000
        days = (date(self.first[0] or year, *self.first[1:]) + timedelta(days=by) for by in range(min(self.days, 366)))
        return any(day in other for day in days)


class DaySort(Sort):
    """A day's plan."""

    def words(self) -> Words:
        return both('closed, "10:00-18:00", or a day', "closed, « 10:00-18:00 », ou un jour")

    def read(self, value: Any, path: str, findings: Findings) -> Any:
        if isinstance(value, str) and (day := _day(value)) is not None:
            return Plan(like=day)
        windows = _windows(value, path, findings)
        return BAD if windows is BAD else Plan(windows)


class WeekSort(Sort):
    """The windows of each day of the week."""

    def words(self) -> Words:
        return both('days (`mon`, `mon-fri`, `sat, sun`, `daily`): "10:00-18:00", a list, open or closed',
                    "jours (`mon`, `mon-fri`, `sat, sun`, `daily`) : « 10:00-18:00 », une liste, open ou closed")

    def read(self, value: Any, path: str, findings: Findings) -> Any:
        if not isinstance(value, dict):
            findings.note(path, both(f"expected days and their hours, got {findings.show(value)}",
                                     f"il faut des jours et leurs heures, et non {findings.show(value)}"),
                          id="config.type", remedy=both('For example {mon-fri: "10:00-18:00", sat: "10:00-20:00"}.', "Par exemple {mon-fri: \"10:00-18:00\"}."))
            return BAD
        week: list[tuple[Window, ...]] = [()] * 7
        paths: dict[int, str] = {}
        for name, written in value.items():
            inner = findings.inside(path, name)
            windows = _windows(written, inner, findings)
            for day in _days(name, inner, findings):
                if day in paths:
                    findings.note(inner, both(f"{LONG[day]} stands twice", f"{LONG[day]} est écrit deux fois"), id="hours.day")
                elif windows is not BAD:
                    paths[day], week[day] = inner, windows
        found = overlapping([*week, *week[:1]]) if not any(overlapping([windows]) for windows in week) else None
        if found is not None:
            day, one, other = found
            _overlap(one, other, paths[day % 7], findings)
        return tuple(week)


class ExceptionsSort(Sort):
    """Hours of certain dates."""

    def words(self) -> Words:
        return both('dates: closed, "10:00-18:00", a list or open', "dates : closed, « 10:00-18:00 », une liste ou open")

    def read(self, value: Any, path: str, findings: Findings) -> Any:
        if value is None:
            value = {}
        if not isinstance(value, dict) or len(value) > MOST:
            findings.note(path, both(f"expected dates and their hours, {MOST} at most, got {findings.show(value)}",
                                     f"il faut des dates et leurs heures, {MOST} au plus, et non {findings.show(value)}"), id="config.type")
            return BAD
        taken: list[tuple[Span, tuple[Window, ...]]] = []
        for name, written in value.items():
            inner = findings.inside(path, name)
            windows, span = _windows(written, inner, findings), _span(str(name), inner, findings)
            if span is BAD or windows is BAD:
                continue
            twin = next((other for other, _ in taken if other.days == span.days and bool(other.first[0]) == bool(span.first[0]) and other.meets(span)), None)
            if twin is not None:
                findings.note(inner, both("these days have other hours already", "ces jours ont déjà d'autres heures"), id="hours.date",
                              remedy=both("Of two spans the shorter one holds; these are equally long.",
                                          "De deux périodes, la plus courte l'emporte ; celles-ci sont égales."))
                continue
            taken.append((span, windows))
        return tuple(taken)


def zone() -> Sort:
    """A time zone's name."""
    return By(both("time zone", "fuseau horaire"), _zone)


def whereabouts() -> Sort:
    """A place on Earth."""
    return By(both("[latitude, longitude]", "[latitude, longitude]"), _place)


def country() -> Sort:
    """A country's two letters."""
    return By(both("two letters", "deux lettres"), _country)


def check_hours(hours: Hours, findings: Findings) -> None:
    """Note what only the whole section can tell: a sun without a place, a region that the country does not have."""
    if hours.place is None and "place" not in findings.source.data["hours"]:
        _needs_place(hours, findings)
    if hours.holidays is not None and hours.holidays.country and hours.holidays.region is not None:
        from holidays import list_supported_countries

        regions = list_supported_countries().get(hours.holidays.country, [])
        if hours.holidays.region not in regions:
            _unknown(hours.holidays.region, regions, both("region of that country", "région de ce pays"), "hours.holidays.region", findings)


def _needs_place(hours: Hours, findings: Findings) -> None:
    by_key = {"week": hours.week, "exceptions": [windows for _, windows in hours.exceptions],
              "holidays": [hours.holidays.plan.windows] if hours.holidays is not None else []}
    for name, days in by_key.items():
        if any(window.needs_place for windows in days for window in windows):
            findings.note(f"hours.{name}", both("the sun rises and sets by place, and `hours` has none", "le soleil dépend du lieu, et `hours` n'en a pas"),
                          id="hours.place", remedy=both("Add place: [latitude, longitude], in degrees.", "Ajoutez place : [latitude, longitude], en degrés."))


def _windows(value: Any, path: str, findings: Findings) -> Any:
    """The windows of one day, in their order."""
    written = value if isinstance(value, list) else [value]
    windows: list[Window] = []
    for part in written:
        if not isinstance(part, str):
            findings.note(path, both(f"expected windows of a day, got {findings.show(part)}", f"il faut des plages horaires, et non {findings.show(part)}"),
                          id="config.type", remedy=both('Write "10:00-18:00", open or closed.', "Écrivez « 10:00-18:00 », open ou closed."))
            return BAD
        try:
            windows += windows_of(part)
        except Fault as fault:
            findings.note(path, fault.happened, remedy=fault.remedy, id=fault.id)
            return BAD
    found = overlapping([tuple(windows)])
    if found is not None:
        _overlap(found[1], found[2], path, findings)
        return BAD
    return tuple(sorted(windows, key=lambda window: window.begins.seconds % DAY if not window.begins.event else DAY))


def _overlap(one: Window, other: Window, path: str, findings: Findings) -> None:
    findings.note(path, both(f"{one} and {other} overlap", f"{one} et {other} se recouvrent"), id="hours.overlap",
                  remedy=both("Make one window of them.", "Faites-en une seule plage."))


def _day(name: str) -> int | None:
    name = name.strip().lower()
    return next((day for day, names in enumerate(zip(DAYS, LONG, strict=True)) if name in names), None)


def _days(name: Any, path: str, findings: Findings) -> list[int]:
    """The days that a key of the week means; none once a fault is noted."""
    found: list[int] = []
    for part in str(name).split(","):
        if part.strip().lower() == DAILY:
            return list(range(7))
        first, _, last = part.partition("-")
        begins, ends = _day(first), _day(last or first)
        if begins is None or ends is None:
            wrong = (first if begins is None else last).strip()
            _unknown(wrong, (*DAYS, DAILY), both("day", "jour"), path, findings)
            return []
        found += [(begins + by) % 7 for by in range((ends - begins) % 7 + 1)]
    return found


def _span(name: str, path: str, findings: Findings) -> Any:
    found = _SPAN.fullmatch(name.strip())
    try:
        if found is None:
            raise ValueError
        numbers = [int(number or 0) for number in found.groups()]
        first, last = (numbers[0], numbers[1], numbers[2]), (numbers[3], numbers[4], numbers[5])
        if not last[1]:
            last = first
        if bool(first[0]) != bool(last[0]) or (first[0] and last < first):
            raise ValueError
        for year, month, day in (first, last):
            date(year or 2000, month, day)
    except ValueError:
        findings.note(path, both(f'"{name[:60]}" is no date', f"« {name[:60]} » n'est pas une date"), id="hours.date",
                      remedy=both("Write 2026-12-24, 12-24 (every year), or 2026-08-01..2026-08-15.",
                                  "Écrivez 2026-12-24, 12-24 (chaque année), ou 2026-08-01..2026-08-15."))
        return BAD
    return Span(first, last)


def _zone(value: Any, path: str, findings: Findings) -> Any:
    try:
        if isinstance(value, str):
            ZoneInfo(value)
            return value
    except (ValueError, OSError, KeyError):
        pass
    return _unknown(value, available_timezones(), both("time zone", "fuseau horaire"), path, findings, example="Europe/Paris")


def _place(value: Any, path: str, findings: Findings) -> Any:
    read = ListOf(Amount("deg", -180, 180), least=2, most=2).read(value, path, findings)
    if read is BAD or len(read) != 2:
        return BAD
    if abs(read[0]) > 90:
        findings.note(path, both(f"a latitude goes from -90 to 90, got {read[0]:g}", f"une latitude va de -90 à 90, et non {read[0]:g}"), id="config.range",
                      remedy=both("Latitude first, then longitude.", "La latitude d'abord, puis la longitude."))
        return BAD
    return read


def _country(value: Any, path: str, findings: Findings) -> Any:
    from holidays import list_supported_countries

    known = list_supported_countries()
    if isinstance(value, str) and value.strip().upper() in known:
        return value.strip().upper()
    return _unknown(value, known, both("country", "pays"), path, findings, example="FR")


def _unknown(value: Any, known: Any, kind: Words, path: str, findings: Findings, example: str = "") -> Any:
    known = list(known)
    close = did_you_mean(value[:60], known) if isinstance(value, str) else ""
    listing = ", ".join(known) if 0 < len(known) <= 60 else example
    hint = (f'Did you mean "{close}"? ', f"Peut-être « {close} » ? ") if close else ("", "")
    findings.note(path, both(f"no {kind.en} is called {findings.show(value)}", f"aucun {kind.fr} ne s'appelle {findings.show(value)}"), id="hours.unknown",
                  remedy=both(f"{hint[0]}For example {listing}." if listing else hint[0], f"{hint[1]}Par exemple {listing}." if listing else hint[1]))
    return BAD
