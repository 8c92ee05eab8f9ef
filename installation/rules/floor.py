"""The floor: where everything of a piece stands, in metres from the middle of the room, x to the right, y ahead, z up. Pure.

    floor = Floor(piece)
    floor.size                    width and depth
    floor.loudspeakers["ring 1"]  (x, y, z); floor.lamps["lantern 1"], floor.sensors["plinth"]: (x, y) or (x, y, z)
    floor.points["visitors"]      {field: (x, y)}: places that a sensor's fields are about

What config.yaml does not place gets a sensible place: loudspeakers in their direction, on the largest circle that fits; lamps around,
clockwise from ahead on the left; sensors along the wall behind. `given` has the names of what the file does place.
"""
from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from ..terms.fault import Fault
from ..terms.quantity import quantity
from .piece import Loudspeaker, Piece

Place = tuple[float, ...]
SIZE = (6.0, 8.0)        # of a room of which nothing is known
LEAST = 4.0              # m, of a room that is drawn around what has a place
MARGIN = 1.15            # of what is furthest
RING, LAMPS, WALL = 0.92, 0.5, 0.9      # of the half room: where loudspeakers, lamps and sensors stand that have no place


class Floor:
    """Where everything stands. given: what config.yaml places: "lamp NAME", "sensor NAME", "loudspeaker NAME"."""

    def __init__(self, piece: Piece) -> None:
        self.given: set[str] = set()
        self.points = {name: _points(record.options) for name, record in piece.sensors.items() if record.driver == "visitors"}
        self.size = piece.room.size or _around(piece, self.points)
        half = self.size[0] / 2, self.size[1] / 2
        self.loudspeakers = {speaker.name: self._loudspeaker(speaker, min(half)) for speaker in piece.room.loudspeakers}
        fixtures = piece.light.fixtures
        self.lamps: dict[str, Place] = {}
        for index, fixture in enumerate(fixtures):
            turn = (math.tau * index - math.pi) / len(fixtures) if len(fixtures) > 1 else 0.0
            self.lamps[fixture.name] = self._at(f"lamp {fixture.name}", fixture.at,
                                                (half[0] * LAMPS * math.sin(turn), half[1] * LAMPS * math.cos(turn)))
        self.sensors: dict[str, Place] = {}
        for index, (name, record) in enumerate(piece.sensors.items()):
            along = (index + 0.5) / len(piece.sensors) * 2.0 - 1.0
            self.sensors[name] = self._at(f"sensor {name}", record.at, (half[0] * WALL * along, -half[1] * WALL))

    def _at(self, what: str, written: Place | None, otherwise: Place) -> Place:
        if written is None:
            return otherwise
        self.given.add(what)
        return written

    def _loudspeaker(self, speaker: Loudspeaker, half: float) -> Place:
        if speaker.position is not None or speaker.distance is not None:
            self.given.add(f"loudspeaker {speaker.name}")
        return speaker.position or heading(speaker.azimuth, speaker.elevation, speaker.distance or half * RING)


def heading(azimuth: float, elevation: float, distance: float) -> tuple[float, float, float]:
    """A direction and a distance as a place: degrees, 0 ahead, positive to the left and up."""
    level = distance * math.cos(math.radians(elevation))
    return (-level * math.sin(math.radians(azimuth)), level * math.cos(math.radians(azimuth)), distance * math.sin(math.radians(elevation)))


def _around(piece: Piece, points: Mapping[str, Mapping[str, Place]]) -> tuple[float, float]:
    """A size that holds everything that has a place: the visitors' own room, if there are simulated ones, or more."""
    places: list[Place] = [speaker.position or heading(speaker.azimuth, speaker.elevation, speaker.distance or 0.0)
                           for speaker in piece.room.loudspeakers]
    places += [fixture.at for fixture in piece.light.fixtures if fixture.at]
    places += [record.at for record in piece.sensors.values() if record.at]
    places += [place for named in points.values() for place in named.values()]
    places = [place for place in places if any(place)]
    rooms = [_pair(record.options.get("room")) or SIZE for record in piece.sensors.values() if record.driver == "visitors"]
    if not places and not rooms:
        return SIZE
    least = [max([LEAST, *(room[axis] for room in rooms)]) for axis in (0, 1)]
    return tuple(max(least[axis], 2 * MARGIN * max((abs(place[axis]) for place in places), default=0.0)) for axis in (0, 1))  # type: ignore[return-value]


def _points(options: Mapping[str, Any]) -> dict[str, Place]:
    written = options.get("points")
    named = {str(name): _pair(place) for name, place in written.items()} if isinstance(written, Mapping) else {}
    return {name: place for name, place in named.items() if place is not None}


def _pair(written: object) -> tuple[float, float] | None:
    """Two lengths, as the visitors' options have them; None for anything else, which their driver refuses."""
    if not isinstance(written, Sequence) or isinstance(written, str) or len(written) != 2:
        return None
    try:
        return quantity(written[0], "m"), quantity(written[1], "m")
    except Fault:
        return None
