"""Units of audio/units/players.py on the bench."""
from __future__ import annotations

from installation.audio.units.players import strike_state

from ..case import RECORDING, Case, tone

CASES: tuple[Case, ...] = (
    Case("play", 2, controls={"rate": 1.37}, numbers={"region": (1.0, 300.0, 1.0, 0.0, 10.0, 2_990.0)}, table=RECORDING),
    Case("strike", 2, controls={"rate": -0.77, "slice": 0.0}, table=RECORDING,
         numbers={"region": (0.0, 0.0, 2.0, 3.0, 0.0, 1_500.0, 1_000.0, 2_000.0, 100.0, 3_000.0)}, state=strike_state(3)),
    Case("stream", 2, table=tone(6_000, 2)),
    Case("input", 2, rests=False),
    Case("loop", 2, controls={"rate": 0.9, "feedback": 0.5}, memory={"line": 1_000}, state=lambda hall: (0.0,) * (16 + 128), rests=False),
)
