"""Chains: readings in, one value out; what happens when sensors fall silent, time stands still or goes back, or a number is absurd."""
from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from installation.rules.config import piece_of
from installation.rules.mapping import Chain
from installation.rules.piece import HOLD
from installation.rules.schema.measure import Measure
from installation.rules.source import parse_source
from installation.rules.steps import Invert, Median, Range, Smooth
from installation.terms.reading import Freshness, Reading

NEAR = Range(source=(Measure(3.0), Measure(0.4)))


def chain(keys: str, sources: str = "plinth.distance") -> Chain:
    text = f"piece: x\nsensors: {{plinth: {{driver: a}}, door: {{driver: a}}}}\nscenes: {{}}\nmappings: [{{from: {sources}, to: /room/gain, {keys}}}]\n"
    return Chain.from_record(piece_of(parse_source(text), Path("config.yaml")).mappings[0])


def reading(value: float, time: float = 0.0, freshness: Freshness = Freshness.FRESH) -> Reading:
    return Reading(value, "m", time, freshness)


def at(value: float, time: float = 0.0, freshness: Freshness = Freshness.FRESH) -> dict[str, Reading]:
    return {"plinth.distance": reading(value, time, freshness)}


def test_steps_run_in_the_order_in_which_they_are_written() -> None:
    assert chain("invert: true, range: [0, 1, 0, 10], clip: [0, 6]").apply(at(0.2), 0) == pytest.approx(6)
    assert chain("clip: [0, 6], range: [0, 10], invert: true").apply(at(9), 0) == pytest.approx(0.4)
    assert chain("steps: [{range: [0, 2]}, {invert: true}, {range: [0, 1, 5, 7]}]").apply(at(0.5), 0) == pytest.approx(6.5)


def test_the_example_of_the_manual() -> None:
    made = chain("range: [3.0, 0.4], smooth: 0.4, when_stale: 0")
    assert made.apply(at(3.0), 0.0) == 0
    assert made.apply(at(0.4, 0.4), 0.4) == pytest.approx(1 - math.exp(-1))
    assert made.apply(at(0.4, 0.4, Freshness.HELD), 4.0) == pytest.approx(1, abs=1e-3)      # the last value is fed on
    assert made.apply(at(4.0, 0.4, Freshness.REST), 5.0) == 0


def test_a_value_that_stands_when_sensors_are_silent_enters_at_its_place() -> None:
    soft = chain("range: [3.0, 0.4], when_stale: 0, smooth: 1")
    assert soft.apply(at(0.4), 0.0) == 1
    assert soft.apply(at(4.0, 0.0, Freshness.REST), 1.0) == pytest.approx(math.exp(-1))


def test_rest_hold_and_let_go() -> None:
    silent = at(4.0, 0.0, Freshness.REST)
    assert chain("range: [3, 5]").apply(silent,
                                        1.0) == pytest.approx(0.5)                    # the declared rest goes through the steps
    held = chain("range: [0, 1], when_stale: hold")
    assert held.apply(silent, 0.0) is None
    held.apply(at(0.25), 1.0)
    assert held.apply(silent, 2.0) == 0.25
    gone = chain("range: [0, 1], when_stale: null")
    assert gone.apply(at(0.25), 0.0) == 0.25 and gone.apply(silent, 1.0) is None
    assert gone.apply(at(0.75, 2.0), 2.0) == 0.75


def test_a_sensor_that_never_spoke() -> None:
    absent = at(math.nan, -math.inf, Freshness.ABSENT)
    assert chain("range: [0, 1]").apply(absent, 0.0) is None and chain("range: [0, 1]").apply({}, 0.0) is None
    assert chain("range: [0, 1], when_stale: 0.5").apply(absent, 0.0) == 0.5
    assert chain("range: [0, 1]").apply(at(0.5, -math.inf, Freshness.ABSENT), 0.0) == 0.5     # its declared rest


