"""`installation walk`: each loudspeaker sounds and each lamp lights, one after another, so that two people can check the wiring.

Everything goes the way a scene's sound and light go: through the room's gains and delays, the limiter, the patch, the flash guard.
"""
from __future__ import annotations

import asyncio
from pathlib import Path

from ...audio.arena import Arena
from ...audio.stage import Stage
from ...rules.piece import Piece
from ...terms.fault import Faults
from ...terms.quantity import gain_from_db
from ...terms.words import both
from ..clock import every
from ..lamps.lighting import Lighting
from ..notices import Notices
from ..parts.builder import Built, Job, build
from ..places import cache_folder
from ..progress import Progress
from ..sound.players import Players
from ..stopping import LAST, Stop
from .checking import opened
from .walk_listening import can_listen, listened
from .walk_plan import NAME, PINK_RMS, walk_plan


def walk(folder: Path, *, each: float = 2.0, level: float = -30.0, only: str | None = None, listen: bool = False,
         learn: bool = False) -> int:
    """Walk through the room; returns the command's exit code. Raises Faults if the piece is not in order.

    each    seconds for each loudspeaker and each lamp
    level   dBFS RMS of the pink noise before the loudspeaker's own gain; the master gain has no part in it
    only    "sound" or "light"
    listen  the loudspeakers sound softly, and a microphone says whether each is as on opening day; learn: this is opening day
    """
    piece = opened(folder)
    if listen or learn:
        can_listen(piece)
    progress = Progress(quiet=False)
    cache = cache_folder(piece.folder)
    built = build(Job(str(folder), str(cache), scenes=(), drivers=False, walk=True), progress.say)
    progress.clear()
    if built.faults:
        raise Faults(built.faults)
    return asyncio.run(_walk(piece, built, cache, each, level, "listen" if listen or learn else only, learn))


async def _walk(piece: Piece, built: Built, cache: Path, each: float, level: float, only: str | None, learn: bool) -> int:
    loop = asyncio.get_running_loop()
    stopping = Stop(loop)
    stop = stopping.asked
    notices = Notices(loop.time)
    arena = Arena(piece.sound.memory, piece.sound.rate, piece.room.outputs, piece.sound.inputs,
                  longest_delay=piece.room.longest_delay)
    stage = Stage(arena)
    players = Players(arena, stage, piece.sound, built.objects["engine", ""], tell=notices.tell)
    lighting = Lighting(piece.light, notices.tell)
    room = piece.room
    gains, delays = [0.0] * room.outputs, [0.0] * room.outputs
    for speaker in room.loudspeakers:
        gains[speaker.output - 1], delays[speaker.output - 1] = speaker.gain, speaker.delay
    stage.guard(gains_db=gains, delays=delays, ceiling_dbfs=piece.sound.ceiling)

    def tick(now: float) -> None:
        stage.results()
        stage.tick()

    ticking = asyncio.create_task(every(0.02, tick))

    async def pause(seconds: float) -> bool:
        try:
            await asyncio.wait_for(stop.wait(), seconds)
        except TimeoutError:
            return True
        return False

    code = 0
    try:
        if only == "listen":
            await players.open()
            code = await listened(piece, built, cache, stage, players, notices, stop, learn)
        elif only != "light":
            plan = walk_plan(piece, cache)
            await players.open()
            await players.need(plan, built.objects)
            playing = stage.load(plan, {}, values=dict.fromkeys(plan.params, 0.0), name=NAME)
            stage.start(playing, fade=0.05)
            for speaker in sorted(room.loudspeakers, key=lambda speaker: speaker.output):
                if stop.is_set():
                    break
                notices.note(both(f"output {speaker.output}: {speaker.name}", f"sortie {speaker.output} : {speaker.name}"))
                stage.set(playing, f"out_{speaker.output}", gain_from_db(level) / PINK_RMS)
                await pause(each)
                stage.set(playing, f"out_{speaker.output}", 0.0)
                await pause(0.15)
        if only not in ("sound", "listen") and piece.light.fixtures and not stop.is_set():
            lighting.start()
            for fixture in piece.light.fixtures:
                notices.note(both(f"lamp {fixture.name}: universe {fixture.universe}, address {fixture.address}",
                                  f"projecteur {fixture.name} : univers {fixture.universe}, adresse {fixture.address}"))
                lighting.show([(lighting.walk(fixture.name), 1.0)])
                if not await pause(each):
                    break
    finally:
        stopping.within(LAST)
        await asyncio.gather(lighting.stop(), players.close(0.3))
        ticking.cancel()
        arena.close()
    return code
