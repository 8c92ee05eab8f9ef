"""The plan says what the graph said: order, rows, slots, memory; nothing is overwritten while it is still heard."""
from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from installation.audio.declare import Port, PortKind, Unit
from installation.audio.describe import describe
from installation.audio.flatten import flatten
from installation.audio.graph import Graph, Signal, apply, apply_all, parameter
from installation.audio.plan import LongRecording, Memory, Recording, Scratch, State
from installation.terms.declaration import Declaration

from .plain import DELAY, DRIFT, FILTER, JOIN, MIX, NOISE, SPLIT, bound, find, names, noise, plan, play, sink, sound


def fixed(seed: int, channels: int) -> Signal:
    return apply(NOISE, channels=channels, numbers={"seed": (seed,)})


def rows(binding: Scratch) -> set[int]:
    return set(range(binding.row, binding.row + binding.channels))


# random graphs


LEVEL = Declaration("/scene/test/level", unit="dB", low=-60, high=6)
SIZE = Declaration("/scene/test/size", low=-10, high=10)
VALUES = {"level": -6.0, "size": 1.75}
GAIN = 10 ** (-6 / 20)


WAYS = ["noise", "add", "subtract", "multiply", "number", "param", "level", "filter", "split", "join", "mix", "pick", "control",
        "negative"]


@st.composite
def graphs(draw):
    """A random graph and what it must sound like: pairs of a signal and its block."""
    made: list[tuple[Signal, np.ndarray]] = [(fixed(1, 1), noise(1, 1)), (fixed(2, 3), noise(2, 3))]
    for step in range(draw(st.integers(1, 24))):
        (a, x), (b, y) = draw(st.sampled_from(made)), draw(st.sampled_from(made))
        match draw(st.sampled_from(WAYS)):
            case "noise":
                channels = draw(st.integers(1, 4))
                made.append((fixed(10 + step, channels), noise(10 + step, channels)))
            case "add" if len(a) == len(b) or 1 in (len(a), len(b)):
                made.append((a + b, x + y))
            case "subtract" if len(a) == len(b) or 1 in (len(a), len(b)):
                made.append((a - b, x - y))
            case "multiply" if len(a) == len(b) or 1 in (len(a), len(b)):
                made.append((a * b, x * y))
            case "number":
                number = draw(st.sampled_from([0.5, 1.0, 0.0, -2.0]))
                made.append(draw(st.sampled_from([(a * number, x * number), (a + number, x + number), (number - a, number - x)])))
            case "param":
                size = parameter("size", SIZE)
                made.append(draw(st.sampled_from([(a * size, x * 1.75), (a + size, x + 1.75), (size - a, 1.75 - x),
                                                  (a * (size * 0.5 + 0.25), x * 1.125)])))
            case "level":
                level = parameter("level", LEVEL)
                both = level * parameter("size", SIZE) * a
                made.append(draw(st.sampled_from([(a * level, x * GAIN), (a / level, x / GAIN), (both, x * GAIN * 1.75)])))
            case "filter":
                made.append((apply(FILTER, inputs={"x": a}), x * 0.5))
            case "split":
                low, high = apply_all(SPLIT, inputs={"x": a})
                made += [(low, x * 0.25), (high, x * 0.75)]
            case "join" if len(a) + len(b) <= 12:
                made.append((apply(JOIN, inputs={"a": a, "b": b}, channels=len(a) + len(b), as_is=True), np.concatenate([x, y])))
            case "mix":
                made.append((apply(MIX, inputs={"x": a}, channels=1, as_is=True), x.sum(axis=0, keepdims=True)))
            case "pick":
                start = draw(st.integers(0, len(a) - 1))
                stop = draw(st.integers(start + 1, len(a)))
                made.append((a[start:stop], x[start:stop]))
            case "control":
                made.append((a * (parameter("size", SIZE) * parameter("size", SIZE) - 1), x * (1.75 * 1.75 - 1)))
            case "negative":
                made.append((-a, -x))
    picked = draw(st.lists(st.sampled_from(range(len(made))), min_size=1, max_size=6))
    return [made[index] for index in picked]


@settings(max_examples=300, deadline=None)
@given(graphs())
def test_any_graph_sounds_as_it_was_written(heard):
    seen = plan(*(sink(signal) for signal, _ in heard))
    expected = np.zeros((16, 64))
    for signal, block in heard:          # a sound that was drawn twice is placed twice, and heard twice
        expected[:len(signal)] += block
    assert play(seen, 16, VALUES)[0] == pytest.approx(expected, rel=1e-9, abs=1e-9)


@settings(max_examples=150, deadline=None)
@given(graphs())
def test_no_two_sounds_that_are_still_heard_share_a_row(heard):
    """Read back from the plan alone: what a unit hears was written by the one that made it, and by nobody since."""
    seen = plan(*(sink(signal) for signal, _ in heard))
    for unit in seen.units:
        outs, ins = bound(unit, PortKind.OUT), bound(unit, PortKind.IN)
        assert all(max(rows(binding)) < seen.scratch_rows for binding in outs + ins)
        for index, out in enumerate(outs):
            assert all(not rows(out) & rows(other) for other in outs[index + 1:])
            for heard_rows in ins:
                assert not rows(out) & rows(heard_rows) or (out == heard_rows and len(outs) == 1)


# rows


def test_a_chain_needs_two_rows_and_many_voices_three():
    chain = sound()
    for _ in range(20):
        chain = apply(FILTER, inputs={"x": chain})
    assert plan(sink(chain)).scratch_rows == 2
    assert plan(sink(sum(sound() for _ in range(50)))).scratch_rows == 3
    assert plan(*(sink(sound(4)) for _ in range(50))).scratch_rows == 4


