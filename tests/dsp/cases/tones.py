"""Units of audio/units/tones.py on the bench."""
from __future__ import annotations

from ..case import Case

CASES: tuple[Case, ...] = (
    Case("sine", 2, controls={"frequency": 441.0}, rests=False),
    Case("saw", 2, controls={"frequency": 1_234.5}, rests=False),
    Case("pulse", 2, controls={"frequency": 1_234.5, "width": 0.3}, rests=False),
)
