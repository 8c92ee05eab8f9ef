"""Values as a person writes them: what is written is read back, whatever it is."""
from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from installation.rules.source import parse_source
from installation.rules.written import as_yaml, read, same, shortest, shown, written
from installation.terms.declaration import Declaration, Kind
from installation.terms.fault import Fault
from installation.terms.quantity import UNITS

NUMBERS = some.floats(allow_nan=False, allow_infinity=False)
TEXTS = some.text(max_size=20) | some.text(alphabet="-.: #,+°%ab01eE_/", max_size=8)
DATA = some.recursive(some.none() | some.booleans() | NUMBERS | TEXTS, lambda inner: some.lists(inner, max_size=3))


def whole(data: Any) -> Any:
    """As a file can hold it: half a surrogate pair is none."""
    if isinstance(data, list):
        return [whole(part) for part in data]
    return "".join("\ufffd" if "\ud800" <= sign <= "\udfff" else sign for sign in data) if isinstance(data, str) else data


@given(DATA)
def test_plain_data_comes_back_from_braces_and_from_beside_a_key(data: Any) -> None:
    for text in (f"a: {{x: {as_yaml(data)}, y: 1}}\n", f"a:\n  x: {as_yaml(data)}  # a comment\n"):
        got = parse_source(text).data["a"]["x"]
        assert got == whole(data) and isinstance(got, bool) == isinstance(data, bool)


@given(some.floats(-1e38, 1e38) | some.floats(-2.0**100, 2.0**100, width=32), some.sampled_from(list(UNITS)))
def test_numbers_come_back_with_their_unit(value: float, unit: str) -> None:
    declaration = Declaration("/scene/tide/x", unit=unit)
    got = read(parse_source(f"x: {as_yaml(written(value, declaration))}").data["x"], declaration)
    assert same(got, value)
    if shortest(value) == value:
        assert got == value


@pytest.mark.parametrize(("value", "declaration", "text"), [
    (-20.0, {"unit": "dBFS"}, "-20 dBFS"), (0.30000001192092896, {"unit": "ratio"}, "0.3"), (0.1, {}, "0.1"), (1e-7, {"unit": "s"}, "1e-07 s"),
    (True, {"kind": Kind.BOOL}, "true"), ((1.0, 0.5, 0.0), {"kind": Kind.COLOUR}, "[1, 0.5, 0]"), ("saw", {"kind": Kind.TEXT}, "saw"),
    ("no: 1", {"kind": Kind.TEXT}, '"no: 1"'), ("1", {"kind": Kind.TEXT}, '"1"'), ("", {"kind": Kind.TEXT}, '""'), (30.0, {"unit": "°"}, "30 °"),
])
def test_as_a_person_would_write_it(value: Any, declaration: dict, text: str) -> None:
    record = Declaration("/scene/tide/x", **declaration)
    assert as_yaml(written(value, record)) == text and same(read(parse_source(f"x: {text}").data["x"], record), value)


def test_what_does_not_fit_is_refused_and_what_lies_outside_is_clipped() -> None:
    level = Declaration("/scene/tide/level", unit="dBFS", low=-60.0, high=-6.0)
    assert read("3 dB", level) == -6.0
    for wrong in ("loud", "3 Hz", True, None, [1], {"a": 1}):
        with pytest.raises(Fault):
            read(wrong, level)


def test_same_is_what_osc_cannot_tell_apart() -> None:
    assert same(0.3, 0.30000001192092896) and same((0.3, 1), (0.30000001192092896, 1.0))
    assert not same(0.3, 0.3001) and not same(True, 1) and not same("1", 1) and not same(1e300, 1e301)


def test_for_eyes_four_digits_are_enough() -> None:
    assert shown(1 / 3, Declaration("/a", unit="Hz")) == "0.3333 Hz" and shown((1 / 3, 0, 1), Declaration("/a", Kind.COLOUR)) == "[0.3333, 0, 1]"
