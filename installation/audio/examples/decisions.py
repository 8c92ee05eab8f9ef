"""What the words of `words/decisions.py` sound like."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import ug

EXAMPLES: dict[str, Callable[[], Any]] = {
    "above": lambda: ug.pink() * ug.slew(ug.above(ug.drift(0.5, 0, 1), 0.5, hysteresis=0.1), up=20, down=5),
    "rising": lambda: ug.sine(660) * ug.ping(ug.rising(ug.lfo(0.7), 0.8), release=0.5) * 0.2,
    "changed": lambda: ug.sine(990) * ug.ping(ug.changed(ug.drift(1, 0, 1), 0.1), release=0.2) * 0.2,
    "beat": lambda: ug.sine(880) * ug.ping(ug.beat(0.5), release=0.3) * 0.2,
    "every": lambda: ug.mix(ug.sine(660) * ug.ping(ug.beat(0.25), release=0.15),
                            ug.sine(330) * ug.ping(ug.every(ug.beat(0.25), 4), release=0.8)) * 0.15,
    "chance": lambda: ug.sine(770) * ug.ping(ug.chance(ug.beat(0.125), 0.4), release=0.3) * 0.2,
    "count": lambda: ug.pink() * ug.slew(ug.count(ug.beat(0.25), 5) * 0.2, up=20),
    "toggle": lambda: ug.sine(440) * ug.slew(ug.toggle(ug.beat(0.5)), up=20) * 0.2,
    "gate": lambda: ug.saw(110) * ug.slew(ug.gate(ug.beat(1), 0.3), up=50, down=5) * 0.2,
    "latch": lambda: ug.pink() * ug.slew(ug.latch(on=ug.beat(0.75), off=ug.beat(0.5)), up=20) * 0.5,
    "hold": lambda: ug.pink() * ug.slew(0.5 + 0.5 * ug.hold(ug.white(), ug.beat(0.2)), up=50),
    "slew": lambda: ug.sine(ug.slew(ug.lfo(1.5, "square", 200, 600), up=300, down=1_000)) * 0.2,
    "lfo": lambda: ug.lowpass(ug.pink(), ug.lfo(2, low=150, high=4_000)),
    "steps": lambda: ug.saw(ug.steps([110, 165, 220, 330, 275], period=0.2, order="shuffle")) * 0.2,
}
