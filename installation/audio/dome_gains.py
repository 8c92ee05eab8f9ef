"""Where a sound comes from in three dimensions: the gains of the loudspeakers for a direction, on a dome or whatever stands there.

    dome_numbers(loudspeakers, outputs)      the NUMBERS of the `dome` unit for a room
    dome_rest(hall)                          its STATE: working room for two sets of gains
    Dome.of(loudspeakers, outputs)           the triangles, their inverses and their feeds, once for a room
    dome.gains(direction)                    the gain of each of its directions: the reference, in plain Python
    heading(azimuth, elevation)              degrees to a vector: x ahead, y left, z up

The directions of the loudspeakers make triangles: the facets of their convex hull, which is their Delaunay triangulation. A source
lies in one of them and is played by its three corners with g = p L^-1, divided by its length (constant power).

Where there is no loudspeaker (below a dome, above a ring, behind a stage) imaginary ones are put: in the widest gap, again and
again, until no direction is further than 65 degrees from the next; and one amid every facet of four corners or more (the faces of a cube,
the top of a dome), which would otherwise be cut across by chance. What an imaginary loudspeaker would play is shared by the real
ones next to it, in equal power, and all is brought to constant power again. So a source that leaves the dome spreads over its edge:
it neither vanishes nor jumps. On a ring without gaps wider than 130 degrees a source has exactly the gains of `place`.

The layout of the NUMBERS:

    [0..3]             d directions, i imaginary ones, f facets, m feeds
    then f rows of 12  three corners (below d a direction, else imaginary), then the three vectors whose products with the
                       source's direction are the gains of the corners: the columns of L^-1
    then i rows of d   how much each direction plays of an imaginary loudspeaker
    then m rows of 3   direction, row of the bus, weight (1 / sqrt of how many share that direction)

Sources: V. Pulkki, Virtual Sound Source Positioning Using Vector Base Amplitude Panning, JAES 45(6), 1997, eqs. 16 to 20;
imaginary loudspeakers: F. Zotter and M. Frank, All-Round Ambisonic Panning and Decoding, JAES 60(10), 2012, section 2.
"""
from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ..terms.fault import Fault
from ..terms.words import both
from .hull import NOTHING, Vector, cross, dot, solid_hull, unit
from .node import Hall
from .place_gains import SAME, full_range

WIDEST = 65.0       # degrees from the middle of a gap to the next loudspeaker, from where it is filled: at 90 the dome would be open
GRID = 10           # degrees between the directions in which gaps are looked for
FLAT = 1e-3         # corners that near to one plane make one facet: a centimetre in a room of ten metres
AXES: tuple[Vector, ...] = ((0, 0, -1), (0, 0, 1), (-1, 0, 0), (0, 1, 0), (0, -1, 0), (1, 0, 0))


@dataclass(frozen=True, slots=True)
class Dome:
    """The loudspeakers of a room as triangles.

    directions  unit vectors, each with one loudspeaker or more
    feeds       (direction, row of the bus, weight)
    facets      (three corners, three vectors that give their gains)
    shares      for each imaginary corner, how much each direction plays of it
    """

    directions: tuple[Vector, ...]
    feeds: tuple[tuple[int, int, float], ...]
    facets: tuple[tuple[tuple[int, int, int], tuple[Vector, Vector, Vector]], ...]
    shares: tuple[tuple[float, ...], ...]

    @classmethod
    def of(cls, loudspeakers: Iterable[Any], outputs: int) -> Dome:
        """The dome of these loudspeakers (those with `azimuth`, and a role that is full range).

        Raises Fault if there is none, or one stands on an output that the room has not.
        """
        hall = Hall(1, outputs)
        placed = [speaker for speaker in full_range(loudspeakers) if getattr(speaker, "azimuth", None) is not None]
        if not placed:
            raise Fault(both("the room has no loudspeaker with a direction, so nothing can be placed",
                             "aucun haut-parleur de la salle n'a de direction : rien ne peut être placé"),
                        remedy=both("Give `ring:` or `azimuth:` and `elevation:` under `room:` in config.yaml, or use ug.to.",
                                    "Donnez `ring:` ou `azimuth:` et `elevation:` sous `room:` dans config.yaml, ou prenez ug.to."),
                        id="graph.no_ring")
        return _built(tuple((float(speaker.azimuth), float(getattr(speaker, "elevation", None) or 0.0),
                             hall.row(speaker.output, "room.loudspeakers")) for speaker in placed))

    def gains(self, direction: Vector) -> list[float]:
        """The gain of each direction for a source: constant power, continuous all over the sphere."""
        best, corners, found = -math.inf, (0, 0, 0), (1.0, 0.0, 0.0)
        for three, vectors in self.facets:
            gains = dot(direction, vectors[0]), dot(direction, vectors[1]), dot(direction, vectors[2])
            if min(gains) > best:
                best, corners, found = min(gains), three, gains
        total = [0.0] * len(self.directions)
        for corner, gain in zip(corners, found):
            gain = max(gain, 0.0)
            if corner < len(self.directions):
                total[corner] += gain
            else:
                for index, share in enumerate(self.shares[corner - len(self.directions)]):
                    total[index] += gain * share
        power = math.sqrt(sum(gain * gain for gain in total))
        return [gain / power for gain in total]

    def numbers(self) -> tuple[float, ...]:
        """As the kernel reads them."""
        flat: list[float] = [len(self.directions), len(self.shares), len(self.facets), len(self.feeds)]
        for corners, vectors in self.facets:
            flat += [*corners, *vectors[0], *vectors[1], *vectors[2]]
        for share in self.shares:
            flat += share
        for feed in self.feeds:
            flat += feed
        return tuple(float(number) for number in flat)


