"""The silent clock calls a native callback as a card would: whole periods, and never hurrying after."""
from __future__ import annotations

import ctypes
import threading

from installation.runtime.sound.silent_clock import SilentClock

SHAPE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_ulong, ctypes.c_void_p, ctypes.c_ulong,
                         ctypes.c_void_p)


def test_it_renders_whole_periods_until_it_is_closed() -> None:
    calls: list[tuple[bool, int, int]] = []
    enough = threading.Event()

    @SHAPE
    def callback(heard: int, out: int, frames: int, _times: int, _flags: int, userdata: int) -> int:
        calls.append((bool(heard), frames, userdata))
        ctypes.memset(out, 0, frames * 3 * 4)          # it owns that many bytes
        if len(calls) == 5:
            enough.set()
        return 0

    address = ctypes.cast(callback, ctypes.c_void_p).value
    assert address
    clock = SilentClock(rate=48_000, outputs=3, inputs=1, block=96, callback=address, userdata=4711)
    clock.start()
    assert enough.wait(10)
    clock.close()
    assert not clock.active
    assert set(calls) == {(True, 96, 4711)}


def test_it_ends_when_the_callback_says_that_another_has_taken_over() -> None:
    done = SHAPE(lambda *_: 2)
    address = ctypes.cast(done, ctypes.c_void_p).value
    assert address
    clock = SilentClock(rate=48_000, outputs=1, block=64, callback=address, userdata=0)
    clock.start()
    clock._thread.join(10)
    assert not clock.active
