"""Numbers of object codes: control and players name a unit's code by one."""

from __future__ import annotations

from pathlib import Path

from ..terms.fault import Fault
from ..terms.words import both
from .declare import Unit
from .layout import MOST_UNITS


class Numbered:
    """A number for each object code that was ever played: a kernel that is edited has another one."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[Unit, str], int] = {}
        self._current: dict[Unit, int] = {}
        self._paths: dict[int, Path] = {}

    def number(self, unit: Unit, path: Path | str | None = None) -> int:
        """The number of a unit's object code. With a path: of this code, and from now on it is meant by this unit."""
        if path is None and unit in self._current:
            return self._current[unit]
        key = unit, str(path or "")
        if key not in self._numbers:
            if len(self._numbers) == MOST_UNITS:
                raise Fault(
                    both("too many kernels were edited since the start", "trop de noyaux ont été modifiés depuis le début"),
                    id="stage.units",
                    remedy=both("Restart the piece.", "Relancez la pièce."),
                )
            self._numbers[key] = len(self._numbers)
        number = self._current[unit] = self._numbers[key]
        if path is not None:
            self._paths[number] = Path(path)
        return number

    def objects(self) -> dict[int, Path]:
        """The object file of each number that has one: what a player must load."""
        return dict(self._paths)

    def names(self) -> dict[int, str]:
        """The unit's name, by number."""
        return {number: unit.name for (unit, _), number in self._numbers.items()}
