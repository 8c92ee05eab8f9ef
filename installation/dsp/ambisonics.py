"""Sound fields: everything that arrives at the middle of the room, on 4, 9 or 16 channels, whatever loudspeakers there are.

    encode   put a sound into a field, from a direction
    rotate   turn a field
    decode   play a field on the loudspeakers of the room

Channels are real spherical harmonics in the order ACN (l * l + l + m) and scaled SN3D, as in AmbiX files: the first is the sound
itself, then left, up, ahead. x is ahead, y to the left, z up.
Sources: C. Nachbar, F. Zotter, E. Deleflie and A. Sontacchi, AmbiX: A Suggested Ambisonics Format, 2011; J. Ivanic and
K. Ruedenberg, Rotation Matrices for Real Spherical Harmonics, J. Phys. Chem. 100(15), 1996, with the corrections of 102(45), 1998.
"""
from __future__ import annotations

import math

from .kernel import kernel, part

RADIANS = math.pi / 180.0
TURN = 83                       # words of a rotation: 3 x 3 for the first order, 5 x 5 and 7 x 7 for the next
VALUES = 2 * TURN               # where the channels of one frame are put by, as out may be x
THREE, FIFTEEN, HALF3, FIVE8, THREE8 = 3.0**0.5, 15.0**0.5, 0.75**0.5, 0.625**0.5, 0.375**0.5


@part
def harmonic(channel, x, y, z):
    """The value of a channel's spherical harmonic for a unit vector."""
    if channel == 0:
        return 1.0
    if channel == 1:
        return y
    if channel == 2:
        return z
    if channel == 3:
        return x
    if channel == 4:
        return THREE * x * y
    if channel == 5:
        return THREE * y * z
    if channel == 6:
        return 1.5 * z * z - 0.5
    if channel == 7:
        return THREE * x * z
    if channel == 8:
        return HALF3 * (x * x - y * y)
    if channel == 9:
        return FIVE8 * y * (3.0 * x * x - y * y)
    if channel == 10:
        return FIFTEEN * x * y * z
    if channel == 11:
        return THREE8 * y * (5.0 * z * z - 1.0)
    if channel == 12:
        return 0.5 * z * (5.0 * z * z - 3.0)
    if channel == 13:
        return THREE8 * x * (5.0 * z * z - 1.0)
    if channel == 14:
        return 0.5 * FIFTEEN * z * (x * x - y * y)
    return FIVE8 * x * (x * x - 3.0 * y * y)


@kernel
def encode(out, x, azimuth, elevation):
    """Put a sound into a field. Each channel's gain runs straight through the block.

    out        float32 (4, 9 or 16, frames)
    x          float32 (1, frames)
    azimuth    float64 (2,)   degrees, 0 ahead, positive to the left, any number of turns
    elevation  float64 (2,)   degrees, -90..90
    """
    channels, frames = out.shape
    level, level_after = math.cos(elevation[0] * RADIANS), math.cos(elevation[1] * RADIANS)
    ahead, ahead_after = level * math.cos(azimuth[0] * RADIANS), level_after * math.cos(azimuth[1] * RADIANS)
    left, left_after = level * math.sin(azimuth[0] * RADIANS), level_after * math.sin(azimuth[1] * RADIANS)
    up, up_after = math.sin(elevation[0] * RADIANS), math.sin(elevation[1] * RADIANS)
    for channel in range(channels - 1, -1, -1):         # the first last: it may be where x is
        gain = harmonic(channel, ahead, left, up)
        slope = (harmonic(channel, ahead_after, left_after, up_after) - gain) / frames
        for n in range(frames):
            out[channel, n] = float(x[0, n]) * (gain + slope * n)


@part
def of_degree(turn, degree, row, column):
    """An entry of the rotation of one degree; rows and columns run from -degree to degree."""
    start = 0 if degree == 1 else 9 if degree == 2 else 34
    return turn[start + (row + degree) * (2 * degree + 1) + column + degree]


@part
def product(turn, i, degree, a, b):
    """P of the paper's table 2: an entry of the degree below times one of the first."""
    if b == degree:
        return (of_degree(turn, 1, i, 1) * of_degree(turn, degree - 1, a, degree - 1)
                - of_degree(turn, 1, i, -1) * of_degree(turn, degree - 1, a, 1 - degree))
    if b == -degree:
        return (of_degree(turn, 1, i, 1) * of_degree(turn, degree - 1, a, 1 - degree)
                + of_degree(turn, 1, i, -1) * of_degree(turn, degree - 1, a, degree - 1))
    return of_degree(turn, 1, i, 0) * of_degree(turn, degree - 1, a, b)


