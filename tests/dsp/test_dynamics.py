"""Followers, and what they do to a sound: against their formulas."""
from __future__ import annotations

import numpy as np
import pytest

from installation.dsp.true_peak import MARGIN, PHASES, REACH, TAPS

from .table import RATE, Bench, Case, noise, tone

INSTANT = {"attack": 0.0005, "release": 0.0005}


def decibels(gain: np.ndarray | float) -> np.ndarray:
    return 20 * np.log10(np.maximum(gain, 1e-12))


def flat(level_db: float, frames: int, channels: int = 1) -> np.ndarray:
    """A sound whose peak never moves: + - + -."""
    return (10 ** (level_db / 20) * np.where(np.arange(frames) % 2, -1.0, 1.0) * np.ones((channels, 1))).astype("f4")


def gain_of(bench: Bench, x: np.ndarray, **more: np.ndarray) -> np.ndarray:
    """The gain in dB, frame by frame."""
    return decibels(np.abs(bench.run(x.shape[1], inputs={"x": x, **({"key": x} if bench.case.unit != "level" else {}), **more})[0].astype(float) / x[0]))


def time_to(way: np.ndarray, start: float, end: float) -> int:
    """Frames until 63 % of the way from start to end is behind."""
    return int(np.argmax((way - start) / (end - start) >= 1 - np.exp(-1) - 1e-6)) + 1


# ---- followers -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", [0.0, 1.0])
@pytest.mark.parametrize("attack, release", [(0.01, 0.2), (0.1, 0.05), (0.001, 1.0)])
def test_its_times_are_time_constants(mode, attack, release):
    """Of the level in peak mode, of the power in rms mode."""
    x = np.concatenate([flat(-6, 2 * RATE), flat(-200, RATE * 3)], axis=1)
    case = Case("follow_sound", controls={"attack": attack, "release": release}, numbers={"numbers": (mode,)})
    level = Bench(case).run(x.shape[1], inputs={"x": x})[0].astype(float) ** (1 + mode)
    top = (10 ** (-6 / 20)) ** (1 + mode)
    assert abs(time_to(level, 0.0, top) / (attack * RATE) - 1) < 0.02
    if mode == 0.0 or release >= 10 * attack:
        fallen = time_to(level[2 * RATE:], level[2 * RATE - 1], 0.0)
        allowed = 0.02 if mode == 0.0 else 0.02 + 2 * attack / release
        assert abs(fallen / (release * RATE) - 1) < allowed


