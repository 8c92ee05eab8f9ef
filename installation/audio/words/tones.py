"""Words that make a tone."""
from __future__ import annotations

from typing import Any

from ..graph import Signal, apply
from ..units import UNITS

__all__ = ["pulse", "saw", "sine"]


def sine(frequency: Any = 440.0) -> Signal:
    """A pure tone, peak 1. frequency: Hz, 0 to 24,000; moves without a click.    ug.sine(self.pitch) * 0.1"""
    return apply(UNITS["sine"], controls={"frequency": frequency})


def saw(frequency: Any = 110.0) -> Signal:
    """A bright tone with every overtone, peak 1: something for a filter to cut. frequency: Hz.    ug.lowpass(ug.saw(55), 800)"""
    return apply(UNITS["saw"], controls={"frequency": frequency})


def pulse(frequency: Any = 110.0, width: Any = 0.5) -> Signal:
    """A hollow tone. frequency: Hz. width: 0.01 to 0.99, 0.5 a square, the further from it the thinner.    ug.pulse(110, 0.2)"""
    return apply(UNITS["pulse"], controls={"frequency": frequency, "width": width})
