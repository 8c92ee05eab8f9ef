"""Thresholds, strikes, steps, what is held, what comes and goes."""
from __future__ import annotations

import numpy as np
import pytest
from numba import njit

from installation.audio.units.decisions import ORDERS, SHAPES
from installation.audio.units.seeds import seeds
from installation.dsp.lfo import lfo

from .table import RATE, Bench, Case, noise


def struck(frames: int, *at: int, height: float = 1.0) -> np.ndarray:
    signal = np.zeros((1, frames), "f4")
    signal[0, list(at)] = height
    return signal


def where(signal: np.ndarray) -> list[int]:
    return np.flatnonzero(signal[0]).tolist()


def joined(pairs: np.ndarray) -> bool:
    return np.array_equal(pairs[0, 1:], pairs[1, :-1])


# ---- comparing -----------------------------------------------------------------------------------------------------------


def test_above_is_exact_without_hysteresis():
    x = noise(4_800, 2)
    bench = Bench(Case("above", 2, controls={"threshold": 0.2, "hysteresis": 0.0}))
    assert np.array_equal(bench.run(4_800, inputs={"x": x}), (x > 0.2).astype("f4"))


@pytest.mark.parametrize("seed", range(4))
def test_noise_inside_the_band_never_makes_it_chatter(seed):
    """A slow way up and down past the threshold, with noise as wide as the hysteresis: it changes twice."""
    way = np.concatenate([np.linspace(0, 1, RATE), np.linspace(1, 0, RATE)])
    x = (way + 0.0499 * noise(2 * RATE, 1, seed)[0])[None].astype("f4")
    says = Bench(Case("above", controls={"threshold": 0.5, "hysteresis": 0.1})).run(2 * RATE, inputs={"x": x})[0]
    assert np.abs(np.diff(says)).sum() == 2.0
    plain = Bench(Case("above", controls={"threshold": 0.5, "hysteresis": 0.0})).run(2 * RATE, inputs={"x": x})[0]
    assert np.abs(np.diff(plain)).sum() > 100


def test_hysteresis_is_where_it_says():
    x = np.array([[0.0, 0.5, 0.51, 0.45, 0.41, 0.39, 0.45, 0.5, 0.6]], "f4")
    says = Bench(Case("above", controls={"threshold": 0.5, "hysteresis": 0.1})).run(9, inputs={"x": x})
    assert says[0].tolist() == [0, 0, 1, 1, 1, 0, 0, 0, 1]


def test_rising_strikes_once_for_each_rise_at_its_frame():
    x = (np.arange(1_000) % 100 >= 37).astype("f4")[None] * 0.9
    assert where(Bench(Case("rising", controls={"level": 0.5})).run(1_000, inputs={"x": x})) == list(range(37, 1_000, 100))
    assert where(Bench(Case("rising", controls={"level": 0.5})).run(100, inputs={"x": np.ones((1, 100), "f4")})) == [0]


def test_changed_counts_the_way_from_the_last_strike():
    x = np.linspace(3.0, 4.0, 1_001)[None].astype("f4")       # a slow way strikes all the same
    strikes = where(Bench(Case("changed", controls={"threshold": 0.0995})).run(1_001, inputs={"x": x}))
    assert strikes == list(range(100, 1_001, 100))
    still = 0.04 * noise(4_800) + 7.0
    assert not where(Bench(Case("changed", controls={"threshold": 0.1})).run(4_800, inputs={"x": still}))


# ---- strikes -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("frames", [24_000, 24_000.5, 1_000 / 3])
def test_a_beat_never_drifts(frames):
    strikes = where(Bench(Case("beat", controls={"period": frames / RATE})).run(100 * RATE, blocks=[100 * RATE]))
    expected = np.ceil(np.arange(len(strikes)) * frames - 1e-6).astype(int)
    assert len(strikes) == int(np.ceil(100 * RATE / frames - 1e-6)) and np.abs(np.array(strikes) - expected).max() <= 1
    assert frames != 24_000 or strikes == expected.tolist()


def test_a_beat_that_is_made_shorter_strikes_at_once():
    bench = Bench(Case("beat", controls={"period": 1.0}))
    assert where(bench.run(6_400, controls={"period": lambda frame: 1e6 if frame < 3_200 else 640.0})) == [0, *range(3_200, 6_400, 640)]


