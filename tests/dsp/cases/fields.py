"""Units of audio/units/fields.py on the bench."""
from __future__ import annotations

from ..case import Case

CASES: tuple[Case, ...] = ()
