"""A signal: what an artist holds in sound(), adds, multiplies and hands to the next word. Immutable; it never sounds by itself.

    rate        what it is, block by block
    "audio"     float32 (channels, 64)
    "control"   float64: its value now and 64 frames on
    "trigger"   a trigger parameter: only a unit's trigger port takes it (an IN port whose unit is "trigger")
    "bus"       already placed: what ug.place and ug.to give; sound() returns it, nothing more can be done to it but +
    "word"      a text or colour parameter: it cannot be heard

`+ - * /` take signals, parameters and numbers in both orders (arithmetic.py says what they mean); `x[0]` is a channel, `len(x)`
their number, and `for channel in x` goes through them. A signal has no value while the graph is built, so `if`, comparison and
float() are Faults.

Anything with a method `__signal__()` that returns a Signal can stand where a signal can.

The graph itself puts in these units, by name: glide, fit, control_add, control_multiply, control_divide, ramp, add, subtract,
multiply, divide, scale, offset, trigger, and spread (one channel in, a copy of it on each that comes out).
"""
from __future__ import annotations

import math
import numbers
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from ..terms.fault import Fault
from ..terms.words import Words, both
from .node import Call, Gain, Group, Levels, Node, Parameter

AUDIO, CONTROL, TRIGGER, BUS, WORD = "audio", "control", "trigger", "bus", "word"
PACKAGE = __name__.partition(".")[0]


@dataclass(frozen=True, eq=False, repr=False, slots=True)
class Signal:
    """A node's output, as the artist holds it.

    source         the node that makes it
    rate           see the module
    channels       audio: rows; 1 for a control, 0 for a bus
    where          file:line of the artist's word; "" for a parameter, which the scene's class declares
    unit           control: what it is measured in, "" for a plain number
    scale, offset  control: its value is that of the source times `scale` plus `offset`, so that numbers cost nothing
    output         which of a unit's outputs it is
    first          audio: the first row of that output
    """

    source: Node
    rate: str
    channels: int = 1
    where: str = ""
    unit: str = ""
    scale: float = 1.0
    offset: float = 0.0
    output: int = 0
    first: int = 0

    __array_ufunc__ = None      # numpy leaves arithmetic with a signal to the signal

    @property
    def is_level(self) -> bool:
        """Whether it is measured in dB: it multiplies a sound as a gain, and cannot be added to one."""
        return isinstance(self.source, Levels)

    @property
    def name(self) -> str:
        """The word or parameter that it comes from."""
        match self.source:
            case Parameter(name=name):
                return name
            case Levels(terms=((parameter, _), *_)) | Gain(terms=((parameter, _), *_)):
                return parameter.name
            case Call(unit=unit):
                return unit.name
        return self.rate

    def __add__(self, other: Any) -> Signal:
        return _combine("+", self, other)

    def __radd__(self, other: Any) -> Signal:
        return _combine("+", other, self)

    def __sub__(self, other: Any) -> Signal:
        return _combine("-", self, other)

    def __rsub__(self, other: Any) -> Signal:
        return _combine("-", other, self)

    def __mul__(self, other: Any) -> Signal:
        return _combine("*", self, other)

    def __rmul__(self, other: Any) -> Signal:
        return _combine("*", other, self)

    def __truediv__(self, other: Any) -> Signal:
        return _combine("/", self, other)

    def __rtruediv__(self, other: Any) -> Signal:
        return _combine("/", other, self)

    def __neg__(self) -> Signal:
        return _combine("-", 0.0, self)

    def __pos__(self) -> Signal:
        return self

    def __len__(self) -> int:
        return self.channels

    def __iter__(self) -> Iterator[Signal]:
        return iter([self[index] for index in range(self.channels)])

    def __getitem__(self, index: Any) -> Signal:
        """One channel, counted from 0 (from the end if negative), or some with a slice of step 1. Costs nothing."""
        if isinstance(index, slice) and index.step in (None, 1):
            start, stop, _ = index.indices(self.channels)
            if self.rate == AUDIO and stop > start:
                return replace(self, first=self.first + start, channels=stop - start)
        elif isinstance(index, numbers.Integral):
            index = int(index)
            if self.rate == AUDIO and -self.channels <= index < self.channels:
                return replace(self, first=self.first + index % self.channels, channels=1)
            if self.rate == CONTROL and index in (0, -1):
                return self
        raise Fault(both(f"{self.name} has {self.channels} channels, there is no [{index}]",
                         f"{self.name} a {self.channels} canaux, il n'y a pas de [{index}]"),
                    where=whereabouts(), id="graph.channel")

    def __bool__(self) -> bool:  # noqa: PLE0304 (it never returns)
        self._undecided()

    def __float__(self) -> float:
        self._undecided()

    def __lt__(self, other: Any) -> bool:
        self._undecided()

    __le__ = __gt__ = __ge__ = __lt__

    def __eq__(self, other: object) -> bool:
        self._undecided()

    def __ne__(self, other: object) -> bool:
        self._undecided()

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return f"<{self.name}: {self.rate}, {self.channels} channels, {self.where}>"

    def _undecided(self) -> NoReturn:
        raise Fault(both(f"the value of {self.name} is not known while the graph is built, so nothing can be decided by it",
                         f"la valeur de {self.name} n'est pas connue quand le graphe se construit : rien ne peut en dépendre"),
                    remedy=both("Say it with ug words, or decide in play(), where parameters have values.",
                                "Dites-le avec des mots ug, ou décidez dans play(), où les paramètres ont une valeur."),
                    where=whereabouts(), id="graph.undecided")


def operand(thing: Any, for_what: str) -> Signal | float:
    """What an artist wrote as a signal or a finite number. Raises Fault naming `for_what` if it is neither."""
    if isinstance(thing, Signal):
        return thing
    if hasattr(thing, "__signal__"):
        return thing.__signal__()
    if isinstance(thing, numbers.Real):
        try:
            number = float(thing)
        except OverflowError:
            number = math.inf
        if math.isfinite(number):
            return number
    shown = repr(thing) if len(repr(thing)) < 60 else repr(thing)[:57] + "…"
    if isinstance(thing, numbers.Real):
        raise _fault(both(f"{for_what}: expected a finite number, got {shown}",
                          f"{for_what} : il faut un nombre fini, et non {shown}"), "graph.finite")
    raise _fault(both(f"{for_what}: expected a signal, a parameter or a number, got {shown}",
                      f"{for_what} : il faut un signal, un paramètre ou un nombre, et non {shown}"), "graph.operand")


def whereabouts() -> str:
    """file:line of the innermost frame outside the engine; "" if there is none."""
    frame = sys._getframe(1)
    while frame is not None:
        if frame.f_globals.get("__name__", "").partition(".")[0] != PACKAGE:
            return f"{frame.f_code.co_filename}:{frame.f_lineno}"
        frame = frame.f_back  # type: ignore[assignment]
    return ""


def group(parts: tuple[Signal, ...]) -> Signal:
    """Several things on the bus as one."""
    return Signal(Group(parts), BUS, 0, whereabouts())


def _combine(sign: str, left: Any, right: Any) -> Signal:
    from . import arithmetic  # it makes Signals, and Signals add up through it

    return arithmetic.combine(sign, left, right)


def _fault(happened: Words, id: str) -> Fault:
    return Fault(happened, where=whereabouts(), id=id)
