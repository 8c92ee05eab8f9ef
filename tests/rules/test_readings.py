"""Readings: fresh, held, at rest, absent; units; what is refused."""
from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.rules.readings import LARGEST, Readings
from installation.terms.fault import Fault, SensorFault
from installation.terms.reading import Freshness


def plinth(**changes: Any) -> Readings:
    readings = Readings()
    readings.declare("plinth", "distance", "m", **{"pace": 0.1, "hold": 2.0, "rest": 4.0, **changes})
    return readings


def test_a_reading_ages_from_fresh_to_held_to_rest() -> None:
    readings = plinth()
    assert readings.read("plinth.distance", 0.0).freshness is Freshness.ABSENT
    assert readings.read("plinth.distance", 0.0).value == 4.0
    readings.put("plinth", "distance", 1.82, time=10.0)
    for now, value, freshness in ((10.0, 1.82, Freshness.FRESH), (10.29, 1.82, Freshness.FRESH), (10.31, 1.82, Freshness.HELD),
                                  (12.29, 1.82, Freshness.HELD), (12.31, 4.0, Freshness.REST), (1e6, 4.0, Freshness.REST)):
        reading = readings.read("plinth.distance", now)
        assert (reading.value, reading.freshness, reading.time, reading.unit) == (value, freshness, 10.0, "m")
    readings.put("plinth", "distance", 0.5, time=1e6)
    assert readings.read("plinth.distance", 1e6).freshness is Freshness.FRESH


def test_without_a_rest_the_last_value_stands_for_ever_and_nothing_is_known_before_the_first() -> None:
    readings = plinth(rest=None)
    before = readings.read("plinth.distance", 5.0)
    assert before.freshness is Freshness.ABSENT and math.isnan(before.value)
    readings.put("plinth", "distance", 1.0, time=5.0)
    after = readings.read("plinth.distance", 1e6)
    assert (after.value, after.freshness) == (1.0, Freshness.REST)


def test_what_speaks_only_when_touched_stays_fresh_until_it_is_lost() -> None:
    readings = plinth(pace=math.inf)
    readings.put("plinth", "distance", 1.0, time=0.0)
    assert readings.read("plinth.distance", 1e6).freshness is Freshness.FRESH
    readings.lose("plinth", 1e6)
    assert readings.read("plinth.distance", 1e6 + 1).freshness is Freshness.HELD
    assert readings.read("plinth.distance", 1e6 + 3).value == 4.0
    readings.put("plinth", "distance", 2.0, time=1e6 + 4)
    assert readings.read("plinth.distance", 2e6).freshness is Freshness.FRESH


@pytest.mark.parametrize(("unit", "said", "kept", "base"), [
    ("cm", 182, 1.82, "m"), ("", 512, 512, ""), ("%", 50, 0.5, "ratio"), ("°C", 21.5, 21.5, "°C"), ("K", 273.15, 0.0, "°C"),
                                                            ("count", 3, 3, "count")])
def test_readings_are_kept_in_base_units(unit: str, said: float, kept: float, base: str) -> None:
    readings = Readings()
    readings.declare("it", "field", unit, pace=1.0)
    assert readings.put("it", "field", said, 0.0) == pytest.approx(kept)
    reading = readings.read("it.field", 0.0)
    assert reading.value == pytest.approx(kept) and reading.unit == base


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e300, 10**400, None, "1.0", b"1", [1.0]])
def test_what_is_no_sane_number_is_refused_counted_and_changes_nothing(value: object) -> None:
    readings = plinth()
    readings.put("plinth", "distance", 1.0, time=1.0)
    with pytest.raises(SensorFault):
        readings.put("plinth", "distance", value, time=2.0)  # type: ignore[arg-type]
    assert readings.read("plinth.distance", 1.0).value == 1.0
    assert readings.read("plinth.distance", 2.0).time == 1.0
    assert (readings.counts("plinth").taken, readings.counts("plinth").refused) == (1, 1)


def test_unknown_names_say_what_was_probably_meant() -> None:
    readings = plinth()
    with pytest.raises(Fault, match="no reading") as caught:
        readings.read("plinth.distanse", 0.0)
    assert 'Did you mean "plinth.distance"?' in caught.value.remedy.en
    with pytest.raises(SensorFault):
        readings.put("plinth", "distanse", 1.0, 0.0)
    for pace, hold, rest in ((0, 1, 1), (math.nan, 1, 1), (1, -1, 1), (1, 1, math.nan)):
        with pytest.raises(Fault):
            readings.declare("bad", "field", "m", pace, hold, rest)
    with pytest.raises(Fault, match="no unit"):
        readings.declare("bad", "field", "parsec", 1.0)


def test_names_snapshot_and_forgetting() -> None:
    readings = plinth()
    readings.declare("desk", "light", "lx", pace=1.0, rest=0.0)
    assert readings.names() == ["plinth.distance", "desk.light"] == list(readings.snapshot(0.0))
    readings.put("plinth", "distance", 1.0, 0.0)
    readings.declare("plinth", "distance", "m", pace=0.5, rest=9.0)    # an edited configuration keeps what is known
    assert readings.read("plinth.distance", 0.0).value == 1.0
    readings.forget("plinth")
    assert readings.names() == ["desk.light"]


@given(st.lists(st.tuples(st.floats(0, 1e4), st.floats()), max_size=40), st.floats(0, 2e4))
def test_whatever_comes_a_reading_is_finite_and_the_counts_add_up(said: list[tuple[float, float]], now: float) -> None:
    readings = plinth()
    for time, value in sorted(said, key=lambda pair: pair[0]):
        try:
            readings.put("plinth", "distance", value, time)
        except SensorFault:
            assert not abs(value) <= LARGEST
    assert math.isfinite(readings.read("plinth.distance", now).value)
    counts = readings.counts("plinth")
    assert counts.taken + counts.refused == len(said)
