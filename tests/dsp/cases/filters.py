"""Units of audio/units/filters.py on the bench."""
from __future__ import annotations

from installation.audio.units.filters import MODES

from ..case import Case

CASES: tuple[Case, ...] = (
    Case("lowpass", 2, controls={"cutoff": 800.0}),
    Case("highpass", 2, controls={"cutoff": 800.0}),
    Case("filter", 2, controls={"cutoff": 800.0, "resonance": 0.8}, numbers={"mix": MODES["band"]}),
)
