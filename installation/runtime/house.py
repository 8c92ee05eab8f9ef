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
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from ..audio.costs import Costs
from ..audio.plan import Plan
from ..audio.stage import Result, Stage
from ..audio.voices import Bank
from ..ports.mqtt import Mqtt
from ..rules.addresses import QUIET, STOP, told_of
from ..rules.check import SceneFacts, tree_declarations
from ..rules.gate import Gate, Role
from ..rules.piece import Piece
from ..rules.readings import Readings
from ..rules.rewrite import Params
from ..rules.tree import Priority, Tree
from ..terms.address import as_part
from ..terms.declaration import Declaration, Kind
from ..terms.fault import Fault, Recovery
from ..terms.quantity import quantity
from ..terms.reading import Freshness
from ..terms.words import Words, both, say
from .aside import unforeseen
from .lamps.lighting import Looks
from .memory.keeping import Keeping
from .memory.logbook import Logbook
from .memory.refusals import Refusals
from .memory.resuming import Resuming
from .memory.tuning import Tuning
from .opening.doors import Doors
from .parts.builder import Built
from .parts.cast import Cast
from .parts.dates import Dates
from .parts.program import Layer, Program
from .senses.sensing import Sensing
from .senses.wiring import Wiring
from .sound.load import Load
from .wall import Wall

TICK = 0.01          # s between two control ticks
FOLLOW = 0.002       # s at least between two times that mappings follow a sensor before the next tick: a flood costs no more
POST = 0.5           # s between two looks at telemetry
DIM = 1.5            # s in which the lamps go to the neutral look when an attendant stops the room, and come back
FORGET = 2.0         # s after an edit, when the former self of a scene has faded out


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
    lighting: Looks
    cache: Path
    tell: Callable[[Fault | Recovery], None]
    faults: Callable[[], int]          # how many stand now
    trace: Path | None = None          # readings from a file in place of every sensor
    state: Path | None = None          # where tuned values are kept; None keeps none
    costs: Callable[[], Costs] | None = None     # what sound takes; None where time is not real, and must not be heard
    refusals: Refusals | None = None   # who says that nothing can be kept
    logbook: Logbook | None = None     # where what happens is written; None keeps the newest of it in memory
    mqtt: Mqtt | None = None           # the line to the broker; None where the piece names none, and in a rehearsal
    wall: Wall | None = None           # the time of day; None begins at a fixed moment and follows the loop's clock


