"""The tree: what is refused, what is clipped, who holds, who is told."""
from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.rules.pattern import matching
from installation.rules.tree import Priority, Tree
from installation.terms.declaration import Access, Declaration, Kind
from installation.terms.fault import Fault

LEVEL, STEPS, OPEN, WORD, GO, COLOUR, PEAK = "/a/level", "/a/steps", "/a/open", "/a/word", "/a/go", "/a/colour", "/a/peak"


def tree_of(*more: Declaration, **options) -> Tree:
    tree = Tree(**options)
    for declaration in (Declaration(LEVEL, low=0, high=1, persists=True), Declaration(STEPS, Kind.INT, low=0, high=8, default=0),
                        Declaration(OPEN, Kind.BOOL, default=False),
                        Declaration(WORD, Kind.TEXT, default="x", choices=("x", "y")),
                        Declaration(GO, Kind.TRIGGER), Declaration(COLOUR, Kind.COLOUR, default=(0, 0, 0), persists=True),
                        Declaration(PEAK, access=Access.READ), *more):
        tree.declare(declaration)
    return tree


def hand(tree: Tree, address: str, value: object, time: float = 0.0, origin: str = "osc:a", **options):
    return tree.write(address, value, origin=origin, time=time, **options)


@pytest.mark.parametrize(("address", "value"), [
    (LEVEL, math.nan), (LEVEL, math.inf), (LEVEL, -math.inf), (LEVEL, "0.5"), (LEVEL, None), (LEVEL, (0.5,)), (LEVEL, 10**400),
    (LEVEL, True), (STEPS, "1"), (STEPS, math.nan), (OPEN, 0.5), (OPEN, "T"), (WORD, "z"), (WORD, 1), (COLOUR, 0.5),
    (COLOUR, (0, 0)), (COLOUR, (0, 0, math.nan))])
def test_what_does_not_fit_is_refused_counted_and_changes_nothing(address, value):
    tree = tree_of()
    before = tree.snapshot()
    with pytest.raises(Fault) as caught:
        hand(tree, address, value)
    assert (caught.value.id, caught.value.where) == ("value.type", address)
    assert caught.value.happened.fr and tree.snapshot() == before
    assert (tree.counts(address).refused, tree.counts(address).written) == (1, 1)


@pytest.mark.parametrize(("address", "value", "stands", "clipped"), [
    (LEVEL, 0.25, 0.25, 0), (LEVEL, 1, 1.0, 0), (LEVEL, 1.5, 1.0, 1), (LEVEL, -1e300, 0.0, 1), (STEPS, 3.0, 3, 0),
    (STEPS, 99, 8, 1),
    (OPEN, 1, True, 0), (OPEN, 1.0, True, 0), (OPEN, True, True, 0), (WORD, "y", "y", 0), (COLOUR, (1, 0.5, 0), (1, 0.5, 0), 0),
    (COLOUR, [2, 0, 0], (1, 0, 0), 1)])
def test_what_fits_stands_and_what_is_out_of_range_is_clipped_and_counted(address, value, stands, clipped):
    tree = tree_of()
    assert hand(tree, address, value) == stands == tree.value(address)
    assert tree.counts(address).clipped == clipped


def test_unknown_addresses_name_the_one_that_was_meant():
    tree = tree_of(Declaration("/scene/tide/closeness"), Declaration("/scene/embers/closeness"), Declaration("/light/wash/level"))
    for wrong, meant in {"/scene/tide/closenes": "/scene/tide/closeness", "/scene/tied/closeness": "/scene/tide/closeness",
                         "/wash/level": "", "/lihgt/wash/level": "/light/wash/level", "/zzz": ""}.items():
        with pytest.raises(Fault) as caught:
            hand(tree, wrong, 0.5)
        assert caught.value.id == "tree.unknown" and caught.value.where == wrong
        assert caught.value.remedy.en == (f'Did you mean "{meant}"?' if meant else "")
    assert tree.unknown == 5


