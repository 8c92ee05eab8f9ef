"""What was found while reading a file: the faults, each at its place."""
from __future__ import annotations

from pathlib import Path
from typing import Any

from ...terms.fault import Fault
from ...terms.words import Words
from ..source import Source, inside

MOST = 100      # faults of one file; who has more will not read them


class Enough(Exception):
    """So much is wrong that looking on only costs time."""


class Findings:
    """Gathers the faults of one file, so that a person sees them all at once.

    source   the file, with the place of every key
    folder   the piece's folder: files are looked for inside it
    """

    def __init__(self, source: Source, folder: Path) -> None:
        self.source = source
        self.folder = folder
        self._faults: list[tuple[int, Fault]] = []

    def note(self, path: str, happened: Words | str, *, remedy: Words | str = "", id: str = "config") -> None:
        """Note a fault at the key of that path, or at the nearest key around it. Raises Enough with the last that is taken."""
        place = self.source.place(path)
        self._faults.append((place.line, Fault(happened, where=self.where(path), remedy=remedy, id=id)))
        if len(self._faults) >= MOST:
            raise Enough

    def where(self, path: str) -> str:
        """file:line and key: "config.yaml:31  mappings[1].to"."""
        return self.source.where(path)

    @staticmethod
    def inside(path: str, part: str | int) -> str:
        """The path of a key, or of the n-th thing of a list, inside another."""
        return inside(path, part)

    @staticmethod
    def show(value: Any) -> str:
        """What came, short enough for one line."""
        return show(value)

    @property
    def faults(self) -> list[Fault]:
        """All faults in the order in which they stand in the file."""
        return [fault for _, fault in sorted(self._faults, key=lambda pair: pair[0])]


def show(value: Any) -> str:
    """What came, short enough for one line, as a person would have written it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{…}" if value else "{}"
    if isinstance(value, (list, tuple)):
        return "[…]" if value else "[]"
    text = f'"{value}"' if isinstance(value, str) else repr(value)
    return text if len(text) <= 60 else text[:57] + "…" + ('"' if isinstance(value, str) else "")
