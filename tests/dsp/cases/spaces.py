"""Units of audio/units/spaces.py on the bench."""
from __future__ import annotations

from installation.audio.units.rooms import room_lengths, room_memory

from ..case import RATE, Case

CASES: tuple[Case, ...] = (
    Case("delay", 2, controls={"time": 0.0101, "feedback": 0.5}, memory={"line": 1_000 + 68}),
    Case("reverb", 2, 1, controls={"decay": 0.3, "damping": 0.4}, numbers={"lengths": room_lengths(4.0, RATE)},
         memory={"lines": room_memory(4.0, RATE)}),
)
