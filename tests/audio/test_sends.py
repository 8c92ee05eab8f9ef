"""What voices send to their scene's sound: summed in the same frame, faded and dated as the voice is, cleared, taken and given back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from installation.audio import ug
from installation.audio.eights import as_voice
from installation.audio.flatten import flatten
from installation.audio.graph import Graph, parameter
from installation.audio.layout import ROWS_SENT, SENT_ROWS
from installation.audio.native import build_unit
from installation.audio.offline import Session
from installation.audio.plan import Plan
from installation.audio.sends import Sends, check_sends
from installation.audio.voices import Bank
from installation.terms.declaration import Declaration
from installation.terms.fault import Fault

OUTPUTS = 2


def strength() -> Any:
    return parameter("v.strength", Declaration("/scene/s/v/strength", unit="ratio", low=0.0, high=1.0, default=0.1))


def pitch() -> Any:
    return parameter("v.pitch", Declaration("/scene/s/v/pitch", unit="Hz", low=20.0, high=20_000.0, default=440.0))


def plan_of(sound: Any, seed: int = 1) -> Plan:
    return flatten(Graph.collect(sound, outputs=OUTPUTS, rate=48_000, seed=seed, name="s"), side_by_side=True)


class Part:
    """A scene's sound and one kind of voices, on an engine."""

    def __init__(self, made: Session, sound: Any, voice: Any, *, limit: int = 12) -> None:
        self.made, self.stage = made, made.stage
        whole, each = plan_of(sound), as_voice(plan_of(voice), plan_of(voice, 2), limit)
        for plan in (whole, each, each.eight and each.eight.plan):
            for unit in {planned.unit for planned in plan.units} if plan else ():
                path = build_unit(unit, made.folder)
                made.inline.load(made.stage.unit_number(unit, path), path)
        sends = Sends(check_sends(whole, {"v": each}))
        self.sound = self.stage.load(whole, sends=sends, name="s")
        self.bank = Bank(self.stage, each, limit=limit, own=("v.pitch", "v.strength"), name="s.v", seed="1", sends=sends)
        self.stage.start(self.sound)

    def start(self, at: int, **values: float) -> Any:
        return self.bank.start({f"v.{key}": value for key, value in values.items()}, at, lambda: None)

    def render(self, frames: int) -> np.ndarray:
        parts = []
        for first in range(0, frames, 448):
            parts.append(self.made.render(min(448, frames - first)))
            self.stage.results()
        return np.concatenate(parts)


@pytest.fixture
def part(session):
    return lambda sound, voice, **how: Part(session(outputs=OUTPUTS), sound, voice, **how)


def tone() -> Any:
    return ug.sine(pitch()) * ug.ping(ug.start(), attack=0.001, release=0.1) * strength()


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("limit", [3, 12])        # each for itself, and by eights
def test_what_is_sent_is_heard_in_the_very_frame(session, limit, threads):
    """What voices place on output 1 and send comes out on output 2 through sound() to the same bit, whatever the dates, steals and fades."""
    one = Part(session(outputs=OUTPUTS, threads=threads), ug.to(ug.sent("hall"), output=2), [ug.to(tone(), output=1), ug.send(tone(), "hall")], limit=limit)
    for number in range(40):
        begun = one.start(1_000 + 377 * number, pitch=200.0 + 31 * number, strength=0.05)
        if number % 5 == 0:
            one.bank.stop(begun, fade=0.01, at=1_000 + 377 * number + 500)
    heard = one.render(24_000)
    assert np.abs(heard[:, 0]).max() > 0.02
    assert np.array_equal(heard[:, 0], heard[:, 1])


def test_sends_go_through_the_scenes_effects(part):
    """A voice that only sends: it is silent but for the delay, and does not end before it has sent all."""
    one = part(ug.to(ug.delay(ug.sent("hall"), 0.1, longest=0.2), output=1), ug.send(ug.start() * 0.2, "hall"))
    one.start(9_600)
    heard = one.render(24_000)[:, 0]
    assert int(np.argmax(heard)) == 9_600 + 64 + 4_800 and heard.max() == pytest.approx(0.2, abs=0.01)


def test_names_and_channels_are_kept_apart(part):
    wide = [ug.to(ug.sent("pair", channels=2), output=1), ug.to(ug.sent("hall") * 0.5, output=2)]
    one = part(wide, [ug.send(ug.sine(1_000, ) * strength(), "hall"), ug.send(ug.lowpass(ug.pink(2), 200) * 0.0 + ug.sine(500) * strength(), "pair")])
    one.start(0, strength=0.2)
    power = np.abs(np.fft.rfft(one.render(14_400)[4_800:], axis=0)) / 4_800
    assert power[100] == pytest.approx([0.2, 0.2], abs=0.01)
    assert power[200] == pytest.approx([0.0, 0.1], abs=0.01)


