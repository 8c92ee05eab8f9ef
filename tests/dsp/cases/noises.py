"""Units of audio/units/noises.py on the bench."""
from __future__ import annotations

from installation.audio.units.seeds import seeds

from ..case import Case

CASES: tuple[Case, ...] = (
    Case("white", 2, state=seeds(2, 2), rests=False),
    Case("pink", 2, state=seeds(2, 10), rests=False),
    Case("brown", 2, state=seeds(2, 4), rests=False),
    Case("blue", 2, state=seeds(2, 8), rests=False),
    Case("dust", 2, controls={"density": 900.0, "vary": 0.5}, state=seeds(2, 2), rests=False),
    Case("velvet", 2, controls={"density": 2_000.0}, state=seeds(2, 5), rests=False),
)
