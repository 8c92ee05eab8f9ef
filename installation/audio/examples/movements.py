"""What the words of `words/movements.py` sound like."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import ug

EXAMPLES: dict[str, Callable[[], Any]] = {
    "drift": lambda: ug.sine(ug.drift(1, 200, 600)) * 0.2,
}
