"""Sounds in rooms other than a ring: domes, clouds, distance, fields, and loudspeakers one by one."""
from __future__ import annotations

import math

import numpy as np
import pytest

from installation.audio.cloud_gains import Cloud, cloud_numbers, cloud_rest
from installation.audio.decoder import decoder, decoder_numbers, harmonics
from installation.audio.dome_gains import Dome, dome_numbers, dome_rest, heading
from installation.audio.node import Hall
from installation.audio.stand import ECHOES, nearest_numbers, nearest_rest, role_numbers, velvet_memory, velvet_numbers
from installation.audio.units.air import absorption, air_cutoff, air_law

from ..audio.rooms_for_test import ROOMS, Speaker, ring, standing
from .case import RATE, Case, noise, tone
from .table import Bench

ONES = np.ones((1, 64), "f4")


def in_room(name: str) -> Hall:
    return Hall(RATE, len(ROOMS[name]), ROOMS[name], seed=7)


def dome_bench(name: str) -> Bench:
    hall = in_room(name)
    return Bench(Case("dome", hall.outputs, 1, controls={"azimuth": 0, "elevation": 0, "spread": 0}, numbers={"dome": dome_numbers(hall)},
                      state=lambda _: dome_rest(hall)))


def cloud_bench(speakers: tuple[Speaker, ...], rolloff: float = 6.0) -> Bench:
    hall = Hall(RATE, len(speakers), speakers)
    return Bench(Case("place_at", len(speakers), 1, controls={"right": 0, "ahead": 0, "up": 0, "blur": 0.2},
                      numbers={"cloud": cloud_numbers(rolloff, {})(hall)}, state=lambda _: cloud_rest(hall)))


@pytest.mark.parametrize("name", sorted(ROOMS))
def test_gains_on_a_dome_are_those_of_plain_python(name):
    bench, dome = dome_bench(name), Dome.of(ROOMS[name], 64)
    for azimuth, elevation in [(0, 0), (17, 30), (-179.9, -80), (725, 90), (45, 0), (100, -90), (0, 22.5), (61, 44.9)]:
        gains = bench.run(64, inputs={"x": ONES}, controls={"azimuth": azimuth, "elevation": elevation})[:, 5]
        assert gains == pytest.approx(dome.gains(heading(azimuth, elevation)), abs=1e-6)


