"""Units of audio/units/grains.py on the bench."""
from __future__ import annotations

from ..case import Case

CASES: tuple[Case, ...] = ()
