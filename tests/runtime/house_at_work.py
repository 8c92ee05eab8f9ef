"""A small piece at work on the virtual clock: the real house, builder, engine and lights; no card, no port.

    piece = Folder(tmp_path, cache)            config.yaml and scene files, written by the test
    with_house(piece, script)                  runs `async def script(show)`; returns the show
    await show.run(2.0)                        two seconds of the piece; show.sound, show.frames, show.told grow
"""
from __future__ import annotations

import asyncio
import textwrap
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import numpy as np

from installation.audio.arena import Arena
from installation.audio.costs import Costs
from installation.audio.stage import Stage
from installation.rules.config import load_piece
from installation.runtime.clock import rehearse
from installation.runtime.house import TICK, House, Means
from installation.runtime.lamps.rehearsed_light import RehearsedLight
from installation.runtime.parts.builder import Built, Job, build
from installation.runtime.rehearsal import InlineEngines
from installation.terms.fault import Fault, Recovery

TONE = """
from installation import Scene, param, ug

class Tone(Scene):
    pitch = param(400, "Hz", 50, 5000, curve="exp", glide=0)
    level = param(-20, "dBFS", -60, -6, glide=0.02)
    glow = param(0.25, "ratio", 0, 1)
    near = param(0, "ratio", 0, 1)

    def sound(self):
        return ug.to(ug.sine(self.pitch) * self.level, output=1)

    def light(self):
        return {"lamp": self.glow}
"""

CONFIG = """
piece: Small
seed: 3
room: {ring: 2}
sound: {card: none, ceiling: -1 dBFS}
scenes:
  tone: {file: scenes/tone.py}
  other: {file: scenes/other.py}
  rest: {file: scenes/rest.py}
score:
  - {layer: main, start: tone, idle: rest, fade: 1 s}
light:
  fixtures: [{name: lamp, kind: dimmer, universe: 1, address: 1}]
  universes: {1: {port: artnet, host: 127.0.0.1, universe: 0}}
  neutral: {lamp: 0.5}
"""


class Folder:
    """A piece in a folder: `write` a scene, `config` it, `build` it."""

    def __init__(self, path: Path, cache: Path) -> None:
        self.path, self.cache = path, cache
        (path / "scenes").mkdir(parents=True, exist_ok=True)
        self.write("tone", TONE)
        self.write("other", TONE.replace("400,", "800,").replace("Tone", "Other").replace("0.25", "0.75"))
        self.write("rest", TONE.replace("400,", "100,").replace("Tone", "Rest").replace("0.25", "0.1"))
        self.config(CONFIG)

    def write(self, name: str, text: str) -> Path:
        path = self.path / "scenes" / f"{name}.py"
        path.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
        return path

    def config(self, text: str) -> None:
        (self.path / "config.yaml").write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")

    def build(self, **how: Any) -> Built:
        return build(Job(str(self.path), str(self.cache), **how))


class Shipped(Folder):
    """A piece that is there already."""

    def __init__(self, path: Path, cache: Path) -> None:
        self.path, self.cache = path, cache


class Show:
    """What came of it: told, the sound, the frames of universe 1."""

    def __init__(self, folder: Folder, built: Built, trace: Path | None, state: Path | None, costs: Callable[[], Costs] | None) -> None:
        self.folder, self.built = folder, built
        self.piece = load_piece(folder.path)
        self.loop = asyncio.get_running_loop()
        self.told: list[Fault | Recovery] = []
        sound = self.piece.sound
        self.arena = Arena(sound.memory, sound.rate, self.piece.room.outputs)
        self.stage = Stage(self.arena)
        self.engines = InlineEngines(self.arena, self.stage, built)
        self.frames: list[tuple[float, bytes]] = []
        self.lighting = RehearsedLight(self.piece.light, self.told.append, record=lambda now, frames: self.frames.append((now, frames[1])))
        self.house = House(self.piece, built, Means(self.stage, self.engines, self.lighting, folder.cache, self.told.append,
                                                    lambda: 0, trace=trace, state=state, costs=costs))
        self.tree = self.house.tree
        self.sounds: list[np.ndarray] = []
        self._ticks = 0
        self._rendered = 0

    @property
    def sound(self) -> np.ndarray:
        return np.concatenate(self.sounds)

    @property
    def faults(self) -> list[Fault]:
        return [what for what in self.told if isinstance(what, Fault)]

    @property
    def over(self) -> list[str]:
        return [what.id for what in self.told if isinstance(what, Recovery)]

    @property
    def now(self) -> float:
        return self.loop.time()

    @property
    def playing(self) -> str:
        return self.house.program.playing()

    def level(self, seconds: float = 0.1, output: int = 0) -> float:
        """RMS of the last so many seconds."""
        return float(np.sqrt(np.mean(self.sound[-int(seconds * 48_000):, output].astype(float) ** 2)))

    def write(self, address: str, value: Any, **how: Any) -> Any:
        return self.tree.write(address, value, origin="hand", time=self.now, **how)

    async def run(self, seconds: float) -> None:
        """Let it play; the sound of each tick right after it."""
        began, first = self.now, self._ticks
        for tick in range(1, round(seconds / TICK) + 1):
            await asyncio.sleep(max(0.0, began + tick * TICK - self.now))
            self.house.step(self.now)
            self._ticks = first + tick
            if self._ticks % 3 == 0:
                self.house.shine(self.now)
                self.lighting.tick(self.now)
            frames = int(self._ticks * TICK * 48_000) // 64 * 64 - self._rendered
            self.sounds.append(self.engines.render(frames))
            self._rendered += frames

    async def until(self, true: Callable[[], object], within: float = 60.0) -> None:
        end = self.now + within
        while not true():
            assert self.now < end, f"not within {within} s"
            await self.run(0.05)

    async def edit(self, name: str, text: str) -> Built:
        """Save a scene file, as the running piece takes it up."""
        self.folder.write(name, text)
        built = self.folder.build(scenes=(name,), drivers=False)
        await self.house.edited(built, {name})
        return built


def with_house(folder: Folder, script: Callable[[Show], Awaitable[None]], *, trace: Path | None = None, state: Path | None = None,
               costs: Callable[[], Costs] | None = None) -> Show:
    """Open the house, run the script, close."""
    built = folder.build()

    async def main() -> Show:
        show = Show(folder, built, trace, state, costs)
        try:
            await show.house.open()
            await script(show)
        finally:                   # a sensor that nobody closes would hear for ever, on a clock that jumps
            await show.house.close(0.0)
            show.arena.close()
        return show

    return rehearse(main())