def test_read_only_is_refused_from_outside_and_set_by_the_engine():
    tree = tree_of()
    with pytest.raises(Fault) as caught:
        hand(tree, PEAK, 1.0, priority=Priority.SAFETY)
    assert caught.value.id == "tree.read_only"
    tree.post(PEAK, -6.0, 1.0)
    assert tree.value(PEAK) == -6.0
    with pytest.raises(Fault):
        tree.post(PEAK, math.nan, 2.0)
    assert tree.value(PEAK) == -6.0


def test_a_hand_holds_for_its_time_against_a_mapping_that_takes_over_again():
    tree = tree_of(hold=30.0)
    hand(tree, LEVEL, 0.1, 0.0, "mapping:1", priority=Priority.MAPPING)
    hand(tree, LEVEL, 0.9, 1.0)
    hand(tree, LEVEL, 0.2, 2.0, "mapping:1", priority=Priority.MAPPING)
    assert tree.value(LEVEL) == 0.9 and tree.holder(LEVEL) == (Priority.HAND, "osc:a")
    tree.expire(30.9)
    assert tree.value(LEVEL) == 0.9
    tree.expire(31.0)
    assert tree.value(LEVEL) == 0.2 and tree.holder(LEVEL) == (Priority.MAPPING, "mapping:1")
    tree.release(LEVEL, "mapping:1", 32.0)
    assert tree.value(LEVEL) == 0.9 and tree.holder(LEVEL) is None          # what the hand set is what stays


def test_a_late_expire_does_not_let_a_hand_hold_longer():
    tree = tree_of(hold=30.0)
    hand(tree, LEVEL, 0.9, 0.0)
    hand(tree, LEVEL, 0.2, 100.0, "mapping:1", priority=Priority.MAPPING)
    assert tree.value(LEVEL) == 0.2


def test_an_alarm_stands_over_the_hand_and_gives_back_what_the_hand_wrote_meanwhile():
    tree = tree_of()
    tablet = tree.subscribe("osc:a")
    hand(tree, LEVEL, 0.0, 0.0, "alarm", priority=Priority.ALARM)
    hand(tree, LEVEL, 0.7, 1.0)
    assert tree.value(LEVEL) == 0.0 and tablet.drain() == {LEVEL: 0.0}      # its fader shows what is
    tree.release(LEVEL, "alarm", 2.0)
    assert tree.value(LEVEL) == 0.7 and tablet.drain() == {LEVEL: 0.7}


def test_a_preset_does_not_move_what_a_hand_or_a_mapping_holds():
    tree = tree_of()
    hand(tree, LEVEL, 0.5, 0.0, "mapping:1", priority=Priority.MAPPING)
    hand(tree, LEVEL, 0.3, 1.0, "preset:evening", priority=Priority.PRESET)
    assert tree.value(LEVEL) == 0.5
    tree.release_all("mapping:1", 2.0)
    assert tree.value(LEVEL) == 0.3


@given(st.lists(st.tuples(st.sampled_from(list(Priority)), st.floats(0, 1), st.sampled_from([None, 0.0, 1.0, 5.0])), max_size=30))
def test_the_holder_is_always_the_highest_live_claim(writes):
    tree = tree_of(hold=3.0)
    live: dict[Priority, tuple[float, float]] = {}
    base, now = 0.0, 0.0
    for priority, value, hold in writes:
        now += 1.0
        hand(tree, LEVEL, value, now, "who", priority=priority, hold=hold)
        if priority <= Priority.PRESET or priority is Priority.HAND:
            base = value
        if priority > Priority.PRESET:
            live[priority] = (value, now + (hold if hold is not None else 3.0 if priority is Priority.HAND else math.inf))
        live = {each: claim for each, claim in live.items() if claim[1] > now}
        tree.expire(now)
        assert tree.value(LEVEL) == (live[max(live)][0] if live else base)
        assert tree.holder(LEVEL) == ((max(live), "who") if live else None)


