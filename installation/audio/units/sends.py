"""Units between a scene's voices and its own sound. Their kernels are those of outputs and inputs; what they are bound to is not (see plan.Send)."""
from __future__ import annotations

from ..declare import Port, PortKind, Unit
from .ports import bus, numbers, out, sound

SENDS = (
    Unit("send", "installation.dsp.place:to", (bus(), sound(), numbers("rows", 0)), about="from a voice to its scene's own sound"),
    Unit("sent", "installation.dsp.input:input", (out(), Port("heard", PortKind.INPUT)), about="what the scene's voices send"),
)
