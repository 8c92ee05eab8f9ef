"""What should be on now: a level, not an edge."""
from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from installation.rules.config import piece_of
from installation.rules.hours import Hours
from installation.rules.source import parse_source
from installation.rules.stand import Held, Stand, next_change, stand
from installation.rules.window import windows_of
from installation.terms.fault import Fault, Faults

ZONES = ("Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "Africa/Casablanca", "America/Havana", "UTC",
         "Pacific/Kiritimati", "Asia/Tehran", "Antarctica/Troll", "Europe/Dublin", "America/St_Johns")
SECOND = timedelta(seconds=1)


def hours_of(text: str) -> Hours:
    piece = piece_of(parse_source(f"piece: x\nhours: {text}\n"), Path("config.yaml"))
    assert piece.hours is not None
    return piece.hours


def faults_of(text: str) -> list[Fault]:
    with pytest.raises(Faults) as raised:
        hours_of(text)
    return list(raised.value.faults)


def at(text: str, zone: str = "Europe/Paris", fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)


MUSEUM = hours_of('{zone: Europe/Paris, week: {mon-fri: "10:00-18:00", sat: ["10:00-12:00", "14:00-02:00"]}, '
                  'exceptions: {2026-12-24: "10:00-16:00", 2026-12-25: closed}}')


@pytest.mark.parametrize("moment, open, until", [
    ("2026-11-25T09:59:59", False, "2026-11-25T10:00"), ("2026-11-25T10:00", True, "2026-11-25T18:00"), ("2026-11-25T18:00", False, "2026-11-26T10:00"),
    ("2026-11-28T13:00", False, "2026-11-28T14:00"), ("2026-11-29T01:59", True, "2026-11-29T02:00"), ("2026-11-29T02:00", False, "2026-11-30T10:00"),
    ("2026-12-24T17:00", False, "2026-12-26T10:00")])
def test_a_museum(moment: str, open: bool, until: str) -> None:
    found = stand(MUSEUM, at(moment))
    assert (found.open, found.until) == (open, at(until))


def test_the_sentence_at_the_door() -> None:
    zone = ZoneInfo("Europe/Paris")
    assert stand(MUSEUM, at("2026-11-25T08:00")).says(at("2026-11-25T08:00"), zone).en == "Closed; opens at 10:00"
    assert stand(MUSEUM, at("2026-11-25T11:00")).says(at("2026-11-25T11:00"), zone).fr == "Ouvert jusqu'à 18:00"
    assert stand(MUSEUM, at("2026-11-29T11:00")).says(at("2026-11-29T11:00"), zone).en == "Closed; opens tomorrow at 10:00"


def test_a_hand_holds_until_its_time_is_over() -> None:
    held = Held(True, at("2026-11-25T20:00"))
    assert stand(MUSEUM, at("2026-11-25T19:00"), held).open and stand(MUSEUM, at("2026-11-25T19:00"), held).until == held.until
    assert not stand(MUSEUM, at("2026-11-25T20:00"), held).open
    early = Held(True, at("2026-11-25T11:00"))
    assert stand(MUSEUM, at("2026-11-25T09:00"), early).until == at("2026-11-25T18:00")
    assert next_change(MUSEUM, at("2026-11-25T12:00"), opens=True) == at("2026-11-26T10:00")


def test_while_nobody_knows_the_time_the_piece_plays_unless_it_says_otherwise() -> None:
    night = at("2026-11-25T03:00")
    assert stand(MUSEUM, night, trusted=False).open
    assert not stand(hours_of('{unknown: closed, week: {daily: open}}'), night, trusted=False).open
    assert not stand(hours_of('{unknown: hours, week: {daily: "10:00-18:00"}}'), night, trusted=False).open


def test_daylight_saving() -> None:
    night = hours_of('{zone: Europe/Paris, week: {daily: "02:30-03:30"}}')
    assert stand(night, at("2026-03-29T01:00")).until == at("2026-03-29T03:00")          # 02:30 does not come: when the clock leaps
    twice = hours_of('{zone: Europe/Paris, week: {daily: "02:15-02:30"}}')
    found = stand(twice, at("2026-10-25T02:20"))
    assert found.open and found.until == at("2026-10-25T02:30", fold=1).astimezone(UTC)


def test_a_day_that_never_comes_is_passed_over() -> None:
    hours = hours_of('{zone: Pacific/Apia, week: {daily: "10:00-18:00"}}')
    assert stand(hours, at("2011-12-29T19:00", "Pacific/Apia")).until == at("2011-12-31T10:00", "Pacific/Apia")


def test_the_sun() -> None:
    hours = hours_of('{zone: Europe/Paris, place: [48.86, 2.35], week: {daily: "sunset - 30 min - 22:00"}}')
    until = stand(hours, at("2026-12-21T12:00")).until
    assert until is not None and abs((until - at("2026-12-21T16:26")).total_seconds()) < 180
    tromso = hours_of('{zone: Europe/Oslo, place: [69.65, 18.96], week: {daily: "sunset - 23:00"}}')
    june = stand(tromso, at("2026-06-21T12:00", "Europe/Oslo"))
    assert not june.open and june.until is not None and june.until.month == 8         # the sun does not set before eleven until then


