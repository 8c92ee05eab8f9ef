"""A restart goes on where the piece was: which scene each layer plays and for how long, in one file, written whole.

    resuming.restore()      before the layers begin: those that may (`on_restart`) take up what they played
    resuming.step(now)      writes it down: soon after a scene has changed, every half minute where the score counts the time, else every ten minutes
    await resuming.close()

What rules/resume.py decides is said in the logbook. Held values and presets are files of their own.
"""
from __future__ import annotations

import asyncio
import math
from pathlib import Path
from typing import TYPE_CHECKING

from ...rules.resume import Remembered, Standing, as_text, parse
from ...terms.fault import Fault, Recovery
from ...terms.words import both
from ..places import set_aside, write_whole
from .boots import boot_id
from .refusals import Refusals

if TYPE_CHECKING:
    from ..house import House

LARGEST = 100_000      # bytes
LOOK = 0.5             # s between two looks
SOON = 1.0             # s from a change of scene to the write
LEAST = 10.0           # s between two writes
COUNTED = 30.0         # s, where a change of the score comes after so many minutes
SELDOM = 600.0         # s, where none does
AGAIN = 30.0           # s until a disk that refused is tried again
WELL = 60.0            # s after which a scene that was taken up has not brought the engine down


class Resuming:
    """One house's."""

    def __init__(self, house: House, file: Path, refusals: Refusals) -> None:
        self._house, self._file, self._refusals = house, file, refusals
        self._loop = asyncio.get_running_loop()
        self._boot = boot_id()
        self._began = self._loop.time()
        self._resumed = 0
        self._seen: tuple = ()
        self._look = math.inf            # nothing is written before it is known what was
        self._wrote = -math.inf
        self._due = math.inf
        self._writing: asyncio.Future[None] | None = None

    def restore(self) -> None:
        """Let the layers take up what they played. A damaged file is told and kept beside the next one; the piece begins then."""
        self._look = self._loop.time()
        self._wrote = self._look - LEAST
        try:
            if not self._file.exists():
                return
            if self._file.stat().st_size > LARGEST:
                raise ValueError("too large")
            remembered = parse(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            where = str(self._file)
            self._house.means.tell(Fault(both("where the score was cannot be read", "la position dans la partition est illisible"), where=where,
                                         id="state.read"))
            set_aside(self._file)
            self._house.means.tell(Recovery(both("the score begins anew; the file is kept beside, as .damaged",
                                                 "la partition reprend au début ; le fichier est gardé à côté, en .damaged"), where=where, id="state.read"))
            return
        now = self._loop.time()
        there = remembered.goes_on(self._house.wall.seconds, self._boot, now)
        layers = [layer for layer in self._house.program.layers if layer.record.on_restart == "resume" and layer.name in there]
        for layer in layers:
            standing = there[layer.name]
            if standing.scene is None or standing.scene in self._house.piece.scenes:
                layer.resume(standing.scene, standing.played)
        if layers:
            self._resumed = remembered.resumed + 1
        if remembered.preset and there:
            self._house.tree.post("/preset/now", remembered.preset, now)

    def step(self, now: float) -> None:
        """Called many times a second."""
        if now < self._look:
            return
        self._look = now + LOOK
        if self._resumed and now - self._began > WELL:
            self._resumed = 0
        seen = tuple((layer.name, layer.standing(now).scene) for layer in self._house.program.layers), self._resumed, self._preset()
        if seen != self._seen:
            self._seen = seen
            self._due = min(self._due, max(now + SOON, self._wrote + LEAST))
        if now >= min(self._due, self._wrote + self._pace()) and (self._writing is None or self._writing.done()):
            self._due, self._wrote = math.inf, now
            self._writing = asyncio.ensure_future(self._aside())

    async def close(self) -> None:
        """Write it once more."""
        if self._writing is not None:
            await asyncio.gather(self._writing, return_exceptions=True)
        self._resumed = 0                        # it has not been brought down
        if self._house.program.layers:           # else it was stopped before anything played, and what is on the disk stands
            await self._aside()

    def _pace(self) -> float:
        return COUNTED if any(layer.counts for layer in self._house.program.layers) else SELDOM

    def _preset(self) -> str:
        return str(self._house.tree.value("/preset/now"))

    async def _aside(self) -> None:
        now = self._loop.time()
        layers: dict[str, Standing] = {layer.name: layer.standing(now) for layer in self._house.program.layers}
        text = as_text(Remembered(self._house.wall.seconds, self._boot, now, layers, self._resumed, self._preset()))
        error = await self._loop.run_in_executor(None, self._write, text)
        if error is None:
            self._refusals.kept("score")
        else:
            self._refusals.refused("score", error)
            self._due = self._loop.time() + AGAIN

    def _write(self, text: str) -> OSError | None:
        try:
            write_whole(self._file, text.encode())
        except OSError as error:
            return error
        return None
