"""Units of audio/units/arithmetic.py on the bench."""
from __future__ import annotations

from ..case import Case

CASES: tuple[Case, ...] = (
    Case("ramp", 2, controls={"control": 0.3}, quiet={"control": 0.0}),
    Case("fit_sound", numbers={"numbers": (2.0, 0.0, -0.7, 0.7)}),
    Case("look", numbers={"numbers": (2.0, 0.0, -0.7, 0.7)}, any_block=False),
    Case("spread", 3, 1),
    Case("scale", 2, controls={"gain": 0.3}),
    Case("offset", 2, controls={"amount": 0.3}, quiet={"amount": 0.0}),
    *(Case(name, 2) for name in ("add", "subtract", "multiply", "divide")),
)
