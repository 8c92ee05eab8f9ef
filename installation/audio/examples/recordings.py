"""What the words of `words/recordings.py` sound like."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import ug

EXAMPLES: dict[str, Callable[[], Any]] = {
    "play": lambda: ug.play("sounds/bell-mid.flac", rate=ug.drift(2, -1.5, 1.5), loop=True, crossfade=0.3, quality="sinc") * 0.7,
    "bank": lambda: ug.bank("sounds", on=ug.beat(0.6), order="shuffle", rate=1.5) * 0.7,
    "stream": lambda: ug.stream("sounds/fire.ogg", loop=True),
}
