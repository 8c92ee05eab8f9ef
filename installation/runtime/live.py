"""`installation run`: a piece in the room, from the first kernel to the last fade.

    run      load, build, play until INT or TERM, fade, stop within 3 s

The control loop ticks a hundred times a second by deadlines. The watchdog is fed while it ticks and the sound moves, or is known
to be absent; a hung loop or a hung player is never fed for. A tick that fails is told, and the next is tried; when all have failed for
some seconds the piece fades and the process ends with code 3, so that the service manager starts it anew.
"""
from __future__ import annotations

import asyncio
import contextlib
import gc
import sys
from collections.abc import Callable
from pathlib import Path

from ..audio.arena import Arena
from ..audio.stage import Stage
from ..ports.host import Notify
from ..ports.mqtt import Mqtt
from ..remote.desk import Desk
from ..rules.check import cross_check
from ..rules.gate import Role
from ..rules.hours import TRUSTED
from ..rules.piece import Piece
from ..terms.fault import Fault, Faults
from ..terms.words import Words, both, say
from .aside import Aside, steadily, unforeseen
from .care.check import Check
from .care.healing import Acts, Healing
from .care.machine import Upkeep
from .care.proof import Proof
from .commands.checking import checked_trace, opened
from .companion import Companion, Companions
from .house import TICK, House, Means
from .lamps.lighting import Lighting
from .lookout import Lookout
from .memory.happenings import Happenings
from .memory.logbook import Logbook
from .memory.refusals import Refusals
from .memory.sweeping import sweep
from .notices import Notices
from .parts.builder import Built, Job, build
from .parts.edits import Edits
from .places import cache_folder, state_folder
from .progress import Progress
from .reach.browsers import Browsers
from .reach.gestures import Gestures
from .reach.inviting import invite
from .reach.remoting import Remoting
from .report.figures import Figures
from .report.heartbeat import Heartbeat
from .report.messages import Messenger
from .sound.players import Players
from .sound.recorder import SECONDS, Recorder
from .stopping import LAST, Stop, settle
from .telling.health import Health
from .telling.picture import Picture
from .telling.pointing import Pointing
from .telling.status import StatusLine, status
from .wall import Wall

FADE = 1.0          # s; of everything, when the piece is stopped


def run(folder: Path, *, record: Path | None = None, trace: Path | None = None, quiet: bool = False) -> int:
    """Play a piece until it is stopped; returns the command's exit code. Raises Faults if the piece is not in order."""
    notify = Notify()
    piece = opened(folder)
    progress = Progress(quiet)
    cache = cache_folder(piece.folder)

    def told(line: str) -> None:
        progress.say(line)
        notify.status(line)

    try:
        built = build(Job(str(folder), str(cache)), told)
    finally:
        progress.clear()
    refuse(piece, built)
    if trace is not None:
        checked_trace(trace, built)
    try:
        return asyncio.run(_Performance(piece, built, cache, notify, quiet).play(record, trace))
    finally:
        settle()


def refuse(piece: Piece, built: Built) -> None:
    """Raise Faults for what keeps a piece from starting: everything but a scene whose file is broken, while another is whole."""
    fatal = [fault for fault in built.faults if not any(fault is other for other in built.broken.values())]
    fatal += cross_check(piece, built.drivers, built.scenes)
    whole = [name for name in piece.scenes if name not in built.broken]
    if fatal or (piece.scenes and not whole) or any(name in built.broken for name in piece.sensors):
        raise Faults([*fatal, *(fault for fault in built.faults if not any(fault is other for other in fatal))])


