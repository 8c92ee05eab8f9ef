"""The programme: which scene plays in which layer, and the crossings between them.

Each layer of the score has one scene at a time and maybe some that are fading out. `step` is called many times a second; it asks the
layer's rules, makes the next part, and lets it enter while the former leaves. One crossing is made at a time.

A scene that the score wants and that cannot be made, or whose sound breaks while it plays, has the layer's idle scene in its stead,
and the score goes on as if it played; it is tried again after growing pauses, and at once when its file is mended. A scene that
a person asks for and that cannot be made leaves the playing one alone.
"""
from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from ...audio.layout import EQUAL_POWER, LINEAR
from ...rules.piece import ChangeRecord, LayerRecord
from ...rules.resume import Standing
from ...rules.score import SILENCE, Coming, LayerState, Reason
from ...rules.tree import Tree
from ...terms.fault import Fault, Recovery
from ...terms.words import both
from ..aside import unforeseen
from .cast import Cast
from .part import Part

Values = Callable[[str], "float | bool | None"]

EDIT_FADE = 0.4                             # s over which an edited scene replaces its former self
BROKEN_FADE = 0.2                           # s over which the idle scene replaces one whose sound has failed
FIRST_AGAIN, LONGEST_AGAIN = 10.0, 600.0    # s before a scene that failed is tried again
WELL = 10.0                                 # s for which a scene has played, and is well again


@dataclass(frozen=True, slots=True)
class Why:
    """Why a layer plays its scene: the score's reason, the change that was due, the hand that asked."""

    reason: Reason
    change: ChangeRecord | None = None
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Crossing:
    """To another scene, None for silence. afresh: even if it is the one that plays. tried: somebody asked for it, and may be refused. why: None
    where the scene that the score means stays the same. hushes: the score knows nothing of it."""

    to: str | None
    fade: float
    shape: int = EQUAL_POWER
    afresh: bool = False
    tried: bool = False
    why: Why | None = None
    hushes: bool = False


