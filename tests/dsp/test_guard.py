"""The guard: nothing passes above the ceiling, whatever a scene sends; and what needs no guarding passes untouched."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from hypothesis.extra.numpy import arrays

from installation.audio import layout
from installation.dsp import guard

RATE = 48_000.0
LATENCY = 64


class Guard:
    """The guard with its state, as the engine keeps it."""

    def __init__(self, outputs: int = 1, *, ceiling: float = 0.5, release: float = 960.0, line: int = 1_280, is_open: bool = True) -> None:
        self.settings = np.zeros(layout.GUARD_SETTINGS)
        self.settings[:4] = ceiling, 1_440.0, 24_000.0, release
        self.settings[guard.GAINS : guard.GAINS + outputs] = 1.0
        self.lines = np.zeros((outputs, line), np.float32)
        self.look = np.zeros((2, outputs, 64), np.float32)
        self.state = np.zeros(layout.GUARD_STATE)
        self.meters = np.zeros((outputs, layout.METER_WORDS))
        self.state[guard.OPEN] = 1.0 if is_open else 0.0
        for output in range(outputs):
            self.state[guard.ROWS + output * guard.ROW] = 1.0
        self.frame, self.master, self.muted, self.closing, self.limiting = 0, 0.0, False, False, 0

    def block(self, bus: np.ndarray) -> np.ndarray:
        out = np.empty((64, bus.shape[0]), np.float32)
        self.limiting += guard.protect(
            out,
            np.array(bus, np.float32),
            self.frame,
            RATE,
            self.master,
            self.muted,
            self.closing,
            self.settings,
            self.lines,
            self.look,
            self.state,
            self.meters,
        )
        self.frame += 64
        return out.T

    def play(self, sound: np.ndarray) -> np.ndarray:
        """float32 (outputs, frames) in, the same out; frames a multiple of 64."""
        sound = np.atleast_2d(sound)
        return np.concatenate([self.block(sound[:, first : first + 64]) for first in range(0, sound.shape[1], 64)], axis=1)


def test_words_are_those_of_the_layout():
    assert (guard.CEILING, guard.MUTE_FRAMES, guard.CLOSE_FRAMES, guard.RELEASE_FRAMES, guard.GAINS, guard.DELAYS) == (
        layout.GUARD_CEILING,
        layout.GUARD_MUTE_FRAMES,
        layout.GUARD_CLOSE_FRAMES,
        layout.GUARD_RELEASE_FRAMES,
        layout.GUARD_GAINS,
        layout.GUARD_DELAYS,
    )
    assert guard.STATE + guard.FRAMES <= layout.GUARD_STATE


@settings(max_examples=60, deadline=None)
@given(
    arrays(np.float32, (2, 512), elements=some.one_of(some.floats(width=32, allow_nan=True, allow_infinity=True), some.floats(-4, 4, width=32))),
    some.floats(0.001, 1.0),
    some.floats(1.0, 20_000.0),
    some.floats(-200, 24),
)
def test_never_above_the_ceiling_whatever_comes(sound, ceiling, release, master):
    """NaN, infinities, 3e38: |out| ≤ ceiling exactly, and finite, in every frame, also long afterwards."""
    made = Guard(2, ceiling=ceiling, release=release)
    made.master = master
    heard = made.play(np.concatenate([sound, np.zeros((2, 256), np.float32), sound[:, ::-1], np.zeros((2, 512), np.float32)], axis=1))
    assert np.isfinite(heard).all()
    assert np.abs(heard.astype(float)).max() <= ceiling
    assert np.isfinite(made.state).all() and np.isfinite(made.meters).all()


@settings(max_examples=20, deadline=None)
@given(some.integers(0, 2**32 - 1), some.floats(0.05, 1.0), some.floats(1.0, 30.0))
def test_limiter_is_exact_on_loud_noise(seed, ceiling, loudness):
    """The clip at the very end is for rounding alone: the limiter's gain does the work, to a part in a million."""
    made = Guard(1, ceiling=ceiling)
    noise = np.random.default_rng(seed).normal(0, loudness, (1, 6_400))
    gains, smallest = np.empty(64), []
    state = np.zeros(layout.GUARD_STATE)
    before = np.zeros((1, 64), np.float32)
    for first in range(0, 6_400, 64):
        block = noise[:, first : first + 64].astype(np.float32)
        guard.limit(gains, block, before, ceiling, 960.0, state)
        smallest.append(np.abs(before.astype(float) * gains).max())
        before = block
    assert max(smallest) <= ceiling * (1 + 1e-6)
    assert np.abs(made.play(noise)).max() <= ceiling


def test_below_the_ceiling_it_is_a_delay_of_one_block():
    """Identity: the difference from the sound itself, one block later, is the DC block's alone (below -60 dB at 1 kHz)."""
    sound = 0.4 * np.sin(2 * np.pi * 1_000 / RATE * np.arange(9_600))
    made = Guard()
    heard = made.play(sound)[0]
    assert np.abs(heard[4_800:] - sound[4_800 - LATENCY : -LATENCY]).max() < 0.4 * 0.004
    assert made.limiting == 0


def test_sound_keeps_its_place():
    """One gain for all outputs: what is loud on one turns the others down alike."""
    frames = np.arange(9_600)
    loud, soft = 2.0 * np.sin(2 * np.pi * 500 / RATE * frames), 0.1 * np.sin(2 * np.pi * 500 / RATE * frames)
    heard = Guard(2).play(np.stack([loud, soft]))
    assert np.allclose(heard[0, 4_800:] / 20, heard[1, 4_800:], atol=1e-5)