class _Performance:
    """One run of a piece."""

    def __init__(self, piece: Piece, built: Built, cache: Path, notify: Notify, quiet: bool) -> None:
        self.piece, self.built, self.cache, self.notify, self.quiet = piece, built, cache, notify, quiet

    async def play(self, record: Path | None, trace: Path | None) -> int:
        """Open, play until it is stopped, close."""
        sys.setswitchinterval(0.001)          # a thread that computes must not keep the control loop waiting for 5 ms at a time
        loop = asyncio.get_running_loop()
        loop.set_default_executor(Aside())
        stop = Stop(loop)
        self.notices = notices = Notices(loop.time)
        self.line = StatusLine(quiet=self.quiet)
        notices.before_line = self.line.clear
        piece, sound = self.piece, self.piece.sound
        arena = Arena(sound.memory, sound.rate, piece.room.outputs, sound.inputs, longest_delay=piece.room.longest_delay,
                      tap=SECONDS if record else 0.0)
        stage = Stage(arena)
        recorder = Recorder(arena, record, notices.tell) if record else None
        self.players = players = Players(arena, stage, sound, self.built.objects["engine", ""], tell=notices.tell)
        lighting = Lighting(piece.light, notices.tell)
        state = state_folder(piece.folder)
        sweep(state, piece.folder, self.cache, notices.tell)
        hours = piece.hours
        wall = Wall.live(state / "clock.json", hours.tz if hours else None, declared=hours is not None and hours.clock == TRUSTED)
        refusals = Refusals(state, notices.tell)
        mqtt = Mqtt(piece.mqtt, piece.folder, notices.tell) if piece.mqtt else None
        self.house = house = House(piece, self.built, Means(stage, players, lighting, self.cache, notices.tell, notices.count, trace=trace,
                                                          state=state / "values.json", costs=stage.costs, wall=wall, mqtt=mqtt,
                                                          logbook=Logbook(state, wall, refusals), refusals=refusals))
        self.happenings = Happenings(house, notices)
        players.on_dropped = house.dropped
        self.lookout = Lookout(piece.folder, notices.tell)
        self.gestures = Gestures(house.gate, self._moved)
        desk, web = Desk(), piece.remote.web
        house.tuning.offer(desk)
        pointing = Pointing(house, self.cache, notices.note)
        self.health = Health(house, notices, pointing)
        pointing.offer(desk)
        figures = Figures(house, players, lighting, self.health, notices, self.lookout)
        browsers = None if web is None else Browsers(piece, web, house.gate, desk, notices.tell, picture=Picture(house, pointing), health=self.health,
                                                     lines=notices.kept, invite=self._invite, figures=figures.families if piece.report.metrics else None)
        remote = Remoting(piece, house.gate, house.sensing.osc, notices.tell, desk, browsers)
        edits = Edits(scene_files(piece), self._edited)
        check = Check(house, players, self.built.objects, notices, state / "loudspeakers.json") if sound.proof.microphone else None
        proof = Proof(house, players, notices.tell, state / "proof.json", is_quiet=lambda: house.doors.level < 1.0 or (check is not None and check.runs),
                      ways=lambda: check.ways if check is not None else {})
        desk.offer("proof.learn", Role.ARTIST, lambda hand: proof.learn())
        if check is not None:
            check.offer(desk)
        self.companions = Companions([
            proof, *([check] if check is not None else []),
            Upkeep(house, piece.care, notices, stop.leave, state),
            Healing(piece.care, Acts(players.again, stop.leave), notices, house.logbook, house.wall, state / "healing.json"),
            *self._reports(mqtt, state),
        ], notices.tell)
        self._builders: list[Callable[[], None]] = []

        def fade() -> None:
            stage.close()
            lighting.leave()

        stop.then(fade)
        work: list[asyncio.Task] = []
        failed: BaseException | None = None
        asked = asyncio.create_task(stop.asked.wait(), name="stop")
        opening = asyncio.create_task(house.open(), name="opening")
        try:
            if recorder:
                recorder.start()
            lighting.start()
            await asyncio.wait([opening, asked], return_when=asyncio.FIRST_COMPLETED)
            if not asked.done():
                opening.result()
                gc.collect()
                gc.freeze()                      # what stands now stays; the collector need not walk it again and again
                self.lookout.start()
                await remote.open()
                await self.companions.open()
                edits.start()
                work = self._work()
                self.notify.ready(say(both("plays", "joue")))
                done, _ = await asyncio.wait([asked, *work], return_when=asyncio.FIRST_COMPLETED)
                failed = next((task.exception() for task in done if task is not asked), None)
        except Exception as error:
            failed = error
        self.notify.stopping()
        self.line.clear()
        stop.within(LAST, stop.code if failed is None else 3)
        self.happenings.ended(failed, stop.code)
        if failed is None:
            notices.note(both("fading out", "fondu de fin"))
        for builder in self._builders:
            builder()
        opening.cancel()
        await asyncio.gather(opening, return_exceptions=True)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LAST - 0.2):
                await house.close(FADE)
        for task in (asked, *work):
            task.cancel()
        await asyncio.gather(asked, *work, edits.stop(), remote.close(), self.companions.close(), return_exceptions=True)
        self.gestures.step(loop.time(), last=True)
        await self.happenings.close()
        self.lookout.stop()
        if recorder:
            recorder.close()
        arena.close()
        if failed is not None:
            raise unforeseen(failed)
        return stop.code

    def _work(self) -> list[asyncio.Task]:
        house, tell = self.house, self.notices.tell

        def tick(now: float) -> None:
            self.lookout.tick()
            house.step(now)

        return [asyncio.create_task(steadily(TICK, tick, tell, vital=True), name="tick"),
                asyncio.create_task(steadily(1.0 / self.piece.light.rate, house.shine, tell), name="light"),
                asyncio.create_task(steadily((self.notify.watchdog or 30.0) / 3, self._feed, tell), name="watchdog"),
                asyncio.create_task(steadily(0.5, self._show, tell), name="status")]

    def _feed(self, now: float) -> None:
        if self.notify.watchdog is not None and self.players.alive:
            self.notify.alive()

    def _show(self, now: float) -> None:
        self.gestures.step(now)
        self.happenings.step(now)
        self.companions.step(now)
        text = status(self.house, self.players, self.health)
        self.line.show(text)
        self.notify.status(text)

    def _moved(self, said: Words) -> None:
        self.notices.note(said)
        self.happenings.moved(said)

    def _reports(self, mqtt: Mqtt | None, state: Path) -> list[Companion]:
        """What the piece tells those who are elsewhere."""
        piece, tell, found = self.piece, self.notices.tell, list[Companion]()
        if piece.report.heartbeat:
            found.append(Heartbeat(piece.report.heartbeat, self.health, mqtt, tell))
        if piece.report.messages:
            found.append(Messenger(piece.report.messages, piece.title, piece.language, self.health, tell, state / "messages.json",
                                   lambda: self.house.wall.seconds))
        return found

    def _invite(self, url: str, pin: str) -> None:
        """Say where the page is. The PIN is for the terminal, or the journal, and not for the log that everyone can read."""
        self.line.clear()
        invite(url, pin)

    async def _edited(self, names: set[str]) -> None:
        job = Job(str(self.piece.file), str(self.cache), scenes=tuple(sorted(names)), drivers=False)
        built: Built = await asyncio.get_running_loop().run_in_executor(None, lambda: build(job, begun=self._builders.append))
        self._builders.clear()
        if built.faults and not built.broken:           # config.yaml itself is being edited and is not in order at the moment
            for fault in built.faults:
                self.house.means.tell(Fault(fault.happened, where=fault.where, remedy=fault.remedy, id="scene.edit"))
            return
        await self.house.edited(built, names)


def scene_files(piece: Piece) -> dict[Path, set[str]]:
    """Each scene file and the scenes that are in it."""
    files: dict[Path, set[str]] = {}
    for name, record in piece.scenes.items():
        files.setdefault(record.file, set()).add(name)
    return files
