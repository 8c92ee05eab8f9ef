"""Undo and redo: what a hand did is put back, and what others did since is left alone and said."""
from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from installation.rules.gate import Gate, Hand, Role
from installation.rules.history import MOST_VALUES, History
from installation.rules.tree import Priority, Tree
from installation.terms.declaration import Access, Declaration, Kind
from installation.terms.fault import Fault
from installation.terms.words import both

LEVEL, GLOW, TINT, GO, MUTE = "/scene/tide/level", "/scene/tide/glow", "/scene/tide/tint", "/scene/tide/go", "/system/mute"
ME, OTHER = Hand("web:1"), Hand("web:2")


class Desk:
    def __init__(self, most: int = 300) -> None:
        self.tree = Tree()
        for record in (Declaration(LEVEL, unit="dBFS", default=-20.0, persists=True), Declaration(GLOW, low=0.0, high=1.0, persists=True),
                       Declaration(TINT, Kind.COLOUR, default=(0, 0, 0), persists=True), Declaration(GO, Kind.TRIGGER, default=None, access=Access.WRITE),
                       Declaration(MUTE, Kind.BOOL, default=False), Declaration("/system/lock", Kind.BOOL, default=False)):
            self.tree.declare(record)
        self.gate = Gate(self.tree)
        self.history = History(self.gate, most)
        self.now = 0.0

    def write(self, hand: Hand, address: str, value: Any, pause: float = 5.0) -> None:
        self.now += pause
        self.gate.write(hand, address, value, self.now)

    def undo(self, hand: Hand = ME) -> dict[str, Any]:
        self.now += 1
        return self.history.undo(hand, self.now)

    def redo(self, hand: Hand = ME) -> dict[str, Any]:
        self.now += 1
        return self.history.redo(hand, self.now)

    def values(self) -> tuple:
        return tuple(self.tree.value(address) for address in (LEVEL, GLOW, TINT))


@pytest.fixture
def desk() -> Desk:
    return Desk()


def refused(call: Any, *arguments: Any) -> Fault:
    with pytest.raises(Fault) as caught:
        call(*arguments)
    return caught.value


WRITES = some.lists(some.one_of(some.tuples(some.just(LEVEL), some.floats(-60, 0)), some.tuples(some.just(GLOW), some.floats(0, 1)),
                                some.tuples(some.just(TINT), some.tuples(some.floats(0, 1), some.floats(0, 1), some.floats(0, 1)))), min_size=1, max_size=12)


@given(WRITES, some.floats(0.01, 10))
def test_undo_to_the_beginning_and_redo_to_the_end(writes: list, pause: float) -> None:
    desk = Desk()
    before = desk.values()
    for address, value in writes:
        desk.write(ME, address, value, pause)
    after, steps = desk.values(), len(desk.history.steps(1000))
    for _ in range(steps):
        desk.undo()
    assert desk.values() == before and refused(desk.undo).id == "history.empty"
    for _ in range(steps):
        desk.redo()
    assert desk.values() == after and refused(desk.redo).id == "history.empty"


def test_a_gesture_is_one_step_however_many_writes_it_took(desk: Desk) -> None:
    for position in range(100):
        desk.write(ME, GLOW, position / 100, 0.05)
    assert len(desk.history.steps()) == 1 and desk.undo()["turned"] == [GLOW] and desk.tree.value(GLOW) == 0.0


def test_two_fingers_are_one_step_and_two_gestures_are_two(desk: Desk) -> None:
    for position in range(1, 20):
        desk.write(ME, GLOW, position / 20, 0.03)
        desk.write(ME, LEVEL, -float(position), 0.03)
    desk.write(ME, LEVEL, -50.0, 2.0)
    desk.write(ME, GLOW, 0.5, 0.5)
    assert [step["values"] for step in desk.history.steps()] == [1, 1, 2]
    desk.undo(), desk.undo(), desk.undo()
    assert desk.values()[:2] == (-20.0, 0.0)


def test_each_undoes_its_own(desk: Desk) -> None:
    desk.write(ME, GLOW, 0.5)
    desk.write(OTHER, LEVEL, -30.0)
    assert desk.undo(ME)["turned"] == [GLOW] and desk.values()[:2] == (-30.0, 0.0)
    assert desk.undo(OTHER)["turned"] == [LEVEL]


def test_a_tablet_that_came_back_takes_the_last_of_all(desk: Desk) -> None:
    desk.write(OTHER, LEVEL, -30.0)
    done = desk.undo(Hand("web:9"))
    assert done["turned"] == [LEVEL] and done["step"]["by"] == OTHER.origin
    desk.redo(Hand("web:9"))
    assert desk.tree.value(LEVEL) == -30.0


def test_what_somebody_else_has_moved_since_stays_and_is_said(desk: Desk) -> None:
    desk.write(ME, GLOW, 0.5)
    desk.write(ME, LEVEL, -40.0)
    desk.write(OTHER, LEVEL, -30.0)
    fault = refused(desk.undo)
    assert fault.id == "history.moved" and "web:2" in fault.happened.en and "web:2" in fault.happened.fr and desk.tree.value(LEVEL) == -30.0
    assert desk.undo()["turned"] == [GLOW]                             # the step before it is next


