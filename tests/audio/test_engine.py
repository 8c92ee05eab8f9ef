"""The render loop: what is heard does not depend on the card's block, dates are exact to the sample, faults cost only themselves."""

from __future__ import annotations

import ctypes
import math
import threading

import numpy as np
import pytest

from installation.audio.layout import CALLBACK_TID, CARD_FRAMES, COMMITTED, E_DROPPED_RESULTS, EQUAL_POWER, LINEAR, MAX_GRAPHS, MAX_PENDING, RING_ROWS
from installation.audio.plan import Bus, Numbers, Plan, PlannedUnit
from installation.terms.fault import Fault

from .units_for_test import TO_BUS, bad_plan, rich_plan, tone_plan

LATENCY = 64  # the guard's look-ahead


def piece(session, block: int) -> np.ndarray:
    """Starts, stops, triggers and fades dated inside blocks."""
    made = session(outputs=3)
    stage = made.stage
    first = made.load(rich_plan(330.0, 0), values={"level": 0.7}, name="first")
    second = made.load(rich_plan(220.0, 1, 777), values={"level": 0.4}, name="second")
    third = made.load(tone_plan(1_000.0, 0.2, 2), name="third")
    stage.start(first, at=37, fade=0.05)
    stage.start(second, at=1_003, fade=0.1, shape=LINEAR)
    stage.start(third, at=4_999)
    for frame in (2_000, 2_001, 2_030, 6_400, 6_463):
        stage.trigger(first, "struck", at=frame, value=0.3)
    stage.trigger(second, "struck", at=5_555)
    stage.stop(first, at=3_333, fade=0.04)
    stage.stop(third, at=7_013, fade=0.0)
    return made.render(9_600, block)


def test_card_block_cannot_be_heard(session):
    """Bit-exact, whatever the card asks for at once."""
    whole = piece(session, 64)
    assert np.abs(whole).max() > 0.1
    for block in (1, 37, 100, 256, 1_000):
        assert np.array_equal(piece(session, block), whole), block


def opened(session, plan, **start):
    """A session whose guard is open, so that levels are those of the graph."""
    made = session(outputs=1)
    made.render(9_600)
    playing = made.load(plan)
    made.stage.start(playing, **start)
    return made, playing


@pytest.mark.parametrize("offset", [0, 1, 37, 63])
def test_start_and_stop_are_dated_to_the_sample(session, offset):
    made, playing = opened(session, tone_plan(), at=9_664 + offset)
    made.stage.stop(playing, at=9_664 + 640 + offset)
    heard = np.flatnonzero(np.abs(made.render(2_048)[:, 0]) > 2e-3)  # below is the DC block's rest
    begun, ended = heard[0] - LATENCY - 64, heard[-1] - LATENCY - 64
    assert offset <= begun <= offset + 2
    assert offset + 637 <= ended < offset + 640


def cross(stage, old, new, **how) -> None:
    """One fades in while the other fades out, dated the same frame."""
    stage.start(new, **how)
    stage.stop(old, **how)