def test_subscribers_get_each_address_once_and_never_what_they_wrote():
    tree = tree_of()
    a, b = tree.subscribe("osc:a"), tree.subscribe("osc:b")
    for step in range(10):
        hand(tree, LEVEL, step / 10)
    assert (a.drain(), b.drain()) == ({}, {LEVEL: 0.9})
    hand(tree, LEVEL, 0.1, origin="osc:b")
    hand(tree, LEVEL, 0.2)                                   # the last word is a's own
    assert (a.drain(), b.drain()) == ({}, {LEVEL: 0.2})
    hand(tree, LEVEL, 5.0)
    assert a.drain() == {LEVEL: 1.0}                         # clipped: its fader shows what stands
    b.drain()
    hand(tree, LEVEL, 1.0, origin="osc:a")
    hand(tree, GO, None)
    assert (a.drain(), b.drain()) == ({}, {GO: None})
    b.fill()
    assert list(b.drain(2)) == [LEVEL, STEPS] and set(b.drain()) == {OPEN, WORD, COLOUR, PEAK}


def test_watchers_by_address_and_by_beginning_are_told_at_once_in_order():
    told: list[Any] = []
    tree = tree_of()
    end = tree.watch(LEVEL, lambda *what: told.append(what))
    tree.watch("/a/", lambda address, value, origin, time: told.append(address))
    hand(tree, LEVEL, 0.5, 3.0)
    hand(tree, LEVEL, 0.5, 4.0)                              # unchanged: not told
    hand(tree, GO, 1, 5.0)
    hand(tree, GO, 1, 6.0)                                   # a trigger is told each time
    assert told == [(LEVEL, 0.5, "osc:a", 3.0), LEVEL, GO, GO]
    end()
    tree.declare(Declaration("/a/later"))
    hand(tree, LEVEL, 0.6)
    hand(tree, "/a/later", 1.0)
    assert told[4:] == [LEVEL, "/a/later"]
    with pytest.raises(Fault):
        tree.watch("/a/nothing", print)


def test_a_watcher_that_raises_disturbs_nobody_and_is_said_on_its_edges():
    faults: list[Fault] = []
    told: list[Any] = []
    tree = tree_of(on_fault=faults.append)
    broken = SimpleNamespace(now=True)

    def watcher(address, value, origin, time):
        if broken.now:
            raise ZeroDivisionError("by zero")

    tree.watch(LEVEL, watcher)
    tree.watch(LEVEL, lambda *what: told.append(what[1]))
    for value in (0.1, 0.2, 0.3):
        assert hand(tree, LEVEL, value) == value
    assert told == [0.1, 0.2, 0.3] and [fault.id for fault in faults] == ["tree.watcher"] and faults[0].where == LEVEL
    broken.now = False
    hand(tree, LEVEL, 0.4)
    broken.now = True
    hand(tree, LEVEL, 0.5)
    assert len(faults) == 2


def test_what_a_watcher_writes_is_told_after_the_change_that_set_it_off():
    told: list[Any] = []
    tree = tree_of()
    tree.watch(LEVEL, lambda address, value, origin, time: hand(tree, STEPS, round(tree.value(LEVEL) * 8)))
    tree.watch("/a/", lambda address, value, origin, time: told.append((address, value)))
    hand(tree, LEVEL, 0.5)
    assert told == [(LEVEL, 0.5), (STEPS, 4)]


def test_values_that_set_one_another_off_without_end_are_cut_and_said_once():
    faults: list[Fault] = []
    tree = tree_of(Declaration("/b"), on_fault=faults.append)
    tree.watch(LEVEL, lambda address, value, origin, time: hand(tree, "/b", tree.value("/b") + 1))
    tree.watch("/b", lambda address, value, origin, time: hand(tree, LEVEL, 1 - tree.value(LEVEL)))
    for value in (0.3, 0.4, 0.6):
        hand(tree, LEVEL, value)
    assert {fault.id for fault in faults} == {"tree.endless"} and len(faults) <= 2
    assert tree.value("/b") < 60


def test_a_forgotten_address_is_gone_with_its_watchers_and_keeps_what_persists():
    told: list[Any] = []
    tree = tree_of()
    listener = tree.subscribe("page")
    tree.watch(LEVEL, lambda *what: told.append(what))
    hand(tree, LEVEL, 0.25)
    tree.forget(LEVEL)
    assert LEVEL not in tree and listener.drain() == {} and tree.save() == {LEVEL: 0.25}
    tree.declare(Declaration(LEVEL, low=0, high=1, persists=True))
    hand(tree, LEVEL, 0.5)
    assert len(told) == 1
    tree.forget(LEVEL)
    tree.declare(Declaration(LEVEL, low=0, high=1, persists=True))
    assert tree.value(LEVEL) == 0.5
    with pytest.raises(Fault) as caught:
        tree.declare(Declaration(LEVEL))
    assert caught.value.id == "tree.twice"