@pytest.mark.parametrize("name", ["half", "octagon", "cinema"])
def test_a_cap_grows_from_a_point_to_everywhere(name):
    bench, point = dome_bench(name), np.array(Dome.of(ROOMS[name], 64).gains(heading(20, 10)))
    before = point
    for spread in np.arange(0.1, 360.1, 0.1):
        gains = bench.run(1, inputs={"x": ONES}, controls={"azimuth": 20, "elevation": 10, "spread": spread})[:, 0]
        assert (gains.astype(float) ** 2).sum() == pytest.approx(1.0, abs=1e-5) and np.abs(gains - before).max() < 0.02
        before = gains
    assert np.sort(before)[len(before) // 4] > 0.1 and before.max() < 0.75


def test_a_sound_that_flies_over_the_dome_has_no_step():
    bench = dome_bench("half")
    bus = bench.run(RATE, inputs={"x": np.ones((1, RATE), "f4")}, controls={
        "azimuth": lambda frame: 300 * frame / RATE, "elevation": lambda frame: 180 * frame / RATE - 90, "spread": lambda frame: 0})
    power = (bus.astype(float) ** 2).sum(axis=0)
    assert np.abs(np.diff(bus)).max() < 3 * math.radians(350) / RATE and abs(10 * np.log10(power)).max() < 0.1


@pytest.mark.parametrize("speakers", [ROOMS["half"], ROOMS["quad"], standing((0, 0, 0), (2, 0, 0)), standing((1, 1, 1)),
                                      standing((-4, 0, 3), (4, 0, 3), (-4, 6, 3), (4, 6, 3), (0, 3, 0))])
def test_gains_in_a_cloud_are_those_of_plain_python(speakers):
    bench, cloud = cloud_bench(speakers, 9.0), Cloud.of(speakers, 64, 9.0)
    for position in [(0, 0, 0), (1, 2, 0.5), (-30, 4, 1), (3, 3, 90), (0, 1.99, 0), (2, 0, 0), (-5, -5, -5)]:
        controls = dict(zip(("right", "ahead", "up"), position))
        gains = bench.run(64, inputs={"x": ONES}, controls={**controls, "blur": 0.3})[:, 9]
        assert gains == pytest.approx(cloud.gains(position, 0.3), abs=1e-6)


def test_a_sound_that_walks_through_a_cloud_and_out_has_no_step():
    bench = cloud_bench(ROOMS["half"])
    bus = bench.run(RATE, inputs={"x": np.ones((1, RATE), "f4")}, controls={
        "right": lambda frame: 20 * frame / RATE - 10, "ahead": lambda frame: 0.7, "up": lambda frame: 0.4, "blur": lambda frame: 0.2})
    assert np.abs(np.diff(bus)).max() < 20 / RATE / 0.2
    assert (bus.astype(float) ** 2).sum(axis=0) == pytest.approx(np.ones(RATE), abs=2e-3)


def test_air_is_that_of_the_standard():
    """dB per kilometre at 20 °C and 70 %, at 10 °C and 70 %, of ISO 9613-2 table 2, which comes from ISO 9613-1."""
    for celsius, table in ((20, [0.1, 0.3, 1.1, 2.8, 5.0, 9.0, 22.9, 76.6]), (10, [0.1, 0.4, 1.0, 1.9, 3.7, 9.7, 32.8, 117.0])):
        for octave, expected in enumerate(table):
            hz = 1_000 * 10 ** (0.3 * (octave - 4))
            assert 1_000 * absorption(hz, celsius, 70) == pytest.approx(expected, rel=0.02, abs=0.051)


def test_distance_falls_by_its_law():
    bench = Bench("distance")
    for metres in (0.3, 1, 2, 4, 32):
        steady = bench.run(4_800, inputs={"x": np.ones((2, 4_800), "f4")}, controls={"metres": metres})[0, -1]
        assert steady == pytest.approx(1 / max(metres, 1), rel=1e-5)


def test_distance_dulls_like_air():
    """Two lowpasses cannot fall as steeply as air; where it takes a few dB they are near."""
    for metres, tops in ((10, (1_000, 4_000, 8_000)), (50, (1_000, 2_000, 4_000, 8_000)), (200, (1_000, 2_000, 4_000))):
        assert air_law(RATE)[0] * (100 / metres) ** air_law(RATE)[1] * RATE * 0.6436 == pytest.approx(air_cutoff(metres), rel=0.05)
        for hz in tops:
            x = tone(RATE // 2, hz=hz)
            dull = Bench(Case("distance", numbers={"law": (1e4, 1.0, *air_law(RATE), 1.0)})).run(
                RATE // 2, inputs={"x": x}, controls={"metres": metres})[0, RATE // 4:]
            lost = 20 * math.log10(dull.std() / x[0, RATE // 4:].std())
            print(f"{hz} Hz, {metres} m: air {-absorption(hz) * metres:.1f} dB, here {lost:.1f} dB")
            assert lost == pytest.approx(-absorption(hz) * metres, abs=1.2)
    x = noise(640, 2)
    assert np.array_equal(Bench(Case("distance", 2, numbers={"law": (1.0, 1.0, *air_law(RATE), 0.0)})).run(
        640, inputs={"x": x}, controls={"metres": 1.0}), x)


def test_a_field_has_the_harmonics_of_the_books():
    for channels, order in ((4, 1), (9, 2), (16, 3)):
        bench = Bench(Case("encode", channels, 1, controls={"azimuth": 0, "elevation": 0}))
        for azimuth, elevation in [(0, 0), (90, 0), (33, 21), (-140, -67), (500, 90), (12, -90)]:
            gains = bench.run(64, inputs={"x": ONES}, controls={"azimuth": azimuth, "elevation": elevation})[:, 3]
            assert gains == pytest.approx(harmonics(heading(azimuth, elevation), order), abs=1e-6)


def turned(channels: int, x: np.ndarray, yaw: float = 0.0, pitch: float = 0.0, roll: float = 0.0) -> np.ndarray:
    return Bench(Case("rotate", channels, controls={"yaw": yaw, "pitch": pitch, "roll": roll})).run(x.shape[1], inputs={"x": x})


@pytest.mark.parametrize("channels", [4, 9, 16])
def test_a_field_is_turned_as_its_sources_are(channels):
    order = math.isqrt(channels) - 1

    def after(yaw: float, pitch: float, roll: float, way: tuple[float, float, float]) -> np.ndarray:
        y, p, r = np.radians((yaw, pitch, roll))
        rolled = np.array([[1, 0, 0], [0, math.cos(r), -math.sin(r)], [0, math.sin(r), math.cos(r)]]) @ way
        pitched = np.array([[math.cos(p), 0, -math.sin(p)], [0, 1, 0], [math.sin(p), 0, math.cos(p)]]) @ rolled
        return np.array([[math.cos(y), -math.sin(y), 0], [math.sin(y), math.cos(y), 0], [0, 0, 1]]) @ pitched

    ways = [heading(20, 10), heading(-100, 50), heading(170, -60), heading(0, 90)]
    field = np.array([harmonics(way, order) for way in ways], "f4").T
    for angles in [(0, 0, 0), (90, 0, 0), (0, 90, 0), (0, 0, 90), (30, -50, 110), (-400, 91, 12.5)]:
        expected = np.array([harmonics(tuple(after(*angles, way)), order) for way in ways]).T
        assert turned(channels, field, *angles) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("channels", [4, 9, 16])
def test_turning_back_leaves_silence_of_the_difference(channels):
    x = noise(2_000, channels)
    there = turned(channels, x, 33, -47, 121)
    back = turned(channels, turned(channels, turned(channels, there, yaw=-33), pitch=47), roll=-121)
    assert np.abs(back - x).max() < 2e-6 and np.array_equal(turned(channels, x), x)
    assert np.array_equal(there[0], x[0]) and (there**2).sum() == pytest.approx((x**2).sum(), rel=1e-4)


def test_a_field_that_turns_is_what_moves_round():
    """Sixteen channels, turned by a third of a degree in a block: the straight line between two turns is the turn itself."""
    frames = RATE // 4
    still = np.tile(np.array([harmonics(heading(0, 20), 3)], "f4").T, (1, frames))
    spun = Bench(Case("rotate", 16, controls={"yaw": 0, "pitch": 0, "roll": 0})).run(
        frames, inputs={"x": still}, controls={"yaw": lambda frame: 240 * frame / RATE, "pitch": lambda _: 0, "roll": lambda _: 0})
    moved = Bench(Case("encode", 16, 1)).run(frames, inputs={"x": np.ones((1, frames), "f4")},
                                             controls={"azimuth": lambda frame: 240 * frame / RATE, "elevation": lambda _: 20})
    assert np.abs(spun - moved).max() < 1e-5


def test_decoding_is_the_matrix():
    hall, x = in_room("half"), noise(500, 16)
    bus = Bench(Case("decode", hall.outputs, 16, numbers={"matrix": decoder_numbers(3)(hall)})).run(500, inputs={"x": x})
    expected = np.zeros((hall.outputs, 500))
    for row, gains in decoder(hall.loudspeakers, hall.outputs, 3):
        expected[row] += np.array(gains) @ x
    assert np.abs(bus - expected).max() < 1e-5


def nearest_bench(name: str, fade: float) -> Bench:
    hall = in_room(name)
    return Bench(Case("nearest", hall.outputs, 1, controls={"azimuth": 0, "elevation": 0}, numbers={"stand": nearest_numbers(fade)(hall)},
                      state=lambda _: nearest_rest(hall)))


def test_the_nearest_plays_alone_and_hands_over_evenly():
    bench, x = nearest_bench("quad", 0.01), np.ones((1, 960), "f4")
    assert bench.run(64, inputs={"x": ONES}, controls={"azimuth": 40})[:, 0] == pytest.approx([1, 0, 0, 0])
    assert bench.run(64, inputs={"x": ONES}, controls={"azimuth": -0.4})[:, 63] == pytest.approx([1, 0, 0, 0])     # nearer by less than a degree
    handed = bench.run(960, inputs={"x": x}, controls={"azimuth": -10})
    assert (handed.astype(float) ** 2).sum(axis=0) == pytest.approx(np.ones(960), abs=1e-5)
    assert np.abs(np.diff(handed)).max() < 0.5 * math.pi / 480 * 1.01
    assert handed[:, 0] == pytest.approx([1, 0, 0, 0]) and handed[:, 480:] == pytest.approx(np.tile([[0], [1], [0], [0]], 480))
    assert nearest_bench("half", 0.01).run(64, inputs={"x": ONES}, controls={"azimuth": 99, "elevation": 80})[12, 0] == 1.0


def test_everywhere_is_as_loud_as_one_and_nowhere_the_same():
    hall, x = in_room("octagon"), noise(RATE, 1)
    bench = Bench(Case("everywhere", 8, 1, numbers={"velvet": velvet_numbers(hall)}, memory={"line": velvet_memory(hall)}))
    bus = bench.run(RATE, inputs={"x": x})[:, 4_800:].astype(float)
    assert 10 * math.log10((bus**2).sum() / (x[0, 4_800:].astype(float) ** 2).sum()) == pytest.approx(0.0, abs=0.2)
    alike = np.abs(np.corrcoef(bus) - np.eye(8)).max()
    assert alike < 0.5 and len(velvet_numbers(hall)) == 2 + 8 * (1 + 2 * ECHOES)
    assert velvet_numbers(hall) == velvet_numbers(in_room("octagon"))


def test_what_lies_below_goes_to_the_subwoofers():
    bench = Bench(Case("sub", 4, 1, controls={"cutoff": 100.0}, numbers={"feeds": (3.0, 0.5, 1.0, 0.5)}))
    for hz, decibels in ((20, 0.0), (100, -6.02), (200, -24.6), (400, -48.2)):
        bus = bench.run(RATE, inputs={"x": tone(RATE, hz=hz)})[:, RATE // 2:]
        assert 20 * math.log10(2 * bus[1].std() * math.sqrt(2)) == pytest.approx(decibels, abs=0.1)
        assert np.array_equal(bus[1], bus[3]) and not bus[0].any()


def test_subwoofers_are_those_of_the_room_or_what_there_is():
    speakers = (*ring(30, -30), Speaker(3, role="sub"), Speaker(4, role="sub"), Speaker(5, role="shaker"))
    assert role_numbers("sub")(Hall(RATE, 5, speakers)) == (2.0, 0.5, 3.0, 0.5)
    assert role_numbers("shaker")(Hall(RATE, 5, speakers)) == (4.0, 1.0)
    assert role_numbers("shaker")(Hall(RATE, 4, speakers[:4])) == (2.0, 0.5, 3.0, 0.5)
    assert role_numbers("sub")(Hall(RATE, 2, speakers[:2])) == (0.0, 0.5, 1.0, 0.5)
