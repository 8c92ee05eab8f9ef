"""Units that know when a sound begins, and whether it is still held."""
from __future__ import annotations

from ..declare import Unit
from .ports import control_out, out, state, struck

MOMENTS = (
    Unit("start", "installation.dsp.moments:start", (out(), state()), about="an impulse at the first frame"),
    Unit("held", "installation.dsp.moments:held", (control_out("ratio"), struck(), state()), about="open until a voice is released"),
)
