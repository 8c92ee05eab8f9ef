"""A loop's two ends on one line: a sound comes back when it should, in blocks of any size, whichever end is called first."""
from __future__ import annotations

import numpy as np
import pytest

from installation.dsp.returns import come_back, send_back

from .table import noise


class Pair:
    """Both ends, and what is between them: half of what comes back, and a sound."""

    def __init__(self, way: int, ceiling: float = 1.0, channels: int = 1) -> None:
        self.way, self.ceiling = np.array([float(way)]), np.array([ceiling])
        self.line = np.zeros(channels * (way + 64), "f4")
        self.read, self.write = np.zeros(1), np.zeros(1)

    def block(self, x: np.ndarray, gain: float = 0.5) -> np.ndarray:
        back = np.empty_like(x)
        come_back(back, self.way, self.line, self.read)
        sent = x + np.float32(gain) * back
        send_back(sent, sent, self.ceiling, self.line, self.write)
        return sent

    def run(self, x: np.ndarray, sizes: tuple[int, ...] = (64,), gain: float = 0.5) -> np.ndarray:
        made, at, turn = [], 0, 0
        while at < x.shape[1]:
            made.append(self.block(x[:, at:at + sizes[turn % len(sizes)]].copy(), gain))
            at, turn = at + sizes[turn % len(sizes)], turn + 1
        return np.concatenate(made, axis=1)


def plain(x: np.ndarray, way: int, gain: float = 0.5) -> np.ndarray:
    out = x.copy()
    for n in range(way, x.shape[1]):
        out[:, n] += np.float32(gain) * out[:, n - way]
    return out


@pytest.mark.parametrize("way", [64, 65, 100, 1_000])
def test_it_is_the_recursion_bit_for_bit_in_blocks_of_any_size(way):
    x = 0.4 * noise(6_400, 2)
    expected = plain(x, way)
    for sizes in ((64,), (1,), (7, 64, 3, 31), (33, 50)):
        assert np.array_equal(Pair(way, channels=2).run(x, sizes), expected)


def test_a_block_that_was_cut_off_is_rendered_again():
    """The first try may have written all of its block into the line."""
    x, torn = 0.4 * noise(6_400), Pair(64)
    expected, heard = plain(x, 64), []
    for at in range(0, 6_400, 64):
        kept = torn.read.copy(), torn.write.copy()
        torn.block(noise(64, 1, at))
        torn.read, torn.write = kept
        heard.append(torn.block(x[:, at:at + 64].copy()))
    assert np.array_equal(np.concatenate(heard, axis=1), expected)


def test_it_cannot_run_away():
    """A gain of 30, for a second: it stands just below twice the ceiling; and forgets what is no number."""
    pair = Pair(64, ceiling=0.5)
    loud = pair.run(0.4 * noise(48_000), gain=30.0)
    assert np.isfinite(loud).all() and 0.9 < np.abs(loud).max() < 1.0
    wrong = np.zeros((1, 64), "f4")
    wrong[0, 3:6] = np.nan, np.inf, -np.inf
    pair = Pair(64)
    assert not pair.block(wrong).any() and not pair.block(np.zeros((1, 64), "f4")).any()


def test_the_bend_is_straight_below_the_ceiling_smooth_at_it_and_always_rises():
    x = np.linspace(-3, 3, 6_001, dtype="f4")[None]
    out = Pair(6_001, ceiling=0.5).block(x.copy(), 0.0)
    assert np.array_equal(out[np.abs(x) <= 0.5], x[np.abs(x) <= 0.5])
    slope = np.diff(out[0].astype(float)) / np.diff(x[0].astype(float))
    assert slope.min() > 0.0 and slope.max() < 1.001 and np.abs(np.diff(slope)).max() < 0.01
    assert np.allclose(out[0], -out[0, ::-1], atol=1e-6)
