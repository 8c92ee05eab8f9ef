"""Units of audio/units/spectra.py on the bench."""
from __future__ import annotations

from ..case import Case

CASES: tuple[Case, ...] = ()
