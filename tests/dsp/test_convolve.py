"""Convolution with recorded answers, against scipy's."""
from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from installation.audio import answers
from installation.audio.units.spaces import convolve_memory, convolve_plan
from installation.dsp import convolve

from .table import Bench, Case, noise


def hall(answer: np.ndarray, inputs: int = 1) -> Bench:
    short, long = answers.pieces(answer.shape[1])
    outputs = max(inputs, len(answer))
    return Bench(Case("convolve", outputs, inputs, table=answers.cut(answer), numbers={"plan": convolve_plan(short, long)},
                      memory={"memory": convolve_memory(inputs, outputs, short, long)}))


def reply(frames: int, channels: int = 1) -> np.ndarray:
    """Noise that dies, with the power of one click."""
    made = noise(frames, channels, seed=9) * np.exp(-3.0 * np.arange(frames) / frames)
    return made / np.sqrt((made ** 2).sum(axis=1, keepdims=True))


def convolved(x: np.ndarray, answer: np.ndarray) -> np.ndarray:
    channels = max(len(x), len(answer))
    return np.stack([signal.fftconvolve(x[min(c, len(x) - 1)].astype(float), answer[min(c, len(answer) - 1)])[:x.shape[1]]
                     for c in range(channels)])


def test_the_cut_is_the_kernels():
    assert (answers.BLOCK, answers.SHORT, answers.LONG) == (convolve.BLOCK, convolve.SHORT, convolve.LONG)


@pytest.mark.parametrize("frames", [1, 63, 64, 65, 128, 129, 2_047, 2_048, 2_049, 3_072, 3_073, 20_000])
def test_it_is_scipys(frames):
    x, answer = 0.5 * noise(30_000), reply(frames)
    error = hall(answer).run(30_000, inputs={"x": x}) - convolved(x, answer)
    print(f"answer of {frames} frames: error {20 * np.log10(max(np.abs(error).max(), 1e-9)):.0f} dB")
    assert np.abs(error).max() < 2e-6


@pytest.mark.parametrize("inputs, outputs", [(1, 3), (3, 3), (3, 1), (17, 1)])
def test_one_channel_is_heard_by_all_and_several_each_by_its_own(inputs, outputs):
    x, answer = 0.5 * noise(8_000, inputs), reply(4_000, outputs)
    assert np.abs(hall(answer, inputs).run(8_000, inputs={"x": x}) - convolved(x, answer)).max() < 2e-6


def test_it_answers_at_once():
    x, answer = np.zeros((1, 640), "f4"), reply(5_000)
    x[0, 3] = 1.0
    played = hall(answer).run(640, inputs={"x": x})[0]
    assert not played[:3].any() and np.array_equal(played[3:64], answer[0, :61].astype("f4"))
    assert np.abs(played[3:] - answer[0, :637]).max() < 2e-6


def test_an_answer_of_silence_is_silence():
    assert not hall(np.zeros((2, 3_000))).run(6_400).any()


def test_long_pieces_too_hear_no_block_size_and_can_be_rendered_again():
    """The bench does the same for 1,920 frames; the long pieces are heard from 2,048 on."""
    x, answer = 0.5 * noise(6_400), reply(7_000, 2)
    whole = hall(answer).run(6_400, inputs={"x": x})
    for blocks in ([1, 7, 64, 3, 200, 31], [6_400]):
        assert np.array_equal(whole, hall(answer).run(6_400, inputs={"x": x}, blocks=blocks))
    torn = hall(answer)
    for first in range(0, 6_400, 64):
        piece, kept = {"x": x[:, first:first + 64]}, torn.state.copy()
        torn.run(37, inputs={"x": piece["x"][:, :37]})
        torn.state[:] = kept
        torn.run(64, inputs=piece)
        torn.state[:] = kept
        assert np.array_equal(whole[:, first:first + 64], torn.run(64, inputs=piece)), first
