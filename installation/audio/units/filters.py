"""Units that keep one part of a sound."""
from __future__ import annotations

from ..declare import Unit
from .ports import cutoff, numbers, out, ratio, sound, state

# what `filter` keeps: how much of the sound itself, of its band (at unity), of its low part
MODES = {"low": (0.0, 0.0, 1.0), "band": (0.0, 1.0, 0.0), "high": (1.0, -1.0, -1.0), "notch": (1.0, -1.0, 0.0)}

FILTERS = (
    Unit("lowpass", "installation.dsp.onepole:lowpass", (out(), sound(), cutoff(), state(per_channel=True)),
         source="Zavalishin, The Art of VA Filter Design 2.1.2, 3.10", tail=1.0, laned="yes", about="duller, 6 dB an octave"),
    Unit("highpass", "installation.dsp.onepole:highpass", (out(), sound(), cutoff(), state(per_channel=True)),
         source="Zavalishin, The Art of VA Filter Design 2.1.2, 3.10", tail=1.0, laned="yes", about="thinner, 6 dB an octave"),
    Unit("filter", "installation.dsp.filter:filter",
         (out(), sound(), cutoff(), ratio("resonance", 0.0, 0.995, 0.3, "0 dull edge, 0.9 it rings"),
          numbers("mix", 3), state(2, per_channel=True)),
         source="Simper, Solving the continuous SVF equations, 2013", tail=1.0, laned="yes", about="low, band, high or notch, 12 dB"),
)
