"""Units of audio/units/effects.py on the bench."""
from __future__ import annotations

from installation.audio.units.effects import HEADS_SPARE
from installation.audio.units.shifts import quarter_turn

from ..case import RATE, Case

CASES: tuple[Case, ...] = (
    Case("chorus", 2, controls={"time": 0.01, "depth": 0.003, "rate": 2.0, "feedback": 0.4, "mix": 0.6, "width": 1.0},
         numbers={"heads": (0.0, 0.7, 31.5, 0.6)}, memory={"line": 1_000 + HEADS_SPARE}),
    Case("phaser", 2, controls={"centre": 800.0, "depth": 2.0, "rate": 2.0, "feedback": 0.6, "width": 1.0}, numbers={"stages": (6.0,)}),
    Case("drive", 2, controls={"amount": 5.0}),
    Case("fold", 2, controls={"amount": 5.0}),
    Case("crush", 2, controls={"bits": 5.5, "rate": 9_000.0}, numbers={"period": (1.0 / RATE,)}),
    Case("frequency_shift", 2, controls={"shift": 123.4}, numbers={"sections": quarter_turn(RATE)}),
    Case("pitch_shift", 2, controls={"semitones": 5.0}, numbers={"window": (600.0,)}, memory={"line": 4 * 600 + HEADS_SPARE}),
)
