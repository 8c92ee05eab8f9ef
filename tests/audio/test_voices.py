"""Voices on the stage: begun to the sample, limited, stolen, ended by themselves, and nothing grows."""

from __future__ import annotations

import numpy as np
import pytest

from installation.audio import ug
from installation.audio.eights import as_voice
from installation.audio.flatten import flatten
from installation.audio.graph import Graph, parameter
from installation.audio.layout import MAX_GRAPHS
from installation.audio.native import build_unit
from installation.audio.offline import Session
from installation.audio.stage import SPARE
from installation.audio.voices import STEAL, Bank
from installation.terms.declaration import Declaration
from installation.terms.fault import Fault

LATENCY = 64  # the guard's look-ahead


def pitch():
    return parameter("v.pitch", Declaration("/scene/s/v/pitch", unit="Hz", low=20.0, high=20_000.0, default=440.0))


def level():
    return parameter("level", Declaration("/scene/s/level", unit="ratio", low=0.0, high=1.0, default=0.1))


def strength():
    return parameter("v.strength", Declaration("/scene/s/v/strength", unit="ratio", low=0.0, high=1.0, default=0.1))


class Voices:
    """One bank on an engine whose guard is open."""

    def __init__(self, made: Session, sound, *, limit: int = 16, steal: str = "oldest", seed: str = "1") -> None:
        self.made, self.stage, self.over = made, made.stage, []
        plan = as_voice(self.plan(sound, 1), self.plan(sound, 2), limit)
        for unit in {planned.unit for part in (plan, plan.eight and plan.eight.plan) if part for planned in part.units}:
            path = build_unit(unit, made.folder)
            made.inline.load(made.stage.unit_number(unit, path), path)
        made.render(9_600)
        self.room = made.arena.room
        self.bank = Bank(made.stage, plan, limit=limit, steal=steal, name="s.v", own=("v.pitch", "v.strength"), seed=seed)
        if "level" in self.bank.shared:
            self.bank.set("level", 0.1)
        self.full = made.arena.room

    def plan(self, sound, seed: int):
        return flatten(Graph.collect(sound(), outputs=self.made.stage.outputs, rate=48_000, seed=seed, name="s.v"))

    def start(self, at: int | None = None, **values: float):
        number = self.bank.started
        return self.bank.start({f"v.{key}": value for key, value in values.items()}, at, lambda: self.over.append(number))

    def render(self, frames: int) -> np.ndarray:
        """The next frames of output 1, results read as often as control does."""
        parts = []
        for first in range(0, frames, 480):
            parts.append(self.made.render(min(480, frames - first))[:, 0])
            self.results = self.stage.results()
        return np.concatenate(parts)


@pytest.fixture
def voices(session):
    return lambda sound, outputs=1, **how: Voices(session(outputs=outputs), sound, **how)


def click():
    """One impulse when it begins, a tenth high."""
    return ug.to(ug.start() * 0.1, output=1)


def bell():
    return ug.to(ug.sine(pitch()) * ug.ping(ug.start(), attack=0.001, release=0.05) * level(), output=1)


def drone():
    return ug.to(ug.sine(pitch()) * strength() * ug.env(ug.held(), attack=0.001, release=0.02), output=1)


def test_a_voice_begins_at_its_frame_with_fresh_states(voices):
    """Every date inside a block gives the same samples, moved: its states begin there, not at the block."""
    played = []
    for offset in (0, 1, 17, 63):
        one = voices(bell)
        one.start(9_600 + 640 + offset, pitch=441.0)
        played.append(one.render(9_600)[LATENCY + 640 + offset:][:6_000])
        assert not np.any(np.abs(one.made.render(64)) > 1e-5)
    for other in played[1:]:
        assert np.abs(other - played[0]).max() < 2e-6  # the guard's DC block has a history of its own
    assert np.abs(played[0]).max() > 0.05


