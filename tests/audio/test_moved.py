"""Controls that follow a sound, frame by frame."""
from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from installation.audio import ug
from installation.audio.flatten import flatten
from installation.audio.graph import Graph, parameter
from installation.audio.offline import render_plan
from installation.terms.declaration import Declaration
from installation.terms.fault import Fault

RATE, START = 48_000, 64          # the guard is one block late
DEPTH = Declaration("/scene/test/depth", low=0, high=500, default=0.0)


def heard(kernels: Path, sound: Any, seconds: float = 0.5, **values: float) -> np.ndarray:
    plan = flatten(Graph.collect(ug.to(sound), outputs=1, rate=RATE, seed=1, name="test"))
    return render_plan(plan, seconds, kernels, outputs=1, values=values)[:, 0]


def after(sound: np.ndarray) -> np.ndarray:
    """When the guard has opened."""
    return sound[RATE // 10:].astype(float)


def test_frequency_modulation_is_what_the_formula_says(kernels):
    """A sine whose frequency is moved by a sine: sidebands by Bessel's functions, at the index deviation / modulator."""
    from scipy.special import jv

    made = after(heard(kernels, ug.sine(2_000 + 900 * ug.sine(300)) * 0.5, 1.1))[:RATE]
    spectrum = np.abs(np.fft.rfft(made)) / (RATE / 2) / 0.5
    for side in range(-5, 6):
        assert spectrum[2_000 + 300 * side] == pytest.approx(abs(jv(side, 3.0)), abs=2e-3), side
    assert np.delete(spectrum, np.abs(2_000 + 300 * np.arange(-20, 60))).max() < 1e-3


def test_a_still_sound_moves_nothing(kernels):
    """The same as the number itself, but for the float32 of a sound."""
    plain = after(heard(kernels, ug.filter(ug.saw(55), 800, resonance=0.6) * 0.2))
    moved = after(heard(kernels, ug.filter(ug.saw(55), 800 + 0.0 * ug.white(), resonance=0.6) * 0.2))
    assert np.abs(plain).max() > 0.05 and np.abs(plain - moved).max() < 1e-5


def test_other_controls_glide_on(kernels):
    depth = parameter("depth", DEPTH)
    still = after(heard(kernels, ug.pulse(220 + ug.sine(5) * 0.0, 0.2 + 0.001 * depth), depth=300.0))
    plain = after(heard(kernels, ug.pulse(220, 0.2 + 0.001 * depth), depth=300.0))
    assert np.abs(still - plain).max() < 5e-3            # the frequency, as a sound, is float32


def test_it_is_clipped_into_what_the_kernel_can_bear(kernels):
    wild = heard(kernels, ug.filter(ug.white(), 1_000 + 1e9 * ug.white(), resonance=0.99) * 0.01)
    assert np.isfinite(wild).all() and np.abs(wild).max() > 1e-3


def test_what_need_not_follow_each_frame_looks_once_a_block(kernels):
    plan = flatten(Graph.collect(ug.to(ug.sine(ug.drift(period=1 + ug.sine(1)))), outputs=1, rate=RATE, seed=1, name="test"))
    assert "look" in [unit.unit.name for unit in plan.units]
    assert np.isfinite(render_plan(plan, 0.2, kernels, outputs=1)).all()


def test_one_channel_moves_it(kernels):
    with pytest.raises(Fault) as fault:
        ug.sine(200 + ug.white(2))
    assert fault.value.id == "graph.channels" and "test_moved" in fault.value.where


def test_place_may_be_moved_by_a_sound(kernels):
    class Speaker:
        def __init__(self, output: int, azimuth: float) -> None:
            self.output, self.azimuth = output, azimuth

    plan = flatten(Graph.collect(ug.place(ug.sine(500) * 0.3, azimuth=45 * ug.sine(3)), outputs=2, rate=RATE, seed=1, name="test",
                                 loudspeakers=[Speaker(1, 45), Speaker(2, -45)]))
    sound = render_plan(plan, 1.0, kernels, outputs=2)[RATE // 10:]
    power = (sound.astype(float) ** 2).sum(axis=1)
    smooth = np.convolve(power, np.ones(96) / 96, "valid")
    assert smooth.min() > 0.9 * smooth.max() and np.abs(sound).max(axis=0).min() > 0.25
