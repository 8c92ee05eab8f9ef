"""A ring of memory, read and written by the row: what lies beyond its end is at its beginning.

Two plain loops each, so that all but the one place where a ring ends is done by vectors.
"""
from __future__ import annotations

from .kernel import kernel


@kernel
def read(row, ring, first, count):
    """So many frames of a ring into a row, from a place on."""
    until = min(count, ring.shape[0] - first)
    there = ring[first:first + until]
    for n in range(until):
        row[n] = there[n]
    rest = row[until:count]
    for n in range(count - until):
        rest[n] = ring[n]


@kernel
def write(ring, first, row, count):
    """So many frames of a row into a ring, from a place on."""
    until = min(count, ring.shape[0] - first)
    there = ring[first:first + until]
    for n in range(until):
        there[n] = row[n]
    rest = row[until:count]
    for n in range(count - until):
        ring[n] = rest[n]
