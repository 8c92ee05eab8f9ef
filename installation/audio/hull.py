"""Convex hulls of a few dozen points: what triangles of loudspeakers are made of, and the edge of a room.

    solid_hull(points, tolerance)   the facets of points that fill space: corners, counter-clockwise as seen from outside
    rim(points, chosen, normal)     the corners of points that lie in a plane, counter-clockwise as seen from its normal
    cross, dot, minus, unit         vectors of three numbers

Source: D. Chand and S. Kapur, An Algorithm for Convex Polytopes, J. ACM 17(1), 1970: the hull is wrapped, from each edge on to the
next facet; points in one plane make one facet, so that squares stay squares. On a sphere, hull and Delaunay triangulation are one.
"""
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias

Vector: TypeAlias = tuple[float, float, float]
NOTHING = 1e-9      # what rounding leaves of zero, for coordinates about 1


def solid_hull(points: Sequence[Vector], tolerance: float) -> list[tuple[int, ...]]:
    """The facets around points that do not lie in one plane. Those within `tolerance` of a facet's plane are in it.

    Points inside belong to no facet. About n times the number of facets in time: milliseconds for 64 loudspeakers.
    """
    found = [_first_facet(points, tolerance)]
    known = {frozenset(found[0])}
    edges = set(_edges(found[0]))
    waiting = list(edges)
    while waiting:
        end, start = waiting.pop()
        if (start, end) in edges:
            continue
        facet = _facet(points, start, end, tolerance)
        edges.add((start, end))
        if len(facet) < 3 or frozenset(facet) in known:
            continue
        known.add(frozenset(facet))
        found.append(facet)
        fresh = [edge for edge in _edges(facet) if edge not in edges]
        edges.update(fresh)
        waiting.extend(fresh)
    return found


def rim(points: Sequence[Vector], chosen: Sequence[int], normal: Vector) -> tuple[int, ...]:
    """The corners among the chosen points, which lie in a plane; two if they lie on a line, one if they are one.

    Source: A. Andrew, Another efficient algorithm for convex hulls in two dimensions, Inf. Proc. Letters 9(5), 1979.
    """
    across = unit(cross((0.0, 0.0, 1.0) if abs(normal[2]) < 0.9 else (1.0, 0.0, 0.0), normal))
    along = cross(normal, across)
    flat = {index: (dot(points[index], across), dot(points[index], along)) for index in chosen}
    ordered = sorted(flat, key=lambda index: flat[index])
    if len(ordered) < 3:
        return tuple(ordered)
    return tuple(_half(ordered, flat)[:-1] + _half(ordered[::-1], flat)[:-1])


def cross(a: Vector, b: Vector) -> Vector:
    """The vector at right angles to both."""
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]


def dot(a: Vector, b: Vector) -> float:
    """1 where unit vectors point the same way, 0 at right angles."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def minus(a: Vector, b: Vector) -> Vector:
    """From b to a."""
    return a[0] - b[0], a[1] - b[1], a[2] - b[2]


def unit(a: Vector) -> Vector:
    """The same direction, of length 1; zero stays zero."""
    length = math.sqrt(dot(a, a))
    return (a[0] / length, a[1] / length, a[2] / length) if length > 0.0 else a


def _half(ordered: Sequence[int], flat: dict[int, tuple[float, float]]) -> list[int]:
    """The rim from the first point to the last, turning left only."""
    chain: list[int] = []
    for index in ordered:
        while len(chain) > 1:
            (ax, ay), (bx, by), (cx, cy) = flat[chain[-2]], flat[chain[-1]], flat[index]
            if (bx - ax) * (cy - ay) - (by - ay) * (cx - ax) > NOTHING * NOTHING:
                break
            chain.pop()
        chain.append(index)
    return chain


def _first_facet(points: Sequence[Vector], tolerance: float) -> tuple[int, ...]:
    """A facet at the point that is furthest to one side: that one is on the hull for certain."""
    start = min(range(len(points)), key=lambda index: points[index])
    others = [index for index in range(len(points)) if index != start]
    for end in others:
        for third in others:
            normal = unit(cross(minus(points[end], points[start]), minus(points[third], points[start])))
            if third != end and normal != (0.0, 0.0, 0.0) and all(
                    dot(normal, minus(point, points[start])) <= NOTHING for point in points):
                return _in_plane(points, start, normal, tolerance)
    raise ValueError("these points have no hull")      # coordinates that are not finite: config.yaml cannot hold them


def _facet(points: Sequence[Vector], start: int, end: int, tolerance: float) -> tuple[int, ...]:
    """The facet on the left of an edge: the plane through it is turned until nothing lies outside."""
    edge = minus(points[end], points[start])
    normal: Vector | None = None
    for point in points:
        way = minus(point, points[start])
        if normal is None or dot(normal, way) > NOTHING:
            turned = unit(cross(edge, way))
            if dot(turned, turned) > 0.0 and dot(cross(edge, way), cross(edge, way)) > NOTHING**2 * dot(edge, edge):
                normal = turned
    assert normal is not None
    return _in_plane(points, start, normal, tolerance)


def _in_plane(points: Sequence[Vector], start: int, normal: Vector, tolerance: float) -> tuple[int, ...]:
    level = dot(normal, points[start])
    return rim(points, [index for index, point in enumerate(points) if dot(normal, point) >= level - tolerance], normal)


def _edges(facet: tuple[int, ...]) -> list[tuple[int, int]]:
    return list(zip(facet, (*facet[1:], facet[0])))
