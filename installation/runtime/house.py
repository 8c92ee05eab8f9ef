"""The house at work: everything of a piece, opened together and closed together, live or in rehearsal.

    House(piece, built, means)      means: what differs between live and rehearsal (who renders, who sends light)
    await open()                    everything stands; the first scenes play
    step(now)                       one control tick: readings → mappings → tree → score → stage
    shine(now)                      one light frame
    await close(fade)               sound and light fade, lamps go to neutral

The way of the data is one way: a sensor never touches a scene, a scene never touches a port.
"""
from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from ..audio.plan import Plan
from ..audio.stage import Stage
from ..rules.check import tree_declarations
from ..rules.piece import Piece
from ..rules.readings import Readings
from ..rules.tree import Priority, Tree
from ..terms.address import as_part
from ..terms.fault import Fault, Recovery
from ..terms.quantity import quantity
from ..terms.reading import Freshness
from ..terms.words import both
from .builder import Built
from .cast import Cast
from .keeping import Keeping
from .lighting import Lighting
from .program import Layer, Program
from .sensing import Sensing
from .wiring import Wiring

TICK = 0.01          # s between two control ticks
POST = 0.5           # s between two looks at telemetry
SAVE = 30.0          # s between two savings of tuned values


class Engines(Protocol):
    """Whoever renders: live players, or the same engine called in this process."""

    async def open(self) -> None: ...
    async def need(self, plan: Plan, objects: dict[tuple[str, str], str]) -> None: ...
    async def close(self, fade: float) -> None: ...
    def say(self) -> str: ...


@dataclass(frozen=True)
class Means:
    """What differs between live and rehearsal."""

    stage: Stage
    engines: Engines
    lighting: Lighting
    cache: Path
    tell: Callable[[Fault | Recovery], None]
    faults: Callable[[], int]          # how many stand now
    trace: Path | None = None          # readings from a file in place of every sensor
    state: Path | None = None          # where tuned values are kept; None keeps none


