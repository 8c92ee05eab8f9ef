"""What the words of `words/noises.py` sound like."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import ug

EXAMPLES: dict[str, Callable[[], Any]] = {
    "white": lambda: ug.highpass(ug.white(), 4_000) * 0.1,
    "pink": lambda: ug.pink(2) * 0.5,
}
