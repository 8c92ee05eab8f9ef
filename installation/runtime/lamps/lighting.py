"""Light as the control process sees it: looks go in, and a process of its own sends frames at a steady pace (lamps.py).

    Looks       what is wanted of the lamps now; all that scenes and the house need to know. Rehearsed light is one, live light another
    Lighting    live: the light process, started, watched and replaced

    lighting = Lighting(piece.light, tell)
    lighting.start()
    lighting.show([(look, weight, layer)])  once a frame: what the scenes want now
    await lighting.stop()                   the lamps fade to the neutral look; the process lets go of the ports and is gone

What crosses is one array of the newest values, in shared memory. The flash guard stands on the far side and sees exactly what leaves and when: a
control process that is blocked, or bursts, or shows nothing for an hour, changes neither the pace of the frames nor what the guard
promises; one that dies leaves the lamps at the neutral look.

A light process that dies, or sends nothing for a while, is ended and followed by another, which goes on from the frame that left last; never
sooner than some seconds after the one before it was started, unless the piece is ending.
"""
from __future__ import annotations

import asyncio
import contextlib
import json
import os
import pickle
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import numpy as np

from ...light.frames import Lights
from ...light.look import Entry, Look
from ...light.outlet import LEAVE_WITHIN
from ...ports.dmx import Edge
from ...rules.lamps import Light
from ...terms.fault import Fault, Recovery
from ...terms.words import Words, both
from ..said import fault_from, heard_from
from .lamp_values import BEAT, FLASHES, HELD, LATE, LEAVE, LampValues
from .lamps import CLOSE_WITHIN

ROOT = Path(__file__).resolve().parents[3]
TICK = 0.1          # s between two looks at the beat
STILL = 0.5         # s without a frame (or 12 frames, if that is longer), and the process is replaced
BEGIN_WITHIN = 10.0  # s to the first frame: a Pi that is compiling beside it takes some
WELL = 2.0          # s of frames, and what was wrong is over
BETWEEN = 3.0       # s at least between two starts


Over = Callable[[Iterable[Entry]], tuple[Iterable[Entry], bool]]


class Looks:
    """What is wanted of the lamps. `tell` hears what is wrong in a look.

    over    gives what is shown in place of what is asked for, and whether the masters stand over it (pointing.py); None shows what is asked for
    """

    def __init__(self, light: Light, tell: Callable[[Fault | Recovery], None]) -> None:
        self.lights = Lights(light, tell)
        self.wanted = self.lights.compose([(self.lights.neutral(), 1.0)])
        self.over: Over | None = None

    def show(self, looks: Iterable[Entry]) -> None:
        """What is wanted from now on: entries (look, weight) or (look, weight, layer), see light/look.py."""
        entries, mastered = self.over(looks) if self.over else (looks, True)
        self.wanted = self.lights.compose(entries, mastered=mastered)

    def masters(self, levels: Mapping[str, float]) -> None:
        """What stands over all looks, by fixture and by group, 0 to 1; from the next `show` on."""
        self.lights.masters(levels)

    def neutral(self) -> Look:
        """The look for when nothing plays."""
        return self.lights.neutral()

    def sent(self) -> np.ndarray | None:
        """The value of every channel as it left last; None before the first frame. Never write to them."""
        return self.wanted

    def lamps(self, name: str) -> tuple[str, ...]:
        """The lamps that a name means: one, or those of a group. Raises Fault if there is none."""
        return self.lights.lamps(name)

    def walk(self, fixture: str) -> Look:
        """A look in which one lamp is lit and the others are dark. Raises Fault if there is no such lamp."""
        return self.lights.walk(fixture)

    async def stop(self) -> None:
        """The end."""