class House:
    """One piece at work. Must be made inside a running loop."""

    def __init__(self, piece: Piece, built: Built, means: Means) -> None:
        self.piece, self.means = piece, means
        self._loop = asyncio.get_running_loop()
        tell = means.tell
        self.tree = Tree(hold=piece.remote.hold, on_fault=tell)
        for declaration in tree_declarations(piece, built.drivers, built.scenes):
            self.tree.declare(declaration)
        self.readings = Readings()
        self.sensing = Sensing.of(piece, self.readings, tell, trace=means.trace)
        self.stage = means.stage
        self.cast = Cast(piece, built, tree=self.tree, stage=self.stage, readings=self.readings, engines=means.engines,
                         cache=means.cache, tell=tell)
        self._presets(built)
        self.keeping = Keeping(self.tree, means.state, self.tree.snapshot(), tell) if means.state else None
        self.program = Program([], self.tree)
        self.wiring = Wiring(piece.mappings, self.readings, self.tree, tell)
        names = [*(fixture.name for fixture in piece.light.fixtures), *piece.light.groups()]
        self._lamps = {f"/light/{as_part(name)}/level": name for name in names}
        self._posted = self._saved = self._loop.time()
        self._began = self._loop.time()
        self.ticks = 0

    async def open(self) -> None:
        """Everything stands: guard set, sensors open, engines loaded, the first scenes entering."""
        now = self._loop.time()
        if self.keeping:
            self.keeping.restore(now)
        self._guard()
        self.tree.watch("/room/gain", lambda _a, value, _o, _t: self.stage.master(float(value)))
        self.stage.master(float(self.tree.value("/room/gain")))
        self.tree.watch("/system/mute", lambda _a, value, _o, _t: self.stage.mute(bool(value)))
        self.tree.watch("/system/idle", lambda _a, value, _o, _t: self.program.idle(bool(value)))
        if self._lamps:
            self.tree.watch("/light/", lambda *_: self._light_masters())
            self._light_masters()
        await self.sensing.open()
        await self.means.engines.open()
        self.step(now)
        self.program.layers = [Layer(record, self.cast, self.tree, self.means.tell) for record in self.piece.score]
        await self.program.begin(self._value)

    def step(self, now: float) -> None:
        """One control tick."""
        self.ticks += 1
        self.sensing.step(now)
        self._post_readings(now)
        self.wiring.step(now)
        self.tree.expire(now)
        self.program.step(now, self._value)
        self._results()
        self.stage.tick()
        if now - self._posted >= POST:
            self._posted = now
            self._post_telemetry(now)
        if self.keeping and now - self._saved >= SAVE:
            self._saved = now
            self.keeping.save()

    def shine(self, now: float) -> None:
        """One light frame: what every part wants, weighted by its fade, to the lamps."""
        self.means.lighting.show([(part.look(), part.weight, part.layer) for part in self.program.parts()])

    async def edited(self, built: Built, names: set[str]) -> None:
        """Take up scenes whose files were edited and tried. Broken ones leave the playing one alone."""
        good = names - set(built.broken)
        for name in names & set(built.broken):
            fault = built.broken[name]
            self.means.tell(Fault(fault.happened, where=fault.where, remedy=fault.remedy or both(
                f"{name} plays on as it was; the next save is tried again.", f"{name} joue comme avant ; le prochain enregistrement sera essayé."),
                id="scene.edit"))
        self.cast.take(built, good)
        for name in good:
            for declaration in built.scenes[name].params.values():
                self.tree.declare(declaration, replace=declaration.address in self.tree)
            await self.program.edited(name)
            self.means.tell(Recovery(both(f"{name}: the edited scene plays", f"{name} : la scène modifiée joue"), where=str(self.piece.scenes[name].file),
                                     id="scene.edit"))

    def dropped(self, playing: Any, unit: str, where: str) -> None:
        """A unit has killed two players: its graph was dropped; the idle scene takes its place."""
        self._broke(playing, Fault(both(f"the unit {unit} stopped the sound twice; its scene is dropped",
                                        f"l'unité {unit} a arrêté le son deux fois ; sa scène est retirée"), where=where, id="scene.kernel",
                                   remedy=both("Look for an index out of bounds, or a loop without end.", "Cherchez un indice hors limites, ou une boucle sans fin.")))

    async def close(self, fade: float = 1.0) -> None:
        """Sound and light fade; lamps go to neutral; what was tuned is saved; everything is closed."""
        if self.keeping:
            self.keeping.save()
        await asyncio.gather(self.means.engines.close(fade), self.means.lighting.stop(), self.program.end(fade), return_exceptions=False)
        await self.sensing.close()

    def _value(self, name: str) -> float | None:
        """The value of a reading now; None while there is none."""
        return self.readings.read(name, self._loop.time()).value

    def uptime(self) -> float:
        """Seconds since the house was opened."""
        return self._loop.time() - self._began

    def _presets(self, built: Built) -> None:
        now = self._loop.time()
        self.tree.write("/room/gain", self.piece.room.gain, origin="config", time=now, priority=Priority.PRESET)
        for name, record in self.piece.scenes.items():
            if name not in built.scenes:
                continue
            for key, written in record.params.items():
                declaration = built.scenes[name].params[key]
                value = quantity(written, declaration.unit) if isinstance(written, str) and declaration.kind.value in ("float", "int") else written
                self.tree.write(declaration.address, value, origin="config", time=now, priority=Priority.PRESET)

    def _light_masters(self) -> None:
        self.means.lighting.masters({name: float(self.tree.value(address)) for address, name in self._lamps.items()})

    def _guard(self) -> None:
        room, sound = self.piece.room, self.piece.sound
        gains, delays = [0.0] * room.outputs, [0.0] * room.outputs
        for speaker in room.loudspeakers:
            gains[speaker.output - 1], delays[speaker.output - 1] = speaker.gain, speaker.delay
        self.stage.guard(gains_db=gains, delays=delays, ceiling_dbfs=sound.ceiling)

    def _post_readings(self, now: float) -> None:
        for name, reading in self.readings.snapshot(now).items():
            address = "/sensor/" + name.replace(".", "/")
            if reading.freshness is not Freshness.ABSENT and reading.value is not None and address in self.tree:
                self.tree.post(address, reading.value, now)

    def _results(self) -> None:
        for result in self.stage.results():
            if result.kind == "bad_samples" and result.playing is not None:
                self._broke(result.playing, Fault(both(f"the unit {result.unit} gave samples that are not numbers, or absurd ones; its scene was silenced",
                                                       f"l'unité {result.unit} a produit des échantillons absurdes ; sa scène a été mise en silence"),
                                                  where=result.where, id="scene.samples"))

    def _broke(self, playing: Any, fault: Fault) -> None:
        for part in self.program.parts():
            if part.playing is playing:
                layer = self.program.layer_of(part)
                if layer is not None:
                    layer.broke(part, fault)
                return
        self.means.tell(fault)

    def _post_telemetry(self, now: float) -> None:
        facts = self.stage.telemetry()
        for name, value in (("uptime", self.uptime()), ("xruns", facts.xruns), ("card", self.means.engines.say()[:200]),
                            ("faults", self.means.faults())):
            self.tree.post(f"/system/{name}", value, now)
