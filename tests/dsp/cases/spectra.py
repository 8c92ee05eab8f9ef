"""Units of audio/units/spectra.py on the bench."""
from __future__ import annotations

from installation.audio.units.spectra import cross_memory, sustain_memory, window_plan

from ..case import Case

PLAN = window_plan(512)

CASES: tuple[Case, ...] = (
    Case("freeze", 2, controls={"gate": 0.7}, numbers={"plan": PLAN}, memory={"memory": sustain_memory(512)}, quiet={"gate": 0.0}),
    Case("blur", 2, controls={"time": 0.3}, numbers={"plan": PLAN}, memory={"memory": sustain_memory(512)}),
    Case("cross", 2, numbers={"plan": PLAN}, memory={"memory": cross_memory(512)}),
)
