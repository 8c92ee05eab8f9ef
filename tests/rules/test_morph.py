"""From one value to another: the ends are the ends, the way stays between them and follows the parameter's own curve."""
from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as some

from installation.rules.morph import CURVES, between, checked_curve, way
from installation.terms.declaration import Curve, Declaration, Kind
from installation.terms.fault import Fault

PITCH = Declaration("/scene/tide/pitch", unit="Hz", low=20.0, high=20_000.0, default=440.0, curve=Curve.EXPONENTIAL)
LEVEL = Declaration("/scene/tide/level", unit="dBFS", low=-60.0, high=-6.0, default=-20.0, curve=Curve.DECIBEL)
COUNT = Declaration("/scene/tide/count", Kind.INT, default=0)
TINT = Declaration("/scene/tide/tint", Kind.COLOUR, default=(0.0, 0.0, 0.0))
OPEN = Declaration("/scene/tide/open", Kind.BOOL, default=False)
MOOD = Declaration("/scene/tide/mood", Kind.TEXT, default="calm")
RATIOS = some.floats(0, 1)


@given(some.sampled_from([PITCH, LEVEL, COUNT]), RATIOS, RATIOS, RATIOS)
def test_numbers_stay_between_the_two_and_reach_both(declaration: Declaration, first: float, second: float, position: float) -> None:
    one, other = (declaration.fit(declaration.at(ratio) if declaration.high is not None else ratio * 100)[0] for ratio in (first, second))
    assert between(declaration, one, other, 0.0) == one and between(declaration, one, other, 1.0) == other
    value = between(declaration, one, other, position)
    assert min(one, other) <= value <= max(one, other) and declaration.fit(value) == (value, False)      # type: ignore[type-var, operator]


@given(some.tuples(RATIOS, RATIOS, RATIOS), some.tuples(RATIOS, RATIOS, RATIOS), RATIOS)
def test_colours_go_channel_by_channel(one: tuple, other: tuple, position: float) -> None:
    assert between(TINT, one, other, 0.0) == one and between(TINT, one, other, 1.0) == other
    value = between(TINT, one, other, position)
    assert all(min(a, b) <= part <= max(a, b) for a, b, part in zip(one, other, value))      # type: ignore[arg-type]


def test_each_along_its_own_curve() -> None:
    assert math.isclose(between(PITCH, 200.0, 800.0, 0.5), 400.0)      # type: ignore[arg-type]
    assert between(LEVEL, -40.0, -20.0, 0.25) == -35.0 and between(COUNT, 0, 10, 0.26) == 3 and between(TINT, (0, 0, 1), (1, 0, 0), 0.5) == (0.5, 0, 0.5)


@pytest.mark.parametrize(("declaration", "one", "other"), [(OPEN, False, True), (MOOD, "calm", "wild")])
def test_what_has_nothing_between_changes_at_the_half(declaration: Declaration, one: object, other: object) -> None:
    assert [between(declaration, one, other, position) for position in (0.0, 0.49, 0.5, 1.0)] == [one, one, other, other]      # type: ignore[arg-type]


@given(some.sampled_from(CURVES), RATIOS, RATIOS)
def test_time_goes_one_way(curve: str, one: float, other: float) -> None:
    assert way(curve, -1.0) == 0.0 and way(curve, 2.0) == 1.0
    assert 0.0 <= way(curve, min(one, other)) <= way(curve, max(one, other)) <= 1.0


def test_curves_are_those() -> None:
    assert way("ease", 0.5) == way("linear", 0.5) == 0.5 and way("late", 0.5) == 0.125
    for wrong in ("fast", None, 3):
        with pytest.raises(Fault):
            checked_curve(wrong)
