"""A controller's faders and keys: what they learn, what they move, what they are shown."""
from __future__ import annotations

import mido
import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.rules.surface import MOST, TOUCHED, Control, Move, Surface, control_of, read_control
from installation.terms.declaration import Curve, Declaration, Kind
from installation.terms.fault import Fault

LEVEL, CUTOFF, MUTE, GO, SCENE, COLOUR, FREE = (
    Declaration("/scene/tide/level", low=-60, high=0, default=-60.0), Declaration("/scene/tide/cutoff", low=20, high=20_000, curve=Curve.EXPONENTIAL),
    Declaration("/system/mute", Kind.BOOL, default=False), Declaration("/system/next", Kind.TRIGGER),
    Declaration("/score/main/scene", Kind.TEXT, default="tide", choices=("tide", "embers", "none")), Declaration("/light/wash/colour", Kind.COLOUR),
    Declaration("/scene/tide/free"))
TREE = {declaration.address: declaration for declaration in (LEVEL, CUTOFF, MUTE, GO, SCENE, COLOUR, FREE)}
FADER, KEY, BEND = Control("cc", 7, 1), Control("note", 36, 10), Control("pitch", 0, 1)


def surface(motors: bool = False, **bound: str) -> Surface:
    made = Surface(TREE.get, motors)
    made.bindings = {{"fader": FADER, "key": KEY, "bend": BEND}[name]: address for name, address in bound.items()}
    return made


def cc(value: int, control: int = 7) -> mido.Message:
    return mido.Message("control_change", control=control, value=value)


def key(velocity: int) -> mido.Message:
    return mido.Message("note_on", note=36, velocity=velocity, channel=9)


def moves(made: Surface, standing: object, *messages: mido.Message) -> list:
    return [made.hear(message, lambda address: standing, 0.0) for message in messages]


CONTROLS = (st.builds(Control, st.sampled_from(["cc", "note"]), st.integers(0, 127), st.integers(1, 16))
            | st.builds(Control, st.just("pitch"), st.just(0), st.integers(1, 16)))


@given(CONTROLS)
def test_a_control_is_read_as_it_was_written(control):
    assert read_control(str(control)) == control


@pytest.mark.parametrize("written", ["", "cc", "cc 7", "cc 128 channel 1", "cc 7 channel 17", "cc 7 channel 0",
                                     "knob 7 channel 1", "cc -1 channel 1", None, 7, "x" * 999])
def test_a_control_that_makes_no_sense_is_refused(written):
    with pytest.raises(Fault):
        read_control(written)


def test_messages_are_controls():
    assert control_of(cc(127)) == (FADER, 1.0) and control_of(key(127)) == (KEY, 1.0)
    assert control_of(mido.Message("note_off", note=36, channel=9, velocity=64)) == (KEY, 0.0)
    assert control_of(mido.Message("pitchwheel", pitch=-8192)) == (BEND, 0.0) and control_of(mido.Message("pitchwheel", pitch=8191)) == (BEND, 1.0)
    assert control_of(cc(0, 123)) is control_of(mido.Message("clock")) is None


def test_a_fader_is_learnt_when_it_has_been_moved_some_way():
    made = surface()
    made.learn(CUTOFF.address, until=15.0)
    trembling = [made.hear(cc(value, 20), lambda address: 20.0, 0.0) for value in (40, 41, 40)]
    learnt = [made.hear(cc(value), lambda address: 20.0, 0.0) for value in (64, 66, 70)]
    assert trembling == [None] * 3 and learnt == [None, None, FADER] and made.bindings == {FADER: CUTOFF.address} and made.learns == ""


def test_a_key_is_learnt_when_it_is_pressed_and_learning_ends_by_itself():
    made = surface()
    made.learn(MUTE.address, until=15.0)
    assert moves(made, False, key(0), key(100)) == [None, KEY] and made.bindings == {KEY: MUTE.address}
    made.learn(GO.address, until=15.0)
    assert not made.give_up(14.9) and made.give_up(15.0) and not made.give_up(16.0) and made.learns == ""
    with pytest.raises(Fault) as caught:
        made.learn(COLOUR.address, until=1.0)
    assert caught.value.id == "midi.colour"


