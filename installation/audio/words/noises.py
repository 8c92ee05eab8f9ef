"""Words that make a noise."""
from __future__ import annotations

from typing import Any

from ..asked import whole
from ..graph import Signal, apply
from ..units import UNITS
from ..units.seeds import seeds

__all__ = ["blue", "brown", "dust", "pink", "velvet", "white"]


def white(channels: int = 1) -> Signal:
    """A hiss, -4.8 dBFS. Each channel has its own; the same on every run of the piece.    ug.highpass(ug.white(), 4_000)"""
    channels = whole("ug.white, channels", channels, 1, 64)
    return apply(UNITS["white"], channels=channels, state={"state": seeds(channels, 2)})


def pink(channels: int = 1) -> Signal:
    """Noise like rain or a far road, -14 dBFS. Each channel has its own; the same on every run.    ug.pink() * self.level"""
    channels = whole("ug.pink, channels", channels, 1, 64)
    return apply(UNITS["pink"], channels=channels, state={"state": seeds(channels, 10)})


def brown(channels: int = 1) -> Signal:
    """Noise like far thunder or a waterfall behind a wall, -14 dBFS. Each channel has its own; the same on every run.    ug.brown(2)"""
    channels = whole("ug.brown, channels", channels, 1, 64)
    return apply(UNITS["brown"], channels=channels, state={"state": seeds(channels, 4)})


def blue(channels: int = 1) -> Signal:
    """Noise like spray or steam, without depth, -14 dBFS. Each channel has its own; the same on every run.    ug.blue(2) * 0.2"""
    channels = whole("ug.blue, channels", channels, 1, 64)
    return apply(UNITS["blue"], channels=channels, state={"state": seeds(channels, 8)})


def dust(density: Any = 5.0, vary: Any = 0.0, channels: int = 1) -> Signal:
    """Impulses that fall as drops do, nobody knows when: crackle, or strikes for whatever takes a trigger.

    density   how many a second, on average; no more than half the rate
    vary      0 all are 1; 1 they have any height up to 1
    channels  each has its own

        ug.sine(880) * ug.ping(ug.dust(3, vary=1), release=0.5)
    """
    channels = whole("ug.dust, channels", channels, 1, 64)
    return apply(UNITS["dust"], controls={"density": density, "vary": vary}, channels=channels, state={"state": seeds(channels, 2)})


def velvet(density: Any = 2_000.0, channels: int = 1) -> Signal:
    """Noise of single impulses, up and down, one in each small span: smooth from 2,000 a second on (-14 dBFS), below it crackles.

    density   how many a second; no more than half the rate
    channels  each has its own

        ug.highpass(ug.velvet(self.dryness), 2_000)
    """
    channels = whole("ug.velvet, channels", channels, 1, 64)
    return apply(UNITS["velvet"], controls={"density": density}, channels=channels, state={"state": seeds(channels, 5)})