def test_every_and_count():
    trigger = struck(1_000, *range(50, 1_000, 50), height=0.3)
    assert where(Bench(Case("every", numbers={"numbers": (4.0, 4.0)})).run(1_000, inputs={"trigger": trigger})) == [200, 400, 600, 800]
    passed = Bench(Case("every", numbers={"numbers": (4.0, 1.0)})).run(1_000, inputs={"trigger": trigger})
    assert where(passed) == [50, 250, 450, 650, 850] and passed.max() == np.float32(0.3)
    counted = Bench(Case("count", numbers={"numbers": (3.0,)})).run(1_000, inputs={"trigger": trigger})[0]
    assert counted[[0, 49, 50, 99, 100, 150, 200, 999]].tolist() == [0, 0, 1, 1, 2, 0, 1, 1]


def test_a_wide_pulse_strikes_once():
    wide = np.repeat(struck(10, 2, 7), 100, axis=1)
    assert Bench(Case("count", numbers={"numbers": (99.0,)})).run(1_000, inputs={"trigger": wide})[0, -1] == 2.0


def test_a_gate_is_as_long_as_it_says_and_begins_anew():
    opened = Bench(Case("gate", controls={"length": 100 / RATE})).run(1_000, inputs={"trigger": struck(1_000, 10, 500, 550)})[0]
    expected = np.zeros(1_000)
    expected[10:110] = expected[500:650] = 1.0
    assert np.array_equal(opened, expected)


def test_a_latch_goes_by_the_last_to_strike():
    says = Bench("latch").run(100, inputs={"on": struck(100, 10, 12, 60), "off": struck(100, 5, 30, 40, 60)})[0]
    assert np.flatnonzero(np.diff(says)).tolist() == [9, 29, 59] and says[-1] == 1.0


def test_hold_keeps_each_channel():
    x = noise(1_000, 2)
    kept = Bench("hold").run(1_000, inputs={"x": x, "trigger": struck(1_000, 100, 431)})
    assert not np.any(kept[:, :100]) and np.all(kept[:, 100:431] == x[:, 100:101]) and np.all(kept[:, 431:] == x[:, 431:432])


@pytest.mark.parametrize("probability", [0.0, 0.2, 1.0])
def test_chance_lets_its_share_pass(probability):
    case = Case("chance", controls={"probability": probability}, state=seeds(1, 3))
    trigger = struck(40_000, *range(1, 40_000, 4), height=0.5)
    passed = Bench(case).run(40_000, inputs={"trigger": trigger})
    assert abs(len(where(passed)) / 10_000 - probability) < 0.012 and set(where(passed)) <= set(where(trigger))
    assert np.array_equal(passed, Bench(case).run(40_000, inputs={"trigger": trigger}, blocks=[7, 640]))


# ---- movement ------------------------------------------------------------------------------------------------------------


