"""Units of audio/units/tones.py on the bench."""
from __future__ import annotations

import numpy as np

from installation.audio.units.seeds import seeds
from installation.audio.waves import cycles, harmonics, ramp, recorded, step

from ..case import RATE, Case

WAVES = cycles([harmonics([1.0, 0.5, 0.3]), recorded(np.linspace(-1.0, 1.0, 64)), harmonics([0.0] * 19 + [1.0])])
BELL = (0.0, 440.0, 1.0 * RATE, 0.5, 1_213.0, 0.5 * RATE, 0.3, 30_000.0, 0.5 * RATE, 0.3)

CASES: tuple[Case, ...] = (
    Case("saw_fast", 2, controls={"frequency": 1_234.5}, rests=False),
    Case("pulse_fast", 2, controls={"frequency": 1_234.5, "width": 0.3}, rests=False),
    Case("sine", 2, controls={"frequency": 441.0}, rests=False),
    Case("saw", 2, controls={"frequency": 1_234.5}, numbers={"step": step()}, rests=False),
    Case("pulse", 2, controls={"frequency": 1_234.5, "width": 0.3}, numbers={"step": step()}, rests=False),
    Case("triangle", 2, controls={"frequency": 1_234.5}, numbers={"ramp": ramp()}, rests=False),
    Case("wavetable", 2, controls={"frequency": 441.0, "morph": 0.3}, numbers={"waves": WAVES}, rests=False),
    Case("fm", 2, controls={"carrier": 441.0, "ratio": 1.41, "index": 3.0, "feedback": 0.5}, rests=False),
    Case("phasor", 2, controls={"frequency": 441.0}, rests=False),
    Case("impulse", 2, controls={"frequency": 441.0}, rests=False),
    Case("pluck", controls={"frequency": 441.0, "decay": 0.5, "brightness": 0.5, "position": 0.13},
         memory={"line": 2_400 + 72}, state=seeds(1, 8)),
    Case("modal", controls={"frequency": 1.0, "stretch": 1.0, "damping": 1.0}, numbers={"modes": BELL},
         state=lambda hall: (0.0,) * (3 * 8), quiet={"damping": 4.0}),
)
