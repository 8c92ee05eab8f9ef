"""Units of audio/units/fields.py on the bench."""
from __future__ import annotations

from types import SimpleNamespace

from installation.audio.cloud_gains import cloud_numbers, cloud_rest
from installation.audio.decoder import decoder_numbers
from installation.audio.dome_gains import dome_numbers, dome_rest
from installation.audio.node import Hall
from installation.audio.units.air import air_law

from ..case import RATE, Case

DIRECTIONS = ((45, 0), (-45, 0), (-135, 0), (135, 0), (0, 45), (120, 45), (-120, 45), (0, 90))
DOME = Hall(RATE, 8, tuple(SimpleNamespace(output=output, azimuth=azimuth, elevation=elevation, distance=3.0)
                           for output, (azimuth, elevation) in enumerate(DIRECTIONS, 1)))

CASES: tuple[Case, ...] = (
    Case("dome", 8, 1, controls={"azimuth": 17.0, "elevation": 30.0, "spread": 20.0}, numbers={"dome": dome_numbers(DOME)},
         state=lambda hall: dome_rest(DOME)),
    Case("place_at", 8, 1, controls={"right": 1.0, "ahead": 4.0, "up": 0.5, "blur": 0.2},
         numbers={"cloud": cloud_numbers(6.0, {})(DOME)}, state=lambda hall: cloud_rest(DOME)),
    Case("away", controls={"right": 1.0, "ahead": 2.0, "up": 2.0}, any_block=False, rests=False),
    Case("distance", 2, controls={"metres": 20.0}, numbers={"law": (1.0, 1.0, *air_law(RATE), 1.0)}),
    Case("encode", 16, 1, controls={"azimuth": 17.0, "elevation": 30.0}),
    Case("rotate", 16, controls={"yaw": 17.0, "pitch": 30.0, "roll": -20.0}),
    Case("decode", 8, 16, numbers={"matrix": decoder_numbers(3)(DOME)}),
)
