"""Between the samples: what leaves the guard, and what leaves ug.limit, is read with other filters than their own, and never reads above the ceiling."""
from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from installation.dsp import guard
from installation.dsp.true_peak import MARGIN, PHASES, QUIET, REACH, TAPS

from .test_dynamics import limiter
from .test_guard import Guard

RATE = 48_000
FRAMES = 12_800
CEILING_DB = -6.0
CEILING = 10 ** (CEILING_DB / 20)
N = np.arange(FRAMES)

# ITU-R BS.1770-5, Annex 2, "order 48, 4-phase": phases 0 and 1; 2 and 3 are their mirrors
NORM_0 = (0.0017089843750, 0.0109863281250, -0.0196533203125, 0.0332031250000, -0.0594482421875, 0.1373291015625,
          0.9721679687500, -0.1022949218750, 0.0476074218750, -0.0266113281250, 0.0148925781250, -0.0083007812500)
NORM_1 = (-0.0291748046875, 0.0292968750000, -0.0517578125000, 0.0891113281250, -0.1665039062500, 0.4650878906250,
          0.7797851562500, -0.2003173828125, 0.1015625000000, -0.0582275390625, 0.0330810546875, -0.0189208984375)
NORM = (NORM_0, NORM_1, NORM_1[::-1], NORM_0[::-1])
LONG = signal.firwin(2 * 4 * 64 + 1, 1 / 4, window=("kaiser", 8.0))     # 128 samples to a point
BELOW_20_KHZ = signal.firwin(801, 20_000, fs=RATE, window=("kaiser", 9.0))


def bursts() -> np.ndarray:
    """Tones of 200 Hz to 22 kHz that begin and end at once, 24 dB above the ceiling."""
    sound = np.zeros(FRAMES)
    for k, first in enumerate(range(300, FRAMES - 400, 480)):
        sound[first:first + 300] = 8 * np.sin(2 * np.pi * 200 * 1.2 ** k / RATE * np.arange(300) + k)
    return sound


def noise_bursts() -> np.ndarray:
    """From one sample long, each louder than the last, up to 30 dB."""
    chance, sound = np.random.default_rng(3), np.zeros(FRAMES)
    for k, first in enumerate(range(300, FRAMES - 400, 480)):
        sound[first:first + 1 + 4 * k] = chance.uniform(-1, 1, 1 + 4 * k) * 10 ** (k / 17)
    return sound


def square(hz: float, peak: float = 1.0) -> np.ndarray:
    return peak * np.sign(np.sin(2 * np.pi * hz / RATE * N + 1e-9))


SOUNDS = {
    "noise at full scale": np.random.default_rng(1).uniform(-1, 1, FRAMES),
    "noise, 18 dB louder": np.random.default_rng(2).normal(0, 4, FRAMES),
    "signs by lot": np.random.default_rng(4).choice([-1.0, 1.0], FRAMES),
    "square, 100 Hz": square(100),
    "square, 441 Hz, 20 dB louder": square(441, 10),
    "square, 7 kHz": square(7_013),
    "square, 12 kHz": square(11_999),
    "a quarter of the rate at 45 degrees": np.sin(2 * np.pi * N / 4 + np.pi / 4),
    "the same, 12 dB louder": 4 * np.sin(2 * np.pi * N / 4 + np.pi / 4),
    "bursts": bursts(),
    "bursts of noise": noise_bursts(),
    "clicks in noise": np.random.default_rng(5).normal(0, 0.2, FRAMES) + 30 * (N % 700 == 99),
    "a sweep to 23.9 kHz": 3 * signal.chirp(N / RATE, 20, FRAMES / RATE, 23_900),
}


REST = np.zeros(256)          # a sound that were cut off where it is measured would have a peak there which nobody let through


def guarded(sound: np.ndarray) -> np.ndarray:
    return Guard(ceiling=CEILING).play(np.concatenate([sound, REST]))[0].astype(float)


def limited(sound: np.ndarray) -> np.ndarray:
    return limiter(96, ceiling=CEILING_DB).run(FRAMES + len(REST), inputs={"x": np.concatenate([sound, REST]).astype("f4")[None]})[0].astype(float)


def highest(points: np.ndarray) -> float:
    """In dB above the ceiling."""
    return 20 * np.log10(np.abs(points).max() / CEILING)


