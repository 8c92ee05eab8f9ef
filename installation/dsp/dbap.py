"""Where a sound goes among loudspeakers that stand anywhere: a position in metres, or how far that is.

    place_at   among the loudspeakers
    away       a position's distance from the middle of the room

The layout of the cloud's NUMBERS is written down in audio/cloud_gains.py, with the same sums in plain Python.
Source: T. Lossius, P. Baltazar and T. de la Hogue, DBAP: Distance-Based Amplitude Panning, ICMC 2009; the nearest point of a
triangle is C. Ericson's, Real-Time Collision Detection, 2005, 5.1.5.
"""
from __future__ import annotations

import math

from .kernel import kernel, part

HEAD, SPEAKER, TRIANGLE = 3, 5, 13
NEAREST = 1e-12      # m^2: a source on a loudspeaker, without blur


@part
def product(ax, ay, az, bx, by, bz):
    """The scalar product of two vectors."""
    return ax * bx + ay * by + az * bz


@part
def nearest_of(px, py, pz, at, cloud):
    """The point nearest to p of the triangle at that place of the numbers. It may be a line or a point."""
    ax, ay, az = cloud[at], cloud[at + 1], cloud[at + 2]
    bx, by, bz = cloud[at + 3] - ax, cloud[at + 4] - ay, cloud[at + 5] - az
    cx, cy, cz = cloud[at + 6] - ax, cloud[at + 7] - ay, cloud[at + 8] - az
    px, py, pz = px - ax, py - ay, pz - az
    d1, d2 = product(bx, by, bz, px, py, pz), product(cx, cy, cz, px, py, pz)
    d3, d4 = product(bx, by, bz, px - bx, py - by, pz - bz), product(cx, cy, cz, px - bx, py - by, pz - bz)
    d5, d6 = product(bx, by, bz, px - cx, py - cy, pz - cz), product(cx, cy, cz, px - cx, py - cy, pz - cz)
    vc, vb, va = d1 * d4 - d3 * d2, d5 * d2 - d1 * d6, d3 * d6 - d5 * d4
    if d1 <= 0.0 and d2 <= 0.0:
        v = w = 0.0
    elif d3 >= 0.0 and d4 <= d3:
        v, w = 1.0, 0.0
    elif d6 >= 0.0 and d5 <= d6:
        v, w = 0.0, 1.0
    elif vc <= 0.0 and d1 >= 0.0 and d3 <= 0.0:
        v, w = d1 / (d1 - d3), 0.0
    elif vb <= 0.0 and d2 >= 0.0 and d6 <= 0.0:
        v, w = 0.0, d2 / (d2 - d6)
    elif va <= 0.0 and d4 - d3 >= 0.0 and d5 - d6 >= 0.0:
        w = (d4 - d3) / ((d4 - d3) + (d5 - d6))
        v = 1.0 - w
    else:
        v, w = vb / (va + vb + vc), vc / (va + vb + vc)
    return ax + v * bx + w * cx, ay + v * by + w * cy, az + v * bz + w * cz


@part
def cloud_gains(gains, x, y, z, blur, cloud):
    """Set the gain of each loudspeaker for a source there. Their squares add up to 1."""
    speakers, triangles, half_power = int(cloud[0]), int(cloud[1]), cloud[2]
    first = HEAD + SPEAKER * speakers
    outside = False
    for k in range(triangles):
        at = first + TRIANGLE * k
        if product(cloud[at + 9], cloud[at + 10], cloud[at + 11], x, y, z) > cloud[at + 12]:
            outside = True
    if outside:
        least = math.inf
        to_x, to_y, to_z = x, y, z
        for k in range(triangles):
            qx, qy, qz = nearest_of(x, y, z, first + TRIANGLE * k, cloud)
            way = product(qx - x, qy - y, qz - z, qx - x, qy - y, qz - z)
            if way < least:
                least = way
                to_x, to_y, to_z = qx, qy, qz
        x, y, z = to_x, to_y, to_z
    total = 0.0
    for k in range(speakers):
        at = HEAD + SPEAKER * k
        dx, dy, dz = x - cloud[at + 1], y - cloud[at + 2], z - cloud[at + 3]
        gain = cloud[at + 4] / max(product(dx, dy, dz, dx, dy, dz) + blur * blur, NEAREST) ** half_power
        gains[k] = gain
        total += gain * gain
    total = 1.0 / math.sqrt(total)
    for k in range(speakers):
        gains[k] *= total


@kernel
def place_at(bus, x, right, ahead, up, blur, cloud, state):
    """Let a sound come from a position. Every loudspeaker plays, the near ones most; equal power everywhere.

    bus               float32 (outputs, frames)   added to
    x                 float32 (1, frames)
    right, ahead, up  float64 (2,)                metres from the middle of the room; gains run straight between the block's ends
    blur              float64 (2,)                metres by which the source is held off every loudspeaker, 0 a point
    cloud             float64                     the room's loudspeakers, see audio/cloud_gains.py
    state             float64 (2 * loudspeakers,) working room: the gains at the block's two ends
    """
    frames = x.shape[1]
    speakers = int(cloud[0])
    first, last = state[:speakers], state[speakers:2 * speakers]
    still = right[0] == right[1] and ahead[0] == ahead[1] and up[0] == up[1] and blur[0] == blur[1]
    for end in range(1 if still else 2):
        cloud_gains(state[end * speakers:(end + 1) * speakers], right[end], ahead[end], up[end], blur[end], cloud)
    for k in range(speakers if still else 0):
        last[k] = first[k]
    for k in range(speakers):
        row, before = int(cloud[HEAD + SPEAKER * k]), first[k]
        slope = (last[k] - before) / frames
        for n in range(frames):
            bus[row, n] += float(x[0, n]) * (before + slope * n)


@kernel
def away(out, right, ahead, up):
    """How far a position is from the middle of the room.

    out               float64 (2,)   metres
    right, ahead, up  float64 (2,)   metres
    """
    for end in range(2):
        out[end] = math.sqrt(right[end] * right[end] + ahead[end] * ahead[end] + up[end] * up[end])
