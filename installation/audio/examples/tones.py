"""What the words of `words/tones.py` sound like."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import ug

EXAMPLES: dict[str, Callable[[], Any]] = {
    "sine": lambda: (ug.sine(220) + ug.sine(277.2) + ug.sine(329.6)) * 0.1,
    "saw": lambda: ug.lowpass(ug.saw(55) + ug.saw(55.3), 900) * 0.3,
    "pulse": lambda: ug.lowpass(ug.pulse(110, ug.drift(2, 0.1, 0.5)), 1_500) * 0.3,
    "triangle": lambda: ug.triangle(ug.drift(2, 200, 260)) * 0.3,
    "wavetable": lambda: ug.wavetable([[1.0], [1.0, 0.7, 0.5, 0.3, 0.3, 0.2], [0.2, 0.0, 1.0, 0.0, 0.6]], 110, ug.drift(1, 0, 1)) * 0.3,
    "fm": lambda: ug.fm(110, 1.41, ug.drift(1, 0, 6), 0.3) * 0.3,
    "phasor": lambda: ug.sine(110) * ug.phasor(3) * 0.3,
    "impulse": lambda: ug.sine(880) * ug.ping(ug.impulse(3), release=0.3) * 0.3,
    "pluck": lambda: ug.pluck(ug.impulse(2), 146.83, decay=3, brightness=0.8) * 0.6,
    "modal": lambda: ug.modal(ug.impulse(0.5), "bell", decays=6, frequency=146.83) * 0.6,
}
