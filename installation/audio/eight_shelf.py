"""Eight voices side by side in the arena: what they share, and each one's own instance.

    write_eight(arena, plan, eight, …) → EightShelf    what was written
    Lane                                               which of the eight an instance is

What is called for them lies in one piece, written like any instance (see instance.py). In a second piece lie eight instances, one after
another, each with the states at rest, the places of its live states, and the tail of its last block: that which voices have for themselves
in the engine, so that they begin, fade, and end on their own. Both pieces are given back with the last of the eight.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .arena import ALIGN, Arena
from .declare import WIDTH
from .instance import ROW, Lanes, Shelf, Table, write
from .layout import (
    I_EIGHT,
    I_ENDS_AFTER,
    I_IMAGE_AT,
    I_LANE,
    I_PLACES_AT,
    I_SENDS,
    I_SENDS_AT,
    I_STATE_AT,
    I_STATE_SIZE,
    I_TAIL_AT,
    I_UNITS,
    I_UNITS_AT,
    INSTANCE_WORDS,
    LANE_BUS_AT,
    MOST_SENT,
    OUTPUTS,
    WORD,
)
from .plan import Eight, Plan, PlannedUnit
from .sends import Sends


@dataclass(frozen=True, slots=True, eq=False)
class Lane:
    """One of eight voices.

    eight   their number, from 1
    lane    which of them it is, 0 to 7
    units   what is called for them
    places  for each word of its state where that lies in theirs
    """

    eight: int
    lane: int
    units: tuple[PlannedUnit, ...]
    places: tuple[int, ...]


@dataclass(eq=False)
class EightShelf:
    """What eight voices took of the arena.

    shelf   what they share
    at      where their own instances begin
    number  which of the arena's eights it is, from 1
    left    how many have not been let go
    lanes   each one's own
    """

    shelf: Shelf
    at: int
    number: int
    left: int
    lanes: tuple[LaneShelf, ...] = ()


@dataclass(eq=False)
class LaneShelf(Shelf):
    """What one of them has for itself."""

    whole: EightShelf

    def close(self, arena: Arena) -> bool:
        """Let it go; with the last of them all memory goes back, and their states are free."""
        self.whole.left -= 1
        if self.whole.left:
            return False
        arena.free(self.whole.at)
        return self.whole.shelf.close(arena)


def write_eight(
    arena: Arena,
    plan: Plan,
    eight: Eight,
    numbers: Sequence[int],
    tables: tuple[Table, ...],
    state_at: int,
    state_size: int,
    number: int,
    name: str,
    shared: Mapping[str, int],
    ends_after: int,
    sends: Sends,
    sends_at: int,
) -> EightShelf:
    """Write eight voices of `plan`. Raises Fault if there is no room; then nothing is taken. Arguments as of `write`; number: of the eight."""
    outputs, words = arena.words[OUTPUTS], len(plan.state)
    image_size, tail_size = _up(max(1, words) * WORD), _up(2 * (outputs + sends.rows) * ROW)
    heads_size = _up(WIDTH * INSTANCE_WORDS * WORD)
    own = 2 * image_size + tail_size
    at = arena.allocate(heads_size + WIDTH * own, name)
    heads = tuple(at + lane * INSTANCE_WORDS * WORD for lane in range(WIDTH))
    buses = arena.words[LANE_BUS_AT] + (number - 1) * WIDTH * (outputs + MOST_SENT) * ROW
    try:
        shelf = write(arena, eight.plan, numbers, tables, state_at, state_size, name, shared, 0, Lanes(eight.lanes, heads, buses), sends, sends_at)
    except BaseException:
        arena.free(at)
        raise
    common = arena.view(shelf.offset, "i8", (INSTANCE_WORDS,))
    whole = EightShelf(shelf, at, number, WIDTH)
    lanes, params, memory = [], len(plan.params), plan.memory * 4
    slots = -(-plan.controls // 4) * 4                        # of one voice, as in eights.py
    for lane, place in enumerate(heads):
        image_at = at + heads_size + lane * own
        head = arena.view(place, "i8", (INSTANCE_WORDS,))
        head[I_UNITS_AT], head[I_UNITS] = common[I_UNITS_AT], common[I_UNITS]
        head[I_STATE_AT], head[I_STATE_SIZE], head[I_IMAGE_AT] = state_at, words * WORD, image_at
        head[I_ENDS_AFTER], head[I_TAIL_AT] = ends_after, image_at + 2 * image_size
        head[I_SENDS], head[I_SENDS_AT] = common[I_SENDS], common[I_SENDS_AT]
        head[I_EIGHT], head[I_LANE], head[I_PLACES_AT] = number, lane, image_at + image_size
        image = arena.view(image_at, "f8", (words,))
        image[:] = plan.state
        places = arena.view(image_at + image_size, "i8", (words,))
        for word, there in enumerate(eight.places[lane]):
            places[word] = state_at + there * WORD
        controls = shelf.controls[lane * slots:lane * slots + plan.controls]
        lanes.append(LaneShelf(place, shelf.params[lane * params:(lane + 1) * params], image, controls, (shelf.memory[0] + lane * memory, memory),
                               (), (), whole))
    whole.lanes = tuple(lanes)
    return whole


def _up(size: int) -> int:
    return -(-size // ALIGN) * ALIGN
