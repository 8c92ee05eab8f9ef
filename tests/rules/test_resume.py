"""Whether a score goes on where it was, and where that is."""
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from installation.rules.piece import ChangeRecord, LayerRecord
from installation.rules.resume import DAY, GAP, MOST, Remembered, Standing, as_text, parse
from installation.rules.score import LayerState, Reason

NOON = 1_764_064_923.0
TIDE = Remembered(NOON, "a", 5000.0, {"main": Standing("tide", 100.0), "bed": Standing(None, 3.0)}, preset="evening")
tenths = some.integers(0, 10**9).map(lambda number: number / 10)


@given(some.builds(Remembered, tenths, some.text(max_size=40), tenths, some.dictionaries(some.text(max_size=10), some.builds(Standing, some.none() | some.text(
    max_size=10), tenths), max_size=4), some.integers(0, 9), some.text(max_size=10)))
def test_what_was_kept_is_read(remembered: Remembered) -> None:
    assert parse(as_text(remembered)) == remembered


@given(some.text(max_size=60) | some.integers(0, 300).map(lambda cut: as_text(TIDE)[:cut]))
def test_whatever_is_damaged_makes_no_sense(text: str) -> None:
    if text.rstrip() != as_text(TIDE).rstrip():
        with pytest.raises(ValueError):
            parse(text)


@pytest.mark.parametrize("now, boot, uptime, played", [
    (NOON + 10, "a", 5010.0, 110.0),                          # the process was killed: as though it had played on
    (NOON + 2 * GAP, "a", 5000.0 + 2 * GAP, 100.0),           # it was stopped for a while: from where it was
    (NOON + 999_999, "a", 5010.0, 110.0),                     # the clock was set meanwhile: within a start of the machine it is not asked
    (NOON + 3600, "b", 20.0, 100.0),                          # the power was cut for an hour
    (NOON - 60, "b", 20.0, 100.0),                            # the clock is a little behind
    (NOON + 3600, "a", 20.0, 100.0),                          # the same name and an earlier time: it is another start
    (NOON + DAY + 1, "b", 20.0, None), (NOON, "a", 5000.0 + DAY + 1, None), (NOON - 2 * DAY, "b", 20.0, None)])
def test_it_goes_on_within_a_day(now: float, boot: str, uptime: float, played: float | None) -> None:
    there = TIDE.goes_on(now, boot, uptime)
    assert (there["main"].played if there else None) == played and (not there or there["bed"].scene is None)


def test_a_scene_that_brings_the_engine_down_is_not_taken_up_for_ever() -> None:
    assert not Remembered(NOON, "a", 1.0, TIDE.layers, resumed=MOST).goes_on(NOON, "a", 2.0)


def test_a_change_after_so_many_seconds_counts_what_was_played_before_the_restart() -> None:
    layer = LayerState(LayerRecord(name="main", start="tide", changes=(ChangeRecord(leave="embers", to="tide", after=240.0),)), now=0.0)
    layer.resume("embers", 230.0, 0.0)
    assert layer.standing(0.0) == ("embers", 230.0)
    first = layer.step(1.0, lambda name: None)
    assert first is not None and first.to == "embers" and first.reason is Reason.RESUME
    layer.entered("embers", 2.0)
    assert layer.standing(5.0) == ("embers", 233.0) and layer.counts and layer.step(11.0, lambda name: None) is None
    then = layer.step(12.5, lambda name: None)
    assert then is not None and then.to == "tide" and then.reason is Reason.CHANGE
    layer.entered("tide", 13.0)
    assert layer.standing(15.0) == ("tide", 2.0) and not layer.counts


def test_silence_is_taken_up_too_and_an_idle_house_goes_on_with_what_follows() -> None:
    layer = LayerState(LayerRecord(name="main", start="tide", idle="rest", changes=(ChangeRecord(to="tide", after=100.0),)), now=0.0)
    layer.resume(None, 90.0, 0.0)
    assert layer.step(1.0, lambda name: None) is None and layer.standing(5.0) == (None, 95.0)
    layer.step(6.0, lambda name: None, idle=True)
    layer.entered("rest", 6.0)
    assert layer.standing(9.0) == ("tide", 0.0)
