"""How a sound field is played by the loudspeakers of a room: the matrix of the `decode` unit, computed when the room is known.

    decoder_numbers(order)             the deferred NUMBERS of `decode`
    decoder(loudspeakers, outputs, order)   the same as rows: (row of the bus, gains of the channels)
    harmonics(direction, order)        the channels of a sound from there, ACN and SN3D: the reference, in plain Python

AllRAD: the field is played on hundreds of virtual loudspeakers that stand evenly on the sphere, and each of these is panned onto the
real ones with VBAP (dome_gains.py, with its imaginary loudspeakers). Degrees are weighted for the greatest energy vector (max rE).
All is scaled so that a sound is as loud as if it were placed, on the mean over all directions.

A room whose loudspeakers are level (within 20 degrees of the horizon) is a ring: of the field's channels only the horizontal ones
are played, with the weights and the virtual loudspeakers of a circle. From three loudspeakers on, the matrix is then replaced by the
nearest one that keeps energy, so that a sound that goes round is equally loud everywhere, however uneven the ring; the order is
lowered to what so many loudspeakers can bear (three for an order of 1, five for 2, seven for 3).

Sources: F. Zotter and M. Frank, All-Round Ambisonic Panning and Decoding, JAES 60(10), 2012, eqs. 7 to 10 for the weights; energy:
F. Zotter, H. Pomberger and M. Noisternig, Energy-Preserving Ambisonic Decoding, Acta Acustica 98(1), 2012; weights of a circle:
J. Daniel, thesis, Paris 6, 2000, table 3.10. The nearest matrix is the polar factor, by G. Schulz's iteration (Higham, Functions of
Matrices, 2008, 8.3).
"""
from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, TypeAlias

from .dome_gains import Dome, heading
from .hull import Vector
from .node import Hall
from .place_gains import LEVEL, ring_gains, ring_numbers

HIGH, ROUND = 16, 32     # virtual loudspeakers of the sphere, from pole to pole and around: exact to degree 31
CIRCLE = 360         # virtual loudspeakers of the circle
DULLEST = 0.3        # of the largest singular value: below it a ring is too uneven for the order
MATRIX: TypeAlias = list[list[float]]


def decoder_numbers(order: int) -> Callable[[Hall], tuple[float, ...]]:
    """The NUMBERS of `decode`, deferred until the room is known."""
    def numbers(hall: Hall) -> tuple[float, ...]:
        rows = decoder(hall.loudspeakers, hall.outputs, order)
        return tuple(number for row, gains in rows for number in (float(row), *gains))

    return numbers


def decoder(loudspeakers: Iterable[Any], outputs: int, order: int) -> tuple[tuple[int, tuple[float, ...]], ...]:
    """For each loudspeaker its row of the bus and the gain of each channel. Raises Fault if none has a direction."""
    dome = Dome.of(loudspeakers, outputs)
    if all(abs(direction[2]) <= math.sin(math.radians(LEVEL)) for direction in dome.directions):
        return _ring(ring_numbers(loudspeakers, outputs), outputs, order)
    matrix = _sphere(dome, order)
    return tuple((row, tuple(weight * gain for gain in matrix[direction])) for direction, row, weight in dome.feeds)


def harmonics(direction: Vector, order: int) -> list[float]:
    """The gain of each of the (order + 1)^2 channels for a sound from a direction, by recurrences of Legendre's functions."""
    x, y, z = direction
    rise, level = z, math.hypot(x, y)
    azimuth = math.atan2(y, x)
    legendre = {(0, 0): 1.0}
    for m in range(order + 1):
        if m:
            legendre[m, m] = (2 * m - 1) * level * legendre[m - 1, m - 1]
        for degree in range(m + 1, order + 1):
            legendre[degree, m] = ((2 * degree - 1) * rise * legendre[degree - 1, m]
                                   - (degree + m - 1) * legendre.get((degree - 2, m), 0.0)) / (degree - m)
    gains = []
    for degree in range(order + 1):
        for m in range(-degree, degree + 1):
            far = abs(m)
            scale = math.sqrt((2 if m else 1) * math.factorial(degree - far) / math.factorial(degree + far))
            around = math.sin(far * azimuth) if m < 0 else math.cos(far * azimuth)
            gains.append(scale * legendre[degree, far] * around)
    return gains