def test_a_player_that_takes_over_goes_on_to_the_bit(part):
    def piece(taken_over: bool) -> np.ndarray:
        one = part(ug.to(ug.delay(ug.sent("hall"), 0.01, feedback=0.5, longest=0.02), output=1), [ug.send(tone(), "hall"), ug.to(tone(), output=2)])
        for number in range(12):
            one.start(1_000 + 777 * number, pitch=300.0 + number, strength=0.05)
        heard = []
        for _ in range(10):
            heard.append(one.render(1_001))
            if taken_over:
                one.made.inline.take_over()
        return np.concatenate(heard)

    whole = piece(False)
    assert np.abs(whole).max() > 0.02 and np.array_equal(piece(True), whole)


def test_two_parts_of_one_scene_do_not_hear_each_other_and_rows_come_back(session):
    made = session(outputs=OUTPUTS)
    parts = [Part(made, ug.to(ug.sent("hall"), output=output), ug.send(tone(), "hall")) for output in (1, 2)]
    assert made.arena.words[SENT_ROWS] == 2
    parts[0].start(4_800, pitch=500.0, strength=0.2)
    heard = parts[0].render(9_600)
    assert np.abs(heard[:, 0]).max() > 0.1 and not np.any(heard[:, 1])
    parts[0].bank.close(fade=0.01)
    made.stage.stop(parts[0].sound, fade=0.05)
    parts[1].start(made.stage.frame, pitch=500.0, strength=0.2)
    heard = parts[1].render(9_600)
    assert np.abs(heard[:, 1]).max() > 0.1 and made.arena.words[SENT_ROWS] == 2         # the second row is still in use
    third = Part(made, ug.to(ug.sent("hall"), output=1), ug.send(tone(), "hall"))
    assert third.sound.sends.first == 0
    for one in (parts[1], third):
        one.bank.close()
        made.stage.stop(one.sound)
    third.render(960)
    assert made.arena.words[SENT_ROWS] == 0 and made.stage._playing == {}


def test_too_many_channels_at_once_are_a_fault_that_changes_nothing(session):
    made = session(outputs=OUTPUTS)
    plan = plan_of(ug.to(ug.sent("a", channels=8)[0], output=1))
    for unit in {planned.unit for planned in plan.units}:
        path = build_unit(unit, made.folder)
        made.inline.load(made.stage.unit_number(unit, path), path)
    loaded = [made.stage.load(plan) for _ in range(ROWS_SENT // 8)]
    room = made.arena.room
    with pytest.raises(Fault, match="are sent already"):
        made.stage.load(plan)
    assert made.arena.room == room
    made.stage.let_go(loaded[3])
    assert made.stage.load(plan).sends.first == 24


@pytest.mark.parametrize(("sound", "voice", "fault"), [
    (lambda: ug.to(ug.sent("hall")), lambda: ug.send(ug.sine(440), "hal"), "send.unknown"),
    (lambda: ug.to(ug.sine(440)), lambda: ug.send(ug.sine(440), "hall"), "send.unknown"),
    (lambda: ug.to(ug.sent("hall", channels=2)), lambda: ug.send(ug.sine(440), "hall"), "send.channels"),
    (lambda: [ug.to(ug.sent("hall")), ug.to(ug.sent("hall", channels=2))], lambda: ug.send(ug.sine(440), "hall"), "send.channels"),
    (lambda: [ug.to(ug.sent("hall")), ug.send(ug.sine(440), "hall")], lambda: ug.send(ug.sine(440), "hall"), "send.sound"),
    (lambda: ug.to(ug.sent("hall")), lambda: ug.to(ug.sent("hall")), "send.voice"),
    (lambda: [ug.to(ug.sent(name, channels=5)[0]) for name in "ab"], lambda: ug.send(ug.pink(5), "a"), "send.many"),
])
def test_what_does_not_fit_is_a_fault_at_its_line(sound, voice, fault):
    with pytest.raises(Fault) as caught:
        check_sends(plan_of(sound()), {"v": plan_of(voice())})
    assert caught.value.id == fault and (fault == "send.many" or "test_sends" in caught.value.where)
    assert caught.value.happened.en and caught.value.happened.fr


@pytest.mark.parametrize("name", ["", 3, None])
def test_a_name_is_a_word(name):
    with pytest.raises(Fault, match="expected a name"):
        ug.sent(name)
    with pytest.raises(Fault, match="expected a name"):
        ug.send(ug.sine(440), name)