def test_a_loop_in_a_voice_begins_empty_each_time_and_is_waited_for(voices):
    """It has not ended while something is on its way back; and what was on its way when it was stopped is not heard in the next."""
    def echo():
        back = ug.feedback(time=0.2)
        return ug.to(back.send(ug.start() * 0.1 + back * 0.5), output=1)

    one = voices(echo, limit=1)
    one.start(9_600 + 64)
    first = one.render(57_600)
    assert [int(frame) for frame in np.flatnonzero(first > 0.02)] == [LATENCY + 64, LATENCY + 64 + 9_600, LATENCY + 64 + 19_200]
    one.render(192_000)
    assert one.over == [0]
    stopped = one.start(one.stage.frame)
    one.render(4_800)
    one.bank.stop(stopped, fade=0.01)
    one.render(4_800)
    assert one.over == [0, 1]
    one.start(one.stage.frame + 17)
    again = one.render(57_600)
    strikes = np.flatnonzero(again > 0.02)
    assert list(np.diff(strikes)) == [9_600, 9_600]
    assert np.abs(again[strikes] - first[first > 0.02]).max() < 1e-4


def test_two_voices_are_as_many_frames_apart_as_their_dates(voices):
    one = voices(click)
    dates = [10_000, 10_001, 10_480, 12_345, 12_346, 14_399]
    for date in dates:
        one.start(date)
    heard = one.render(9_600)
    assert [int(frame) + 9_600 - LATENCY for frame in np.flatnonzero(heard > 0.05)] == dates


def test_a_release_closes_the_gate_to_the_sample_wherever_the_voice_began(voices):
    played = []
    for offset in (0, 5, 40, 63):
        one = voices(drone)
        begun = one.start(9_664 + offset, pitch=750.0, strength=0.2)
        one.bank.release(begun, 9_664 + offset + 1_111)
        played.append(one.render(9_600)[LATENCY + 64 + offset:][:5_000])
    for other in played[1:]:
        assert np.abs(other - played[0]).max() < 2e-6
    assert np.abs(played[0][900:1_100]).max() > 0.19 and np.abs(played[0][1_111 + 960:]).max() < 0.001


def test_card_block_cannot_be_heard_in_voices(voices):
    def piece(block: int) -> np.ndarray:
        one = voices(bell, limit=3)
        for date in range(9_700, 14_000, 377):
            one.start(date, pitch=300.0 + date % 100)
        return one.made.render(9_600, block)

    whole = piece(64)
    assert np.abs(whole).max() > 0.05
    for block in (37, 1_000):
        assert np.array_equal(piece(block), whole), block


def test_a_voice_ends_by_itself_and_ten_thousand_starts_leave_memory_as_it_was(voices):
    one = voices(bell, limit=16)
    for number in range(10_000):
        one.start(one.stage.frame + number % 64, pitch=300.0 + number % 700)
        one.made.render(64)
        one.stage.results()
        if number == 1_000:
            room, pieces, used = one.made.arena.room, one.made.arena.pieces, one.stage._states.used
    assert (one.made.arena.room, one.made.arena.pieces, one.stage._states.used) == (room, pieces, used)
    assert one.bank.playing == 16 and one.bank.stolen == 10_000 - 16
    one.render(48_000)
    assert one.bank.playing == 0 and sorted(one.over) == list(range(10_000))
    assert [result.kind for result in one.results] == [] and one.stage.telemetry().sounding == () and one.stage._sounding == 0
    one.bank.close()
    assert one.made.arena.room == one.room and one.stage._playing == {}


def test_the_result_says_that_it_ended_by_itself(voices):
    one = voices(click)
    one.start(9_600)
    one.made.render(23_936)
    assert one.stage.results() == [] and one.bank.playing == 1
    one.made.render(640)
    assert [result.kind for result in one.stage.results()] == ["ended"] and one.over == [0]


def test_a_voice_that_is_silent_behind_its_delays_has_not_ended(voices):
    one = voices(lambda: ug.to(ug.delay(ug.delay(ug.start() * 0.3, 0.7, longest=0.8), 0.7, longest=0.8), output=1))
    one.start(9_600)
    heard = one.render(96_000)
    assert abs(int(np.argmax(heard)) - LATENCY - round(1.4 * 48_000)) <= 4 and heard.max() > 0.1
    one.render(96_000)
    assert one.bank.playing == 0


def test_a_used_instance_is_as_a_new_one(voices):
    """Delay lines are cleared and states reset: the second playing is the first, sample for sample."""
    one = voices(lambda: ug.to(ug.delay(ug.sine(pitch()) * ug.ping(ug.start(), release=0.1), 0.05, feedback=0.6, longest=0.1) * 0.2, output=1), limit=1)
    heard = []
    for _ in range(2):
        begun = one.start(one.stage.frame + 96, pitch=500.0)
        heard.append(one.render(4_800))
        one.bank.stop(begun, fade=0.0)
        one.render(9_600)
    assert np.abs(heard[0]).max() > 0.05 and np.abs(heard[0] - heard[1]).max() < 2e-6


