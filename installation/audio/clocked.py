"""What time goes into, as the player notes it (read by `costs`): compiled into the engine (only `native` imports it).

    costs        this player's table
    draw         which of a block's calls is timed
    time_unit    what one call takes, less what looking at the clock takes
    note_block   what a complete block took
"""

from __future__ import annotations

from ..dsp.primitives import call_unit, kernel, nanoseconds, words
from .layout import (
    BLOCKS,
    C_BLOCKS,
    C_SPENT,
    C_UNITS,
    C_WORST,
    COSTS_AT,
    COSTS_WORDS,
    FRAMES,
    RATE,
    SPANS,
    TIME_AT,
    TIMED_UNITS,
    U_BASE,
    U_CALLS,
    U_EPOCH,
    U_LOT,
    WORD,
)
from .standing import header, is_stale


@kernel
def costs(user):
    """This player's table of what time goes into."""
    base = user[U_BASE]
    return words(base + header(base)[COSTS_AT] + (user[U_EPOCH] & 1) * COSTS_WORDS * WORD, COSTS_WORDS)


@kernel
def draw(user):
    """Which of this block's calls is timed: by lot, since a unit that works harder in every so many blocks would be met never, or always."""
    user[U_LOT] = user[U_LOT] * 6364136223846793005 + 1442695040888963407
    return ((user[U_LOT] >> 33) & 0x7FFFFFFF) % max(1, user[U_CALLS])


@kernel
def time_unit(user, number, address, record):
    """Call a unit, and note what it took."""
    base = user[U_BASE]
    room = base + header(base)[TIME_AT]
    first = nanoseconds(room)
    second = nanoseconds(room)
    call_unit(address, base, record)
    if number < TIMED_UNITS and not is_stale(user):
        noted = costs(user)
        noted[C_UNITS + 2 * number] += max(0, nanoseconds(room) - second - (second - first))
        noted[C_UNITS + 2 * number + 1] += 1


@kernel
def note_block(user, took):
    """Note what a complete block took, in ns."""
    noted, head = costs(user), header(user[U_BASE])
    span = max(1, head[RATE] // FRAMES)
    at = C_WORST + head[BLOCKS] // span % SPANS
    noted[at] = took if head[BLOCKS] % span == 0 else max(noted[at], took)
    noted[C_SPENT] += took
    noted[C_BLOCKS] += 1
