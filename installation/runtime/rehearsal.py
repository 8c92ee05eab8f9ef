"""Rehearsal: the whole piece on the virtual clock, without hardware, faster than life.

    render         in this process; `installation render` calls it in one of its own (rendering.py)

The same House as live; the engine is called in this process, sensors come from a trace or are simulated, light goes to a file.
The same inputs give the same bytes: on each control tick (10 ms) sensors, mappings, score and scenes come first, then the sound
of those 10 ms in whole blocks, then the light frames that are due.
"""
from __future__ import annotations

import asyncio
import dataclasses
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any, Protocol

from ..audio.arena import Arena
from ..audio.declare import FRAMES
from ..audio.feeder import Feeder
from ..audio.inline import Inline
from ..audio.plan import Plan
from ..audio.stage import Playing, Stage
from ..ports.wav import WavWriter
from ..rules.check import cross_check
from ..rules.piece import Piece
from ..terms.fault import Fault, Faults
from ..terms.words import both
from .clock import rehearse
from .commands.checking import checked_trace, opened
from .house import TICK, House, Means
from .lamps.rehearsed_light import LightsFile, RehearsedLight
from .notices import Notices
from .parts.builder import Built, Job, build
from .places import cache_folder
from .progress import Progress
from .sound.threads import threads_for
from .wall import REHEARSED, Wall
from .whole import Whole


class Witness(Protocol):
    """Whoever wants to know where the engine is, should it crash."""

    def began(self, arena: Arena) -> None: ...
    def loaded(self, playing: Playing) -> None: ...


class InlineEngines:
    """The engine, called in this process. The streams are filled right before each block."""

    def __init__(self, arena: Arena, stage: Stage, built: Built, threads: int = 1) -> None:
        self._stage = stage
        self._inline = Inline(arena, built.objects["engine", ""], threads=threads)
        self._feeder = Feeder(arena)

    async def open(self) -> None:
        """Nothing to wait for."""

    async def need(self, plan: Plan, objects: dict[tuple[str, str], str]) -> None:
        """Load the object code of a plan's units."""
        for entry in plan.units:
            self._inline.load(self._stage.unit_number(entry.unit), objects[entry.unit.name, entry.unit.kernel])

    def render(self, frames: int):
        """The next frames, float32 (frames, outputs); frames is a multiple of 64."""
        self._feeder.fill()
        return self._inline.render(frames)

    def say(self) -> str:
        """What the tree says of the card."""
        return "rehearsal"

    async def close(self, fade: float) -> None:
        """The rehearsal ends where it ends."""
        self._feeder.close()
        self._inline.close()


def render(folder: Path, *, seconds: float, seed: int | None = None, out: Path | None = None, lights: Path | None = None,
           sensors: Path | None = None, begins: datetime | None = None, quiet: bool = False, witness: Witness | None = None) -> int:
    """Rehearse a piece into files; returns the command's exit code. Raises Faults if the piece is not in order.

    begins    the moment by the room's clock at which it begins; without a zone it is the room's. None is the same moment each time

    The files appear under their names when they are whole, or were cut short by Ctrl-C.
    """
    piece = opened(folder)
    if seed is not None:
        piece = dataclasses.replace(piece, seed=seed)
    progress = Progress(quiet)
    cache = cache_folder(piece.folder)
    built = build(Job(str(folder), str(cache)), progress.say)
    progress.clear()
    faults = [*built.faults, *cross_check(piece, built.drivers, built.scenes)]
    if faults:
        raise Faults(faults)
    if sensors is not None:
        checked_trace(sensors, built)
    files = {path: Whole(path) for path in (out, lights) if path is not None}
    try:
        rehearse(_perform(piece, built, cache, seconds, _part(files, out), _part(files, lights), sensors, begins, progress, quiet, witness))
    except Exception as error:
        for file in files.values():
            file.drop()
        _named(error, files)
        raise
    except KeyboardInterrupt:
        _appear(files)
        raise
    finally:
        progress.clear()
    _appear(files)
    return 0


