"""Units of audio/units/decisions.py on the bench."""
from __future__ import annotations

from installation.audio.units.seeds import seeds

from ..case import RATE, Case

CASES: tuple[Case, ...] = (
    Case("above", 2, controls={"threshold": 0.2, "hysteresis": 0.1}),
    Case("rising", controls={"level": 0.2}),
    Case("changed", controls={"threshold": 0.3}),
    Case("beat", controls={"period": 0.01}, rests=False),
    Case("every", numbers={"numbers": (3.0, 2.0)}),
    Case("chance", controls={"probability": 0.5}, state=seeds(1, 3)),
    Case("count", numbers={"numbers": (3.0,)}, rests=False),
    Case("gate", controls={"length": 0.004}),
    Case("latch", rests=False),
    Case("hold", 2, rests=False),
    Case("slew", 2, controls={"up": 100.0, "down": 50.0}, numbers={"numbers": (1.0 / RATE,)}),
    Case("slew_control", controls={"control": 0.3, "up": 100.0, "down": 50.0}, numbers={"numbers": (1.0 / RATE,)}, any_block=False,
         quiet={"control": 0.0}),
    Case("lfo", controls={"frequency": 40.0, "low": -1.0, "high": 3.0}, numbers={"numbers": (5.0, 0.3)}, state=seeds(1, 6), any_block=False,
         rests=False),
    Case("steps", numbers={"numbers": (2.0, 3.0, 1.0, -4.0, 5.0)}, state=seeds(1, 10), any_block=False, rests=False),
)
