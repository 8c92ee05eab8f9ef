"""Which scene plays when: conditions with dwell, time in scene, a hand, idling, scenes that fail. Time is an argument."""
from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from installation.rules.piece import ChangeRecord, LayerRecord
from installation.rules.score import RETRY, SILENCE, LayerState, Reason

LAYER = LayerRecord(name="main", start="tide", idle="breath", fade=6.0, changes=(
    ChangeRecord(leave="tide", to="embers", when="plinth.distance < 1.0", dwell=10.0),
    ChangeRecord(leave="embers", to="tide", after=120.0, fade=2.0),
    ChangeRecord(to="alarm", when="door.open"),
))


class Play:
    """A layer with its time, its readings, and a house that plays what it is told."""

    def __init__(self, layer: LayerRecord = LAYER) -> None:
        self.state, self.values, self.log = LayerState(layer), {"plinth.distance": 3.0, "door.open": False}, []

    def run(self, until: float, since: float = 0.0, tick: float = 0.5, **asked) -> None:
        for index in range(round((until - since) / tick) + 1):
            self.step(since + index * tick, **asked)

    def step(self, now: float, **asked) -> None:
        transition = self.state.step(now, self.values.get, **asked)
        if transition is not None:
            self.log.append((now, transition.leave, transition.to, transition.fade, transition.reason))
            self.state.entered(transition.to, now)


def test_it_begins_with_its_start() -> None:
    play = Play()
    play.run(30)
    assert play.log == [(0, None, "tide", 6, Reason.START)]


def test_a_condition_must_hold_for_its_dwell_without_a_break() -> None:
    play = Play()
    play.step(0)
    play.values["plinth.distance"] = 0.5
    play.run(9, since=1)
    play.values["plinth.distance"] = 2.0
    play.step(9.5)
    play.values["plinth.distance"] = 0.5
    play.run(30, since=10)
    assert play.log[1:] == [(20, "tide", "embers", 6, Reason.CHANGE)]


def test_time_in_scene_and_its_own_fade() -> None:
    play = Play()
    play.step(0)
    play.step(5, wanted="embers")
    play.run(200, since=5.5)
    assert play.log[1:] == [(5, "tide", "embers", 6, Reason.HAND), (125, "embers", "tide", 2, Reason.CHANGE)]


def test_from_any_scene_and_the_first_in_order() -> None:
    play = Play()
    play.step(0)
    play.values.update({"door.open": True, "plinth.distance": 0.5})
    play.run(20, since=1)
    assert [entry[2] for entry in play.log] == ["tide", "alarm"]      # and stays: alarm does not follow alarm


def test_when_and_after_must_both_hold() -> None:
    play = Play(LayerRecord(name="main", start="a", changes=(ChangeRecord(to="b", when="door.open", after=10.0),)))
    play.step(0)
    play.values["door.open"] = True
    play.run(12, since=1)
    assert play.log[1][0] == 10


def test_a_missing_reading_makes_its_condition_false() -> None:
    play = Play()
    for value in (None, math.nan, math.inf):
        play.values["plinth.distance"] = value
        play.run(40)
    assert [entry[2] for entry in play.log] == ["tide"] and play.state.faults == 0
    divided = Play(LayerRecord(name="main", start="a", changes=(ChangeRecord(to="b", when="1 / door.open > 2"),)))
    divided.run(2)
    assert [entry[2] for entry in divided.log] == ["a"] and divided.state.faults == 4


def test_a_hand_asks_for_a_scene_or_for_silence() -> None:
    play = Play()
    play.step(0)
    play.step(1, wanted="embers")
    play.step(2, wanted="embers")
    play.step(3, wanted=SILENCE)
    assert [(entry[2], entry[4]) for entry in play.log[1:]] == [("embers", Reason.HAND), (None, Reason.HAND)]


def test_idling_and_back() -> None:
    play = Play()
    play.step(0)
    play.step(1, wanted="embers")
    play.run(20, since=2, idle=True)
    play.step(21)
    play.run(30, since=21.5, idle=True)
    play.step(30.5, idle=True, wanted="embers")
    play.step(31)
    assert [(entry[2], entry[4]) for entry in play.log[2:]] == [("breath", Reason.IDLE), ("tide", Reason.START),
                                                                ("breath", Reason.IDLE), ("embers", Reason.START)]


def test_opening_while_idle() -> None:
    play = Play()
    play.step(0, idle=True)
    play.step(1)
    assert [entry[2] for entry in play.log] == ["breath", "tide"]


def test_a_scene_that_fails_gives_way_to_idle_and_idle_to_silence() -> None:
    play = Play()
    play.step(0)
    transition = play.state.failed()
    assert transition is not None and (transition.to, transition.reason) == ("breath", Reason.FAILED)
    play.state.entered("breath", 1)
    transition = play.state.failed()
    assert transition is not None and transition.to is None


def test_a_scene_that_cannot_be_made_is_asked_for_again_but_not_at_once() -> None:
    state, asked = LayerState(LAYER), []
    state.entered("tide", 0.0)
    for tick in range(80):
        now = tick * 0.5
        if state.step(now, {"plinth.distance": 0.5, "door.open": False}.get) is not None:
            asked.append(now)
            state.entered("tide", now)          # it could not be made: tide plays on
    assert asked == [10.0, 10.0 + RETRY, 10.0 + 2 * RETRY] and state.began == 0.0


@given(st.lists(st.tuples(st.floats(0, 5), st.floats(0, 3), st.booleans(), st.sampled_from([None, "tide", "embers", SILENCE]),
                          st.booleans()), max_size=40))
def test_what_plays_is_what_was_told(steps: list) -> None:
    play, now = Play(), 0.0
    for passed, distance, door, wanted, idle in steps:
        now += passed
        play.values.update({"plinth.distance": distance, "door.open": door})
        play.step(now, wanted=wanted, idle=idle)
        assert play.state.current in (None, "tide", "embers", "alarm", "breath")
        assert not idle or play.state.current == "breath"
    assert all(entry[1] != entry[2] for entry in play.log)


def coming(play: Play, now: float) -> list[tuple]:
    return [(one.change.to, one.holds, one.held, one.due) for one in play.state.coming(now, play.values.get)]


def test_what_may_follow_is_told_with_how_near_it_is_and_telling_changes_nothing() -> None:
    play = Play()
    play.step(0)
    assert coming(play, 1) == [("embers", False, 0, None), ("alarm", False, 0, None)]
    play.values["plinth.distance"] = 0.5
    play.run(7, since=3)
    assert coming(play, 7) == coming(play, 7) == [("embers", True, 4, 6), ("alarm", False, 0, None)]
    del play.values["door.open"]
    assert coming(play, 7)[1] == ("alarm", False, 0, None) and play.state.faults == 0
    play.run(13, since=7.5)
    assert play.log[-1][2] == "embers" and coming(play, 20) == [("tide", None, 0, 113), ("alarm", False, 0, None)]


def test_a_change_by_time_and_condition_waits_for_the_later_and_one_that_failed_for_its_next_try() -> None:
    play = Play(LayerRecord(name="main", start="tide", changes=(ChangeRecord(to="embers", when="a > 1", dwell=5.0, after=60.0),)))
    play.values["a"] = 2
    play.run(20)
    assert coming(play, 20) == [("embers", True, 19.5, 40)]
    play.run(59.5, since=20.5)
    play.state.step(60, play.values.get)
    play.state.entered("tide", 60)
    assert coming(play, 61) == [("embers", True, 60.5, RETRY - 1)]
    play.state.step(62, play.values.get, idle=True)
    assert coming(play, 62)[0][3] is None, "an idle house changes nothing"
