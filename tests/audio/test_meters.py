"""The meters, against what left."""
from __future__ import annotations

import math

import numpy as np
import pytest

from installation.audio import ug
from installation.audio.flatten import flatten
from installation.audio.graph import Graph
from installation.audio.meters import Meters, decibels

from .rooms_for_test import ring


def test_levels_limiting_and_the_gain_are_those_of_the_last_block(session):
    here = session(outputs=2)
    meters = Meters(here.arena)
    before = meters.read()
    assert before.peaks == (None, None) and before.graphs == {} and before.limiting == 0.0 and before.gain is None
    plan = flatten(Graph.collect([ug.to(ug.sine(1_000) * 0.25, output=1)], outputs=2, rate=48_000, loudspeakers=ring(30, -30), seed=1, name="test"))
    playing = here.load(plan)
    here.stage.master(-6.0)
    here.stage.start(playing)
    out = here.render(48_000)
    now = meters.read()
    peak = 20 * math.log10(np.abs(out[-4_800:, 0]).max())
    assert now.peaks[0] == pytest.approx(peak, abs=0.2) and now.peaks[1] is None
    assert now.gain == pytest.approx(-6.0) and now.limiting == 0.0
    assert now.graphs == {playing.offset: pytest.approx(20 * math.log10(0.25), abs=1.0)}
    here.stage.guard(ceiling_dbfs=-30.0)
    here.render(48_000)
    assert meters.read().limiting == pytest.approx(peak + 30.5, abs=0.3), "half a decibel below the ceiling, for what lies between samples"


def test_silence_and_nonsense_have_no_level():
    assert decibels(0.0) is decibels(math.nan) is decibels(math.inf) is None and decibels(1.0) == 0.0
