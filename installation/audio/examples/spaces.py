"""What the words of `words/spaces.py` sound like."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import ug

EXAMPLES: dict[str, Callable[[], Any]] = {
    "delay": lambda: ug.delay(ug.play("sounds/bell-mid.flac"), "350 ms", feedback=0.6) * 0.7,
    "convolve": lambda: ug.convolve(ug.play("sounds/fire.ogg", loop=True), "sounds/bell-low.flac") * 0.5,
    "reverb": lambda: ug.reverb(ug.play("sounds/bell-mid.flac"), decay=6),
}
