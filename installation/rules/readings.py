"""What the sensors said last: every reading with its unit, its time and how far it can still be believed.

    readings = Readings()
    readings.declare("plinth", "distance", "cm", pace=0.1, hold=2.0, rest=4.0)
    readings.put("plinth", "distance", 182, time=10.0)
    readings.read("plinth.distance", now=10.1)      # Reading(1.82, "m", 10.0, FRESH)

A reading is FRESH while the next one is not overdue by more than two paces, then HELD for `hold` seconds (the last value
stands), then at REST (the declared rest stands, else the last value). Before the first one it is ABSENT: its
value is the declared rest, or nan where none is declared, which no comparison is true of. Time is an argument everywhere.
"""
from __future__ import annotations

import math
from dataclasses import dataclass

from ..terms.fault import Fault, SensorFault, did_you_mean
from ..terms.quantity import BASE, convert, known_unit
from ..terms.reading import Freshness, Reading
from ..terms.words import both

PATIENCE = 3.0    # paces after which a silent sensor is no longer fresh
LARGEST = 1e12    # in the base unit; a sensor that says more says nonsense, and squares of it stay finite


@dataclass(slots=True)
class Counts:
    """What came from one sensor: values taken, and values refused (not finite, absurd, of an unknown field)."""

    taken: int = 0
    refused: int = 0


@dataclass(slots=True)
class _Slot:
    unit: str
    base: str
    pace: float
    hold: float
    rest: float | None
    value: float = math.nan
    time: float = -math.inf
    lost: float = math.inf    # when its sensor was seen to go away


class Readings:
    """All readings of the piece, by "sensor.field"."""

    def __init__(self) -> None:
        self._slots: dict[str, _Slot] = {}
        self._counts: dict[str, Counts] = {}

    def declare(self, sensor: str, field: str, unit: str, pace: float, hold: float = 0.0, rest: float | None = None) -> None:
        """Make a place for a reading. Declared again, it keeps what was said last if the unit is the same.

        unit   in which `put` brings it; it is read in the base unit of its dimension
        pace   seconds between readings; infinite for what speaks only when touched (a key, a fader)
        hold   seconds for which the last value stands after the sensor fell silent
        rest   the value it goes to then, in the base unit
        """
        base = base_unit(unit)
        if not (pace > 0 and hold >= 0 and (rest is None or math.isfinite(rest))):
            got = f"{pace}, {hold}, {rest}"
            raise Fault(both(f"a reading wants a pace above 0, a hold of 0 or more and a finite rest, got {got}",
                             f"il faut une cadence positive, un maintien positif ou nul, un repos fini, et non {got}"),
                        where=f"{sensor}.{field}", id="reading.declared")
        slot = _Slot(unit, base, pace, hold, rest)
        name = f"{sensor}.{field}"
        before = self._slots.get(name)
        if before is not None and before.unit == unit:
            slot.value, slot.time, slot.lost = before.value, before.time, before.lost
        self._slots[name] = slot
        self._counts.setdefault(sensor, Counts())

    def forget(self, sensor: str) -> None:
        """Drop every reading of a sensor."""
        for name in [name for name in self._slots if name.partition(".")[0] == sensor]:
            del self._slots[name]
        self._counts.pop(sensor, None)

    def put(self, sensor: str, field: str, value: float, time: float) -> float:
        """Take a value that was received at `time`; the latest wins. Returns it in the base unit.

        Raises SensorFault, and counts, if the field was not declared or the value is not a finite number of sane size.
        """
        counts = self._counts.setdefault(sensor, Counts())
        slot = self._slots.get(f"{sensor}.{field}")
        if slot is None:
            counts.refused += 1
            raise SensorFault(both(f'"{field}" is not among its readings', f"« {field} » n'est pas une de ses grandeurs"),
                              where=sensor,
                              remedy=self._hint(f"{sensor}.{field}"), id="sensor.field")
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            number = math.nan
        if isinstance(value, (str, bytes)) or not abs(number) <= LARGEST:
            counts.refused += 1
            shown = repr(value)[:40]
            raise SensorFault(both(f"{field} is {shown}, which is not a sane number",
                                   f"{field} vaut {shown}, ce n'est pas un nombre plausible"), where=sensor, id="sensor.value")
        counts.taken += 1
        slot.value = number if slot.unit == slot.base else convert(number, slot.unit, slot.base)
        slot.time, slot.lost = time, math.inf
        return slot.value

    def lose(self, sensor: str, time: float) -> None:
        """The sensor was seen to go away: what it said is HELD from now on, whatever its pace. The next `put` ends it."""
        for name, slot in self._slots.items():
            if name.partition(".")[0] == sensor:
                slot.lost = min(slot.lost, time)

    def read(self, name: str, now: float) -> Reading:
        """The reading "sensor.field" as it stands now. Raises Fault if there is none of that name."""
        slot = self._slots.get(name)
        if slot is None:
            raise Fault(both(f'no reading is called "{name}"', f"aucune mesure ne s'appelle « {name} »"), where=name,
                        remedy=self._hint(name), id="reading.unknown")
        return _read(slot, now)

    def names(self) -> list[str]:
        """Every "sensor.field", in the order of declaration."""
        return list(self._slots)

    def snapshot(self, now: float) -> dict[str, Reading]:
        """All readings as they stand now."""
        return {name: _read(slot, now) for name, slot in self._slots.items()}

    def counts(self, sensor: str) -> Counts:
        """What came from a sensor so far."""
        return self._counts.get(sensor, Counts())

    def _hint(self, name: str):
        close = did_you_mean(name, self._slots)
        known = ", ".join(list(self._slots)[:12])
        hint = both(f'Did you mean "{close}"? ', f"Peut-être « {close} » ? ") if close else both("", "")
        return hint + (both(f"There is {known}.", f"Il y a {known}.") if known else "")


def base_unit(unit: str) -> str:
    """The unit in which a reading is kept: the base unit of its dimension; a bare number stays bare. Raises Fault."""
    return BASE[known_unit(unit).dimension] if unit else ""


def _read(slot: _Slot, now: float) -> Reading:
    if slot.time == -math.inf:
        return Reading(math.nan if slot.rest is None else slot.rest, slot.base, slot.time, Freshness.ABSENT)
    fresh_until = min(slot.time + PATIENCE * slot.pace, slot.lost)
    if now <= fresh_until:
        return Reading(slot.value, slot.base, slot.time, Freshness.FRESH)
    if now <= fresh_until + slot.hold:
        return Reading(slot.value, slot.base, slot.time, Freshness.HELD)
    return Reading(slot.value if slot.rest is None else slot.rest, slot.base, slot.time, Freshness.REST)
