"""The steps of mappings: known answers, what irregular time may not change, and finite in, finite out."""
from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from installation.rules.schema.measure import Measure
from installation.rules.steps import STEPS, Clip, Curve, Invert, Median, OneEuro, Range, Slew, Smooth, Step, Switch, Threshold

M = Measure
ENDS = (M(0.0), M(1.0))


def run(step: Step, samples: list[tuple[float, float]]) -> list:
    """The values that a step gives for (time, value) samples."""
    state, given = step.begin(), []
    for now, value in samples:
        out, state = step.take(value, now, True, state)
        given.append(out)
    return given


def one(step: Step, value: float) -> float:
    return run(step, [(0.0, value)])[0]


def test_range() -> None:
    near = Range(source=(M(3.0, "m"), M(0.4, "m")))
    assert [one(near, value) for value in (3.0, 0.4, 1.7, 99.0, -1.0)] == pytest.approx([0, 1, 0.5, 0, 1])
    pitch = Range(source=ENDS, target=(M(100.0, "Hz"), M(6400.0, "Hz")), curve="exp")
    assert [one(pitch, value) for value in (0, 0.5, 1)] == pytest.approx([100, 800, 6400])
    assert one(Range(source=ENDS, target=(M(-8.0), M(-2.0)), curve="exp"), 0.5) == pytest.approx(-4)


def test_curves_keep_the_ends_and_go_up() -> None:
    for shape in ("lin", "exp", "log", "s", "power"):
        curve = Curve(shape=shape)
        values = [one(curve, index / 50) for index in range(51)]
        assert (values[0], values[-1]) == pytest.approx((0, 1)) and values == sorted(values) and max(values) <= 1
        assert (one(curve, -5), one(curve, 7)) == pytest.approx((0, 1))
    for x in (0.1, 0.5, 0.9):
        assert one(Curve(shape="log"), one(Curve(shape="exp"), x)) == pytest.approx(x)
    assert one(Curve(shape="power", amount=3), 0.5) == pytest.approx(0.125)


def test_clip_invert() -> None:
    assert [one(Clip(low=M(0.0), high=M(1.0)), value) for value in (-1, 0.3, 2)] == [0, 0.3, 1]
    assert one(Invert(), 0.3) == pytest.approx(0.7) and run(Invert(), [(0, True)]) == [False]


def test_smooth_reaches_its_share_in_its_time() -> None:
    given = run(Smooth(time=0.5), [(0, 0.0), (0.5, 1.0)])
    assert given == pytest.approx([0, 1 - math.exp(-1)])


@given(times=st.lists(st.floats(0, 3), min_size=0, max_size=20), time=st.floats(0.01, 5))
def test_smooth_does_not_depend_on_how_often_it_is_asked(times: list[float], time: float) -> None:
    asked = run(Smooth(time=time), [(0.0, 0.0), *((now, 1.0) for now in sorted(times)), (3.0, 1.0)])
    assert asked[-1] == pytest.approx(run(Smooth(time=time), [(0.0, 0.0), (3.0, 1.0)])[-1], abs=1e-9)


def test_one_euro_is_steady_at_rest_and_quick_when_moved() -> None:
    noise = [0.01 * math.sin(37.0 * index * index) for index in range(500)]
    rest = run(OneEuro(min_cutoff=0.5, beta=2.0), [(index / 100, value) for index, value in enumerate(noise)])
    assert max(map(abs, rest[200:])) < 0.004
    jump = [(index / 100, 0.0 if index < 100 else 5.0) for index in range(130)]
    quick, slow = run(OneEuro(min_cutoff=0.5, beta=2.0), jump)[-1], run(OneEuro(min_cutoff=0.5), jump)[-1]
    assert quick > 4.5 > 4 > slow


def test_one_euro_is_the_papers_algorithm() -> None:
    """Against a plain transcription of algorithm 1 with a fixed rate."""
    rate, min_cutoff, beta, d_cutoff = 50.0, 1.2, 0.4, 1.0
    signal = [math.sin(index / 7) + 0.1 * math.sin(index * 3.1) for index in range(200)]

    def alpha(cutoff: float) -> float:
        return 1.0 / (1.0 + (1.0 / (2 * math.pi * cutoff)) * rate)

    previous, speed, expected = signal[0], 0.0, [signal[0]]
    for x in signal[1:]:
        speed = alpha(d_cutoff) * (x - previous) * rate + (1 - alpha(d_cutoff)) * speed
        share = alpha(min_cutoff + beta * abs(speed))
        previous = share * x + (1 - share) * previous
        expected.append(previous)
    step = OneEuro(min_cutoff=min_cutoff, beta=beta, d_cutoff=d_cutoff)
    assert run(step, [(index / rate, x) for index, x in enumerate(signal)]) == pytest.approx(expected)


