"""What the words of `words/recordings.py` sound like."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import ug

EXAMPLES: dict[str, Callable[[], Any]] = {
    "play": lambda: ug.play("sounds/bell-mid.flac"),
    "stream": lambda: ug.stream("sounds/fire.ogg", loop=True),
}
