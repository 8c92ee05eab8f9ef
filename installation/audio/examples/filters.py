"""What the words of `words/filters.py` sound like."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import ug


def _struck() -> Any:
    """A short hiss twice a second: something for resonators to answer."""
    return ug.white() * ug.ping(ug.pulse(2, 0.1), attack=0.001, release=0.05)


def _parted() -> Any:
    low, high = ug.crossover(ug.pink(), 500)
    return ug.place(low * 0.5, azimuth=30) + ug.place(high * 0.5, azimuth=-30)


EXAMPLES: dict[str, Callable[[], Any]] = {
    "lowpass": lambda: ug.lowpass(ug.pink(), ug.drift(1.5, 150, 4_000)) * 0.7,
    "highpass": lambda: ug.highpass(ug.pink(), ug.drift(1.5, 150, 4_000)) * 0.7,
    "filter": lambda: ug.filter(ug.saw(55), ug.drift(1.5, 150, 3_000), resonance=0.8) * 0.2,
    "morph": lambda: ug.morph(ug.saw(55), 600, resonance=0.85, shape=ug.drift(1, 0, 3)) * 0.15,
    "peak": lambda: ug.peak(ug.pink(), ug.drift(1, 200, 3_000), gain=18, width=0.5) * 0.2,
    "lowshelf": lambda: ug.lowshelf(ug.pink(), 200, gain=-24) * 0.5,
    "highshelf": lambda: ug.highshelf(ug.pink(), 2_000, gain=12) * 0.3,
    "ladder": lambda: ug.ladder(ug.saw(55), ug.drift(1, 80, 3_000), resonance=0.9, drive=2) * 0.5,
    "comb": lambda: ug.comb(_struck(), 110, decay=1.5) * 0.3,
    "allpass": lambda: ug.allpass(ug.allpass(_struck(), "41 ms"), "17 ms") * 0.35,
    "formant": lambda: ug.formant(ug.saw(ug.drift(1, 75, 85)), vowel=ug.drift(0.7, 0, 4), voice="tenor") * 0.5,
    "block_dc": lambda: ug.block_dc(ug.drive(ug.sine(110) * 0.4 + 0.4, 6)) * 0.3,
    "crossover": _parted,
}