def test_an_input_heard_later_is_not_written_over():
    x = sound()
    y = apply(FILTER, inputs={"x": x})
    seen = plan(sink(y), sink(x))
    noise_out, filtered = bound(seen.units[0], PortKind.OUT)[0], bound(seen.units[1], PortKind.OUT)[0]
    assert noise_out != filtered


def test_units_of_two_outputs_and_mixes_write_beside_their_input():
    low, high = apply_all(SPLIT, inputs={"x": sound()})
    assert plan(sink(low + high)).scratch_rows == 3
    assert plan(sink(apply(MIX, inputs={"x": sound()}, channels=1, as_is=True))).scratch_rows == 2


def test_an_artists_own_kernel_never_writes_over_its_input():
    own = replace(FILTER, place="scenes/tide.py:3")
    assert plan(sink(apply(own, inputs={"x": sound()}))).scratch_rows == 2


def test_an_output_that_nobody_hears_gives_its_row_back():
    low, _ = apply_all(SPLIT, inputs={"x": sound()})
    assert plan(sink(low), sink(sound(3))).scratch_rows == 3


# everything else


def test_a_word_that_is_heard_twice_is_played_once():
    x = apply(FILTER, inputs={"x": sound()})
    assert names(plan(sink(x), sink(x))).count("test_filter") == 1
    assert len(plan(sink(x * 0.5), sink(x * 0.5)).units) == 5
    # two filters with memories of their own stay two
    y, z = apply(FILTER, inputs={"x": x}), apply(FILTER, inputs={"x": x})
    assert names(plan(sink(y), sink(z))).count("test_filter") == 3


def test_state_and_memory_lie_one_after_another():
    word = apply(DELAY, inputs={"x": apply(FILTER, inputs={"x": sound(2)})}, controls={"time": 1}, memory={"line": 100},
                 state={"state": (7.0, 8.0, 9.0)})
    other = apply(DELAY, inputs={"x": sound()}, controls={"time": 1}, memory={"line": 50})
    seen = plan(sink(word), sink(other))
    states = [binding for unit in seen.units for binding in bound(unit, PortKind.STATE)]
    assert states == [State(0, 4), State(4, 3), State(7, 1)]
    assert seen.state == (0.0,) * 4 + (7.0, 8.0, 9.0) + (0.0,)
    assert [b for unit in seen.units for b in bound(unit, PortKind.MEMORY)] == [Memory(0, 200, 2), Memory(200, 50, 1)]
    assert seen.memory == 250


PLAYER = Unit("test_player", "test:player", (
    Port("out", PortKind.OUT), Port("table", PortKind.TABLE), Port("state", PortKind.STATE)))
STREAMED = Unit("test_stream", "test:stream", (
    Port("out", PortKind.OUT), Port("ring", PortKind.RING), Port("words", PortKind.RING_STATE)))


def test_recordings_are_shared_and_streams_are_not():
    bell, rain = Recording(Path("bell.wav"), 1, 1000), Recording(Path("rain.wav"), 2, 2000)
    long = LongRecording(Path("sea.flac"), 2, 10_000_000, True)
    again = Recording(Path("bell.wav"), 1, 1000)
    placed = [apply(PLAYER, table=bell), apply(PLAYER, table=rain, channels=2), apply(PLAYER, table=again),
              apply(STREAMED, stream=long, channels=2), apply(STREAMED, stream=long, channels=2)]
    seen = plan(*(sink(signal) for signal in placed))
    assert seen.recordings == (bell, rain) and seen.streams == (long, long)
    assert [bound(unit, PortKind.TABLE)[0].recording for unit in seen.units if unit.unit is PLAYER] == [0, 1, 0]
    streamed = [unit for unit in seen.units if unit.unit is STREAMED]
    kinds = PortKind.RING, PortKind.RING_STATE
    assert [[bound(unit, kind)[0].stream for kind in kinds] for unit in streamed] == [[0, 0], [1, 1]]
    with pytest.raises(Exception, match="needs table"):
        apply(PLAYER)


def test_equal_constants_share_a_slot_that_nothing_writes():
    drift = apply(DRIFT, controls={"period": 3}, seed="seed")
    seen = plan(sink(apply(FILTER, inputs={"x": sound() * 0.5 * drift}, controls={"cutoff": 440})), sink(sound() * 0.5))
    assert sorted(value for _, value in seen.constants) == [440 / 48_000, 0.5, 3 * 48_000]
    written = {binding.slot for unit in seen.units for binding in bound(unit, PortKind.CONTROL_OUT)}
    assert not written & {slot for slot, _ in seen.constants}
    assert written | {slot for slot, _ in seen.constants} == set(range(seen.controls))


def test_every_unit_knows_its_line():
    seen = plan(sink(sound() * parameter("size", SIZE) + parameter("size", SIZE) * 2))
    assert find(seen, "glide").where == find(seen, "scale").where
    here = str(Path(__file__).parent)
    assert all(unit.where.startswith(here) and int(unit.where.rpartition(":")[2]) > 0 for unit in seen.units)


def test_flattening_is_the_same_each_time():
    graph = Graph.collect(sink(sound() * parameter("size", SIZE)), outputs=2, rate=48_000)
    assert flatten(graph) == flatten(graph)


def test_a_plan_can_be_read():
    seen = plan(sink(apply(FILTER, inputs={"x": sound(2)}, controls={"cutoff": 440}) * parameter("level", LEVEL)))
    text = describe(seen)
    for part in ("test_noise", "test_filter", "glide", "level", "scale", "test_sink", "outputs", __file__, "0.00916667"):
        assert part in text
    assert len(text.splitlines()) >= len(seen.units)
