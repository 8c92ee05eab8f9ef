"""One block: what everything that plays sounds like for 64 frames. Compiled into the engine (only `native` imports it).

    render_block   requests, graphs, mix, guard, commit
    guard_block    the mix through the guard
    measure_inputs how much came in
    tap            the finished block into the recording ring, where there is one
    commit         the small states copied whole; then, and only then, the block counts

A block may be cut off anywhere, by a kill, and is then rendered again by whoever takes over, from the last copy: what is written
outside the small states is written at places derived from them. Before each unit, and before the commit, the epoch is looked at:
a player whose successor has begun leaves, and has changed nothing that anyone reads.
"""

from __future__ import annotations

from ..dsp.guard import protect
from ..dsp.heard import hear
from ..dsp.primitives import double_of, doubles, floats, kernel, nanoseconds, store_release, swap_if, words
from .clocked import note_block
from .layout import (
    BLOCKS,
    BUS_AT,
    COMMIT_AT,
    COMMIT_SIZE,
    COMMITTED,
    E_FRAME,
    E_GRAPHS,
    E_GUARD,
    E_HEARD,
    E_LIMITING,
    E_METERS,
    E_PENDINGS,
    E_ROWS,
    E_WAITING,
    E_WORDS,
    FADE_OUT,
    FRAMES,
    FREE,
    G_INSTANCE,
    G_PHASE,
    GRAPH_WORDS,
    GUARD_AT,
    GUARD_LINE_AT,
    GUARD_LINE_FRAMES,
    GUARD_SETTINGS,
    GUARD_STATE,
    HEARD_WORDS,
    I_STREAMS,
    I_STREAMS_AT,
    IN_SILENCE,
    INPUT_AT,
    INPUTS,
    INSIDE,
    INSTANCE_WORDS,
    LAST_NS,
    LONGEST_EVER_NS,
    LONGEST_NS,
    LOOK_AT,
    MASTER_DB,
    METER_WORDS,
    MUTE,
    OUT_AT,
    OUT_SIZE,
    OUTPUTS,
    RATE,
    RENDERED,
    ROW_WORDS,
    S_MISSED,
    S_READ,
    STALE,
    STATE_AT,
    STATE_SIZE,
    STATE_USED,
    STREAM_WORDS,
    TAP_AT,
    TAP_FRAMES,
    TIME_AT,
    U_BASE,
    U_COMMITTED,
    U_EPOCH,
    WORD,
)
from .mix import mix_graphs
from .requests import graph_row, leave, obey, states, take
from .standing import header, is_stale


@kernel
def guard_block(user, copy):
    """The mix through the guard into the finished block that belongs to a copy."""
    base = user[U_BASE]
    head = header(base)
    outputs = head[OUTPUTS]
    at = base + head[STATE_AT]
    out = floats(base + head[OUT_AT] + copy * head[OUT_SIZE], (FRAMES, outputs))
    bus = floats(base + head[BUS_AT], (outputs, FRAMES))
    settings = doubles(base + head[GUARD_AT], GUARD_SETTINGS)
    lines = floats(base + head[GUARD_LINE_AT], (outputs, head[GUARD_LINE_FRAMES]))
    look = floats(base + head[LOOK_AT], (2, outputs, FRAMES))
    state = doubles(at + E_GUARD * WORD, GUARD_STATE)
    meters = doubles(at + E_METERS * WORD, (outputs, METER_WORDS))
    own = states(base)
    if protect(
        out, bus, own[E_FRAME], float(head[RATE]), double_of(head[MASTER_DB]), head[MUTE] != 0, head[FADE_OUT] != 0, settings, lines, look, state, meters
    ):
        own[E_LIMITING] += 1
    return state[2] >= 1.0