@part
def entry(turn, degree, m, n):
    """The entry of row m and column n, from the degree below: eq. 8.1 of the paper, with u, v, w of its table 1.

    Rows above and below 0 are alike but for signs: the first order's row `side` goes with the row of m, -side with that of -m.
    """
    under = 2.0 * degree * (2.0 * degree - 1.0) if abs(n) == degree else float(degree * degree - n * n)
    far, side = abs(m), 1 if m > 0 else -1
    u = math.sqrt((degree * degree - m * m) / under)
    v = 0.5 * math.sqrt((degree + far - 1.0) * (degree + far) / under)
    w = -0.5 * math.sqrt((degree - far - 1.0) * (degree - far) / under) if far > 0 else 0.0
    value = 0.0
    for term in range(5):
        factor, i, a = 0.0, 0, 0
        if term == 0:
            factor, i, a = u, 0, m
        elif m == 0:
            if term < 3:
                i = 1 if term == 1 else -1
                factor, a = -v * math.sqrt(2.0), i
        elif term == 1:
            factor, i, a = v * (math.sqrt(2.0) if far == 1 else 1.0), side, far - 1
        elif term == 2:
            factor, i, a = 0.0 if far == 1 else -side * v, -side, 1 - far
        elif term == 3:
            factor, i, a = w, 1, m + side
        else:
            factor, i, a = w * side, -1, -m - side
        if factor != 0.0:
            value += factor * product(turn, i, degree, a, n)
    return value


@part
def rotation(turn, yaw, pitch, roll, order):
    """Set the rotations of the first three degrees: first roll, then pitch, then yaw."""
    cy, sy = math.cos(yaw * RADIANS), math.sin(yaw * RADIANS)
    cp, sp = math.cos(pitch * RADIANS), math.sin(pitch * RADIANS)
    cr, sr = math.cos(roll * RADIANS), math.sin(roll * RADIANS)
    turn[8], turn[6], turn[7] = cy * cp, -cy * sp * sr - sy * cr, -cy * sp * cr + sy * sr       # x from x, y, z
    turn[2], turn[0], turn[1] = sy * cp, -sy * sp * sr + cy * cr, -sy * sp * cr - cy * sr       # y
    turn[5], turn[3], turn[4] = sp, cp * sr, cp * cr                                            # z
    start = 9
    for degree in range(2, order + 1):
        for m in range(-degree, degree + 1):
            for n in range(-degree, degree + 1):
                turn[start] = entry(turn, degree, m, n)
                start += 1


@kernel
def rotate(out, x, yaw, pitch, roll, state):
    """Turn a field around its listener: first it rolls, then its front rises, then it turns to the left.

    out, x            float32 (4, 9 or 16, frames)   may be the same array
    yaw, pitch, roll  float64 (2,)    degrees: ahead goes to the left; ahead goes up; the left goes up. The matrix runs straight
                                      between those of the block's two ends
    state             float64 (182,)  working room: two rotations, and the channels of a frame
    """
    channels, frames = x.shape
    order = 1 if channels == 4 else 2 if channels == 9 else 3
    before, after = state[:TURN], state[TURN:VALUES]
    still = yaw[0] == yaw[1] and pitch[0] == pitch[1] and roll[0] == roll[1]
    for end in range(1 if still else 2):
        rotation(state[end * TURN:(end + 1) * TURN], yaw[end], pitch[end], roll[end], order)
    for k in range(TURN if still else 0):
        after[k] = before[k]
    for k in range(TURN):
        after[k] = (after[k] - before[k]) / frames
    for n in range(frames):
        out[0, n] = x[0, n]
        for channel in range(1, channels):
            state[VALUES + channel] = x[channel, n]
        first, start = 1, 0
        for degree in range(1, order + 1):
            width = 2 * degree + 1
            for row in range(width):
                total = 0.0
                for column in range(width):
                    total += (before[start] + after[start] * n) * state[VALUES + first + column]
                    start += 1
                out[first + row, n] = total
            first += width


@kernel
def decode(bus, x, matrix):
    """Play a field on the loudspeakers.

    bus     float32 (outputs, frames)      added to
    x       float32 (4, 9 or 16, frames)
    matrix  float64                        for each loudspeaker its row of the bus, and the gain of each channel
    """
    channels, frames = x.shape
    for k in range(matrix.shape[0] // (channels + 1)):
        start = k * (channels + 1)
        row = int(matrix[start])
        for channel in range(channels):
            gain = matrix[start + 1 + channel]
            for n in range(frames):
                bus[row, n] += x[channel, n] * gain
