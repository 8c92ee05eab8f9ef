"""What the words of `words/inputs.py` sound like."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import ug

EXAMPLES: dict[str, Callable[[], Any]] = {
    "input": lambda: ug.delay(ug.input(1), "300 ms", feedback=0.6),
    "loop": lambda: ug.loop(ug.play("sounds/bell-mid.flac"), record=ug.gate(ug.beat(10), 0.8), longest=1, rate=-0.5) * 0.7,
}
