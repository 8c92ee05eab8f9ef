"""The logbook: what happened to the piece, in files that outlive power cuts. `installation log` prints it.

    logbook = Logbook(state, wall, refusals)      state None: a rehearsal, nothing is written
    logbook.note("care", both("…", "…"), card="hw:UMC")         from any thread; grave=True: on the disk within two seconds
    logbook.heed(fault or recovery)               what is told begins and ends: a listener of Notices
    logbook.step(now), await logbook.close()

Lines are written together every twenty seconds, grave ones sooner: at most six times a minute, by another thread. Each kind may say so much and is
then counted. Where the folder cannot be written that is told once; the newest thousand lines wait in memory until it can.
"""
from __future__ import annotations

import asyncio
import math
import threading
import time
from collections import deque
from dataclasses import replace
from pathlib import Path
from typing import Any

from ...rules.logbook import Entry, encode
from ...rules.purse import Purse
from ...terms.fault import Fault, Recovery
from ...terms.words import Words, both, words
from ..wall import Wall, shown
from .boots import boot_number
from .pages import append, last
from .refusals import Refusals

EVERY = 20.0           # s between two writes
SOON = 1.5             # s from something grave to the write
GRAVE = (1 / 20, 3.0)  # such writes a second, and at once
AGAIN = 30.0           # s until a folder that refused is tried again
KEPT = 1000            # lines in memory
RATE, BURST = 1 / 60, 60.0                   # lines of one kind a second, and at once
FAULT_RATE, FAULT_BURST = 1 / 30, 200.0      # of faults, and of their ends
KINDS = 50             # that are counted apart


class Logbook:
    """Where what happens is written down. Must be made inside a running loop."""

    def __init__(self, state: Path | None, wall: Wall, refusals: Refusals | None = None) -> None:
        self._folder = None if state is None else state / "logbook"
        self._boots = None if state is None else state / "boot.json"
        self._wall, self._refusals = wall, refusals
        self._loop = asyncio.get_running_loop()
        self._lock = threading.Lock()
        self._lines: deque[Entry] = deque(maxlen=KEPT)
        self._purses: dict[str, Purse] = {}
        self._unsaid: dict[str, int] = {}
        self._grave = Purse(*GRAVE)
        self._due = math.inf
        self._writing: asyncio.Future[None] | None = None
        self._boot = 0                   # 0: not looked up yet
        self._lost = 0                   # lines that memory could not hold

    def note(self, kind: str, happened: Words | str, *, grave: bool = False, **facts: Any) -> None:
        """Write down that something happened."""
        entry = Entry(self._wall.seconds, self._wall.trusted, 0, time.monotonic() if self._folder else self._loop.time(), kind, words(happened), facts)
        now = self._loop.time()
        with self._lock:
            if not self._purse(kind).spend(1, now):
                self._unsaid[kind] = self._unsaid.get(kind, 0) + 1
            else:
                self._add(entry)
            soon = grave and self._grave.spend(1, now)
            self._due = min(self._due, now + (SOON if soon else EVERY))

    def heed(self, what: Fault | Recovery) -> None:
        """A fault has begun, or is over."""
        kind = "over" if isinstance(what, Recovery) else "fault"
        self.note(kind, what.happened, grave=True, id=what.id, where=what.where)

    def latest(self) -> list[Entry]:
        """What is in memory and not on the disk yet, oldest first."""
        with self._lock:
            return list(self._lines)

    def step(self, now: float) -> None:
        """Twice a second: writes what is due."""
        if self._folder is None or now < self._due or (self._writing is not None and not self._writing.done()):
            return
        self._due = math.inf
        self._writing = asyncio.ensure_future(self._aside())

    async def close(self) -> None:
        """Write what is not written yet."""
        if self._writing is not None:
            await asyncio.gather(self._writing, return_exceptions=True)
        if self._folder is not None and (self._lines or self._unsaid or self._lost):
            await self._aside()

    async def _aside(self) -> None:
        with self._lock:
            batch, lost, unsaid = list(self._lines), self._lost, self._unsaid
            self._lines.clear()
            self._lost, self._unsaid = 0, {}
        error = await self._loop.run_in_executor(None, self._write, [*batch, *self._counted(lost, unsaid)])
        if error is None:
            if self._refusals is not None:
                self._refusals.kept("logbook")
            return
        with self._lock:
            self._lost += lost + max(0, len(batch) + len(self._lines) - KEPT)
            self._lines = deque([*batch, *self._lines], maxlen=KEPT)
            for kind, count in unsaid.items():
                self._unsaid[kind] = self._unsaid.get(kind, 0) + count
        if self._refusals is not None:
            self._refusals.refused("logbook", error)
        self._due = self._loop.time() + AGAIN

    def _write(self, lines: list[Entry]) -> OSError | None:
        assert self._folder is not None and self._boots is not None
        try:
            if not self._boot:
                former = last(self._folder)
                self._boot = boot_number(self._boots, 0 if former is None else former.boot)
                if lines and lines[0].kind == "start":
                    lines[0] = replace(lines[0], words=lines[0].words + _before(former, self._boot, lines[0].time, self._wall))
            append(self._folder, b"".join(encode(replace(line, boot=self._boot)) for line in lines))
        except OSError as error:
            return error
        return None

    def _counted(self, lost: int, unsaid: dict[str, int]) -> list[Entry]:
        """Lines for what there was no room for."""
        here = Entry(self._wall.seconds, self._wall.trusted, 0, time.monotonic(), "note", Words("", ""))
        lines = [replace(here, kind=kind, words=both(f"{count} more, not written down", f"{count} de plus, non notés")) for kind, count in unsaid.items()]
        if lost:
            lines.append(replace(here, words=both(f"{lost} lines were lost: nothing could be written", f"{lost} lignes perdues : rien ne pouvait être écrit")))
        return lines

    def _purse(self, kind: str) -> Purse:
        kind = kind if kind in self._purses or len(self._purses) < KINDS else "…"
        rate, burst = (FAULT_RATE, FAULT_BURST) if kind in ("fault", "over") else (RATE, BURST)
        return self._purses.setdefault(kind, Purse(rate, burst))

    def _add(self, entry: Entry) -> None:
        self._lost += len(self._lines) == KEPT
        self._lines.append(entry)


def _before(former: Entry | None, boot: int, now: float, wall: Wall) -> Words:
    """How the run before this one ended, as its last line tells."""
    if former is None:
        return both("; the logbook begins", " ; le journal commence")
    if former.kind == "stop":
        return both("", "")
    english, french = shown(former.time, now, wall.zone)
    if former.boot == boot:
        return both(f"; the run before ended without a word (its last line is from {english}): killed, or it crashed",
                    f" ; l'exécution précédente s'est arrêtée sans un mot (dernière ligne : {french}) : tuée, ou en panne")
    return both(f"; the power was cut while it played (its last line is from {english})",
                f" ; le courant a été coupé pendant qu'elle jouait (dernière ligne : {french})")
