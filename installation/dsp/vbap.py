"""Where a sound goes in three dimensions: a direction on a dome of loudspeakers, as a point or as a cap.

The layout of the dome's NUMBERS is written down in audio/dome_gains.py, with the same sums in plain Python.
Sources: V. Pulkki, Virtual Sound Source Positioning Using Vector Base Amplitude Panning, JAES 45(6), 1997; V. Pulkki, Uniform
Spreading of Amplitude Panned Virtual Sources, WASPAA 1999 (MDAP).
"""
from __future__ import annotations

import math

from .kernel import kernel, part

HEAD, FACET, FEED = 4, 12, 3
RADIANS = math.pi / 180.0
RING1, RING2 = 4.0 / 19.0, 13.0 / 19.0      # a centre, six and twelve directions that each stand for 1/19 of a cap


@part
def add_direction(gains, x, y, z, dome):
    """Add the gains of one direction to those of each loudspeaker direction: the facet that holds it, by its corners."""
    directions, facets = int(dome[0]), int(dome[2])
    best = -1e9
    found = at = HEAD
    for _ in range(facets):
        a = x * dome[at + 3] + y * dome[at + 4] + z * dome[at + 5]
        b = x * dome[at + 6] + y * dome[at + 7] + z * dome[at + 8]
        c = x * dome[at + 9] + y * dome[at + 10] + z * dome[at + 11]
        least = min(a, b, c)
        if least > best:
            best = least
            found = at
        at += FACET
    for k in range(3):
        vector = found + 3 + 3 * k
        gain = max(x * dome[vector] + y * dome[vector + 1] + z * dome[vector + 2], 0.0)
        corner = int(dome[found + k])
        if corner < directions:
            gains[corner] += gain
        else:
            share = HEAD + FACET * facets + directions * (corner - directions)
            for direction in range(directions):
                gains[direction] += gain * dome[share + direction]


@part
def dome_gains(gains, azimuth, elevation, spread, dome):
    """Set the gains of each loudspeaker direction for a cap of `spread` degrees around a direction. Constant power."""
    directions = int(dome[0])
    for direction in range(directions):
        gains[direction] = 0.0
    sine, cosine = math.sin(azimuth * RADIANS), math.cos(azimuth * RADIANS)
    rise, level = math.sin(elevation * RADIANS), math.cos(elevation * RADIANS)
    depth = 1.0 - math.cos(0.5 * spread * RADIANS)
    for k in range(19 if spread > 0.0 else 1):
        near = 1.0 if k == 0 else 1.0 - depth * (RING1 if k < 7 else RING2)
        off = math.sqrt(max(1.0 - near * near, 0.0))
        turn = k * (math.pi / 3.0) if k < 7 else (k + 0.5) * (math.pi / 6.0)
        left, up = off * math.cos(turn), off * math.sin(turn)
        add_direction(gains, (near * level - up * rise) * cosine - left * sine, (near * level - up * rise) * sine + left * cosine,
                      near * rise + up * level, dome)
    power = 0.0
    for direction in range(directions):
        power += gains[direction] * gains[direction]
    power = 1.0 / math.sqrt(power)
    for direction in range(directions):
        gains[direction] *= power


@kernel
def dome(bus, x, azimuth, elevation, spread, dome, state):
    """Let a sound come from a direction of the sphere. Equal power everywhere; a gain runs straight through each block.

    bus        float32 (outputs, frames)   added to
    x          float32 (1, frames)
    azimuth    float64 (2,)                degrees, 0 ahead, positive to the left, any number of turns
    elevation  float64 (2,)                degrees, -90 below to 90 above
    spread     float64 (2,)                degrees, 0 a point, 90 a quarter of the way round, 360 from everywhere
    dome       float64                     the room's loudspeakers as triangles, see audio/dome_gains.py
    state      float64 (2 * directions,)   working room: the gains at the block's two ends

    Each spread costs nineteen directions, and each direction a look at every facet.
    """
    frames = x.shape[1]
    directions = int(dome[0])
    first, last = state[:directions], state[directions:2 * directions]
    still = azimuth[0] == azimuth[1] and elevation[0] == elevation[1] and spread[0] == spread[1]
    for end in range(1 if still else 2):
        dome_gains(state[end * directions:(end + 1) * directions], azimuth[end], elevation[end], spread[end], dome)
    for direction in range(directions if still else 0):
        last[direction] = first[direction]
    feed = HEAD + FACET * int(dome[2]) + directions * int(dome[1])
    for _ in range(int(dome[3])):
        direction, row, weight = int(dome[feed]), int(dome[feed + 1]), dome[feed + 2]
        feed += FEED
        before, after = first[direction] * weight, last[direction] * weight
        if before == 0.0 and after == 0.0:
            continue
        slope = (after - before) / frames
        for n in range(frames):
            bus[row, n] += float(x[0, n]) * (before + slope * n)
