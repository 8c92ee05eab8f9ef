"""Words between a scene's voices and its own sound: what voices send, `sound()` may hear, and send through its effects."""
from __future__ import annotations

from typing import Any

from ...terms.words import both
from ..asked import refusal, whole
from ..graph import Signal, apply
from ..layout import MOST_SENT
from ..units import UNITS
from .taken import width_of

__all__ = ["send", "sent"]


def send(x: Any, name: str) -> Signal:
    """Send a sound of a voice (`@voice`) to its scene's `sound()`, which hears the sum of all voices as `ug.sent(name)`. A voice returns it beside what
    it places; what it only sends is heard through that alone.

        @voice(limit=16)
        def bell(self, pitch=param(440, "Hz", 40, 8_000)):
            tone = ug.sine(pitch) * ug.ping(ug.start(), release=2)
            return [ug.place(tone, azimuth=30), ug.send(tone * 0.3, "hall")]
    """
    return apply(UNITS["send"], inputs={"x": x}, numbers={"rows": tuple(float(row) for row in range(width_of(x)))}, sent=_name("ug.send", name))


def sent(name: str, channels: int = 1) -> Signal:
    """What the scene's voices send by that name, all of them together, in the very frame in which they do; each fades as its voice does.

    channels  1 to 8: as many as each `ug.send` to it has

        def sound(self):
            return ug.place(ug.reverb(ug.sent("hall"), decay=6), width=360)
    """
    channels = whole("ug.sent, channels", channels, 1, MOST_SENT)
    return apply(UNITS["sent"], channels=channels, sent=_name("ug.sent", name))


def _name(word: str, name: Any) -> str:
    if isinstance(name, str) and name:
        return name
    raise refusal(both(f"{word}: expected a name, got {name!r}", f"{word} : il faut un nom, et non {name!r}"), "send.name",
                  both('Any word: ug.send(x, "hall").', "N'importe quel mot : ug.send(x, \"hall\")."))
