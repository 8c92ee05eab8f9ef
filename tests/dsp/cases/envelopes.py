"""Units of audio/units/envelopes.py on the bench."""
from __future__ import annotations

from math import exp, expm1

from ..case import Case

CASES: tuple[Case, ...] = (
    Case("env", controls={"gate": 1.0, "attack": 0.01, "decay": 0.05, "sustain": 0.4, "release": 0.1}, quiet={"gate": 0.0}),
    Case("ping", controls={"attack": 0.002, "release": 0.05}),
    Case("segments", numbers={"numbers": (0.0, 0.0, 0.0, 200.0, 1.0, 0.0, 1.0, 1.0, 300.0, 0.0, -4.0, exp(-4.0 / 300.0), 1.0 / expm1(-4.0))}),
    Case("trigger", any_block=False),
    Case("start"),
    Case("held", any_block=False),
)
