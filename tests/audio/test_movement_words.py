"""The words of shapes, decisions and dynamics as an artist writes them: what is heard, and what is refused at whose line."""
from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from installation.audio import ug
from installation.audio.flatten import flatten
from installation.audio.graph import Graph, parameter
from installation.audio.offline import render_plan
from installation.audio.signal import AUDIO, CONTROL, Signal
from installation.terms.declaration import Declaration, Kind
from installation.terms.fault import Fault

RATE = 48_000
TOUCHED = parameter("touched", Declaration("/scene/test/touched", Kind.TRIGGER))
HEIGHT = parameter("height", Declaration("/scene/test/height", unit="m", low=0, high=3, default=1.0))
PERIOD = parameter("period", Declaration("/scene/test/period", unit="s", low=0, high=60, default=0.5))
LEVEL = parameter("level", Declaration("/scene/test/level", unit="dB", low=-60, high=0, default=-20.0))


def heard(kernels: Path, sound: Signal, seconds: float = 0.5, seed: int = 1, **values: float) -> np.ndarray:
    """The first channel, as the engine gives it behind its guard, which lets nothing steady pass and opens within 30 ms."""
    plan = flatten(Graph.collect([ug.to(sound)], outputs=4, rate=RATE, seed=seed, name="test"))
    return render_plan(plan, seconds, kernels, outputs=4, values=values)[:, 0]


def strikes(kernels: Path, trigger: Signal, seconds: float = 1.0, **values: float) -> list[int]:
    """The frames at which it strikes, the guard's own block taken off; what it swallows while it opens is not among them."""
    sound = heard(kernels, trigger * 0.5, seconds, **values)
    return (np.flatnonzero(sound > 0.25) - 64).tolist()


def refused(call: Any, *arguments: Any, **more: Any) -> Fault:
    with pytest.raises(Fault) as caught:
        call(*arguments, **more)
    assert caught.value.where.startswith(__file__) and caught.value.happened.en and caught.value.happened.fr
    return caught.value


def test_what_is_a_sound_and_what_a_control():
    sounds = [ug.above(HEIGHT, 1), ug.rising(HEIGHT, 1), ug.beat(), ug.every(TOUCHED, 2), ug.chance(TOUCHED), ug.count(TOUCHED), ug.gate(TOUCHED),
              ug.toggle(TOUCHED), ug.latch(TOUCHED, TOUCHED), ug.hold(ug.white(2), TOUCHED), ug.slew(ug.white(), 1), ug.fade(3),
              ug.segments(TOUCHED, [(1, 1)]), ug.follow(ug.white(2), as_sound=True)]
    assert {sound.rate for sound in sounds} == {AUDIO}
    controls = [ug.lfo(), ug.steps([1, 2], TOUCHED), ug.follow(ug.white(2)), ug.slew(HEIGHT, 1)]
    assert {control.rate for control in controls} == {CONTROL} and controls[-1].unit == "m"
    assert ug.above(ug.white(3), 0).channels == ug.compress(ug.white(3), sidechain=ug.white(2)).channels == ug.duck(ug.white(3), ug.white()).channels == 3


def test_strikes_pass_from_word_to_word_to_the_frame(kernels):
    assert strikes(kernels, ug.beat(0.1)) == list(range(4_800, RATE - 64, 4_800))
    assert strikes(kernels, ug.every(ug.beat(0.1), 3)) == [9_600, 24_000, 38_400]
    assert strikes(kernels, ug.every(ug.beat(0.1), 3, first=2)) == [4_800, 19_200, 33_600]
    assert strikes(kernels, ug.rising(ug.count(ug.beat(0.1), 4), 2.5)) == [9_600, 28_800]
    assert strikes(kernels, ug.rising(ug.toggle(ug.beat(0.1)))) == [9_600, 19_200, 28_800, 38_400]


def test_a_chance_is_one_of_the_piece_and_of_the_word(kernels):
    one, again = (heard(kernels, ug.chance(ug.beat(0.01), 0.5), 1.0) for _ in range(2))
    other = heard(kernels, ug.chance(ug.beat(0.01), 0.5), 1.0, seed=2)
    assert np.array_equal(one, again) and not np.array_equal(one, other)


def test_a_parameter_is_compared_in_its_own_measure(kernels):
    for threshold in (1.5, "1.5 m", "150 cm"):
        tone = ug.sine(440) * ug.above(HEIGHT, threshold, hysteresis="10 cm") * 0.2
        assert np.abs(heard(kernels, tone, height=1.51)).max() > 0.15 and not np.any(heard(kernels, tone, height=1.49))


def test_a_threshold_that_is_a_parameter_is_in_its_own_measure_too(kernels):
    edge = parameter("edge", Declaration("/scene/test/edge", unit="cm", low=0, high=300, default=100.0))
    tone = ug.sine(440) * ug.above(HEIGHT, edge) * 0.2
    assert np.abs(heard(kernels, tone, height=1.51, edge=150.0)).max() > 0.15 and not np.any(heard(kernels, tone, height=1.49, edge=150.0))


def test_a_period_may_be_a_parameter_and_a_frequency_too(kernels):
    a = heard(kernels, ug.sine(440) * ug.lfo(PERIOD), period=0.25)
    b = heard(kernels, ug.sine(440) * ug.lfo(frequency="4 Hz"))
    c = heard(kernels, ug.sine(440) * ug.lfo("250 ms"))
    assert np.abs(a - b).max() < 1e-6 and np.array_equal(b, c)
    assert np.ptp(np.abs(heard(kernels, ug.sine(750) * ug.lfo(frequency=0, phase=0.5))[9_600:].reshape(-1, 64)).max(axis=1)) < 1e-3


