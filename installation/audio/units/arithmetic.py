"""Units that + - * / become, sample by sample. The graph puts them in."""
from __future__ import annotations

from ..declare import Unit
from .ports import control, control_out, numbers, out, sound, state

ARITHMETIC = (
    Unit("ramp", "installation.dsp.arithmetic:ramp", (out(), control("control")), about="a control as a sound"),
    Unit("fit_sound", "installation.dsp.control:fit_sound", (out(), sound(), numbers("numbers", 4)),
         about="a sound in a port's own measure and range"),
    Unit("look", "installation.dsp.control:look", (control_out(), sound(), numbers("numbers", 4), state(2)),
         about="a sound, looked at once a block, as a control"),
    Unit("spread", "installation.dsp.arithmetic:spread", (out(), sound()), about="one channel on several"),
    Unit("scale", "installation.dsp.arithmetic:scale", (out(), sound(), control("gain")), laned="along", about="louder or softer"),
    Unit("offset", "installation.dsp.arithmetic:offset", (out(), sound(), control("amount")),
         laned="along", about="moved up or down as a whole"),
    *(Unit(name, f"installation.dsp.arithmetic:{name}", (out(), sound("x"), sound("y")), laned="along", about=f"{name} two sounds")
      for name in ("add", "subtract", "multiply", "divide")),
)