def test_holidays() -> None:
    hours = hours_of('{zone: Europe/Paris, week: {daily: "10:00-18:00"}, holidays: {country: FR, as: closed}}')
    assert not stand(hours, at("2026-07-14T12:00")).open and stand(hours, at("2026-07-15T12:00")).open
    sunday = hours_of('{zone: Europe/Paris, week: {mon-sat: "10:00-18:00", sun: "14:00-16:00"}, holidays: {country: FR, as: sun}}')
    assert stand(sunday, at("2026-07-14T15:00")).until == at("2026-07-14T16:00")


@pytest.mark.parametrize("text, said", [
    ('{week: {mon: "sunset-22:00"}}', "place"), ('{zone: Europe/Pari}', "Europe/Paris"), ('{week: {mon: ["10:00-12:00", "11:00-13:00"]}}', "overlap"),
    ('{week: {mon: "22:00-04:00", tue: "03:00-05:00"}}', "overlap"), ('{week: {mno: "10:00-12:00"}}', "mon"), ('{week: {mon: "10:00-25:00"}}', "25:00"),
    ('{exceptions: {2026-02-30: closed}}', "2026-02-30"), ('{holidays: {country: FRA1}}', "FRA1"), ('{place: [148, 2]}', "atitude"),
    ('{week: {mon: "10:00-10:00"}}', "ends when it begins"), ('{week: {mon: 7}}', "7")])
def test_what_is_wrong_is_said_at_its_line(text: str, said: str) -> None:
    faults = faults_of(text)
    assert len(faults) == 1 and said in faults[0].say() and faults[0].where.startswith("config.yaml:2  hours"), faults[0].say()


def test_always_open_has_no_end() -> None:
    assert stand(hours_of("{zone: UTC}"), at("2026-01-01T00:00")) == Stand(True, stand(MUSEUM, at("2026-11-25T11:00")).why, None)


times = st.builds(lambda hour, minute: f"{hour:02}:{minute:02}", st.integers(0, 23), st.sampled_from([0, 15, 30, 59]))
days = st.tuples(times, times).filter(lambda pair: pair[0] != pair[1]).map(lambda pair: f'"{pair[0]}-{pair[1]}"')
moments = st.datetimes(datetime(2025, 12, 1), datetime(2027, 2, 1)).map(lambda moment: moment.replace(microsecond=0, tzinfo=UTC))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(ZONES), days, days, moments)
def test_it_stays_as_it_is_until_the_next_change_and_changes_there(zone: str, even: str, odd: str, moment: datetime) -> None:
    try:
        hours = hours_of(f"{{zone: {zone}, week: {{mon: {even}, wed: {odd}, fri: {even}, sun: {odd}}}}}")
    except Faults:
        return
    now = stand(hours, moment)
    assert now.until is not None and now.until > moment
    assert stand(hours, now.until).open != now.open and stand(hours, now.until - SECOND).open == now.open
    step = (now.until - moment) / 7
    for part in range(1, 7):                           # whoever is switched on later says the same
        later = stand(hours, moment + part * step)
        assert (later.open, later.until) == (now.open, now.until)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(ZONES), days, moments)
def test_by_the_room_s_clock_it_is_open_within_the_window(zone: str, window: str, moment: datetime) -> None:
    hours = hours_of(f"{{zone: {zone}, week: {{daily: {window}}}}}")
    local = moment.astimezone(ZoneInfo(zone))
    if any((moment + timedelta(hours=by)).astimezone(ZoneInfo(zone)).utcoffset() != local.utcoffset() for by in (-27, 27)):
        return                                         # the days on which the clock is changed have tests of their own
    begins, ends = (time.seconds for time in (windows_of(window.strip('"'))[0].begins, windows_of(window.strip('"'))[0].ends))
    seconds = local.hour * 3600 + local.minute * 60 + local.second
    inside = begins <= seconds < ends if begins < ends else seconds >= begins or seconds < ends
    assert stand(hours, moment).open == inside


@settings(max_examples=60, deadline=None)
@given(st.floats(-89.9, 89.9), st.floats(-179.9, 179.9), st.sampled_from(ZONES), st.integers(0, 364),
       st.sampled_from(["sunset-sunrise", "dusk-23:00", "08:00-sunset"]))
def test_wherever_the_room_is_the_sun_gives_an_answer(latitude: float, longitude: float, zone: str, day: int, window: str) -> None:
    hours = hours_of(f'{{zone: {zone}, place: [{latitude:.4f}, {longitude:.4f}], week: {{daily: "{window}"}}}}')
    moment = datetime.combine(date(2026, 1, 1) + timedelta(days=day), datetime.min.time(), UTC)
    now = stand(hours, moment)
    if now.until is not None:
        assert stand(hours, now.until).open != now.open and stand(hours, now.until - SECOND).open == now.open
