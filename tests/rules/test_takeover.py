"""Soft take-over: a fader takes hold where it meets the value."""
from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from installation.rules.takeover import MOST, NEAR, TakeOver
from installation.terms.declaration import Curve, Declaration, Kind

LEVEL = Declaration("/scene/tide/level", low=0, high=1)
CUTOFF = Declaration("/scene/tide/cutoff", low=20, high=20_000, curve=Curve.EXPONENTIAL)


def test_a_fader_waits_until_it_passes_the_value():
    takeover = TakeOver()
    assert [takeover.lets(LEVEL, wanted, 0.5) for wanted in (0.0, 0.1, 0.3)] == [False] * 3 and takeover.waits(LEVEL.address)
    assert takeover.lets(LEVEL, 0.6, 0.5) and takeover.lets(LEVEL, 0.9, 0.6) and not takeover.waits(LEVEL.address)
    assert not takeover.lets(LEVEL, 0.85, 0.2)                    # somebody else has moved it
    assert takeover.lets(LEVEL, 0.1, 0.2)


def test_near_is_near_on_the_faders_way():
    middle = CUTOFF.at(0.5)
    assert TakeOver().lets(CUTOFF, CUTOFF.at(0.5 + NEAR * 0.9), middle) and not TakeOver().lets(CUTOFF, CUTOFF.at(0.5 + NEAR * 1.1), middle)


def test_what_is_no_fader_is_let_through():
    takeover = TakeOver()
    for declaration, wanted, standing in ((Declaration("/a", Kind.BOOL, default=False), True, False), (Declaration("/b"), 5.0, 0.0),
                                          (Declaration("/c", Kind.TEXT, default="x"), "y", "x"), (Declaration("/d", Kind.TRIGGER), None, None),
                                          (LEVEL, "loud", 0.5), (LEVEL, float("nan"), 0.5)):
        assert takeover.lets(declaration, wanted, standing)


@given(st.lists(st.floats(0, 1), min_size=1), st.floats(0, 1))
def test_a_value_never_jumps_further_than_the_hand_moved(ways, standing):
    takeover, last = TakeOver(), ways[0]
    for way in ways:
        if takeover.lets(LEVEL, way, standing):
            assert abs(way - standing) <= abs(way - last) + NEAR + 1e-9
            standing = way
        last = way


def test_it_is_bounded():
    takeover = TakeOver()
    for number in range(MOST + 10):
        takeover.lets(Declaration(f"/a/{number}", low=0, high=1), 0.5, 0.0)
    assert not takeover.waits("/a/0") and takeover.waits(f"/a/{MOST + 9}")
