"""A part: one scene at work in one layer, from its graph in the arena to its play() and light().

    opened by the cast with a plan that is loaded; `enter` begins it, `leave` fades it out, `end` takes it down
"""
from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..audio.stage import Playing, Stage
from ..rules.scene import Scene
from ..rules.tree import Tree
from ..terms.declaration import Kind
from ..terms.fault import Fault, Recovery
from ..terms.words import both
from .loading import fault_of
from .room import Room
from .steering import Steering

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0      # s before a play() that fell begins again


class Part:
    """One scene at work.

    playing   its instance on the stage; None if the scene is silent
    weight    how much of its light is seen now, 0 to 1
    """

    def __init__(self, name: str, scene: Scene, path: Path, playing: Playing | None, *, tree: Tree, stage: Stage, layer: str,
                 room: Callable[[], Room], tell: Callable[[Fault | Recovery], None]) -> None:
        self.name, self.scene, self.path, self.playing, self.layer = name, scene, path, playing, layer
        self._tree, self._stage, self._room, self._tell = tree, stage, room, tell
        self._loop = asyncio.get_running_loop()
        self._steering = Steering(tree, name, f"play:{layer}:{name}")
        scene.lend(name, self._steering)
        self._task: asyncio.Task | None = None
        self._fade_from, self._fade_to, self._fade_began, self._fade_lasts = 0.0, 0.0, 0.0, 0.0
        self._look: dict[str, Any] = {}
        self._light_broken = False
        self.entered = math.inf
        self.gone = False
        self._unwatch = self._follow()

    def _follow(self) -> Callable[[], None]:
        """Send every change of a parameter that is heard to the stage, beginning with what stands now."""
        playing = self.playing
        if playing is None:
            return lambda: None
        heard = set(playing.plan.params)
        triggers = {name for name, _ in playing.plan.triggers}
        ends = []
        for name, entry in type(self.scene).params().items():
            address = f"/scene/{self.name}/{name}"
            if name in triggers:
                ends.append(self._tree.watch(address, lambda *_, key=name: self._stage.trigger(playing, key)))
            elif name in heard and entry.kind in (Kind.FLOAT, Kind.INT, Kind.BOOL):
                ends.append(self._tree.watch(address, lambda _a, value, _o, _t, key=name: self._stage.set(playing, key, float(value))))

        def unfollow() -> None:
            for end in ends:
                end()

        return unfollow

    @property
    def weight(self) -> float:
        """How much of its light is seen now."""
        if self._fade_lasts <= 0:
            return self._fade_to
        way = min(1.0, max(0.0, (self._loop.time() - self._fade_began) / self._fade_lasts))
        return self._fade_from + (self._fade_to - self._fade_from) * way

    def enter(self, fade: float, shape: int) -> None:
        """Begin to sound and to shine, within `fade` seconds, and begin play()."""
        self.entered = self._loop.time()
        self._fade(1.0, fade)
        if self.playing is not None:
            self._stage.start(self.playing, fade=fade, shape=shape)
        self._task = asyncio.create_task(self._play(), name=f"play:{self.name}")

    def take_over(self, former: Part, fade: float, shape: int) -> None:
        """Step in for a part of the same scene whose file was edited: its light and sound cross over without a gap."""
        self.enter(fade, shape)
        former.leave(fade, shape)

    def leave(self, fade: float, shape: int) -> None:
        """Fade out; `end` follows when `gone_by` has passed."""
        if self.gone:
            return
        self.gone = True
        self._fade(0.0, fade)
        if self.playing is not None:
            self._stage.stop(self.playing, fade=fade, shape=shape)
        if self._task:
            self._task.cancel()

    @property
    def over(self) -> bool:
        """Whether nothing of it is seen any more."""
        return self.gone and self._loop.time() >= self._fade_began + self._fade_lasts

    async def end(self) -> None:
        """Take it down."""
        self.gone = True
        self._unwatch()
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        self._steering.end()

    def look(self) -> dict[str, Any]:
        """What light() wants now; the last good look while it is broken."""
        try:
            with self.scene.lighting():
                look = self.scene.light()
            if look is not None and not isinstance(look, dict):
                raise Fault(both(f"light() returned {type(look).__name__}", f"light() a rendu {type(look).__name__}"), id="light.look",
                            remedy=both('It returns levels by name: {"wash": 0.5}.', "Elle rend des niveaux par nom : {\"wash\": 0.5}."))
            self._look = look or {}
        except Exception as error:
            if not self._light_broken:
                self._light_broken = True
                fault = fault_of(error, self.path)
                self._tell(Fault(fault.happened, where=fault.where, remedy=fault.remedy, id="scene.light"))
            return self._look
        if self._light_broken:
            self._light_broken = False
            self._tell(Recovery(both("light() works again", "light() fonctionne de nouveau"), where=self.name, id="scene.light"))
        return self._look

    async def _play(self) -> None:
        pause = FIRST_PAUSE
        while True:
            began = self._loop.time()
            try:
                await self.scene.play(self._room())
                return
            except asyncio.CancelledError:
                raise
            except Exception as error:
                fault = fault_of(error, self.path)
                if self._loop.time() - began > LONGEST_PAUSE:
                    pause = FIRST_PAUSE
                self._tell(Fault(fault.happened, where=fault.where, id="scene.play",
                                 remedy=both(f"{self.name}: play() begins again in {pause:g} s; its sound and light go on.",
                                             f"{self.name} : play() reprend dans {pause:g} s ; son et lumière continuent.")))
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    def _fade(self, to: float, lasts: float) -> None:
        self._fade_from, self._fade_to, self._fade_began, self._fade_lasts = self.weight, to, self._loop.time(), max(0.0, lasts)
