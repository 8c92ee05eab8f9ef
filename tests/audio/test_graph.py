"""Parameters, ports and what sound() returns: what it becomes, and what is said when it cannot be."""
from __future__ import annotations

import inspect
import math
import subprocess
import sys

import pytest

from installation.audio.declare import PortKind
from installation.audio.flatten import flatten
from installation.audio.graph import MOST, Graph, Hall, Signal, apply, apply_all, parameter
from installation.audio.plan import Plan
from installation.terms.declaration import Curve, Declaration, Kind
from installation.terms.fault import Fault, Faults

from .plain import (
    COMPRESS,
    DELAY,
    DRIFT,
    ENVELOPE,
    FILTER,
    JOIN,
    MIX,
    NOISE,
    SINK,
    SPLIT,
    bound,
    find,
    names,
    noise,
    param,
    plan,
    play,
    sink,
    sound,
)


def line() -> int:
    """The line of the caller."""
    frame = inspect.currentframe()
    assert frame is not None and frame.f_back is not None
    return frame.f_back.f_lineno


# parameters


def test_a_parameter_is_one_glide_however_often_it_is_used():
    c = param("c", "Hz", 20, 2000, glide=0.5)
    again = param("c", "Hz", 20, 2000, glide=0.5)
    seen = plan(sink(apply(FILTER, inputs={"x": sound()}, controls={"cutoff": c}) * c + again))
    assert names(seen).count("glide") == 1 and seen.params == ("c",)
    assert bound(find(seen, "glide"), PortKind.NUMBERS)[0].values == (0.0, 24_000.0, 20.0, 2000.0)


@pytest.mark.parametrize(("more", "domain"), [({"unit": "Hz", "low": 20, "high": 200, "curve": Curve.EXPONENTIAL}, 2.0),
                                              ({"unit": "deg", "low": -180, "high": 180}, 3.0),
                                              ({"unit": "deg", "low": 0, "high": 90}, 0.0),
                                              ({"unit": "dB", "low": -60, "high": 0, "curve": Curve.DECIBEL}, 1.0)])
def test_how_a_parameter_glides(more, domain):
    seen = plan(sink(sound() * param("p", **more)))
    assert bound(find(seen, "glide"), PortKind.NUMBERS)[0].values[0] == domain


def test_units_are_converted_at_ports():
    x = sound()
    for signal, hertz in ((param("a", "kHz", 0.1, 5), 2000.0), (param("a", "Hz"), 2.0), (param("a") * 100, 200.0),
                          (param("a", "kHz") + 1, 3000.0), (param("a", "%") * 1000, 20.0),
                          (param("a", "kHz") + param("b", "Hz"), 2500.0)):
        seen = plan(sink(apply(FILTER, inputs={"x": x}, controls={"cutoff": signal})))
        slot = bound(find(seen, "test_filter"), PortKind.CONTROL)[0].slot
        assert play(seen, 8, {"a": 2, "b": 500})[1][slot][0] * 48_000 == pytest.approx(max(10.0, hertz))
    with pytest.raises(Fault) as caught:
        apply(FILTER, inputs={"x": x}, controls={"cutoff": param("distance", "m", 0, 4)})
    assert caught.value.id == "graph.unit" and 'got "distance" in m' in caught.value.happened.en


def test_controls_are_clipped_to_what_the_kernel_can_bear():
    seen = plan(sink(apply(FILTER, inputs={"x": sound()}, controls={"cutoff": param("a", "Hz")})), rate=32_000)
    slot = bound(find(seen, "test_filter"), PortKind.CONTROL)[0].slot
    for value, fitted in ((1, 10 / 32_000), (1e9, 0.49), (math.nan, 10 / 32_000), (1000, 1000 / 32_000)):
        assert play(seen, 8, {"a": value})[1][slot][0] == pytest.approx(fitted)


def test_a_parameter_already_in_range_needs_no_fit():
    mix = param("mix", "ratio", 0, 1)
    assert "fit" not in names(plan(sink(apply(COMPRESS, inputs={"x": sound()}, controls={"mix": mix}))))
    wide = param("mix", "ratio", 0, 2)
    assert "fit" in names(plan(sink(apply(COMPRESS, inputs={"x": sound()}, controls={"mix": wide}))))


def test_triggers_go_where_a_unit_takes_one():
    strike = parameter("strike", Declaration("/scene/test/strike", Kind.TRIGGER))
    voices = [apply(ENVELOPE, inputs={"trigger": strike}) * sound(2) for _ in range(2)]
    seen = plan(sink(sum(voices)))
    assert names(seen).count("trigger") == 1
    (name, word), = seen.triggers
    assert name == "strike" and word == bound(find(seen, "trigger"), PortKind.STATE)[0].word
    for wrong in (lambda: strike * 2, lambda: sound() + strike, lambda: apply(FILTER, inputs={"x": strike}),
                  lambda: apply(FILTER, inputs={"x": sound()}, controls={"cutoff": strike})):
        with pytest.raises(Fault, match="strike"):
            wrong()


