"""Units of audio/units/noises.py on the bench."""
from __future__ import annotations

from installation.audio.units.seeds import seeds

from ..case import Case

CASES: tuple[Case, ...] = (
    Case("white", 2, state=seeds(2, 2), rests=False),
    Case("pink", 2, state=seeds(2, 10), rests=False),
)
