"""The record behind every value: fitting, refusing, and a fader's way through the range."""
from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.terms.declaration import LARGEST_INT, Curve, Declaration, Kind
from installation.terms.fault import Fault

LEVEL = Declaration("/a/level", unit="dBFS", low=-60, high=0, default=-12, curve=Curve.DECIBEL)
PITCH = Declaration("/a/pitch", unit="Hz", low=40, high=880, default=110, curve=Curve.EXPONENTIAL)


@pytest.mark.parametrize("declared, value, fitted, clipped", [
    (LEVEL, -6, -6.0, False), (LEVEL, 6.0, 0.0, True), (LEVEL, -1e300, -60.0, True), (LEVEL, 10**400, None, None),
    (Declaration("/n", Kind.INT, default=0), 2.6, 3, True), (Declaration("/n", Kind.INT, default=0), 2**70, LARGEST_INT, True),
    (Declaration("/b", Kind.BOOL, default=False), 1, True, False), (Declaration("/b", Kind.BOOL, default=False), 0.0, False, False),
    (Declaration("/b", Kind.BOOL, default=False), 0.5, None, None),
    (Declaration("/t", Kind.TEXT, default="a", choices=("a", "b")), "b", "b", False),
    (Declaration("/t", Kind.TEXT, default="a", choices=("a", "b")), "c", None, None),
    (Declaration("/t", Kind.TEXT, default=""), "x" * 201, None, None),
    (Declaration("/c", Kind.COLOUR, default=(0, 0, 0)), [2, 0.5, -1], (1.0, 0.5, 0.0), True),
    (Declaration("/c", Kind.COLOUR, default=(0, 0, 0)), (1, math.nan, 0), None, None),
    (Declaration("/g", Kind.TRIGGER, default=None), "anything", None, False),
    (LEVEL, math.nan, None, None), (LEVEL, math.inf, None, None), (LEVEL, "loud", None, None), (LEVEL, True, None, None), (LEVEL, None, None, None),
])
def test_values_are_fitted_clipped_or_refused(declared: Declaration, value: object, fitted: object, clipped: bool | None) -> None:
    if clipped is None:
        with pytest.raises(Fault) as caught:
            declared.fit(value)
        assert caught.value.where == declared.address and caught.value.id == "value.type"
        assert caught.value.happened.fr != caught.value.happened.en
    elif declared.kind is Kind.INT and value == 2.6:
        assert declared.fit(value)[0] == 3
    else:
        assert declared.fit(value) == (fitted, clipped)


@given(st.sampled_from([LEVEL, PITCH]), st.floats(0, 1))
def test_a_fader_goes_there_and_back(declared: Declaration, position: float) -> None:
    value = declared.at(position)
    assert declared.low <= value * (1 + 1e-12) + 1e-9 and value <= declared.high * (1 + 1e-12) + 1e-9
    assert declared.position(value) == pytest.approx(position, abs=1e-9)


def test_the_middle_of_an_exponential_fader_is_the_geometric_mean() -> None:
    assert PITCH.at(0.5) == pytest.approx(math.sqrt(40 * 880))


@pytest.mark.parametrize("wrong", [
    {"address": "no slash"}, {"address": "/a b"}, {"address": "/a", "low": 1, "high": 0},
    {"address": "/a", "curve": Curve.EXPONENTIAL, "low": 0, "high": 1}, {"address": "/a*"}, {"address": "/" + "x" * 300},
])
def test_a_declaration_that_makes_no_sense_is_refused(wrong: dict) -> None:
    with pytest.raises(Fault):
        Declaration(**wrong)
