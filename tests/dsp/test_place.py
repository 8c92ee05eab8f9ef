"""Where a sound goes."""
from __future__ import annotations

import numpy as np
import pytest

from installation.audio.place_gains import ring_gains, ring_numbers

from .case import RATE, RING, Case, Speaker, noise
from .table import Bench

ROOMS = {
    "four": RING,
    "one": ring_numbers([Speaker(2, 30)], 4),
    "two": ring_numbers([Speaker(1, 30), Speaker(2, -30)], 4),
    "uneven": ring_numbers([Speaker(3, 10), Speaker(1, 95), Speaker(4, 200), Speaker(2, 300)], 4),
    "shared": ring_numbers([Speaker(1, 0), Speaker(2, 0), Speaker(3, 120), Speaker(4, -120)], 4),
}


@pytest.mark.parametrize("room", sorted(ROOMS))
@pytest.mark.parametrize("azimuth", [0.0, 45.0, -45.0, 179.9, -180.0, 725.0, 10.0, -1e-18, 359.99])
def test_its_gains_are_those_of_plain_python(room, azimuth):
    bench = Bench(Case("place", 4, 1, controls={"azimuth": azimuth}, numbers={"ring": ROOMS[room]}))
    gains = bench.run(64, inputs={"x": np.ones((1, 64), "f4")})[:, 0]
    assert np.abs(gains - ring_gains(azimuth, ROOMS[room], 4)).max() < 1e-6


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_power_is_the_same_all_the_way_round(room):
    bench = Bench(Case("place", 4, 1, numbers={"ring": ROOMS[room]}))
    bus = bench.run(RATE, inputs={"x": np.ones((1, RATE), "f4")}, controls={"azimuth": lambda frame: 720 * frame / RATE - 360})
    power = (bus.astype(float) ** 2).sum(axis=0)
    assert power.min() > 0.97 and power.max() < 1.001


def test_a_sound_that_goes_round_has_no_step():
    bench = Bench(Case("place", 4, 1, numbers={"ring": ROOMS["uneven"]}))
    bus = bench.run(RATE, inputs={"x": np.ones((1, RATE), "f4")}, controls={"azimuth": lambda frame: 360 * frame / RATE})
    assert np.abs(np.diff(bus)).max() < 2 * np.pi / RATE * 3


def test_a_turn_makes_no_difference():
    x = noise(640)
    here, there = (Bench(Case("place", 4, 1, controls={"azimuth": azimuth}, numbers={"ring": RING})).run(640, inputs={"x": x})
                   for azimuth in (33.0, 33.0 + 720.0))
    assert np.abs(here - there).max() < 1e-6


def test_to_sends_each_channel_to_its_row():
    x = noise(640, 2)
    bus = Bench("to").run(640, inputs={"x": x})
    assert np.array_equal(bus[3], x[0]) and np.array_equal(bus[1], x[1]) and not np.any(bus[[0, 2]])


def test_both_add_to_what_is_there():
    from installation.dsp.place import place, to

    bus, x = np.ones((4, 64), "f4"), noise(64)
    to(bus, x, np.array([2.0]))
    assert np.array_equal(bus[2], 1 + x[0]) and np.all(bus[0] == 1)
    place(bus, np.zeros((1, 64), "f4"), np.array([0.0, 0.0]), np.array(RING))
    assert np.array_equal(bus[2], 1 + x[0])