def test_linear_swap_of_a_sound_with_itself_is_not_heard(session):
    """A tone whose period is a block, swapped with itself: the difference from the steady tone is silence."""

    def play(swaps: bool) -> np.ndarray:
        made = session(outputs=1)
        old, new = made.load(tone_plan(750.0)), made.load(tone_plan(750.0))
        made.stage.start(old, at=0)
        if swaps:
            cross(made.stage, old, new, at=9_600 // 64 * 64, fade=0.05, shape=LINEAR)
        return made.render(19_200)[:, 0]

    assert np.abs(play(True) - play(False)).max() < 1e-7


def test_equal_power_swap_keeps_the_power(session):
    """The same on two outputs: squares add up to the steady tone's."""
    made = session(outputs=2)
    old, new = made.load(tone_plan(750.0, output=0)), made.load(tone_plan(750.0, output=1))
    made.stage.start(old, at=0)
    cross(made.stage, old, new, at=9_600, fade=0.1, shape=EQUAL_POWER)
    heard = made.render(19_200).astype(float)
    power = np.sum(heard**2, axis=1)[8_000:].reshape(-1, 64).sum(1)
    assert power == pytest.approx(32 * 0.1**2, rel=2e-3)
    assert made.stage.telemetry().sounding == (("", 0),)


def test_stop_while_fading_in_goes_on_from_there(session):
    made, playing = opened(session, tone_plan(3_000.0), fade=0.1, shape=LINEAR)
    made.render(2_400)
    made.stage.stop(playing, fade=0.1, shape=LINEAR)
    heard = np.abs(made.render(9_600)[:, 0])
    envelope = heard.reshape(-1, 48).max(1)
    assert envelope[:3].max() < 0.06
    assert np.all(np.diff(envelope[6:95]) < 0.002)
    assert made.stage.results()[-1].kind == "retired"


def test_trigger_is_dated_to_the_sample(session):
    made = session(outputs=1)
    playing = made.load(rich_plan(), values={"level": 0.0})
    made.stage.start(playing, at=0)
    made.render(4_800)
    for frame in (5_000, 5_001, 5_063, 5_064):
        made.stage.trigger(playing, "struck", at=frame, value=0.5)
    heard = made.render(960)[:, 0]
    peaks = np.flatnonzero(heard > 0.4) + 4_800 - LATENCY
    assert list(peaks) == [5_000, 5_001, 5_063, 5_064]


def test_more_triggers_than_a_block_takes_are_not_lost(session):
    made = session(outputs=1)
    playing = made.load(rich_plan(), values={"level": 0.0})
    made.stage.start(playing, at=0)
    made.render(4_800)
    for _ in range(20):
        made.stage.trigger(playing, "struck", at=4_810, value=0.01)
    first = made.render(64 * 3)[:, 0]
    assert first.max() == pytest.approx(0.08, abs=0.002)  # eight of them at their frame
    more = made.render(64 * 4)[:, 0]
    assert np.concatenate([first, more]).max() == pytest.approx(0.08, abs=0.002)
    assert np.sum(np.concatenate([first, more])[64:] > 0.03) == 3  # eight, eight and four


def test_late_is_done_at_once_and_told(session):
    made = session(outputs=1)
    made.render(6_400)
    playing = made.load(tone_plan(), name="tardy")
    made.stage.start(playing, at=100)
    assert np.abs(made.render(640)).max() > 0.05
    late = [result for result in made.stage.results() if result.kind == "late"]
    assert [(result.detail, result.playing) for result in late] == [(6_300, playing)]
    assert made.stage.telemetry().late == 1


@pytest.mark.parametrize("sample", [math.nan, math.inf, -math.inf, 1e30, -101.0])
def test_bad_sample_names_its_unit_and_others_play_on(session, sample):
    """The unit that made it is named, though its buffer is used by the units after it; nobody else hears of it."""

    def play(with_bad: bool) -> np.ndarray:
        made = session(outputs=2)
        good = made.load(rich_plan(output=1), values={"level": 1.0}, name="good")
        made.stage.start(good, at=0)
        made.stage.trigger(good, "struck", at=3_000)
        if with_bad:
            bad = made.load(bad_plan(40, sample), name="bad")
            made.stage.start(bad, at=0)
        heard = made.render(9_600)
        assert np.isfinite(heard).all()
        if with_bad:
            results = made.stage.results()
            assert [result.kind for result in results if result.playing is bad] == ["started", "bad_samples", "retired"]
            told = next(result for result in results if result.kind == "bad_samples")
            assert (told.unit, told.where, told.frame) == ("turns_bad", "scene.py:2", 39 * 64)
            assert made.stage.telemetry().nonfinite == 1
            assert bad.state == "gone"
            assert np.abs(heard[4_000:, 0]).max() < 2e-3  # the rest is the DC block's
        return heard[:, 1]

    assert np.array_equal(play(True), play(False))


def test_non_finite_parameters_are_refused_and_states_survive(session):
    made = session(outputs=1)
    playing = made.load(rich_plan())
    made.stage.start(playing)
    for value in (math.nan, math.inf):
        with pytest.raises(Fault):
            made.stage.set(playing, "level", value)
    assert np.isfinite(made.render(640)).all()


def test_graph_without_code_is_refused(session):
    """A player without the code of a unit plays everything else."""
    made = session(outputs=1)
    playing = made.stage.load(tone_plan(), name="unknown")  # loaded without compiling
    made.stage.start(playing)
    assert not made.render(640).any()
    kinds = [(result.kind, result.unit) for result in made.stage.results()]
    assert kinds == [("refused", "tone"), ("retired", "")]


def test_ban_needs_no_request(session):
    """It leaves at once, even when the table of those that wait is full."""
    made = session(outputs=1)
    playing = made.load(rich_plan(), values={"level": 1.0})
    made.stage.start(playing, at=0)
    made.render(4_800)
    for _ in range(MAX_PENDING + 20):
        made.stage.trigger(playing, "struck", at=10**9)
    made.stage.ban(playing)
    made.render(128)
    assert [result.kind for result in made.stage.results()] == ["started", "retired"]


def test_full_ring_is_a_fault_not_a_loss(session):
    made = session(outputs=1)
    playing = made.load(rich_plan(), values={"level": 0.0})
    made.stage.start(playing, at=0)
    made.render(4_800)
    sent = 0
    with pytest.raises(Fault, match="does not take requests"):
        while True:
            made.stage.trigger(playing, "struck", at=4_800 + 64 * sent, value=0.5)
            sent += 1
    assert sent == RING_ROWS
    heard = made.render(64 * (sent + 4))[:, 0]
    struck = heard[LATENCY::64][:sent]
    echoes = 3_000 - 64  # the first echo comes back on no multiple of 64
    assert echoes % 64 and np.all(struck > 0.3)


def test_results_without_room_are_counted_but_never_a_retirement(session):
    made = session(outputs=1)
    for _ in range(40):
        started = [made.load(tone_plan()) for _ in range(6)]
        for playing in started:
            made.stage.start(playing)
        made.render(64)
        for playing in started:
            made.stage.stop(playing)
        made.render(128)
        del started
        if made.stage._exchange.committed()[E_DROPPED_RESULTS]:
            break
    assert made.stage.telemetry().dropped > 0
    while any(result.kind == "retired" for result in made.stage.results()):
        made.render(64)
    assert not made.stage.telemetry().sounding
    assert not made.stage._playing


def test_input_is_heard_one_block_later_whatever_the_block(session):
    """Through a unit that reads the input bus."""
    from installation.audio.plan import Input

    heard = np.random.default_rng(1).uniform(-0.2, 0.2, (6_400, 2)).astype(np.float32)
    plan = Plan((PlannedUnit(TO_BUS, (Bus(), Input(1, 1), Numbers((0.0,)))),), 0, 0, (), 0, (), (), ())
    rendered = []
    for block in (64, 37, 256):
        made = session(outputs=1, inputs=2)
        made.stage.start(made.load(plan), at=0)
        rendered.append(made.render(6_400, block, heard)[:, 0])
    assert np.array_equal(rendered[0], rendered[1]) and np.array_equal(rendered[0], rendered[2])
    shift = 64 + LATENCY
    open_from = 3_000
    aligned = heard[open_from - shift : -shift, 1]
    assert np.corrcoef(rendered[0][open_from:], aligned)[0, 1] > 0.999


def test_ten_thousand_starts_and_stops_leave_the_memory_as_it_was(session):
    made = session(outputs=1)
    warm = made.load(rich_plan())
    made.stage.stop(warm)
    room, pieces = made.arena.room, made.arena.pieces
    plans = [rich_plan(line=700), tone_plan(), rich_plan(line=2_000)]
    waiting: list = []
    for turn in range(10_000):
        playing = made.stage.load(plans[turn % 3])
        if turn % 7:
            made.stage.start(playing, fade=0.0 if turn % 2 else 0.002)
        waiting.append(playing)
        if len(waiting) > turn % 5:
            made.stage.stop(waiting.pop(turn % len(waiting)), fade=0.001)
        if turn % 3 == 0:
            made.inline.render(64)
            made.stage.results()
    for playing in waiting:
        made.stage.stop(playing)
    while made.stage._playing:
        made.inline.render(640)
        made.stage.results()
    assert (made.arena.room, made.arena.pieces) == (room, pieces)
    assert made.stage.telemetry().dropped == 0


class Card:
    """What PortAudio does with the callback."""

    def __init__(self, made, outputs: int) -> None:
        kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_ulong, ctypes.c_void_p, ctypes.c_ulong, ctypes.c_void_p)
        made.inline.take_over()
        self.call, self.userdata, self.outputs = kind(made.inline.loaded.callback), made.inline.loaded.userdata, outputs

    def ask(self, frames: int, flags: int = 0) -> tuple[int, np.ndarray]:
        out = np.full((frames, self.outputs), 9.0, np.float32)
        return self.call(None, out.ctypes.data, frames, None, flags, self.userdata), out


