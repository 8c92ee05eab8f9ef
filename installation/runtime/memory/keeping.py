"""What outlives a power cut: values that were tuned by hand, written whole within two seconds of a change.

None where nothing has changed, and in a thread: the tick does not wait for a memory card. A hand that never rests is written down ten times, then
every fifteen seconds: a memory card lives for so many writes.

Each value is kept with the preset that it stood against: when config.yaml or the scene's file later says another, the file wins, so
that an artist who edits a file is never overruled by last week's fader. A value that is its preset is not kept. What was kept for
a scene whose file is broken at present waits for the file to be mended.
"""
from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ...rules.purse import Purse
from ...rules.tree import Tree
from ...terms.fault import Fault, Recovery
from ...terms.words import Words, both
from ..places import set_aside, write_whole
from .refusals import Refusals

LARGEST = 4_000_000      # bytes
EVERY = 2.0              # s between two writes, at least
SOON = 1.0               # s from a change to the write, where the last one is long past: what a hand does meanwhile goes into the same
RESTLESS = 1 / 15, 10.0  # writes a second, and at once: for a hand that never rests
AGAIN = 30.0             # s until a disk that refused is tried again


NOTHING = json.dumps({"values": {}}, indent=1, sort_keys=True) + "\n"


class Keeping:
    """Saves and restores the tree's persisting values in one file.

    presets   address → what stands there when nobody has tuned it
    waits     whether an address that is not there now may come back (its scene is the piece's, but its file is broken)
    """

    def __init__(self, tree: Tree, file: Path, presets: dict[str, Any], tell: Callable[[Fault | Recovery], None],
                 waits: Callable[[str], bool] = lambda address: False, refusals: Refusals | None = None) -> None:
        self._tree, self._file, self._presets, self._tell, self._waits = tree, file, presets, tell, waits
        self._refusals = refusals or Refusals(file.parent, tell)
        self._waiting: dict[str, dict] = {}
        self._last = ""
        self._failing = self._unread = False
        self._seen = tree.tunings
        self._due = math.inf             # when to look what is to be written
        self._wrote = -math.inf
        self._purse = Purse(*RESTLESS)
        self._writing: asyncio.Future[None] | None = None

    def step(self, now: float) -> None:
        """Called many times a second: sees what was tuned, and writes it when it is time."""
        if self._tree.tunings != self._seen:
            self._seen = self._tree.tunings
            self._due = min(self._due, max(now + SOON, self._wrote + (EVERY if self._purse.has(1, now) else 1 / self._purse.rate)))
        if now >= self._due and (self._writing is None or self._writing.done()):
            self._due = math.inf
            text = self._text()
            if self._differs(text):
                self._wrote = now
                self._purse.spend(1, now)
                self._writing = asyncio.ensure_future(self._aside(text))

    async def close(self) -> None:
        """Write what is not written yet, after what is being written."""
        if self._writing is not None:
            await asyncio.gather(self._writing, return_exceptions=True)
        text = self._text()
        if self._differs(text):
            await self._aside(text)

    def restore(self, now: float) -> None:
        """Take back what was saved. A damaged file is told and kept beside the next one, and does not keep the piece from starting."""
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
            self._unread = True
            set_aside(self._file)
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
        self._seen = -1
        if address in self._waiting and address in self._tree:
            self._take_back(address, self._waiting.pop(address), now)

    def _text(self) -> str:
        tuned = {address: {"value": value, "preset": self._preset(address)} for address, value in self._tree.save().items()
                 if address in self._tree and _plain(value) != self._preset(address)}
        return json.dumps({"values": {**self._waiting, **tuned}}, indent=1, sort_keys=True) + "\n"

    def _differs(self, text: str) -> bool:
        return text != (self._last or NOTHING)

    async def _aside(self, text: str) -> None:
        loop = asyncio.get_running_loop()
        self._done(text, await loop.run_in_executor(None, self._write, text))
        if self._failing:
            self._due = loop.time() + AGAIN

    def _write(self, text: str) -> OSError | None:
        try:
            write_whole(self._file, text.encode())
        except OSError as error:
            return error
        return None

    def _done(self, text: str, error: OSError | None) -> None:
        """A disk that is full or read-only is told once; the piece goes on."""
        if error is None:
            self._last = text
            if self._unread:
                self._unread = False
                self._tell(Recovery(Words("", ""), where=str(self._file), id="state.read"))
        self._failing = error is not None
        if error is None:
            self._refusals.kept("values")
        else:
            self._refusals.refused("values", error)

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
