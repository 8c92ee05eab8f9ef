"""What the words of `words/dynamics.py` sound like."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import ug


def _beaten() -> Any:
    """Something with loud and soft in it."""
    return ug.pink() * ug.ping(ug.beat(0.75), release=0.6) * 0.8


EXAMPLES: dict[str, Callable[[], Any]] = {
    "follow": lambda: ug.sine(200 + 2_000 * ug.follow(_beaten(), release=0.3)) * 0.2,
    "compress": lambda: ug.compress(_beaten(), threshold=-24, ratio=6, attack=0.002, makeup=6),
    "expand": lambda: ug.expand(_beaten() + ug.white() * 0.01, threshold=-20, ratio=3),
    "noise_gate": lambda: ug.noise_gate(_beaten() + ug.white() * 0.01, threshold=-25, release=0.05),
    "duck": lambda: ug.duck(ug.saw(110) * 0.2, by=_beaten(), threshold=-20, attack=0.02, hold=0.05, release=0.2) + _beaten() * 0.5,
    "limit": lambda: ug.limit(_beaten() * 4, ceiling=-12),
    "level": lambda: ug.level(ug.pink() * ug.lfo(3, low=0.1, high=0.7), target=-26, time=0.5),
}
