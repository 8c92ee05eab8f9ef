"""What the words of `words/sends.py` sound like: without a voice and its scene, no more than what is beside them."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import ug

EXAMPLES: dict[str, Callable[[], Any]] = {
    "send": lambda: [ug.place(ug.sine(660) * ug.ping(ug.start(), release=2) * 0.2), ug.send(ug.sine(660) * 0.1, "hall")],
    "sent": lambda: ug.reverb(ug.sent("hall") + ug.sine(660) * ug.ping(ug.start(), release=1) * 0.4, decay=4),
}
