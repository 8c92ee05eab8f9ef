"""Units that + - * / become, sample by sample. The graph puts them in."""
from __future__ import annotations

from ..declare import Unit
from .ports import control, out, sound

ARITHMETIC = (
    Unit("ramp", "installation.dsp.arithmetic:ramp", (out(), control("control")), about="a control as a sound"),
    Unit("spread", "installation.dsp.arithmetic:spread", (out(), sound()), about="one channel on several"),
    Unit("scale", "installation.dsp.arithmetic:scale", (out(), sound(), control("gain")), laned="along", about="louder or softer"),
    Unit("offset", "installation.dsp.arithmetic:offset", (out(), sound(), control("amount")),
         laned="along", about="moved up or down as a whole"),
    *(Unit(name, f"installation.dsp.arithmetic:{name}", (out(), sound("x"), sound("y")), laned="along", about=f"{name} two sounds")
      for name in ("add", "subtract", "multiply", "divide")),
)
