"""A block's graphs shared among the threads of a player, without a lock. Compiled into the engine (only `native` imports it).

    share          the callback's thread says what there is to do, and wakes the workers
    claim          the next graph for whoever asks; -1 if none is left
    finish         it is done
    wait_for_all   the callback's thread: until every graph is
    rest           a worker: until there is another block to share

Any thread may render any graph into that graph's own bus; the callback's thread alone mixes them, in the order of the table, so that no
sample depends on who rendered what. What is claimed is a number in a word that also holds the block's, and changes by compare-and-swap
alone: a worker that was held up between looking and claiming claims in the block that is, or not at all.

The callback's thread waits for nothing but graphs that another one is rendering at that moment. It looks again and again; after some
tenths of a millisecond it lets go of its core for moments, in case the other one needs just that.
"""

from __future__ import annotations

from ..dsp.primitives import kernel, load_acquire, store_release, swap_if, words
from ..dsp.waiting import breathe, sleep_while, wake
from .lane_buses import leads
from .layout import (
    E_ROWS,
    FRAMES,
    FREE,
    G_INSTANCE,
    G_PHASE,
    I_SENDS,
    I_UNITS,
    INSTANCE_WORDS,
    J_BEGUN,
    J_BUSES,
    J_CLAIM,
    J_ORDER,
    J_ROWS,
    JOB_WORDS,
    K_DONE,
    K_TIMED,
    K_TOOK,
    MOST_SENT,
    OUTPUTS,
    RETIRING,
    TIME_AT,
    U_BASE,
    U_JOBS,
    U_SHARED,
    U_THREADS,
    WORD,
)
from .requests import graph_row, states
from .standing import header

LOOKS = 5_000  # of the callback's thread before it lets go: 0.1 to 0.4 ms
IDLE_LOOKS = 200  # of a worker before it sleeps: a card that asks for several blocks at once begins the next one sooner
MOMENT = 20_000  # ns


@kernel
def plays(base, slot, turn):
    """Whether there is something to hear of a row of the table of graphs in this turn: 0 are those that send to others, 1 the others."""
    row = graph_row(base, slot)
    if row[G_PHASE] == FREE or row[G_PHASE] == RETIRING:
        return False
    return (words(base + row[G_INSTANCE], INSTANCE_WORDS)[I_SENDS] > 0) == (turn == 0)


@kernel
def is_job(base, slot, turn):
    """Whether there is something to render: of eight voices the first is rendered with all of them."""
    return plays(base, slot, turn) and leads(base, slot)


@kernel
def job(user, slot):
    """What is known of a graph in this block, for all threads."""
    return words(user[U_JOBS] + (J_ROWS + slot * JOB_WORDS) * WORD, JOB_WORDS)


@kernel
def shared_bus_at(user, slot):
    """The address at which a graph's block is left for the mix: float32 (outputs and what it sends, 64)."""
    return user[U_JOBS] + J_BUSES * WORD + slot * (header(user[U_BASE])[OUTPUTS] + MOST_SENT) * FRAMES * 4


@kernel
def share(user, turn, timed):
    """Say what there is to do in this turn of the block. False if this thread had better do it alone. timed: place of the call that is timed.

    Those that took long in the block before come first, so that nobody waits for a long one that was begun last.
    """
    base = user[U_BASE]
    if user[U_THREADS] < 2:
        return False
    count, calls, spent = 0, 0, 0
    for slot in range(states(base)[E_ROWS]):
        if is_job(base, slot, turn):
            own = job(user, slot)
            own[K_TIMED] = timed - calls
            calls += words(base + graph_row(base, slot)[G_INSTANCE], INSTANCE_WORDS)[I_UNITS]
            spent += own[K_TOOK]
            count += 1
    if count < 2:
        return False
    order = words(user[U_JOBS] + J_ORDER * WORD, count)
    place = 0
    for later in range(2):
        for slot in range(states(base)[E_ROWS]):
            if is_job(base, slot, turn) and (job(user, slot)[K_TOOK] * count > spent) == (later == 0):
                order[place] = slot
                place += 1
    user[U_SHARED] += 1
    store_release(user[U_JOBS] + J_CLAIM * WORD, user[U_SHARED] << 20 | count << 10)
    store_release(user[U_JOBS] + J_BEGUN * WORD, user[U_SHARED])
    wake(user[U_JOBS] + J_BEGUN * WORD, min(count, user[U_THREADS]) - 1)
    return True


@kernel
def claim(user):
    """The row of a graph that nobody has claimed yet; -1 if there is none."""
    at = user[U_JOBS] + J_CLAIM * WORD
    while True:
        seen = load_acquire(at)
        following, count = seen & 1023, seen >> 10 & 1023
        if following >= count:
            return -1
        if swap_if(at, seen, seen + 1):
            user[U_SHARED] = seen >> 20
            return words(user[U_JOBS] + J_ORDER * WORD, count)[following]


@kernel
def finish(user, slot):
    """Say that a graph that was claimed is rendered, or given up because this player is stale."""
    store_release(user[U_JOBS] + (J_ROWS + slot * JOB_WORDS + K_DONE) * WORD, user[U_SHARED])


@kernel
def wait_for_all(user, turn):
    """Return when every graph is finished: ns that went into them, in all threads."""
    base = user[U_BASE]
    room = base + header(base)[TIME_AT]
    looks, spent = 0, 0
    for slot in range(states(base)[E_ROWS]):
        if not is_job(base, slot, turn):
            continue
        at = user[U_JOBS] + (J_ROWS + slot * JOB_WORDS + K_DONE) * WORD
        done = load_acquire(at)
        while done != user[U_SHARED]:
            looks += 1
            if looks < LOOKS:
                breathe()
            else:
                pair = words(room, 2)
                pair[0], pair[1] = 0, MOMENT
                sleep_while(at, done, room)
            done = load_acquire(at)
        spent += job(user, slot)[K_TOOK]
    return spent


@kernel
def rest(user, begun):
    """Return when there is another block to share than the one with that number. It may be too early."""
    at = user[U_JOBS] + J_BEGUN * WORD
    for _ in range(IDLE_LOOKS):
        if load_acquire(at) != begun:
            return
        breathe()
    sleep_while(at, begun, 0)