@kernel
def tap(user, copy):
    """The finished block once more, for whoever records: at a row that follows from its first frame, so that rendering it twice is harmless."""
    base = user[U_BASE]
    head = header(base)
    count = FRAMES * head[OUTPUTS]
    if head[TAP_FRAMES] >= FRAMES and not is_stale(user):
        block = floats(base + head[OUT_AT] + copy * head[OUT_SIZE], count)
        row = states(base)[E_FRAME] % head[TAP_FRAMES]
        kept = floats(base + head[TAP_AT] + row * head[OUTPUTS] * 4, count)
        for n in range(count):
            kept[n] = block[n]


@kernel
def measure_inputs(base):
    """How much came in with the last block that was heard."""
    head = header(base)
    heard = floats(base + head[INPUT_AT], (head[INPUTS], FRAMES))
    rows = doubles(base + head[STATE_AT] + E_HEARD * WORD, (head[INPUTS], HEARD_WORDS))
    for number in range(head[INPUTS]):
        hear(heard[number], float(head[RATE]), rows[number])


@kernel
def commit(user, copy):
    """Copy the small states whole, then say so, if no other player has taken over meanwhile. Whether it was so."""
    base = user[U_BASE]
    head = header(base)
    count = min(head[STATE_USED], head[STATE_SIZE]) // WORD
    live = words(base + head[STATE_AT], count)
    kept = words(base + head[COMMIT_AT] + copy * head[COMMIT_SIZE], count)
    for k in range(E_PENDINGS + live[E_WAITING] * ROW_WORDS):
        kept[k] = live[k]
    for k in range(E_GRAPHS, E_GRAPHS + live[E_ROWS] * GRAPH_WORDS):
        kept[k] = live[k]
    for k in range(E_HEARD, E_HEARD + head[INPUTS] * HEARD_WORDS):
        kept[k] = live[k]
    for k in range(E_WORDS, count):
        kept[k] = live[k]
    now = ((user[U_COMMITTED] >> 16) + 1) << 16 | (user[U_EPOCH] & 0x3FFF) << 2 | copy
    if is_stale(user) or not swap_if(base + COMMITTED * WORD, user[U_COMMITTED], now):
        return False
    user[U_COMMITTED] = now
    return True


@kernel
def publish_streams(base):
    """Tell the feeder how far each stream has been read, now that the block is complete."""
    for slot in range(states(base)[E_ROWS]):
        row = graph_row(base, slot)
        if row[G_PHASE] == FREE:
            continue
        own = words(base + row[G_INSTANCE], INSTANCE_WORDS)
        for k in range(own[I_STREAMS]):
            pair = words(base + own[I_STREAMS_AT] + 2 * k * WORD, 2)
            stream = words(base + pair[0], STREAM_WORDS)
            state = doubles(base + pair[1], 2)
            stream[S_MISSED] = int(state[1])
            store_release(base + pair[0] + S_READ * WORD, int(state[0]))


@kernel
def render_block(user):
    """Render 64 frames and commit them. RENDERED, or STALE: then nothing has changed that anyone reads."""
    base = user[U_BASE]
    if is_stale(user):
        return STALE
    head = header(base)
    room = base + head[TIME_AT]
    began = nanoseconds(room)
    head[INSIDE] = 1
    copy = 2 * (user[U_EPOCH] & 1) + ((user[U_COMMITTED] & 1) ^ 1)
    take(base)
    leave(base)
    obey(user)
    if not mix_graphs(user):
        return STALE
    silent = guard_block(user, copy)
    tap(user, copy)
    measure_inputs(base)
    own = states(base)
    own[E_FRAME] += FRAMES
    if not commit(user, copy):
        return STALE
    head[BLOCKS] = user[U_COMMITTED] >> 16
    head[IN_SILENCE] = 1 if silent else 0
    publish_streams(base)
    took = nanoseconds(room) - began
    head[LAST_NS] = took
    if head[BLOCKS] % (head[RATE] // FRAMES) == 0:
        head[LONGEST_NS] = took
    head[LONGEST_NS] = max(head[LONGEST_NS], took)
    head[LONGEST_EVER_NS] = max(head[LONGEST_EVER_NS], took)
    note_block(user, took)
    head[INSIDE] = 0
    return RENDERED
