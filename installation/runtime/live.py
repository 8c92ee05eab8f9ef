"""`installation run`: a piece in the room, from the first kernel to the last fade.

    run      load, build, play until INT or TERM, fade, stop within 3 s

The control loop ticks a hundred times a second by deadlines. The watchdog is fed while it ticks and the sound moves, or is known
to be absent; a hung loop or a hung player is never fed for.
"""
from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
import sys
from pathlib import Path

from ..audio.arena import Arena
from ..audio.stage import Stage
from ..ports.host import Notify
from ..rules.config import load_piece
from ..rules.piece import Piece
from ..terms.fault import Fault, Faults
from ..terms.words import both, say, speak
from .builder import Built, Job, build
from .checking import checked_trace
from .clock import every
from .edits import Edits
from .house import TICK, House, Means
from .lighting import Lighting
from .lookout import Lookout
from .notices import Notices
from .places import cache_folder, state_folder
from .players import Players
from .progress import Progress
from .remoting import Remoting
from .status import StatusLine, status

FADE = 1.0          # s; of everything, when the piece is stopped
LAST = 2.7          # s after which the stop is not waited for any longer


def run(folder: Path, *, record: Path | None = None, trace: Path | None = None, quiet: bool = False) -> int:
    """Play a piece until it is stopped; returns the command's exit code. Raises Faults if the piece is not in order."""
    notify = Notify()
    piece = load_piece(folder)
    speak(piece.language)
    progress = Progress(quiet)
    cache = cache_folder(piece.folder)

    def told(line: str) -> None:
        progress.say(line)
        notify.status(line)

    built = build(Job(str(folder), str(cache)), told)
    progress.clear()
    fatal = [fault for fault in built.faults if fault not in built.broken.values()]
    if fatal or (built.broken and set(piece.scenes) <= set(built.broken)) or any(name in built.broken for name in piece.sensors):
        raise Faults(built.faults)
    if trace is not None:
        checked_trace(trace, built)
    return asyncio.run(_perform(piece, built, cache, notify, record, trace, quiet))


async def _perform(piece: Piece, built: Built, cache: Path, notify: Notify, record: Path | None, trace: Path | None, quiet: bool) -> int:
    sys.setswitchinterval(0.001)          # a thread that computes must not keep the light sender waiting for 5 ms at a time
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stopping.set)
    notices = Notices(loop.time)
    line = StatusLine(quiet=quiet)
    notices.before_line = line.clear
    for fault in built.broken.values():
        notices.tell(fault)

    sound = piece.sound
    arena = Arena(sound.memory, sound.rate, piece.room.outputs, sound.inputs)
    stage = Stage(arena)
    players = Players(arena, stage, sound, built.objects["engine", ""], tell=notices.tell)
    lighting = Lighting(piece.light, notices.tell, loop.time)
    house = House(piece, built, Means(stage, players, lighting, cache, notices.tell, notices.count, trace=trace, state=state_folder(piece.folder) / "values.json"))
    players.on_dropped = house.dropped
    lookout = Lookout(piece.folder, lambda fault: loop.call_soon_threadsafe(notices.tell, fault))
    remote = Remoting(piece, house.tree, house.sensing.osc, notices.tell)
    edits = Edits({record_.file: name for name, record_ in piece.scenes.items()},
                  lambda names: _edited(house, piece, cache, names))
    tasks: list[asyncio.Task] = []
    try:
        await house.open()
        gc.collect()
        gc.freeze()                      # what stands now stays; the collector need not walk it again and again
        lookout.start()
        await remote.open()
        edits.start()
        lighting.start()

        def tick(now: float) -> None:
            lookout.tick()
            house.step(now)

        tasks = [
            asyncio.create_task(every(TICK, tick), name="tick"),
            asyncio.create_task(every(1.0 / piece.light.rate, house.shine), name="light"),
            asyncio.create_task(_watchdog(notify, players), name="watchdog"),
            asyncio.create_task(_say_status(house, players, notices, line, notify), name="status"),
        ]
        notify.ready(say(both("plays", "joue")))
        waiting = asyncio.create_task(stopping.wait())
        done, _ = await asyncio.wait([waiting, *tasks], return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            if task is not waiting and task.exception() is not None:
                raise task.exception()       # type: ignore[misc]
        waiting.cancel()
    finally:
        notify.stopping()
        line.clear()
        notices.note(both("fading out", "fondu de fin"))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LAST):
                closing = asyncio.create_task(house.close(FADE))
                await edits.stop()
                await asyncio.shield(closing)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await remote.close()
        lookout.stop()
        arena.close()
    return 0


async def _edited(house: House, piece: Piece, cache: Path, names: set[str]) -> None:
    loop = asyncio.get_running_loop()
    job = Job(str(piece.file), str(cache), scenes=tuple(sorted(names)), drivers=False)
    built: Built = await loop.run_in_executor(None, build, job)
    if built.faults and not built.broken:           # config.yaml itself is being edited and is not in order at the moment
        for fault in built.faults:
            house.means.tell(Fault(fault.happened, where=fault.where, remedy=fault.remedy, id="scene.edit"))
        return
    await house.edited(built, names)


async def _watchdog(notify: Notify, players: Players) -> None:
    if notify.watchdog is None:
        await asyncio.Event().wait()
        return

    def feed(now: float) -> None:
        if players.alive:
            notify.alive()

    await every(notify.watchdog / 3, feed)


async def _say_status(house: House, players: Players, notices: Notices, line: StatusLine, notify: Notify) -> None:
    said = ""

    def show(now: float) -> None:
        nonlocal said
        text = status(house, players, notices)
        line.show(text)
        if text != said:
            said = text
            notify.status(text)

    await every(0.5, show)
