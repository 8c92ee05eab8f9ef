"""A part: one scene at work in one layer, from its graph in the arena to its play() and light().

    opened by the cast with a plan that is loaded; `enter` begins it, `leave` fades it out, `end` takes it down
"""
from __future__ import annotations

import asyncio
import itertools
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ...audio.stage import Playing, Stage
from ...audio.voices import Bank
from ...rules.followers import Watch
from ...rules.scene import Scene
from ...rules.tree import Tree
from ...terms.declaration import Kind
from ...terms.fault import Fault, Recovery
from ...terms.words import both
from .dates import Dates, Moment
from .loading import fault_of
from .room import Room
from .steering import Steering
from .voicing import Voicing

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0      # s before a play() that fell begins again
LET_GO = 0.5                                # s for a play() to let itself be ended
_NUMBERS = itertools.count(1)


class Part:
    """One scene at work.

    playing   its instance on the stage; None if the scene is silent, but for its voices
    voicing   its voices
    weight    how much of its light is seen now, 0 to 1
    """

    def __init__(self, name: str, scene: Scene, path: Path, playing: Playing | None, *, tree: Tree, stage: Stage, layer: str,
                 room: Callable[[str], Room], tell: Callable[[Fault | Recovery], None], banks: Mapping[str, Bank], dates: Dates) -> None:
        self.name, self.scene, self.path, self.playing, self.layer = name, scene, path, playing, layer
        self._tree, self._stage, self._room, self._tell = tree, stage, room, tell
        self._loop = asyncio.get_running_loop()
        self._steering = Steering(tree, name, f"play:{layer}:{name}:{next(_NUMBERS)}")
        scene.lend(name, self._steering)
        self._here: Room | None = None
        self.voicing = Voicing(name, banks, dates=dates, moment=self._moment, tell=tell, where=str(path))
        scene.lend_voices(self.voicing)
        self._task: asyncio.Task | None = None
        self._fade_from, self._fade_to, self._fade_began, self._fade_lasts = 0.0, 0.0, 0.0, 0.0
        self._look: dict[str, Any] = {}
        self._light_fault: Fault | None = None
        self._play_fault: Fault | None = None
        self.entered = math.inf
        self.gone = False
        self._unwatch = self._follow()

    def _follow(self) -> Callable[[], None]:
        """Send every change of a parameter that is heard to the stage, beginning with what stands now."""
        playing, voices = self.playing, self.voicing.follow(self._tree, self.scene)
        if playing is None:
            return voices
        heard = set(playing.plan.params)
        triggers = {name for name, _ in playing.plan.triggers}
        ends = []
        for name, entry in type(self.scene).params().items():
            address = f"/scene/{self.name}/{name}"
            if name in triggers:
                ends.append(self._tree.watch(address, self._pull(playing, name)))
            elif name in heard and entry.kind in (Kind.FLOAT, Kind.INT, Kind.BOOL):
                ends.append(self._tree.watch(address, self._set(playing, name)))

        def unfollow() -> None:
            for end in (voices, *ends):
                end()

        return unfollow

    def _pull(self, playing: Playing, name: str) -> Watch:
        return lambda address, value, origin, time: self._stage.trigger(playing, name)

    def _set(self, playing: Playing, name: str) -> Watch:
        return lambda address, value, origin, time: self._stage.set(playing, name, float(value))      # type: ignore[arg-type]

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

    def leave(self, fade: float, shape: int) -> None:
        """Fade out; `end` follows when it is `over`."""
        if self.gone:
            return
        self.gone = True
        self._fade(0.0, fade)
        if self.playing is not None:
            self._stage.stop(self.playing, fade=fade, shape=shape)
        self.voicing.close(fade, shape)
        if self._task:
            self._task.cancel()

    @property
    def over(self) -> bool:
        """Whether nothing of it is seen any more."""
        return self.gone and self._loop.time() >= self._fade_began + self._fade_lasts

    async def end(self) -> None:
        """Take it down. A play() that does not let itself be ended is named and left alone; it moves nothing any more."""
        self.gone = True
        self.voicing.close(0.0)
        self._unwatch()
        self._steering.end()
        if self._task:
            self._task.cancel()
            done, _ = await asyncio.wait([self._task], timeout=LET_GO)
            if not done:
                self._tell(Fault(both(f"{self.name}: play() does not let itself be ended", f"{self.name} : play() ne se laisse pas arrêter"),
                                 where=str(self.path), id="scene.endless",
                                 remedy=both("`except Exception`, not a bare `except`: a scene that leaves is told so by CancelledError.",
                                             "`except Exception`, et non `except` seul : la scène qui sort l'apprend par CancelledError.")))
        for fault in (self._light_fault, self._play_fault):
            if fault is not None:
                self._tell(Recovery(both(f"{self.name} has left", f"{self.name} est sortie"), fault.where, fault.id))
        self._light_fault = self._play_fault = None

    def look(self) -> dict[str, Any]:
        """What light() wants now; the last good look while it is broken."""
        try:
            with self.scene.lighting():
                look = self.scene.light()
            if look is not None and not isinstance(look, dict):
                raise Fault(both(f"light() returned {type(look).__name__}", f"light() a rendu {type(look).__name__}"), id="light.look",
                            where=str(self.path),
                            remedy=both('It returns levels by name: {"wash": 0.5}.', "Elle rend des niveaux par nom : {\"wash\": 0.5}."))
            self._look = look or {}
        except (Exception, SystemExit) as error:
            if self._light_fault is None:
                fault = fault_of(error, self.path)
                self._light_fault = Fault(fault.happened, where=fault.where, id="scene.light",
                                          remedy=fault.remedy or both(f"{self.name}: light() keeps its last look meanwhile.",
                                                                      f"{self.name} : light() garde sa dernière image en attendant."))
                self._tell(self._light_fault)
            return self._look
        if self._light_fault is not None:
            self._tell(Recovery(both("light() works again", "light() fonctionne de nouveau"), self._light_fault.where, "scene.light"))
            self._light_fault = None
        return self._look

    async def _play(self) -> None:
        pause = FIRST_PAUSE
        while True:
            began = self._loop.time()
            well = self._loop.call_later(pause + FIRST_PAUSE, self._plays_again)
            try:
                self._here = self._room(self._steering.origin)
                await self.scene.play(self._here)
                self._plays_again()
                return
            except asyncio.CancelledError as error:
                if self.gone:
                    raise
                self._fell(fault_of(error, self.path), pause)      # it cancelled itself
            except (Exception, SystemExit, KeyboardInterrupt) as error:
                if self._loop.time() - began > LONGEST_PAUSE:
                    pause = FIRST_PAUSE
                self._fell(fault_of(error, self.path), pause)
            finally:
                well.cancel()
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    def _fell(self, fault: Fault, pause: float) -> None:
        then = both(f"{self.name}: play() begins again in {pause:g} s, then with growing pauses; its sound and light go on.",
                    f"{self.name} : play() reprend dans {pause:g} s, puis de moins en moins souvent ; son et lumière continuent.")
        fault = Fault(fault.happened, where=fault.where, id="scene.play", remedy=fault.remedy + both(" ", " ") + then if fault.remedy else then)
        if self._play_fault is None or (self._play_fault.where, self._play_fault.happened) != (fault.where, fault.happened):
            self._plays_again()
            self._play_fault = fault
            self._tell(fault)

    def _plays_again(self) -> None:
        if self._play_fault is not None:
            self._tell(Recovery(both("play() works again", "play() fonctionne de nouveau"), self._play_fault.where, "scene.play"))
            self._play_fault = None

    def _moment(self) -> Moment:
        """Now, as play() means it."""
        return Moment(self._loop.time(), self._loop.time()) if self._here is None else Moment(self._here.began, self._here.moment)

    def _fade(self, to: float, lasts: float) -> None:
        self._fade_from, self._fade_to, self._fade_began, self._fade_lasts = self.weight, to, self._loop.time(), max(0.0, lasts)
