"""Light at work: looks in, frames out at a steady pace, whatever else the control process does.

    lighting = Lighting(piece.light, tell, loop.time)
    lighting.start()                        # live: a thread of its own with its own event loop, ports and pace
    lighting.show([(look, weight, layer)])  # from the control loop, once a frame: what the scenes want now
    await lighting.stop()                   # fades to the neutral look; lets go of the ports

    lighting.tick(now)                      # rehearsal: one frame; no thread, no port; {universe: bytes}
    lighting.leave()                        # rehearsal's end: go on with tick until `left`

What crosses into the thread is one array that is never written again: the newest values asked for. The flash guard stands on
the far side, in `tick`, and so sees exactly what leaves and when: a control loop that is blocked, or bursts, or shows nothing
for an hour, changes neither the pace of the frames nor what the guard promises. A frame that is late is dropped; frames never
bunch.

At the end the lamps fade to the neutral look in a second, through the guard, and the last frame is sent three times, because
interfaces hold their last frame for ever. Until the first `show` they stand at the neutral look too.
"""
from __future__ import annotations

import asyncio
import contextlib
import json
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import numpy as np

from ..light.frames import Lights
from ..light.look import Entry, Look
from ..ports.dmx import Port, Tell
from ..ports.universe_port import port_for
from ..rules.lamps import Light, UniverseRecord
from ..terms.fault import Fault, Recovery
from ..terms.words import both

FADE = 1.0          # s to the neutral look
LAST_FRAMES = 3     # times that the last frame is sent
LEAVE_WITHIN = 1.5  # s from `leave` to the last frame, whatever the guard holds
CLOSE_WITHIN = 0.7  # s for the ports to let go
AGAIN = 0.5         # s before a sender that failed begins again


