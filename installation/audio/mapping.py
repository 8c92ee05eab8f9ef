"""Memory as the operating system gives it: reserved, mapped where we want it; and the sentences for when there is none.

    reserved(size) → fd              shared memory without a name, all of it there
    mapped(size, fd, at=address)     looked at from an address; fd None is private memory, zeroed
    unmapped(address, size)
    locked(address, size)            kept from being swapped out, if that is allowed
"""

from __future__ import annotations

import ctypes
import functools
import os
from typing import Any

from ..terms.fault import Fault
from ..terms.words import both

READ_WRITE = 0x1 | 0x2
SHARED, PRIVATE, FIXED, ANONYMOUS, POPULATE = 0x01, 0x02, 0x10, 0x20, 0x8000


def reserved(size: int) -> int:
    """A descriptor of so many bytes, which are there and not only promised. Raises Fault."""
    fd = os.memfd_create("installation", os.MFD_CLOEXEC)
    try:
        os.posix_fallocate(fd, 0, size)
    except OSError as error:
        os.close(fd)
        raise no_memory(size, str(error.strerror), str(error.strerror)) from error
    return fd


def mapped(size: int, fd: int | None = None, *, at: int = 0) -> int:
    """The address from which so much memory is seen, touched already; over what lies at `at`, if that is given. Raises Fault."""
    flags = (PRIVATE | ANONYMOUS if fd is None else SHARED) | POPULATE | (FIXED if at else 0)
    address = _libc().mmap(at, size, READ_WRITE, flags, -1 if fd is None else fd, 0)
    if address == ctypes.c_void_p(-1).value:
        why = os.strerror(ctypes.get_errno())
        raise no_memory(size, why, why)
    return address


def unmapped(address: int, size: int) -> None:
    """Let go of what was mapped."""
    _libc().munmap(address, size)


def locked(address: int, size: int) -> bool:
    """Keep it in memory, if RLIMIT_MEMLOCK allows."""
    return _libc().mlock(address, size) == 0


@functools.cache
def _libc() -> Any:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_void_p
    libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
    libc.munmap.argtypes = libc.mlock.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
    return libc


def available() -> int:
    """Bytes that this machine can give without swapping, as its kernel reckons."""
    with open("/proc/meminfo", encoding="ascii") as lines:
        for line in lines:
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return 1 << 62


def megabytes(size: int) -> str:
    """So many bytes, for a person."""
    return f"{size / 1e6:.1f} MB"


def full(wanted: int, room: int, what: str) -> Fault:
    """The sentence about a heap without room."""
    subject = f"{what}: " if what else ""
    return Fault(
        both(
            f"{subject}needs {megabytes(wanted)} of sound memory, {megabytes(room)} are left",
            f"{subject}il faut {megabytes(wanted)} de mémoire sonore, il en reste {megabytes(room)}",
        ),
        where="sound.memory",
        id="arena.full",
        remedy=both(
            "Raise `memory` under `sound`, or stream long recordings instead of holding them in memory.",
            "Augmentez `memory` sous `sound`, ou lisez les longs enregistrements depuis le disque.",
        ),
    )


def too_small(size: int, least: int) -> Fault:
    """The sentence about an arena in which nothing would fit."""
    return Fault(
        both(
            f"{megabytes(size)} of sound memory are too few: the engine itself takes {megabytes(least)}",
            f"{megabytes(size)} de mémoire sonore ne suffisent pas : le moteur seul en prend {megabytes(least)}",
        ),
        where="sound.memory",
        id="arena.small",
        remedy=both("Raise `memory` under `sound`.", "Augmentez `memory` sous `sound`."),
    )


def no_memory(size: int, why: str, pourquoi: str) -> Fault:
    """The sentence about a machine without memory."""
    return Fault(
        both(
            f"this machine cannot give {megabytes(size)} of sound memory: {why}",
            f"cette machine ne peut donner {megabytes(size)} de mémoire sonore : {pourquoi}",
        ),
        where="sound.memory",
        id="arena.memory",
        remedy=both("Lower `memory` under `sound`, or close other programs.", "Baissez `memory` sous `sound`, ou fermez d'autres programmes."),
    )
