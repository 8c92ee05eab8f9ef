"""What the words of `words/movements.py` sound like."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import ug

EXAMPLES: dict[str, Callable[[], Any]] = {
    "drift": lambda: ug.sine(ug.drift(1, 200, 600)) * 0.2,
    "walk": lambda: ug.sine(ug.walk(0.1, 200, 600, step=0.2)) * 0.2,
    "wander": lambda: ug.sine(ug.wander(0.3, 200, 600, move=0.1, uneven=1)) * 0.2,
}
