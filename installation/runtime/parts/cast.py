"""The cast: scenes made ready to play. It loads files, composes, loads plans and recordings into the arena, and makes parts.

A scene is made for the layer that asks for it, a moment before it enters; its class is kept until its file is edited. Only text that a
builder has tried is run here.
"""
from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol

import numpy as np

from ...audio import recording
from ...audio.plan import Plan
from ...audio.sends import Sends
from ...audio.stage import Playing, Stage
from ...audio.voices import Bank
from ...rules.piece import Piece
from ...rules.readings import Readings
from ...rules.scene import Scene
from ...rules.tree import Tree
from ...rules.voice import voices_of
from ...terms.fault import Fault, Recovery
from ...terms.words import both
from .builder import Built
from .dates import Dates
from .loading import fault_of, load_scene
from .making import compose
from .part import Part
from .room import Room


class Engines(Protocol):
    """Whoever renders: it must have a unit's object code before a plan that uses it may start."""

    async def need(self, plan: Plan, objects: dict[tuple[str, str], str]) -> None: ...


async def _no_presets(origin: str, name: str, over: float, curve: str) -> None:
    raise Fault(both("there are no presets here", "il n'y a pas de préréglages ici"), where=name, id="preset.unknown")


class Cast:
    """Makes parts. One for the whole piece."""

    def __init__(self, piece: Piece, built: Built, *, tree: Tree, stage: Stage, readings: Readings, engines: Engines, cache: Path,
                 tell: Callable[[Fault | Recovery], None], dates: Dates) -> None:
        self.piece = piece
        self._tree, self._stage, self._readings, self._engines = tree, stage, readings, engines
        self._cache, self._tell, self._dates = cache, tell, dates
        self._loop = asyncio.get_running_loop()
        self._objects = dict(built.objects)
        self._sources = dict(built.sources)
        self._kinds: dict[str, type[Scene]] = {}
        self.broken: dict[str, Fault] = dict(built.broken)
        self.recall: Callable[[str, str, float, str], Awaitable[None]] = _no_presets     # how a play() goes to a preset; the house lends it

    def take(self, built: Built, names: set[str]) -> None:
        """Take what a builder found out of these scenes: new code, or why there is none."""
        self._objects.update(built.objects)
        self._sources.update({name: built.sources[name] for name in names})
        for name in names:
            self._kinds.pop(name, None)
            self.broken.pop(name, None)
            if name in built.broken:
                self.broken[name] = built.broken[name]

    async def make(self, name: str, layer: str) -> Part:
        """A part of that scene, loaded and ready to enter. Raises Fault if it cannot be made."""
        if name in self.broken:
            raise self.broken[name]
        record = self.piece.scenes[name]
        if name not in self._kinds:
            self._kinds[name] = load_scene(record.file, self._sources[name])
        kind = self._kinds[name]
        try:
            scene = kind()
        except (Exception, SystemExit) as error:
            raise fault_of(error, record.file) from error
        composed = await self._loop.run_in_executor(None, compose, scene, record.file, name, self.piece, self._cache)    # thousands of words take a second
        sends = Sends(composed.sends)
        samples = {id(plan): await self._ready(plan) for plan in composed.plans()}
        playing: Playing | None = None
        banks: dict[str, Bank] = {}
        try:
            if composed.sound is not None:
                plan = composed.sound
                playing = self._stage.load(plan, samples[id(plan)], values=self._values(name, plan), name=name, sends=sends)
            for key, plan in composed.voices.items():
                word = voices_of(kind)[key]
                banks[key] = Bank(self._stage, plan, samples[id(plan)], limit=word.limit, steal=word.steal, name=f"{name}.{key}",
                                  own=[f"{key}.{argument}" for argument in word.params], seed=f"{self.piece.seed}:{layer}:{name}.{key}",
                                  sends=sends)
            return Part(name, scene, record.file, playing, tree=self._tree, stage=self._stage, layer=layer, tell=self._tell, banks=banks,
                        dates=self._dates, room=lambda origin: Room(read=self._read, names=self._readings.names, seed=f"{self.piece.seed}:{layer}:{name}",
                                                                  recall=lambda *how: self.recall(origin, *how)))
        except BaseException:
            for bank in banks.values():
                bank.close()
            if playing is not None:
                self._stage.stop(playing)
            raise

    async def _ready(self, plan: Plan) -> dict[Path, np.ndarray]:
        """Whoever renders has the plan's code; the recordings that it lacks."""
        for entry in plan.units:
            self._stage.unit_number(entry.unit, self._objects[entry.unit.name, entry.unit.kernel])
        await self._engines.need(plan, self._objects)
        return await self._loop.run_in_executor(None, self._recordings, plan)

    def text(self, name: str) -> str:
        """The text of a scene's file as it was run; "" if there is none."""
        return self._sources.get(name, "")

    def declarations(self, name: str) -> list:
        """The scene's parameters as they are declared in its file now."""
        return [entry.declaration(name) for entry in self._kinds[name].params().values()]

    def _values(self, name: str, plan: Plan) -> dict[str, float]:
        return {key: float(self._tree.value(f"/scene/{name}/{key}")) for key in plan.params}

    def _recordings(self, plan: Plan) -> dict[Path, np.ndarray]:
        return {entry.path: recording.load(entry.path, self.piece.sound.rate, self._cache / "recordings")
                for entry in plan.recordings if not self._stage.holds(entry.path)}

    def _read(self, name: str) -> float | None:
        return self._readings.read(name, self._loop.time()).value