def test_a_tone_reads_its_peak_and_its_rms():
    for mode, expected in ((0.0, 0.5), (1.0, 0.5 / np.sqrt(2))):
        case = Case("follow_sound", controls={"attack": 0.02, "release": 0.3}, numbers={"numbers": (mode,)})
        level = Bench(case).run(RATE, inputs={"x": 0.5 * tone(RATE, hz=997.0)})[0]
        assert np.abs(decibels(level[RATE // 2:] / expected)).max() < 0.1


def test_the_control_is_the_sound_at_each_blocks_end():
    case = {"controls": {"attack": 0.001, "release": 0.02}, "numbers": {"numbers": (0.0,)}}
    x = noise(6_400, 2)
    sound = Bench(Case("follow_sound", 1, 2, **case)).run(6_400, inputs={"x": x})[0]
    pairs = Bench(Case("follow", 1, 2, **case)).run(6_400, inputs={"x": x})
    assert np.array_equal(pairs[0, 1:], pairs[1, :-1]) and np.abs(pairs[1] - sound[63::64]).max() < 1e-7


def test_loudest_of_the_channels():
    x = np.stack([0.1 * tone(RATE)[0], 0.7 * tone(RATE)[0]])
    case = {"controls": {"attack": 0.001, "release": 0.1}, "numbers": {"numbers": (0.0,)}}
    assert np.array_equal(Bench(Case("follow_sound", 1, 2, **case)).run(RATE, inputs={"x": x}),
                          Bench(Case("follow_sound", 1, 1, **case)).run(RATE, inputs={"x": x[1:]}))


# ---- compressor ----------------------------------------------------------------------------------------------------------


def curve(level: float, threshold: float, ratio: float, knee: float) -> float:
    """Giannoulis et al., equation 4."""
    over = level - threshold
    if 2 * over < -knee:
        return level
    if 2 * abs(over) <= knee and knee > 0:
        return level + (1 / ratio - 1) * (over + knee / 2) ** 2 / (2 * knee)
    return threshold + over / ratio


@pytest.mark.parametrize("threshold, ratio, knee, makeup", [(-20, 4, 6, 0), (-30, 2, 0, 6), (-12, 20, 20, -3), (-40, 1, 6, 0), (-24, 1_000, 12, 0)])
def test_the_static_curve_is_the_formula(threshold, ratio, knee, makeup):
    case = Case("compress", controls={**INSTANT, "threshold": threshold, "ratio": ratio, "knee": knee, "makeup": makeup})
    worst = 0.0
    for level in np.arange(-60.0, 6.0, 1.5):
        x = flat(level, 640)
        worst = max(worst, abs(level + gain_of(Bench(case), x)[-1] - makeup - curve(level, threshold, ratio, knee)))
    assert worst < 0.001


@pytest.mark.parametrize("attack, release", [(0.01, 0.15), (0.001, 0.5), (0.1, 0.02)])
def test_its_attack_and_release_are_time_constants(attack, release):
    x = np.concatenate([flat(-60, RATE // 10), flat(0, RATE), flat(-60, 3 * RATE)], axis=1)
    case = Case("compress", controls={"attack": attack, "release": release, "threshold": -20, "ratio": 4, "knee": 0, "makeup": 0})
    gain = gain_of(Bench(case), x)
    assert abs(time_to(gain[RATE // 10:], 0.0, -15.0) / (attack * RATE) - 1) < 0.02
    after = gain[RATE // 10 + RATE:]
    assert abs(time_to(after, -15.0, 0.0) / (release * RATE) - 1) < 0.02


@pytest.mark.parametrize("hz", [100.0, 1_000.0, 5_000.0])
@pytest.mark.parametrize("attack, release", [(0.01, 0.15), (0.001, 0.05), (0.005, 0.5)])
def test_a_tone_is_turned_down_by_what_the_curve_says(hz, attack, release):
    """In its mean level; and at the usual times it stays a tone: the overtones of 1 kHz are below -90 dB."""
    x = tone(2 * RATE, hz=hz)
    case = Case("compress", controls={"attack": attack, "release": release, "threshold": -20, "ratio": 4, "knee": 0, "makeup": 0})
    out = Bench(case).run(2 * RATE, inputs={"x": x, "key": x})[0][-RATE // 2:].astype(float)
    assert abs(decibels(np.sqrt(2 * np.mean(out ** 2))) + 15) < (0.3 if hz == 100 else 0.1)
    if hz == 1_000 and attack >= 0.005:
        power = np.abs(np.fft.rfft(out * np.hanning(RATE // 2))) ** 2
        assert 10 * np.log10(power[700:].sum() / power[495:506].sum()) < -90


def test_below_its_threshold_it_is_the_sound():
    x = 0.05 * noise(4_800, 2)
    case = Case("compress", 2, controls={**INSTANT, "threshold": -20, "ratio": 8, "knee": 0, "makeup": 0})
    assert np.array_equal(Bench(case).run(4_800, inputs={"x": x, "key": x}), x)


def test_channels_keep_their_balance_and_a_sidechain_is_listened_to():
    x, key = noise(4_800, 2), 0.8 * noise(4_800, 3, 5)
    case = Case("compress", 2, controls={**INSTANT, "threshold": -20, "ratio": 8, "knee": 6, "makeup": 0})
    out = Bench(case).run(4_800, inputs={"x": x, "key": key})
    gains = out / x
    assert np.abs(gains[0] - gains[1]).max() < 1e-6 and gains.min() < 0.5
    assert np.array_equal(Bench(case).run(4_800, inputs={"x": x, "key": 0 * key}), x)


# ---- expander, noise gate, duck ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("threshold, ratio, most", [(-40, 2, 40), (-20, 4, 12), (-30, 1, 40)])
def test_the_expanders_curve(threshold, ratio, most):
    case = Case("expand", controls={**INSTANT, "threshold": threshold, "ratio": ratio, "most": most})
    for level in np.arange(-80.0, 0.0, 5.0):
        expected = -min(max((threshold - level) * (ratio - 1), 0.0), most)
        assert abs(gain_of(Bench(case), flat(level, 1_280))[-1] - expected) < 0.01


def gate(**more: float) -> Bench:
    return Bench(Case("noise_gate", controls={"threshold": -40, "hysteresis": 6, "attack": 0.001, "hold": 0.1, "release": 0.05, "floor": -80, **more}))


def test_a_noise_gate_opens_holds_and_closes():
    x = np.concatenate([flat(-60, RATE // 2), flat(-30, RATE // 2), flat(-60, RATE)], axis=1)
    gain = gain_of(gate(), x)
    assert np.abs(gain[:RATE // 2] + 80).max() < 0.01 and abs(gain[RATE - 1]) < 0.001
    assert np.abs(gain[RATE:RATE + 4_790]).max() < 0.001 and gain[RATE + 4_810] < -0.01 and gain[-1] < -70
    away = time_to(10 ** (gain[RATE + 4_800:] / 20), 1.0, 1e-4)
    assert abs(away / (0.05 * RATE) - 1) < 0.02


def test_a_noise_gate_does_not_chatter_inside_its_band():
    """Bursts between the two thresholds neither open it nor, once it is open, let it close."""
    burst = np.where(np.arange(RATE) // 480 % 2, flat(-41, RATE)[0], flat(-45, RATE)[0])[None].astype("f4")
    assert gain_of(gate(hold=0.001), burst).max() < -79
    x = np.concatenate([flat(-30, 4_800), burst], axis=1)
    assert np.abs(gain_of(gate(hold=0.001), x)[4_800:]).max() < 0.01


def test_duck_is_down_by_its_depth_while_the_other_sounds():
    x = flat(-10, 2 * RATE)
    key = np.concatenate([flat(-80, RATE // 2), flat(-20, RATE // 2), flat(-80, RATE)], axis=1)
    case = Case("duck", controls={"threshold": -40, "hysteresis": 6, "attack": 0.02, "hold": 0.1, "release": 0.1, "depth": -15})
    gain = gain_of(Bench(case), x, key=key)
    assert np.abs(gain[:RATE // 2]).max() < 1e-3 and abs(gain[RATE - 1] + 15) < 0.01 and abs(gain[-1]) < 0.01


# ---- limiter -------------------------------------------------------------------------------------------------------------


def limiter(look: int, channels: int = 1, **controls: float) -> Bench:
    return Bench(Case("limit", channels, controls={"ceiling": -6.0, "release": 0.02, **controls},
                      memory={"line": look + 64, "window": 3 * look + 64}))


def reference(x: np.ndarray, ceiling: float, release: float, look: int) -> np.ndarray:
    """The same by the plainest way: every point between the frames, every window looked through."""
    came = np.concatenate([np.zeros((len(x), TAPS - 1)), x], axis=1).astype(float)
    points = [np.array([np.convolve(channel, row[::-1], "valid") for row in np.asarray(PHASES, float)]) for channel in came]
    samples = came[:, REACH - 1:][:, :x.shape[1]]
    peak = np.maximum(np.abs(samples).max(axis=0), np.abs(points).max(axis=(0, 1)))
    wanted = np.where(peak > ceiling * MARGIN, 1 - ceiling * MARGIN / np.maximum(peak, 1e-9), 0.0)
    fall, held, kept = 1 - np.exp(-1 / (release * RATE)), 0.0, np.zeros(len(peak))
    for n in range(len(peak)):
        held = max(held * (1 - fall), wanted[max(0, n - look + 1):n + 1].max())
        kept[n] = held
    mean = np.convolve(kept, np.ones(look - TAPS + 1) / (look - TAPS + 1))[:len(peak)]
    late = np.concatenate([np.zeros((len(x), look - 1)), x], axis=1)[:, :len(peak)]
    return late * (1 - mean)


@pytest.mark.parametrize("look", [64, 97, 240])
def test_the_limiter_is_its_definition(look):
    x = noise(6_000, 2) * (1 + 3 * (noise(6_000, 1, 9) > 0.99))
    assert np.abs(limiter(look, 2).run(6_000, inputs={"x": x}) - reference(x, 10 ** (-6 / 20), 0.02, look)).max() < 2e-6


def test_nothing_passes_the_ceiling_and_what_is_below_it_is_only_late():
    loud = 8 * noise(RATE, 2) * (noise(RATE, 1, 3) > 0.9)
    assert np.abs(limiter(240, 2).run(RATE, inputs={"x": loud})).max() <= np.float32(10 ** (-6 / 20))
    soft = 0.2 * noise(RATE, 2)
    assert np.array_equal(limiter(240, 2).run(RATE, inputs={"x": soft})[:, 239:], soft[:, :-239])


def test_it_works_without_an_edge():
    """The gain moves by no more in a frame than its look allows."""
    x = np.full((1, RATE), 0.3, "f4")
    x[0, 5_000] = x[0, 20_000] = 4.0
    gain = limiter(240).run(RATE, inputs={"x": x})[0, 239:] / x[0, :-239]
    assert np.abs(np.diff(gain)).max() < 1.05 / 221 and gain[-1] > 0.999


# ---- level ---------------------------------------------------------------------------------------------------------------


def leveler(**more: float) -> Bench:
    return Bench(Case("level", controls={"target": -23, "time": 0.5, "most": 30, "quiet": -60, **more}))


@pytest.mark.parametrize("came", [-45.0, -23.0, -6.0])
def test_a_sound_comes_to_its_level(came):
    x = noise(4 * RATE) * np.sqrt(3) * 10 ** (came / 20)
    out = leveler().run(4 * RATE, inputs={"x": x})[0]
    assert abs(decibels(out[-RATE:].std()) + 23) < 0.3
    assert abs(decibels(out[:4_800].std()) - came) < 4.5


def test_a_silence_is_left_alone():
    loud = noise(2 * RATE) * np.sqrt(3) * 10 ** (-40 / 20)
    x = np.concatenate([loud, 10 ** (-40 / 20) * loud], axis=1)
    gain = gain_of(leveler(), x)
    assert abs(gain[2 * RATE - 1] - 17) < 0.5 and abs(gain[-1] - 17) < 1.0
    assert np.ptp(gain[2 * RATE + RATE // 2:]) < 1e-3


def test_no_more_than_it_may():
    assert abs(gain_of(leveler(most=6), flat(-50, 4 * RATE))[-1] - 6) < 0.05
