"""Real-time priority for the audio thread, and memory that is never swapped: asked for, and read back.

Priority comes from systemd's LimitRTPRIO, from limits.d (the group `audio` on Raspberry Pi OS) or from being root. JACK's
threads have it already. Only the arena is locked, not the whole process: LLVM's code is large and is not touched while it plays.
"""
from __future__ import annotations

import contextlib
import os
import resource
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...audio.mapping import locked

if TYPE_CHECKING:
    from ...audio.arena import Arena

WISHED = 70        # below JACK's and the kernel's own threads' usual 80 to 99, above everything else

_NAMES = {os.SCHED_OTHER: "SCHED_OTHER", os.SCHED_FIFO: "SCHED_FIFO", os.SCHED_RR: "SCHED_RR", os.SCHED_BATCH: "SCHED_BATCH",
          os.SCHED_IDLE: "SCHED_IDLE"}


def raise_to_real_time(thread: int) -> bool:
    """Give a thread, by its id, SCHED_FIFO within the limit; a thread that is real-time already stays as it is."""
    if os.sched_getscheduler(thread) & ~os.SCHED_RESET_ON_FORK in (os.SCHED_FIFO, os.SCHED_RR):
        return True
    allowed = resource.getrlimit(resource.RLIMIT_RTPRIO)[0]
    for priority in (WISHED, min(WISHED, allowed)):
        if priority < 1:
            continue
        try:
            os.sched_setscheduler(thread, os.SCHED_FIFO, os.sched_param(priority))
        except OSError:
            continue
        return True
    return False


def follow(thread: int, leader: int) -> None:
    """Give a thread the policy of another (0 is this one), and if that is real-time, the priority just below: nothing but the leader goes before it."""
    with contextlib.suppress(OSError):         # not permitted: it stays as it was
        chosen, priority = os.sched_getscheduler(leader) & ~os.SCHED_RESET_ON_FORK, os.sched_getparam(leader).sched_priority
        os.sched_setscheduler(thread, chosen, os.sched_param(max(1, priority - 1) if priority else 0))


def patient() -> None:
    """This thread gives way to others; it may go back to `ordinary` without any privilege."""
    _set(os.SCHED_BATCH, 0)


def ordinary() -> None:
    """This thread is one among others."""
    _set(os.SCHED_OTHER, 0)


@contextlib.contextmanager
def urgent() -> Iterator[None]:
    """While a card is opened in a gap of sound, this thread goes before all that is not real-time, where the limit allows."""
    _set(os.SCHED_RR, 1)
    try:
        yield
    finally:
        ordinary()


def _set(policy: int, priority: int) -> None:
    with contextlib.suppress(OSError):         # not permitted: it stays as it was
        os.sched_setscheduler(0, policy, os.sched_param(priority))


def policy(thread: int) -> str:
    """A thread's policy as the kernel has it: "SCHED_FIFO 70"; "" if the thread is gone."""
    try:
        name = _NAMES.get(os.sched_getscheduler(thread) & ~os.SCHED_RESET_ON_FORK, "?")
        return f"{name} {os.sched_getparam(thread).sched_priority}"
    except OSError:
        return ""


def lock(arena: "Arena") -> bool:
    """Keep the arena in memory, if RLIMIT_MEMLOCK allows."""
    return locked(arena.base, arena.size)
