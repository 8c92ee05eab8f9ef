"""A sensor driver: how one kind of sensor speaks. One class a file, in sensors/.

    class SerialRange(Sensor):
        line = {"baud": 9600, "ends": b"\\r", "longest": 16}     # how frames end: see frames.py
        gives = {"distance": "m"}                               # what it measures, and in which unit
        pace = 0.1                                              # s between readings
        options = {"offset": 0.0}                               # what config.yaml may set: name → default, or a type if it must

        def decode(self, frame):                                # bytes → {"distance": 0.421}; raises SensorFault
            ...

The runtime owns the port, reconnection, time stamps and staleness; a driver never sees them. Each option becomes an attribute
(`self.offset`); every serial driver also has the options `baud` and `pace`. A driver whose fields depend on its options defines
`fields()` instead of `gives`. `ask` is sent once every `pace` to a sensor that speaks only when it is asked.
"""
from __future__ import annotations

import math
import traceback
from collections.abc import Mapping
from typing import Any, ClassVar

from ..terms.address import is_name
from ..terms.fault import Fault, SensorFault, did_you_mean
from ..terms.quantity import known_unit, quantity
from ..terms.words import both
from .frames import Splitter, splitter_of
from .readings import base_unit

__all__ = ["Sensor", "SensorFault", "decoded"]

COMMON = ("baud", "pace")
BAUDS = (50, 4_000_000)
MOST_FIELDS = 64


class Sensor:
    """One sensor of one kind; see the module's docstring."""

    line: ClassVar[Mapping[str, Any]] = {"baud": 9600, "ends": b"\n", "longest": 120}
    gives: ClassVar[Mapping[str, str]] = {}
    options: ClassVar[Mapping[str, Any]] = {}
    pace: float = 0.1
    ask: bytes = b""

    def __init__(self, **options: Any) -> None:
        """Take the options of config.yaml. Raises Fault if one is unknown, missing or wrong, or if the driver itself is."""
        self.splitter()    # a driver whose line makes no sense is refused before anything else
        for name in self.options:
            if not name.isidentifier() or name in COMMON or hasattr(type(self), name):
                raise self._broken(f'the option "{name}" would hide something of the driver',
                                   f"l'option « {name} » masquerait une partie du pilote")
        for name in options:
            if name not in self.options and name not in COMMON:
                raise self._unknown(name)
        self.baud = _baud(options["baud"]) if "baud" in options else int(self.line.get("baud", 9600))
        if "pace" in options:
            self.pace = quantity(options["pace"], "s")
        if not (isinstance(self.pace, (int, float)) and self.pace >= 0.0001):
            raise Fault(both(f"pace is {self.pace}; it is the time between two readings, in seconds",
                             f"pace vaut {self.pace} ; c'est le temps entre deux mesures, en secondes"), id="driver.pace")
        for name, default in self.options.items():
            setattr(self, name, _option(name, default, options))
        self.prepare()
        self._check_fields()
        self.known = dict(self.fields())

    def prepare(self) -> None:
        """Look at the options once, before the first frame. Raises Fault if they make no sense together."""

    def fields(self) -> dict[str, str]:
        """What it measures: field → unit."""
        return dict(self.gives)

    def decode(self, frame: bytes) -> Mapping[str, float]:
        """Read one frame: some or all fields, in their units. Raises SensorFault if it makes no sense."""
        raise NotImplementedError

    def base_fields(self) -> dict[str, str]:
        """What it gives as the rest of the piece sees it: field → base unit."""
        return {field: base_unit(unit) for field, unit in self.fields().items()}

    def splitter(self) -> Splitter:
        """A new splitter for its line. Raises Fault."""
        try:
            return splitter_of(self.line)
        except Fault as fault:
            raise fault.at(self._place()) from None

    def _check_fields(self) -> None:
        if type(self).decode is Sensor.decode:
            raise self._broken("the driver has no decode(self, frame)", "le pilote n'a pas de decode(self, frame)")
        fields = self.fields()
        if not isinstance(fields, Mapping) or not 1 <= len(fields) <= MOST_FIELDS:
            raise self._broken('the driver does not say what it gives; write gives = {"distance": "m"}',
                               'le pilote ne dit pas ce qu\'il donne ; écrivez gives = {"distance": "m"}')
        for field, unit in fields.items():
            if not isinstance(field, str) or not is_name(field):
                raise Fault(both(f"{field!r} cannot name a reading: a letter, then letters, digits, _ or -",
                                 f"{field!r} ne peut nommer une mesure : une lettre, puis lettres, chiffres, _ ou -"),
                            id="driver.field")
            try:
                known_unit(unit if isinstance(unit, str) else repr(unit))
            except Fault as fault:
                raise Fault(both(f"{field}: {fault.happened.en}", f"{field} : {fault.happened.fr}"), remedy=fault.remedy,
                            id=fault.id) from None

    def _unknown(self, name: str) -> Fault:
        known = [*self.options, *COMMON]
        close = did_you_mean(name, known)
        listing = ", ".join(known)
        return Fault(both(f'the driver has no option "{name}"', f"le pilote n'a pas d'option « {name} »"),
                     remedy=both((f'Did you mean "{close}"? ' if close else "") + f"It has {listing}.",
                                 (f"Peut-être « {close} » ? " if close else "") + f"Il a {listing}."), id="driver.option")

    def _broken(self, en: str, fr: str) -> Fault:
        return Fault(both(en, fr), where=self._place(), id="driver.class")

    def _place(self) -> str:
        code = getattr(type(self).decode, "__code__", None)
        if code is None or type(self).decode is Sensor.decode:
            return f"class {type(self).__name__}"
        return f"{code.co_filename}:{code.co_firstlineno}"


