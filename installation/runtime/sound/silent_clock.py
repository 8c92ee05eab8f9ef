"""The silent clock: renders at the card's pace where there is no card, so that the piece's time goes on.

It calls the same native callback as a card would, into an array that nobody hears, by the monotonic clock. A machine that was
held up makes good a few blocks and lets the rest go, as a card would: it never hurries after.
"""
from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Callable

BEHIND = 8          # periods that are made good

Callback = Callable[[int, int, int, int, int, int], int]


def native(address: int) -> Callback:
    """The PortAudio callback at that address, as something to call. It does not hold the interpreter while it runs."""
    return ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_ulong, ctypes.c_void_p, ctypes.c_ulong,
                            ctypes.c_void_p)(address)


class SilentClock:
    """A card that is not there. Same doors as `card.Stream`."""

    def __init__(self, *, rate: int, outputs: int, inputs: int = 0, block: int = 256, callback: int, userdata: int) -> None:
        self._call, self._userdata = native(callback), userdata
        self._period, self._block = block / rate, block
        self._out = (ctypes.c_float * (block * outputs))()
        self._in = (ctypes.c_float * (block * inputs))() if inputs else None
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="silent clock", daemon=True)
        self.latency = 0.0
        self.active = True

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """End after the block that it is at; returns within half a second even if that block never ends."""
        self._ending.set()
        self._thread.join(0.5)

    def _run(self) -> None:
        out = ctypes.addressof(self._out)
        heard = ctypes.addressof(self._in) if self._in is not None else 0
        due = time.monotonic()
        while not self._ending.is_set():
            if self._call(heard, out, self._block, 0, 0, self._userdata):
                break           # the callback is done: another player has taken over
            due += self._period
            now = time.monotonic()
            if now > due + BEHIND * self._period:
                due = now
            elif due > now:
                time.sleep(due - now)
        self.active = False
