"""Units that send a sound back to where it came from. They come in pairs, with one line."""
from __future__ import annotations

from ..declare import FRAMES, Port, PortKind, Unit
from .ports import numbers, out, sound, state

SHORTEST_WAY = FRAMES       # frames: what is sent back in a block is heard in the next
RETURN_SPARE = FRAMES       # frames by which the line is longer than the way

RETURNS = (
    Unit("come_back", "installation.dsp.returns:come_back",
         (out(), numbers("way", 1), Port("line", PortKind.MEMORY, per_channel=True), state()), tail=60.0, about="what was sent back before"),
    Unit("send_back", "installation.dsp.returns:send_back",
         (out(), sound(), numbers("ceiling", 1), Port("line", PortKind.MEMORY, per_channel=True), state()), tail=60.0,
         about="a sound sent back, bent where it would be too loud"),
)
