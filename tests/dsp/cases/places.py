"""Units of audio/units/places.py on the bench."""
from __future__ import annotations

from installation.audio.node import Hall
from installation.audio.stand import nearest_numbers, nearest_rest, role_numbers, velvet_memory, velvet_numbers

from ..case import RATE, RING, Case, Speaker

HALL = Hall(RATE, 4, (Speaker(1, 45), Speaker(2, -45), Speaker(3, 135), Speaker(4, -135)))

CASES: tuple[Case, ...] = (
    Case("place", 4, 1, controls={"azimuth": 17.0}, numbers={"ring": RING}),
    Case("place_eight", 4, 1, controls={f"a{voice}": 17.0 + 43.0 * voice for voice in range(8)}, numbers={"ring": RING}),
    Case("to", 4, 2, numbers={"rows": (3.0, 1.0)}),
    Case("spray_eight", 4, 1, numbers={"gains": tuple(0.1 * number for number in range(32))}),
    Case("spray", 4, 10, numbers={"gains": tuple(0.1 * number for number in range(40))}),
    Case("nearest", 4, 1, controls={"azimuth": 17.0, "elevation": 0.0}, numbers={"stand": nearest_numbers(0.01)(HALL)},
         state=lambda hall: nearest_rest(HALL)),
    Case("everywhere", 4, 1, numbers={"velvet": velvet_numbers(HALL)}, memory={"line": velvet_memory(HALL)}),
    Case("sub", 4, 1, controls={"cutoff": 80.0}, numbers={"feeds": role_numbers("sub")(HALL)}),
)