class Layer:
    """One layer of the score at work.

    part        what plays or enters; None is silence
    leaving     what fades out
    hushed      it is to be silent, whatever the score says
    instead_of  the scene in whose stead `part` plays, None if it is meant
    why         of the scene that the score means
    """

    def __init__(self, record: LayerRecord, cast: Cast, tree: Tree, tell: Callable[[Fault | Recovery], None]) -> None:
        self.record = record
        self._cast, self._tree, self._tell = cast, tree, tell
        self._loop = asyncio.get_running_loop()
        self._rules = LayerState(record, now=self._loop.time())
        self._address = f"/score/{record.name}/scene"
        self._asked: str | None = None
        self._hand = ""
        self.why = Why(Reason.START)
        self._making: asyncio.Task | None = None
        self._urgent: list[Crossing] = []
        self._wounded: dict[str, Fault] = {}
        self._again_at, self._pause = math.inf, FIRST_AGAIN
        self.part: Part | None = None
        self.leaving: list[Part] = []
        self.idle = self.hushed = False
        self._before: str | None = None              # what played when it was hushed
        self.instead_of: str | None = None
        self._unwatch = tree.watch(self._address, self._manual)

    @property
    def name(self) -> str:
        """The layer's name."""
        return self.record.name

    @property
    def scene(self) -> str | None:
        """The scene that plays or enters now."""
        return self.part.name if self.part else None

    @property
    def began(self) -> float:
        """When the scene began that the score means."""
        return self._rules.began

    @property
    def counts(self) -> bool:
        """Whether the score counts the time of what plays."""
        return self._rules.counts

    def resume(self, scene: str | None, played: float) -> None:
        """Before it begins: go on with this scene, which has played for so many seconds."""
        self._rules.resume(scene, played, self._loop.time())

    def standing(self, now: float) -> Standing:
        """What it goes on with after a restart."""
        return Standing(*self._rules.standing(now))

    def coming(self, now: float, values: Values) -> list[Coming]:
        """What may follow, in the order in which it is asked."""
        return self._rules.coming(now, values)

    def parts(self) -> list[Part]:
        """Everything of this layer that can still be heard or seen."""
        return [*self.leaving, *([self.part] if self.part else [])]

    async def begin(self, values: Values) -> None:
        """The layer's first scene."""
        self.step(self._loop.time(), values)
        if self._making is not None:
            await asyncio.wait([self._making])

    def step(self, now: float, values: Values) -> None:
        """Ask the rules, and take down what has faded out."""
        for part in [part for part in self.leaving if part.over]:
            self.leaving.remove(part)
            self._keep(part.end())
        self._look_after(now)
        if self._making is not None and not self._making.done():
            return
        if self._urgent:
            crossing = self._urgent.pop(0)
        elif self.hushed:
            return
        elif self.instead_of is not None and now >= self._again_at and self.instead_of not in self._cast.broken and not self.idle:
            crossing = Crossing(self.instead_of, self.record.fade, afresh=True)
        else:
            wanted, self._asked = self._asked, None
            change = self._rules.step(now, values, wanted, self.idle)
            if change is None:
                return
            crossing = Crossing(change.to, change.fade, tried=change.reason is Reason.HAND,
                                why=Why(change.reason, change.change, self._hand if change.reason is Reason.HAND else ""))
        self._making = self._keep(self._cross(crossing))

    def hush(self, wanted: bool, fade: float) -> None:
        """Fall silent, whatever the score says; and then go on with what played. The score's time goes on meanwhile."""
        if wanted != self.hushed:
            self.hushed = wanted
            if wanted:
                self._before = self.scene
            self._urgent.append(Crossing(None if wanted else self._before, fade, hushes=wanted))

    def broke(self, part: Part, fault: Fault, *, for_good: bool = False) -> None:
        """A part's sound has failed: the idle scene takes its place. for_good: until its file is edited."""
        self._tell(fault)
        if for_good:
            self._cast.broken[part.name] = fault
        else:
            self._wounded[part.name] = fault
        if part is self.part and not self._urgent:
            self.instead_of = self.instead_of or part.name
            self._try_later()
            if self._stand_in(part.name) is not None:
                self._urgent.append(Crossing(self._stand_in(part.name), BROKEN_FADE))

    async def edited(self, name: str) -> None:
        """A scene's file has changed and was found good: it crosses to its new self, or comes at last."""
        if self.scene == name:
            self._urgent.append(Crossing(name, EDIT_FADE, LINEAR, afresh=True))
        elif self.instead_of == name:
            self._pause, self._again_at = FIRST_AGAIN, self._loop.time()

    async def end(self, fade: float) -> None:
        """Everything leaves."""
        self._unwatch()
        if self._making is not None:
            self._making.cancel()
        for part in self.parts():
            part.leave(fade, EQUAL_POWER)
        await asyncio.gather(*(part.end() for part in self.parts()))

    async def _cross(self, crossing: Crossing) -> None:
        name = crossing.to
        if name is not None and name == self.scene and not crossing.afresh:      # it stood in for another, or is back already
            self._now_plays(name, None, crossing.why)
            return
        part = None
        if name is not None:
            try:
                part = await self._cast.make(name, self.name)
            except Exception as error:
                await self._without(crossing, unforeseen(error, f"score: {self.name}"))
                return
        former, self.part = self.part, part
        if part is not None:
            try:
                part.enter(crossing.fade, crossing.shape)
            except Fault as fault:             # no room on the stage
                self.part = former
                part.leave(0.0, crossing.shape)
                await part.end()
                await self._without(crossing, fault)
                return
        if former is not None:
            former.leave(crossing.fade, crossing.shape)
            self.leaving.append(former)
        if crossing.hushes:
            return
        standing = self.instead_of
        if standing is not None and name == self._stand_in(standing):
            self._now_plays(standing, standing, crossing.why)
        else:
            self._now_plays(name, None, crossing.why)

    async def _without(self, crossing: Crossing, fault: Fault) -> None:
        """A scene that cannot be made: who plays instead."""
        name = crossing.to
        assert name is not None
        known = self._wounded.get(name)
        if name not in self._cast.broken and (known is None or known.happened != fault.happened):
            self._wounded[name] = Fault(fault.happened, where=fault.where, remedy=fault.remedy, id="scene.broken")
            self._tell(self._wounded[name])
        if (crossing.tried or crossing.afresh) and self.part is not None:
            self._try_later()
            self._now_plays(self._rules.current, self.instead_of)
            return
        self._try_later()
        instead = self._stand_in(name)
        if instead is None and self.part is not None:
            self._now_plays(self._rules.current, self.instead_of)
            return
        self.instead_of = name
        if instead is None or instead == self.scene:
            self._now_plays(name, name, crossing.why)
        else:
            await self._cross(Crossing(instead, crossing.fade, why=crossing.why))

    def _stand_in(self, name: str) -> str | None:
        """Who plays in a scene's stead."""
        idle = self.record.idle
        return None if idle == name or idle in self._cast.broken else idle

    def _try_later(self) -> None:
        self._again_at = self._loop.time() + self._pause
        self._pause = min(2 * self._pause, LONGEST_AGAIN)

    def _look_after(self, now: float) -> None:
        """A scene that failed before and has played for a while is well again."""
        part = self.part
        if part is not None and self.instead_of is None and now - part.entered > WELL:
            self._pause = FIRST_AGAIN
            fault = self._wounded.pop(part.name, None)
            if fault is not None:
                self._tell(Recovery(both(f"{part.name} plays again", f"{part.name} joue de nouveau"), fault.where, fault.id))

    def _now_plays(self, by_the_score: str | None, instead_of: str | None, why: Why | None = None) -> None:
        """The score's scene, whether the one that plays stands in for it, and why it is the score's."""
        self.why = why or self.why
        now = self._loop.time()
        self.instead_of = instead_of
        if instead_of is None:
            self._again_at = math.inf
        self._rules.entered(by_the_score, now)
        self._tree.post(self._address, self.scene or SILENCE, now)

    def _manual(self, address: str, value: Any, origin: str, time: float) -> None:
        if origin != "engine" and value != (self.scene or SILENCE):
            self._asked, self._hand = str(value), origin

    def _keep(self, work: Coroutine[Any, Any, None]) -> asyncio.Task:
        """A task whose failure is told rather than lost."""
        task = asyncio.ensure_future(work)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self._tell(unforeseen(error, f"score: {self.name}"))


class Program:
    """All layers, in the order of the score."""

    def __init__(self, layers: list[Layer]) -> None:
        self.layers = layers

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

    @property
    def bereft(self) -> bool:
        """Whether nothing plays only because what should is broken."""
        return not self.parts() and any(layer.instead_of is not None for layer in self.layers)

    def idle(self, wanted: bool) -> None:
        """Send every layer to its idle scene, or back to its first."""
        for layer in self.layers:
            layer.idle = wanted

    def hush(self, wanted: bool, fade: float) -> None:
        """Every layer falls silent, whatever the score says; and then goes on with what played."""
        for layer in self.layers:
            layer.hush(wanted, fade)

    def layer_of(self, part: Part) -> Layer | None:
        """The layer in which a part plays."""
        return next((layer for layer in self.layers if part in layer.parts()), None)

    async def edited(self, name: str) -> None:
        """A scene's file has changed and was found good."""
        for layer in self.layers:
            await layer.edited(name)

    async def end(self, fade: float) -> None:
        """Everything leaves."""
        await asyncio.gather(*(layer.end(fade) for layer in self.layers))

    def playing(self) -> str:
        """What plays, for the status line."""
        return ", ".join(layer.scene or "–" for layer in self.layers)
