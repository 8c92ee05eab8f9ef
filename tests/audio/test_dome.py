"""Gains on a dome: Pulkki's formula, constant power, and nothing that vanishes or jumps, whatever stands there."""
from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from installation.audio.dome_gains import Dome, heading
from installation.audio.hull import solid_hull
from installation.audio.place_gains import ring_gains, ring_numbers
from installation.terms.fault import Fault

from .rooms_for_test import DOMES, RINGS, ROOMS, Speaker, ring, room

PATHS = [[heading(k / 10, up) for k in range(3_601)] for up in (20.0, -35.0)]
PATHS += [[heading(around, k / 10) for k in range(3_601)] for around in (0.0, 71.0)]


def dome_of(name: str) -> Dome:
    return Dome.of(ROOMS[name], 64)


@pytest.mark.parametrize("name", sorted(ROOMS))
def test_power_is_constant_all_over_the_sphere(name):
    dome = dome_of(name)
    for path in PATHS:
        for direction in path[::23]:
            gains = np.array(dome.gains(direction))
            assert abs(10 * math.log10(np.sum(gains**2))) < 1e-9 and gains.min() >= 0.0


@pytest.mark.parametrize("name", sorted(DOMES))
def test_a_tenth_of_a_degree_never_jumps(name):
    """A gain turns by no more than 1 / tan(span / 2) of the narrowest pair: 7.6 on the wall, whose squares are 20 degrees high."""
    dome = dome_of(name)
    for path in PATHS:
        steps = np.abs(np.diff([dome.gains(direction) for direction in path], axis=0))
        assert steps.max() < 0.015, (name, path[int(steps.max(axis=1).argmax())])


@pytest.mark.parametrize("name", [name for name in sorted(RINGS) if name not in ("mono", "stereo")])
def test_a_ring_has_the_gains_of_place(name):
    dome, numbers, outputs = dome_of(name), ring_numbers(RINGS[name], 64), len(RINGS[name])
    for azimuth in np.arange(-180, 180, 3.7):
        gains = [0.0] * outputs
        for direction, row, weight in dome.feeds:
            gains[row] += weight * dome.gains(heading(azimuth))[direction]
        assert gains == pytest.approx(ring_gains(azimuth, numbers, 64)[:outputs], abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(-180, 180), st.floats(-1, 1)), min_size=12, max_size=30), st.floats(-180, 180), st.floats(-90, 90))
def test_gains_are_those_of_the_formula(speakers, azimuth, elevation):
    """g = p L^-1 over its length (eqs. 16 to 20), for the one triangle of loudspeakers that has no other in its circle."""
    dome = Dome.of(room(*((around, math.degrees(math.asin(z))) for around, z in speakers)), 64)
    source, directions = np.array(heading(azimuth, elevation)), np.array(dome.directions)
    for three in itertools.combinations(range(len(directions)), 3):
        base = directions[list(three)]
        if abs(np.linalg.det(base)) < 1e-3:
            continue
        gains = source @ np.linalg.inv(base)
        if gains.min() < 1e-6:
            continue
        normal = np.linalg.solve(base, np.ones(3))         # the plane of the three: normal . p = 1
        others = np.delete(directions @ normal, list(three))
        imaginary = [corner for corners, _ in dome.facets for corner in corners if corner >= len(directions)]
        if others.max() < 1.0 - 1e-3 and not imaginary:
            expected = np.zeros(len(directions))
            expected[list(three)] = gains / np.linalg.norm(gains)
            assert dome.gains(tuple(source)) == pytest.approx(expected, abs=1e-6)


def test_a_known_triangle():
    """Three loudspeakers at right angles: the gains are the direction itself."""
    dome = Dome.of(room((0, 0), (90, 0), (0, 90), (180, 0), (-90, 0), (0, -90)), 6)
    assert dome.gains(heading(30, 40))[:3] == pytest.approx(heading(30, 40), abs=1e-12)
    assert not dome.shares


@pytest.mark.parametrize("name", sorted(ROOMS))
def test_a_loudspeaker_alone_sounds_when_the_source_is_there(name):
    dome = dome_of(name)
    for index, direction in enumerate(dome.directions):
        assert dome.gains(direction)[index] == pytest.approx(1.0)


def test_what_has_no_loudspeaker_spreads_over_the_edge():
    octagon = dome_of("octagon")
    assert octagon.gains(heading(0, 90)) == pytest.approx([math.sqrt(1 / 8)] * 8)
    below = dome_of("half").gains(heading(0, -90))
    assert below[:8] == pytest.approx([math.sqrt(1 / 8)] * 8) and not any(below[8:])
    assert Dome.of(ring(0), 1).gains(heading(180, -40)) == [1.0]


def test_squares_are_crossed_evenly():
    gains = dome_of("cube").gains(heading(0, 0))
    assert sorted(gains) == pytest.approx([0, 0, 0, 0, 0.5, 0.5, 0.5, 0.5], abs=1e-4)


def test_left_and_right_are_alike():
    dome = dome_of("half")
    mirror = [dome.directions.index(next(d for d in dome.directions if np.allclose(d, (x, -y, z)))) for x, y, z in dome.directions]
    for azimuth, elevation in itertools.product(range(1, 180, 7), range(-88, 90, 9)):
        here, there = dome.gains(heading(azimuth, elevation)), dome.gains(heading(-azimuth, elevation))
        assert [here[index] for index in mirror] == pytest.approx(there, abs=1e-9)


@pytest.mark.parametrize("count", [4, 7, 20, 64])
def test_triangles_cover_the_sphere_once(count):
    """Euler: a triangulated sphere of n corners has 2 n - 4 facets."""
    rng = np.random.default_rng(count)
    for _ in range(5 if count < 64 else 3):
        dome = Dome.of(room(*zip(rng.uniform(-180, 180, count), np.degrees(np.arcsin(rng.uniform(-1, 1, count))))), 64)
        assert len(dome.facets) == 2 * (len(dome.directions) + len(dome.shares)) - 4


def test_a_hull_leaves_out_what_is_inside_and_keeps_squares_whole():
    cube = [(float(x), float(y), float(z)) for x in (0, 1) for y in (0, 1) for z in (0, 1)]
    facets = solid_hull([*cube, (0.5, 0.5, 0.5), (0.5, 0.5, 1.0)], 1e-9)
    assert len(facets) == 6 and all(len(facet) == 4 for facet in facets) and {8, 9}.isdisjoint(itertools.chain(*facets))


def test_subwoofers_and_shakers_take_no_part():
    speakers = (*ring(45, -45, 135, -135), Speaker(5, role="sub"), Speaker(6, role="shaker"))
    assert len(Dome.of(speakers, 6).directions) == 4
    assert not any(ring_gains(0.0, ring_numbers(speakers, 6), 6)[4:])


def test_no_loudspeaker_is_a_fault():
    with pytest.raises(Fault) as caught:
        Dome.of([Speaker(1, None), Speaker(2, role="sub")], 2)
    assert caught.value.id == "graph.no_ring" and caught.value.remedy.fr
