"""Units of audio/units/grains.py on the bench."""
from __future__ import annotations

from installation.audio.units.grains import SPARE, grain_state

from ..case import RECORDING, Case

CLOUD = {"rate": 1.2, "density": 900.0, "size": 0.02, "pitch_scatter": 5.0, "position_scatter": 0.01, "jitter": 1.0, "spread": 1.0,
         "reverse": 0.3}

CASES: tuple[Case, ...] = (
    Case("grains", 2, controls={"position": 0.4, **CLOUD}, numbers={"shape": (0.0,)}, table=RECORDING, state=grain_state(12),
         quiet={"density": 0.0}),
    Case("live_grains", 2, controls={"position": 0.01, **CLOUD}, numbers={"shape": (2.0,)}, memory={"line": 2 * (2_400 + SPARE)},
         state=grain_state(12)),
)
