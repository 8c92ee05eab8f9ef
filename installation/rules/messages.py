"""Which messages leave: what lasts is told when it begins and when it is over, what flickers is not, and never too many. Pure; times are arguments.

    messages = Messages(after=30.0, most=6)
    messages.step(now, {key: trouble})          what to send now: [Message(begins, trouble, left_out), …]
"""
from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

HOUR = 3600.0
Trouble = TypeVar("Trouble")


@dataclass(frozen=True, slots=True)
class Message(Generic[Trouble]):
    """begins: whether it begins or is over; left_out: how many were not sent since the last one, because there were too many."""

    begins: bool
    trouble: Trouble
    left_out: int


class Messages(Generic[Trouble]):
    """after: s that a trouble must last to be told; most: messages an hour. The end of what was told is always told."""

    def __init__(self, after: float, most: int) -> None:
        self._after, self._most = after, most
        self._since: dict[object, float] = {}
        self._told: dict[object, Trouble] = {}
        self._sent: deque[float] = deque()
        self._left_out = 0

    def step(self, now: float, lasting: Mapping[object, Trouble]) -> list[Message[Trouble]]:
        """lasting: the troubles that stand now."""
        while self._sent and now - self._sent[0] >= HOUR:
            self._sent.popleft()
        found: list[Message[Trouble]] = []
        for key in [key for key in self._told if key not in lasting]:
            found.append(self._message(False, self._told.pop(key), now))
        self._since = {key: self._since.get(key, now) for key in lasting}
        for key, trouble in lasting.items():
            if key in self._told or now - self._since[key] < self._after:
                continue
            if len(self._sent) >= self._most:
                if self._since[key] != float("inf"):
                    self._left_out += 1
                    self._since[key] = float("inf")              # counted once; it is not told later, when it is old
                continue
            self._told[key] = trouble
            found.append(self._message(True, trouble, now))
        return found

    def _message(self, begins: bool, trouble: Trouble, now: float) -> Message[Trouble]:
        if begins:
            self._sent.append(now)
        left, self._left_out = self._left_out, 0
        return Message(begins, trouble, left)
