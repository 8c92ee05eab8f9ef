"""A trace: what the sensors said, line by line, so that a day can be heard again.

    {"t": 12.5, "sensor": "plinth", "field": "distance", "value": 1.82}

`t` is in seconds since the piece began and never goes back; `value` is in the field's base unit. `trace_lines` reads, one line
at a time, so that a trace may be longer than memory; `Recorder` writes, up to a size.
"""
from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TextIO

from ..terms.fault import Fault, Faults, did_you_mean
from ..terms.words import both

LONGEST = 400                # characters of a line
MOST_FAULTS = 20             # told by `check_trace`
LARGEST_RECORD = 500_000_000 # bytes that a recorder writes unless told otherwise
_KEYS = {"t", "sensor", "field", "value"}


@dataclass(frozen=True, slots=True)
class TraceLine:
    """One value of one sensor, at `t` seconds from the beginning."""

    t: float
    sensor: str
    field: str
    value: float


def trace_lines(lines: Iterable[str], name: str, known: Collection[str] | None = None) -> Iterator[TraceLine]:
    """Read a trace. Raises Fault with file:line at the first line that is wrong; empty lines are passed over.

    name    what the file is called
    known   the readings of the piece ("plinth.distance"); others are faults. None: any
    """
    former = 0.0
    for number, text in enumerate(lines, 1):
        if text.strip():
            line = _parse(text, f"{name}:{number}", former, known)
            former = line.t
            yield line


def check_trace(lines: Iterable[str], name: str, known: Collection[str] | None = None) -> int:
    """Read a whole trace; returns how many lines it has.

    Raises Faults: the first twenty lines that are wrong, each with file:line.
    """
    faults: list[Fault] = []
    good, former = 0, 0.0
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        try:
            former = _parse(text, f"{name}:{number}", former, known).t
            good += 1
        except Fault as fault:
            faults.append(fault)
            if len(faults) == MOST_FAULTS:
                break
    if faults:
        raise Faults(faults)
    return good


class Recorder:
    """Writes a trace to a text file that is open for writing; stops, once and for all, at `largest` bytes.

    `written` lines, `dropped` lines, `fault`: why it stopped, or None.
    """

    def __init__(self, out: TextIO, largest: int = LARGEST_RECORD) -> None:
        self._out, self._left = out, largest
        self._former = 0.0
        self.written = self.dropped = 0
        self.fault: Fault | None = None

    def write(self, t: float, sensor: str, field: str, value: float) -> None:
        """Add one line. Never raises: a full disk or the size reached stop the record and are said in `fault`."""
        if self.fault is not None:
            self.dropped += 1
            return
        self._former = max(self._former, round(t, 6))
        text = json.dumps({"t": self._former, "sensor": sensor, "field": field, "value": value}) + "\n"
        if len(text) > self._left:
            self._stop(Fault(both("the record has reached its size and stops here",
                                  "l'enregistrement a atteint sa taille et s'arrête ici"),
                             id="trace.full"))
            return
        try:
            self._out.write(text)
        except (OSError, ValueError) as error:
            self._stop(Fault(both(f"the record cannot be written: {error}", f"l'enregistrement ne peut être écrit : {error}"),
                             remedy=both("Is the disk full?", "Le disque est-il plein ?"), id="trace.write"))
            return
        self._left -= len(text)
        self.written += 1

    def _stop(self, fault: Fault) -> None:
        self.fault = fault.at(str(getattr(self._out, "name", "trace")))
        self.dropped += 1


def _parse(text: str, where: str, former: float, known: Collection[str] | None) -> TraceLine:
    if len(text) > LONGEST:
        raise _wrong(where, f"the line has {len(text)} characters", f"la ligne a {len(text)} caractères")
    try:
        entry: Any = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        reason = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
        raise _wrong(where, f"it is not JSON: {reason}", f"ce n'est pas du JSON : {reason}") from None
    if not isinstance(entry, dict) or set(entry) != _KEYS:
        raise _wrong(where, "a line has exactly t, sensor, field, value", "une ligne a exactement t, sensor, field, value")
    t, sensor, field, value = entry["t"], entry["sensor"], entry["field"], entry["value"]
    if not isinstance(sensor, str) or not isinstance(field, str):
        raise _wrong(where, "sensor and field are names in quotes", "sensor et field sont des noms entre guillemets")
    numbers = [_number(part) for part in (t, value)]
    if numbers[0] is None or numbers[1] is None:
        raise _wrong(where, "t and value are finite numbers", "t et value sont des nombres finis")
    if numbers[0] < former:
        raise _wrong(where, f"t goes back, from {former:g} to {numbers[0]:g}", f"t recule, de {former:g} à {numbers[0]:g}")
    if known is not None and f"{sensor}.{field}" not in known:
        close = did_you_mean(f"{sensor}.{field}", known)
        raise Fault(both(f'the piece has no reading "{sensor}.{field}"', f"la pièce n'a pas de mesure « {sensor}.{field} »"),
                    where=where,
                    remedy=both(f'Did you mean "{close}"?', f"Peut-être « {close} » ?") if close else "", id="trace.unknown")
    return TraceLine(numbers[0], sensor, field, numbers[1])


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:
        return None


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is no number")


def _wrong(where: str, en: str, fr: str) -> Fault:
    return Fault(both(en, fr), where=where, id="trace.line",
                 remedy=both('A line looks like {"t": 1.5, "sensor": "plinth", "field": "distance", "value": 1.82}',
                             'Une ligne ressemble à {"t": 1.5, "sensor": "plinth", "field": "distance", "value": 1.82}'))