def test_callback_gives_the_same_sound_and_counts_xruns(session):
    made = session(outputs=2)
    card = Card(made, 2)
    made.stage.start(made.load(tone_plan(output=1)), at=0)
    parts = [card.ask(frames, flags) for frames, flags in ((100, 0x10), (256, 0x14), (64, 0), (1_000, 0x04), (37, 0x02), (8_000, 0))]
    assert [code for code, _ in parts] == [0] * 6
    heard = np.concatenate([out for _, out in parts])
    other = session(outputs=2)
    other.stage.start(other.load(tone_plan(output=1)), at=0)
    assert np.array_equal(heard, other.render(len(heard)))
    facts = made.stage.telemetry()
    assert (facts.callbacks, facts.xruns) == (6, 2)  # while priming nothing counts
    assert made.arena.words[CALLBACK_TID] == threading.get_native_id() and made.arena.words[CARD_FRAMES] == 8_000


def test_callback_of_a_stale_player_is_silence_and_the_end(session):
    made = session(outputs=2)
    card = Card(made, 2)
    made.stage.start(made.load(tone_plan()), at=0)
    card.ask(9_600)
    made.stage.take_over()
    before = made.arena.words[COMMITTED]
    code, out = card.ask(256)
    assert code == 2 and not out.any() and made.arena.words[COMMITTED] == before
    with pytest.raises(Fault, match="another player"):
        made.inline.render(64)


def test_rendering_here_leaves_this_threads_numbers_alone(session):
    """Denormals are flushed while it renders, not in the Python around it."""
    made = session(outputs=1)
    made.render(64)
    assert np.float64(1e-310) * 0.5 > 0.0


def test_sixty_four_outputs(session):
    made = session(outputs=64)
    for output in range(64):
        made.stage.start(made.load(tone_plan(200.0 + output, 0.1, output)))
    heard = made.render(9_600)
    assert np.abs(heard[-4_800:]).max(0) == pytest.approx(0.1, rel=0.01)
    for _ in range(MAX_GRAPHS - 64):
        made.stage.start(made.load(tone_plan()))
    with pytest.raises(Fault, match=f"{MAX_GRAPHS} graphs"):
        made.stage.start(made.load(tone_plan()))
