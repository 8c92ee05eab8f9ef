"""What comes in, measured by the engine: as much as came, in its band, whoever renders and whatever the card's block."""
from __future__ import annotations

import math

import numpy as np
import pytest

from installation.audio.inline import Inline
from installation.audio.native import build_engine
from installation.dsp.heard import ROW, hear

RATE = 48_000


def tones(*hertz: float, frames: int = RATE) -> np.ndarray:
    """Each on an input of its own, at -20 dBFS RMS."""
    times = np.arange(frames) / RATE
    return np.stack([0.1 * math.sqrt(2) * np.sin(2 * np.pi * each * times) for each in hertz], axis=1).astype(np.float32)


def level(energy: float, frames: int = RATE) -> float:
    return 10 * math.log10(energy / frames + 1e-20)


def test_the_bands_tell_a_middle_tone_from_a_low_one_and_both_from_a_high_one(session):
    here = session(outputs=2, inputs=3)
    assert here.stage.telemetry().heard == ((0.0, 0.0, 0.0),) * 3
    here.render(RATE, heard=tones(1_000, 70, 12_000))
    middle, low, high = ([level(part) for part in row] for row in here.stage.telemetry().heard)
    assert middle == [pytest.approx(-20, abs=0.1), pytest.approx(-60, abs=2), pytest.approx(-20, abs=0.3)]
    assert low == [pytest.approx(-20, abs=0.1), pytest.approx(-20, abs=0.3), pytest.approx(-60, abs=2)]
    assert high[0] == pytest.approx(-20, abs=0.1) and high[1] < -90 and high[2] < -55


def test_the_cards_block_cannot_be_seen_and_a_successor_goes_on(session):
    rng = np.random.default_rng(1)
    heard = (0.1 * rng.standard_normal((64 * 60, 2))).astype(np.float32)
    sums = []
    for block in (64, 256, 7):
        here = session(outputs=1, inputs=2)
        here.render(len(heard), block, heard)
        sums.append(here.stage.telemetry().heard)
    torn = session(outputs=1, inputs=2)
    for first in range(0, len(heard), 64):
        Inline(torn.arena, build_engine(torn.folder)).render(64, heard[first:first + 64])
    assert sums[0] == sums[1] == sums[2] == torn.stage.telemetry().heard


def test_nobody_listens_where_there_is_no_input_and_nonsense_is_not_believed(session):
    here = session(outputs=2)
    here.render(640)
    assert here.stage.telemetry().heard == ()
    wild = session(outputs=1, inputs=1)
    wild.render(640, heard=np.full((640, 1), np.nan, np.float32))
    wild.render(640, heard=np.full((640, 1), np.inf, np.float32))
    assert wild.stage.telemetry().heard == ((0.0, 0.0, 0.0),)


def test_compiled_equals_plain_python():
    rng = np.random.default_rng(2)
    compiled, plain = np.zeros(ROW), np.zeros(ROW)
    for _ in range(8):
        block = (0.1 * rng.standard_normal(64)).astype(np.float32)
        hear(block, 48_000.0, compiled)
        hear.py_func(block, 48_000.0, plain)
    assert np.allclose(compiled, plain, rtol=1e-6, atol=1e-12)