def dome_numbers(hall: Hall) -> tuple[float, ...]:
    """The NUMBERS of `dome`, deferred until the room is known."""
    return Dome.of(hall.loudspeakers, hall.outputs).numbers()


def dome_rest(hall: Hall) -> tuple[float, ...]:
    """The STATE of `dome`: the gains at both ends of a block."""
    return (0.0,) * (2 * len(Dome.of(hall.loudspeakers, hall.outputs).directions))


def heading(azimuth: float, elevation: float = 0.0) -> Vector:
    """The unit vector of a direction in degrees: x ahead, y to the left, z up."""
    level = math.cos(math.radians(elevation))
    return level * math.cos(math.radians(azimuth)), level * math.sin(math.radians(azimuth)), math.sin(math.radians(elevation))


@lru_cache(maxsize=8)
def _built(speakers: tuple[tuple[float, float, int], ...]) -> Dome:
    directions: list[Vector] = []
    rows: list[list[int]] = []
    for azimuth, elevation, row in speakers:
        way = heading(azimuth, elevation)
        same = [index for index, other in enumerate(directions) if dot(way, other) > math.cos(math.radians(SAME))]
        if same:
            rows[same[0]].append(row)
        else:
            directions.append(way)
            rows.append([row])
    corners = [*directions, *_gaps(directions)]
    corners += [unit(_sum([corners[index] for index in facet])) for facet in solid_hull(corners, FLAT) if len(facet) > 3]
    triangles = [(facet[0], facet[k], facet[k + 1]) for facet in solid_hull(corners, NOTHING) for k in range(1, len(facet) - 1)]
    return Dome(tuple(directions), tuple((index, row, 1.0 / math.sqrt(len(some))) for index, some in enumerate(rows) for row in some),
                tuple((triangle, _inverse(*(corners[index] for index in triangle))) for triangle in triangles),
                tuple(_shares(index, len(directions), triangles) for index in range(len(directions), len(corners))))


def _gaps(directions: Sequence[Vector]) -> list[Vector]:
    """Imaginary loudspeakers in the widest gaps, widest first, until there is none."""
    ways = [*AXES, *(heading(azimuth, elevation) for elevation in range(-90 + GRID, 90, GRID) for azimuth in range(-180, 180, GRID))]
    nearest = [max(dot(way, direction) for direction in directions) for way in ways]
    filled: list[Vector] = []
    while min(nearest) < math.cos(math.radians(WIDEST)):
        filled.append(ways[min(range(len(ways)), key=lambda index: round(nearest[index], 9))])
        nearest = [max(near, dot(way, filled[-1])) for near, way in zip(nearest, ways)]
    return filled


def _inverse(a: Vector, b: Vector, c: Vector) -> tuple[Vector, Vector, Vector]:
    """The vectors whose products with a direction are the gains of a, b and c: p = ga a + gb b + gc c."""
    volume = dot(a, cross(b, c))
    return tuple((v[0] / volume, v[1] / volume, v[2] / volume) for v in (cross(b, c), cross(c, a), cross(a, b)))  # type: ignore[return-value]


def _shares(imaginary: int, count: int, triangles: Sequence[tuple[int, int, int]]) -> tuple[float, ...]:
    """What each of `count` directions plays of an imaginary corner: the real ones next to it, or next to its neighbours."""
    reached = {imaginary}
    while not any(corner < count for corner in reached):
        reached |= {corner for triangle in triangles if reached & set(triangle) for corner in triangle}
    real = sum(corner < count for corner in reached)
    return tuple(1.0 / math.sqrt(real) if index in reached else 0.0 for index in range(count))


def _sum(vectors: Sequence[Vector]) -> Vector:
    return sum(v[0] for v in vectors), sum(v[1] for v in vectors), sum(v[2] for v in vectors)
