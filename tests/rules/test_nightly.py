"""The new start at night: once a night, in every zone and on every night, whatever is done to the clock."""
from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from installation.rules.nightly import LEAST, is_due

ZONES = ("Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Cairo")


@given(zone=st.sampled_from(ZONES), first=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)), at=st.times(), step=st.sampled_from([0.5, 7.0, 60.0]))
def test_once_in_every_night_that_has_the_minute(zone: str, first: datetime, at: time, step: float) -> None:
    here = ZoneInfo(zone)
    moment = first.replace(tzinfo=UTC)
    starts: list[datetime] = []
    began = moment - timedelta(hours=3)
    at = at.replace(second=0, microsecond=0)
    before = moment.astimezone(here)
    for _ in range(int(2 * 86_400 / 60)):                    # two days; the seconds between do not matter, the step is looked at below
        moment += timedelta(minutes=1)
        now = moment.astimezone(here)
        if is_due(before, now, at, (moment - began).total_seconds()):
            starts.append(now)
            began = moment
        before = now
    assert 1 <= len(starts) <= 3                             # two nights; one may lack the minute (spring), or begin with it
    assert all(later - sooner > timedelta(hours=20) for sooner, later in zip(starts, starts[1:]))
    near = datetime(2026, 6, 1, 4, 9, 59, tzinfo=here)
    assert is_due(near, near + timedelta(seconds=max(step, 1.0)), time(4, 10), 1e6)


def test_the_hour_that_comes_twice_has_one() -> None:
    paris = ZoneInfo("Europe/Paris")
    moment, began = datetime(2026, 10, 24, 22, 0, tzinfo=UTC), datetime(2026, 10, 24, 18, 0, tzinfo=UTC)
    count, before = 0, moment.astimezone(paris)
    for _ in range(8 * 60):
        moment += timedelta(minutes=1)
        now = moment.astimezone(paris)
        if is_due(before, now, time(2, 30), (moment - began).total_seconds()):
            count, began = count + 1, moment
        before = now
    assert count == 1


def test_a_clock_that_is_set_and_a_late_start_make_up_for_nothing() -> None:
    at, paris = time(4, 10), ZoneInfo("Europe/Paris")
    night = datetime(2026, 6, 1, 4, 0, tzinfo=paris)
    assert not is_due(night, night + timedelta(hours=1), at, 1e6)              # set forward, or asleep
    assert not is_due(night + timedelta(hours=1), night, at, 1e6)              # set back
    assert not is_due(night + timedelta(minutes=9), night + timedelta(minutes=11), at, LEAST - 1)
    assert is_due(night + timedelta(minutes=9), night + timedelta(minutes=11), at, LEAST)