def test_texts_and_colours_are_not_heard():
    tint = parameter("tint", Declaration("/scene/test/tint", Kind.COLOUR, default=(1, 1, 1)))
    for wrong in (lambda: tint * 2, lambda: sound() + tint, lambda: apply(FILTER, inputs={"x": tint})):
        with pytest.raises(Fault, match="cannot be heard"):
            wrong()


# ports


@pytest.mark.parametrize(("connect", "id", "text"), [
    (lambda x: apply(FILTER), "graph.missing", "ug.test_filter needs x"),
    (lambda x: apply(FILTER, inputs={"in": x}), "graph.port", 'ug.test_filter has no "in"'),
    (lambda x: apply(FILTER, inputs={"x": x}, controls={"cutof": 3}), "graph.port", 'ug.test_filter has no "cutof"'),
    (lambda x: apply(FILTER, inputs={"x": x}, controls={"cutoff": 3}), "graph.range", "cutoff: expected 10 to 20000 Hz, got 3"),
    (lambda x: apply(FILTER, inputs={"x": x}, controls={"cutoff": math.nan}), "graph.finite", "a finite number, got nan"),
    (lambda x: apply(FILTER, inputs={"x": x}, controls={"cutoff": "50 cm"}), "unit.mismatch", "cutoff"),
    (lambda x: apply(FILTER, inputs={"x": x}, controls={"cutoff": sound(2)}), "graph.channels", "one channel"),
    (lambda x: apply(FILTER, inputs={"x": "loud"}), "graph.operand", "got 'loud'"),
    (lambda x: apply(FILTER, inputs={"x": sink(x)}), "graph.input", "already placed"),
    (lambda x: apply(DELAY, inputs={"x": x}, controls={"time": 1}), "graph.missing", "ug.test_delay needs line"),
    (lambda x: apply(NOISE), "graph.missing", "needs seed"),
    (lambda x: apply(NOISE, numbers={"seed": (1, 2)}), "graph.numbers", "expected 1 numbers, got 2"),
    (lambda x: apply(NOISE, numbers={"seed": (math.inf,)}), "graph.finite", "finite"),
    (lambda x: apply(FILTER, inputs={"x": sound(2)}, channels=3), "graph.channels", "2 channels"),
    (lambda x: apply(NOISE, seed="seed", channels=65), "graph.channels", "1 to 64"),
])
def test_faults_name_the_word_and_the_line(connect, id, text):
    with pytest.raises(Fault) as caught:
        connect(sound())
    assert caught.value.id == id and text in caught.value.happened.en and caught.value.happened.fr
    assert caught.value.where == f"{__file__}:{connect.__code__.co_firstlineno}"


def test_texts_with_units_are_read_at_ports():
    seen = plan(sink(apply(DELAY, inputs={"x": sound()}, controls={"time": "50 ms"}, memory={"line": 4800})))
    assert 2400.0 in dict(seen.constants).values()


def test_units_with_several_outputs_and_mixed_channels():
    low, high = apply_all(SPLIT, inputs={"x": sound(2)})
    joined = apply(JOIN, inputs={"a": low, "b": high[0]}, channels=3, as_is=True)
    mixed = apply(MIX, inputs={"x": joined}, channels=1, as_is=True)
    seen = plan(sink(mixed))
    x = noise(bound(find(seen, "test_noise"), PortKind.NUMBERS)[0].values[0], 2)
    assert play(seen, 8)[0][0] == pytest.approx(0.25 * (x[0] + x[1]) + 0.75 * x[0])


# collecting


def test_what_sound_may_return():
    x = sink(sound())
    for result, count in ((None, 0), ([], 0), (x, 2), ([x, x], 2), ({"left": x, "none": None}, 2), ((x, [x + sink(sound())]), 4)):
        assert len(flatten(Graph.collect(result, outputs=2, rate=48_000)).units) == count


def test_what_was_never_placed_is_named():
    lost = apply(NOISE, seed="seed")
    here = line() - 1
    for result in (lost, [sink(sound()), lost]):
        with pytest.raises(Fault) as caught:
            Graph.collect(result, outputs=2, rate=48_000, name="tide")
        assert caught.value.id == "graph.unplaced" and caught.value.where == f"{__file__}:{here}"
        assert "ug.place" in caught.value.remedy.en
    for wrong in (0.5, "sound", [3], {1, 2}):
        with pytest.raises(Fault, match="returned"):
            Graph.collect(wrong, outputs=2, rate=48_000, name="tide")


