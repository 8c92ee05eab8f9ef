"""Units that make a tone out of nothing."""
from __future__ import annotations

from ..declare import Unit
from .ports import frequency, out, ratio, state

TONES = (
    Unit("sine", "installation.dsp.sine:sine", (out(), frequency(), state(per_channel=True)),
         laned="yes", about="a pure tone"),
    Unit("saw", "installation.dsp.saw:saw", (out(), frequency(), state(per_channel=True)),
         source="Välimäki, Pekonen, Nam, JASA 131(1), 2012, third-order B-spline", laned="yes", about="a bright tone with every overtone"),
    Unit("pulse", "installation.dsp.saw:pulse",
         (out(), frequency(), ratio("width", 0.01, 0.99, 0.5, "how much of each cycle is high"),
          state(per_channel=True)),
         source="Välimäki, Pekonen, Nam, JASA 131(1), 2012, third-order B-spline",
         laned="yes", about="a hollow tone, thinner as its width leaves 0.5"),
)
