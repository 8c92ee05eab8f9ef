"""What the words of `words/grains.py` sound like."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import ug

EXAMPLES: dict[str, Callable[[], Any]] = {
    "grains": lambda: ug.grains("sounds/bell-mid.flac", position=ug.drift(3, 0, 0.3), density=60, size=0.15, pitch_scatter=7, reverse=0.5),
}