@pytest.mark.parametrize(("how", "value"), [("min", 1), ("max", 3), ("mean", 2), ('"plinth.distance * 2 - door.x"', -1),
                                            ('"door.x > plinth.distance"', True)])
def test_combine(how: str, value: float) -> None:
    made = chain(f"combine: {how}", "[plinth.distance, door.x]")
    both = {"plinth.distance": reading(1), "door.x": reading(3)}
    assert made.apply(both, 0) == value
    resting = {"plinth.distance": reading(1), "door.x": reading(3, 0, Freshness.REST)}
    assert made.apply(resting, 1) == value                                                    # one still speaks


def test_those_who_never_spoke_are_left_out() -> None:
    readings = {"plinth.distance": reading(1), "door.x": reading(math.nan, -math.inf, Freshness.ABSENT)}
    assert chain("combine: max", "[plinth.distance, door.x]").apply(readings, 0) == 1
    expression = chain('combine: "plinth.distance + door.x"', "[plinth.distance, door.x]")
    assert expression.apply(readings, 0) is None and expression.faults == 0


def test_a_division_by_zero_keeps_the_last_value_and_is_counted() -> None:
    made = chain('combine: "1 / plinth.distance"')
    assert made.apply(at(0.5), 0) == 2
    assert made.apply(at(0.0, 1), 1) == 2 and made.faults == 1
    assert made.apply(at(0.25, 2), 2) == 4


def test_time_that_goes_back_stands_still() -> None:
    made = chain("smooth: 1")
    made.apply(at(0.0), 10.0)
    later = made.apply(at(1.0, 11.0), 11.0)
    assert made.apply(at(1.0, 11.0), 3.0) == later


def test_a_median_counts_readings_not_ticks() -> None:
    made = Chain([Median(size=3)], sources=["plinth.distance"])
    for time in (0.0, 1.0):
        made.apply(at(1.0, time), time)
    assert [made.apply(at(9.0, 2.0), 2.0 + tick / 100) for tick in range(5)] == [1] * 5
    assert made.apply(at(9.0, 3.0), 3.0) == 9


def test_in_python() -> None:
    made = Chain([NEAR, Smooth(time=0.0), Invert()], sources=("plinth.distance",), when_stale=HOLD)
    assert made.apply(at(0.4), 0.0) == 0


STEPS = ["smooth: 0.3", "median: 5", "one_euro: {beta: 3}", "slew: 2", "range: [3, 0.4]", "clip: [-1, 1]", "curve: exp",
         "invert: true",
         "threshold: {on: 0.8, off: 0.6, for: 1, until: 1}", "range: {from: [0, 1], to: [200, 6000], curve: exp}"]
WILD = st.floats(allow_nan=True, allow_infinity=True) | st.floats(-5, 5)


@settings(deadline=None)
@given(steps=st.lists(st.sampled_from(STEPS), max_size=5), stale=st.sampled_from(["0", "hold", "rest", "null"]),
       heard=st.lists(st.tuples(WILD, st.floats(-10, 10), st.sampled_from(list(Freshness))), max_size=15))
def test_nothing_but_finite_values_comes_out(steps: list[str], stale: str, heard: list) -> None:
    made = chain(f"steps: [{', '.join('{' + step + '}' for step in steps)}], when_stale: {stale}")
    for value, time, freshness in heard:
        given_value = made.apply(at(value, time, freshness), time)
        assert given_value is None or math.isfinite(given_value)


def test_a_truth_comes_out_as_a_number_so_that_any_parameter_can_take_it() -> None:
    made = chain("threshold: {on: 1 m, off: 1.2 m}, when_stale: false")
    assert [repr(made.apply(at(value, time), time)) for time, value in enumerate((3.0, 0.5))] == ["0.0", "1.0"]
    assert repr(made.apply(at(4.0, 1.0, Freshness.REST), 9.0)) == "0.0"
