"""What the words of `words/moments.py` sound like."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import ug

EXAMPLES: dict[str, Callable[[], Any]] = {
    "held": lambda: ug.saw(110) * ug.env(ug.held(), attack=0.5) * 0.2,
    "start": lambda: ug.sine(880) * ug.ping(ug.start(), release=2) * 0.2,
}
