"""What a unit is connected to on the bench, and the sounds and rooms that cases share."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from installation.audio.node import Hall
from installation.audio.place_gains import ring_numbers

RATE = 48_000


@dataclass(frozen=True)
class Speaker:
    output: int
    azimuth: float


RING = ring_numbers([Speaker(1, 45), Speaker(2, -45), Speaker(3, 135), Speaker(4, -135)], 4)


@dataclass(frozen=True)
class Case:
    """What a unit is connected to. Signals that are not given are noise for IN ports, an impulse now and then for triggers."""

    unit: str
    channels: int = 1
    wide: int = 0                                # channels of the input where they are not those of the output
    controls: dict[str, float] = field(default_factory=dict)
    numbers: dict[str, tuple[float, ...]] = field(default_factory=dict)
    memory: dict[str, int] = field(default_factory=dict)
    state: Callable[[Hall], tuple[float, ...]] | None = None
    table: np.ndarray | None = None
    any_block: bool = True                       # whether it can be called with blocks other than 64
    rests: bool = True                           # whether it falls silent when what it hears does
    quiet: dict[str, float] = field(default_factory=dict)      # controls that let it come to rest, in the port's unit
    finite: bool = True                          # whether its controls may jump between their limits at each block


def tone(frames: int, channels: int = 1, hz: float = 441.0) -> np.ndarray:
    return np.stack([np.sin(2 * np.pi * hz * (channel + 1) * np.arange(frames) / RATE) for channel in range(channels)]).astype("f4")


def noise(frames: int, channels: int = 1, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-1, 1, (channels, frames)).astype("f4")


RECORDING = tone(3_000, 2)