def test_a_declaration_can_be_replaced_and_the_value_follows_its_range():
    told: list[Any] = []
    tree = tree_of()
    tree.watch(LEVEL, lambda *what: told.append(what[1]))
    hand(tree, LEVEL, 0.9, 0.0)
    tree.declare(Declaration(LEVEL, low=0, high=0.5), replace=True)
    assert tree.value(LEVEL) == 0.5 and told == [0.9, 0.5]
    tree.declare(Declaration(LEVEL, Kind.TEXT, default="new"), replace=True)
    assert tree.value(LEVEL) == "new" and tree.holder(LEVEL) is None


def test_what_was_saved_comes_back_also_for_addresses_that_come_later_and_rubbish_is_left_out():
    import json

    tree = tree_of()
    hand(tree, LEVEL, 0.25)
    hand(tree, COLOUR, (1, 0, 0))
    hand(tree, STEPS, 3)                                     # does not persist
    hand(tree, LEVEL, 0.9, 1.0, "mapping:1", priority=Priority.MAPPING)
    saved = json.loads(json.dumps(tree.save()))
    assert saved == {LEVEL: 0.25, COLOUR: [1, 0, 0]}
    again = tree_of()
    assert again.restore(saved | {"/late": 3.0, "rubbish": 1}) == ()
    assert (again.value(LEVEL), again.value(COLOUR)) == (0.25, (1, 0, 0))
    again.declare(Declaration("/late", persists=True))
    assert again.value("/late") == 3.0 and again.save() == {**tree.save(), "/late": 3.0}
    faults = again.restore({LEVEL: "loud", COLOUR: [0, 1, 0]})
    assert [fault.where for fault in faults] == [LEVEL] and again.value(COLOUR) == (0, 1, 0)
    again.restore({"/never": {"a": 1}})
    again.declare(Declaration("/never", persists=True))       # what does not fit is said, and the default stands
    assert again.value("/never") == 0.0 and len(again.faults) == 1


ADDRESSES = ["/scene/tide/height", "/scene/embers/height", "/scene/tide/level", "/output/1/gain", "/output/12/gain"]


@pytest.mark.parametrize(("pattern", "found"), [
    ("/scene/*/height", [0, 1]), ("/scene/tide/*", [0, 2]), ("/*/*/*", [0, 1, 2, 3, 4]), ("/*", []), ("/output/?/gain", [3]),
    ("/output/[0-9]*/gain", [3, 4]), ("/output/[!1]/gain", []), ("/scene/{tide,embers}/height", [0, 1]),
    ("/scene/t*d*/l**l", [2]),
    ("/scene/tide/height", [0]), ("/scene/tide", []), ("/scene/*ide/*", [0, 2]), ("/scene/*i*e/*", [0, 2])])
def test_patterns_mean_what_osc_says(pattern, found):
    assert matching(pattern, ADDRESSES) == [ADDRESSES[index] for index in found]


@pytest.mark.parametrize("pattern", ["/a[", "/a[]", "/a]", "/{a,b", "/a}", "/{a,{b}}", "/[z-a]", "/*a*b*c*d", "a*", "/{a/b}",
                                     "/" + "?" * 300])
def test_patterns_without_sense_are_refused(pattern):
    with pytest.raises(Fault) as caught:
        matching(pattern, ADDRESSES)
    assert caught.value.id == "osc.pattern"


@given(st.text("/*?[]{}!,-abc", max_size=60))
def test_any_pattern_is_understood_or_refused(pattern):
    try:
        found = matching("/" + pattern, ["/a/b/c", "/" + "a" * 190, "/abc/" + "ab" * 60])
    except Fault as fault:
        assert fault.id == "osc.pattern"
    else:
        assert set(found) <= {"/a/b/c", "/" + "a" * 190, "/abc/" + "ab" * 60}
