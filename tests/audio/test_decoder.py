"""Playing a sound field: the harmonics, and what reaches the listener, on rings and domes."""
from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import sph_harm_y

from installation.audio.decoder import decoder, harmonics
from installation.audio.dome_gains import heading

from .rooms_for_test import ROOMS, ring


def test_harmonics_are_those_of_the_books():
    """ACN and SN3D, without the sign of Condon and Shortley, from the complex ones of scipy."""
    rng = np.random.default_rng(1)
    for azimuth, elevation in zip(rng.uniform(-180, 180, 30), rng.uniform(-90, 90, 30)):
        found = harmonics(heading(azimuth, elevation), 3)
        for channel, gain in enumerate(found):
            degree = math.isqrt(channel)
            m = channel - degree * degree - degree
            complex_one = sph_harm_y(degree, abs(m), math.radians(90 - elevation), math.radians(azimuth)) * (-1) ** m
            part = complex_one.imag if m < 0 else complex_one.real
            scale = math.sqrt(4 * math.pi / (2 * degree + 1)) * (math.sqrt(2) if m else 1.0)
            assert gain == pytest.approx(scale * part, abs=1e-12)


def heard(name: str, order: int, lowest: float = -90.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Energy in dB, error of the energy vector's direction in degrees, and its length, for sources all around or all over."""
    speakers = ROOMS[name]
    rows = decoder(speakers, 64, order)
    matrix = np.array([gains for _, gains in rows])
    directions = np.array([heading(speakers[row].azimuth, speakers[row].elevation) for row, _ in rows])
    level = all(speaker.elevation == 0 for speaker in speakers)
    sources = [heading(a) for a in range(0, 360, 3)] if level else [
        heading(a, math.degrees(math.asin(z))) for a in range(0, 360, 10) for z in np.linspace(math.sin(math.radians(lowest)), 1, 24)]
    gains = np.array([matrix @ harmonics(source, order) for source in sources])
    energy = (gains**2).sum(axis=1)
    vectors = (gains**2) @ directions / energy[:, None]
    lengths = np.linalg.norm(vectors, axis=1)
    cosines = np.clip((vectors * np.array(sources)).sum(axis=1) / np.maximum(lengths, 1e-9), -1, 1)
    return 10 * np.log10(energy), np.degrees(np.arccos(cosines)), lengths


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize(("name", "astray"), [("quad", 0.1), ("hexagon", 0.1), ("octagon", 0.1), ("sixty-four", 0.1), ("uneven", 12.0),
                                              ("triangle", 21.0)])
def test_a_sound_that_goes_round_a_ring_is_equally_loud(name, astray, order):
    energy, errors, lengths = heard(name, order)
    print(f"{name}, order {order}: energy {energy.min():.2f} to {energy.max():.2f} dB, direction {errors.mean():.1f} to "
          f"{errors.max():.1f} degrees off, energy vector {lengths.mean():.2f}")
    assert np.abs(energy).max() < 0.01 and errors.max() < astray
    if name in ("octagon", "sixty-four"):       # the most that an order can give on a circle: max rE
        assert lengths == pytest.approx(np.full(len(lengths), math.cos(math.pi / (2 * order + 2))), abs=1e-3)


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize(("name", "lowest", "uneven", "astray"), [("cube", -90, 0.6, 12), ("half", 0, 2.6, 15), ("two rings", 0, 2.6, 14)])
def test_a_dome_plays_directions_near_where_they_are(name, lowest, uneven, astray, order):
    energy, errors, lengths = heard(name, order, lowest)
    print(f"{name}, order {order}: energy {energy.min():.2f} to {energy.max():.2f} dB, direction {errors.mean():.1f} to "
          f"{errors.max():.1f} degrees off, energy vector {lengths.mean():.2f}")
    assert np.ptp(energy) < uneven and errors.max() < astray


def test_two_loudspeakers_are_left_and_right():
    matrix = np.array([gains for _, gains in decoder(ring(30, -30), 2, 1)])
    left, ahead, right = (matrix @ harmonics(heading(azimuth), 1) for azimuth in (90, 0, -90))
    assert left[0] > 1.5 * left[1] and ahead[0] == pytest.approx(ahead[1]) and right == pytest.approx(left[::-1])


def test_one_loudspeaker_plays_what_there_is():
    (row, gains), = decoder(ring(0), 1, 3)
    assert row == 0 and np.isfinite(gains).all() and gains[0] > 0.5


def test_loudspeakers_in_one_direction_share_it():
    pair = np.array([gains for _, gains in decoder(ring(45, 45, -45, 135, -135), 5, 1)])
    quad = np.array([gains for _, gains in decoder(ring(45, -45, 135, -135), 4, 1)])
    assert pair[0] == pytest.approx(pair[1])
    for azimuth in (0, 50, 200):
        field = harmonics(heading(azimuth), 1)
        assert np.sum((pair @ field) ** 2) == pytest.approx(np.sum((quad @ field) ** 2), rel=0.15)
