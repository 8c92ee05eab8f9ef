"""What the words of `words/filters.py` sound like."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import ug

EXAMPLES: dict[str, Callable[[], Any]] = {
    "lowpass": lambda: ug.lowpass(ug.pink(), ug.drift(1.5, 150, 4_000)) * 0.7,
    "highpass": lambda: ug.highpass(ug.pink(), ug.drift(1.5, 150, 4_000)) * 0.7,
    "filter": lambda: ug.filter(ug.saw(55), ug.drift(1.5, 150, 3_000), resonance=0.8) * 0.2,
}
