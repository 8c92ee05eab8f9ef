"""Words that make a noise."""
from __future__ import annotations

from ..asked import whole
from ..graph import Signal, apply
from ..units import UNITS
from ..units.seeds import seeds

__all__ = ["pink", "white"]


def white(channels: int = 1) -> Signal:
    """A hiss, -4.8 dBFS. Each channel has its own; the same on every run of the piece.    ug.highpass(ug.white(), 4_000)"""
    channels = whole("ug.white, channels", channels, 1, 64)
    return apply(UNITS["white"], channels=channels, state={"state": seeds(channels, 2)})


def pink(channels: int = 1) -> Signal:
    """Noise like rain or a far road, -14 dBFS. Each channel has its own; the same on every run.    ug.pink() * self.level"""
    channels = whole("ug.pink, channels", channels, 1, 64)
    return apply(UNITS["pink"], channels=channels, state={"state": seeds(channels, 10)})
