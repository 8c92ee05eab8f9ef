"""The gate: who may what, the lock, and what is remembered of changes."""
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.rules.gate import ALWAYS, ATTENDANTS, GESTURE, KEPT, LOCK, Change, Gate, Hand, Role
from installation.rules.tree import Priority, Tree
from installation.terms.declaration import Access, Declaration, Kind
from installation.terms.fault import Fault

HEIGHT, COLOUR, GO = "/scene/tide/height", "/scene/tide/colour", "/system/next"
ARTIST, OTHER = Hand("web:artist:1"), Hand("osc:10.0.0.2:9000")
ATTENDANT, VISITOR, NOBODY = Hand("web:2", Role.ATTENDANT), Hand("web:3", Role.VISITOR), Hand("web:4", Role.NOBODY)


def house(**grants: tuple[str, ...]) -> Gate:
    tree = Tree()
    for declaration in (Declaration(HEIGHT, low=0, high=1), Declaration(COLOUR, Kind.COLOUR, default=(0, 0, 0)), Declaration(GO, Kind.TRIGGER),
                        Declaration("/system/mute", Kind.BOOL, default=False), Declaration("/system/idle", Kind.BOOL, default=False),
                        Declaration("/system/mode", Kind.TEXT, default="play", choices=("play", "quiet", "stop")),
                        Declaration(LOCK, Kind.BOOL, default=False), Declaration("/room/gain", low=-60, high=12),
                        Declaration("/system/xruns", Kind.INT, default=0, access=Access.READ)):
        tree.declare(declaration)
    return Gate(tree, {Role[name.upper()]: places for name, places in grants.items()})


def refusal(gate: Gate, hand: Hand, address: str, value: object = 1) -> str:
    counted = gate.refused
    with pytest.raises(Fault) as caught:
        gate.write(hand, address, value, 0.0)
    assert gate.refused == counted + 1 and caught.value.happened.fr and caught.value.happened.en != caught.value.happened.fr
    return caught.value.id


def test_each_role_is_let_to_its_own():
    gate = house(visitor=("/scene/tide/col*",), attendant=("/scene/tide/",))
    for hand, lets in ((ARTIST, {HEIGHT, COLOUR, GO, LOCK, *ATTENDANTS}), (ATTENDANT, {HEIGHT, COLOUR, *ATTENDANTS}), (VISITOR, {COLOUR}), (NOBODY, set())):
        assert {address for address in gate.tree.addresses() if gate.may(hand, address) and address != "/system/xruns"} == lets & set(gate.tree.addresses())
    assert refusal(gate, VISITOR, HEIGHT) == refusal(gate, ATTENDANT, LOCK) == refusal(gate, NOBODY, HEIGHT) == "gate.role"
    assert refusal(gate, ARTIST, "/scene/tide/hight") == "tree.unknown"


def test_what_only_reads_stays_so_for_everyone():
    gate = house()
    with pytest.raises(Fault) as caught:
        gate.write(ARTIST, "/system/xruns", 3, 0.0)
    assert caught.value.id == "tree.read_only" and gate.tree.value("/system/xruns") == 0


def test_a_trigger_fires_by_anything_but_a_button_that_is_let_go():
    gate, fired = house(), []
    gate.tree.watch(GO, lambda address, value, origin, time: fired.append(time))
    for time, value in enumerate((None, 1, 0, True, False, 0.0, "go", 0.5)):
        gate.write(ARTIST, GO, value, float(time))
    assert fired == [0.0, 1.0, 3.0, 6.0, 7.0]
    assert refusal(gate, NOBODY, GO, 0) == "gate.role"


def test_a_hand_may_be_kept_to_some_addresses():
    gate = house()
    kept = Hand("osc:10.0.0.9:1", only=("/scene/", "/system/mu?e"))
    assert {address for address in gate.tree.addresses() if gate.may(kept, address)} == {HEIGHT, COLOUR, "/system/mute"}


def test_grants_follow_addresses_that_come_and_go():
    gate = house(visitor=("/scene/",))
    assert refusal(gate, VISITOR, "/scene/new/depth") == "tree.unknown"
    gate.tree.declare(Declaration("/scene/new/depth"))
    assert gate.write(VISITOR, "/scene/new/depth", 0.5, 1.0) == 0.5


