"""Units that play recordings, what comes in, and what was just heard."""
from __future__ import annotations

from collections.abc import Callable

from ..declare import Port, PortKind, Unit
from ..node import Hall
from .ports import numbers, out, ratio, sound, state, struck
from .seeds import seeds

HERMITE = "Niemitalo 2001, 4-point third-order Hermite; J. O. Smith 1984, windowed sinc"
SPEED = ratio("rate", -16.0, 16.0, 1.0, "speed: 1 as recorded, 2 an octave up, 0 stands still, below 0 backwards")
SLICE = ratio("slice", 0.0, 65_536.0, 0.0, "which slice, from 0, counted round and round; read where it strikes")

PLAYERS = (
    Unit("play", "installation.dsp.player:play",
         (out(), Port("table", PortKind.TABLE), SPEED, numbers("region", 0), state(3)),
         source=HERMITE, about="a recording, from the start"),
    Unit("strike", "installation.dsp.struck:strike",
         (out(), struck(), Port("table", PortKind.TABLE), SPEED, SLICE, numbers("region", 0), state(18)),
         source=HERMITE, about="a recording or a slice of it, at each strike"),
    Unit("stream", "installation.dsp.stream:stream",
         (out(), Port("ring", PortKind.RING), Port("words", PortKind.RING_STATE), state(3)),
         about="a long recording, from disk"),
    Unit("input", "installation.dsp.input:input", (out(), Port("heard", PortKind.INPUT)), about="what comes in from the card"),
    Unit("loop", "installation.dsp.looper:loop",
         (out(), sound(), Port("record", PortKind.IN, "trigger", about="above 0 while it is recorded"),
          Port("clear", PortKind.IN, "trigger", default=0.0, about="above 0 where the loop is forgotten"), SPEED,
          ratio("feedback", 0.0, 1.0, 1.0, "what is kept of the loop where something is laid over it"),
          Port("line", PortKind.MEMORY, per_channel=True), state(16 + 64)),
         about="what was just heard, again and again"),
)


def strike_state(slices: int) -> Callable[[Hall], tuple[float, ...]]:
    """The state of `strike` at rest: its two words of chance, then nothing, then the slices in their order."""
    def rest(hall: Hall) -> tuple[float, ...]:
        return (*seeds(1, 16)(hall), *(float(number) for number in range(slices)), 0.0)

    return rest