@pytest.mark.parametrize("through", [guarded, limited])
@pytest.mark.parametrize("name", SOUNDS)
def test_no_meter_reads_more_than_the_ceiling(name, through):
    """By SciPy's resampling to 4 and 16 times the rate and by the norm's own filter; of what lies below 20 kHz, by a sinc of 128 samples too."""
    heard = through(SOUNDS[name])
    assert np.abs(heard).max() <= CEILING and np.abs(heard).max() > 0.3 * CEILING
    assert highest(signal.resample_poly(heard, 4, 1)) <= 0.0
    assert highest(signal.resample_poly(heard, 16, 1)) <= 0.0
    assert max(highest(np.convolve(heard, row)) for row in NORM) <= 0.0
    heard = through(np.convolve(SOUNDS[name], BELOW_20_KHZ, "same"))
    assert highest(signal.resample_poly(heard, 4, 1, window=LONG)) <= 0.0


def test_the_margin_is_no_larger_than_it_must_be():
    """By the norm's filter, which reads beside our points, signs by lot below 20 kHz come within 0.1 dB of the ceiling."""
    sound = np.convolve(SOUNDS["signs by lot"], BELOW_20_KHZ, "same")
    assert all(-0.1 < max(highest(np.convolve(through(sound), row)) for row in NORM) <= 0.0 for through in (guarded, limited))


def test_samples_alone_would_not_do():
    """The same noise with its samples brought to the ceiling reads far above it: what the tests above measure is there."""
    noise = SOUNDS["signs by lot"] * CEILING
    assert highest(signal.resample_poly(noise, 4, 1)) > 5.0


def test_its_points_are_a_sinc():
    """Within a part in a thousand for a tone at 15 kHz, at any phase."""
    for phase in np.linspace(0, np.pi, 7):
        tone = np.cos(2 * np.pi * 15_000 / RATE * np.arange(1 - REACH, REACH + 1) + phase)
        for row, place in zip(PHASES, (0.25, 0.5, 0.75)):
            assert row @ tone == pytest.approx(np.cos(2 * np.pi * 15_000 / RATE * place + phase), abs=2e-3)


def test_what_is_passed_over_could_not_have_passed_the_ceiling():
    """The worst sound for each point, at the level below which nobody looks: it stays below what the limiter aims at."""
    for row in PHASES.astype(float):
        worst = QUIET * np.sign(row)
        assert row @ worst < MARGIN and row @ worst > 0.8 * MARGIN
    assert QUIET > 10 ** (-7.6 / 20)


def test_looking_changes_nothing_where_nothing_is_loud():
    """Just below and just above the level at which the limiter begins to look: the same bits."""
    shape = np.sin(2 * np.pi * 997 / RATE * N)
    soft, more = guarded(0.999 * QUIET * CEILING * shape), limited(0.999 * QUIET * CEILING * shape)
    assert np.allclose(guarded(1.001 * QUIET * CEILING * shape) / 1.001 * 0.999, soft, atol=1e-7)
    assert np.allclose(limited(1.001 * QUIET * CEILING * shape)[95:], 1.001 / 0.999 * more[95:], atol=1e-7)


def test_the_gain_is_at_its_least_wherever_the_peak_is_made():
    """A burst in one block and the next: over all 20 frames that make its highest point the limiter's gain is what that point wants, or less."""
    block, before, state, gains = np.zeros((1, 64), "f4"), np.zeros((1, 64), "f4"), np.zeros(512), np.empty(64)
    sound = np.zeros(64 * 8, "f4")
    sound[250:254] = 2.0, -2.0, -2.0, 2.0           # between 251 and 252: higher still
    played = []
    for first in range(0, len(sound), 64):
        block[0] = sound[first:first + 64]
        guard.limit(gains, block, before, 1.0, 9_600.0, state)
        before[:] = block
        played.append(gains.copy())
    gain = np.concatenate(played)[64:]
    most = np.abs(np.convolve(sound.astype(float), np.asarray(PHASES[1], float)[::-1])).max()
    assert most > 2.0
    assert gain[252 - REACH:252 + REACH].max() <= MARGIN / most + 1e-6
    assert TAPS == 2 * REACH and gain[:252 - REACH - 64].min() == 1.0
