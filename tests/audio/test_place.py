"""Gains on a ring: Pulkki's formula, constant power, no silence and no jump, whatever the room."""
from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.audio.node import Hall
from installation.audio.place_gains import SAME, WIDEST, place_numbers, ring_gains, ring_numbers, to_numbers, turned
from installation.terms.fault import Fault


@dataclass(frozen=True)
class Speaker:
    output: int
    azimuth: float | None
    distance: float | None = 2.0
    elevation: float = 0.0


def room(*azimuths: float) -> list[Speaker]:
    return [Speaker(index + 1, azimuth) for index, azimuth in enumerate(azimuths)]


def gains(azimuth: float, speakers: list[Speaker]) -> np.ndarray:
    outputs = max(speaker.output for speaker in speakers)
    return np.array(ring_gains(azimuth, ring_numbers(speakers, outputs), outputs))


ROOMS = {
    "mono": [0.0], "mono behind": [170.0], "stereo": [30.0, -30.0], "left and right": [90.0, -90.0],
    "narrow": [5.0, -5.0],
    "quad": [45.0, -45.0, 135.0, -135.0], "surround": [30.0, -30.0, 0.0, 110.0, -110.0],
    "octagon": [22.5 + 45 * k for k in range(8)],
    "corner": [0.0, 20.0, 40.0], "irregular": [3.0, 50.0, 171.0, -140.0, -80.0], "shared": [45.0, 45.0, -45.0, -135.0, 135.0],
    "across the back": [180.0, -180.0, 0.0, 90.0, -90.0], "sixteen": [360 * k / 16 for k in range(16)],
    "one turn on": [405.0, 315.0, 225.0, -225.0],
}


@pytest.mark.parametrize("name", ROOMS)
def test_power_is_constant_all_the_way_round(name):
    speakers = room(*ROOMS[name])
    for azimuth in np.arange(-400, 400, 0.37):
        power = float(np.sum(gains(azimuth, speakers) ** 2))
        assert abs(10 * math.log10(power)) < 0.01
        assert gains(azimuth, speakers).min() >= -1e-12


@pytest.mark.parametrize("name", ROOMS)
def test_a_tenth_of_a_degree_never_jumps(name):
    """Gains are the sine and cosine of an angle that turns by sin(span) / (sin²(span - a) + sin²(a)): steepest amid a narrow
    pair, 1 / tan of half the span, or at the ends of a wide one, 1 / sin(span)."""
    speakers = room(*ROOMS[name])
    around = np.array([gains(azimuth, speakers) for azimuth in np.arange(-180, 180.1, 0.1)])
    directions = sorted({turned(a) for a in ROOMS[name]})
    spans = np.radians([arc for arc in np.diff([*directions, directions[0] + 360.0]) if SAME < arc <= WIDEST])
    steepest = max([1.0, *(1 / np.tan(spans / 2)), *(1 / np.sin(spans))])
    assert np.abs(np.diff(around, axis=0)).max() <= math.radians(0.1) * steepest + 1e-9


@given(st.lists(st.floats(-180, 180), min_size=3, max_size=12, unique=True), st.floats(-720, 720))
def test_gains_are_those_of_the_formula(azimuths, azimuth):
    """p = g L, so g = p L^-1, divided by its length (Pulkki 1997, eqs. 6 to 9), for the pair that the source stands between."""
    ordered = sorted(turned(a) for a in azimuths)
    pairs = list(zip(ordered, [*ordered[1:], ordered[0] + 360.0]))
    if any(not 0.1 < high - low < WIDEST for low, high in pairs):
        return
    source = turned(azimuth)
    low, high = next((low, high) for low, high in pairs if low <= source <= high or low <= source + 360.0 <= high)
    base = np.array([[math.cos(math.radians(a)), math.sin(math.radians(a))] for a in (low, high)])
    pair = np.array([math.cos(math.radians(azimuth)), math.sin(math.radians(azimuth))]) @ np.linalg.inv(base)
    pair /= np.linalg.norm(pair)
    expected = np.zeros(len(azimuths))
    for angle, gain in zip((low, high), pair):
        expected[int(np.argmin([abs(turned(a) - turned(angle)) for a in azimuths]))] = gain
    assert gains(azimuth, room(*azimuths)) == pytest.approx(expected, abs=1e-9)


def test_a_loudspeaker_alone_sounds_when_the_source_is_there():
    for azimuth in ROOMS["irregular"]:
        assert max(gains(azimuth, room(*ROOMS["irregular"]))) == pytest.approx(1.0)


def test_one_loudspeaker_has_everything():
    assert gains(123.0, room(0.0)).tolist() == [1.0]


def test_two_loudspeakers_cross_over_behind():
    assert gains(180.0, room(30.0, -30.0)) == pytest.approx([math.sqrt(0.5)] * 2)
    assert gains(105.0, room(30.0, -30.0)) == pytest.approx([math.cos(math.radians(22.5)), math.sin(math.radians(22.5))])


def test_a_step_across_the_back_is_a_small_step():
    quad = room(*ROOMS["quad"])
    assert np.abs(gains(179.9, quad) - gains(-179.9, quad)).max() < 0.01
    assert gains(190.0, quad) == pytest.approx(gains(-170.0, quad))


def test_loudspeakers_in_one_direction_share_it():
    assert gains(45.0, room(*ROOMS["shared"])) == pytest.approx([math.sqrt(0.5), math.sqrt(0.5), 0, 0, 0])


def test_rows_are_those_of_the_outputs_and_others_stay_silent():
    speakers = [Speaker(5, 45.0), Speaker(2, -45.0), Speaker(7, None), Speaker(1, 10.0, elevation=90.0)]
    numbers = ring_numbers(speakers, 8)
    assert np.flatnonzero(ring_gains(0.0, numbers, 8)).tolist() == [1, 4]


def test_only_loudspeakers_overhead_still_make_a_ring():
    assert sum(gains(0.0, [Speaker(1, 45.0, elevation=80.0), Speaker(2, -45.0, elevation=80.0)]) ** 2) == pytest.approx(1.0)


def test_a_dome_has_its_level_loudspeakers_for_a_ring_if_they_surround():
    upper = [Speaker(5 + k, 90.0 * k, elevation=45.0) for k in range(4)]
    assert ring_numbers([*room(*ROOMS["quad"]), *upper], 8) == ring_numbers(room(*ROOMS["quad"]), 8)
    front = [Speaker(1, 30.0), Speaker(2, -30.0), Speaker(3, 120.0, elevation=30.0), Speaker(4, -120.0, elevation=30.0)]
    assert ring_numbers(front, 4) == ring_numbers(room(30.0, -30.0, 120.0, -120.0), 4)


def test_no_ring_and_no_output_are_faults():
    with pytest.raises(Fault) as caught:
        ring_numbers([Speaker(1, None)], 1)
    assert caught.value.id == "graph.no_ring" and caught.value.remedy.fr
    with pytest.raises(Fault) as caught:
        ring_numbers(room(0.0, 90.0, 180.0), 2)
    assert "the room has 2 outputs, room.loudspeakers asked for 3" in caught.value.happened.en


def test_deferred_numbers_of_place_and_to():
    hall = Hall(48_000, 4, tuple(room(*ROOMS["quad"])))
    assert place_numbers(hall) == ring_numbers(hall.loudspeakers, 4)
    rows = to_numbers(3, 2)
    assert callable(rows) and rows(hall) == (2.0, 3.0)
    late = to_numbers(7)
    with pytest.raises(Fault) as caught:
        late(hall)  # type: ignore[operator]
    assert caught.value.happened.en == "the room has 4 outputs, ug.to asked for 7"