@lru_cache(maxsize=8)
def _sphere(dome: Dome, order: int) -> MATRIX:
    """AllRAD: the gains of each of the dome's directions."""
    channels = (order + 1) ** 2
    matrix = [[0.0] * channels for _ in dome.directions]
    for direction, area in _grid():
        field = harmonics(direction, order)
        for row, gain in zip(matrix, dome.gains(direction)):
            if gain:
                for channel in range(channels):
                    row[channel] += area * gain * field[channel]
    degrees = [math.isqrt(channel) for channel in range(channels)]
    for row in matrix:
        for channel, degree in enumerate(degrees):
            row[channel] *= (2 * degree + 1) * _legendre(degree, math.cos(math.radians(137.9 / (order + 1.51))))
    energy = math.sqrt(sum(row[channel] ** 2 / (2 * degree + 1) for row in matrix for channel, degree in enumerate(degrees)))
    return [[gain / energy for gain in row] for row in matrix]


@lru_cache(maxsize=8)
def _ring(ring: tuple[float, ...], outputs: int, order: int) -> tuple[tuple[int, tuple[float, ...]], ...]:
    """The circle: sines and cosines of the azimuth, played by loudspeakers of which those in one direction share its part."""
    directions = int(ring[0])
    rows = sorted({int(row) for row in ring[2 + 3 * directions + 1::3]})
    pans = [[gains[row] for row in rows] for gains in (ring_gains(360.0 * k / CIRCLE, ring, outputs) for k in range(CIRCLE))]
    held = order
    while True:
        waves = [_waves(2.0 * math.pi * k / CIRCLE, held) for k in range(CIRCLE)]
        matrix = [[sum(pan[row] * wave[j] for pan, wave in zip(pans, waves)) / CIRCLE for j in range(2 * held + 1)]
                  for row in range(len(rows))]
        if directions < 3:
            break
        even, least = _even(matrix)
        if held == 1 or (2 * held + 1 <= directions and least > DULLEST):
            matrix = even
            break
        held -= 1
    weights = [math.cos(math.pi / 2.0 * ((j + 1) // 2) / (held + 1)) for j in range(2 * held + 1)]
    energy = math.sqrt(sum((gain * weight) ** 2 for line in matrix for gain, weight in zip(line, weights)))
    found = []
    for row, line in zip(rows, matrix):
        gains = [0.0] * (order + 1) ** 2
        for j, (gain, weight) in enumerate(zip(line, weights)):
            m = (j + 1) // 2
            channel = m * m if j % 2 == 0 and m else m * m + 2 * m
            peak = harmonics(heading(0.0), m)[-1]          # of the channel itself, on the horizon
            gains[channel] = gain * weight / energy * (math.sqrt(2.0) if m else 1.0) / peak
        found.append((row, tuple(gains)))
    return tuple(found)


def _waves(azimuth: float, order: int) -> list[float]:
    """1, then cosine and sine of each multiple of an angle in radians, all of one power."""
    return [1.0, *(math.sqrt(2.0) * wave(m * azimuth) for m in range(1, order + 1) for wave in (math.cos, math.sin))]


def _even(matrix: MATRIX) -> tuple[MATRIX, float]:
    """The nearest matrix whose columns are at right angles and of length 1, and the least stretch that it had of the largest."""
    size = math.sqrt(sum(gain * gain for row in matrix for gain in row))
    now = [[gain / size for gain in row] for row in matrix]
    width = range(len(now[0]))
    for _ in range(60):
        grown = [[1.5 * (i == j) - 0.5 * sum(row[i] * row[j] for row in now) for j in width] for i in width]
        now = [[sum(row[i] * grown[i][j] for i in width) for j in width] for row in now]
    stretch = [math.sqrt(sum((sum(row[i] * turned[j] for row, turned in zip(matrix, now))) ** 2 for i in width)) for j in width]
    return now, min(stretch) / max(stretch)


@lru_cache(maxsize=1)
def _grid() -> tuple[tuple[Vector, float], ...]:
    """Directions all over the sphere and the part of its area that each stands for: Gauss's heights, even azimuths."""
    points = []
    for k in range(HIGH):
        z = math.cos(math.pi * (k + 0.75) / (HIGH + 0.5))
        for _ in range(20):
            slope = HIGH * (z * _legendre(HIGH, z) - _legendre(HIGH - 1, z)) / (z * z - 1.0)
            z -= _legendre(HIGH, z) / slope
        area = 1.0 / ((1.0 - z * z) * slope * slope * ROUND)
        for j in range(ROUND):
            points.append((heading(360.0 * (j + 0.5) / ROUND, math.degrees(math.asin(z))), area))
    return tuple(points)


def _legendre(degree: int, x: float) -> float:
    before, now = 0.0, 1.0
    for k in range(1, degree + 1):
        before, now = now, ((2 * k - 1) * x * now - (k - 1) * before) / k
    return now
