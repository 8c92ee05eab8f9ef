"""Units of audio/units/spaces.py on the bench."""
from __future__ import annotations

import numpy as np

from installation.audio.answers import cut
from installation.audio.units.rooms import room_memory, room_numbers
from installation.audio.units.spaces import convolve_memory, convolve_plan

from ..case import RATE, Case, noise

ANSWER = noise(2_500, 2, seed=4) * 0.1 * 0.999 ** np.arange(2_500)
ROOM = room_numbers(2.0, RATE, 8, 0.0005)      # its first answer comes within three blocks

CASES: tuple[Case, ...] = (
    Case("delay", 2, controls={"time": 0.0101, "feedback": 0.5}, memory={"line": 1_000 + 68}),
    Case("reverb", 2, 1, controls={"decay": 0.3, "damping": 0.4, "decay_low": 0.4, "decay_high": 0.0, "low_edge": 250.0,
                                   "high_edge": 4_000.0, "density": 0.5, "modulation": 0.5, "freeze": 0.0},
         numbers={"room": ROOM}, memory={"lines": room_memory(ROOM)}),
    Case("convolve", 2, 1, table=cut(ANSWER), numbers={"plan": convolve_plan(31, 1)},
         memory={"memory": convolve_memory(1, 2, 31, 1)}),
)