def test_a_fader_moves_a_number_along_its_curve_after_it_met_it():
    made = surface(fader=CUTOFF.address)
    assert moves(made, CUTOFF.at(0.5), cc(0), cc(30)) == [None, None]
    passed, = moves(made, CUTOFF.at(0.5), cc(70))
    assert passed == Move(CUTOFF.address, CUTOFF.at(70 / 127))
    assert moves(surface(motors=True, fader=CUTOFF.address), CUTOFF.at(0.5), cc(0)) == [Move(CUTOFF.address, CUTOFF.at(0.0))]


def test_keys_turn_over_fire_and_walk_through_words():
    assert moves(surface(key=MUTE.address), False, key(100), key(0), key(100)) == [Move(MUTE.address, True), None, Move(MUTE.address, True)]
    assert moves(surface(key=GO.address), None, key(100), key(0)) == [Move(GO.address, None), None]
    assert moves(surface(key=SCENE.address), "none", key(1), key(0)) == [Move(SCENE.address, "tide"), None]
    assert moves(surface(fader=SCENE.address), "tide", cc(127), cc(1)) == [Move(SCENE.address, "none"), None]
    assert moves(surface(fader=MUTE.address), False, cc(10), cc(90), cc(100), cc(5)) == [None, Move(MUTE.address, True), None, None]
    assert moves(surface(key=LEVEL.address), -60.0, key(90), key(0)) == [Move(LEVEL.address, 0.0), Move(LEVEL.address, -60.0)]
    assert moves(surface(fader=FREE.address), 0.0, cc(90)) == [None]


def test_what_is_shown_waits_while_a_hand_is_on_it_and_is_not_said_twice():
    made = surface(fader=LEVEL.address, key=MUTE.address, bend=CUTOFF.address)
    assert made.shows(LEVEL.address, -30.0, 0.0) == [(FADER, 64)] and made.shows(LEVEL.address, -30.0, 0.0) == []
    assert made.shows(MUTE.address, True, 0.0) == [(KEY, 127)] and made.shows(CUTOFF.address, 20_000, 0.0) == [(BEND, 16_383)]
    made.hear(cc(10), lambda address: -30.0, 1.0)
    assert made.held(1.1) == {LEVEL.address} and made.shows(LEVEL.address, 0.0, 1.1) == []
    assert made.shows(LEVEL.address, 0.0, 1.0 + TOUCHED) == [(FADER, 127)]
    made.afresh()
    assert made.shows(LEVEL.address, 0.0, 9.0) == [(FADER, 127)] and made.shows("/scene/gone/x", 1.0, 9.0) == []


def test_bindings_come_back_as_they_were_saved_and_nonsense_is_told():
    made = surface(fader=LEVEL.address, key=MUTE.address, bend="/scene/gone/x")
    other = surface()
    assert other.restore(made.save()) == [] and other.bindings == made.bindings
    faults = other.restore({"knob 3": LEVEL.address, "cc 9 channel 1": 7, "cc 10 channel 1": "level", 3: 4})
    assert len(faults) == 4 and other.bindings == made.bindings and all(fault.happened.fr for fault in faults)
    assert moves(other, 0.0, mido.Message("pitchwheel", pitch=0)) == [None]          # its scene is gone; it waits


def test_it_is_bounded():
    made = Surface(TREE.get)
    made.bindings = {Control("cc", number % 120, 1 + number // 120): LEVEL.address for number in range(MOST)}
    made.learn(MUTE.address, until=1.0)
    with pytest.raises(Fault) as caught:
        made.hear(key(100), lambda address: False, 0.0)
    assert caught.value.id == "midi.controls" and len(made.bindings) == MOST


@given(st.lists(st.tuples(st.integers(0, 127), st.floats(-60, 0) | st.none()), max_size=40))
def test_a_value_moves_only_as_far_as_the_hand(events):
    made, standing, last = surface(fader=LEVEL.address), -20.0, None
    for value, other in events:
        if other is not None:
            standing = other
        wanted = made.hear(cc(value), lambda address, now=standing: now, 0.0)
        if isinstance(wanted, Move):
            here, there = LEVEL.position(standing), LEVEL.position(wanted.value)
            assert abs(there - here) <= abs(value / 127 - (value / 127 if last is None else last)) + 2 / 127 + 1e-6
            standing = wanted.value
        last = value / 127
