"""Shifts: the all-passes that turn a sound by a quarter, for any sample rate.

    quarter_turn(rate)   the coefficients that `frequency_shift` wants

Source: the elliptic half-band filter in closed form, by Jacobi's theta functions: R. A. Valenzuela, A. G. Constantinides, Digital
signal processing schemes for efficient interpolation and decimation, IEE Proceedings 130 G(6), 1983.
"""
from __future__ import annotations

import math

SECTIONS = 14
LOWEST = 40.0           # Hz from which on the image is 87 dB down at 48 kHz


def quarter_turn(rate: int) -> tuple[float, ...]:
    """Fourteen coefficients, from the smallest to the largest; by turns they belong to the one chain and to the other."""
    k = math.tan((1.0 - 4.0 * LOWEST / rate) * math.pi / 4.0) ** 2
    root = (1.0 - k * k) ** 0.25
    e = 0.5 * (1.0 - root) / (1.0 + root)
    q = e * (1.0 + e**4 * (2.0 + e**4 * (15.0 + 150.0 * e**4)))
    order = 2 * SECTIONS + 1
    found = []
    for section in range(1, SECTIONS + 1):
        angle = section * math.pi / order
        over = sum((-1) ** i * q ** (i * (i + 1)) * math.sin((2 * i + 1) * angle) for i in range(40)) * q**0.25
        under = 0.5 + sum((-1) ** i * q ** (i * i) * math.cos(2 * i * angle) for i in range(1, 40))
        w = (over / under) ** 2
        x = math.sqrt((1.0 - w * k) * (1.0 - w / k)) / (1.0 + w)
        found.append((1.0 - x) / (1.0 + x))
    return tuple(found)