class Lighting:
    """The sender; see the module's docstring.

    light   the piece's light record
    tell    called with faults and recoveries; live, always in the loop that called `start`
    clock   the time now, for those who do not give it: loop.time
    ways    how a universe's port is made (tests give their own)
    record  called with (now, frames) at every tick

    Counters: `frames` ticks, `late` beats that were dropped, `lights.held`, `lights.flashes`, `lights.refused`, `lights.clipped`;
    each port in `ports` counts `sent` and `lost`.
    """

    def __init__(self, light: Light, tell: Tell, clock: Callable[[], float], *,
                 ways: Callable[[UniverseRecord, Tell], Port] = port_for,
                 record: Callable[[float, Mapping[int, bytes]], None] | None = None) -> None:
        self.lights = Lights(light, tell)
        self.rate = light.rate
        self.frames = self.late = 0
        self.ports: dict[int, Port] = {}
        self.left = False
        self._light, self._ways = light, ways
        self._tell, self._clock, self._record = tell, clock, record
        self._neutral = self.lights.compose([(self.lights.neutral(), 1.0)])
        self._wanted = self._sent = self._neutral
        self._asked_to_leave = False
        self._leaving: tuple[float, np.ndarray] | None = None     # since when, from which values
        self._repeats = 0
        self._home: asyncio.AbstractEventLoop | None = None
        self._ended: asyncio.Event | None = None

    def show(self, looks: Iterable[Entry]) -> None:
        """What is wanted from now on: entries (look, weight) or (look, weight, layer), see light/look.py."""
        self._wanted = self.lights.compose(looks)

    def masters(self, levels: Mapping[str, float]) -> None:
        """What stands over all looks, by fixture and by group, 0 to 1; from the next `show` on."""
        self.lights.masters(levels)

    def walk(self, fixture: str) -> Look:
        """A look in which one lamp is lit and the others are dark. Raises Fault if there is no such lamp."""
        return self.lights.walk(fixture)

    def tick(self, now: float) -> dict[int, bytes]:
        """One frame: what may leave at this time, through the guard, to the ports and the record."""
        if self._asked_to_leave and self._leaving is None:
            self._leaving = now, self._sent
        self._sent = self.lights.guarded(self._wanted if self._leaving is None else self._on_the_way(now), now)
        frames = self.lights.pack(self._sent)
        self.frames += 1
        last = self._leaving is not None and (np.array_equal(self._sent, self._neutral) or now - self._leaving[0] >= LEAVE_WITHIN)
        for number, port in self.ports.items():
            port.send(frames[number], now, force=last)
        if self._record is not None:
            self._record(now, frames)
        self._repeats += last
        self.left = self._repeats >= LAST_FRAMES
        return frames

    def leave(self) -> None:
        """Fade to the neutral look from the next tick on; `left` is true once the last frame has been sent three times."""
        self._asked_to_leave = True

    def start(self) -> None:
        """Begin to send, in a thread. Needs a running loop: faults are told in it. Does nothing for a piece without lamps."""
        if self._home is None and self._light.fixtures and self._light.universes:
            self._home = asyncio.get_running_loop()
            self._ended = asyncio.Event()
            threading.Thread(target=self._run, name="lights", daemon=True).start()

    async def stop(self) -> None:
        """Fade to the neutral look, send it three times, let go of the ports: at most two and a half seconds."""
        self.leave()
        if self._ended is not None:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._ended.wait(), LEAVE_WITHIN + CLOSE_WITHIN + 0.3)

    def _on_the_way(self, now: float) -> np.ndarray:
        assert self._leaving is not None
        since, start = self._leaving
        part = min(1.0, max(0.0, (now - since) / FADE))
        return np.rint(start + part * (self._neutral - start)).astype(np.int64)

    def _run(self) -> None:
        """The thread: whatever goes wrong in it is told, and it begins again."""
        while not self.left:
            try:
                asyncio.run(self._beat())
            except Exception as error:
                where = traceback.extract_tb(error.__traceback__)[-1]
                fault = error if isinstance(error, Fault) else Fault(
                    both(f"the light sender failed: {error!r}", f"l'émetteur de lumière a échoué : {error!r}"),
                    where=f"{where.filename}:{where.lineno}", id="light.sender",
                    remedy=both("It begins again by itself; lamps hold their last frame.",
                                "Il recommence de lui-même ; les lampes gardent leur dernière trame."))
                self._tell_home(fault)
                if self._asked_to_leave:
                    break
                time.sleep(AGAIN)
        self._at_home(lambda: self._ended.set() if self._ended else None)

    async def _beat(self) -> None:
        """A frame at every deadline; a deadline that was missed is dropped, and the pace begins anew."""
        loop = asyncio.get_running_loop()
        self.ports = {number: self._ways(universe, self._tell_home) for number, universe in self._light.universes.items()}
        for port in self.ports.values():
            port.open()
        period = 1.0 / self.rate
        due = loop.time()
        try:
            while not self.left:
                self.tick(self._clock())
                due += period
                now = loop.time()
                if now > due:
                    self.late += 1 + int((now - due) / period)
                    due = now + period
                await asyncio.sleep(due - now)
        finally:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(asyncio.gather(*(port.close() for port in self.ports.values())), CLOSE_WITHIN)

    def _tell_home(self, what: Fault | Recovery) -> None:
        self._at_home(lambda: self._tell(what))

    def _at_home(self, call: Callable[[], None]) -> None:
        """Call in the loop that started us; after its end nobody is left to be told."""
        if self._home is not None:
            with contextlib.suppress(RuntimeError):
                self._home.call_soon_threadsafe(call)


class LightsFile:
    """Writes lights.jsonl: {"t": seconds, "universe": n, "values": [512 ints]} for each frame of a universe that changed."""

    def __init__(self, path: Path, began: float = 0.0) -> None:
        self._began = began
        self._before: dict[int, bytes] = {}
        self._file = path.open("w", encoding="utf-8")

    def __call__(self, now: float, frames: Mapping[int, bytes]) -> None:
        for number, values in frames.items():
            if self._before.get(number) != values:
                self._before[number] = values
                row = {"t": round(now - self._began, 6), "universe": number, "values": list(values)}
                self._file.write(json.dumps(row, separators=(", ", ": ")) + "\n")

    def close(self) -> None:
        self._file.close()
