"""Light in rehearsal: the same guard and frames as live, in this process, at the pace of the virtual clock; to a file or to nobody.

    lighting = RehearsedLight(piece.light, tell, record=LightsFile(path))
    lighting.show([(look, weight, layer)])
    lighting.tick(now)                      one frame: {universe: bytes}
    lighting.leave()                        the end: go on with tick until `left`
"""
from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from ...light.outlet import Outlet
from ...rules.lamps import Light
from ...terms.fault import Fault, Recovery
from .lighting import Looks


class RehearsedLight(Looks):
    """The sender without ports. `record` is called with (now, frames) at every tick; `frames` counts them."""

    def __init__(self, light: Light, tell: Callable[[Fault | Recovery], None], *,
                 record: Callable[[float, Mapping[int, bytes]], None] | None = None) -> None:
        super().__init__(light, tell)
        self.outlet = Outlet(light)
        self.frames = 0
        self._record = record

    @property
    def left(self) -> bool:
        """Whether the last frame has been given three times."""
        return self.outlet.left

    def tick(self, now: float) -> dict[int, bytes]:
        """One frame: what may leave at this time."""
        frames = self.outlet.tick(self.wanted, now)
        self.frames += 1
        if self._record is not None:
            self._record(now, frames)
        return frames

    def sent(self) -> np.ndarray | None:
        return self.outlet.sent

    def leave(self) -> None:
        """Fade to the neutral look from the next tick on."""
        self.outlet.leave()


class LightsFile:
    """Writes lights.jsonl: {"t": seconds, "universe": n, "values": [512 ints]} for each frame of a universe that changed."""

    def __init__(self, path: Path, began: float = 0.0) -> None:
        self._began = began
        self._before: dict[int, bytes] = {}
        self._file = path.open("w", encoding="utf-8")

    def __call__(self, now: float, frames: Mapping[int, bytes]) -> None:
        for number, values in frames.items():
            if self._before.get(number) != values:
                self._before[number] = values
                row = {"t": round(now - self._began, 6), "universe": number, "values": list(values)}
                self._file.write(json.dumps(row, separators=(", ", ": ")) + "\n")

    def close(self) -> None:
        self._file.close()
