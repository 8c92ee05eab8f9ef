"""Presets and undo by address, for tablets without the page: what is written there is done.

    /preset/recall "opening"    recalled in /preset/over seconds;  /preset/save "opening"    saved; what it covered before, it covers again
    /preset/from, to "a", "b"   two presets, and /preset/morph 0.5 a fader between them
    /history/undo, redo         what the same hand moved last

Whoever may write such an address may do what it does. A name can be written again at once: the address reads "" afterwards, and /preset/now
says what was recalled or saved. What goes wrong is told in the log. A few requests may wait, no more; of a fader only where it is last.
"""
from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from ...rules.gate import Hand
from ...rules.preset import Preset
from ...rules.tree import Tree
from ...terms.declaration import Value
from ...terms.fault import Fault, Recovery
from ...terms.words import Words, both
from ..aside import unforeseen

if TYPE_CHECKING:
    from .tuning import Tuning

MOST = 8                 # requests at one address that may wait

Work = Callable[[], Coroutine[Any, Any, Any]]


class PresetButtons:
    """Listens to the addresses from `open` on."""

    def __init__(self, tuning: Tuning, tree: Tree, tell: Callable[[Fault | Recovery], None]) -> None:
        self._tuning, self._tree, self._tell = tuning, tree, tell
        self._loop = asyncio.get_running_loop()
        self._wanted: dict[str, deque[Work]] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._told: dict[str, Fault] = {}                # what went wrong when an address was last asked

    def open(self) -> None:
        """Follow what is written from now on."""
        for address, follow in (("/preset/recall", self._recall), ("/preset/save", self._save), ("/preset/morph", self._morph),
                                ("/history/undo", self._turn), ("/history/redo", self._turn)):
            self._tree.watch(address, follow)

    async def close(self) -> None:
        """What is being done is done; nothing else is begun."""
        self._wanted.clear()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def _recall(self, address: str, name: Value, origin: str, time: float) -> None:
        if name:
            self._ready_again(address, origin, time)
            over = float(self._tree.value("/preset/over"))
            self._do(address, lambda: self._tuning.recall(Hand(origin), str(name), over))

    def _save(self, address: str, name: Value, origin: str, time: float) -> None:
        if name:
            self._ready_again(address, origin, time)
            self._do(address, lambda: self._save_again(Hand(origin), str(name)))

    async def _save_again(self, hand: Hand, name: str) -> None:
        try:
            former = await self._tuning.load(name)
        except Fault:
            former = Preset(name)
        await self._tuning.save(hand, name, former.scene, former.exclude, former.include)

    def _morph(self, address: str, position: Value, origin: str, time: float) -> None:
        a, b = str(self._tree.value("/preset/from")), str(self._tree.value("/preset/to"))
        self._wanted.pop(address, None)
        self._do(address, lambda: self._tuning.go_between(Hand(origin), a, b, float(position)))      # type: ignore[arg-type]

    def _turn(self, address: str, value: Value, origin: str, time: float) -> None:
        async def turn() -> None:
            (self._tuning.undo if address.endswith("undo") else self._tuning.redo)(Hand(origin))

        self._do(address, turn)

    def _ready_again(self, address: str, origin: str, time: float) -> None:
        """The same name can be written there once more."""
        self._tree.release(address, origin, time)
        self._tree.post(address, "", time)

    def _do(self, address: str, work: Work) -> None:
        waiting = self._wanted.setdefault(address, deque())
        if len(waiting) >= MOST:
            self._went(address, Fault(both("too many at once", "trop à la fois"), id="preset.busy"))
            return
        waiting.append(work)
        task = self._tasks.get(address)
        if task is None or task.done():
            self._tasks[address] = self._loop.create_task(self._follow(address), name=address)

    async def _follow(self, address: str) -> None:
        while waiting := self._wanted.get(address):
            try:
                await waiting.popleft()()
            except Exception as error:
                self._went(address, unforeseen(error))
            else:
                self._went(address, None)

    def _went(self, address: str, fault: Fault | None) -> None:
        """Tell what went wrong, until it has gone well again."""
        former = self._told.pop(address, None)
        if former is not None and (fault is None or (former.id, former.happened) != (fault.id, fault.happened)):
            self._tell(Recovery(Words("", ""), former.where, former.id))
        if fault is not None:
            self._told[address] = told = Fault(fault.happened, where=f"{address} {fault.where}".strip(), remedy=fault.remedy, id=fault.id)
            if former is None or (former.id, former.happened) != (told.id, told.happened):
                self._tell(told)
