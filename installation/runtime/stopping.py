"""How a piece is stopped: INT and TERM begin the fade at once, whatever holds the loop, and the process ends within three seconds.

    stop = Stop(loop, begin)        begin() is called at the signal itself; it must only set flags
    await stop.asked.wait()
    stop.leave(3)                   the engine itself wants to end, with this code, as if it had been told to
    stop.within(LAST)               from now on the process has so long to end by itself

The handler is Python's own rather than the loop's, because a play() that never awaits holds the loop for ever, and the person at the
keyboard must win.
"""
from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType

LAST = 2.7          # s after which the end is not waited for any longer


class Stop:
    """Made in the main thread, inside the running loop. code: what the process ends with."""

    def __init__(self, loop: asyncio.AbstractEventLoop, begin: Callable[[], None] = lambda: None) -> None:
        self.asked = asyncio.Event()
        self._loop, self._begin = loop, begin
        self._timer: threading.Timer | None = None
        self.code = 0
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._heard)

    def then(self, begin: Callable[[], None]) -> None:
        """What begins at the signal, now that there is something to fade."""
        self._begin = begin
        if self.asked.is_set():
            begin()

    def leave(self, code: int) -> None:
        """End as a signal would, but with this code: the service manager starts what ended so anew. A signal that was heard before stands."""
        if not self.asked.is_set():
            self.code = code
            self._begin()
            self.asked.set()

    def within(self, seconds: float = LAST, code: int = 0) -> None:
        """End the process hard if it has not ended by itself by then. Players fade by themselves when control is gone."""
        if self._timer is None:
            self._timer = threading.Timer(seconds, _end, (code,))
            self._timer.daemon = True
            self._timer.start()

    def _heard(self, number: int, frame: FrameType | None) -> None:
        self._begin()
        self.within()
        with contextlib.suppress(RuntimeError):       # the loop is closed already
            self._loop.call_soon_threadsafe(self.asked.set)


def settle() -> None:
    """After the end: further signals are too late to matter."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


def _end(code: int) -> None:
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.flush()
    os._exit(code)
