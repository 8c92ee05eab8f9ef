"""The machine that the piece runs on, as the kernel tells of it: heat, throttling, memory, open files, threads, room on the disk.

    machine = Machine()
    machine.look(folder)       one look at all of it: a Look; what the kernel does not tell is None

Every look is a few short reads of /proc and /sys, some milliseconds on a Raspberry Pi: do it aside from the loop.
Source: kernel documentation, thermal/sysfs-api and filesystems/proc; Raspberry Pi documentation, `vcgencmd get_throttled`.
"""
from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

UNDER_VOLTAGE, CAPPED, THROTTLED, SOFT_LIMIT = 0x1, 0x2, 0x4, 0x8         # what a Raspberry Pi says of now
_THROTTLE = ("sys/devices/platform/soc/soc:firmware/get_throttled", "sys/devices/platform/firmware:raspberrypi/get_throttled")
_SANE = (-40.0, 150.0)          # °C; sensors that are not wired say anything


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen.

    heat      °C of the hottest sensor
    weak      the power supply is too weak (a Raspberry Pi says so)
    slowed    the processor is slowed down against heat or weakness
    memory    bytes of this process and those that it started, without what they share
    files, threads     of this process
    free      bytes on the disk of the folder
    """

    heat: float | None
    weak: bool
    slowed: bool
    memory: int
    files: int
    threads: int
    free: int | None


class Machine:
    """root: where proc and sys are."""

    def __init__(self, root: Path = Path("/"), pid: int | None = None) -> None:
        self._root, self._pid = root, pid or os.getpid()

    def look(self, folder: Path) -> Look:
        """All of it, now. folder: whose disk is meant."""
        flags = self._throttle()
        own = self._root / "proc" / str(self._pid)
        return Look(self._heat(), bool(flags & UNDER_VOLTAGE), bool(flags & (CAPPED | THROTTLED | SOFT_LIMIT)), self._memory(), _count(own / "fd"),
                    _count(own / "task"), _free(folder))

    def _heat(self) -> float | None:
        found = [number / 1000.0 for file in (self._root / "sys/class/thermal").glob("thermal_zone*/temp") if (number := _number(file)) is not None]
        sane = [heat for heat in found if _SANE[0] < heat < _SANE[1] and heat != 0.0]
        return max(sane, default=None)

    def _throttle(self) -> int:
        for place in _THROTTLE:
            try:
                return int((self._root / place).read_text().strip(), 16)
            except (OSError, ValueError):
                continue
        return 0

    def _memory(self) -> int:
        return sum(self._resident(pid) for pid in (self._pid, *self._children()))

    def _children(self) -> list[int]:
        found: list[int] = []
        for task in (self._root / "proc" / str(self._pid) / "task").glob("*/children"):
            try:
                found += [int(word) for word in task.read_text().split()]
            except (OSError, ValueError):
                continue
        return found

    def _resident(self, pid: int) -> int:
        try:
            _, resident, shared, *_ = (self._root / "proc" / str(pid) / "statm").read_text().split()
            return (int(resident) - int(shared)) * os.sysconf("SC_PAGE_SIZE")
        except (OSError, ValueError):
            return 0


def _number(file: Path) -> int | None:
    try:
        return int(file.read_text())
    except (OSError, ValueError):
        return None


def _count(folder: Path) -> int:
    try:
        return len(os.listdir(folder))
    except OSError:
        return 0


def _free(folder: Path) -> int | None:
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        stat = os.statvfs(folder)
    except OSError:
        return None
    return stat.f_bavail * stat.f_frsize