def decoded(sensor: Sensor, frame: bytes) -> dict[str, float]:
    """What a driver makes of a frame: known fields, each a float, nan for what is no number.

    Raises SensorFault, also when the driver itself is broken: then with file:line.
    """
    try:
        values = sensor.decode(frame)
    except SensorFault:
        raise
    except (Exception, SystemExit) as error:
        raise SensorFault(both(f"the driver failed on {_shown(frame)}: {type(error).__name__}: {error}",
                               f"le pilote a échoué sur {_shown(frame)} : {type(error).__name__} : {error}"),
                          where=_line_of(error, sensor),
                          remedy=both("decode() should raise SensorFault for a frame that it cannot read.",
                                      "decode() devrait lever SensorFault pour une trame qu'il ne sait pas lire."),
                          id="driver.failed") from error
    if not isinstance(values, Mapping):
        raise SensorFault(both(f"decode() returned {_shown(values)}, not a dictionary of fields",
                               f"decode() a rendu {_shown(values)}, et non un dictionnaire de grandeurs"), where=sensor._place(),
                          id="driver.returned")
    readings = {}
    for field, value in values.items():
        if field not in sensor.known:
            close = did_you_mean(str(field), sensor.known)
            raise SensorFault(both(f'decode() returned "{field}", which the driver does not give',
                                   f"decode() a rendu « {field} », que le pilote ne donne pas"), where=sensor._place(),
                              remedy=both(f'Did you mean "{close}"?', f"Peut-être « {close} » ?") if close else "",
                              id="driver.returned")
        try:
            readings[field] = math.nan if isinstance(value, (str, bytes)) else float(value)
        except (TypeError, ValueError, OverflowError):
            readings[field] = math.nan    # refused and counted where readings are kept; the other fields stand
    return readings


def _finite(value: Any) -> bool:
    try:
        return math.isfinite(value)
    except (TypeError, OverflowError):
        return False


def _line_of(error: BaseException, sensor: Sensor) -> str:
    """The innermost line of the driver's own file."""
    code = getattr(type(sensor).decode, "__code__", None)
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if code is not None and frame.filename == code.co_filename:
            return f"{frame.filename}:{frame.lineno}"
    return sensor._place()


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _baud(written: object) -> int:
    if isinstance(written, bool) or not isinstance(written, int) or not BAUDS[0] <= written <= BAUDS[1]:
        raise Fault(both(f"baud is {_shown(written)}; it is a whole number such as 9600 or 115200",
                         f"baud vaut {_shown(written)} ; c'est un entier, par exemple 9600 ou 115200"), id="driver.baud")
    return written


def _option(name: str, default: Any, given: Mapping[str, Any]) -> Any:
    """The value of an option: of the same type as its default, or of the type that stands in place of a default."""
    required = isinstance(default, type)
    kind = default if required else type(default)
    if name not in given:
        if required:
            raise Fault(both(f'the driver needs the option "{name}" ({_KINDS.get(kind, ("",))[0] or kind.__name__})',
                             f"le pilote a besoin de l'option « {name} » ({_KINDS.get(kind, ('', ''))[1] or kind.__name__})"),
                        id="driver.option")
        return default
    value = given[name]
    if hasattr(value, "reveal"):            # a password from config.yaml: only its driver sees it
        value = value.reveal()
    if kind is dict and isinstance(value, Mapping):
        return dict(value)
    if kind in (list, tuple) and isinstance(value, (list, tuple)):
        return kind(value)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if type(value) is kind and (kind is not float or _finite(value)):
        return value
    en, fr = _KINDS.get(kind, (kind.__name__, kind.__name__))
    raise Fault(both(f'the option "{name}" wants {en}, got {_shown(value)}',
                     f"l'option « {name} » veut {fr}, et non {_shown(value)}"), id="driver.option")


_KINDS: dict[type, tuple[str, str]] = {
    dict: ("a table of names", "un tableau de noms"), list: ("a list", "une liste"), tuple: ("a list", "une liste"),
    str: ("a text", "un texte"), float: ("a number", "un nombre"), int: ("a whole number", "un entier"),
                                       bool: ("true or false", "vrai ou faux"),
}
