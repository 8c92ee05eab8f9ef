"""A grip that a process keeps while it lives, and whose loosening is the first sign of its death.

    grip = Grip()                 in control; grip.fd goes to the player
    Grip(fd).keep()               in the player, by its main thread
    grip.wait()                   in control, by a thread of its own: returns once the player is dying

The kernel gives up a dead process's memory before it says that the process is dead, and on a busy machine that takes 20 to 60 ms.
Robust locks it releases before that. So this is such a lock (POSIX, pthread_mutexattr_setrobust), in a page of shared memory.
Who waits learns that the player renders no more, and neither its exit status nor that its card is free.
"""
from __future__ import annotations

import ctypes
import errno
import mmap
import os

SIZE = 4_096
_SHARED, _ROBUST = 1, 1        # PTHREAD_PROCESS_SHARED, PTHREAD_MUTEX_ROBUST


class Grip:
    """A robust lock in shared memory.

    fd    its memory's descriptor, to be passed on
    """

    def __init__(self, fd: int | None = None) -> None:
        made = fd is None
        if fd is None:
            fd = os.memfd_create("grip", os.MFD_CLOEXEC)
            os.truncate(fd, SIZE)
        self.fd = fd
        self._memory = mmap.mmap(fd, SIZE)
        self._libc = ctypes.CDLL(None)
        self._lock = ctypes.c_void_p(ctypes.addressof(ctypes.c_char.from_buffer(self._memory)))
        if made:
            self._make()

    def keep(self) -> None:
        """Hold it as long as this thread lives. Its page stays mapped from now on: the kernel looks for the lock there."""
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(self._memory))        # even while the interpreter tidies up at its end
        _check(self._libc.pthread_mutex_lock(self._lock))

    def wait(self) -> None:
        """Block until whoever keeps it is dying; at once if nobody does."""
        got = self._libc.pthread_mutex_lock(self._lock)
        if got in (0, errno.EOWNERDEAD):
            self._libc.pthread_mutex_unlock(self._lock)
        elif got != errno.ENOTRECOVERABLE:
            _check(got)

    def close(self) -> None:
        """Let go of the descriptor; the page goes with the last who looks at it."""
        os.close(self.fd)

    def _make(self) -> None:
        kind = ctypes.create_string_buffer(64)        # a pthread_mutexattr_t, 4 to 8 bytes
        _check(self._libc.pthread_mutexattr_init(kind))
        _check(self._libc.pthread_mutexattr_setpshared(kind, _SHARED))
        _check(self._libc.pthread_mutexattr_setrobust(kind, _ROBUST))
        _check(self._libc.pthread_mutex_init(self._lock, kind))


def _check(number: int) -> None:
    if number:
        raise OSError(number, os.strerror(number))
