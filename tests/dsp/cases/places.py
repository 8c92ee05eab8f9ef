"""Units of audio/units/places.py on the bench."""
from __future__ import annotations

from ..case import RING, Case

CASES: tuple[Case, ...] = (
    Case("place", 4, 1, controls={"azimuth": 17.0}, numbers={"ring": RING}),
    Case("to", 4, 2, numbers={"rows": (3.0, 1.0)}),
    Case("spray", 4, 10, numbers={"gains": tuple(0.1 * number for number in range(40))}),
)
