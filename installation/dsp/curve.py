"""Reading a delay line between its frames, by a curve through six of them: where a head moves and what it reads must stay bright.

    between   the curve through six even samples
    head      what a line held so many frames ago

Against the curve through four of `delay`, at 48 kHz: what is false in a tone of 9 kHz that a moving head reads lies at -49 dB instead of
-29, and halfway between frames 12 kHz is dulled by 0.45 dB instead of 1.1. It never gains.
"""
from __future__ import annotations

from .kernel import part


@part
def between(y0, y1, y2, y3, y4, y5, t):
    """The fifth-order curve through six even samples, t (0..1) of the way from y2 to y3; y2 exactly at 0. Lagrange's."""
    a, b, d, e, f = t + 2.0, t + 1.0, t - 1.0, t - 2.0, t - 3.0
    ab, td, ef = a * b, t * d, e * f
    outer = ab * td * (y5 * e - y4 * 5.0 * f) * (1.0 / 120.0) + td * ef * (y1 * 5.0 * a - y0 * b) * (1.0 / 120.0)
    return outer + ab * ef * (y3 * t - y2 * d) * (1.0 / 12.0)


@part
def head(line, start, length, at, delay):
    """What a line of `length` frames from `start` on held `delay` frames before the place `at`; reads up to two frames later than that."""
    whole = int(delay)
    read = at - whole
    if read < 0:
        read += length
    one = read - 1 if read > 0 else length - 1
    two = one - 1 if one > 0 else length - 1
    three = two - 1 if two > 0 else length - 1
    up = read + 1 if read + 1 < length else 0
    top = up + 1 if up + 1 < length else 0
    return between(float(line[start + top]), float(line[start + up]), float(line[start + read]), float(line[start + one]),
                   float(line[start + two]), float(line[start + three]), delay - whole)
