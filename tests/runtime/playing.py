"""A small piece for the players' tests: a hiss that knows its place in time, kernels that do harm, and what should be heard.

Every frame of the hiss is another number, so a piece of a recording tells where in time it belongs.
"""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from installation.audio.arena import Arena
from installation.audio.declare import Port, PortKind, Unit
from installation.audio.inline import Inline
from installation.audio.native import build_engine, build_unit
from installation.audio.plan import Bus, Input, Plan, PlannedUnit, State
from installation.audio.stage import Stage

RATE = 48_000
MEMORY = 24_000_000

KERNELS = '''
from numba import njit


@njit(nogil=True, error_model="numpy")
def hiss(bus, state):
    """Chance from a whole number: the same from the same state, another number at every frame, louder from output to output."""
    for frame in range(bus.shape[1]):
        state[0] = (state[0] * 1103515.0 + 12345.0) % 2147483648.0
        value = state[0] / 2147483648.0 - 0.5
        for output in range(bus.shape[0]):
            bus[output, frame] += value * (output + 1) / bus.shape[0] * 0.5


@njit(nogil=True, error_model="numpy")
def toil(bus, state):
    """Take about a third of a block's time, and leave a trace of having done it."""
    for turn in range(int(state[1])):
        state[0] = (state[0] * 1103515.0 + 12345.0) % 2147483648.0
    bus[0, 0] += state[0] * 1e-14


@njit(nogil=True, error_model="numpy")
def wild(bus, state):
    """After some blocks, write far out of bounds."""
    state[0] += 1.0
    if state[0] > 40.0:
        bus[int(state[0]) << 36, 0] = 1.0


@njit(nogil=True, error_model="numpy")
def endless(bus, state):
    """After some blocks, never return."""
    state[0] += 1.0
    while state[0] > 40.0:
        state[1] += 1.0


@njit(nogil=True, error_model="numpy")
def crossed(bus, x):
    """What input 1 hears leaves by output 2, and the other way round."""
    for frame in range(bus.shape[1]):
        bus[0, frame] += x[1, frame]
        bus[1, frame] += x[0, frame]
'''


@dataclass(frozen=True)
class Sound:
    """As `sound:` in config.yaml."""

    card: str = "system"
    api: str | None = "JACK"
    block: int = 256
    inputs: int = 0
    standby: bool = True
    threads: int = 1
    latency: float | None = None


class Piece:
    """Kernels compiled once for all tests, and plans made of them."""

    def __init__(self, folder: Path, cache: Path) -> None:
        self.file = folder / "kernels.py"
        self.file.write_text(KERNELS)
        self.cache = cache
        self.engine = str(build_engine(self.cache))
        self.units = {name: Unit(name, f"{self.file}:{name}", (Port("bus", PortKind.BUS), Port("state", PortKind.STATE, size=2)))
                      for name in ("hiss", "toil", "wild", "endless")}
        self.crossed = Unit("crossed", f"{self.file}:crossed", (Port("bus", PortKind.BUS), Port("x", PortKind.IN)))
        self.objects = {(unit.name, unit.kernel): str(build_unit(unit, self.cache)) for unit in (*self.units.values(), self.crossed)}

    @property
    def listening(self) -> Plan:
        """Both inputs, crossed over."""
        unit = PlannedUnit(self.crossed, (Bus(), Input(0, 2)), "scenes/crossed.py:7")
        return Plan(units=(unit,), scratch_rows=0, controls=0, state=(), memory=0, params=(), triggers=(), constants=())

    def plan(self, *names: str, state: tuple[float, float] = (1.0, 0.0)) -> Plan:
        """These units one after another, each with its own two words of state."""
        units = tuple(PlannedUnit(self.units[name], (Bus(), State(2 * place, 2)), f"scenes/{name}.py:7")
                      for place, name in enumerate(names))
        return Plan(units=units, scratch_rows=0, controls=0, state=state * len(names), memory=0, params=(), triggers=(),
                    constants=())

    def rendered(self, plan: Plan, frames: int, outputs: int) -> np.ndarray:
        """What the plan sounds like where nobody kills anybody: float32 (frames, outputs), from the block in which it begins."""
        arena = Arena(MEMORY, RATE, outputs)
        stage = Stage(arena)
        inline = Inline(arena, self.engine)
        for entry in plan.units:
            inline.load(stage.unit_number(entry.unit), self.objects[entry.unit.name, entry.unit.kernel])
        inline.render(3 * RATE)            # the guard's own beginning is over, as in a room that has stood open
        stage.start(stage.load(plan, {}, values={}, name="alone"), fade=0.0)
        rendered = inline.render(frames).copy()
        arena.close()
        return rendered


class Places:
    """Where in a render each period of a recording belongs."""

    def __init__(self, rendered: np.ndarray) -> None:
        self._rendered = rendered
        self._at = {rendered[frame:frame + 2].tobytes(): frame for frame in range(len(rendered) - 2)}

    def of(self, recorded: np.ndarray, period: int) -> list[int | None]:
        """For each period in which something was heard: the frame of the render that it begins with, None if it is no part of it.

        Periods that were not recorded whole are left out: those that begin or end in silence, and those in which the recorder was
        connected to some outputs only. A player that is killed while it hands
        a period to JACK leaves it torn, half new and half old: that one may be no part of the render, and is JACK's, not ours.
        """
        places: list[int | None] = []
        for start in range(0, len(recorded) - period + 1, period):
            part = recorded[start:start + period]
            if not np.isfinite(part).all() or not part.all():
                continue
            place = self._at.get(part[:2].tobytes())
            if place is not None and not np.array_equal(self._rendered[place:place + period], part):
                place = None
            places.append(place)
        return places


def breaks(places: list[Any], period: int) -> list[tuple[Any, Any]]:
    """Where one period is not followed by the next: pairs of places."""
    return [(earlier, later) for earlier, later in zip(places, places[1:]) if later != earlier + period]
