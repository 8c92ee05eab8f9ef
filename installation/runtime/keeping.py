"""What outlives a power cut: values that were tuned by hand, written whole every half minute if they changed.

Each is kept with the preset that it stood against: when config.yaml or the scene's file later says another, the file wins, so
that an artist who edits a file is never overruled by last week's fader. A value that is its preset is not kept. What was kept for
a scene whose file is broken at present waits for the file to be mended.
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
    """Saves and restores the tree's persisting values in one file.

    presets   address → what stands there when nobody has tuned it
    waits     whether an address that is not there now may come back (its scene is the piece's, but its file is broken)
    """

    def __init__(self, tree: Tree, file: Path, presets: dict[str, Any], tell: Callable[[Fault | Recovery], None],
                 waits: Callable[[str], bool] = lambda address: False) -> None:
        self._tree, self._file, self._presets, self._tell, self._waits = tree, file, presets, tell, waits
        self._waiting: dict[str, dict] = {}
        self._last = ""
        self._failing = False

    def restore(self, now: float) -> None:
        """Take back what was saved. A damaged file is told, and does not keep the piece from starting."""
        try:
            if not self._file.exists():
                return
            if self._file.stat().st_size > LARGEST:
                raise ValueError("too large")
            text = self._file.read_text(encoding="utf-8")
            saved = {str(address): {"value": entry["value"], "preset": entry["preset"]} for address, entry in json.loads(text)["values"].items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            self._tell(Fault(both("the saved values cannot be read; the piece starts from config.yaml",
                                  "les valeurs enregistrées sont illisibles ; la pièce part de config.yaml"), where=str(self._file), id="state.read"))
            return
        self._last = text
        for address, entry in saved.items():
            if address in self._tree:
                self._take_back(address, entry, now)
            elif self._waits(address):
                self._waiting[address] = entry

    def stands(self, address: str, preset: Any, now: float) -> None:
        """The files say this from now on (a scene was edited); what was kept for an address that has just come is taken back."""
        self._presets[address] = preset
        if address in self._waiting and address in self._tree:
            self._take_back(address, self._waiting.pop(address), now)

    def save(self) -> None:
        """Write what changed since the last time. A disk that is full or read-only is told once; the piece goes on."""
        tuned = {address: {"value": value, "preset": self._preset(address)} for address, value in self._tree.save().items()
                 if address in self._tree and _plain(value) != self._preset(address)}
        text = json.dumps({"values": {**self._waiting, **tuned}}, indent=1, sort_keys=True) + "\n"
        if text == self._last or (not self._last and not tuned and not self._waiting):
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

    def _take_back(self, address: str, entry: dict, now: float) -> None:
        if entry["preset"] != self._preset(address):
            return
        value = entry["value"]
        for fault in self._tree.restore({address: tuple(value) if isinstance(value, list) else value}, now):
            self._tell(Fault(fault.happened, where=f"{self._file} {address}", remedy=fault.remedy, id="state.value"))

    def _preset(self, address: str) -> Any:
        return _plain(self._presets.get(address))


def _plain(value: Any) -> Any:
    """As JSON gives it back."""
    return list(value) if isinstance(value, tuple) else value
