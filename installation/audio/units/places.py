"""Units that put a sound into the room."""
from __future__ import annotations

from dataclasses import replace

from ..declare import WIDTH, Port, PortKind, Unit
from .ports import bus, cutoff, numbers, sound, state

WINDING = 1e9           # degrees; not one turn: an azimuth may go on round and round
ECHO_SPARE = 64 + 4     # frames by which the line of `everywhere` is longer than its longest echo, as its kernel wants


def azimuth(*, slow: bool = False) -> Port:
    """Where around the listener."""
    return Port("azimuth", PortKind.CONTROL, "deg", -WINDING, WINDING, 0.0, slow=slow, about="0 ahead, positive to the left")


def elevation(*, slow: bool = False) -> Port:
    """How high."""
    return Port("elevation", PortKind.CONTROL, "deg", -90.0, 90.0, 0.0, slow=slow, about="0 level, 90 overhead")


PLACES = (
    Unit("place", "installation.dsp.place:place", (bus(), sound(), azimuth(), numbers("ring", 0)),
         source="Pulkki, JAES 45(6), 1997", for_eight="place_eight", about="from a direction"),
    Unit("place_eight", "installation.dsp.place:place_eight",
         (bus(), *(sound(f"x{voice}") for voice in range(WIDTH)), *(replace(azimuth(), name=f"a{voice}") for voice in range(WIDTH)), numbers("ring", 0)),
         source="Pulkki, JAES 45(6), 1997", about="eight sounds, each from its direction"),
    Unit("to", "installation.dsp.place:to", (bus(), sound(), numbers("rows", 0)), merges=True, about="to an output"),
    Unit("spray", "installation.dsp.place:spray", (bus(), sound(), numbers("gains", 0)), merges=True, for_eight="spray_eight", each=True,
         about="to all outputs, by gains"),
    Unit("spray_eight", "installation.dsp.place:spray_eight", (bus(), *(sound(f"x{voice}") for voice in range(WIDTH)), numbers("gains", 0)),
         about="eight sounds to all outputs, by gains"),
    Unit("nearest", "installation.dsp.nearest:nearest",
         (bus(), sound(), azimuth(slow=True), elevation(slow=True), numbers("stand", 0), state()), about="from one loudspeaker"),
    Unit("everywhere", "installation.dsp.everywhere:everywhere",
         (bus(), sound(), numbers("velvet", 0), Port("line", PortKind.MEMORY), state()),
         source="Alary, Politis and Välimäki, Velvet-Noise Decorrelator, DAFx 2017", tail=0.03, about="from all sides at once"),
    Unit("sub", "installation.dsp.sub:sub", (bus(), sound(), cutoff(80.0), numbers("feeds", 0), state(4)),
         source="Linkwitz, JAES 24(1), 1976", tail=0.2, about="its bottom, from the subwoofers"),
)
