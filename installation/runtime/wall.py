"""What a clock on the wall would show, and whether it can be believed. Nothing waits on it: the loop's clock is for that.

    wall = Wall.live(state / "clock.json")      the machine's clock, and the last time that was known, kept on disk
    wall = Wall.virtual(loop.time, start)       in a rehearsal: it follows the virtual clock from a given moment
    wall.now(), wall.seconds                    as a moment in UTC; as seconds since 1970
    wall.trusted                                whether that is known, or no more than the best guess
    wall.zone                                   the room's time zone
    wall.step(now), await wall.close()          keeps the time on disk: every ten minutes, and at the end

A Raspberry Pi has no clock that outlives its power: until the network has told it the time, it shows another day. The clock is trusted where the
kernel says that somebody keeps it (adjtimex(2)), where a clock with a battery set it at boot, or where the piece says so
(`hours: {clock: trusted}`). Without the network's word, a clock that starts earlier than the last time that was known is never trusted. While the clock
is not trusted, `now` is that last time and what has passed since, or the clock where that is later.
"""
from __future__ import annotations

import asyncio
import contextlib
import ctypes
import json
import math
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from .places import write_whole

TIME_ERROR = 5          # adjtimex: nobody keeps the clock
_TIMEX = 512            # bytes; the structure takes 208
EVERY = 600.0           # s between two writes of the time
FIRST = 60.0            # s to the first
LOOK = 2.0              # s between two looks at whether the clock is kept
JUMP = 2.0              # s by which the clock must leave the loop's for it to have been set
BEHIND = 60.0           # s that a clock may be earlier, when it starts, than the last time that was known
SET_BACK = 2 * 3600.0   # s that somebody may set it back while it runs: another zone, daylight saving by hand
EARLIEST = 1_767_225_600.0      # 2026-01-01: this engine has not run before
REHEARSED = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)      # a Monday; where a rehearsal begins if nobody says when