def test_steps_begin_with_the_first_value(kernels):
    """A tone of 750 Hz, whose blocks are alike, as loud as the step."""
    sound = heard(kernels, ug.sine(750) * ug.steps([0.1, 0.4, 0.2], period=0.1), 0.65)
    peaks = [np.abs(sound[4_800 * step + 2_400:4_800 * step + 4_000]).max() for step in range(6)]
    assert np.allclose(peaks, [0.1, 0.4, 0.2, 0.1, 0.4, 0.2], rtol=0.02)


def test_segments_and_fade_take_their_time(kernels):
    tone = np.abs(heard(kernels, ug.sine(750) * ug.fade("0.4 s", begin=0.1, end=0.5))).reshape(-1, 64).max(axis=1)
    assert abs(tone[150] - 0.3) < 0.01 and np.allclose(tone[320:], 0.5, atol=0.01)
    shaped = np.abs(heard(kernels, ug.sine(750) * ug.segments(ug.beat(10), [(0.1, 0.5), ("100 ms", 0.2)]))).reshape(-1, 64).max(axis=1)
    assert abs(shaped[:152].max() - 0.5) < 0.01 and np.allclose(shaped[152:], 0.2, atol=0.01)


def test_a_compressor_listens_to_its_sidechain(kernels):
    loud = heard(kernels, ug.compress(ug.sine(750) * 0.1, threshold=-20, ratio=4, knee=0, sidechain=ug.sine(3_000)))
    assert abs(20 * np.log10(np.abs(loud[12_000:]).max() / 0.1) + 15) < 0.1


def test_a_limit_keeps_its_ceiling(kernels):
    assert np.abs(heard(kernels, ug.limit(ug.sine(750) * 4, ceiling=-20))[4_800:]).max() < 0.1015


@pytest.mark.parametrize("call, id", [
    (lambda: ug.above(HEIGHT, "3 s"), "unit.mismatch"), (lambda: ug.above(HEIGHT, 1, hysteresis=-1), "graph.range"),
    (lambda: ug.rising(ug.white(2)), "graph.channels"), (lambda: ug.changed(ug.white(2), 1), "graph.channels"),
    (lambda: ug.every(TOUCHED, 0), "graph.range"), (lambda: ug.every(TOUCHED, 2.5), "graph.range"),
    (lambda: ug.every(TOUCHED, 3, first=4), "graph.range"), (lambda: ug.every(3, 3), "graph.trigger"),
    (lambda: ug.gate(0.5), "graph.trigger"), (lambda: ug.count(TOUCHED, 1), "graph.range"),
    (lambda: ug.chance(TOUCHED, 1.5), "graph.range"), (lambda: ug.beat(0), "graph.range"),
    (lambda: ug.hold(TOUCHED, TOUCHED), "graph.input"), (lambda: ug.latch(ug.white(2), TOUCHED), "graph.channels"),
    (lambda: ug.slew(HEIGHT, -1), "graph.range"), (lambda: ug.slew(LEVEL, 1), "graph.unit"),
    (lambda: ug.lfo(shape="sinus"), "graph.shape"), (lambda: ug.lfo(1, frequency=1), "graph.either"),
    (lambda: ug.lfo(0), "graph.range"), (lambda: ug.lfo(1, phase=2), "graph.range"), (lambda: ug.lfo("3 m"), "unit.mismatch"),
    (lambda: ug.steps([1, 2]), "graph.either"), (lambda: ug.steps([1, 2], TOUCHED, period=1), "graph.either"),
    (lambda: ug.steps([], TOUCHED), "graph.values"), (lambda: ug.steps(3, TOUCHED), "graph.values"),
    (lambda: ug.steps([1, "a"], TOUCHED), "quantity.text"), (lambda: ug.steps([1], TOUCHED, order="backward"), "graph.order"),
    (lambda: ug.segments(TOUCHED, []), "graph.points"), (lambda: ug.segments(TOUCHED, [1, 2]), "graph.points"),
    (lambda: ug.segments(TOUCHED, [(-1, 2)]), "graph.range"), (lambda: ug.segments(TOUCHED, [(1, 2)], curve=[1, 2]), "graph.points"),
    (lambda: ug.segments(TOUCHED, [(1, 2)], curve=99), "graph.range"),
    (lambda: ug.segments(TOUCHED, [(1, 2), (1, 0)], wait=1), "graph.trigger"),
    (lambda: ug.segments(HEIGHT, [(1, 2)], wait=2), "graph.range"),
    (lambda: ug.segments(HEIGHT, [(1, 2), (1, 0)], wait=1, loop=2), "graph.range"),
    (lambda: ug.segments(1.0, [(1, 1)]), "graph.trigger"), (lambda: ug.fade(HEIGHT), "graph.range"),
    (lambda: ug.follow(ug.white(), mode="mean"), "graph.mode"), (lambda: ug.compress(ug.white(), ratio=0.5), "graph.range"),
    (lambda: ug.compress(ug.white(), sidechain="voice"), "graph.operand"),
    (lambda: ug.limit(ug.white(), look_ahead=1), "graph.range"), (lambda: ug.level(ug.white(), time=0), "graph.range"),
])
def test_what_cannot_be_is_refused_at_the_artists_line(call, id):
    fault = refused(call)
    assert fault.id == id, (fault.id, fault.happened.en)
