"""Units that put a sound into rooms other than a ring: domes, clouds of loudspeakers, sound fields."""
from __future__ import annotations

from ..declare import Port, PortKind, Unit
from .places import WINDING, azimuth, elevation
from .ports import bus, control_out, numbers, out, sound, state

FURTHEST = 10_000.0     # m


def _metres(name: str, low: float, high: float, default: float | None, about: str, *, slow: bool = True) -> Port:
    return Port(name, PortKind.CONTROL, "m", low, high, default, slow=slow, about=about)


def _position(*, slow: bool = True) -> tuple[Port, ...]:
    return (_metres("right", -FURTHEST, FURTHEST, 0.0, "from the middle to the right", slow=slow),
            _metres("ahead", -FURTHEST, FURTHEST, 0.0, "from the middle ahead", slow=slow),
            _metres("up", -FURTHEST, FURTHEST, 0.0, "from the middle up", slow=slow))


def _turn(name: str, about: str) -> Port:
    return Port(name, PortKind.CONTROL, "deg", -WINDING, WINDING, 0.0, slow=True, about=about)


FIELDS: tuple[Unit, ...] = (
    Unit("dome", "installation.dsp.vbap:dome",
         (bus(), sound(), azimuth(slow=True), elevation(slow=True),
          Port("spread", PortKind.CONTROL, "deg", 0.0, 360.0, 0.0, slow=True, about="how wide, 0 a point"),
          numbers("dome", 0), state()),
         source="Pulkki, JAES 45(6), 1997, and WASPAA 1999", about="from a direction, up and down too"),
    Unit("place_at", "installation.dsp.dbap:place_at",
         (bus(), sound(), *_position(), _metres("blur", 0.0, 100.0, 0.2, "0 a point"), numbers("cloud", 0), state()),
         source="Lossius, Baltazar and de la Hogue, ICMC 2009", about="from a position"),
    Unit("away", "installation.dsp.dbap:away", (control_out("m"), *_position(slow=False)), about="how far a position is"),
    Unit("distance", "installation.dsp.distance:distance",
         (out(), sound(), _metres("metres", 0.0, FURTHEST, None, "how far it is"), numbers("law", 5), state(2, per_channel=True)),
         source="ISO 9613-1:1993", tail=0.1, about="softer and duller, as if far away"),
    Unit("encode", "installation.dsp.ambisonics:encode", (out(), sound(), azimuth(), elevation()),
         source="Nachbar, Zotter, Deleflie and Sontacchi, AmbiX, 2011", about="into a sound field"),
    Unit("rotate", "installation.dsp.ambisonics:rotate",
         (out(), sound(), _turn("yaw", "ahead goes to the left"), _turn("pitch", "ahead goes up"), _turn("roll", "the left goes up"),
          state(182)),
         source="Ivanic and Ruedenberg, J. Phys. Chem. 100(15), 1996", about="a sound field, turned"),
    Unit("decode", "installation.dsp.ambisonics:decode", (bus(), sound(), numbers("matrix", 0)),
         source="Zotter and Frank, JAES 60(10), 2012", about="a sound field, played in the room"),
)
