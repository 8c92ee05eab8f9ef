"""Units that answer a sound later: echoes and rooms."""
from __future__ import annotations

from ..declare import FRAMES, Port, PortKind, Unit
from .ports import numbers, out, ratio, seconds, sound, state

DELAY_SPARE = FRAMES + 4       # frames by which the line of `delay` is longer than its longest time, as its kernel wants

SPACES = (
    Unit("delay", "installation.dsp.delay:delay",
         (out(), sound(), seconds("time", None, "how much later"),
          ratio("feedback", -0.99, 0.99, 0.0, "how much of each echo is heard again"),
          Port("line", PortKind.MEMORY, per_channel=True), state(2)),
         source="Niemitalo 2001, 4-point third-order Hermite", tail=60.0, about="an echo, or many"),
    Unit("reverb", "installation.dsp.reverb:reverb",
         (out(), sound(), seconds("decay", 2.0, "until it has fallen by 60 dB", 0.1, 120.0),
          ratio("damping", 0.0, 0.98, 0.5, "how much sooner the top dies"),
          numbers("lengths", 8), Port("lines", PortKind.MEMORY), state(56)),
         source="Jot and Chaigne, AES 90th Convention, 1991", tail=120.0, about="a room around a dry sound"),
)
