"""What is given up in the heat, in order, and taken back."""
from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from installation.rules.heat import CALM, COOLER, NEXT, SURE, Heat


def test_one_after_another_while_it_stays_hot_and_back_one_at_a_time() -> None:
    heat, now = Heat(80.0, ("voices", "idle")), 0.0

    def passes(seconds: float, degrees: float | None, slowed: bool = False) -> tuple[str, ...]:
        nonlocal now
        stands: tuple[str, ...] = ()
        for _ in range(int(seconds / 10)):
            now += 10.0
            stands = heat.step(now, degrees, slowed)
        return stands

    assert passes(SURE, 85.0) == () and not heat.is_hot
    assert passes(20, 85.0) == ("voices",) and heat.is_hot
    assert passes(NEXT - 20, 85.0) == ("voices",)
    assert passes(40, 85.0) == ("voices", "idle")
    assert passes(10 * NEXT, 85.0) == ("voices", "idle")
    assert passes(10 * NEXT, 80.0 - COOLER + 1) == ("voices", "idle")          # neither hot nor cool: nothing changes
    assert passes(CALM + 20, 60.0) == ("voices",) and heat.is_hot
    assert passes(CALM + 20, 60.0) == () and not heat.is_hot
    assert passes(SURE + 20, None, slowed=True) == ("voices",)                  # a processor that says that it is slowed down


def test_without_measures_it_is_only_said() -> None:
    heat = Heat(80.0, ())
    assert [heat.step(now, 90.0, False) for now in (0.0, 30.0, 400.0)] == [(), (), ()] and heat.is_hot


@given(st.lists(st.tuples(st.floats(0.5, 60.0), st.one_of(st.none(), st.floats(20, 110)), st.booleans()), max_size=200))
def test_it_is_never_taken_and_given_back_faster_than_it_can_be_felt(looks: list[tuple[float, float | None, bool]]) -> None:
    heat, now, last, changed = Heat(80.0, ("voices", "idle")), 0.0, 0, -1e9
    for passed, degrees, slowed in looks:
        now += passed
        count = len(heat.step(now, degrees, slowed))
        assert abs(count - last) <= 1
        if count != last:
            assert now - changed >= min(CALM, SURE) or changed < 0
            changed, last = now, count
