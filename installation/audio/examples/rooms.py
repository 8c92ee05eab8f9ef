"""What the words of `words/rooms.py` sound like."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import ug

EXAMPLES: dict[str, Callable[[], Any]] = {
    "place": lambda: ug.place(ug.pink(), azimuth=ug.drift(2, -60, 60)),
    "to": lambda: ug.to(ug.sine(330) * 0.2, output=2),
}
