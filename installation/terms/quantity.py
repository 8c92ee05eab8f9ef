"""Units, and reading quantities that a person wrote: 3, "3 m", "50 cm", "-6 dB", "1.5 min".

Inside, everything is in the base unit of its dimension: metres, seconds, hertz, degrees, dB… `UNITS` is the whole list;
a unit that is not there does not exist for the engine.
"""
from __future__ import annotations

import math
import re
from dataclasses import dataclass

from .fault import Fault, did_you_mean
from .words import both


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: its name, what it measures, and how to reach the base unit (base = value * factor + offset)."""

    name: str
    dimension: str
    factor: float = 1.0
    offset: float = 0.0


UNITS: dict[str, Unit] = {
    unit.name: unit
    for unit in (
        Unit("", "number"),
        Unit("ratio", "number"),
        Unit("%", "number", 0.01),
        Unit("count", "count"),
        Unit("m", "length"),
        Unit("cm", "length", 0.01),
        Unit("mm", "length", 0.001),
        Unit("km", "length", 1000.0),
        Unit("s", "time"),
        Unit("ms", "time", 0.001),
        Unit("min", "time", 60.0),
        Unit("h", "time", 3600.0),
        Unit("Hz", "frequency"),
        Unit("kHz", "frequency", 1000.0),
        Unit("dB", "gain"),
        Unit("dBFS", "level"),
        Unit("deg", "angle"),
        Unit("°", "angle"),
        Unit("rad", "angle", 180.0 / math.pi),
        Unit("m/s", "speed"),
        Unit("m/s2", "acceleration"),
        Unit("g", "acceleration", 9.80665),
        Unit("deg/s", "turn"),
        Unit("°C", "temperature"),
        Unit("C", "temperature"),
        Unit("K", "temperature", 1.0, -273.15),
        Unit("lx", "illuminance"),
        Unit("V", "voltage"),
        Unit("mV", "voltage", 0.001),
        Unit("Pa", "pressure"),
        Unit("hPa", "pressure", 100.0),
        Unit("kg", "mass"),
        Unit("semitone", "pitch"),
        Unit("B", "memory"),
        Unit("kB", "memory", 1e3),
        Unit("MB", "memory", 1e6),
        Unit("GB", "memory", 1e9),
    )
}

BASE = {"length": "m", "time": "s", "frequency": "Hz", "gain": "dB", "level": "dBFS", "angle": "deg", "number": "ratio",
        "count": "count", "speed": "m/s", "acceleration": "m/s2", "turn": "deg/s", "temperature": "°C",
        "illuminance": "lx", "voltage": "V", "pressure": "Pa", "mass": "kg", "pitch": "semitone", "memory": "B"}

LONGEST = 60     # characters of a written quantity; a longer one would keep the pattern busy for seconds
_WRITTEN = re.compile(r"\s*([-+]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*([^\d\s].*?)?\s*")


def known_unit(name: str) -> Unit:
    """The unit of that name. Raises Fault, with the closest name, if there is none."""
    if name in UNITS:
        return UNITS[name]
    close = did_you_mean(name, UNITS)
    hint = both(f'Did you mean "{close}"?', f"Peut-être « {close} » ?") if close else ""
    raise Fault(both(f'no unit is called "{name}"', f"aucune unité ne s'appelle « {name} »"), remedy=hint, id="unit.unknown")


def convert(value: float, unit: str, to: str) -> float:
    """The value in another unit of the same dimension. Raises Fault if the two measure different things."""
    source, target = known_unit(unit), known_unit(to)
    if source is target:
        return value
    if source.dimension != target.dimension and not _near(source, target):
        raise Fault(
            both(f'"{unit}" measures {source.dimension}, "{to}" measures {target.dimension}',
                 f"« {unit} » et « {to} » ne mesurent pas la même chose"), id="unit.mismatch")
    return (value * source.factor + source.offset - target.offset) / target.factor


def quantity(written: object, unit: str) -> float:
    """Read what a person wrote as a number of `unit`; a bare number is taken to be in `unit` already.

    Raises Fault if it is not a finite number, or its unit measures something else.
    """
    if isinstance(written, bool) or not isinstance(written, (int, float, str)):
        raise Fault(_expected(written, unit), id="quantity.type")
    if isinstance(written, str):
        match = _WRITTEN.fullmatch(written) if len(written) <= LONGEST else None
        if not match:
            raise Fault(_expected(written, unit), id="quantity.text")
        number, suffix = float(match[1].replace("_", "")), (match[2] or "").strip()
        value = convert(number, suffix, unit) if suffix else number
    else:
        try:
            value = float(written)
        except OverflowError:
            raise Fault(_expected(written, unit), id="quantity.finite") from None
    if not math.isfinite(value):
        raise Fault(_expected(written, unit), id="quantity.finite")
    return value


def gain_from_db(level_db: float) -> float:
    """Linear gain of a level in dB; minus infinity is silence."""
    return 0.0 if level_db == -math.inf else 10.0 ** (level_db / 20.0)


def db_from_gain(gain: float) -> float:
    """Level in dB of a linear gain; silence is minus infinity."""
    return -math.inf if gain <= 0.0 else 20.0 * math.log10(gain)


def _near(source: Unit, target: Unit) -> bool:
    """dB and dBFS are both written by people who mean the same line on a fader."""
    return {source.dimension, target.dimension} == {"gain", "level"}


def _expected(written: object, unit: str):
    shown = repr(written) if len(repr(written)) < 60 else repr(written)[:57] + "…"
    example = f"3 {unit}".strip() if unit not in ("", "ratio") else "0.5"
    return both(f'expected a number such as "{example}", got {shown}',
                f"il faut un nombre, par exemple « {example} », et non {shown}")
