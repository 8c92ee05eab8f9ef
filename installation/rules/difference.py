"""What differs between two sets of values, in words.

    differences(one, other, declarations)    a line for each address at which they differ
    Difference                               one line, as data for the page and as a sentence in both languages

    tide, level: from -20 dBFS to -33 dBFS (13 dB lower)
    tide, pitch : de 400 Hz à 800 Hz (×2)
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..terms.declaration import Curve, Declaration, Value
from ..terms.words import Words, both
from .written import same, shown, written


@dataclass(frozen=True, slots=True)
class Difference:
    """One address at which two sets differ; None where a set does not have it. Values are as written."""

    address: str
    former: Any
    latter: Any
    words: Words

    def data(self) -> dict[str, Any]:
        """As plain data."""
        return {"address": self.address, "from": self.former, "to": self.latter, "en": self.words.en, "fr": self.words.fr}


def differences(one: Mapping[str, Value], other: Mapping[str, Value], declaration: Callable[[str], Declaration]) -> list[Difference]:
    """Where two sets of values differ, by more than OSC could say, in the order of the first. `declaration` is that of an address."""
    lines = []
    for address in dict.fromkeys((*one, *other)):
        record = declaration(address)
        name = spoken(address)
        if address not in other:
            before = shown(one[address], record)
            lines.append(Difference(address, written(one[address], record), None,
                                    both(f"{name}: {before} in the first, and not in the second", f"{name} : {before} dans le premier, absent du second")))
        elif address not in one:
            after = shown(other[address], record)
            lines.append(Difference(address, None, written(other[address], record),
                                    both(f"{name}: {after} in the second, and not in the first", f"{name} : {after} dans le second, absent du premier")))
        elif not same(one[address], other[address]):
            lines.append(Difference(address, written(one[address], record), written(other[address], record),
                                    moved(record, one[address], other[address])))
    return lines


def moved(record: Declaration, former: Value, latter: Value) -> Words:
    """One value's way in words."""
    name, before, after = spoken(record.address), shown(former, record), shown(latter, record)
    words = both(f"{name}: from {before} to {after}", f"{name} : de {before} à {after}")
    if isinstance(former, (int, float)) and isinstance(latter, (int, float)) and not isinstance(former, bool):
        if record.unit in ("dB", "dBFS"):
            by = f"{abs(latter - former):.3g} dB"
            words += both(f" ({by} {'higher' if latter > former else 'lower'})", f" ({by} de {'plus' if latter > former else 'moins'})")
        elif record.curve is Curve.EXPONENTIAL and former > 0:
            words += f" (×{latter / former:.3g})"
    return words


def spoken(address: str) -> str:
    """An address as people say it: "/scene/tide/level" is "tide, level"."""
    parts = address.split("/")[1:]
    if len(parts) == 3 and parts[0] == "light" and parts[2] == "level":
        return parts[1]
    return ", ".join(parts[1:] if len(parts) == 3 and parts[0] == "scene" else parts)
