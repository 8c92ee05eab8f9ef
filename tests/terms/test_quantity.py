"""Quantities that people write, and the units they are written in."""
from __future__ import annotations

import contextlib
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.terms.fault import Fault
from installation.terms.quantity import BASE, UNITS, convert, db_from_gain, gain_from_db, quantity


@pytest.mark.parametrize("written, unit, value", [
    ("3 m", "m", 3.0), ("50 cm", "m", 0.5), ("50cm", "m", 0.5), ("1.5 min", "s", 90.0), ("-6 dB", "dB", -6.0), ("-20 dBFS", "dB", -20.0),
    ("2 kHz", "Hz", 2000.0), ("1e3 Hz", "Hz", 1000.0), (3, "m", 3.0), (0.25, "s", 0.25), ("50 %", "ratio", 0.5), (".5", "ratio", 0.5),
    ("64 MB", "B", 64e6), ("1_000 Hz", "Hz", 1000.0), ("180 °", "deg", 180.0), ("0 K", "°C", -273.15), ("+3 dB", "dB", 3.0),
])
def test_what_people_write_is_understood(written: object, unit: str, value: float) -> None:
    assert quantity(written, unit) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize("written, unit, id", [
    ("three metres", "m", "quantity.text"), ("3 dB", "m", "unit.mismatch"), ("3 metres", "m", "unit.unknown"), (True, "m", "quantity.type"),
    (None, "m", "quantity.type"), (math.nan, "m", "quantity.finite"), (math.inf, "s", "quantity.finite"), ("1e999", "s", "quantity.finite"),
    (10**400, "m", "quantity.finite"), ([3], "m", "quantity.type"), ("", "m", "quantity.text"), ("3 m m", "m", "unit.unknown"),
])
def test_what_makes_no_sense_is_a_fault_in_both_languages(written: object, unit: str, id: str) -> None:
    with pytest.raises(Fault) as caught:
        quantity(written, unit)
    assert caught.value.id == id
    assert caught.value.happened.en and caught.value.happened.fr and caught.value.happened.en != caught.value.happened.fr


def test_an_unknown_unit_names_the_closest() -> None:
    with pytest.raises(Fault) as caught:
        quantity("3 kHZ", "Hz")
    assert "kHz" in caught.value.say("en")


@given(st.sampled_from(sorted(UNITS)), st.sampled_from(sorted(UNITS)), st.floats(-1e6, 1e6))
def test_there_and_back_is_the_same(unit: str, to: str, value: float) -> None:
    if UNITS[unit].dimension != UNITS[to].dimension:
        return
    assert convert(convert(value, unit, to), to, unit) == pytest.approx(value, rel=1e-9, abs=1e-6)


def test_every_dimension_has_a_base_unit_that_is_its_own_base() -> None:
    for unit in UNITS.values():
        base = UNITS[BASE[unit.dimension]]
        assert (base.dimension, base.factor, base.offset) == (unit.dimension, 1.0, 0.0)


@given(st.floats(-200, 60))
def test_gain_and_level_are_each_others_inverse(level: float) -> None:
    assert db_from_gain(gain_from_db(level)) == pytest.approx(level, abs=1e-9)


def test_silence() -> None:
    assert gain_from_db(-math.inf) == 0.0
    assert db_from_gain(0.0) == -math.inf


@given(st.text(max_size=60))
def test_no_text_raises_anything_but_a_fault(text: str) -> None:
    with contextlib.suppress(Fault):
        assert math.isfinite(quantity(text, "m"))
