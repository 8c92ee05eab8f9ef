"""So much a second, and so much at once."""
from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from installation.rules.purse import Purse


def test_it_is_full_at_first_and_fills_up_again():
    purse = Purse(10, 4)
    assert [purse.spend(1, 0.0) for _ in range(5)] == [True, True, True, True, False]
    assert purse.has(1, 0.1) and not purse.has(2, 0.1) and purse.spend(1, 0.1) and not purse.spend(1, 0.1)
    assert purse.has(4, 100.0) and not purse.has(4.5, 1000.0) and Purse(3).most == 3


@given(st.floats(0.1, 100), st.floats(1, 50), st.lists(st.tuples(st.floats(0, 10), st.floats(0, 60))))
def test_never_more_than_what_was_there_and_what_came(rate, most, spendings):
    purse, now, spent = Purse(rate, most), 0.0, 0.0
    for pause, much in spendings:
        now += pause
        spent += much if purse.spend(much, now) else 0.0
        assert spent <= most + rate * now + 1e-6
