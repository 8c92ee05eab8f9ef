"""What the words of `words/spectra.py` sound like."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import ug

EXAMPLES: dict[str, Callable[[], Any]] = {
    "freeze": lambda: ug.freeze(ug.play("sounds/bell-mid.flac"), ug.drift(1.0, -1.0, 2.0)),
    "blur": lambda: ug.blur(ug.play("sounds/bell-high.flac"), 6.0),
    "cross": lambda: ug.cross(ug.play("sounds/fire.ogg", loop=True), ug.saw(110)) * 2.0,
}
