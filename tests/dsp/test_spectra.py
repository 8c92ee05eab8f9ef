"""Spectra in time: what is not changed is the sound itself, what is held stays what it was."""
from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from installation.audio.units.spectra import WINDOWS, cross_memory, sustain_memory, window_plan

from .table import RATE, Bench, Case, noise, tone

LATE = 2_048 + 512


def unit(name: str, size: int = 2_048, channels: int = 1, **controls: float) -> Bench:
    memory = cross_memory(size) if name == "cross" else sustain_memory(size)
    return Bench(Case(name, channels, controls=controls, numbers={"plan": window_plan(size)}, memory={"memory": memory}))


def db(ratio: float) -> float:
    return 20 * np.log10(max(ratio, 1e-12))


@pytest.mark.parametrize("size", WINDOWS)
@pytest.mark.parametrize("name, controls", [("freeze", {"gate": 0.0}), ("blur", {"time": 0.0}), ("cross", {})])
def test_unchanged_it_is_the_sound_itself(name, controls, size):
    x, late = 0.5 * noise(12_000, 3), size + size // 4
    inputs = {"x": x, "y": x} if name == "cross" else {"x": x}
    played = unit(name, size, 3, **controls).run(12_000, inputs=inputs)
    error = db(np.abs(played[:, late:] - x[:, :-late]).max() / np.abs(x).max())
    print(f"{name}, windows of {size}: {error:.0f} dB")
    assert error < -100 and not played[:, :size // 4].any()


def frozen(x: np.ndarray, at: int) -> np.ndarray:
    return unit("freeze").run(x.shape[1], inputs={"x": x}, controls={"gate": lambda frame: float(frame >= at)})[0].astype(float)


def test_a_frozen_tone_is_that_tone_for_ever():
    """As loud, of the same pitch, and without sidebands at the pace of the steps, while the sound itself has ended."""
    x = 0.5 * tone(10 * RATE, hz=443.7)
    x[:, RATE + 3_000:] = 0.0
    played = frozen(x, RATE)[4 * RATE:]
    power = np.abs(np.fft.rfft(played * np.blackman(len(played)))) ** 2
    hz = np.fft.rfftfreq(len(played), 1 / RATE)
    beside = db(np.sqrt(power[np.abs(hz - 443.7) > 2].sum() / power.sum()))
    print(f"frozen tone: {hz[np.argmax(power)]:.2f} Hz, level {db(played.std() / (0.5 * np.sqrt(0.5))):.2f} dB, beside it {beside:.0f} dB")
    assert abs(hz[np.argmax(power)] - 443.7) < 0.2 and abs(db(played.std() / (0.5 * np.sqrt(0.5)))) < 0.1 and beside < -60
    halves = played[:RATE].std() / played[-RATE:].std()
    assert abs(db(halves)) < 0.05


def test_a_frozen_noise_does_not_repeat_itself_at_the_pace_of_the_steps():
    played = frozen(0.3 * noise(6 * RATE), RATE)[2 * RATE:]
    played /= played.std()
    for steps in (1, 2, 4, 8):
        alike = np.mean(played[:-512 * steps] * played[512 * steps:])
        assert abs(alike) < 0.35, (steps, alike)


def test_it_lets_go_and_takes_hold_again():
    x = 0.5 * tone(4 * RATE, hz=300.0)
    played = unit("freeze").run(4 * RATE, inputs={"x": x}, controls={"gate": lambda frame: float(RATE <= frame < 2 * RATE)})[0]
    after = 2 * RATE + 2 * LATE
    assert np.abs(played[after:] - x[0, after - LATE:-LATE]).max() < 1e-5


@pytest.mark.parametrize("time", [0.5, 2.0])
def test_a_blurred_tone_dies_in_its_time(time):
    x = 0.5 * tone(4 * RATE, hz=441.0)
    x[:, 2 * RATE:] = 0.0
    played = unit("blur", time=time).run(4 * RATE, inputs={"x": x})[0, 2 * RATE + LATE + 2_048:].astype(float)
    level = np.array([piece.std() for piece in played[:len(played) // 512 * 512].reshape(-1, 512)])
    there = level > level[0] * 1e-2
    slope = np.polyfit(np.arange(len(level))[there] * 512 / RATE, 20 * np.log10(level[there]), 1)[0]
    print(f"blur {time} s: measured {-60 / slope:.3f} s")
    assert abs(-60 / slope / time - 1) < 0.02


def test_a_frozen_noise_is_as_loud_as_before():
    played = frozen(0.3 * noise(8 * RATE), RATE)[2 * RATE:]
    loud = db(played.std() / (0.3 / np.sqrt(3)))
    print(f"frozen noise: {loud:.1f} dB")
    assert -3.0 < loud < 1.5


def test_a_blurred_noise_is_not_much_quieter():
    """It loses some: what lingers of different moments does not fit together in phase."""
    played = unit("blur", time=1.0).run(4 * RATE, inputs={"x": 0.3 * noise(4 * RATE)})[0, 2 * RATE:]
    loud = db(played.std() / (0.3 / np.sqrt(3)))
    print(f"blurred noise: {loud:.1f} dB")
    assert -7.0 < loud < 1.0


def test_crossed_it_has_the_strength_of_one_and_the_pitch_of_the_other():
    """Noise below 2 kHz in bursts, seen through a bright hum: bursts of hum below 2 kHz, silent where either is."""
    frames = 2 * RATE
    hum = (0.3 * np.sign(tone(frames, hz=200.0)) + 1e-4 * noise(frames, seed=3)).astype("f4")
    strong = 0.5 * tone(frames, hz=600.0)
    strong[:, RATE:] = 0.0
    played = unit("cross").run(frames, inputs={"x": strong, "y": hum})[0].astype(float)
    assert db(played[RATE + 2 * LATE:].std()) < -100
    loud = played[LATE:RATE]
    hz = np.fft.rfftfreq(len(loud), 1 / RATE)
    power = np.abs(np.fft.rfft(loud * np.hanning(len(loud)))) ** 2
    assert abs(hz[np.argmax(power)] - 600) < 5 and abs(db(loud.std() / strong[0, :RATE].std())) < 2.0
    assert not unit("cross").run(9_600, inputs={"x": strong[:, :9_600], "y": np.zeros((1, 9_600), "f4")}).any()


def test_compiled_is_the_text_as_plain_python(tmp_path):
    """As for every kernel, but for long enough to be heard: the first windows come after 640 frames, the long pieces after 3,072."""
    script = ("import sys, numpy as np; from tests.dsp.table import Bench; "
              "np.savez(sys.argv[1], **{name: Bench(name).run(frames) for name, frames in eval(sys.argv[2]).items()})")
    wanted = {"freeze": 1_280, "blur": 1_280, "cross": 1_280, "convolve": 3_200, "reverb": 640}
    subprocess.run([sys.executable, "-c", script, str(tmp_path / "plain.npz"), repr(wanted)], check=True, timeout=100,
                   cwd=Path(__file__).parents[2], env={**os.environ, "NUMBA_DISABLE_JIT": "1"})
    plain = np.load(tmp_path / "plain.npz")
    for name, frames in wanted.items():
        compiled = Bench(name).run(frames)
        assert np.abs(compiled[:, -64:]).max() > 1e-3, name
        assert np.abs(compiled - plain[name]).max() < 1e-6 * max(1.0, np.abs(compiled).max()), name
