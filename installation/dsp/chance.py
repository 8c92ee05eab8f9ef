"""Chance: numbers that nobody can foresee and everybody can repeat. The same seed gives the same piece.

    next_number(shift, weyl)   one step: the two words of the generator, and a value

A generator is two whole numbers below 2**32, which a kernel keeps in its STATE as float64, exactly.
Source: G. Marsaglia, Xorshift RNGs, J. Statistical Software 8(14), 2003: xorshift (13, 17, 5) plus a Weyl sequence, as in
section 3.1's xorwow. Period 2**64 - 2**32: twelve million years at 48 kHz.
"""
from __future__ import annotations

from .kernel import part

WORD = 0xFFFFFFFF
WEYL = 362437
UNSEEDED = 2463534242      # a shift word of zero would stay zero for ever


@part
def next_number(shift, weyl):
    """The generator's two words after one step, and its value, uniform in -1 <= value < 1."""
    if shift == 0:
        shift = UNSEEDED
    shift ^= (shift << 13) & WORD
    shift ^= shift >> 17
    shift ^= (shift << 5) & WORD
    weyl = (weyl + WEYL) & WORD
    return shift, weyl, ((shift + weyl) & WORD) * (1.0 / 2147483648.0) - 1.0
