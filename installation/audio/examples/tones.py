"""What the words of `words/tones.py` sound like."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import ug

EXAMPLES: dict[str, Callable[[], Any]] = {
    "sine": lambda: (ug.sine(220) + ug.sine(277.2) + ug.sine(329.6)) * 0.1,
    "saw": lambda: ug.lowpass(ug.saw(55) + ug.saw(55.3), 900) * 0.3,
    "pulse": lambda: ug.lowpass(ug.pulse(110, ug.drift(2, 0.1, 0.5)), 1_500) * 0.3,
}
