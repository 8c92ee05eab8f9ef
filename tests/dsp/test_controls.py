"""Glides, drifts, and arithmetic."""
from __future__ import annotations

import numpy as np
import pytest

from installation.audio.units.seeds import seeds

from .table import RATE, Bench, Case, noise


def gliding(domain: float, frames: float, low: float, high: float, start: float) -> Bench:
    bench = Bench(Case("glide", numbers={"numbers": (domain, frames, low, high)}))
    move(bench, start)
    return bench


def move(bench: Bench, target: float) -> None:
    param = bench.kept["param"]
    param[0] = target


def joined(pairs: np.ndarray) -> bool:
    """Whether each pair begins where the one before ended."""
    return bool(np.allclose(pairs[0, 1:], pairs[1, :-1], rtol=0, atol=1e-12))


def test_it_begins_at_the_target():
    assert np.array_equal(gliding(0, 960, -1, 1, 0.7).run(64), [[0.7], [0.7]])


def test_a_change_takes_its_time_in_a_straight_line():
    bench = gliding(0, 960, 0, 1, 0.0)
    bench.run(64)
    move(bench, 1.0)
    pairs = bench.run(64 * 16)
    assert joined(pairs) and np.allclose(pairs[0, :15], np.arange(15) / 15) and np.all(pairs[:, 15] == 1.0)


def test_decibels_move_in_db_and_come_out_as_gain():
    bench = gliding(1, 64 * 10, -60, 0, -60.0)
    assert abs(bench.run(64)[0, 0] - 1e-3) < 1e-12
    move(bench, 0.0)
    pairs = bench.run(640)
    assert joined(pairs) and np.allclose(20 * np.log10(pairs[0]), np.arange(-60, 0, 6)) and pairs[1, -1] == 1.0


def test_equal_ratios():
    bench = gliding(2, 64 * 4, 100, 1_600, 100.0)
    bench.run(64)
    move(bench, 1_600.0)
    assert np.allclose(bench.run(256)[1], [200, 400, 800, 1_600])


def test_an_angle_goes_the_short_way_round():
    bench = gliding(3, 64 * 4, -180, 180, 170.0)
    bench.run(64)
    move(bench, -170.0)
    pairs = bench.run(64 * 5)
    assert np.allclose(pairs[1, :4], [175, 180, 185, 190]) and np.all(pairs[:, 4] == -170.0)


def test_a_new_target_on_the_way_goes_on_from_there():
    bench = gliding(0, 640, 0, 1, 0.0)
    bench.run(64)
    move(bench, 1.0)
    first = bench.run(320)
    move(bench, 0.0)
    assert joined(np.concatenate([first, bench.run(64 * 12)], axis=1)) and bench.state[1] == 0.0


def test_what_is_not_a_number_is_passed_over_and_what_is_too_far_is_clipped():
    bench = gliding(0, 64, 0, 1, 0.5)
    bench.run(64)
    move(bench, float("nan"))
    assert np.all(bench.run(640) == 0.5)
    move(bench, 9e99)
    assert bench.run(640)[1, -1] == 1.0


def test_no_glide_is_one_block():
    bench = gliding(0, 0, 0, 1, 0.0)
    bench.run(64)
    move(bench, 1.0)
    assert np.array_equal(bench.run(128), [[0.0, 1.0], [1.0, 1.0]])


def test_fit_scales_clips_and_refuses_what_is_not_a_number():
    bench = Bench(Case("fit", numbers={"numbers": (2.0, 1.0, -3.0, 3.0)}))
    for given, expected in ((0.5, 2.0), (5.0, 3.0), (-5.0, -3.0), (float("nan"), -3.0), (float("inf"), 3.0)):
        assert np.all(bench.run(64, controls={"control": lambda frame, given=given: given}) == expected)


@pytest.mark.parametrize("name, expected", [("add", -1.5), ("multiply", -1.0), ("divide", -0.25)])
def test_control_arithmetic(name, expected):
    bench = Bench(Case(f"control_{name}", controls={"a": 0.5, "b": -2.0}))
    assert np.all(bench.run(64) == expected)


@pytest.mark.parametrize("name", ["control_divide", "divide"])
def test_anything_by_zero_is_silence(name):
    bench = Bench(Case(name, controls={"a": 1.0, "b": 0.0}))
    assert not np.any(bench.run(64, inputs={} if name != "divide" else {"x": noise(64), "y": np.zeros((1, 64), "f4")}))


def test_sound_arithmetic_is_numpys():
    x, y = noise(640, 2, 1), noise(640, 2, 2)
    for name, expected in (("add", x + y), ("subtract", x - y), ("multiply", x * y), ("divide", x / y)):
        assert np.array_equal(Bench(name).run(640, inputs={"x": x, "y": y}), expected)
    assert np.array_equal(Bench("scale").run(640, inputs={"x": x}, controls={"gain": 0.5}), 0.5 * x)
    assert np.abs(Bench("offset").run(640, inputs={"x": x}, controls={"amount": 0.5}) - (x + 0.5)).max() < 1e-7
    assert np.array_equal(Bench("spread").run(640, inputs={"x": x[:1]}), np.repeat(x[:1], 3, axis=0))


def test_x_less_x_is_silence_and_a_ramp_is_straight():
    x = noise(640, 2)
    assert not np.any(Bench("subtract").run(640, inputs={"x": x, "y": x}))
    ramp = Bench("ramp").run(6_400, controls={"control": lambda frame: frame / 6_400})
    assert np.abs(ramp - np.arange(6_400) / 6_400).max() < 1e-7


def wandering(period: float, seed: int = 1, low: float = -180.0, high: float = 180.0) -> np.ndarray:
    case = Case("drift", controls={"period": period, "low": low, "high": high},
                state=lambda hall: tuple(seeds(1, 8)(type(hall)(hall.rate, hall.outputs, seed=seed))))
    return Bench(case).run(RATE * 60)


def test_a_drift_wanders_over_most_of_its_range_and_never_leaves_it():
    pairs = wandering(0.5)
    assert -180.0 <= pairs.min() < -130.0 and 130.0 < pairs.max() <= 180.0


def test_a_drift_has_no_step_and_no_corner():
    pairs = wandering(2.0)
    assert joined(pairs)
    pace = np.diff(pairs[0])
    assert np.abs(pace).max() < 360 * 2.5 * 64 / (2.0 * RATE)
    assert np.abs(np.diff(pace)).max() < np.abs(pace).max() / 50


def test_a_drift_is_the_same_on_each_run_and_another_with_another_seed():
    assert np.array_equal(wandering(1.0), wandering(1.0))
    assert abs(np.corrcoef(wandering(0.2)[0], wandering(0.2, seed=2)[0])[0, 1]) < 0.3


def test_a_drift_between_equal_ends_stands_still():
    assert np.all(wandering(1.0, low=3.0, high=3.0) == 3.0)
