"""Voices by eights: to the bit what each for itself gives, whoever is in the other lanes, and whatever happens to them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from installation.audio import ug
from installation.audio.eights import LEAST, as_voice, eight_of
from installation.audio.flatten import flatten
from installation.audio.graph import Graph, parameter
from installation.audio.layout import MOST_EIGHTS
from installation.audio.native import build_unit
from installation.audio.offline import Session
from installation.audio.own import unit
from installation.audio.plan import Plan
from installation.audio.voices import Bank
from installation.terms.declaration import Declaration, Kind

OUTPUTS = 3
OWN = ("v.pitch", "v.strength")


def pitch(glide: float = 0.0) -> Any:
    return parameter("v.pitch", Declaration("/scene/s/v/pitch", unit="Hz", low=20.0, high=20_000.0, default=440.0, glide=glide))


def strength() -> Any:
    return parameter("v.strength", Declaration("/scene/s/v/strength", unit="ratio", low=0.0, high=1.0, default=0.1))


def level() -> Any:
    return parameter("level", Declaration("/scene/s/level", unit="dBFS", low=-60.0, high=0.0, default=-12.0, glide=0.05))


def touched() -> Any:
    return parameter("touched", Declaration("/scene/s/touched", kind=Kind.TRIGGER))


@unit(out=unit.out(), x=unit.input(), state=unit.state(1))
def spoiled(out, x, state):
    """Hand on what comes in; a sample below -9 is none."""
    for c in range(out.shape[0]):
        for n in range(out.shape[1]):
            out[c, n] = x[c, n] if x[c, n] > -9.0 else x[c, n] / 0.0
    state[0] += 1.0


def saw() -> Any:
    return ug.to(ug.filter(ug.saw(pitch(), quality="fast"), pitch() * 3, resonance=0.8) * ug.env(ug.held(), release=0.05) * strength(), output=2)


def bell() -> Any:
    return ug.to(ug.sine(pitch()) * ug.ping(ug.start(), attack=0.001, release=0.08) * strength(), output=1)


def hiss() -> Any:
    noise = ug.white()
    return [ug.to(ug.lowpass(noise, 900) * ug.ping(ug.start(), release=0.1) * strength(), output=1), ug.to(noise * ug.env(ug.held()) * 0.01, output=3)]


def echoes() -> Any:
    rung = ug.delay(ug.sine(pitch()) * ug.ping(ug.start(), release=0.02), 0.01, feedback=0.7, longest=0.02)
    return ug.to(ug.highpass(rung, 300) * strength(), output=2)


def chorus() -> Any:
    """Many in one voice: they are wide in themselves."""
    partials = sum(ug.sine(pitch() * (1 + number)) * ug.ping(ug.start(), release=0.02 * (1 + number)) for number in range(6))
    return ug.to(ug.lowpass(partials, 2_000) * strength() * 0.2, output=1)


def wide() -> Any:
    """Two channels, of which one is heard alone too, and a vibrato that goes frame by frame."""
    pair = ug.lowpass(ug.pink(2), 2_000)
    tone = ug.filter(ug.saw(pitch() + ug.sine(5) * 10, quality="fast"), 900)
    return [ug.to((pair[1] + tone) * ug.env(ug.held()) * strength(), output=2), ug.to(ug.highpass(pair[0], 500) * strength(), output=3)]


def gliding() -> Any:
    return ug.to(ug.pulse(pitch(glide=0.03), 0.3, quality="fast") * ug.env(ug.held()) * strength() * level(), output=3)


def struck() -> Any:
    return ug.to(ug.sine(pitch()) * ug.ping(touched(), release=0.03) * strength() + ug.sine(pitch() * 2) * ug.env(ug.held()) * 0.01, output=1)


VOICES = (saw, bell, hiss, echoes, chorus, wide, gliding, struck)


class Stand:
    """One bank on an engine, by eights or each for itself."""

    def __init__(self, made: Session, sound: Callable[[], Any], *, eights: bool, limit: int = 12, steal: str = "oldest") -> None:
        self.made, self.stage, self.over = made, made.stage, 0
        plan = as_voice(self.plan(sound, 1), self.plan(sound, 2), limit)
        assert plan.eight is not None
        for entry in {planned.unit for planned in (*plan.units, *plan.eight.plan.units)}:
            path = build_unit(entry, made.folder)
            made.inline.load(made.stage.unit_number(entry, path), path)
        self.bank = Bank(made.stage, plan if eights else replace(plan, eight=None), limit=limit, steal=steal, name="s.v", own=OWN, seed="1")
        self.results: list = []
        self.begun: dict[int, Any] = {}         # those that are not over, by their number

    def plan(self, sound: Callable[[], Any], seed: int) -> Plan:
        return flatten(Graph.collect(sound(), outputs=self.stage.outputs, rate=48_000, seed=seed, name="s.v"), side_by_side=True)

    def start(self, at: int | None = None, **values: float) -> Any:
        number = self.bank.started

        def over() -> None:
            self.over += 1
            del self.begun[number]

        playing = self.bank.start({f"v.{key}": value for key, value in values.items()}, at, over)
        self.begun[number] = playing
        return playing

    def render(self, frames: int) -> np.ndarray:
        parts = []
        for first in range(0, frames, 448):
            parts.append(self.made.render(min(448, frames - first)))
            self.results += [(result.kind, result.frame, result.unit) for result in self.stage.results()]
        return np.concatenate(parts)


@pytest.fixture
def pair(session):
    """The same twice: by eights, and each for itself."""
    return lambda sound, **how: [Stand(session(outputs=OUTPUTS), sound, eights=eights, **how) for eights in (True, False)]


def life(one: Stand, seed: int) -> np.ndarray:
    """Starts at any frame, releases, stops, moves, a master that dies: as it may come."""
    rng, heard = random.Random(seed), []
    for step in range(40):
        for _ in range(rng.randrange(3)):
            one.start(one.stage.frame + rng.randrange(600), pitch=rng.uniform(60, 3_000), strength=rng.uniform(0.02, 0.2))
        for playing in one.begun.values():
            chance = rng.random()
            if chance < 0.05 and one.bank.is_held:
                one.bank.release(playing, one.stage.frame + rng.randrange(600))
            elif chance < 0.1 and playing.state == "started":
                one.bank.stop(playing, fade=rng.choice([0.0, 0.003, 0.02]), at=one.stage.frame + rng.randrange(600))
            elif chance < 0.25:
                one.bank.move(playing, "v.pitch", rng.uniform(60, 3_000)) if "v.pitch" in one.bank.plan.params else None
        if "level" in one.bank.shared and step % 7 == 0:
            one.bank.set("level", rng.uniform(-30, -6))
        if "touched" in one.bank.triggers and step % 5 == 0:
            one.bank.trigger("touched")
        if step in (11, 29):
            one.made.inline.take_over()
        heard.append(one.render(rng.randrange(1, 900)))
    return np.concatenate(heard)


@pytest.mark.parametrize("sound", VOICES)
def test_by_eights_is_each_for_itself(sound, pair):
    """Every sample of three outputs, every result and its frame, through starts, steals, fades, releases, moves and players that take over."""
    both = pair(sound)
    heard = [life(one, 7) for one in both]
    assert np.abs(heard[0]).max() > 0.01
    assert np.array_equal(*heard)
    assert both[0].results == both[1].results and both[0].over == both[1].over > 0
    assert both[0].bank.stolen == both[1].bank.stolen > 0


@pytest.mark.parametrize("threads", [2, 3])
def test_threads_render_eights_to_the_same_bits(session, threads):
    stands = [Stand(session(outputs=OUTPUTS, threads=count), chorus, eights=True, limit=30) for count in (1, threads)]
    heard = [life(one, 5) for one in stands]
    assert np.abs(heard[0]).max() > 0.01 and np.array_equal(*heard) and stands[0].results == stands[1].results


def test_every_lane_gives_the_same(session):
    """One voice, after so many others that sound on another output, in every lane."""
    def sound() -> Any:
        tone = ug.filter(ug.saw(pitch(), quality="fast"), 900) * ug.ping(ug.start(), release=0.2) * 0.1
        return [ug.to(tone * strength(), output=1), ug.to(tone * (1 - strength()), output=2)]

    heard = []
    for lane in range(8):
        one = Stand(session(outputs=OUTPUTS), sound, eights=True)
        for number in range(lane):
            one.start(9_600 + number, pitch=100.0 + 37 * number, strength=0.0)
        begun = one.start(9_640, pitch=330.0, strength=1.0)
        assert begun.lane.lane == lane
        heard.append(one.render(19_200)[:, 0])
    assert np.abs(heard[0]).max() > 0.02
    assert all(np.array_equal(heard[0], other) for other in heard)


def test_voices_begin_where_most_play(session):
    one = Stand(session(outputs=OUTPUTS), bell, eights=True, limit=64)
    begun = [one.start(None, strength=0.1) for _ in range(20)]
    assert [playing.lane.eight for playing in begun] == [1] * 8 + [2] * 8 + [3] * 4
    for playing in begun[:7] + begun[8:13]:
        one.bank.stop(playing, fade=0.0)
    one.render(960)
    again = [one.start(None, strength=0.1) for _ in range(10)]       # 1, 3 and 4 play in the three
    assert [playing.lane.eight for playing in again] == [3] * 4 + [2] * 5 + [1]


def test_one_that_goes_bad_is_named_and_the_others_go_on_to_the_bit(pair):
    """An infinite sample in one lane, within a unit of its own, then through units that all share."""
    def sound() -> Any:
        rising = ug.saw(pitch(), quality="fast") * ug.env(ug.held(), attack=0.02) * strength() * 100
        return ug.to(ug.lowpass(spoiled(rising), 5_000) * 0.002, output=1)

    def piece(one: Stand) -> np.ndarray:
        for number in range(11):
            one.start(10_000 + 100 * number, pitch=100.0 + number, strength=0.5 if number in (2, 9) else 0.04)
        return one.render(24_000)

    both = pair(sound)
    heard = [piece(one) for one in both]
    assert both[0].results == both[1].results
    assert [unit for kind, _, unit in both[0].results if kind == "bad_samples"] == ["spoiled"] * 2
    assert np.abs(heard[0][20_000:]).max() > 0.001 and np.array_equal(*heard)
    assert both[0].bank.playing == both[1].bank.playing == 9


def test_one_that_goes_bad_where_all_are_called_at_once_is_named(pair):
    def sound() -> Any:
        return ug.to(ug.lowpass(spoiled(ug.sine(pitch())) * strength() * strength() * 1e4, 2_000), output=1)

    def piece(one: Stand) -> np.ndarray:
        for number in range(9):
            one.start(10_000 + number, pitch=100.0 + number, strength=1.0 if number == 4 else 0.001)
        return one.render(12_000)

    both = pair(sound)
    heard = [piece(one) for one in both]
    assert np.array_equal(*heard) and both[0].results == both[1].results
    assert [unit.removesuffix(" × 8") for kind, _, unit in both[0].results if kind == "bad_samples"] != []


def names(units: Iterable) -> list[str]:
    return [planned.unit.name for planned in units]


def test_what_can_be_is_one_call_and_the_rest_is_called_for_each():
    plan = flatten(Graph.collect(saw(), outputs=OUTPUTS, rate=48_000, seed=1, name="s.v"), side_by_side=True)
    eight = eight_of(plan)
    assert eight is not None
    called = names(eight.plan.units)
    for name in ("saw_fast × 8", "filter × 8", "env × 8", "multiply × 8", "scale × 8", "part_voices"):
        assert called.count(name) == 1, name
    assert called.count("to") == 8 and "gather" not in called
    assert [lane for lane, name in zip(eight.lanes, called) if name == "to"] == list(range(8))
    assert all((lane < 0) == (" × 8" in name or name.startswith(("gather", "part"))) for lane, name in zip(eight.lanes, called))
    places = [place for each in eight.places for place in each]
    assert len(set(places)) == len(places) == 8 * len(plan.state) and max(places) < len(eight.plan.state)
    assert eight_of(plan) == eight


def test_a_voice_that_has_nothing_to_share_stays_alone():
    def plan(sound: Any) -> Plan:
        return flatten(Graph.collect(sound, outputs=OUTPUTS, rate=48_000, seed=1, name="s.v"), side_by_side=True)

    assert eight_of(plan(ug.to(ug.white() * 0.1, output=1))) is None
    assert as_voice(plan(bell()), plan(bell()), LEAST - 1).eight is None
    assert as_voice(plan(bell()), plan(bell()), LEAST).eight is not None


def test_where_there_is_no_room_for_eight_they_are_made_one_by_one(session):
    made = session(outputs=OUTPUTS)
    stands = [Stand(made, bell, eights=True) for _ in range(MOST_EIGHTS + 2)]
    room = made.arena.room
    begun = [one.start(None, pitch=441.0, strength=0.001) for one in stands]
    assert [playing.lane is None for playing in begun] == [False] * MOST_EIGHTS + [True] * 2
    assert made.arena.room == room
    made.render(960)
    assert len(made.stage.telemetry().sounding) == MOST_EIGHTS + 2
    for one in stands:
        one.bank.close()
    made.render(960)
    made.stage.results()
    assert made.stage._playing == {} and len(made.stage._eights) == MOST_EIGHTS
    assert Stand(made, bell, eights=True).start(None).lane is not None


def test_memory_comes_back_when_the_last_of_eight_has_gone(session):
    one = Stand(session(outputs=OUTPUTS), echoes, eights=True)
    room, used = one.made.arena.room, one.stage._states.used
    other = Bank(one.stage, one.bank.plan, limit=12, own=OWN)
    begun = [other.start({"v.strength": 0.01}, None, lambda: None) for _ in range(12)]
    one.render(960)
    other.stop(begun[0], fade=0.1)
    other.close(fade=0.01)
    one.render(960)
    assert other.playing == 0 and one.made.arena.room < room         # one of them still fades
    one.render(9_600)
    assert (one.made.arena.room, one.stage._states.used) == (room, used)


def test_costs_are_those_of_the_voices_and_kinds(session):
    one = Stand(session(outputs=OUTPUTS), saw, eights=True)
    for number in range(12):
        one.start(None, pitch=100.0 + number, strength=0.01)
    one.render(64)
    before = one.stage.costs()
    one.render(48_000)
    spent = one.stage.costs().since(before)
    assert spent is not None and set(spent.names) == {"s.v"} and spent.names["s.v"] > 0.0
    assert {"saw_fast × 8", "to"} <= set(spent.units)
