"""What was just heard, again and again."""
from __future__ import annotations

import numpy as np
import pytest

from .table import Bench, Case, noise, tone

CUT = 256


def looper(rate: float = 1.0, feedback: float = 1.0, channels: int = 1, longest: int = 20_000) -> Bench:
    return Bench(Case("loop", channels, controls={"rate": rate, "feedback": feedback}, memory={"line": longest},
                      state=lambda hall: (0.0,) * (16 + 64 * channels)))


def gate(frames: int, *open_: tuple[int, int]) -> np.ndarray:
    made = np.zeros((1, frames), "f4")
    for begin, end in open_:
        made[0, begin:end] = 1.0
    return made


def test_a_loop_is_what_was_recorded_again_and_again():
    sound = noise(30_000)
    played = looper().run(30_000, inputs={"x": sound, "record": gate(30_000, (1_000, 6_000)), "clear": gate(30_000)})[0]
    assert not np.any(played[:6_000])
    again = played[11_000:16_000]
    assert np.array_equal(again[CUT:], sound[0, 1_000 + CUT:6_000]) and np.array_equal(played[16_000:21_000], again)
    rise = np.arange(1, CUT + 1, dtype=float) / CUT
    seam = rise * sound[0, 1_000:1_000 + CUT] + (1 - rise) * sound[0, 6_000:6_000 + CUT]
    assert np.abs(again[:CUT] - seam).max() < 1e-6


def test_the_seam_does_not_click():
    sound = tone(30_000, hz=333.3)
    played = looper().run(30_000, inputs={"x": sound, "record": gate(30_000, (0, 5_000)), "clear": gate(30_000)})[0].astype(float)
    assert np.abs(np.diff(played)).max() < 1.5 * np.abs(np.diff(sound[0].astype(float))).max()


@pytest.mark.parametrize("feedback", [1.0, 0.3])
def test_laid_over(feedback):
    frames = 40_000
    sound = noise(frames)
    played = looper(feedback=feedback).run(frames, inputs={"x": sound, "record": gate(frames, (0, 5_000), (11_000, 13_000)),
                                                           "clear": gate(frames)})[0].astype(float)
    first = played[5_000:10_000]
    after = played[20_000:25_000]
    inside = slice(1_000 + CUT, 3_000)
    assert np.abs(after[inside] - (feedback * first[inside] + sound[0, 11_000 + CUT:13_000])).max() < 1e-6
    assert np.array_equal(after[4_000:], first[4_000:]) and np.array_equal(played[30_000:35_000], after)


def test_cleared_it_is_silent_and_takes_another():
    frames = 40_000
    sound = noise(frames)
    played = looper().run(frames, inputs={"x": sound, "record": gate(frames, (0, 5_000), (20_000, 23_000)),
                                          "clear": gate(frames, (12_000, 12_001))})[0]
    assert not np.any(played[12_300:23_000]) and np.abs(np.diff(played[11_990:12_300])).max() < 2.0
    assert np.array_equal(played[26_000 + CUT:29_000], sound[0, 20_000 + CUT:23_000])


def test_a_gate_that_stays_open_goes_on_over_a_full_loop():
    sound = noise(9_000)
    played = looper(feedback=0.0, longest=2_000).run(9_000, inputs={"x": sound, "record": gate(9_000, (0, 9_000)), "clear": gate(9_000)})[0]
    assert not np.any(played[:2_000]) and np.array_equal(played[4_500:6_000], sound[0, 2_500:4_000])


@pytest.mark.parametrize("rate", [1.0, -0.7, 2.3])
def test_no_block_size_can_be_heard_and_a_block_can_be_rendered_again(rate):
    frames = 64 * 150
    inputs = {"x": noise(frames, 2), "record": gate(frames, (5, 700), (1_500, 1_550), (1_900, 4_000), (5_500, 6_100)),
              "clear": gate(frames, (4_500, 4_600))}
    whole = looper(rate, 0.8, 2, 1_000).run(frames, inputs=inputs)
    assert whole.any()
    for blocks in ([1, 7, 64, 3, 31], [200, 64, 1], [frames]):
        assert np.array_equal(whole, looper(rate, 0.8, 2, 1_000).run(frames, blocks=blocks, inputs=inputs)), blocks
    torn = looper(rate, 0.8, 2, 1_000)
    for block in range(frames // 64):
        piece = {name: signal[:, 64 * block:64 * block + 64] for name, signal in inputs.items()}
        kept = torn.state.copy()
        torn.run(64, inputs=piece)
        torn.state[:] = kept
        assert np.array_equal(whole[:, 64 * block:64 * block + 64], torn.run(64, inputs=piece)), block
