"""Units that put a sound into the room."""
from __future__ import annotations

from ..declare import Port, PortKind, Unit
from .ports import bus, numbers, sound

WINDING = 1e9      # degrees; not one turn: an azimuth may go on round and round

PLACES = (
    Unit("place", "installation.dsp.place:place",
         (bus(), sound(),
          Port("azimuth", PortKind.CONTROL, "deg", -WINDING, WINDING, 0.0, about="0 ahead, positive to the left"),
          numbers("ring", 0)),
         source="Pulkki, JAES 45(6), 1997", about="from a direction"),
    Unit("to", "installation.dsp.place:to", (bus(), sound(), numbers("rows", 0)), merges=True, about="to an output"),
    Unit("spray", "installation.dsp.place:spray", (bus(), sound(), numbers("gains", 0)), merges=True, about="to all outputs, by gains"),
)