def test_of_a_recall_what_was_moved_since_stays(desk: Desk) -> None:
    desk.history.begin("preset:opening", ME.origin, both("opening: recalled", "opening : rappelé"))
    for address, value in ((LEVEL, -40.0), (GLOW, 0.5)):
        desk.gate.put_back(ME, address, value, 1.0, origin="preset:opening")
    assert [(step["en"], step["by"], step["values"], len(step["lines"])) for step in desk.history.steps()] == [("opening: recalled", "web:1", 2, 2)]
    desk.write(OTHER, GLOW, 0.9)
    done = desk.undo()
    assert done["turned"] == [LEVEL] and "web:2" in done["kept"][0]["en"] and desk.values()[:2] == (-20.0, 0.9)


def test_an_edited_file_has_moved_it_too(desk: Desk) -> None:
    desk.write(ME, LEVEL, -40.0)
    desk.tree.write(LEVEL, -25.0, origin="file", time=9.0, priority=Priority.PRESET)
    assert refused(desk.undo).id == "history.moved"


def test_a_new_gesture_ends_what_could_be_done_again(desk: Desk) -> None:
    desk.write(ME, LEVEL, -40.0)
    desk.undo()
    desk.write(ME, GLOW, 0.5)
    assert refused(desk.redo).id == "history.empty" and desk.undo()["turned"] == [GLOW]


def test_a_mapping_moves_on_after_undo_and_its_momentary_value_is_not_kept(desk: Desk) -> None:
    desk.tree.write(GLOW, 0.37, origin="mapping:0", time=0.0, priority=Priority.MAPPING)
    desk.write(ME, GLOW, 0.8)
    desk.undo()
    assert desk.tree.value(GLOW) == 0.37 and desk.tree.holder(GLOW) == (Priority.MAPPING, "mapping:0") and desk.tree.base(GLOW) == 0.0


def test_undo_lets_go_so_the_score_takes_over(desk: Desk) -> None:
    desk.tree.write(LEVEL, -12.0, origin="score:main", time=0.0, priority=Priority.SCORE)
    desk.write(ME, LEVEL, -40.0)
    desk.undo()
    assert desk.tree.value(LEVEL) == -12.0 and desk.tree.base(LEVEL) == -20.0


def test_what_was_set_below_a_mapping_is_put_back_below_it(desk: Desk) -> None:
    desk.tree.write(GLOW, 0.37, origin="mapping:0", time=0.0, priority=Priority.MAPPING)
    desk.history.begin("preset:a", ME.origin, both("a", "a"))
    desk.gate.put_back(ME, GLOW, 0.9, 1.0, base=True, origin="preset:a")
    desk.undo()
    assert (desk.tree.base(GLOW), desk.tree.value(GLOW)) == (0.0, 0.37)
    desk.redo()
    assert (desk.tree.base(GLOW), desk.tree.value(GLOW)) == (0.9, 0.37)


def test_buttons_and_triggers_are_not_undone(desk: Desk) -> None:
    desk.write(ME, MUTE, True)
    desk.write(ME, GO, None)
    assert desk.history.steps() == [] and refused(desk.undo).id == "history.empty"


def test_undo_is_let_to_what_a_hand_is_let_to(desk: Desk) -> None:
    desk.write(ME, LEVEL, -40.0)
    desk.write(OTHER, "/system/lock", True)
    assert refused(desk.undo).id == "gate.locked" and refused(desk.undo, Hand("web:1", Role.NOBODY)).id == "gate.role"
    desk.write(OTHER, "/system/lock", False)
    assert desk.undo()["turned"] == [LEVEL]                            # it was refused, and is not forgotten


def test_the_author_hears_what_undo_did(desk: Desk) -> None:
    subscription = desk.tree.subscribe(ME.origin)
    desk.write(ME, LEVEL, -40.0)
    assert subscription.drain() == {}
    desk.undo()
    assert subscription.drain() == {LEVEL: -20.0}


def test_what_is_remembered_is_bounded_and_one_who_never_stops_leaves_the_others_theirs() -> None:
    desk = Desk(most=20)
    desk.write(ME, LEVEL, -40.0)
    for number in range(500):
        desk.write(OTHER, GLOW, number % 2 / 2)
        desk.history.begin(f"preset:{number}", OTHER.origin, both("x", "x"))
    assert len(desk.history.steps(1000)) == 20 and len(desk.history._open) <= 21 and desk.undo(ME)["turned"] == [LEVEL]


def test_large_steps_are_bounded_in_values() -> None:
    desk = Desk()
    addresses = [f"/scene/big/p{number}" for number in range(MOST_VALUES // 4)]
    for address in addresses:
        desk.tree.declare(Declaration(address))
    for turn in range(8):
        desk.history.begin(f"preset:{turn}", ME.origin, both("x", "x"))
        for address in addresses:
            desk.gate.put_back(ME, address, turn + 1.0, turn * 10.0, origin=f"preset:{turn}")
    assert sum(step["values"] for step in desk.history.steps(1000)) <= MOST_VALUES


def test_an_address_that_has_gone_is_said(desk: Desk) -> None:
    desk.write(ME, GLOW, 0.5)
    desk.tree.forget(GLOW)
    assert "any more" in refused(desk.undo).happened.en and desk.history.steps() == []
