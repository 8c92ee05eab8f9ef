"""Units of audio/units/beside.py on the bench."""
from __future__ import annotations

from ..case import Case

VOICES = tuple(f"c{voice}" for voice in range(8))
CASES: tuple[Case, ...] = (
    Case("gather", 2),
    Case("part_voices", 16, 2),
    Case("gather_controls", controls=dict.fromkeys(VOICES, 0.3), quiet=dict.fromkeys(VOICES, 0.0), any_block=False),
)
