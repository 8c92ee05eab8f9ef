"""Units of audio/units/controls.py on the bench."""
from __future__ import annotations

from installation.audio.units.seeds import seeds

from ..case import Case

CASES: tuple[Case, ...] = (
    Case("drift", controls={"period": 0.1, "low": -180.0, "high": 180.0}, state=seeds(1, 8), any_block=False, rests=False),
    Case("glide", numbers={"numbers": (0.0, 960.0, -1.0, 1.0)}, any_block=False),
    Case("fit", controls={"control": 0.3}, numbers={"numbers": (2.0, 1.0, -3.0, 3.0)}, any_block=False, quiet={"control": 0.0}),
    *(Case(f"control_{name}", controls={"a": 0.3, "b": -0.7}, any_block=False, quiet={"a": 0.0, "b": 0.0}) for name in ("add", "multiply", "divide")),
    Case("walk", controls={"period": 0.1, "step": 0.3, "low": -1.0, "high": 1.0}, state=seeds(1, 6), any_block=False, rests=False),
    Case("wander", controls={"period": 0.01, "move": 0.5, "uneven": 1.0, "low": -1.0, "high": 1.0}, state=seeds(1, 7), any_block=False, rests=False),
)