def test_limiter_lets_go():
    """After a loud moment the level comes back: 63 % within the release, all within ten."""
    frames = np.arange(64 * 300)
    sound = 0.25 * np.sin(2 * np.pi * 1_500 / RATE * frames)
    sound[3_200:3_264] *= 8
    made = Guard(release=960.0)
    heard = np.abs(made.play(sound)[0]).reshape(-1, 64).max(1)
    assert heard[52:54].min() < 0.15
    assert heard[3_200 // 64 + 1 + 15 * 10] == pytest.approx(0.25, rel=0.01)
    assert made.state[guard.HELD] == 0.0


def test_gain_moves_without_steps():
    """Limiting a steady tone does not distort it: it stays a sine, 50 dB above everything else."""
    frames = np.arange(48_000)
    heard = Guard(release=4_800.0).play(2.0 * np.sin(2 * np.pi * 1_000 / RATE * frames))[0, 24_000:]
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard))))
    peak = spectrum.argmax()
    rest = np.delete(spectrum, range(peak - 3, peak + 4))
    assert 20 * math.log10(spectrum[peak] / rest.max()) > 50


@pytest.mark.parametrize("delay", [0, 1, 63, 64, 65, 777, 1_152])
def test_delay_is_exact(delay):
    made = Guard(ceiling=1.0)
    made.settings[guard.DELAYS] = delay
    made.state[guard.ROWS + 1] = delay
    sound = np.zeros(3_200)
    sound[100] = 0.5
    assert np.abs(made.play(sound)[0]).argmax() == 100 + delay + LATENCY


def test_delay_and_gain_change_without_a_click():
    """A change crossfades over a block: no step larger than the sound's own."""
    frames = np.arange(19_200)
    sound = 0.3 * np.sin(2 * np.pi * 200 / RATE * frames)
    made = Guard(ceiling=1.0)
    first = made.play(sound[:9_600])
    made.settings[guard.DELAYS], made.settings[guard.GAINS] = 120, 0.5
    heard = np.concatenate([first, made.play(sound[9_600:])], axis=1)[0]
    assert np.abs(np.diff(heard)).max() < 0.3 * (2 * np.pi * 200 / RATE) * 1.2 + 0.6 / 64
    assert np.abs(heard[-2_000:]).max() == pytest.approx(0.15, rel=0.01)


def test_no_dc_leaves():
    heard = Guard(ceiling=1.0).play(np.full(96_000, 0.5))[0]
    assert abs(heard[-1]) < 1e-5


@pytest.mark.parametrize("to_mute", [True, False])
def test_mute_takes_fifty_milliseconds_at_most_and_has_no_step(to_mute):
    sound = 0.4 * np.sin(2 * np.pi * 5_000 / RATE * np.arange(9_600))
    made = Guard(is_open=to_mute)
    made.muted = not to_mute
    made.play(sound[:4_800])
    made.muted = to_mute
    heard = np.abs(made.play(sound[4_800:])[0]).reshape(-1, 48).max(1)
    reached = heard[int(0.05 * RATE / 48) + 2 :]
    assert (reached.max() < 1e-3) if to_mute else (reached.min() > 0.38)
    assert np.abs(np.diff(heard)).max() < 0.4 * 48 / 1_440 * 1.5


def test_closing_ends_in_silence_and_can_be_called_off():
    sound = 0.4 * np.sin(2 * np.pi * 5_000 / RATE * np.arange(48_000))
    made = Guard()
    made.closing = True
    heard = np.abs(made.play(sound)[0]).reshape(-1, 480).max(1)
    assert np.all(np.diff(heard[3:]) <= 1e-3) and heard[-40:].max() == 0.0
    made.closing = False
    assert np.abs(made.play(sound)[0])[-480:].max() > 0.38


def test_master_moves_in_decibels():
    """From 0 to -40 dB: at half of the way in time constants the level is the middle in dB, and there is no step."""
    made = Guard(ceiling=1.0)
    sound = 0.5 * np.sin(2 * np.pi * 6_000 / RATE * np.arange(19_200))
    made.play(sound)
    made.master = -40.0
    level = 20 * np.log10(np.abs(made.play(sound)[0]).reshape(-1, 64).max(1) + 1e-12)
    assert np.abs(np.diff(level)).max() < 4.0
    assert level[-1] - level[0] == pytest.approx(-40.0, abs=0.3)
    made.master = -150.0
    assert np.abs(made.play(sound)[0])[-640:].max() < 1e-9


def test_nan_settings_are_silence_not_noise():
    made = Guard()
    made.settings[guard.GAINS] = math.nan
    made.settings[guard.DELAYS] = math.nan
    made.settings[guard.CEILING] = math.nan
    made.master = math.nan
    assert np.abs(made.play(np.random.default_rng(0).normal(0, 1, 6_400))[0])[-640:].max() < 1e-9


def test_meters():
    made = Guard(ceiling=0.5)
    sound = 2.0 * np.sin(2 * np.pi * 1_000 / RATE * np.arange(9_600))
    heard = made.play(sound)[0]
    peak, falling, energy, above = made.meters[0]
    assert peak == pytest.approx(np.abs(heard[-64:]).max())
    assert falling >= peak
    assert energy == pytest.approx(np.sum(heard.astype(float) ** 2), rel=1e-6)
    assert above > 100
