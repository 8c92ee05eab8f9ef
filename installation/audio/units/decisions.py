"""Units that decide: thresholds, steps, what is held; and controls that come and go."""
from __future__ import annotations

from ..declare import Port, PortKind, Unit
from .ports import control, control_out, numbers, out, ratio, seconds, sound, state, struck

SHAPES = {"sine": 0.0, "triangle": 1.0, "saw": 2.0, "square": 3.0, "random": 4.0, "smooth random": 5.0}
ORDERS = {"forward": 0.0, "random": 1.0, "shuffle": 2.0, "pendulum": 3.0}
MOST_STEPS = 1_024
FASTEST_HZ = 50.0              # of an lfo: a control has a value each 64 frames
ENDLESS = 1e12


def amount(name: str, default: float | None, about: str) -> Port:
    """How much, in whatever the signal is measured in."""
    return Port(name, PortKind.CONTROL, "", 0.0, ENDLESS, default, about=about)


def strikes(name: str) -> Port:
    """Something that strikes."""
    return Port(name, PortKind.IN, unit="trigger", about="a trigger parameter, or a sound that is above 0 when it strikes")


SPEED = (amount("up", None, "how much a second it may rise"), amount("down", None, "how much a second it may fall"))

DECISIONS = (
    Unit("above", "installation.dsp.compare:above",
         (out(), sound(), Port("threshold", PortKind.CONTROL, "", -ENDLESS, ENDLESS), amount("hysteresis", 0.0, "below the threshold"),
          state(per_channel=True)), source="Schmitt, J. Scientific Instruments 15, 1938", about="1 while it is above, else 0"),
    Unit("rising", "installation.dsp.compare:rising",
         (out(), sound(), Port("level", PortKind.CONTROL, "", -ENDLESS, ENDLESS, 0.5), state()),
         about="strikes where it comes above a level"),
    Unit("changed", "installation.dsp.compare:changed", (out(), sound(), amount("threshold", None, "how far"), state(2)),
         about="strikes where it has moved far enough"),
    Unit("beat", "installation.dsp.strikes:beat", (out(), seconds("period", 1.0, "from one strike to the next", low=0.001), state(2)),
         about="strikes evenly"),
    Unit("every", "installation.dsp.strikes:every", (out(), struck(), numbers("numbers", 2), state(2)),
         about="one strike in so many"),
    Unit("chance", "installation.dsp.strikes:chance",
         (out(), struck(), ratio("probability", 0.0, 1.0, 0.5, "how many of them pass"), state(3)),
         source="Marsaglia, J. Statistical Software 8(14), 2003", about="a share of the strikes"),
    Unit("count", "installation.dsp.strikes:count", (out(), struck(), numbers("numbers", 1), state(2)),
         about="how many strikes there were"),
    Unit("gate", "installation.dsp.strikes:gate", (out(), struck(), seconds("length", 1.0, "how long it is open"), state(2)),
         tail=3_600.0, about="1 for a time after each strike"),
    Unit("latch", "installation.dsp.strikes:latch", (out(), strikes("on"), strikes("off"), state(3)),
         about="1 from one strike to another"),
    Unit("hold", "installation.dsp.strikes:hold", (out(), sound(), struck(), state(2, per_channel=True)),
         about="what it was at the last strike"),
    Unit("slew", "installation.dsp.slew:slew", (out(), sound(), *SPEED, numbers("numbers", 1), state(2, per_channel=True)),
         tail=3_600.0, about="no faster than a speed"),
    Unit("slew_control", "installation.dsp.slew:slew_control", (control_out(), control("control"), *SPEED, numbers("numbers", 1), state(2)),
         about="a control, no faster than a speed"),
    Unit("lfo", "installation.dsp.lfo:lfo",
         (control_out(), Port("frequency", PortKind.CONTROL, "Hz", 0.0, FASTEST_HZ, None, "per_frame", about="how often"),
          control("low"), control("high"), numbers("numbers", 2), state(6)), about="a control that comes and goes"),
    Unit("steps", "installation.dsp.steps:steps", (control_out(), struck(), numbers("numbers", 0), state(6)),
         source="Durstenfeld, CACM 7(7), 1964", about="a row of values, one at each strike"),
)
