"""The time as a sensor: the same on every machine, whatever its zone and whenever it was started."""
from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.rules.clock_fields import EPOCH, ClockFields
from installation.terms.fault import Fault

PARIS = ZoneInfo("Europe/Paris")
MOMENTS = st.datetimes(datetime(2001, 1, 1), datetime(2100, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))


def test_what_a_clock_on_the_wall_says() -> None:
    said = ClockFields({"cycle": "10 min", "place": [48.85, 2.35]}).at(datetime(2026, 11, 25, 11, 15, 30, tzinfo=UTC), PARIS)
    assert said["day"] == 12 * 3600 + 15 * 60 + 30 and said["weekday"] == 3
    assert said["cycle"] == pytest.approx(330 / 600)
    assert 18 < said["sun"] < 21                 # a low noon in November


def test_the_longest_day_and_the_night() -> None:
    clock = ClockFields({"place": [48.85, 2.35]})
    assert 64 < clock.at(datetime(2026, 6, 21, 11, 52, tzinfo=UTC), PARIS)["sun"] < 65          # 90 - 48.85 + 23.44
    assert clock.at(datetime(2026, 6, 21, 23, 50, tzinfo=UTC), PARIS)["sun"] < -15


@given(moment=MOMENTS, cycle=st.floats(1, 86_400))
def test_every_zone_agrees_on_the_cycle_and_it_goes_round(moment: datetime, cycle: float) -> None:
    clock = ClockFields({"cycle": cycle})
    here, there = (clock.at(moment, ZoneInfo(zone)) for zone in ("Europe/Paris", "Pacific/Apia"))
    assert here["cycle"] == there["cycle"] and here["turn"] == there["turn"] and 0 <= here["cycle"] <= 1
    passed = (moment - EPOCH) / timedelta(seconds=1)
    assert (here["turn"] + here["cycle"]) * cycle == pytest.approx(passed, rel=1e-9)
    assert 0 <= here["day"] < 86_400


@pytest.mark.parametrize(("options", "id"), [({"cicle": 3}, "clock.option"), ({"cycle": "0 s"}, "clock.cycle"), ({"cycle": "2 m"}, "unit.mismatch"),
                                             ({"place": [91, 0]}, "clock.place"), ({"place": "Paris"}, "clock.place"), ({"place": [True, 0]}, "clock.place")])
def test_options_that_make_no_sense(options: dict, id: str) -> None:
    with pytest.raises(Fault) as caught:
        ClockFields(options)
    assert caught.value.id == id
