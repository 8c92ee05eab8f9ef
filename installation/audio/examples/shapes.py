"""What the words of `words/shapes.py` sound like."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import ug

EXAMPLES: dict[str, Callable[[], Any]] = {
    "env": lambda: ug.pink() * ug.env(ug.drift(1, 0, 1), attack=0.3, release=1),
    "ping": lambda: ug.sine(880) * ug.ping(ug.pulse(1, 0.1), release=0.8) * 0.2,
    "segments": lambda: ug.saw(110) * ug.segments(ug.beat(1.5), [(0.02, 0.3), (0.2, 0.05), (0.4, 0.2), (0.8, 0)], curve=[0, -4, 3, -4]),
    "fade": lambda: ug.sine(330) * ug.fade(3, curve=2) * 0.2,
}
