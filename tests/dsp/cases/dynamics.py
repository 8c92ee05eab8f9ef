"""Units of audio/units/dynamics.py on the bench."""
from __future__ import annotations

from ..case import Case

TIMES = {"attack": 0.003, "release": 0.05}
GATED = {**TIMES, "threshold": -10.0, "hysteresis": 6.0, "hold": 0.01}
LOOK = 100

CASES: tuple[Case, ...] = (
    Case("follow", controls=TIMES, numbers={"numbers": (0.0,)}, any_block=False),
    Case("follow_sound", controls=TIMES, numbers={"numbers": (1.0,)}),
    Case("compress", 2, controls={**TIMES, "threshold": -20.0, "ratio": 4.0, "knee": 6.0, "makeup": 3.0}),
    Case("expand", 2, controls={**TIMES, "threshold": -10.0, "ratio": 3.0, "most": 40.0}),
    Case("noise_gate", 2, controls={**GATED, "floor": -80.0}),
    Case("duck", 2, controls={**GATED, "depth": -12.0}),
    Case("limit", 2, controls={"ceiling": -10.0, "release": 0.02}, memory={"line": LOOK + 64, "window": 3 * LOOK + 64}),
    Case("level", 2, controls={"target": -20.0, "time": 0.1, "most": 18.0, "quiet": -55.0}),
)