def test_chance_is_another_at_each_start_and_the_same_with_the_same_seed(voices):
    def three(seed: str) -> list[np.ndarray]:
        one = voices(lambda: ug.to(ug.white() * ug.ping(ug.start(), attack=0, release=0.01) * 0.2, output=1), seed=seed)
        heard = []
        for _ in range(3):
            one.start(one.stage.frame)
            heard.append(one.render(48_000)[LATENCY:][:1_000])
        return heard

    first, again, other = three("a"), three("a"), three("b")
    assert all(np.array_equal(x, y) for x, y in zip(first, again))
    assert min(np.abs(first[0] - first[1]).max(), np.abs(first[1] - first[2]).max(), np.abs(first[0] - other[0]).max()) > 0.01


def test_oldest_gives_way_in_ten_milliseconds(voices):
    one = voices(drone, limit=2)
    for hz, date in ((750.0, 9_600), (1_500.0, 9_700)):
        one.start(date, pitch=hz, strength=0.1)
    one.render(4_800)
    one.start(one.stage.frame + 64, pitch=3_000.0, strength=0.1)
    one.render(960)
    assert (one.bank.playing, one.bank.stolen, one.over) == (2, 1, [0])
    power = np.abs(np.fft.rfft(one.render(4_800))) / 2_400
    assert power[[75, 150, 300]] == pytest.approx([0.0, 0.1, 0.1], abs=0.003)
    assert STEAL == 0.01


def test_quietest_gives_way_but_not_one_that_has_only_begun(voices):
    one = voices(drone, limit=3, steal="quietest")
    for strength in (0.3, 0.01, 0.1):
        one.start(None, pitch=750.0, strength=strength)
    one.render(9_600)
    one.start(None, pitch=750.0, strength=0.001)
    one.render(960)
    assert one.over == [1]
    one.start(None, pitch=750.0, strength=0.2)  # the newest is the quietest, but young
    one.render(960)
    assert one.over == [1, 2]


def test_refuse_starts_nothing_and_counts(voices):
    one = voices(drone, limit=2, steal="refuse")
    assert [one.start(None, strength=0.1) is not None for _ in range(4)] == [True, True, False, False]
    assert (one.bank.playing, one.bank.refused, one.bank.stolen) == (2, 2, 0)


def test_a_shared_parameter_moves_all_of_them(voices):
    one = voices(lambda: ug.to(ug.sine(pitch()) * ug.env(ug.held()) * level(), output=1))
    one.bank.set("level", 0.05)
    for number in range(16):
        one.start(None, pitch=100.0 * (number + 1))
    one.render(48_000)
    before = np.abs(np.fft.rfft(one.render(48_000)))[100:1_700:100]
    one.bank.set("level", 0.025)
    one.render(4_800)
    after = np.abs(np.fft.rfft(one.render(48_000)))[100:1_700:100]
    assert after / before == pytest.approx(0.5, rel=0.01)
    one.bank.set("level", float("nan"))
    one.render(4_800)
    assert np.abs(np.fft.rfft(one.render(48_000)))[100:1_700:100] / before == pytest.approx(0.5, rel=0.01)


def test_voices_leave_room_for_scenes(voices):
    one = voices(drone, limit=128)
    other = Bank(one.stage, one.bank.plan, limit=128, own=("v.pitch", "v.strength"))
    for bank in (one.bank, other):
        while bank.playing < 128 and sum((one.bank.playing, other.playing)) < MAX_GRAPHS - SPARE:
            bank.start({"v.strength": 0.001}, None, lambda: None)
    with pytest.raises(Fault, match="graphs play already"):
        other.start({}, None, lambda: None)
    one.render(960)
    assert len(one.stage.telemetry().sounding) == MAX_GRAPHS - SPARE
    for bank in (one.bank, other):
        bank.close()
    one.render(9_600)
    assert one.stage._playing == {} and one.made.arena.room == one.room