def _part(files: dict[Path, Whole], path: Path | None) -> Path | None:
    return files[path].part if path is not None else None


def _appear(files: dict[Path, Whole]) -> None:
    for file in files.values():
        if file.part.exists():
            file.done()


def _named(error: Exception, files: dict[Path, Whole]) -> None:
    """A fault is about the name that a file was to have."""
    if isinstance(error, Fault):
        for path, file in files.items():
            if error.where == str(file.part):
                error.where = str(path)


async def _perform(piece: Piece, built: Built, cache: Path, seconds: float, out: Path | None, lights: Path | None, sensors: Path | None,
                   begins: datetime | None, progress: Progress, quiet: bool, witness: Witness | None) -> None:
    sound = piece.sound
    arena = Arena(sound.memory, sound.rate, piece.room.outputs, sound.inputs, longest_delay=piece.room.longest_delay)
    stage = Stage(arena) if witness is None else _Watched(arena, witness)
    engines = InlineEngines(arena, stage, built, threads_for(sound.threads, lambda _: None))      # the same bits with fewer
    loop = asyncio.get_running_loop()
    notices = Notices(loop.time, quiet=quiet)
    notices.before_line = progress.clear
    lines = _lights_file(lights, loop.time()) if lights else None
    lighting = RehearsedLight(piece.light, notices.tell, record=lines)
    wall = _wall(loop, begins, piece.hours.tz if piece.hours else None)
    house = House(piece, built, Means(stage, engines, lighting, cache, notices.tell, notices.count, trace=sensors, wall=wall))
    wav = WavWriter(out, channels=piece.room.outputs, rate=sound.rate) if out else None
    try:
        await house.open()
        began, rendered, shone = loop.time(), 0, 0
        total = round(seconds * sound.rate)
        for tick in range(round(seconds / TICK) + 1):
            due = began + tick * TICK
            await asyncio.sleep(max(0.0, due - loop.time()))
            now = loop.time()
            if tick:
                house.step(now)
            while shone / piece.light.rate <= tick * TICK + 1e-9:
                house.shine(now)
                lighting.tick(now)
                shone += 1
            frames = min(int((tick + 1) * TICK * sound.rate), total + FRAMES - 1) // FRAMES * FRAMES - rendered
            if frames > 0:
                samples = engines.render(frames)
                if wav:
                    wav.write(samples[:max(0, total - rendered)])
                rendered += frames
            progress.way(tick * TICK / seconds, f"{tick * TICK:.0f} s of {seconds:.0f} s · {house.program.playing()}")
        await house.close(0.0)
    finally:
        if wav:
            wav.close()
        if lines:
            lines.close()


def _wall(loop: asyncio.AbstractEventLoop, begins: datetime | None, zone: tzinfo | None) -> Wall:
    """The time of day in the rehearsal. It depends on nothing but the piece and what was asked."""
    return Wall.virtual(loop.time, REHEARSED if begins is None else begins if begins.tzinfo else begins.replace(tzinfo=zone or UTC), zone)


class _Watched(Stage):
    """A stage that says what is loaded."""

    def __init__(self, arena: Arena, witness: Witness) -> None:
        super().__init__(arena)
        self._witness = witness
        witness.began(arena)

    def load(self, *what: Any, **how: Any) -> Playing:
        playing = super().load(*what, **how)
        self._witness.loaded(playing)
        return playing

    def load_eight(self, *what: Any, **how: Any) -> list[Playing]:
        eight = super().load_eight(*what, **how)
        for playing in eight:
            self._witness.loaded(playing)
        return eight


def _lights_file(path: Path, began: float) -> LightsFile:
    try:
        return LightsFile(path, began)
    except OSError as error:
        raise Fault(both(f"cannot be written: {error.strerror}", f"impossible à écrire : {error.strerror}"), where=str(path), id="record.write") from None
