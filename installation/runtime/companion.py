"""What keeps a performance company: looks at the house twice a second, and is no part of what sounds or shines.

    Companions(list, tell)      opened after the house, closed before the process ends; one that fails costs only itself
"""
from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

from ..terms.fault import Fault, Recovery
from ..terms.words import both
from .aside import unforeseen


class Companion(Protocol):
    """One of them. `step` is called twice a second and must return at once."""

    async def open(self) -> None: ...
    def step(self, now: float) -> None: ...
    async def close(self) -> None: ...


class Companions:
    """All of them, in order. What fails in one is told; the others go on."""

    def __init__(self, companions: Sequence[Companion], tell: Callable[[Fault | Recovery], None]) -> None:
        self._companions, self._tell = list(companions), tell
        self._open: list[Companion] = []
        self._failing: dict[int, Fault] = {}

    async def open(self) -> None:
        """Each in turn; one that cannot open is left out."""
        for companion in self._companions:
            try:
                await companion.open()
            except Exception as error:
                self._tell(unforeseen(error))
            else:
                self._open.append(companion)

    def step(self, now: float) -> None:
        """Twice a second. What fails at every step is told once, and once when it works again."""
        for number, companion in enumerate(self._open):
            try:
                companion.step(now)
            except Exception as error:
                if number not in self._failing:
                    self._failing[number] = unforeseen(error)
                    self._tell(self._failing[number])
            else:
                if number in self._failing:
                    fault = self._failing.pop(number)
                    self._tell(Recovery(both("it works again", "cela remarche"), fault.where, fault.id))

    async def close(self) -> None:
        """All together."""
        for error in await asyncio.gather(*(companion.close() for companion in self._open), return_exceptions=True):
            if isinstance(error, Exception):
                self._tell(unforeseen(error))
