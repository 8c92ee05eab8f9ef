"""Control slots of a plan: constants scaled to what a kernel wants, parameters gliding, and the little sums between them.

    Controls.at_port(thing, port, where)   the slot that a CONTROL port reads
    Controls.made(call, ...)               where a unit's CONTROL_OUT lies

NUMBERS of the units that it puts in: `glide` [domain, frames, low, high], low and high in the parameter's own unit, domain one
of LINEAR, DECIBEL (moves in dB, gives a linear gain), EXPONENTIAL (moves by equal ratios), TURN (degrees, the short way round;
may run past a turn in a block); `fit` [scale, offset, low, high] (value * scale + offset, clipped; NaN becomes low).
"""
from __future__ import annotations

from collections.abc import Callable

from ..terms.declaration import Curve
from ..terms.quantity import gain_from_db
from .arithmetic import builtin
from .declare import Port, Unit
from .node import Call, Gain, Levels, Parameter
from .signal import Signal

LINEAR, DECIBEL, EXPONENTIAL, TURN = 0.0, 1.0, 2.0, 3.0
FAR = 1e15               # stands for "no limit": not infinite, so that what is not a number has a finite value to become
LOUDEST_DB = 120.0       # a level without a range of its own still has a gain that is a number
NYQUIST = 0.49           # hertz over rate: no kernel's frequency goes beyond
Draw = Callable[[Unit, list[int], tuple[float, ...], Parameter | None, str], int]


