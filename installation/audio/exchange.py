"""The rings between control and player, from control's side: requests one way, results the other. Neither waits for the other."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..terms.fault import Fault
from ..terms.words import both
from .arena import Arena
from .layout import (
    COMMIT_AT,
    COMMIT_SIZE,
    COMMITTED,
    E_REQUEST_TAIL,
    E_RESULT_HEAD,
    E_RESULTS,
    E_WORDS,
    NOW,
    REQUEST_HEAD,
    REQUESTS_AT,
    RESULT_ROWS,
    RESULT_TAIL,
    RING_ROWS,
    ROW_WORDS,
)


class Exchange:
    """Requests are sent, results are read, and the engine's own words are seen as the last complete block left them."""

    def __init__(self, arena: Arena) -> None:
        self._arena = arena
        self._requests = arena.view(arena.words[REQUESTS_AT], "i8", (RING_ROWS, ROW_WORDS))
        self._tail = 0

    def ask(self, kind: int, instance: int, identity: int, at: int | None, *words: int) -> None:
        """Send a request, dated a frame or (None) at the next block. Raises Fault if the ring is full: nothing is lost silently."""
        self.need_room(1)
        head = self._arena.words[REQUEST_HEAD]
        row = self._requests[head % RING_ROWS]
        row[:] = 0
        row[0], row[1], row[2], row[6] = kind, NOW if at is None else max(0, int(at)), instance, identity
        row[3 : 3 + len(words)] = words
        self._arena.fence()
        self._arena.words[REQUEST_HEAD] = head + 1

    def need_room(self, count: int) -> None:
        """Raises Fault if there is no room for so many requests. A row is used again only when no one can need to read it again: when the
        block that took it is complete."""
        head = self._arena.words[REQUEST_HEAD]
        if head + count - self._tail > RING_ROWS:
            self._tail = int(self.committed()[E_REQUEST_TAIL])
        if head + count - self._tail > RING_ROWS:
            raise Fault(
                both("the player does not take requests", "le lecteur ne prend plus de demandes"),
                where="sound",
                id="stage.requests",
                remedy=both(
                    "It may be stopped, or too many were dated far ahead at once.", "Il est peut-être arrêté, ou trop de demandes lointaines l'attendent."
                ),
            )

    def answers(self) -> list[tuple[int, int, int, int, int]]:
        """The results since the last time: kind, frame, instance, its id, detail."""
        own = self.committed()
        head, tail = int(own[E_RESULT_HEAD]), int(self._arena.words[RESULT_TAIL])
        rows = own[E_RESULTS : E_RESULTS + RESULT_ROWS * ROW_WORDS].reshape(RESULT_ROWS, ROW_WORDS)
        found: list[Any] = [tuple(rows[index % RESULT_ROWS][:5].tolist()) for index in range(tail, head)]
        self._arena.fence()
        self._arena.words[RESULT_TAIL] = head
        return found

    def committed(self) -> np.ndarray:
        """The engine's own words, int64, as the last complete block left them: a copy."""
        words = self._arena.words
        while True:
            last = words[COMMITTED]
            self._arena.fence()
            own = self._arena.view(words[COMMIT_AT] + (last & 3) * words[COMMIT_SIZE], "i8", (E_WORDS,)).copy()
            self._arena.fence()
            if words[COMMITTED] == last:  # else the player may be writing over what was read by now
                return own
