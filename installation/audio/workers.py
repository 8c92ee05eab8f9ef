"""Threads beside the callback's that render (see `sharing`): each runs compiled code alone, from its start until it is asked to leave.

    workers = Workers(arena, user, threads, code, kept)     started, and asleep
    workers.become(epoch)                                   whose turn it is, before the first block
    workers.tids                                            their numbers in the operating system
    workers.close()                                         they leave; between two blocks only

A worker sees the arena at an address of its own, where the scratch signals and a graph's bus are private memory; so the offsets that
instances hold serve every thread, and no kernel knows of it.
"""

from __future__ import annotations

import ctypes
import signal
import threading
from collections.abc import Mapping
from typing import Any

from .arena import Arena
from .layout import (
    FRAMES,
    J_BUSES,
    J_FORMER,
    MAX_GRAPHS,
    MOST_SENT,
    MOST_THREADS,
    OUTPUTS,
    OWN_AT,
    OWN_SIZE,
    U_BASE,
    U_EPOCH,
    U_JOBS,
    U_SHARED,
    U_THREAD,
    U_THREADS,
    USER_WORDS,
    WORD,
    WORK_AT,
    WORK_SIZE,
)
from .mapping import locked, mapped, unmapped

FATAL = (signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE, signal.SIGTRAP)  # by which a kernel ends its process
FUTEX_WAKE_PRIVATE = 129
_handlers: list[Any] = []  # code that may be some signal's handler is never unloaded


class Workers:
    """All but the first thread of a player.

    user     the player's own words
    threads  how many there are with the callback's, 2 to MOST_THREADS
    code     addresses of the engine's doors, by name
    kept     what keeps that code in memory
    """

    def __init__(self, arena: Arena, user: Any, threads: int, code: Mapping[str, int], kept: Any) -> None:
        if not 2 <= threads <= MOST_THREADS:
            raise ValueError(f"2 to {MOST_THREADS} threads, not {threads}")
        self._arena, self._user, self._code = arena, user, code
        self._size = J_BUSES * WORD + MAX_GRAPHS * (arena.words[OUTPUTS] + MOST_SENT) * FRAMES * 4 + threads * USER_WORDS * WORD
        self._at = mapped(self._size)
        self._jobs = (ctypes.c_int64 * J_BUSES).from_address(self._at)
        user[U_JOBS], user[U_THREADS], user[U_SHARED] = self._at, threads, 0
        self._views = [_view(arena) for _ in range(1, threads)]
        self._users = []
        for thread, base in enumerate(self._views, 1):
            own = (ctypes.c_int64 * USER_WORDS).from_address(self._at + self._size - thread * USER_WORDS * WORD)
            own[:] = user[:]
            own[U_BASE], own[U_THREAD] = base, thread
            self._users.append(own)
        _handlers.append(kept)
        for number in FATAL:
            self._jobs[J_FORMER + number] = _signal(number, code["engine_fatal"])
        run = ctypes.CFUNCTYPE(None, ctypes.c_int64)(code["engine_work"])  # lets go of the interpreter for as long as it runs
        self._threads = [threading.Thread(target=run, args=(ctypes.addressof(own),), name="worker", daemon=True) for own in self._users]
        for one in self._threads:
            one.start()

    @property
    def tids(self) -> list[int]:
        """Of those that run."""
        return [one.native_id for one in self._threads if one.native_id is not None]

    def become(self, epoch: int) -> None:
        """They belong to the player of that epoch."""
        for own in self._users:
            own[U_EPOCH] = epoch

    def lock(self) -> bool:
        """Keep what is theirs from being swapped out, if RLIMIT_MEMLOCK allows."""
        own = [(base + self._arena.words[OWN_AT], self._arena.words[OWN_SIZE]) for base in self._views]
        done = [locked(at, size) for at, size in [(self._at, self._size), *own]]
        return all(done)

    def close(self) -> None:
        """Let them leave, and give back their memory."""
        ctypes.CFUNCTYPE(None, ctypes.c_int64)(self._code["engine_dismiss"])(ctypes.addressof(self._user))
        self._user[U_JOBS] = self._user[U_THREADS] = 0
        for one in self._threads:
            one.join()
        self._give_back_handlers()
        for base in self._views:
            unmapped(base, self._arena.size)
        unmapped(self._at, self._size)

    def _give_back_handlers(self) -> None:
        for number in FATAL:
            now = _signal(number, self._jobs[J_FORMER + number])
            if now != self._code["engine_fatal"]:  # somebody else's came later
                _signal(number, now)


def _view(arena: Arena) -> int:
    """The address at which the arena is seen once more, with private memory for what is a thread's own."""
    words = arena.words
    base = mapped(arena.size, arena.fd)
    if arena.work_fd != arena.fd:
        mapped(words[WORK_SIZE], arena.work_fd, at=base + words[WORK_AT])
    mapped(words[OWN_SIZE], at=base + words[OWN_AT])
    return base


def _signal(number: int, handler: int) -> int:
    """Set a signal's handler, by its address; the one that was there."""
    libc = ctypes.CDLL(None)
    libc.signal.restype = ctypes.c_void_p
    libc.signal.argtypes = [ctypes.c_int, ctypes.c_void_p]
    return libc.signal(number, handler) or 0
