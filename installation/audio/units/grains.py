"""Units that play clouds of grains."""
from __future__ import annotations

from collections.abc import Callable

from ..declare import Port, PortKind, Unit
from ..node import Hall
from .ports import numbers, out, ratio, sound, state
from .seeds import seeds

HEAD, GRAIN, SPARE = 8, 12, 72      # as the kernels count them
ROADS = "Roads, Microsound, 2001, chapter 3"
CLOUD = (
    ratio("rate", -16.0, 16.0, 1.0, "speed of each grain; below 0 backwards"),
    Port("density", PortKind.CONTROL, "Hz", 0.0, 4_000.0, 20.0, "per_frame", about="grains per second"),
    Port("size", PortKind.CONTROL, "s", 0.001, 10.0, 0.1, "frames", about="how long each lasts"),
    Port("pitch_scatter", PortKind.CONTROL, "semitone", 0.0, 48.0, 0.0, about="up or down, by chance"),
    Port("position_scatter", PortKind.CONTROL, "s", 0.0, 600.0, 0.0, "frames", about="before or after, by chance"),
    ratio("jitter", 0.0, 1.0, 0.0, "0 evenly in time, 1 as drops fall"),
    ratio("spread", 0.0, 1.0, 1.0, "over the channels: 0 all in the middle, 1 anywhere"),
    ratio("reverse", 0.0, 1.0, 0.0, "share of grains that go backwards"),
    numbers("shape", 1),
)

GRAINS: tuple[Unit, ...] = (
    Unit("grains", "installation.dsp.grains:grains",
         (out(), Port("table", PortKind.TABLE), ratio("position", 0.0, 1.0, 0.0, "where in the recording"), *CLOUD, state(HEAD + GRAIN)),
         source=ROADS, tail=10.0, about="a cloud of pieces of a recording"),
    Unit("live_grains", "installation.dsp.grains:live_grains",
         (out(), sound(), Port("position", PortKind.CONTROL, "s", 0.0, 3_600.0, 0.5, "frames", about="how long ago"), *CLOUD,
          Port("line", PortKind.MEMORY), state(HEAD + GRAIN)),
         source=ROADS, tail=10.0, about="a cloud of pieces of what came in"),
)


def grain_state(grains: int) -> Callable[[Hall], tuple[float, ...]]:
    """The state of so many grains at rest: the generator's two words, then nothing."""
    return seeds(1, HEAD + GRAIN * grains)
