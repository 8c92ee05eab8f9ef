"""A device file that comes and goes: opened, read, written, lost, opened again. Serial lines and raw MIDI share it.

    Wire        the life of one device: `open`, `write`, `close`; it tells its owner of bytes and of changes of state
    State       closed on purpose, absent, or open
    Opened      what an opener returns: a file descriptor, and how to give it back
    apart       a call that may block, made in a thread of its own

Reading: the event loop watches the descriptor; one bounded read at a time, so that a device that floods cannot keep the loop
from its other work. Writing: what has begun is finished, so frames are never cut; of what waits only the newest is kept.

Opening may block (a USB device that no longer answers holds `open` for seconds) and runs in a thread of its own, not in the
loop's executor: that one is joined when Python ends, and a stuck `open` would hold up the end of the programme.
"""
from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import struct
import termios
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

from ..terms.fault import Fault
from ..terms.words import both

LARGEST_READ = 4096      # bytes in one go
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0    # s between attempts to open
STEADY = 2.0             # s: a device that stayed this long has earned a quick first attempt again

Result = TypeVar("Result")


class State(Enum):
    """What a device is doing."""

    CLOSED = "closed"    # on purpose
    ABSENT = "absent"    # wanted, not there; it is looked for
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Opened:
    """An open device: its descriptor (non-blocking), the path it was found under, and how to close it."""

    fd: int
    path: str
    close: Callable[[], None]


class Wire:
    """One device, held open for as long as it is there.

    opener    opens the device and returns it, or raises Fault saying why it cannot; called in a thread
    on_data   gets bytes as they come, at most 4096 at once, in the event loop
    on_state  gets (state, fault) when the state changes. ABSENT brings a Fault the first time and once more for each new
              reason while the device stays away; OPEN and CLOSED bring None
    waiting   how many writes may wait behind the one that is under way; when there are more the oldest is dropped
    name      what faults call it until a path is known

    Counters: `attempts` to open, `opened` times, `received` and `sent` bytes, `replaced` writes that a newer one pushed out,
    `refused` writes made while the device was away.
    """

    def __init__(self, opener: Callable[[], Opened], on_data: Callable[[bytes], None],
                 on_state: Callable[[State, Fault | None], None], *, waiting: int = 1, name: str = "") -> None:
        self._opener, self._on_data, self._on_state = opener, on_data, on_state
        self._name = name
        self.state = State.CLOSED
        self.path = ""
        self.attempts = self.opened = self.received = self.sent = self.replaced = self.refused = 0
        self._device: Opened | None = None
        self._gone: asyncio.Future[Fault] | None = None
        self._under_way = memoryview(b"")
        self._waiting: deque[bytes] = deque(maxlen=max(1, waiting))
        self._told: set[str] = set()
        self._life: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def open(self) -> None:
        """Begin to look for the device. Returns at once; needs a running loop."""
        if self._life is None:
            self._loop = asyncio.get_running_loop()
            self._life = self._loop.create_task(self._live(), name=f"wire {self._name}")

    async def close(self, linger: float = 0.0) -> None:
        """Stop, after at most `linger` seconds given to what was written but has not left yet."""
        if self._life is None or self._loop is None:
            return
        end = self._loop.time() + linger
        while self._device is not None and self._unsent() and self._loop.time() < end:  # noqa: ASYNC110  (the kernel tells nobody)
            await asyncio.sleep(0.005)
        self._life.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._life
        self._life = None
        self._change(State.CLOSED, None)

    def write(self, data: bytes) -> bool:
        """Send one frame as soon as the device takes it; False, and counted, while the device is away.

        Never blocks. True means accepted: a newer frame may still push it out of the queue, unless it has begun to leave.
        """
        if self._device is None or not data:
            self.refused += self._device is None
            return False
        if self._under_way:
            self.replaced += len(self._waiting) == self._waiting.maxlen
            self._waiting.append(bytes(data))
            return True
        self._under_way = memoryview(bytes(data))
        self._push()
        return self._device is not None

    async def _live(self) -> None:
        assert self._loop is not None
        pause = FIRST_PAUSE
        while True:
            self.attempts += 1
            try:
                device = await apart(self._opener, _give_back, self._name)
            except Fault as fault:
                self._missing(fault)
            else:
                since = self._loop.time()
                self._missing(await self._serve(device))
                if self._loop.time() - since > STEADY:
                    pause = FIRST_PAUSE
            await asyncio.sleep(pause)
            pause = min(LONGEST_PAUSE, pause * 2)

    async def _serve(self, device: Opened) -> Fault:
        """Let the device speak until it is lost; returns how it was lost."""
        assert self._loop is not None
        self._device, self._gone = device, self._loop.create_future()
        self._under_way = memoryview(b"")
        self._waiting.clear()
        self.path = device.path
        self.opened += 1
        self._told.clear()
        try:
            self._change(State.OPEN, None)
            self._loop.add_reader(device.fd, self._read)
            return await self._gone
        finally:
            self._loop.remove_reader(device.fd)
            self._loop.remove_writer(device.fd)
            self._device = None
            _give_back(device)

    def _read(self) -> None:
        if self._device is None:
            return
        try:
            data = os.read(self._device.fd, LARGEST_READ)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            self._lose(error.strerror or str(error))
            return
        if not data:
            self._lose("hang-up")
            return
        self.received += len(data)
        self._on_data(data)

    def _push(self) -> None:
        """Write as much as the device takes now, and ask to be called when it takes more."""
        if self._device is None or self._loop is None:
            return
        fd = self._device.fd
        try:
            while self._under_way:
                done = os.write(fd, self._under_way)
                self.sent += done
                self._under_way = self._under_way[done:]
                if not self._under_way and self._waiting:
                    self._under_way = memoryview(self._waiting.popleft())
        except (BlockingIOError, InterruptedError):
            self._loop.add_writer(fd, self._push)
            return
        except OSError as error:
            self._lose(error.strerror or str(error))
            return
        self._loop.remove_writer(fd)

    def _lose(self, reason: str) -> None:
        assert self._loop is not None
        if self._device is not None:
            self._loop.remove_reader(self._device.fd)    # a lost descriptor stays readable: it would be called without end
            self._loop.remove_writer(self._device.fd)
        if self._gone is not None and not self._gone.done():
            self._gone.set_result(Fault(
                both(f"the device has gone ({reason})", f"l'appareil a disparu ({reason})"), where=self.path or self._name,
                remedy=both("Is its cable in, and its power on? It is taken up again as soon as it returns.",
                            "Câble branché, appareil sous tension ? Il est repris dès son retour."), id="wire.lost"))

    def _missing(self, fault: Fault) -> None:
        """Tell of an absence once, and once more for each new reason. That a lost device is not found is no new reason."""
        new = fault.id not in self._told and not (fault.id == "wire.missing" and "wire.lost" in self._told)
        self._told.add(fault.id)
        if new:
            self.state = State.ABSENT
            self._on_state(State.ABSENT, fault.at(self._name))

    def _change(self, state: State, fault: Fault | None) -> None:
        if state is not self.state:
            self.state = state
            self._on_state(state, fault)

    def _unsent(self) -> int:
        """Bytes that were accepted and have not left the machine."""
        kept = len(self._under_way) + sum(len(frame) for frame in self._waiting)
        if self._device is not None:
            with contextlib.suppress(OSError):    # raw MIDI has no such question
                kept += struct.unpack("i", fcntl.ioctl(self._device.fd, termios.TIOCOUTQ, b"\0\0\0\0"))[0]
        return kept


