"""Units between eight voices side by side and their neighbours. The graph puts them in."""
from __future__ import annotations

from ..declare import WIDTH, Port, PortKind, Unit
from .ports import control, out, sound

BESIDE = (
    Unit("gather", "installation.dsp.beside:gather",
         (Port("out", PortKind.TOGETHER), *(sound(f"x{voice}") for voice in range(WIDTH))), about="eight sounds beside each other"),
    Unit("part_voices", "installation.dsp.beside:part_voices", (out(), Port("x", PortKind.APART)),
         about="eight voices on rows of their own again"),
    Unit("gather_controls", "installation.dsp.beside:gather_controls",
         (Port("out", PortKind.CONTROLS), *(control(f"c{voice}") for voice in range(WIDTH))), about="eight controls beside each other"),
)
