"""What outlives a power cut: values that were tuned by hand, written whole every half minute if they changed.

Each is kept with the default that it stood against: when config.yaml or the scene's file later says another default, the
file wins, so that an artist who edits a file is never overruled by last week's fader.
"""
from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..rules.tree import Tree
from ..terms.fault import Fault, Recovery
from ..terms.words import both
from .places import write_whole

LARGEST = 4_000_000      # bytes


class Keeping:
    """Saves and restores the tree's persisting values in one file."""

    def __init__(self, tree: Tree, file: Path, presets: dict[str, Any], tell: Callable[[Fault | Recovery], None]) -> None:
        self._tree, self._file, self._presets, self._tell = tree, file, presets, tell
        self._last: str | None = None
        self._failing = False

    def restore(self, now: float) -> None:
        """Take back what was saved. A damaged file is told, set aside, and does not keep the piece from starting."""
        try:
            if not self._file.exists():
                return
            if self._file.stat().st_size > LARGEST:
                raise ValueError("too large")
            saved = json.loads(self._file.read_text(encoding="utf-8"))
            entries = {address: entry["value"] for address, entry in saved["values"].items()
                       if entry.get("preset") == self._preset(address)}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            self._tell(Fault(both("the saved values cannot be read; the piece starts from config.yaml",
                                  "les valeurs enregistrées sont illisibles ; la pièce part de config.yaml"), where=str(self._file), id="state.read"))
            return
        entries = {address: tuple(value) if isinstance(value, list) else value for address, value in entries.items()}
        for fault in self._tree.restore(entries, now):
            self._tell(fault)

    def save(self) -> None:
        """Write what changed since the last time. A disk that is full or read-only is told once; the piece goes on."""
        values = {address: {"value": value, "preset": self._preset(address)} for address, value in self._tree.save().items()}
        text = json.dumps({"values": values}, indent=1, sort_keys=True)
        if text == self._last or (self._last is None and not values):
            return
        try:
            write_whole(self._file, text.encode())
        except OSError as error:
            if not self._failing:
                self._failing = True
                self._tell(Fault(both(f"tuned values cannot be saved: {error.strerror}", f"les réglages ne peuvent pas être enregistrés : {error.strerror}"),
                                 where=str(self._file), id="state.write"))
            return
        self._last = text
        if self._failing:
            self._failing = False
            self._tell(Recovery(both("tuned values are saved again", "les réglages sont de nouveau enregistrés"), where=str(self._file), id="state.write"))

    def _preset(self, address: str) -> Any:
        value = self._presets.get(address)
        return list(value) if isinstance(value, tuple) else value