def test_the_lock_is_the_artists_who_closed_it_and_leaves_the_three_buttons():
    gate = house(attendant=(HEIGHT,))
    gate.write(ARTIST, LOCK, True, 0.0)
    assert gate.locked_by == ARTIST.origin
    assert refusal(gate, OTHER, HEIGHT) == refusal(gate, ATTENDANT, HEIGHT) == refusal(gate, ATTENDANT, "/room/gain") == "gate.locked"
    gate.write(ARTIST, HEIGHT, 0.5, 1.0)
    for address, value in zip(ALWAYS, ("stop", True)):
        gate.write(ATTENDANT, address, value, 1.0)
    assert gate.tree.value("/system/mode") == "stop" and refusal(gate, VISITOR, "/system/mode") == "gate.role"
    gate.write(OTHER, LOCK, False, 2.0)
    assert gate.locked_by == "" and gate.write(OTHER, HEIGHT, 0.25, 2.0) == 0.25


def test_a_gesture_is_one_change_and_followers_hear_it_grow():
    gate = house()
    heard: list[Change] = []
    end = gate.follow(heard.append)
    for step in range(1, 11):
        gate.write(ARTIST, HEIGHT, step / 10, step * GESTURE / 2)
    gate.write(ARTIST, HEIGHT, 0.3, 5 * GESTURE + 1.5 * GESTURE)
    gate.write(ARTIST, HEIGHT, 0.3, 5 * GESTURE + 1.6 * GESTURE)          # nothing changes
    first, second = gate.changes
    assert (first.before, first.after, first.began, first.time) == (0.0, 1.0, GESTURE / 2, 5 * GESTURE)
    assert (second.before, second.after) == (1.0, 0.3) and len(heard) == 11 and heard[-1] is second
    end()
    gate.write(OTHER, GO, None, 9.0)
    assert gate.changes[-1].address == GO and len(heard) == 11


def test_a_follower_that_fails_refuses_nothing():
    gate = house()
    gate.follow(lambda change: 1 / 0)
    assert gate.write(ARTIST, HEIGHT, 0.5, 1.0) == gate.tree.value(HEIGHT) == 0.5 and [fault.id for fault in gate.tree.faults] == ["gate.follower"]


@given(st.lists(st.tuples(st.sampled_from([ARTIST, OTHER]), st.floats(0, 1), st.floats(0, 3))))
def test_changes_are_a_chain_of_what_stood(writes):
    gate, now = house(), 0.0
    for hand, value, pause in writes:
        now += pause
        gate.write(hand, HEIGHT, value, now)
    assert all(change.began <= change.time for change in gate.changes) and len(gate.changes) <= KEPT
    stood = 0.0
    for change in gate.changes:
        assert change.before == stood
        stood = change.after
    assert stood == gate.tree.value(HEIGHT) and [change.time for change in gate.changes] == sorted(change.time for change in gate.changes)


def test_what_is_remembered_is_bounded():
    gate = house()
    for step in range(KEPT + 50):
        gate.write(ARTIST, HEIGHT, step % 2, step * 2.0 * GESTURE)
    assert len(gate.changes) == KEPT


def test_released_by_any_hand_the_mapping_takes_over():
    gate = house()
    gate.tree.write(HEIGHT, 0.9, origin="mapping:0", time=0.0, priority=Priority.MAPPING)
    gate.write(OTHER, HEIGHT, 0.2, 1.0)
    assert gate.tree.value(HEIGHT) == 0.2
    gate.release(ARTIST, HEIGHT, 2.0)
    assert gate.tree.value(HEIGHT) == 0.9 and gate.tree.holder(HEIGHT) == (Priority.MAPPING, "mapping:0")
    gate.release(ARTIST, HEIGHT, 3.0)                       # a mapping does not let go for a hand
    assert gate.tree.holder(HEIGHT) == (Priority.MAPPING, "mapping:0")
    with pytest.raises(Fault):
        gate.release(NOBODY, HEIGHT, 3.0)


def test_put_back_leaves_no_hand_on_it_if_asked():
    gate = house()
    gate.put_back(ARTIST, HEIGHT, 0.5, 0.0, base=True)
    assert gate.tree.value(HEIGHT) == 0.5 and gate.tree.holder(HEIGHT) is None
    gate.put_back(ARTIST, HEIGHT, 0.6, 1.0)
    assert gate.tree.holder(HEIGHT) == (Priority.HAND, ARTIST.origin) and [change.after for change in gate.changes] == [0.6]
