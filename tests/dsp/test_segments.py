"""The envelope of any number of points."""
from __future__ import annotations

import numpy as np

from installation.audio.words.shapes import _laid_out

from .table import Bench, Case

POINTS = [(100.0, 1.0), (200.0, 0.5), (400.0, 0.0)]


def bench(*, edge: float = 0.0, wait: int = 0, loop: int = 0, curve: float = 0.0, points: list[tuple[float, float]] = POINTS) -> Bench:
    return Bench(Case("segments", numbers={"numbers": (edge, wait, loop, *_laid_out(points, [curve] * len(points), 1))}))


def gated(frames: int, *spans: tuple[int, int]) -> np.ndarray:
    gate = np.zeros((1, frames), "f4")
    for start, stop in spans:
        gate[0, start:stop] = 1.0
    return gate


def test_lines_are_lines():
    level = bench().run(1_000, inputs={"start": gated(1_000, (50, 51))})[0]
    expected = np.interp(np.arange(1_000), [49, 149, 349, 749], [0, 1, 0.5, 0])
    assert np.abs(level - expected).max() < 1e-6


def test_curves_are_their_formula():
    for curve in (-8.0, -2.0, 3.0, 12.0):
        level = bench(curve=curve, points=[(500.0, 2.0)]).run(600, inputs={"start": gated(600, (0, 1))})[0]
        t = np.arange(1, 501) / 500
        assert np.abs(level[:500] - 2 * np.expm1(curve * t) / np.expm1(curve)).max() < 1e-6 and np.all(level[500:] == 2.0)


def test_it_waits_while_the_gate_is_open_and_goes_on_from_where_it_is():
    level = bench(edge=0.5, wait=2).run(3_000, inputs={"start": gated(3_000, (100, 1_000), (2_000, 2_050))})[0]
    assert np.all(level[400:1_000] == 0.5) and level[1_399] == 0.0 and abs(level[1_199] - 0.25) < 1e-6
    assert abs(level[2_049] - 0.5) < 1e-6 and abs(level[2_249] - 0.25) < 1e-6 and level[2_449] == 0.0
    assert np.abs(np.diff(level)).max() < 0.0101


def test_it_goes_round_while_the_gate_is_open():
    points = [(100.0, 1.0), (50.0, 0.5), (50.0, 1.0), (100.0, 0.0)]
    level = bench(edge=0.5, wait=3, loop=2, points=points).run(2_000, inputs={"start": gated(2_000, (0, 1_000))})[0]
    assert np.allclose(level[99:999:100], 1.0) and np.allclose(level[149:999:100], 0.5) and np.all(level[1_110:] == 0)


def test_it_goes_round_for_ever_without_a_wait():
    level = bench(loop=1).run(7_000, inputs={"start": gated(7_000, (0, 1))})[0]
    assert np.allclose(level[99::700], 1.0) and np.abs(level[699::700]).max() < 1e-6


def test_a_new_start_is_no_step():
    level = bench().run(1_000, inputs={"start": gated(1_000, (0, 1), (130, 131), (200, 201))})[0]
    assert np.abs(np.diff(level)).max() < 0.0101 and abs(level[129 + 100] - level.max()) < 0.2 and level[299] == 1.0


def test_a_wait_at_the_last_point_stays_there_when_the_gate_closes():
    level = bench(edge=0.5, wait=3).run(1_500, inputs={"start": gated(1_500, (0, 150))})[0]
    assert abs(level[149] - 0.875) < 0.01 and np.all(level[150:] == level[150])