def test_deferred_faults_come_together_each_with_its_line():
    def to(output: int) -> Signal:
        return apply(SINK, inputs={"x": sound()}, numbers={"rows": lambda hall: (hall.row(output),)})

    wrong = [to(7), to(1), to(9)]
    with pytest.raises(Faults) as caught:
        Graph.collect(wrong, outputs=4, rate=48_000)
    said = [fault.happened.en for fault in caught.value.faults]
    assert said == [f"the room has 4 outputs, ug.to asked for {output}" for output in (7, 9)]
    assert all(fault.where.startswith(__file__) for fault in caught.value.faults)


def test_deferred_numbers_memory_and_rest_know_the_hall():
    word = apply(DELAY, inputs={"x": sound(2)}, controls={"time": 0.5}, memory={"line": lambda hall: hall.rate // 2},
                 state={"state": lambda hall: [hall.rate, hall.outputs]})
    graph = Graph.collect(sink(word), outputs=8, rate=44_100)
    work = next(work for work in graph.works if work.call.unit is DELAY)
    assert work.memory == {"line": 22_050} and work.state == {"state": (44_100.0, 8.0)}
    assert flatten(graph).memory == 44_100 and flatten(graph).state[:2] == (44_100.0, 8.0)
    for frames in (0, -3, 1 << 40):
        with pytest.raises(Fault, match="memory"):
            plan(sink(apply(DELAY, inputs={"x": sound()}, controls={"time": 0.5}, memory={"line": frames})))
    with pytest.raises(Fault, match="finite"):
        Graph.collect(apply(SINK, inputs={"x": sound()}, numbers={"rows": lambda hall: [math.nan]}), outputs=2, rate=48_000)


def test_a_graph_has_an_end():
    chain = sound()
    for _ in range(MOST):
        chain = apply(FILTER, inputs={"x": chain})
    with pytest.raises(Fault) as caught:
        Graph.collect(sink(chain), outputs=2, rate=48_000, name="tide")
    assert caught.value.id == "graph.size" and "20,000" in caught.value.happened.en
    endless: list = []
    endless.append(endless)
    with pytest.raises(Fault):
        Graph.collect(endless, outputs=2, rate=48_000)


def test_three_thousand_words_in_a_chain():
    chain: Signal = sound()
    deep = param("c")
    placed: Signal | int = 0
    for index in range(3000):
        chain = apply(FILTER, inputs={"x": chain}) if index % 2 else chain * param("c")
        if index % 3 == 0:
            deep = deep * param("d") + 1
            placed = placed + sink(sound())
    seen = plan(sink(chain), sink(sound() * deep))
    assert len(seen.units) > 4000 and seen.scratch_rows <= 2
    assert names(plan(placed)).count("test_sink") == 1000  # type: ignore[arg-type]


# seeds


def seeds(seen: Plan) -> list[float]:
    return [bound(unit, PortKind.NUMBERS)[0].values[0] for unit in seen.units if unit.unit is NOISE]


def test_each_word_has_a_seed_of_its_own():
    def result() -> list[Signal]:
        return [sink(apply(FILTER, inputs={"x": sound()}) + sound()), sink(sound()), sink(sound() * apply(DRIFT, seed="seed"))]

    first = seeds(plan(*result()))
    assert len(set(first)) == 4 == len(first) and all(1 <= seed <= 2 ** 48 and seed == int(seed) for seed in first)
    assert first == seeds(plan(*result()))
    assert not set(first) & set(seeds(plan(*result(), seed=2))) and not set(first) & set(seeds(plan(*result(), name="other")))
    assert first[:2] == seeds(plan(result()[0]))


PROGRAM = """
from tests.audio.plain import *
a, b = sound(2), param("b", "Hz", 20, 2000)
x = apply(FILTER, inputs={"x": a * b}, controls={"cutoff": b * 2}) + sound() * param("level", "dB", -60, 0)
print(repr(plan(sink(x), sink(a), sink(sound(3) * apply(DRIFT, seed="seed")))))
"""


def test_plans_do_not_depend_on_hashes():
    def printed(seed: str) -> str:
        world = {"PYTHONHASHSEED": seed, "PATH": "", "PYTHONPATH": ":".join(sys.path)}
        done = subprocess.run([sys.executable, "-c", PROGRAM], env=world, capture_output=True, text=True, check=True, timeout=60)
        return done.stdout

    first = printed("0")
    assert "test_drift" in first and first == printed("1") == printed("4242")


def test_the_hall_counts_outputs_from_one():
    hall = Hall(48_000, 4)
    assert [hall.row(1), hall.row(4)] == [0, 3]
    for wrong in (0, 5, -1):
        with pytest.raises(Fault) as caught:
            hall.row(wrong)
        assert caught.value.id == "graph.output"
