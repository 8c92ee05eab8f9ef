"""The room as a scene's play() sees it: time, readings, waiting, and chance that can be rehearsed.

    await room.until(self.closeness > 0.9, for_=10)     someone has stayed ten seconds
    await room.sleep(3)
    async for beat in room.every(0.5): ...
    room.reading("plinth.distance") < 1
    await room.preset("evening", over=20)               to a preset, as the score: below a person's hand, until the scene ends
    room.random.uniform(0, 1)                           the same on every rehearsal with the same seed
"""
from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from ...rules.scene import Condition, Quantity
from ...terms.fault import Fault, did_you_mean
from ...terms.words import both

LOOK = 0.02      # s between two looks at a condition
HELD_UP = 0.02   # s by which the loop may be late before a wait goes on from where it is


class Room:
    """Lent to one scene from its start to its end. began: loop time at which it was."""

    def __init__(self, *, read: Callable[[str], float | None], names: Callable[[], list[str]], seed: str,
                 recall: Callable[[str, float, str], Awaitable[None]] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        self.began = self._loop.time()
        self._read = read
        self._names = names
        self._recall = recall
        self._moment: tuple[asyncio.Task[Any] | None, float] | None = None
        self.random = random.Random(seed)
        self._arrive(self.began)

    @property
    def time(self) -> float:
        """Seconds since the scene began."""
        return self.moment - self.began

    @property
    def moment(self) -> float:
        """Loop time as play() means it: after `sleep` and `every` the moment that was waited for, however late the loop was."""
        if self._moment is not None and self._moment[0] is _task():
            return self._moment[1]
        return self._loop.time()

    def _arrive(self, due: float) -> None:
        """It is `due` now, for this task, until it waits again: what is called soon runs after it has done so."""
        self._moment = arrived = (_task(), due)

        def passed() -> None:
            if self._moment is arrived:
                self._moment = None

        self._loop.call_soon(passed)

    def reading(self, name: str) -> Quantity:
        """A sensor's reading ("plinth.distance"), to be compared or used as a number. Raises Fault if there is no such reading."""
        known = self._names()
        if name not in known:
            close = did_you_mean(name, known)
            hint = (f'Did you mean "{close}"?', f"Peut-être « {close} » ?") if close else (f"There are {', '.join(known) or 'none'}.",) * 2
            raise Fault(both(f'there is no reading "{name}"', f"il n'y a pas de mesure « {name} »"), remedy=both(*hint), id="reading.unknown")
        return Quantity(lambda: self._read(name), name)

    async def preset(self, name: str, over: float = 0.0, curve: str = "linear") -> None:
        """Go to a preset in so many seconds, and wait for the arrival. What it moves is held as the score holds it until the scene ends.

        curve   "linear", "ease" (softly from both ends), "late"
        Raises Fault if there is no such preset.
        """
        if self._recall is None:
            raise Fault(both("there are no presets here", "il n'y a pas de préréglages ici"), id="preset.unknown")
        await self._recall(name, over, curve)

    async def sleep(self, seconds: float) -> None:
        """Wait. One sleep after another does not drift."""
        due = max(self.moment + max(0.0, seconds), self._loop.time() - HELD_UP)
        await asyncio.sleep(max(0.0, due - self._loop.time()))
        self._arrive(due)

    async def until(self, condition: Condition | Callable[[], Any], for_: float = 0.0, timeout: float | None = None) -> bool:
        """Wait until the condition has held for `for_` seconds without a break.

        Returns True, or False if `timeout` seconds have passed first.
        """
        began = self._loop.time()
        since: float | None = None
        while True:
            now = self._loop.time()
            if condition() if callable(condition) else condition:
                since = now if since is None else since
                if now - since >= for_ - 1e-9:
                    return True
            else:
                since = None
            if timeout is not None and now - began >= timeout - 1e-9:
                return False
            await asyncio.sleep(LOOK)

    async def every(self, seconds: float) -> AsyncIterator[float]:
        """Count time in steps that do not drift: yields the room's time at each step, the first at once."""
        if seconds < 0.005:
            raise Fault(both(f"room.every({seconds}) is too fast for a scene; the sound has its own words for that (ug.ping, ug.drift)",
                             f"room.every({seconds}) est trop rapide pour une scène ; le son a ses propres mots (ug.ping, ug.drift)"),
                        id="room.every")
        began, count = self.moment, 0
        due = began
        while True:
            self._arrive(max(due, self._loop.time() - HELD_UP))
            yield self.time
            count += 1
            due = began + count * seconds
            now = self._loop.time()
            if now > due + seconds:                   # the loop was held up: go on from here rather than hurry after
                count += int((now - due) / seconds)
                due = began + count * seconds
            await asyncio.sleep(max(0.0, due - now))


def _task() -> asyncio.Task[Any] | None:
    return asyncio.current_task()
