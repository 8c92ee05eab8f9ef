"""A plan rendered without a card, for tests and benchmarks: everything compiled that it needs.

rendered = render_plan(plan, seconds=2.0, outputs=2)
session = Session(outputs=2); session.load(plan) …     to do things while it renders
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from .arena import Arena
from .feeder import Feeder
from .inline import Inline
from .layout import FRAMES
from .native import build_engine, build_unit
from .plan import Plan
from .stage import Playing, Stage


class Session:
    """An arena, a stage and an engine in this process.

    folder   the cache of object files
    threads  how many render
    """

    def __init__(self, folder: Path, *, rate: int = 48_000, outputs: int = 2, inputs: int = 0, memory: int = 64_000_000, threads: int = 1) -> None:
        self.folder = folder
        self.arena = Arena(memory, rate, outputs, inputs)
        self.stage = Stage(self.arena)
        self.inline = Inline(self.arena, build_engine(folder), threads=threads)
        self._feeder = Feeder(self.arena)

    def load(self, plan: Plan, samples: Mapping[Path, np.ndarray] | None = None, *, values: Mapping[str, float] | None = None, name: str = "") -> Playing:
        """Compile what the plan needs, and load it."""
        for unit in {planned.unit for planned in plan.units}:
            path = build_unit(unit, self.folder)
            self.inline.load(self.stage.unit_number(unit, path), path)
        return self.stage.load(plan, samples, values=values, name=name)

    def render(self, frames: int, block: int = FRAMES, heard: np.ndarray | None = None) -> np.ndarray:
        """So many frames, as a card that asks for `block` at once would get them: float32 (frames, outputs)."""
        parts = []
        for first in range(0, frames, block):
            self._feeder.fill()
            count = min(block, frames - first)
            parts.append(self.inline.render(count, None if heard is None else heard[first : first + count]))
        return np.concatenate(parts)

    def close(self) -> None:
        """Let go of its threads and its memory."""
        self.inline.close()
        self.arena.close()


def render_plan(
    plan: Plan,
    seconds: float,
    folder: Path,
    *,
    rate: int = 48_000,
    outputs: int = 2,
    values: Mapping[str, float] | None = None,
    samples: Mapping[Path, np.ndarray] | None = None,
    heard: np.ndarray | None = None,
) -> np.ndarray:
    """What a plan sounds like from its first frame on, behind the guard (one block later, opening within 30 ms).

    heard: float32 (frames, inputs), what comes in from the card meanwhile.
    """
    session = Session(folder, rate=rate, outputs=outputs, inputs=0 if heard is None else heard.shape[1])
    try:
        session.stage.start(session.load(plan, samples, values=values), at=0)
        return session.render(round(seconds * rate), heard=heard)
    finally:
        session.close()
