"""Units of audio/units/effects.py on the bench."""
from __future__ import annotations

from ..case import Case

CASES: tuple[Case, ...] = ()
