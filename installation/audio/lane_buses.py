"""Eight voices in one block: which of them sound, who renders them, and the bus of each. Compiled into the engine (only `native` imports it).

    note_lanes        which lanes of each eight sound in this block, and the row of the first
    leads             whether the graph in a row is rendered by itself: of eight voices the first renders all that sound
    lanes_of          what it has to render
    bus_of            where a graph's bus lies: one serves all in turn, but of eight voices each has its own
    clear_buses       silence there

Everything here lies in the player's own workplace, where its threads see it, and is made anew in each block.
"""

from __future__ import annotations

from ..dsp.primitives import floats, kernel, words
from .layout import (
    E_ROWS,
    FRAMES,
    FREE,
    G_INSTANCE,
    G_PHASE,
    GRAPH_BUS_AT,
    HEADER_WORDS,
    I_EIGHT,
    I_LANE,
    I_SENDS,
    INSTANCE_WORDS,
    LANE_BUS_AT,
    LANES_AT,
    MOST_EIGHTS,
    MOST_SENT,
    OUTPUTS,
    RETIRING,
)
from .requests import graph_row, states


@kernel
def note_lanes(base):
    """Note which lanes of each eight sound in this block, and the row of the first."""
    noted = words(base + words(base, HEADER_WORDS)[LANES_AT], (MOST_EIGHTS, 2))
    noted[:] = 0
    for slot in range(states(base)[E_ROWS]):
        row = graph_row(base, slot)
        if row[G_PHASE] != FREE and row[G_PHASE] != RETIRING:
            own = words(base + row[G_INSTANCE], INSTANCE_WORDS)
            if own[I_EIGHT] > 0:
                eight = noted[own[I_EIGHT] - 1]
                if eight[0] == 0:
                    eight[1] = slot
                eight[0] |= 1 << own[I_LANE]


@kernel
def leads(base, slot):
    """Whether the graph in a row is rendered by itself: of eight voices only the first, for all of them."""
    eight = words(base + graph_row(base, slot)[G_INSTANCE], INSTANCE_WORDS)[I_EIGHT]
    return eight == 0 or words(base + words(base, HEADER_WORDS)[LANES_AT], (MOST_EIGHTS, 2))[eight - 1, 1] == slot


@kernel
def lanes_of(base, slot):
    """Bits of the lanes that sound in the eight of the graph in a row; all bits if it is alone."""
    eight = words(base + graph_row(base, slot)[G_INSTANCE], INSTANCE_WORDS)[I_EIGHT]
    return -1 if eight == 0 else words(base + words(base, HEADER_WORDS)[LANES_AT], (MOST_EIGHTS, 2))[eight - 1, 0]


@kernel
def bus_of(base, slot):
    """Where a graph's bus lies, float32 (outputs and what it sends, 64)."""
    head = words(base, HEADER_WORDS)
    own = words(base + graph_row(base, slot)[G_INSTANCE], INSTANCE_WORDS)
    if own[I_EIGHT] == 0:
        return head[GRAPH_BUS_AT]
    return head[LANE_BUS_AT] + ((own[I_EIGHT] - 1) * 8 + own[I_LANE]) * (head[OUTPUTS] + MOST_SENT) * FRAMES * 4


@kernel
def clear_buses(base, slot, lanes):
    """Silence on the bus of a graph, or on those of these lanes of its eight."""
    head = words(base, HEADER_WORDS)
    own = words(base + graph_row(base, slot)[G_INSTANCE], INSTANCE_WORDS)
    size, eight = (head[OUTPUTS] + own[I_SENDS]) * FRAMES, own[I_EIGHT]
    if eight == 0:
        floats(base + head[GRAPH_BUS_AT], size)[:] = 0.0
        return
    for lane in range(8):
        if lanes >> lane & 1:
            at = head[LANE_BUS_AT] + ((eight - 1) * 8 + lane) * (head[OUTPUTS] + MOST_SENT) * FRAMES * 4
            floats(base + at, size)[:] = 0.0
