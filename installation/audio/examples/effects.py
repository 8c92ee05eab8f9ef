"""What the words of `words/effects.py` sound like."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import ug


def _bell() -> Any:
    return ug.play("sounds/bell-mid.flac")


EXAMPLES: dict[str, Callable[[], Any]] = {
    "chorus": lambda: ug.chorus(ug.lowpass(ug.saw(110) + ug.saw(165), 2_000), depth="4 ms", voices=4) * 0.15,
    "flanger": lambda: ug.flanger(ug.pink(), rate=0.4, feedback=0.6) * 0.4,
    "phaser": lambda: ug.phaser(ug.saw(55) + ug.saw(82.7), rate=0.4, feedback=0.6) * 0.1,
    "vibrato": lambda: ug.vibrato(ug.lowpass(ug.saw(220), 1_500), depth=0.5) * 0.3,
    "taps": lambda: _bell() * 0.5 + ug.taps(_bell(), [("180 ms", 0.5), ("310 ms", 0.4), ("730 ms", 0.3)], depth="1 ms") * 0.5,
    "drive": lambda: ug.drive(ug.lowpass(ug.saw(55), 900), ug.drift(1, 0, 30)) * 0.2,
    "fold": lambda: ug.fold(ug.sine(110), ug.drift(1, 0.5, 6)) * 0.2,
    "crush": lambda: ug.crush(_bell(), bits=5, rate=ug.drift(0.7, 2_000, 12_000)),
    "ring": lambda: ug.ring(_bell(), ug.drift(1, 60, 300)),
    "tremolo": lambda: ug.tremolo(ug.lowpass(ug.saw(110), 800), depth=0.9, rate=4) * 0.3,
    "frequency_shift": lambda: ug.frequency_shift(_bell(), ug.drift(1, -150, 150)),
    "pitch_shift": lambda: _bell() * 0.5 + ug.pitch_shift(_bell(), -7.02, window=0.1) * 0.4 + ug.pitch_shift(_bell(), -12, window=0.1) * 0.3,
}
