"""Loops as an artist writes them, heard through the real engine; and what is no loop."""
from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from installation.audio import ug
from installation.audio.flatten import flatten
from installation.audio.graph import Graph
from installation.audio.offline import render_plan
from installation.audio.plan import Memory, Plan
from installation.audio.signal import Signal
from installation.terms.fault import Fault, Faults

RATE = 48_000


def planned(*placed: Signal, rate: int = RATE, name: str = "test", side_by_side: bool = False) -> Plan:
    return flatten(Graph.collect(list(placed), outputs=4, rate=rate, seed=1, name=name), side_by_side=side_by_side)


def heard(kernels: Path, *placed: Signal, seconds: float = 0.5, side_by_side: bool = False) -> np.ndarray:
    return render_plan(planned(*placed, side_by_side=side_by_side), seconds, kernels, outputs=4).T.astype(float)


def refused(call) -> Fault:
    with pytest.raises(Fault) as caught:
        call()
    assert caught.value.where.startswith(__file__), caught.value.where
    assert caught.value.happened.en and caught.value.happened.fr and str(caught.value.remedy)
    return caught.value


def echoes(x: Signal, **how) -> tuple[Signal, Signal]:
    """What comes back of a sound that goes round at half of its level, and what is sent."""
    back = ug.feedback(**how)
    return back, back.send(x + back * 0.5)


def test_a_loop_is_what_a_delay_with_feedback_does_inside(kernels):
    """Identity: the difference is silence."""
    x = ug.white(2) * 0.2
    back, _ = echoes(x, time="10 ms", channels=2)
    rows = heard(kernels, ug.to(back - ug.delay(x, "10 ms", feedback=0.5)), ug.to(back, output=3))
    assert np.abs(rows[:2]).max() < 1e-6 and rows[2:, 4_800:].std() > 0.05


@pytest.mark.parametrize("time, frames", [(None, 64), (0.0015, 72), ("0.1 s", 4_800)])
def test_it_comes_back_to_the_sample(time, frames, kernels):
    back, sent = echoes(ug.delay(ug.start() * 0.5, 0.1), time=time)     # when the outputs have opened
    rows = heard(kernels, ug.to(sent), ug.to(back, output=2))
    strikes = [int(row.argmax()) for row in np.abs(rows[:2])]
    assert strikes[1] - strikes[0] == frames
    assert rows[0, strikes[0] + frames] == pytest.approx(0.25, abs=0.01) and rows[0, strikes[0] + 2 * frames] == pytest.approx(0.125, abs=0.01)


def test_loops_may_cross_and_hold_loops(kernels):
    """Left comes back on the right and right on the left; the same in one of two channels, and eight at a time."""
    left, right = ug.feedback(), ug.feedback(time=0.002)
    one, two = left.send(ug.lowpass(ug.white() * 0.2 + right * 0.5, 3_000)), right.send(left * 0.8)
    first = heard(kernels, ug.to(one), ug.to(two, output=2))
    both = ug.feedback(channels=2)
    white = ug.white(2) * 0.2
    inner = ug.feedback(channels=2, time=0.01)
    sent = both.send(white + both * 0.4 + inner.send(both + inner * 0.3) * 0.2)
    second = heard(kernels, ug.to(sent))
    assert (first[:2, 4_800:].std(axis=1) > 0.01).all() and (second[:2, 4_800:].std(axis=1) > 0.01).all()
    many = [echoes(ug.saw(50 + 7 * n) * 0.02, time=0.002 * (n + 1))[1] for n in range(16)]
    alike = [echoes(ug.saw(50 + 7 * n) * 0.02, time=0.002 * (n + 1))[1] for n in range(16)]
    assert np.array_equal(heard(kernels, ug.to(ug.mix(*many))), heard(kernels, ug.to(ug.mix(*alike)), side_by_side=True))


def test_a_loop_with_too_much_gain_stays_below_its_ceiling(kernels):
    back = ug.feedback(time=0.005, ceiling=-20)
    sent = back.send(ug.block_dc(ug.white() * 0.01 + back * 4.0))
    peak = np.abs(heard(kernels, ug.to(sent), seconds=1.0)[0]).max()
    assert 0.05 < peak < 0.2


def test_two_ends_have_one_line():
    _, sent = echoes(ug.white(), time=0.01)
    plan = planned(ug.to(sent))
    lines = [binding for unit in plan.units for binding in unit.bindings if isinstance(binding, Memory)]
    assert len(lines) == 2 and lines[0] == lines[1] and plan.memory == lines[0].size == 480 + 64 and plan.longest_silence == 544


def test_one_channel_is_sent_into_all(kernels):
    back = ug.feedback(channels=2)
    back.send(ug.white() * 0.2)
    rows = heard(kernels, ug.to(back))
    assert rows[0].std() > 0.05 and np.array_equal(rows[0], rows[1]) and len(back) == 2 and back[1].channels == 1


def test_the_cards_block_cannot_be_heard(session):
    def rendered(block: int) -> np.ndarray:
        made = session(outputs=4)
        near, far = ug.feedback(), ug.feedback(time=0.0031)
        heard = near.send(ug.dust(50) * 0.3 + ug.lowpass(near * 0.3 + far * 0.6, 3_000))
        far.send(heard)
        made.stage.start(made.load(planned(ug.to(heard))), at=33)
        return made.render(9_600, block)

    whole = rendered(64)
    assert whole[4_800:].std() > 1e-3
    for block in (1, 37, 256, 1_000):
        assert np.array_equal(rendered(block), whole), block


def test_what_is_no_loop_is_said_with_its_line():
    back = ug.feedback()
    place = refused(lambda: planned(ug.to(ug.white() + back)))
    assert place.id == "feedback.open" and place.where.rpartition(":")[2].isdigit()
    sent = back.send(ug.white() + back * 0.5)
    assert refused(lambda: back.send(ug.white())).id == "feedback.twice"
    assert refused(lambda: ug.feedback(channels=2).send(ug.white(3))).id == "graph.channels"
    planned(ug.to(sent), name="tide")
    planned(ug.to(sent), name="tide")
    assert refused(lambda: planned(ug.to(sent), name="tide.drop")).id == "feedback.home"
    for wrong in ({"time": -1.0}, {"time": 601}, {"time": "440 Hz"}, {"time": ug.white()}, {"channels": 0}, {"channels": 65}, {"ceiling": 25}):
        with pytest.raises(Fault) as caught:
            ug.feedback(**wrong)
        assert caught.value.where.startswith(__file__)


@pytest.mark.parametrize("rate, least", [(48_000, 0.00134), (96_000, 0.00067)])
def test_a_loop_without_a_delay_is_a_fault_at_its_line(rate, least):
    for short in (0.0, least - 0.0001):
        with pytest.raises(Fault) as caught:
            planned(ug.to(echoes(ug.white(), time=short)[1]), rate=rate)
        assert caught.value.id == "feedback.time" and not isinstance(caught.value, Faults) and "64 frames" in caught.value.happened.en
        assert caught.value.where.startswith(__file__)
    planned(ug.to(echoes(ug.white(), time=least)[1]), rate=rate)