def test_slew_moves_no_faster_than_it_may():
    x = np.sign(noise(RATE // 10, 1)).repeat(10, axis=1)
    slow = Bench(Case("slew", controls={"up": 480.0, "down": 240.0}, numbers={"numbers": (1 / RATE,)})).run(RATE, inputs={"x": x})[0].astype(float)
    assert slow[0] == x[0, 0] and np.diff(slow).max() < 0.01 + 1e-6 and np.diff(slow).min() > -0.005 - 1e-6
    free = Bench(Case("slew", controls={"up": 1e9, "down": 1e9}, numbers={"numbers": (1 / RATE,)}))
    assert np.array_equal(free.run(RATE, inputs={"x": x}), x)


def test_a_control_moves_no_faster_either():
    bench = Bench(Case("slew_control", controls={"control": 0.0, "up": 750.0, "down": 7.5}, numbers={"numbers": (1 / RATE,)}))
    pairs = bench.run(64 * 20, controls={"control": lambda frame: 100.0 if 320 <= frame < 640 else 0.0})
    assert joined(pairs) and np.allclose(pairs[1, :10], [0, 0, 0, 0, 1, 2, 3, 4, 5, 4.99]) and pairs[1, -1] > 4.8


def wave(shape: str, seconds: float, frames: int, low: float = 0.0, high: float = 1.0, phase: float = 0.0) -> np.ndarray:
    case = Case("lfo", controls={"frequency": 1.0 / seconds, "low": low, "high": high}, numbers={"numbers": (SHAPES[shape], phase)}, state=seeds(1, 6))
    return Bench(case).run(frames)


@pytest.mark.parametrize("shape, expected", [
    ("sine", lambda turn: 0.5 - 0.5 * np.cos(2 * np.pi * turn)), ("triangle", lambda turn: 1 - abs(2 * turn - 1)),
    ("saw", lambda turn: turn), ("square", lambda turn: turn >= 0.5)])
def test_shapes_are_exact_at_each_block(shape, expected):
    turn = (0.25 + np.arange(1_500) / 750.0) % 1.0
    turn[np.isclose(turn, 1.0)] = 0.0
    pairs = wave(shape, 1.0, 64 * 1_500, low=-3, high=5, phase=0.25)
    assert joined(pairs) and np.abs(pairs[0] - (-3 + 8 * expected(np.round(turn, 9)))).max() < 1e-8


@njit
def long_run(blocks, frequency, low, high, numbers, state, rises):
    """So many blocks of an lfo: where it rises past a half."""
    out, found = np.zeros(2), 0
    for block in range(blocks):
        lfo(out, frequency, low, high, numbers, state)
        if out[0] < 0.5 <= out[1] and found < rises.shape[0]:
            rises[found] = block
            found += 1
    return found


@pytest.mark.parametrize("seconds", [2.0, 7.0, 0.3])
def test_a_period_is_exact_over_an_hour(seconds):
    hour = 3_600 * RATE // 64
    frequency, state, rises = np.full(2, 1 / seconds / RATE), np.zeros(6), np.zeros(20_000, "i8")
    state[0] = 1.0
    found = long_run(hour, frequency, np.zeros(2), np.ones(2), np.array([3.0, 0.0]), state, rises)
    drift = (state[2] - 3_600 / seconds + 0.5) % 1.0 - 0.5
    assert abs(drift) < 1e-9 and abs(found - 3_600 / seconds) <= 1
    due = np.ceil((np.arange(found) + 0.5) * seconds * RATE / 64 - 1e-6) - 1
    assert np.array_equal(rises[:found], due)


@pytest.mark.parametrize("shape", ["random", "smooth random"])
def test_random_shapes_are_chance_in_their_range_and_repeat(shape):
    pairs = wave(shape, 0.02, 64 * 15 * 2_000, low=2.0, high=4.0)
    assert joined(pairs) and pairs.min() >= 2.0 and pairs.max() <= 4.0 and pairs.max() - pairs.min() > 1.9
    assert np.array_equal(pairs, wave(shape, 0.02, 64 * 15 * 2_000, low=2.0, high=4.0))
    turns = pairs[0, ::15]
    assert abs(turns.mean() - 3.0) < 0.05 and abs(np.corrcoef(turns[1:], turns[:-1])[0, 1]) < 0.06
    if shape == "random":
        assert np.count_nonzero(np.diff(pairs[0])) == len(turns) - 1
    else:
        assert np.abs(np.diff(pairs[0])).max() < 2.0 * 1.6 / 15


def walked(order: str, values: tuple[float, ...], strikes: int) -> list[float]:
    """The value after each strike."""
    case = Case("steps", numbers={"numbers": (ORDERS[order], *values)}, state=seeds(1, 6 + len(values)))
    pairs = Bench(case).run(128 * strikes, inputs={"trigger": struck(128 * strikes, *range(70, 128 * strikes, 128))})
    assert joined(pairs)
    return pairs[1, 1::2].tolist()


def test_steps_go_forward_and_to_and_fro():
    assert walked("forward", (1.0, 2.0, 3.0), 7) == [1, 2, 3, 1, 2, 3, 1]
    assert walked("pendulum", (1.0, 2.0, 3.0), 9) == [1, 2, 3, 2, 1, 2, 3, 2, 1]
    assert walked("pendulum", (4.0,), 3) == walked("forward", (4.0,), 3) == walked("shuffle", (4.0,), 3) == [4, 4, 4]
    assert walked("pendulum", (1.0, 2.0), 4) == [1, 2, 1, 2]


def test_shuffle_plays_each_once_and_never_the_same_twice_running():
    values = tuple(float(value) for value in range(5))
    row = np.array(walked("shuffle", values, 500)).reshape(-1, 5)
    assert np.all(np.sort(row, axis=1) == np.arange(5.0)) and np.all(np.diff(row.ravel()) != 0)
    assert len({tuple(round_) for round_ in row}) > 40
    assert walked("shuffle", values, 500) == row.ravel().tolist()


def test_random_is_any():
    row = np.array(walked("random", (0.0, 1.0, 2.0, 3.0), 2_000))
    assert np.all(np.abs(np.bincount(row.astype(int)) - 500) < 100) and np.any(np.diff(row) == 0)


def test_a_step_is_a_slope_of_the_block_in_which_it_is_struck():
    case = Case("steps", numbers={"numbers": (0.0, 1.0, 5.0)}, state=seeds(1, 8))
    pairs = Bench(case).run(320, inputs={"trigger": struck(320, 3, 140)})
    assert pairs.T.tolist() == [[1, 1], [1, 1], [1, 5], [5, 5], [5, 5]]
