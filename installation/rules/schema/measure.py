"""Numbers whose unit is known only once the driver and the scene are: "3 m", "40 cm", or a bare number."""
from __future__ import annotations

from typing import Any, NamedTuple

from ...terms.fault import Fault
from ...terms.quantity import BASE, LONGEST, known_unit, quantity
from ...terms.words import Words, both
from .findings import Findings
from .key import BAD, Sort

FURTHEST = 1e12


class Measure(NamedTuple):
    """A number in the base unit of what it measures; `unit` is "" where none was written."""

    value: float
    unit: str = ""

    def fits(self, unit: str) -> bool:
        """Whether it measures what that unit measures. A bare number fits everything."""
        if not self.unit:
            return True
        mine, other = known_unit(self.unit).dimension, known_unit(unit).dimension
        return mine == other or {mine, other} == {"gain", "level"}


class Measured(Sort):
    """A number, with or without its unit."""

    def words(self) -> Words:
        return both("number, with or without its unit", "nombre, avec ou sans son unité")

    def read(self, value: Any, path: str, findings: Findings) -> Any:
        try:
            written = _unit(value)
            unit = BASE[known_unit(written).dimension] if written else ""
            number = quantity(value, unit)
        except Fault as fault:
            findings.note(path, fault.happened, remedy=fault.remedy, id=fault.id)
            return BAD
        if abs(number) > FURTHEST:
            findings.note(path, both(f"{findings.show(value)} is too large a number",
                                     f"{findings.show(value)} est un trop grand nombre"), id="config.range")
            return BAD
        return Measure(number, unit)


class Pair(Sort):
    """Two numbers: [first, last]."""

    def words(self) -> Words:
        return both("[first, last]", "[premier, dernier]")

    def read(self, value: Any, path: str, findings: Findings) -> Any:
        if not isinstance(value, list) or len(value) != 2:
            findings.note(path, both(f"expected two numbers, [first, last], got {findings.show(value)}",
                                     f"il faut deux nombres, [premier, dernier], et non {findings.show(value)}"),
                          id="config.type")
            return BAD
        read = [Measured().read(item, findings.inside(path, index), findings) for index, item in enumerate(value)]
        return BAD if BAD in read else tuple(read)


def _unit(value: Any) -> str:
    """The unit that stands behind the number; no unit begins with an e."""
    if not isinstance(value, str) or len(value) > LONGEST:
        return ""
    unit = value.strip().lstrip("+-.0123456789_eE \t")
    return unit if unit != value.strip() else ""