class Wall:
    """The time of day.

    clock      seconds since 1970, as the machine has it
    steady     a clock that is never set (the loop's)
    is_kept    whether the machine's clock is kept by a network, or was set by a clock with a battery
    zone       the room's; None is the machine's own
    file       where the last known time is kept; None keeps none
    """

    def __init__(self, clock: Callable[[], float], steady: Callable[[], float], is_kept: Callable[[], bool], *, zone: tzinfo | None = None,
                 file: Path | None = None, is_set: Callable[[], bool] = lambda: False) -> None:
        self._clock, self._steady, self._is_kept, self._is_set, self._file = clock, steady, is_kept, is_set, file
        self.zone: tzinfo = zone or UTC
        self._began = steady()
        self._floor = self._read()                             # the last time that was known, when this began
        self._doubted = clock() < max(self._floor - BEHIND, EARLIEST)
        self._offset = clock() - self._began
        self._looked = -math.inf
        self._kept = False
        self._due = self._began + FIRST
        self._writing: asyncio.Future[None] | None = None

    @classmethod
    def live(cls, file: Path | None = None, zone: tzinfo | None = None, *, declared: bool = False) -> Wall:
        """The machine's clock. declared: the piece says that it is right, though no network keeps it. Needs a running loop."""
        return cls(time.time, asyncio.get_running_loop().time, trusted, zone=zone or machine_zone(), file=file, is_set=lambda: declared or has_battery())

    @classmethod
    def virtual(cls, steady: Callable[[], float], start: datetime = REHEARSED, zone: tzinfo | None = None) -> Wall:
        """It shows `start` now, and goes on with `steady`. Always trusted, never kept: two rehearsals have the same time."""
        offset = start.timestamp() - steady()
        return cls(lambda: steady() + offset, steady, lambda: True, zone=zone)

    @property
    def seconds(self) -> float:
        """Seconds since 1970: the clock, or while it is not trusted the best guess."""
        return self._clock() if self.trusted else max(self._clock(), self._at_least or 0.0)

    def now(self) -> datetime:
        """The moment, in UTC."""
        return datetime.fromtimestamp(self.seconds, UTC)

    @property
    def trusted(self) -> bool:
        """Whether the time is known."""
        now = self._steady()
        offset = self._clock() - now
        if abs(offset - self._offset) > JUMP:                  # somebody has set it
            self._looked, self._kept = -math.inf, False
            self._doubted = self._clock() < max(self._floor - SET_BACK, EARLIEST)
        self._offset = offset
        if not self._kept and now - self._looked >= LOOK:      # once it was right, it goes on well enough without a network
            self._looked, self._kept = now, self._is_kept()
        return self._kept or (not self._doubted and self._is_set())

    def step(self, now: float) -> None:
        """Called often: keeps the time on disk when that is due."""
        if self._file is not None and now >= self._due and (self._writing is None or self._writing.done()):
            self._due = now + EVERY
            if self._known is not None:
                self._writing = asyncio.get_running_loop().run_in_executor(None, self._write, self._known)

    async def close(self) -> None:
        """Keep the time once more."""
        if self._writing is not None:
            await asyncio.gather(self._writing, return_exceptions=True)
        if self._file is not None and self._known is not None:
            await asyncio.get_running_loop().run_in_executor(None, self._write, self._known)

    @property
    def _at_least(self) -> float | None:
        """It cannot be earlier than this; None if nothing is known."""
        return self._floor + (self._steady() - self._began) if self._floor else None

    @property
    def _known(self) -> float | None:
        """What is worth keeping: never a clock that nobody vouches for, which would be believed tomorrow."""
        return self._clock() if self.trusted else self._at_least

    def _read(self) -> float:
        try:
            known = float(json.loads(self._file.read_text(encoding="utf-8"))["known"]) if self._file is not None else 0.0
        except (OSError, ValueError, KeyError, TypeError):
            return 0.0
        return known if math.isfinite(known) and known >= EARLIEST else 0.0

    def _write(self, seconds: float) -> None:
        assert self._file is not None
        with contextlib.suppress(OSError):         # without a disk the time is not known at the next start; nothing else is lost
            write_whole(self._file, (json.dumps({"known": round(seconds)}) + "\n").encode())


def trusted() -> bool:
    """Whether the machine's clock is kept by a network or a receiver."""
    try:
        return ctypes.CDLL(None).adjtimex(ctypes.byref(ctypes.create_string_buffer(_TIMEX))) not in (-1, TIME_ERROR)
    except (OSError, AttributeError):
        return False


def has_battery(folder: Path = Path("/sys/class/rtc")) -> bool:
    """Whether the kernel set its clock at boot from a clock of the machine's own."""
    for file in folder.glob("rtc*/hctosys"):
        try:
            if file.read_text().strip() == "1":
                return True
        except OSError:
            continue
    return False


def machine_zone() -> tzinfo:
    """The time zone that the machine is set to; UTC where it has none."""
    name = os.environ.get("TZ", "").lstrip(":")
    try:
        if name:
            return ZoneInfo(name)
        with open("/etc/localtime", "rb") as file:
            return ZoneInfo.from_file(file, key=os.path.realpath("/etc/localtime").partition("zoneinfo/")[2] or "localtime")
    except (OSError, ValueError):
        return UTC


def shown(then: float, now: float, zone: tzinfo | None = None) -> tuple[str, str]:
    """A moment as people say it today: 10:42, or 24 Nov 10:42; in English and in French. Seconds since 1970; None: in this machine's zone."""
    moment, today = datetime.fromtimestamp(then, zone), datetime.fromtimestamp(now, zone)
    clock = f"{moment:%H:%M}"
    if moment.date() == today.date():
        return clock, clock
    return f"{moment.day} {_MONTHS[0][moment.month - 1]} {clock}", f"{moment.day} {_MONTHS[1][moment.month - 1]} {clock}"


_MONTHS = (("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
           ("janv.", "févr.", "mars", "avril", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."))
