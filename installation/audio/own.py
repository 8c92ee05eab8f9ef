"""The artist's own units: `unit` turns a kernel in a scene file into a word for sound().

    from installation import Scene, ug, unit

    @unit(out=unit.out(), x=unit.input(), drive=unit.control("ratio", 0, 20, default=1), state=unit.state(1))
    def fold(out, x, drive, state):
        frames = x.shape[1]
        ...

    fold(ug.saw(110), drive=self.drive)

The keywords are the kernel's arguments, in its order. The kernel is compiled beside the playing sound; it may use numbers, arrays,
`math` and `numpy` functions of numbers, and must neither allocate nor raise. Third level of effort: a line in config.yaml
comes first, a scene second. Arrays are as in `audio.declare`.
"""
from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ..terms.fault import Fault
from ..terms.quantity import known_unit
from ..terms.words import both
from .asked import refusal, whole, within
from .declare import Port, PortKind, Unit

_SCALES = {"Hz": "per_frame", "s": "frames", "dB": "gain", "dBFS": "gain"}
MOST_STATE = 65_536       # numbers for one channel
LONGEST = 600.0           # s of one delay line


class OwnUnit:
    """A kernel of the piece, and the word for it. Calling it in sound() gives its signal."""

    def __init__(self, kernel: Callable, ports: tuple[Port, ...], memory: dict[str, float], where: str) -> None:
        self.py_func = kernel
        self.memory = memory
        about = (inspect.getdoc(kernel) or "").split("\n")[0]
        self.unit = Unit(kernel.__name__, f"{kernel.__code__.co_filename}:{kernel.__name__}", ports, place=where, about=about)
        self.__doc__ = kernel.__doc__
        self.__name__ = kernel.__name__

    def __call__(self, *signals: Any, **controls: Any) -> Any:
        """The unit's signal: its inputs in order, then its controls by name."""
        from .graph import apply

        inputs = self.unit.of(PortKind.IN)
        if len(signals) > len(inputs):
            raise refusal(both(f"{self.unit.name} takes {len(inputs)} signals, got {len(signals)}",
                               f"{self.unit.name} prend {len(inputs)} signaux, et non {len(signals)}"), "unit.inputs")
        given = dict(zip((port.name for port in inputs), signals))
        given.update({port.name: controls.pop(port.name) for port in inputs if port.name in controls})
        lines = {name: _frames(seconds) for name, seconds in self.memory.items()}
        return apply(self.unit, inputs=given, controls=controls, memory=lines)


class _Unit:
    """`unit` itself: the decorator, and the words for its ports."""

    def __call__(self, **ports: Port | tuple[Port, float]) -> Callable[[Callable], OwnUnit]:
        """Declare a kernel's arguments. Raises Fault, naming file and line, if they do not match the kernel's."""

        def declare(kernel: Callable) -> OwnUnit:
            kernel = getattr(kernel, "py_func", kernel)         # numba's njit around it is not needed, and does no harm
            if not inspect.isfunction(kernel):
                raise refusal(both(f"@unit(…) stands above a function, not {kernel!r}", f"@unit(…) se met au-dessus d'une fonction, et non de {kernel!r}"),
                              "unit.kernel")
            where = f"{kernel.__code__.co_filename}:{kernel.__code__.co_firstlineno}"
            if kernel.__qualname__ != kernel.__name__ or not kernel.__name__.isidentifier():
                raise Fault(both(f"the kernel {kernel.__qualname__} stands inside something else",
                                 f"le noyau {kernel.__qualname__} est à l'intérieur d'autre chose"), where=where, id="unit.kernel",
                            remedy=both("Define it at the left margin of the file, with a name.", "Définissez-le à la marge du fichier, avec un nom."))
            arguments = list(inspect.signature(kernel).parameters)
            if arguments != list(ports):
                raise Fault(both(f"the kernel {kernel.__name__} takes ({', '.join(arguments)}), its ports are ({', '.join(ports)})",
                                 f"le noyau {kernel.__name__} prend ({', '.join(arguments)}), ses ports sont ({', '.join(ports)})"),
                            where=where, id="unit.ports",
                            remedy=both("Give the ports in the kernel's order, by its names.",
                                        "Donnez les ports dans l'ordre du noyau, sous ses noms."))
            memory: dict[str, float] = {}
            made: list[Port] = []
            for name, given in ports.items():
                port, seconds = given if isinstance(given, tuple) and len(given) == 2 else (given, 0.0)
                if not isinstance(port, Port):
                    raise Fault(both(f"{name} is not a port: {given!r}", f"{name} n'est pas un port : {given!r}"), where=where, id="unit.ports",
                                remedy=both("It is unit.out(), unit.input(), unit.control(…), unit.state(…) or unit.memory(…).",
                                            "C'est unit.out(), unit.input(), unit.control(…), unit.state(…) ou unit.memory(…)."))
                if port.kind is PortKind.MEMORY:
                    memory[name] = seconds
                made.append(replace(port, name=name))
            if sum(port.kind is PortKind.OUT for port in made) != 1:
                raise Fault(both("a unit has exactly one unit.out()", "une unité a exactement un unit.out()"), where=where, id="unit.ports")
            return OwnUnit(kernel, tuple(made), memory, where)

        return declare

    @staticmethod
    def out() -> Port:
        """The signal it writes: float32 (channels, 64)."""
        return Port("", PortKind.OUT)

    @staticmethod
    def input() -> Port:
        """A signal it reads: float32 (channels, 64); may be the same array as the output."""
        return Port("", PortKind.IN)

    @staticmethod
    def control(unit: str = "", low: float = float("-inf"), high: float = float("inf"), *, default: float | None = None) -> Port:
        """A value that glides: float64 (2,), now and 64 frames on. Hertz arrive as cycles a frame, seconds as frames, dB as a gain."""
        try:
            known_unit(unit)
        except Fault as fault:
            raise refusal(fault.happened, fault.id, fault.remedy) from None
        rest = low if default is None else default
        if not all(isinstance(number, (int, float)) for number in (low, high, rest)) or not low <= rest <= high or low == high:
            raise refusal(both(f"unit.control: {low} to {high}, default {default}, is no range with its default",
                               f"unit.control : {low} à {high}, défaut {default}, n'est pas une plage avec son défaut"), "unit.range")
        return Port("", PortKind.CONTROL, unit, low, high, default, _SCALES.get(unit, ""))

    @staticmethod
    def state(size: int = 1) -> Port:
        """What it remembers from block to block: float64 (size × channels,), zeros at rest."""
        return Port("", PortKind.STATE, size=whole("unit.state, size", size, 1, MOST_STATE), per_channel=True)

    @staticmethod
    def memory(seconds: float | str) -> tuple[Port, float]:
        """A delay line: float32 (frames × channels,), up to ten minutes. Write it only at places that follow from the state."""
        return Port("", PortKind.MEMORY, per_channel=True), within("unit.memory", seconds, 0.0, LONGEST, "s")


def _frames(seconds: float) -> Callable[[Any], int]:
    return lambda hall: int(round(seconds * hall.rate)) + 1


unit = _Unit()
