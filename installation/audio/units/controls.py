"""Units that move values: the wandering ones that artists use, and those that the graph itself puts in."""
from __future__ import annotations

from ..declare import Port, PortKind, Unit
from .ports import control, control_out, numbers, ratio, seconds, state

CONTROLS = (
    Unit("drift", "installation.dsp.drift:drift",
         (control_out(), seconds("period", 40.0, "from one random point to the next", 0.002, 86_400.0),
          control("low"), control("high"), state(8)),
         source="Catmull and Rom, 1974", about="a value that wanders by itself"),
    Unit("glide", "installation.dsp.control:glide",
         (control_out(), Port("param", PortKind.PARAM), numbers("numbers", 4), state(4)),
         about="a parameter that never jumps"),
    Unit("fit", "installation.dsp.control:fit", (control_out(), control("control"), numbers("numbers", 4)),
         about="a control in a port's own measure and range"),
    *(Unit(f"control_{name}", f"installation.dsp.control:control_{name}", (control_out(), control("a"), control("b")),
           about=f"{name} two controls") for name in ("add", "multiply", "divide")),
    Unit("walk", "installation.dsp.walk:walk",
         (control_out(), seconds("period", 1.0, "of one step", 0.002, 86_400.0),
          ratio("step", 0.0, 1.0, 0.1, "the longest step, as a part of the range"), control("low"), control("high"), state(6)),
         about="a value that goes up or down by a little"),
    Unit("wander", "installation.dsp.walk:wander",
         (control_out(), seconds("period", 1.0, "from one move to the next", 0.002, 86_400.0),
          ratio("move", 0.0, 1.0, 1.0, "how much of it is spent moving"),
          ratio("uneven", 0.0, 1.0, 0.0, "0 as a clock, 1 as drops fall"), control("low"), control("high"), state(7)),
         about="a value that goes somewhere else now and then"),
)
