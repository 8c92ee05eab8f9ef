"""Where a sound is among loudspeakers that stand anywhere: the gains for a position in metres.

    Cloud.of(loudspeakers, outputs, ...)    positions, weights and the hull around them, once for a room
    cloud.gains(position, blur)             the gain of each loudspeaker: the reference, in plain Python
    cloud_numbers(rolloff, weights)         the deferred NUMBERS of the `place_at` unit
    cloud_rest(hall)                        its STATE: working room for two sets of gains
    position_of(loudspeaker)                in metres, x to the right, y ahead, z up

Every loudspeaker plays, each the less the further it is from the source: v = k w / d^a with d = sqrt(|source - loudspeaker|^2 +
blur^2), a = rolloff / (20 log10 2), and k so that the sum of squares is 1. A source outside is taken to the nearest point of the
convex hull, which moves without a jump, so that far away it stays with the loudspeakers that it is nearest to.

The layout of the NUMBERS:

    [0..2]             n loudspeakers, t triangles, a / 2
    then n rows of 5   row of the bus, x, y, z, weight
    then t rows of 13  corners (x, y, z each), the outward normal, and the level of its plane (a point p is outside where
                       normal . p > level; a hull without an inside, as of a ring, has normal 0 and level -1: all is outside)

Source: T. Lossius, P. Baltazar and T. de la Hogue, DBAP: Distance-Based Amplitude Panning, ICMC 2009, eqs. 1 to 9, and its section
on sources outside the field; the nearest point of a triangle is C. Ericson's, Real-Time Collision Detection, 2005, 5.1.5.
"""
from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from ..terms.fault import Fault
from ..terms.words import both
from .dome_gains import heading
from .hull import Vector, cross, dot, minus, rim, solid_hull, unit
from .node import Hall
from .place_gains import full_range

THIN = 1e-6           # of the size: what is flatter has no inside
NEAREST = 1e-12       # m^2: a source on a loudspeaker, without blur
Triangle: TypeAlias = tuple[Vector, Vector, Vector, Vector, float]


@dataclass(frozen=True, slots=True)
class Cloud:
    """Loudspeakers (row of the bus, position, weight), the triangles of their hull, and the roll-off as the power of a distance."""

    speakers: tuple[tuple[int, Vector, float], ...]
    triangles: tuple[Triangle, ...]
    power: float

    @classmethod
    def of(cls, loudspeakers: Iterable[Any], outputs: int, rolloff: float = 6.0, weights: Mapping[int, float] | None = None) -> Cloud:
        """The cloud of these loudspeakers; `weights` by output.

        Raises Fault if one has no position, or all have weight 0.
        """
        hall, weights = Hall(1, outputs), weights or {}
        speakers: list[tuple[int, Vector, float]] = []
        for speaker in full_range(loudspeakers):
            weight = weights.get(speaker.output, 1.0)
            if weight > 0.0:
                speakers.append((hall.row(speaker.output, "room.loudspeakers"), position_of(speaker), weight))
        if not speakers:
            raise Fault(both("ug.place_at: the room has no loudspeaker with a weight above 0",
                             "ug.place_at : aucun haut-parleur de la salle n'a de poids supérieur à 0"), id="graph.no_ring")
        return cls(tuple(speakers), _hull([position for _, position, _ in speakers]), rolloff / (20.0 * math.log10(2.0)))

    def gains(self, position: Vector, blur: float = 0.2) -> list[float]:
        """The gain of each loudspeaker for a source there; their squares add up to 1."""
        inside = self.nearest(position)
        gains = []
        for _, place, weight in self.speakers:
            way = minus(inside, place)
            gains.append(weight / max(dot(way, way) + blur * blur, NEAREST) ** (self.power / 2.0))
        power = math.sqrt(sum(gain * gain for gain in gains))
        return [gain / power for gain in gains]

    def nearest(self, position: Vector) -> Vector:
        """The position itself if it is inside the hull, else the nearest point of it."""
        if all(dot(normal, position) <= level for *_, normal, level in self.triangles):
            return position
        points = [nearest_of(position, a, b, c) for a, b, c, _, _ in self.triangles]
        return min(points, key=lambda point: dot(minus(point, position), minus(point, position)))

    def numbers(self) -> tuple[float, ...]:
        """As the kernel reads them."""
        flat: list[float] = [len(self.speakers), len(self.triangles), self.power / 2.0]
        for row, place, weight in self.speakers:
            flat += [row, *place, weight]
        for a, b, c, normal, level in self.triangles:
            flat += [*a, *b, *c, *normal, level]
        return tuple(float(number) for number in flat)


def cloud_numbers(rolloff: float, weights: Mapping[int, float]) -> Callable[[Hall], tuple[float, ...]]:
    """The NUMBERS of `place_at`, deferred until the room is known. Raises Fault for the weight of an output that it has not."""
    def numbers(hall: Hall) -> tuple[float, ...]:
        for output in weights:
            hall.row(output, "ug.place_at, weights")
        return Cloud.of(hall.loudspeakers, hall.outputs, rolloff, weights).numbers()

    return numbers


