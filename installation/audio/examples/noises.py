"""What the words of `words/noises.py` sound like."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import ug

EXAMPLES: dict[str, Callable[[], Any]] = {
    "white": lambda: ug.highpass(ug.white(), 4_000) * 0.1,
    "pink": lambda: ug.pink(2) * 0.5,
    "blue": lambda: ug.blue(2) * 0.3,
    "brown": lambda: ug.brown(2) * 0.5,
    "dust": lambda: ug.filter(ug.dust(40, vary=1, channels=2), 1_200, 0.9, "band") * 2.0,
    "velvet": lambda: ug.highpass(ug.velvet(ug.drift(2, 50, 3_000)), 800) * 0.3,
}
