"""Rooms of loudspeakers, by their directions in degrees or their positions in metres."""
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Speaker:
    output: int
    azimuth: float | None = 0.0
    elevation: float = 0.0
    distance: float | None = 2.0
    position: tuple[float, float, float] | None = None
    role: str = "full"


def room(*directions: tuple[float, float]) -> tuple[Speaker, ...]:
    return tuple(Speaker(output, azimuth, elevation) for output, (azimuth, elevation) in enumerate(directions, 1))


def ring(*azimuths: float) -> tuple[Speaker, ...]:
    return room(*((azimuth, 0.0) for azimuth in azimuths))


def standing(*positions: tuple[float, float, float]) -> tuple[Speaker, ...]:
    return tuple(Speaker(output, position=position) for output, position in enumerate(positions, 1))


OCTAGON = [(22.5 + 45 * k, 0.0) for k in range(8)]
RINGS = {
    "mono": ring(0), "stereo": ring(30, -30), "triangle": ring(0, 120, -120), "quad": ring(45, -45, 135, -135),
    "hexagon": ring(*(30 + 60 * k for k in range(6))), "octagon": room(*OCTAGON), "uneven": ring(3, 50, 110, 171, -140, -80),
    "sixty-four": ring(*(360 * k / 64 for k in range(64))),
}
DOMES = {
    "cube": room(*((45 + 90 * k, up) for up in (35.26, -35.26) for k in range(4))),
    "half": room(*OCTAGON, *((45 + 90 * k, 45.0) for k in range(4)), (0.0, 90.0)),
    "two rings": room(*((45 * k, up) for up in (0.0, 45.0) for k in range(8))),
    "cinema": room((30, 0), (-30, 0), (0, 0), (110, 0), (-110, 0), (45, 45), (-45, 45), (135, 45), (-135, 45)),
    "wall": room(*((around, up) for around in (-30, 0, 30) for up in (-20, 0, 20))),
    "opposite": room((0, 35), (180, -35)),
    "one level, one above": room((30, 0), (-30, 0), (0, 90)),
}
ROOMS = {**RINGS, **DOMES}
