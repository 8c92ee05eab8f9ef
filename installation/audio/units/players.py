"""Units that play recordings."""
from __future__ import annotations

from ..declare import Port, PortKind, Unit
from .ports import numbers, out, ratio, state, struck

HERMITE = "Niemitalo 2001, 4-point third-order Hermite"
SPEED = ratio("rate", 0.0, 16.0, 1.0, "speed: 1 as recorded, 2 an octave up, 0 stands still")

PLAYERS = (
    Unit("play", "installation.dsp.player:play",
         (out(), Port("table", PortKind.TABLE), SPEED, numbers("region", 4), state(2)),
         source=HERMITE, about="a recording, from the start"),
    Unit("strike", "installation.dsp.player:strike",
         (out(), struck(), Port("table", PortKind.TABLE), SPEED, numbers("region", 4), state(6)),
         source=HERMITE, about="a recording, at each trigger"),
    Unit("stream", "installation.dsp.stream:stream",
         (out(), Port("ring", PortKind.RING), Port("words", PortKind.RING_STATE), state(3)),
         about="a long recording, from disk"),
)
