"""A plan: a graph flattened once, in order, its buffers assigned. Plain data between the graph and the arena.

Nothing here knows an address. `stage.Stage.load` turns a plan into one instance in the arena; many instances may come from
one plan.
"""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from .declare import Unit

RELEASE = "(release)"  # the trigger that closes ug.held() in a voice; no parameter can be called so


@dataclass(frozen=True, slots=True)
class Scratch:
    """Signal buffers: `channels` rows of 64 float32 from row `row` of the scratch pool on; of `width` voices, interleaved."""

    row: int
    channels: int
    width: int = 1


@dataclass(frozen=True, slots=True)
class Bus:
    """The graph's own output bus, (outputs, 64) float32; of eight voices, that of one of them."""

    lane: int = 0


@dataclass(frozen=True, slots=True)
class Input:
    """What comes in from the card: `channels` rows of the input bus from `row` on. Its sound is one block (64 frames) old."""

    row: int
    channels: int


@dataclass(frozen=True, slots=True)
class Send:
    """What voices send to their scene's sound by a name: `channels` rows beside the graph's own output bus; of eight voices, beside one's."""

    name: str
    channels: int
    lane: int = 0


@dataclass(frozen=True, slots=True)
class Sent:
    """The sum of what voices send by a name: `channels` rows."""

    name: str
    channels: int


@dataclass(frozen=True, slots=True)
class Control:
    """A control pair: slot number in the instance's own control memory; of 8 voices 8 slots, from a multiple of 4 on: the values
    now, then those 64 frames on."""

    slot: int
    width: int = 1


@dataclass(frozen=True, slots=True)
class State:
    """`size` float64 of small state from word `word` of the instance on; of 8 voices, interleaved, `word` a multiple of 8."""

    word: int
    size: int
    width: int = 1


@dataclass(frozen=True, slots=True)
class Memory:
    """A delay line: `size` float32 from `start` (in float32) of the instance's long memory on."""

    start: int
    size: int
    rows: int = 1


@dataclass(frozen=True, slots=True)
class Numbers:
    """Constants of this unit."""

    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A recording: its number in `Plan.recordings`."""

    recording: int


@dataclass(frozen=True, slots=True)
class Param:
    """The slot of a parameter, by its number in `Plan.params`."""

    param: int


@dataclass(frozen=True, slots=True)
class Stream:
    """The ring of a stream (for RING) or its words (for RING_STATE): its number in `Plan.streams`."""

    stream: int


Binding = Scratch | Bus | Input | Send | Sent | Control | State | Memory | Numbers | Table | Param | Stream
Bound = TypeVar("Bound", bound=Send | Sent)


@dataclass(frozen=True, slots=True)
class PlannedUnit:
    """One call in the render loop; bindings stand in the order of the unit's ports."""

    unit: Unit
    bindings: tuple[Binding, ...]
    where: str = ""


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording that is played from memory, at the engine's rate. channels and frames are those after conversion."""

    path: Path
    channels: int
    frames: int


@dataclass(frozen=True, slots=True)
class LongRecording:
    """A recording that is streamed from disk, at the engine's rate (converted once, if it had another)."""

    path: Path
    channels: int
    frames: int
    loop: bool
    start: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything an instance needs.

    units         in the order in which they are called
    scratch_rows  rows of 64 float32 of the scratch pool that are used
    controls      control slots
    state         the states at rest: one float for each word; their number is the size
    memory        float32 of long memory (delay lines), zeros at start
    params        names of the scene's parameters that are heard, in slot order
    triggers      name of each trigger parameter and the state word of its unit
    constants     control slots whose value never changes: (slot, value)
    lane_constants  the same for 8 voices: (first slot, their values)
    chance        state words that hold a seed, each a whole number below 2**32, where a voice gets others at each start
    eight         of a voice that can be rendered by eights: how
    """

    units: tuple[PlannedUnit, ...]
    scratch_rows: int
    controls: int
    state: tuple[float, ...]
    memory: int
    params: tuple[str, ...]
    triggers: tuple[tuple[str, int], ...]
    constants: tuple[tuple[int, float], ...]
    recordings: tuple[Recording, ...] = ()
    streams: tuple[LongRecording, ...] = ()
    lane_constants: tuple[tuple[int, tuple[float, ...]], ...] = ()
    chance: tuple[int, ...] = ()
    eight: Eight | None = None

    def of(self, kind: type[Bound]) -> list[tuple[PlannedUnit, Bound]]:
        """Every unit that is bound to something of a kind, with that."""
        return [(planned, binding) for planned in self.units for binding in planned.bindings if isinstance(binding, kind)]

    @property
    def longest_silence(self) -> int:
        """Frames for which it may be silent and still sound again by itself: all its delay lines, one after another."""
        lines = {binding.start: binding for planned in self.units for binding in planned.bindings if isinstance(binding, Memory)}   # a loop's two ends have one
        return sum(line.size // line.rows for line in lines.values())


@dataclass(frozen=True, slots=True)
class Eight:
    """Eight voices of one plan side by side (see eights.py).

    plan    what is called for all of them; its `params` are those of the first voice, then of the second…
    lanes   for each unit the one voice that it serves, 0 to 7; -1 for all
    places  for each voice and word of its state where that lies in this plan's state
    """

    plan: Plan
    lanes: tuple[int, ...]
    places: tuple[tuple[int, ...], ...]
