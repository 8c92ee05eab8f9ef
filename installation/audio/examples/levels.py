"""What the words of `words/levels.py` sound like."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import ug

EXAMPLES: dict[str, Callable[[], Any]] = {
    "mix": lambda: ug.mix(ug.sine(220), ug.sine(330), ug.sine(440)) * 0.1,
    "db": lambda: ug.pink() * ug.db(-12),
}
