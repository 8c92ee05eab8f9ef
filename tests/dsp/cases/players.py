"""Units of audio/units/players.py on the bench."""
from __future__ import annotations

from ..case import RECORDING, Case, tone

CASES: tuple[Case, ...] = (
    Case("play", 2, controls={"rate": 1.37}, numbers={"region": (1.0, 10.0, 2_990.0, 300.0)}, table=RECORDING),
    Case("strike", 2, controls={"rate": 0.77}, numbers={"region": (0.0, 0.0, 3_000.0, 0.0)}, table=RECORDING),
    Case("stream", 2, table=tone(6_000, 2)),
)
