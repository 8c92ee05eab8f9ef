"""Which OSC messages are readings: any address, any of its arguments.

    sensors:
      phone:
        driver: osc
        fields: {tilt: {address: /phone/tilt, unit: deg}, y: {address: /xy, argument: 2}, push: /phone/push}
        pace: 50 ms

Arguments count from 1. True and false are 1 and 0; a message whose argument is missing or is no number is refused. `pace` is the
time between messages; without it a reading stays fresh until the next, as suits a fader that is silent while nobody touches it.
"""
from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..terms.address import is_address, is_name
from ..terms.fault import Fault, did_you_mean
from ..terms.quantity import known_unit, quantity
from ..terms.words import both

OPTIONS = ("fields", "pace")
MOST_ARGUMENTS = 32
_EXAMPLE = "fields: {tilt: {address: /phone/tilt, unit: deg, argument: 1}, push: /phone/push}"


@dataclass(frozen=True, slots=True)
class OscField:
    """One reading: the address, the argument (from 0), the unit in which it comes."""

    address: str
    argument: int
    unit: str


class OscFields:
    """The readings of one OSC sender. Raises Fault if the options make no sense."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        for name in options:
            if name not in OPTIONS:
                close = did_you_mean(name, OPTIONS)
                raise Fault(both(f'osc has no option "{name}"', f"osc n'a pas d'option « {name} »"), id="osc.option",
                            remedy=both(f'Did you mean "{close}"?', f"Peut-être « {close} » ?") if close else _example())
        written = options.get("fields")
        if not isinstance(written, Mapping) or not 1 <= len(written) <= 256:
            raise Fault(both("osc needs fields: which addresses are readings",
                             "osc a besoin de fields : quelles adresses sont des mesures"),
                        remedy=_example(), id="osc.fields")
        self.pace = quantity(options["pace"], "s") if "pace" in options else math.inf
        if not self.pace > 0:
            raise Fault(both("pace is the time between two messages, above 0 s",
                             "pace est le temps entre deux messages, plus de 0 s"), id="osc.pace")
        self._fields = {name: _field(name, entry) for name, entry in written.items()}

    def fields(self) -> dict[str, str]:
        """What it gives: field → unit."""
        return {name: field.unit for name, field in self._fields.items()}

    def table(self, sensor: str) -> dict[str, list[tuple[str, int, str]]]:
        """Address → what it gives: ("sensor.field", argument from 0, unit)."""
        rows: dict[str, list[tuple[str, int, str]]] = {}
        for name, field in self._fields.items():
            rows.setdefault(field.address, []).append((f"{sensor}.{name}", field.argument, field.unit))
        return rows


def _field(name: object, entry: object) -> OscField:
    if not isinstance(name, str) or not is_name(name):
        raise Fault(both(f"{name!r} cannot name a reading", f"{name!r} ne peut nommer une mesure"), id="osc.fields")
    if isinstance(entry, str):
        entry = {"address": entry}
    if isinstance(entry, Mapping) and set(entry) <= {"address", "argument", "unit"}:
        address, argument, unit = entry.get("address"), entry.get("argument", 1), entry.get("unit", "")
        whole = isinstance(argument, int) and not isinstance(argument, bool) and 1 <= argument <= MOST_ARGUMENTS
        if isinstance(address, str) and is_address(address) and whole and isinstance(unit, str):
            known_unit(unit)
            return OscField(address, argument - 1, unit)
    raise Fault(both(f"{name}: expected an address, got {_shown(entry)}",
                     f"{name} : il faut une adresse, et non {_shown(entry)}"),
                remedy=_example(), id="osc.fields")


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _example():
    return both(f"For example {_EXAMPLE}. Arguments count from 1.",
                f"Par exemple {_EXAMPLE}. Les arguments se comptent à partir de 1.")