class Controls:
    """Hands out slots; `draw` drafts a control unit and gives the slot that it writes."""

    def __init__(self, rate: int, draw: Draw) -> None:
        self.rate = rate
        self.count = 0
        self._draw = draw
        self._constants: dict[float, int] = {}
        self._outputs: dict[tuple[int, int], int] = {}
        self._shared: dict[tuple, int] = {}

    def new(self) -> int:
        """A slot of its own."""
        self.count += 1
        return self.count - 1

    def constants(self) -> tuple[tuple[int, float], ...]:
        """Slots whose value never changes."""
        return tuple((slot, value) for value, slot in self._constants.items())

    def made(self, call: Call, output: int, slot: int) -> None:
        """A unit's control output lies in that slot."""
        self._outputs[id(call), output] = slot

    def at_port(self, thing: Signal | float, port: Port, where: str) -> int:
        """The slot of a number or a control as the kernel of the word at `where` wants it: scaled, and within low..high."""
        if not isinstance(thing, Signal):
            return self._constant(scaled(thing, port, self.rate))
        low, high = bounds(port, self.rate)
        if isinstance(thing.source, Levels) and (port.scale == "gain" or port.unit not in ("dB", "dBFS")):
            gain = self._gain(thing.source.terms, where)
            return self._fitted(gain, gain_from_db(thing.offset), 0.0, low, high, where)
        factor = self.rate if port.scale == "frames" else 1.0 / self.rate if port.scale == "per_frame" else 1.0
        if self._inside(thing, factor, low, high):
            return self._source(thing, where)
        return self._fitted(self._source(thing, where), thing.scale * factor, thing.offset * factor, low, high, where)

    def measure(self, port: Port) -> tuple[float, float, float, float]:
        """NUMBERS that bring a sound into a port's measure and range, as `fit` has them."""
        factor = self.rate if port.scale == "frames" else 1.0 / self.rate if port.scale == "per_frame" else 1.0
        return factor, 0.0, *bounds(port, self.rate)

    def _constant(self, value: float) -> int:
        value = value + 0.0         # -0.0 and 0.0 are one
        if value not in self._constants:
            self._constants[value] = self.new()
        return self._constants[value]

    def _source(self, thing: Signal, where: str) -> int:
        """The slot of a control before its own scale and offset."""
        match thing.source:
            case Parameter() as parameter:
                return self._glide(parameter, domain_of(parameter), where)
            case Levels(terms=terms):
                return self._decibels(terms, where)
            case Gain(terms=terms):
                return self._gain(terms, where)
        return self._outputs[id(thing.source), thing.output]

    def _glide(self, parameter: Parameter, domain: float, where: str) -> int:
        declared = parameter.declaration
        low = declared.low if declared.low is not None else -FAR
        high = declared.high if declared.high is not None else LOUDEST_DB if domain == DECIBEL else FAR
        numbers = (domain, declared.glide * self.rate, float(low), float(high))
        return self._once(("glide", parameter.name, domain), lambda: self._draw(builtin("glide"), [], numbers, parameter, where))

    def _gain(self, terms: tuple[tuple[Parameter, int], ...], where: str) -> int:
        """The product of levels as linear gains; those with sign -1 divide."""
        slot: int | None = None
        for parameter, sign in terms:
            gain = self._glide(parameter, DECIBEL, where)
            if slot is None:
                slot = gain if sign > 0 else self._joined("control_divide", self._constant(1.0), gain, where)
            else:
                slot = self._joined("control_multiply" if sign > 0 else "control_divide", slot, gain, where)
        assert slot is not None
        return slot

    def _decibels(self, terms: tuple[tuple[Parameter, int], ...], where: str) -> int:
        """The sum of levels in dB."""
        slot: int | None = None
        for parameter, sign in terms:
            level = self._glide(parameter, LINEAR, where)
            level = level if sign > 0 else self._fitted(level, -1.0, 0.0, -FAR, FAR, where)
            slot = level if slot is None else self._joined("control_add", slot, level, where)
        assert slot is not None
        return slot

    def _joined(self, name: str, left: int, right: int, where: str) -> int:
        return self._once((name, left, right), lambda: self._draw(builtin(name), [left, right], (), None, where))

    def _fitted(self, slot: int, scale: float, offset: float, low: float, high: float, where: str) -> int:
        if (scale, offset, low, high) == (1.0, 0.0, -FAR, FAR):
            return slot
        numbers = (scale, offset, low, high)
        return self._once(("fit", slot, *numbers), lambda: self._draw(builtin("fit"), [slot], numbers, None, where))

    def _once(self, key: tuple, draw: Callable[[], int]) -> int:
        if key not in self._shared:
            self._shared[key] = draw()
        return self._shared[key]

    def _inside(self, thing: Signal, factor: float, low: float, high: float) -> bool:
        """Whether a control is already what the port wants, whatever it does."""
        if thing.scale * factor != 1.0 or thing.offset != 0.0:
            return False
        if (low, high) == (-FAR, FAR):
            return True
        if not isinstance(thing.source, Parameter):
            return False
        declared = thing.source.declaration
        return (domain_of(thing.source) != TURN and declared.low is not None and declared.high is not None
                and low <= declared.low and declared.high <= high)


def domain_of(parameter: Parameter) -> float:
    """How a parameter that is not a level glides."""
    declared = parameter.declaration
    if declared.curve is Curve.EXPONENTIAL:
        return EXPONENTIAL
    ends = declared.low is not None and declared.high is not None
    whole_turn = ends and declared.high - declared.low == 360.0  # type: ignore[operator]
    return TURN if declared.unit in ("deg", "°") and whole_turn else LINEAR


def bounds(port: Port, rate: int) -> tuple[float, float]:
    """A port's range as its kernel sees it."""
    low, high = scaled(port.low, port, rate), scaled(port.high, port, rate)
    return max(-FAR, low), min(FAR, high)


def scaled(value: float, port: Port, rate: int) -> float:
    """A number in a port's unit as its kernel sees it, clipped into the range."""
    value = min(port.high, max(port.low, value))
    match port.scale:
        case "per_frame":
            return min(NYQUIST, max(-NYQUIST, value / rate))
        case "frames":
            return value * rate
        case "gain":
            return gain_from_db(min(value, 400.0))
    return value