class House:
    """One piece at work. Must be made inside a running loop."""

    def __init__(self, piece: Piece, built: Built, means: Means) -> None:
        self.piece, self.means = piece, means
        self._loop = asyncio.get_running_loop()
        tell = means.tell
        self.wall = means.wall or Wall.virtual(self._loop.time)
        self.doors = Doors(piece.hours, self.wall)
        self.logbook = means.logbook or Logbook(None, self.wall)
        self.tree = Tree(hold=piece.remote.hold, on_fault=tell)
        for declaration in tree_declarations(piece, built.drivers, built.scenes):
            self.tree.declare(declaration)
        self.gate = Gate(self.tree, {Role.VISITOR: piece.remote.visitors, Role.ATTENDANT: piece.remote.attendants}, piece.remote.hold)
        self.readings = Readings()
        self.sensing = Sensing.of(piece, self.readings, tell, trace=means.trace, heard=self._heard, wall=self.wall, mqtt=means.mqtt)
        self._fresh: set[str] = set()                          # sensors that have spoken, and whose mappings have not been run yet
        self._followed = 0.0
        self.stage = means.stage
        self.dates = Dates(self.stage.rate)
        self.cast = Cast(piece, built, tree=self.tree, stage=self.stage, readings=self.readings, engines=means.engines,
                         cache=means.cache, tell=tell, dates=self.dates)
        self.tree.write("/room/gain", piece.room.gain, origin="config", time=self._loop.time(), priority=Priority.PRESET)
        for name, facts in built.scenes.items():
            for declaration in facts.params.values():
                self._preset(name, declaration)
        refusals = means.refusals or Refusals(means.state.parent, tell) if means.state else None
        self.keeping = Keeping(self.tree, means.state, self.tree.snapshot(), tell, self._absent, refusals) if means.state else None
        self.resuming = Resuming(self, means.state.with_name("score.json"), refusals) if means.state and refusals else None
        self.program = Program([])
        self.scenes = dict(built.scenes)                       # what is known of each scene, as its file says now
        self.load = Load(self.stage, piece.sound, self._banks, tell, costs=means.costs) if means.costs else None
        self.wiring = Wiring(piece.mappings, self.readings, self.tree, tell, self._absent)
        self.drivers = built.drivers                           # what is known of each sensor's driver
        self.tuning = Tuning(self)
        self.cast.recall = self.tuning.recall_as_score
        self._told: dict[str, Fault] = {}                      # scene → what is wrong with its file
        self._forgetting: list[tuple[float, str]] = []         # when, and which address has left its scene's file
        names = [*(fixture.name for fixture in piece.light.fixtures), *piece.light.groups()]
        self._lamps = {f"/light/{as_part(name)}/level": name for name in names}
        self._posted = self._shone = self._loop.time()
        self._dimmed = 0.0                                     # how far the lamps have gone to the neutral look, because the room was stopped
        self._began = self._loop.time()

    async def open(self) -> None:
        """Everything stands: guard set, sensors open, engines loaded, the first scenes entering."""
        now = self._loop.time()
        for name in [name for name in self.piece.scenes if name in self.cast.broken]:
            self._tell_broken(name, self.cast.broken[name], "scene.broken")
        if self.keeping:
            self.keeping.restore(now)
        self._guard()
        self.doors.step(now)                                   # a room that is closed now is silent from the first moment on
        if self.piece.hours is not None:
            self.tree.watch("/hours/", self._hand_on_the_door)
        for address in ("/room/gain", "/system/mode", "/system/mute"):
            self.tree.watch(address, lambda *_: self._level())
        self._level()
        self.tree.watch("/system/idle", lambda _a, value, _o, _t: self.program.idle(bool(value)))
        if self._lamps:
            self.tree.watch("/light/", lambda *_: self._light_masters())
            self._light_masters()
        self.tuning.open()
        await self.sensing.open()
        if self.means.mqtt:
            self.means.mqtt.open()
        await self.means.engines.open()
        self.step(now)
        self.program.layers = [Layer(record, self.cast, self.tree, self.means.tell) for record in self.piece.score]
        if self.resuming:
            self.resuming.restore()
        await self.program.begin(self.value)

    def step(self, now: float) -> None:
        """One control tick. Whatever fails in it, the players hear that control lives."""
        self.dates.observe(now, self.stage.frame)
        try:
            if self.doors.step(now):
                self._level()
            self.sensing.step(now)
            self._post_readings(now)
            self.wiring.step(now)
            self.tree.expire(now)
            self.tuning.step(now)
            self.program.step(now, self.value)
            self._results()
            if self.load:
                self.load.step(now)
            self._forget(now)
        finally:
            self.stage.tick()
        if now - self._posted >= POST:
            self._posted = now
            self._post_telemetry(now)
        if self.keeping:
            self.keeping.step(now)
        if self.resuming:
            self.resuming.step(now)
        self.wall.step(now)

    def shine(self, now: float) -> None:
        """One light frame: what every part wants, weighted by its fade, to the lamps. Neutral where all that should play is broken."""
        lighting = self.means.lighting
        stopped = 1.0 if self.tree.value("/system/mode") == STOP else 0.0
        way = (now - self._shone) / DIM
        self._shone = now
        self._dimmed += max(-way, min(way, stopped - self._dimmed))
        if self.program.bereft or self._dimmed == 1.0:
            lighting.show([(lighting.neutral(), 1.0)])
            return
        level = self.doors.level * (1.0 - self._dimmed)
        parts = [(part.look(), part.weight * level, part.layer) for part in self.program.parts()]
        calm = 1.0 - level if self.doors.calm else self._dimmed
        lighting.show([*parts, (lighting.neutral(), calm)] if calm else parts)

    async def edited(self, built: Built, names: set[str]) -> None:
        """Take up scenes whose files were edited and tried. Broken ones leave the playing one alone."""
        names = names & set(self.piece.scenes)
        good = names & set(built.scenes) - set(built.broken)
        for name in sorted(names & set(built.broken)):
            fault = built.broken[name]
            remedy = both(f"{name} plays on as it was; the next save is tried again.",
                          f"{name} joue comme avant ; le prochain enregistrement sera essayé.")
            self._tell_broken(name, Fault(fault.happened, where=fault.where, remedy=fault.remedy or remedy), "scene.edit")
        self.cast.take(built, good)
        self.scenes.update({name: built.scenes[name] for name in good})
        for name in sorted(good):
            self._redeclare(name, built.scenes[name])
            await self.program.edited(name)
            told = self._told.pop(name, None)
            if told is not None:
                self.means.tell(Recovery(Words("", ""), told.where, told.id))
            self.means.tell(Recovery(both(f"{name}: the edited scene plays", f"{name} : la scène modifiée joue")
                                     if any(layer.scene == name for layer in self.program.layers) else
                                     both(f"{name}: the edited scene is ready", f"{name} : la scène modifiée est prête"),
                                     where=str(self.piece.scenes[name].file), id="scene.edit"))

    def dropped(self, playing: Any, unit: str, where: str) -> None:
        """A unit has killed two players: its graph was dropped; the idle scene takes its place."""
        self._broke(playing, for_good=True, fault=Fault(both(f"the unit {unit} stopped the sound twice; its scene is dropped",
                                        f"l'unité {unit} a arrêté le son deux fois ; sa scène est retirée"), where=where, id="scene.kernel",
                                   remedy=both("Look for an index out of bounds, or a loop without end.",
                                                    "Cherchez un indice hors limites, ou une boucle sans fin.")))

    async def close(self, fade: float = 1.0) -> None:
        """Sound and light fade; lamps go to neutral; what was tuned is saved; everything is closed."""
        for error in await asyncio.gather(self.means.engines.close(fade), self.means.lighting.stop(), self.program.end(fade),
                                          self.sensing.close(), self._kept(), return_exceptions=True):
            if isinstance(error, Exception):
                self.means.tell(unforeseen(error))

    async def _kept(self) -> None:
        await self.tuning.close()
        if self.keeping:
            await self.keeping.close()
        if self.means.mqtt:
            await self.means.mqtt.close()
        if self.resuming:
            await self.resuming.close()
        await self.wall.close()

    def value(self, name: str) -> float | None:
        """The value of a reading now; None while there is none."""
        return self.readings.read(name, self._loop.time()).value

    def faulty(self) -> set[str]:
        """The scenes whose files are wrong as they are now, whether a former self of them plays or none."""
        return {*self._told, *self.cast.broken}

    def uptime(self) -> float:
        """Seconds since the house was opened."""
        return self._loop.time() - self._began

    def _preset(self, scene: str, declaration: Declaration) -> None:
        """What config.yaml says of a scene's parameter stands, where it says something."""
        written = self.piece.scenes[scene].params.get(declaration.address.rsplit("/", 1)[-1])
        if written is not None:
            value = quantity(written, declaration.unit) if declaration.kind in (Kind.FLOAT, Kind.INT) else written
            self.tree.write(declaration.address, value, origin="config", time=self._loop.time(), priority=Priority.PRESET)

    def rewritten(self, params: Params) -> None:
        """config.yaml says these values from now on."""
        scenes = dict(self.piece.scenes)
        for name, values in params.items():
            scenes[name] = replace(scenes[name], params={**scenes[name].params, **values})
        self.piece = replace(self.piece, scenes=scenes)
        for address in (f"/scene/{name}/{key}" for name, values in params.items() for key in values):
            if address in self.tree:
                self._preset(address.split("/")[2], self.tree.declaration(address))
                if self.keeping:
                    self.keeping.stands(address, self.tree.base(address), self._loop.time())

    def _redeclare(self, scene: str, facts: SceneFacts) -> None:
        """Parameters of an edited scene: what was tuned stays, what is new comes, a default that was edited is heard."""
        now, record, params, told = self._loop.time(), self.piece.scenes[scene], facts.params, told_of(scene, facts)
        here = {declaration.address for declaration in (*params.values(), *told)}
        for declaration in told:
            self.tree.declare(declaration, replace=declaration.address in self.tree)
        self._forgetting += [(now + FORGET, address) for address in self.tree.addresses()
                             if address.startswith(f"/scene/{scene}/") and address not in here]
        self._forgetting = [entry for entry in self._forgetting if entry[1] not in here]
        for key, declaration in params.items():
            address = declaration.address
            former = self.tree.declaration(address) if address in self.tree else None
            self.tree.declare(declaration, replace=former is not None)
            if declaration.kind is Kind.TRIGGER:
                continue
            if former is None:
                self._preset(scene, declaration)
            elif key not in record.params and former.default != declaration.default:
                self.tree.write(address, declaration.default, origin="file", time=now, priority=Priority.PRESET)
            if self.keeping and (former is None or key not in record.params):
                self.keeping.stands(address, self.tree.value(address) if former is None else declaration.default, now)

    def _forget(self, now: float) -> None:
        """Addresses that have left their scene's file go when nothing that plays can ask for them any more."""
        while self._forgetting and self._forgetting[0][0] <= now:
            _, address = self._forgetting.pop(0)
            if address in self.tree:
                self.tree.forget(address)

    def _absent(self, address: str) -> bool:
        """Whether an address belongs to a scene of the piece whose file is broken."""
        parts = address.split("/")
        return len(parts) > 3 and parts[1] == "scene" and parts[2] in self.cast.broken and parts[2] in self.piece.scenes

    def _tell_broken(self, name: str, fault: Fault, id: str) -> None:
        former, self._told[name] = self._told.get(name), Fault(fault.happened, where=fault.where, remedy=fault.remedy, id=id)
        if former is not None:
            self.means.tell(Recovery(Words("", ""), former.where, former.id))
        self.means.tell(self._told[name])

    def _light_masters(self) -> None:
        self.means.lighting.masters({name: self.tree.value(address) for address, name in self._lamps.items()})

    def _level(self) -> None:
        """Over everything: the room's gain, the attendant's buttons, mute."""
        mode = self.tree.value("/system/mode")
        self.stage.master(float(self.tree.value("/room/gain")) + (self.piece.room.quiet if mode == QUIET else 0.0) + self.doors.gain_db)
        self.stage.mute(mode == STOP or self.doors.is_silent or bool(self.tree.value("/system/mute")))

    def _hand_on_the_door(self, address: str, value: Any, origin: str, time: float) -> None:
        if address == "/hours/follow":
            self.doors.follow()
        elif address in ("/hours/open_for", "/hours/close_for") and value:
            self.doors.hold(address == "/hours/open_for", float(value))

    def _guard(self) -> None:
        room, sound = self.piece.room, self.piece.sound
        gains, delays = [0.0] * room.outputs, [0.0] * room.outputs
        for speaker in room.loudspeakers:
            gains[speaker.output - 1], delays[speaker.output - 1] = speaker.gain, speaker.delay
        self.stage.guard(gains_db=gains, delays=delays, ceiling_dbfs=sound.ceiling)

    def _heard(self, sensor: str) -> None:
        """A sensor has spoken: what it moves follows now, and not at the next tick; once for all that came meanwhile."""
        if not self._fresh:
            self._loop.call_at(max(self._loop.time(), self._followed + FOLLOW), self._follow)
        self._fresh.add(sensor)

    def _follow(self) -> None:
        self._followed = self._loop.time()
        fresh, self._fresh = self._fresh, set()
        self.wiring.step(self._followed, fresh)

    def _post_readings(self, now: float) -> None:
        for name, reading in self.readings.snapshot(now).items():
            address = "/sensor/" + name.replace(".", "/")
            if reading.freshness is not Freshness.ABSENT and reading.value is not None and address in self.tree:
                self.tree.post(address, reading.value, now)

    def _results(self) -> None:
        for result in self.stage.results():
            if result.kind == "bad_samples" and result.playing is not None and result.playing.home is not None:
                self._voice_broke(result)
            elif result.kind == "bad_samples" and result.playing is not None:
                self._broke(result.playing, Fault(both(f"the unit {result.unit} gave samples that are not numbers, or absurd ones; its scene was silenced",
                                                       f"l'unité {result.unit} a produit des échantillons absurdes ; sa scène a été mise en silence"),
                                                  where=result.where, id="scene.samples"))

    def _broke(self, playing: Any, fault: Fault, *, for_good: bool = False) -> None:
        for part in self.program.parts():
            if part.playing is playing or part.voicing.owns(playing):
                part.voicing.silence(playing)
                layer = self.program.layer_of(part)
                if layer is not None:
                    layer.broke(part, fault, for_good=for_good)
                if for_good:
                    self._told[part.name] = fault
                return
        self.means.tell(fault)

    def _voice_broke(self, result: Result) -> None:
        """A voice gave bad samples and was silenced: no other of its kind begins until its scene enters again; the scene plays on."""
        assert result.playing is not None
        self.means.tell(Fault(both(f"the unit {result.unit} gave samples that are not numbers, or absurd ones; the voice {result.playing.name} is silenced",
                                   f"l'unité {result.unit} a produit des échantillons absurdes ; la voix {result.playing.name} se tait"),
                              where=result.where, id="voice.samples"))
        for part in self.program.parts():
            part.voicing.silence(result.playing)

    def _post_voices(self, now: float) -> None:
        counts = {address: 0 for address in self.tree.addresses() if address.startswith("/scene/") and address.endswith("/playing") and address.count("/") == 4}
        for part in self.program.parts():
            for name, count in part.voicing.playing().items():
                address = f"/scene/{part.name}/{name}/playing"
                if address in counts:
                    counts[address] += count
        for address, count in counts.items():
            self.tree.post(address, count, now)

    def _banks(self) -> list[Bank]:
        return [bank for part in self.program.parts() for bank in part.voicing.banks.values()]

    def _post_telemetry(self, now: float) -> None:
        self._post_voices(now)
        if self.load:
            self.load.post(self.tree, self.piece.scenes, now)
        facts = self.stage.telemetry()
        for name, value in (("uptime", self.uptime()), ("xruns", facts.xruns), ("card", self.means.engines.say()[:200]),
                            ("faults", self.means.faults())):
            self.tree.post(f"/system/{name}", value, now)
        if self.piece.hours is not None:
            self.tree.post("/hours/open", self.doors.stands.open, now)
            self.tree.post("/hours/says", say(self.doors.says()), now)