def test_a_full_ring_is_a_fault_that_changes_nothing(voices):
    one = voices(drone, limit=4)
    begun = one.start(None, strength=0.1)
    one.render(960)
    with pytest.raises(Fault, match="does not take requests"):
        while True:
            one.bank.release(begun, 10**9)
    for _ in range(10):
        with pytest.raises(Fault, match="does not take requests"):
            one.start(None, strength=0.1)
    assert (one.bank.playing, one.bank.started) == (1, 1)
    one.bank.close(fade=1.0)  # what cannot be asked is cut off
    one.render(960)
    assert one.over == [0] and one.stage._playing == {} and one.made.arena.room == one.room


def test_a_voice_that_is_stopped_before_its_date_never_begins(voices):
    one = voices(drone, limit=1)
    late = one.start(14_400, pitch=750.0, strength=0.1)
    one.start(9_700, pitch=1_500.0, strength=0.1)  # takes its place, earlier
    heard = one.render(9_600)
    power = np.abs(np.fft.rfft(heard[4_800:])) / 2_400
    assert power[[75, 150]] == pytest.approx([0.0, 0.1], abs=0.003) and one.over == [0] and late.state == "loaded"
    one.start(one.stage.frame + 4_800, pitch=750.0, strength=0.1)
    one.render(960)
    one.bank.close(fade=0.05)
    heard = one.render(9_600)
    assert np.abs(heard[4_800:]).max() < 1e-4 and one.stage._playing == {} and one.made.arena.room == one.room


def test_a_player_that_takes_over_goes_on_with_voices_to_the_bit(voices):
    def piece(taken_over: bool) -> np.ndarray:
        one = voices(bell, limit=4)
        for date in range(9_700, 18_000, 733):
            one.start(date, pitch=400.0 + date % 50)
        heard = [one.made.render(3_200)]
        if taken_over:
            one.made.inline.take_over()
        heard.append(one.made.render(9_600))
        return np.concatenate(heard)

    assert np.array_equal(piece(True), piece(False))


def test_where_it_is_crowded_a_voice_takes_the_place_of_another_of_its_kind(voices):
    one = voices(drone, limit=16)
    one.start(None, strength=0.1)
    one.stage.crowded = "steal"
    assert [one.start(None, strength=0.1) is not None for _ in range(3)] == [True] * 3
    one.render(9_600)
    assert (one.bank.playing, one.bank.stolen, one.over) == (1, 3, [0, 1, 2])
    one.stage.crowded = ""
    one.start(None, strength=0.1)
    assert (one.bank.playing, one.bank.stolen) == (2, 3)


@pytest.mark.parametrize(("crowded", "steal"), [("refuse", "oldest"), ("refuse", "quietest"), ("refuse", "refuse"), ("steal", "refuse")])
def test_where_it_is_crowded_to_refuse_stands_whoever_said_it(voices, crowded, steal):
    one = voices(drone, limit=16, steal=steal)
    one.start(None, strength=0.1)
    one.stage.crowded = crowded
    assert one.start(None, strength=0.1) is None and (one.bank.playing, one.bank.refused, one.bank.stolen) == (1, 1, 0)


def test_voices_are_shed_by_their_own_policy(voices):
    one = voices(drone, limit=16, steal="quietest")
    for strength in (0.3, 0.01, 0.1):
        one.start(None, pitch=750.0, strength=strength)
    one.render(9_600)
    assert one.bank.shed(0.05)
    one.render(1_920)
    assert one.over == [] and one.bank.playing == 2
    one.render(960)
    assert one.over == [1] and one.bank.shed(0.0) and one.bank.shed(0.0) and not one.bank.shed(0.0)
    other = voices(drone, steal="refuse")
    other.start(None, strength=0.1)
    assert not other.bank.shed(0.0) and other.bank.playing == 1


def test_a_voice_that_is_stopped_before_it_begins_never_stays(voices):
    """A stop of now, of a voice that is dated ahead: the engine would do it before there is anything to stop."""
    one = voices(drone, limit=16)
    for ahead in (1, 63, 64, 65, 4_800):
        begun = one.start(one.stage.frame + ahead, strength=0.1)
        one.bank.stop(begun, fade=0.0)
    one.start(one.stage.frame + 4_000, strength=0.1)
    assert one.bank.shed(0.01)
    one.render(9_600)
    assert one.bank.playing == 0 and sorted(one.over) == [0, 1, 2, 3, 4, 5] and one.stage.telemetry().sounding == ()
    one.start(one.stage.frame + 4_000, strength=0.1)
    one.bank.close(fade=0.01)
    one.render(9_600)
    assert one.stage._playing == {} and one.made.arena.room == one.room
