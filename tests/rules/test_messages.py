"""Which messages leave: none for what flickers, one when it begins, one when it is over, and never too many."""
from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from installation.rules.messages import HOUR, Messages


def test_what_lasts_is_told_once_and_once_when_it_is_over() -> None:
    messages: Messages[str] = Messages(after=30.0, most=6)
    assert messages.step(0.0, {"card": "lost"}) == messages.step(29.0, {"card": "lost"}) == []
    (begins,) = messages.step(30.0, {"card": "lost"})
    assert begins.begins and begins.trouble == "lost" and begins.left_out == 0
    assert messages.step(60.0, {"card": "lost"}) == []
    (over,) = messages.step(61.0, {})
    assert not over.begins and over.trouble == "lost"
    assert messages.step(62.0, {"card": "lost"}) == [] and messages.step(80.0, {}) == []       # too short to be told, and so is its end


def test_a_flood_is_bounded_and_said() -> None:
    messages: Messages[str] = Messages(after=0.0, most=2)
    begun = messages.step(0.0, {n: f"t{n}" for n in range(5)})
    assert [message.trouble for message in begun] == ["t0", "t1"]
    over = messages.step(10.0, {n: f"t{n}" for n in range(1, 5)})
    assert [message.begins for message in over] == [False] and over[0].left_out == 3
    later = messages.step(HOUR + 1, {**{n: f"t{n}" for n in range(1, 5)}, "new": "new"})
    assert [(message.begins, message.trouble) for message in later] == [(True, "new")]            # what was left out is old by now


@given(st.lists(st.tuples(st.floats(0.1, 600), st.frozensets(st.integers(0, 5))), max_size=150), st.integers(1, 5))
def test_ends_follow_beginnings_and_an_hour_has_its_most(looks: list[tuple[float, frozenset[int]]], most: int) -> None:
    messages: Messages[int] = Messages(after=20.0, most=most)
    now, told, begun = 0.0, set[int](), list[float]()
    for passed, lasting in looks:
        now += passed
        for message in messages.step(now, {key: key for key in lasting}):
            if message.begins:
                assert message.trouble not in told and message.trouble in lasting
                told.add(message.trouble)
                begun.append(now)
            else:
                assert message.trouble in told and message.trouble not in lasting
                told.discard(message.trouble)
        assert told <= lasting
        assert sum(now - at < HOUR for at in begun) <= most
