"""Units that make a noise out of nothing."""
from __future__ import annotations

from ..declare import Unit
from .ports import out, state

NOISES = (
    Unit("white", "installation.dsp.noise:white", (out(), state(2, per_channel=True)),
         source="Marsaglia, J. Statistical Software 8(14), 2003", about="a hiss"),
    Unit("pink", "installation.dsp.noise:pink", (out(), state(10, per_channel=True)),
         source="Kellet, refined filter, 1999", about="noise like rain or a far road"),
)
