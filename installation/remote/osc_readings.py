"""Sensors that speak OSC: a phone's accelerometer, a camera tracker, another computer. Messages become readings.

    table = {"/tracker/x": ("tracker.x", 0, "m"),
             "/accxyz": [("phone.x", 0, "g"), ("phone.y", 1, "g"), ("phone.z", 2, "g")]}

For each address: what it gives ("sensor.field"), which argument that is (from 0), and the unit the sender speaks; the reading is
in the base unit of that dimension. Nothing here waits, reads a clock or opens anything: `OscRemote` or the port hands messages
in.
"""
from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..terms.fault import Fault, SensorFault
from ..terms.quantity import known_unit
from ..terms.words import both

Row = tuple[str, int, str]


@dataclass(frozen=True, slots=True)
class _Field:
    sensor: str
    field: str
    argument: int
    factor: float
    offset: float


class OscReadings:
    """Messages to readings.

    table     OSC address → one row or several: ("sensor.field", number of the argument, unit)
    put       called as put(sensor, field, value, time); may raise SensorFault
    on_fault  told when an address begins to say what cannot be read, and again only after it has made sense in between

    `taken` counts readings, `refused` arguments that made none.
    """

    def __init__(self, table: Mapping[str, Row | Sequence[Row]], put: Callable[[str, str, float, float], object],
                 on_fault: Callable[[Fault], object] | None = None) -> None:
        self.taken = self.refused = 0
        self._put, self._on_fault = put, on_fault
        self._fields = {address: tuple(_field(address, row) for row in _rows(given)) for address, given in table.items()}
        self._failing: set[str] = set()

    def take(self, address: str, arguments: Sequence[object], time: float) -> bool:
        """Turn one message into readings. Returns whether the address is a sensor's, whatever became of its arguments."""
        fields = self._fields.get(address)
        if fields is None:
            return False
        fault = None
        for field in fields:
            try:
                self._put(field.sensor, field.field, _number(arguments, field), time)
                self.taken += 1
            except SensorFault as error:
                self.refused += 1
                fault = error
        if fault is None:
            self._failing.discard(address)
        elif address not in self._failing:
            self._failing.add(address)
            if self._on_fault is not None:
                self._on_fault(fault.at(f"osc {address}"))
        return True

    def receive(self, address: str, arguments: Sequence[object], sender: tuple[str, int], time: float) -> None:
        """For a port that serves sensors alone: `OscPort(…, on_message=readings.receive)`. Other addresses are nobody's."""
        self.take(address, arguments, time)


def _number(arguments: Sequence[object], field: _Field) -> float:
    value = arguments[field.argument] if field.argument < len(arguments) else None
    if isinstance(value, (bool, int, float)) and math.isfinite(value):
        return float(value) * field.factor + field.offset
    shown = repr(value) if len(repr(value)) < 40 else repr(value)[:37] + "…"
    raise SensorFault(both(f"argument {field.argument + 1} should be a number, got {shown}",
                           f"l'argument {field.argument + 1} devrait être un nombre, et non {shown}"))


def _rows(given: Any) -> Sequence[Row]:
    return [given] if isinstance(given[0], str) else given


def _field(address: str, row: Row) -> _Field:
    name, argument, unit = row
    sensor, dot, field = name.partition(".")
    if not (sensor and dot and field) or argument < 0:
        raise Fault(both(f'expected "sensor.field" and the number of an argument, got {name!r} and {argument!r}',
                         f"il faut « capteur.champ » et le numéro d'un argument, et non {name!r} et {argument!r}"),
                    where=address, id="osc.table")
    known = known_unit(unit)
    return _Field(sensor, field, argument, known.factor, known.offset)
