"""Between samples: Lagrange's polynomial through four or six of them.

    four   exact for cubics; off by 0.023 w**4 half-way, w radians per sample
    six    exact for quintics; off by 0.005 w**6 half-way

Both keep their places when those move by the frame, and neither is anywhere louder than what they read. Source: T. Laakso,
V. Välimäki, M. Karjalainen, U. Laine, Splitting the unit delay, IEEE Signal Processing Magazine 13(1), 1996, equation 42.
"""
from __future__ import annotations

from .kernel import part


@part
def four(x):
    """The weights of four even samples for a place `x` (0..1) of the way from the second to the third."""
    a, b, c = x + 1.0, x - 1.0, x - 2.0
    return -x * b * c / 6.0, 0.5 * a * b * c, -0.5 * a * x * c, a * x * b / 6.0


@part
def six(x):
    """The weights of six even samples for a place `x` (0..1) of the way from the third to the fourth."""
    a, b, c, d, e = x + 2.0, x + 1.0, x - 1.0, x - 2.0, x - 3.0
    low, high = a * b, d * e
    return (-b * x * c * high / 120.0, a * x * c * high / 24.0, -low * c * high / 12.0,
            low * x * high / 12.0, -low * x * c * e / 24.0, low * x * c * d / 120.0)
