"""What the engine has to say: each fault once when it begins, once when it is over, and how many last now.

`Notices.tell` is handed to everything that can lose something. Lines go to the log (stderr; under systemd with a priority,
so that `journalctl -p warning` finds them), in the language of the piece.
"""
from __future__ import annotations

import os
import sys
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TextIO

from ..terms.fault import Fault, Faults, Recovery
from ..terms.words import Words, say

KEPT = 200            # notices remembered
REPEATS = 1.0         # s: the same fault within this time is counted, not said again


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that was said: loop time, how grave (3 error, 4 warning, 5 notice, 6 info, as in syslog), and the words."""

    time: float
    level: int
    text: str
    id: str


class Notices:
    """The engine's voice. May be called from any thread."""

    def __init__(self, clock: Callable[[], float], out: TextIO | None = None, *, quiet: bool = False) -> None:
        self._clock = clock
        self._out = out or sys.stderr
        self._quiet = quiet
        self._journal = bool(os.environ.get("JOURNAL_STREAM") or os.environ.get("INVOCATION_ID"))
        self._lock = threading.Lock()
        self._lasting: dict[tuple[str, str], Fault] = {}
        self._said: dict[tuple[str, str, str], float] = {}
        self.history: deque[Notice] = deque(maxlen=KEPT)
        self.counts: dict[str, int] = {}
        self.listeners: list[Callable[[Fault | Recovery], None]] = []      # hear of each fault when it begins, and when it is over
        self.before_line: Callable[[], None] | None = None      # clears a status line before a log line is printed

    def tell(self, what: Fault | Recovery) -> None:
        """Say that a fault has begun, or is over. A recovery without words is noted in silence."""
        if isinstance(what, Faults):
            for fault in what.faults:
                self.tell(fault)
            return
        with self._lock:
            edge = self._edge(what)
            self._say(what)
        if edge is not None:
            for listener in self.listeners:
                listener(edge)

    def _edge(self, what: Fault | Recovery) -> Fault | Recovery | None:
        """What has begun or is over by this; None where it is only said again. What ends in silence is over in the words of its fault."""
        lasting = self._lasting.get((what.id, what.where))
        if isinstance(what, Recovery):
            return None if lasting is None else what if what.happened else Recovery(lasting.happened, what.where, what.id)
        return what if lasting is None or lasting.happened != what.happened else None

    def _say(self, what: Fault | Recovery) -> None:
        key = (what.id, what.where)
        self.counts[what.id] = self.counts.get(what.id, 0) + 1
        if isinstance(what, Recovery):
            self._lasting.pop(key, None)
            if what.happened:
                self._line(5, what.say(), what.id)
            return
        now = self._clock()
        again = (*key, what.happened.en)
        last = self._said.get(again)
        self._said[again] = now
        if len(self._said) > 1000:
            self._said = dict(list(self._said.items())[-500:])
        self._lasting[key] = what
        if last is None or now - last >= REPEATS:
            self._line(4, what.say(), what.id)

    def note(self, text: Words | str, level: int = 6) -> None:
        """Say something that is no fault."""
        with self._lock:
            self._line(level, say(text), "note")

    def lasting(self) -> list[Fault]:
        """The faults that have begun and are not over."""
        with self._lock:
            return list(self._lasting.values())

    def kept(self) -> list[Notice]:
        """What has been said, oldest first, as much of it as is remembered."""
        with self._lock:
            return list(self.history)

    def count(self) -> int:
        """How many faults stand now."""
        return len(self._lasting)

    def _line(self, level: int, text: str, id: str) -> None:
        self.history.append(Notice(self._clock(), level, text, id))
        if self._quiet:
            return
        if self.before_line:
            self.before_line()
        lines = text.splitlines() or [""]
        prefix = f"<{level}>" if self._journal else ""
        try:
            self._out.write("".join(f"{prefix}{line}\n" for line in lines))
            self._out.flush()
        except (OSError, ValueError):
            self._out = open(os.devnull, "w", encoding="utf-8")      # noqa: SIM115 - the terminal is gone; the piece goes on
