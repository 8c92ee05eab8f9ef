"""Units that make a noise out of nothing."""
from __future__ import annotations

from ..declare import Port, PortKind, Unit
from .ports import out, ratio, state


def density() -> Port:
    """How many impulses a second."""
    return Port("density", PortKind.CONTROL, "Hz", 0.0, 24_000.0, None, "per_frame", about="how many a second")


NOISES = (
    Unit("white", "installation.dsp.noise:white", (out(), state(2, per_channel=True)),
         source="Marsaglia, J. Statistical Software 8(14), 2003", about="a hiss"),
    Unit("pink", "installation.dsp.noise:pink", (out(), state(10, per_channel=True)),
         source="Kellet, refined filter, 1999", about="noise like rain or a far road"),
    Unit("brown", "installation.dsp.noise:brown", (out(), state(4, per_channel=True)),
         about="noise like far thunder"),
    Unit("blue", "installation.dsp.noise:blue", (out(), state(8, per_channel=True)),
         about="noise like spray"),
    Unit("dust", "installation.dsp.dust:dust",
         (out(), density(), ratio("vary", 0.0, 1.0, 0.0, "0 all alike, 1 of any height"), state(2, per_channel=True)),
         about="impulses that fall as drops do"),
    Unit("velvet", "installation.dsp.dust:velvet", (out(), density(), state(5, per_channel=True)),
         source="Karjalainen, Järveläinen, AES 30th conference, 2007, equation 4", about="smooth noise from few impulses"),
)