class Lighting(Looks):
    """Live light; see the module's docstring. Needs a running loop, in which faults are told.

    pid        the light process, 0 while there is none
    started    how many there were
    """

    def __init__(self, light: Light, tell: Callable[[Fault | Recovery], None]) -> None:
        super().__init__(light, tell)
        self.pid = self.started = 0
        self._tell = tell
        self._light = light
        self._still = max(STILL, 12.0 / light.rate)
        self._values = LampValues(len(self.lights.patch.channels))
        self._stopping = asyncio.Event()
        self._life: asyncio.Task[None] | None = None
        self._edge = Edge(tell, "light", both("a new light process sends on", "un nouveau processus de lumière a pris la suite"))
        self._standing: dict[tuple[str, str], Words] = {}      # faults of ports, as told
        self._doubted: set[tuple[str, str]] = set()            # those that a process before this one told, and this one has not
        self._last_word: Fault | None = None

    @property
    def frames(self) -> int:
        """Frames that left, of every process."""
        return self._values.words[BEAT]

    @property
    def late(self) -> int:
        """Deadlines that were dropped."""
        return self._values.words[LATE]

    @property
    def held(self) -> int:
        """Frames in which the guard of the present process refused something."""
        return self._values.words[HELD]

    @property
    def flashes(self) -> int:
        """Rises after a fall that it let through."""
        return self._values.words[FLASHES]

    def show(self, looks: Iterable[Entry]) -> None:
        super().show(looks)
        self._values.wanted.put(self.wanted)

    def sent(self) -> np.ndarray | None:
        return self._values.sent.get()

    def start(self) -> None:
        """Begin to send. Does nothing for a piece without lamps."""
        if self._life is None and self._light.fixtures and self._light.universes:
            self._life = asyncio.get_running_loop().create_task(self._live(), name="lights")

    def leave(self) -> None:
        """Fade to the neutral look now. Sets a flag: may be called from anywhere, a signal handler too."""
        self._values.words[LEAVE] = 1

    async def stop(self) -> None:
        """Fade to the neutral look, send it three times, let go of the ports: at most two and a half seconds."""
        self.leave()
        self._stopping.set()
        if self._life is not None:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._life, LEAVE_WITHIN + CLOSE_WITHIN + 0.3)

    # ---- the process -----------------------------------------------------------------------------------------------------

    async def _live(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            began, ending = loop.time(), self._stopping.is_set()
            reason = await self._one()
            if self._values.words[LEAVE] and (reason is None or ending):
                return
            self._edge.begin(reason or _ended(0))
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), max(0.0, began + BETWEEN - loop.time()))

    async def _one(self) -> Fault | None:
        """The life of one process: why it has ended, or None if it was to leave and has left."""
        try:
            process, line = self._begin()
        except OSError as error:
            return Fault(both(f"the light process cannot be started: {error.strerror}",
                              f"impossible de lancer le processus de lumière : {error.strerror}"), id="light.process")
        loop = asyncio.get_running_loop()
        gone = asyncio.Event()
        pidfd = os.pidfd_open(process.pid)
        loop.add_reader(pidfd, gone.set)
        self._doubted = set(self._standing)
        self._last_word = None
        hearing = asyncio.create_task(self._hear(line), name="light line")
        try:
            hangs = await self._watch(gone)
            if hangs is not None:
                process.kill()
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(gone.wait(), 0.5)
        except asyncio.CancelledError:         # it was given the time it needs: it hangs
            process.kill()
            raise
        finally:
            self.pid = 0
            loop.remove_reader(pidfd)
            os.close(pidfd)
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(hearing, 0.2)
            line.close()
        status = process.poll()
        return hangs or self._last_word or (_ended(status) if status != 0 or not self._values.words[LEAVE] else None)

    def _begin(self) -> tuple[subprocess.Popen[bytes], socket.socket]:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        record = os.memfd_create("light", os.MFD_CLOEXEC)
        try:
            os.write(record, pickle.dumps(self._light))
            os.lseek(record, 0, os.SEEK_SET)
            process = subprocess.Popen(
                [sys.executable, "-m", "installation.runtime.lamps.lamps", "--values", str(self._values.fd), "--line", str(theirs.fileno()),
                 "--channels", str(len(self.lights.patch.channels))],
                cwd=ROOT, pass_fds=(self._values.fd, theirs.fileno()), stdin=record, start_new_session=True,
                env={**os.environ, "OPENBLAS_NUM_THREADS": "1"})
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
            os.close(record)
        self.pid = process.pid
        self.started += 1
        return process, ours

    async def _watch(self, gone: asyncio.Event) -> Fault | None:
        """Return when the process is gone, or with the Fault that it hangs, by time that this loop itself was awake."""
        loop = asyncio.get_running_loop()
        beat, still, well, seen = self.frames, 0.0, 0.0, loop.time()
        limit = BEGIN_WITHIN
        while not gone.is_set():
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(gone.wait(), TICK)
            now = loop.time()
            awake, seen = min(now - seen, 2 * TICK), now
            if self.frames != beat:
                beat, still, limit = self.frames, 0.0, self._still
                well += awake
                if well > WELL:
                    self._well()
            else:
                still += awake
            if still > limit and not gone.is_set() and not self._values.words[LEAVE]:
                return Fault(both(f"the light process has sent no frame for {still:.1f} s", f"le processus de lumière n'a rien envoyé depuis {still:.1f} s"),
                             id="light.hangs", remedy=both("It is replaced; lamps hold their last frame until then.",
                                                           "On le remplace ; d'ici là, les lampes gardent leur dernière trame."))
        return None

    def _well(self) -> None:
        self._edge.end()
        for key in self._doubted & set(self._standing):
            where, id = key
            self._tell(Recovery(self._standing.pop(key), where, id))
        self._doubted.clear()

    async def _hear(self, line: socket.socket) -> None:
        reader, writer = await asyncio.open_connection(sock=line)
        try:
            while text := await reader.readline():
                self._heard(json.loads(text))
        except (OSError, ValueError):          # it died in the middle of a word
            pass
        finally:
            writer.close()

    def _heard(self, said: dict) -> None:
        if said["event"] == "failed":
            self._last_word = fault_from(said["fault"])
            return
        what = heard_from(said["fault"])
        key = what.where, what.id
        if isinstance(what, Recovery):
            self._standing.pop(key, None)
        else:
            known = key in self._standing
            self._standing[key] = both("it works again", "cela fonctionne de nouveau")
            self._doubted.discard(key)
            if known:                          # told already, by the process before this one
                return
        self._tell(what)


def _ended(status: int | None) -> Fault:
    if status is not None and status < 0:
        name = signal.Signals(-status).name if -status in list(signal.Signals) else f"signal {-status}"
        why = both(f" ({name})", f" ({name})")
    else:
        why = both(f" (exit status {status})", f" (code de sortie {status})")
    return Fault(both("the light process has ended", "le processus de lumière s'est arrêté") + why, id="light.died",
                 remedy=both("Another takes its place; lamps hold their last frame until then.",
                             "Un autre prend sa place ; d'ici là, les lampes gardent leur dernière trame."))
