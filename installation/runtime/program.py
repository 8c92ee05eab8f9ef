"""The programme: which scene plays in which layer, and the crossings between them.

Each layer of the score has one scene at a time and maybe some that are fading out. `step` is called many times a second; it
asks the layer's rules, makes the next part, and lets it enter while the former leaves. A scene that cannot be made leaves
the playing one alone; a scene that breaks while it plays gives way to the layer's idle scene.
"""
from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from ..audio.layout import EQUAL_POWER, LINEAR
from ..rules.piece import LayerRecord
from ..rules.score import SILENCE, LayerState
from ..rules.tree import Tree
from ..terms.fault import Fault, Recovery
from .cast import Cast
from .part import Part

Values = Callable[[str], "float | bool | None"]

EDIT_FADE = 0.4           # s over which an edited scene replaces its former self
BROKEN_FADE = 0.2         # s over which the idle scene replaces one whose sound has failed


class Layer:
    """One layer of the score at work."""

    def __init__(self, record: LayerRecord, cast: Cast, tree: Tree, tell: Callable[[Fault | Recovery], None]) -> None:
        self.record = record
        self._cast, self._tree, self._tell = cast, tree, tell
        self._loop = asyncio.get_running_loop()
        self._rules = LayerState(record, now=self._loop.time())
        self._address = f"/score/{record.name}/scene"
        self._asked: str | None = None
        self._making: asyncio.Task | None = None
        self.part: Part | None = None
        self.leaving: list[Part] = []
        self.idle = False
        self._unwatch = tree.watch(self._address, self._manual)

    @property
    def name(self) -> str:
        """The layer's name."""
        return self.record.name

    @property
    def scene(self) -> str | None:
        """The scene that plays or enters now."""
        return self.part.name if self.part else None

    def parts(self) -> list[Part]:
        """Everything of this layer that can still be heard or seen."""
        return [*self.leaving, *([self.part] if self.part else [])]

    async def begin(self, values: Values) -> None:
        """The layer's first scene."""
        self.step(self._loop.time(), values)
        if self._making is not None:
            await self._making

    def step(self, now: float, values: Values) -> None:
        """Ask the rules, and take down what has faded out."""
        for part in [part for part in self.leaving if part.over]:
            self.leaving.remove(part)
            self._keep(part.end())
        if self._making is not None and not self._making.done():
            return
        wanted, self._asked = self._asked, None
        change = self._rules.step(now, values, wanted, self.idle)
        if change is not None:
            self._making = self._keep(self.to(change.to, change.fade))

    def broke(self, part: Part, fault: Fault) -> None:
        """A part's sound has failed: the idle scene takes its place."""
        self._tell(fault)
        self._cast.broken[part.name] = fault
        change = self._rules.failed()
        if part is self.part and change is not None:
            self._making = self._keep(self.to(change.to, BROKEN_FADE))

    async def to(self, name: str | None, fade: float, shape: int = EQUAL_POWER) -> None:
        """Cross to a scene; None is silence. A scene that cannot be made is told, and nothing changes, unless nothing plays yet."""
        part = None
        if name is not None:
            try:
                part = await self._cast.make(name, self.name)
            except Fault as fault:
                self._tell(Fault(fault.happened, where=fault.where, remedy=fault.remedy, id="scene.broken"))
                if self.part is None and self.record.idle not in (None, name):
                    await self.to(self.record.idle, fade)
                else:
                    self._settle()
                return
        former, self.part = self.part, part
        if part is not None:
            part.enter(fade, shape)
        if former is not None:
            former.leave(fade, shape)
            self.leaving.append(former)
        self._settle()

    async def edited(self) -> None:
        """The playing scene's file has changed and was found good: cross to its new self."""
        if self.part is not None:
            await self.to(self.part.name, EDIT_FADE, LINEAR)

    async def end(self, fade: float) -> None:
        """Everything leaves."""
        self._unwatch()
        if self._making is not None:
            self._making.cancel()
        for part in self.parts():
            part.leave(fade, EQUAL_POWER)
            await part.end()

    def _settle(self) -> None:
        now = self._loop.time()
        self._rules.entered(self.scene, now)
        self._tree.post(self._address, self.scene or SILENCE, now)

    def _manual(self, address: str, value: Any, origin: str, time: float) -> None:
        if origin != "engine" and value != (self.scene or SILENCE):
            self._asked = str(value)

    def _keep(self, work: Coroutine[Any, Any, None]) -> asyncio.Task:
        """A task whose failure is told rather than lost."""
        task = asyncio.ensure_future(work)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            fault = error if isinstance(error, Fault) else Fault(f"{type(error).__name__}: {error}", where=f"score: {self.name}", id="scene.broken")
            self._tell(fault)


class Program:
    """All layers, in the order of the score."""

    def __init__(self, layers: list[Layer], tree: Tree) -> None:
        self.layers = layers
        self._tree = tree

    async def begin(self, values: Values) -> None:
        """Every layer's first scene."""
        for layer in self.layers:
            await layer.begin(values)

    def step(self, now: float, values: Values) -> None:
        """One step of every layer."""
        for layer in self.layers:
            layer.step(now, values)

    def parts(self) -> list[Part]:
        """Everything that can be heard or seen."""
        return [part for layer in self.layers for part in layer.parts()]

    def idle(self, wanted: bool) -> None:
        """Send every layer to its idle scene, or back to its first."""
        for layer in self.layers:
            layer.idle = wanted

    def layer_of(self, part: Part) -> Layer | None:
        """The layer in which a part plays."""
        return next((layer for layer in self.layers if part in layer.parts()), None)

    async def edited(self, name: str) -> None:
        """A scene's file has changed and was found good."""
        for layer in self.layers:
            if layer.scene == name:
                await layer.edited()

    async def end(self, fade: float) -> None:
        """Everything leaves."""
        await asyncio.gather(*(layer.end(fade) for layer in self.layers))

    def playing(self) -> str:
        """What plays, for the status line."""
        return ", ".join(layer.scene or "–" for layer in self.layers)