async def apart(call: Callable[[], Result], give_back: Callable[[Result], None], name: str) -> Result:
    """Call something that may block, in a thread of its own; what it gives after nobody waits any more is given back.

    Raises the Fault that the call raises; whatever else it raises comes as a Fault too.
    """
    loop = asyncio.get_running_loop()
    result: asyncio.Future[Result] = loop.create_future()

    def settle(got: list[Result], fault: Fault | None) -> None:
        if fault is not None and not result.done():
            result.set_exception(fault)
        for thing in got:
            if result.done():
                give_back(thing)
            else:
                result.set_result(thing)

    def attempt() -> None:
        got: list[Result] = []
        fault: Fault | None = None
        try:
            got.append(call())
        except Fault as refused:
            fault = refused
        except Exception as error:    # a library with a complaint of its own: said, and tried again
            fault = Fault(both(f"it would not open: {error!r}", f"ouverture impossible : {error!r}"), where=name, id="wire.open")
        try:
            loop.call_soon_threadsafe(settle, got, fault)
        except RuntimeError:    # the loop ended meanwhile
            for thing in got:
                give_back(thing)

    threading.Thread(target=attempt, name=f"open {name}", daemon=True).start()
    return await result


def _give_back(device: Opened) -> None:
    """Close without waiting: a line that no longer takes bytes would hold `close` for thirty seconds."""
    with contextlib.suppress(OSError, termios.error):
        termios.tcflush(device.fd, termios.TCOFLUSH)
    with contextlib.suppress(OSError, termios.error):
        device.close()
