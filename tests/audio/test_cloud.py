"""Gains among loudspeakers that stand anywhere: the formula, constant power, and sources outside."""
from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from installation.audio.cloud_gains import Cloud, cloud_numbers, nearest_of, position_of
from installation.audio.node import Hall
from installation.terms.fault import Fault

from .rooms_for_test import ROOMS, Speaker, ring, standing

HALL = standing((-4, 0, 3), (4, 0, 3), (-4, 6, 3), (4, 6, 3), (0, 3, 0), (-2, 3, 3), (0, 9, 1))
FLAT = standing((-4, 0, 1), (4, 0, 1), (4, 6, 1), (-4, 6, 1), (0, 3, 1))
LINE = standing((0, 0, 0), (2, 0, 0), (7, 0, 0))


@pytest.mark.parametrize("rolloff", [3.0, 6.0, 12.0])
def test_gains_are_those_of_the_formula(rolloff):
    """v_i = k w_i / d_i^a, a = R / (20 log10 2), sum v_i^2 = 1 (eqs. 1 to 6)."""
    weights = {2: 0.5, 5: 3.0}
    cloud, source = Cloud.of(HALL, 7, rolloff, weights), np.array([0.5, 3.2, 1.9])
    distances = np.array([math.sqrt(((source - speaker.position) ** 2).sum() + 0.3**2) for speaker in HALL])
    v = np.array([weights.get(speaker.output, 1.0) for speaker in HALL]) / distances ** (rolloff / (20 * math.log10(2)))
    assert cloud.gains(tuple(source), 0.3) == pytest.approx(v / np.linalg.norm(v), abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(st.tuples(*[st.floats(-30, 30)] * 3), st.floats(0, 5), st.sampled_from([HALL, FLAT, LINE, standing((1, 2, 3))]))
def test_power_is_constant_wherever_the_source_is(position, blur, speakers):
    gains = np.array(Cloud.of(speakers, 7).gains(position, blur))
    assert np.sum(gains**2) == pytest.approx(1.0) and gains.min() >= 0.0


@pytest.mark.parametrize("speakers", [HALL, FLAT, LINE], ids=["hall", "flat", "line"])
def test_a_path_through_the_room_and_out_of_it_has_no_jump(speakers):
    """A centimetre moves a gain by at most a / blur of itself times the step, as its distance is never below the blur."""
    cloud = Cloud.of(speakers, 7)
    for way in ((1.0, 0.2, 0.1), (0.1, 1.0, -0.3), (0.3, 0.3, 1.0)):
        unit = np.array(way) / np.linalg.norm(way)
        gains = np.array([cloud.gains(tuple(np.array([0.3, 3.1, 1.0]) + unit * k / 100), 0.2) for k in range(-1_500, 1_501)])
        assert np.abs(np.diff(gains, axis=0)).max() < 0.01 / 0.2


def test_a_source_on_a_loudspeaker_is_that_loudspeaker():
    cloud = Cloud.of(HALL, 7)
    for index, speaker in enumerate(HALL):
        assert cloud.gains(speaker.position, 0.0)[index] == pytest.approx(1.0)


@pytest.mark.parametrize("name", ["octagon", "half", "cube", "uneven"])
def test_outside_it_stays_with_the_nearest_edge(name):
    cloud = Cloud.of(ROOMS[name], 64)
    for azimuth in range(0, 360, 20):
        for up in (-0.5, 0.0, 0.7):
            far = np.array([30 * math.sin(math.radians(azimuth)), 30 * math.cos(math.radians(azimuth)), 30 * up])
            edge = np.array(cloud.nearest(tuple(far)))
            assert cloud.gains(tuple(far)) == pytest.approx(cloud.gains(tuple(edge)), abs=1e-6)
            assert all(np.linalg.norm(edge - far) <= np.linalg.norm(np.array(place) - far) + 1e-9 for _, place, _ in cloud.speakers)


def test_inside_is_not_moved_and_the_projection_is_the_nearest_point():
    cloud, rng = Cloud.of(HALL, 7), np.random.default_rng(4)
    corners = np.array([speaker.position for speaker in HALL])
    for _ in range(50):
        inside = tuple(rng.dirichlet(np.ones(7)) @ corners)
        assert cloud.nearest(inside) == pytest.approx(inside)
        outside = rng.uniform(-12, 12, 3)
        found = np.linalg.norm(np.array(cloud.nearest(tuple(outside))) - outside)
        some = rng.dirichlet(np.ones(7) * 0.3, 2_000) @ corners
        assert found <= np.linalg.norm(some - outside, axis=1).min() + 1e-9


def test_the_nearest_point_of_a_triangle_a_line_and_a_point():
    a, b, c = (0.0, 0.0, 0.0), (2.0, 0.0, 0.0), (0.0, 2.0, 0.0)
    assert nearest_of((0.5, 0.5, 3.0), a, b, c) == pytest.approx((0.5, 0.5, 0.0))
    assert nearest_of((2.0, 2.0, 1.0), a, b, c) == pytest.approx((1.0, 1.0, 0.0))
    assert nearest_of((-1.0, 1.0, 1.0), a, b, c) == pytest.approx((0.0, 1.0, 0.0))
    assert nearest_of((1.0, 4.0, 0.0), a, b, b) == pytest.approx((1.0, 0.0, 0.0))
    assert nearest_of((1.0, 4.0, 0.0), b, b, b) == b


def test_a_direction_and_a_distance_are_a_position():
    assert position_of(Speaker(1, 90.0, 0.0, 3.0)) == pytest.approx((-3, 0, 0))
    assert position_of(Speaker(1, 0.0, 30.0, 2.0)) == pytest.approx((0, math.sqrt(3), 1))


def test_what_cannot_be_known_or_heard_is_a_fault():
    with pytest.raises(Fault) as caught:
        Cloud.of([Speaker(1, 0.0, 0.0, None)], 1)
    assert caught.value.id == "graph.no_position" and "output 1" in caught.value.happened.en and caught.value.remedy.fr
    with pytest.raises(Fault) as caught:
        Cloud.of(ring(30, -30), 2, 6.0, {1: 0.0, 2: 0.0})
    assert caught.value.id == "graph.no_ring"
    with pytest.raises(Fault) as caught:
        cloud_numbers(6.0, {9: 1.0})(Hall(48_000, 2, ring(30, -30)))
    assert caught.value.id == "graph.output"