def cloud_rest(hall: Hall) -> tuple[float, ...]:
    """The STATE of `place_at`: the gains at both ends of a block."""
    return (0.0,) * (2 * len(full_range(hall.loudspeakers)))


def position_of(speaker: Any) -> Vector:
    """Where a loudspeaker stands: its `position`, or its direction and distance. Raises Fault if it has neither."""
    position, distance = getattr(speaker, "position", None), getattr(speaker, "distance", None)
    if position is not None:
        return float(position[0]), float(position[1]), float(position[2])
    if distance is None:
        raise Fault(both(f"ug.place_at: nobody knows where the loudspeaker of output {speaker.output} stands",
                         f"ug.place_at : personne ne sait où est le haut-parleur de la sortie {speaker.output}"),
                    remedy=both("Give each its `position: [x, y, z]`, or its `distance:`, under room.loudspeakers in config.yaml.",
                                "Donnez à chacun sa `position: [x, y, z]`, ou sa `distance:`, sous room.loudspeakers dans config.yaml."),
                    id="graph.no_position")
    ahead, left, up = heading(speaker.azimuth, getattr(speaker, "elevation", None) or 0.0)
    return -left * distance, ahead * distance, up * distance


def nearest_of(p: Vector, a: Vector, b: Vector, c: Vector) -> Vector:
    """The point of a triangle that is nearest to p; it may be a line or a point, if c is b or a."""
    ab, ac, ap, bp, cp = minus(b, a), minus(c, a), minus(p, a), minus(p, b), minus(p, c)
    d1, d2, d3, d4, d5, d6 = dot(ab, ap), dot(ac, ap), dot(ab, bp), dot(ac, bp), dot(ab, cp), dot(ac, cp)
    if d1 <= 0.0 and d2 <= 0.0:
        return a
    if d3 >= 0.0 and d4 <= d3:
        return b
    if d6 >= 0.0 and d5 <= d6:
        return c
    vc, vb, va = d1 * d4 - d3 * d2, d5 * d2 - d1 * d6, d3 * d6 - d5 * d4
    if vc <= 0.0 and d1 >= 0.0 and d3 <= 0.0:
        return _along(a, ab, d1 / (d1 - d3))
    if vb <= 0.0 and d2 >= 0.0 and d6 <= 0.0:
        return _along(a, ac, d2 / (d2 - d6))
    if va <= 0.0 and d4 - d3 >= 0.0 and d5 - d6 >= 0.0:
        return _along(b, minus(c, b), (d4 - d3) / ((d4 - d3) + (d5 - d6)))
    return _along(_along(a, ab, vb / (va + vb + vc)), ac, vc / (va + vb + vc))


def _along(a: Vector, way: Vector, part: float) -> Vector:
    return a[0] + way[0] * part, a[1] + way[1] * part, a[2] + way[2] * part


def _hull(places: Sequence[Vector]) -> tuple[Triangle, ...]:
    """The hull as triangles: of a solid, of a plane, of a line or of a point."""
    def furthest(measure: Callable[[Vector], float]) -> Vector:
        return max(places, key=measure)

    start = places[0]
    end = furthest(lambda p: dot(minus(p, start), minus(p, start)))
    line = unit(minus(end, start))
    size = math.sqrt(dot(minus(end, start), minus(end, start)))
    side = furthest(lambda p: _length(cross(line, minus(p, start))))
    normal = unit(cross(line, minus(side, start)))
    top = furthest(lambda p: abs(dot(normal, minus(p, start))))
    if size == 0.0:
        return (_flat(start, start, start),)
    if _length(cross(line, minus(side, start))) <= THIN * size:
        low, high = (pick(places, key=lambda p: dot(line, p)) for pick in (min, max))
        return (_flat(low, high, high),)
    if abs(dot(normal, minus(top, start))) <= THIN * size:
        edge = [places[index] for index in rim(places, range(len(places)), normal)]
        return tuple(_flat(edge[0], edge[k], edge[k + 1]) for k in range(1, len(edge) - 1))
    triangles: list[Triangle] = []
    scaled = [(p[0] / size, p[1] / size, p[2] / size) for p in places]
    for facet in solid_hull(scaled, THIN):
        corners = [places[index] for index in facet]
        for k in range(1, len(corners) - 1):
            outward = unit(cross(minus(corners[k], corners[0]), minus(corners[k + 1], corners[0])))
            triangles.append((corners[0], corners[k], corners[k + 1], outward, dot(outward, corners[0])))
    return tuple(triangles)


def _flat(a: Vector, b: Vector, c: Vector) -> Triangle:
    return a, b, c, (0.0, 0.0, 0.0), -1.0


def _length(a: Vector) -> float:
    return math.sqrt(dot(a, a))