def test_median_counts_readings_not_calls() -> None:
    assert run(Median(size=3), [(0, 1.0), (1, 1.0), (2, 99.0), (3, 1.0), (4, 2.0)]) == [1, 1, 1, 1, 2]
    state = Median(size=3).begin()
    for value, new in ((1.0, True), (1.0, True), (9.0, True), (9.0, False), (9.0, False)):
        out, state = Median(size=3).take(value, 0.0, new, state)
    assert out == 1.0 and len(state) == 3


def test_slew() -> None:
    assert run(Slew(up=1.0, down=4.0), [(0, 0.0), (0.5, 9.0), (1.0, 9.0), (1.25, 0.0)]) == pytest.approx([0, 0.5, 1, 0])


def test_threshold_has_hysteresis() -> None:
    high = Threshold(on=M(0.8), off=M(0.6))
    assert run(high, [(index, value) for index, value in enumerate((0.7, 0.8, 0.7, 0.6, 0.7, 0.9))]) == [False, True, True, False,
                                                                                                         False, True]
    low = Threshold(on=M(1.0), off=M(1.2))
    assert run(low, [(index, value) for index, value in enumerate((1.1, 1.0, 1.1, 1.2, 1.1))]) == [False, True, True, False,
                                                                                                   False]
    single = Threshold(on=M(0.5))
    assert run(single, [(0, 0.4), (1, 0.5), (2, 0.49), (3, 0.5)]) == [False, True, False, True]


def test_threshold_dwells_both_ways() -> None:
    step = Threshold(on=M(0.5), dwell=2.0, until=1.0)
    samples = [(0, 1), (1, 1), (1.5, 0), (2, 1), (3.9, 1), (4, 1), (4.5, 0), (5, 1), (6, 0), (6.9, 0), (7, 0)]
    assert run(step, samples) == [False, False, False, False, False, True, True, True, True, True, False]


def make(name: str, draw) -> Step:
    number = st.floats(-1000, 1000)
    positive = st.floats(0.01, 100)
    match name:
        case "range":
            low = draw(number)
            return Range(source=(M(low), M(low + draw(positive))), target=(M(draw(number)), M(draw(number))))
        case "clip":
            low = draw(number)
            return Clip(low=M(low), high=M(low + draw(positive)))
        case "curve":
            return Curve(shape=draw(st.sampled_from(["lin", "exp", "log", "s", "power"])), amount=None)
        case "invert":
            return Invert()
        case "smooth":
            return Smooth(time=draw(st.floats(0, 100)))
        case "one_euro":
            return OneEuro(min_cutoff=draw(st.floats(0.001, 100)), beta=draw(st.floats(0, 1000)),
                           d_cutoff=draw(st.floats(0.001, 100)))
        case "median":
            return Median(size=draw(st.sampled_from([1, 3, 99])))
        case "slew":
            return Slew(up=draw(positive), down=draw(positive))
    return Threshold(on=M(draw(number)), off=draw(st.none() | number.map(M)), dwell=draw(st.floats(0, 5)),
                     until=draw(st.floats(0, 5)))


@settings(deadline=None)
@given(data=st.data(), name=st.sampled_from(sorted(STEPS)))
def test_finite_in_finite_out_whatever_the_time_does(data: st.DataObject, name: str) -> None:
    step = make(name, data.draw)
    samples = data.draw(st.lists(st.tuples(st.floats(-1e3, 1e9), st.floats(-1e12, 1e12)), max_size=20))
    values = run(step, samples)
    assert all(math.isfinite(value) for value in values)
    assert run(step, samples) == values          # pure: the state is all there is
    if name in ("smooth", "slew", "median", "one_euro") and samples:
        assert min(value for _, value in samples) <= min(values) and max(values) <= max(value for _, value in samples)


def test_the_state_of_a_threshold_is_a_switch() -> None:
    assert Threshold(on=M(1.0)).begin() == Switch(False, None)
