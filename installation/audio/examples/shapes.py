"""What the words of `words/shapes.py` sound like."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import ug

EXAMPLES: dict[str, Callable[[], Any]] = {
    "env": lambda: ug.pink() * ug.env(ug.drift(1, 0, 1), attack=0.3, release=1),
    "ping": lambda: ug.sine(880) * ug.ping(ug.pulse(1, 0.1), release=0.8) * 0.2,
}
