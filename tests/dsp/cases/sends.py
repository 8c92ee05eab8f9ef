"""Units of audio/units/sends.py on the bench."""
from __future__ import annotations

from ..case import Case

CASES: tuple[Case, ...] = (
    Case("send", 2, 2, numbers={"rows": (0.0, 1.0)}),
    Case("sent", 2, rests=False),
)
