"""One block: what everything that plays sounds like for 64 frames. Compiled into the engine (only `native` imports it).

    render_block   requests, graphs, mix, guard, commit
    mix_graphs     each graph's units in order, its samples looked at, its fade
    mix_shifted    a voice's block, which begins inside the engine's
    find_culprit   which unit made a bad sample: the graph's block once more, unit by unit
    guard_block    the mix through the guard
    tap            the finished block into the recording ring, where there is one
    commit         the small states copied whole; then, and only then, the block counts

A block may be cut off anywhere, by a kill, and is then rendered again by whoever takes over, from the last copy: what is written
outside the small states is written at places derived from them. Before each unit, and before the commit, the epoch is looked at:
a player whose successor has begun leaves, and has changed nothing that anyone reads.
"""

from __future__ import annotations

import numpy as np

from ..dsp.guard import protect
from ..dsp.primitives import call_unit, double_of, doubles, floats, kernel, load_acquire, magnitude, nanoseconds, store_release, swap_if, words
from .layout import (
    APPLIED_AT,
    BLOCKS,
    BUS_AT,
    COMMIT_AT,
    COMMIT_SIZE,
    COMMITTED,
    CURRENT_GRAPH,
    CURRENT_UNIT,
    E_FRAME,
    E_GRAPHS,
    E_GUARD,
    E_LIMITING,
    E_METERS,
    E_NONFINITE,
    E_PENDINGS,
    E_ROWS,
    E_WAITING,
    E_WORDS,
    EPOCH,
    FADE_OUT,
    FRAMES,
    FREE,
    G_INSTANCE,
    G_PHASE,
    GRAPH_BUS_AT,
    GRAPH_WORDS,
    GUARD_AT,
    GUARD_LINE_AT,
    GUARD_LINE_FRAMES,
    GUARD_SETTINGS,
    GUARD_STATE,
    HEADER_WORDS,
    I_ENDS_AFTER,
    I_SHIFT,
    I_STATE_AT,
    I_STATE_SIZE,
    I_STREAMS,
    I_STREAMS_AT,
    I_TAIL_AT,
    I_UNITS,
    I_UNITS_AT,
    IN_SILENCE,
    INSIDE,
    INSTANCE_WORDS,
    LAST_NS,
    LONGEST_EVER_NS,
    LONGEST_NS,
    LOOK_AT,
    MASTER_DB,
    MAX_PENDING,
    METER_WORDS,
    MUTE,
    OUT_AT,
    OUT_SIZE,
    OUTPUTS,
    RATE,
    RENDERED,
    RETIRING,
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
    U_TABLE,
    U_TABLE_SIZE,
    UNIT_WORDS,
    WORD,
)
from .requests import copy_image, graph_gains, graph_row, leave, listen, obey, retire, states, strike, take, went_bad

TOO_MUCH = 0x42C80000  # the bits of 100.0: a graph's sample above this is absurd; infinities and NaN lie higher still
NOT_FINITE = 0x7F800000  # the bits of infinity


@kernel
def header(base):
    """The arena's header."""
    return words(base, HEADER_WORDS)


@kernel
def is_stale(user):
    """Whether another player has taken over."""
    return load_acquire(user[U_BASE] + EPOCH * WORD) != user[U_EPOCH]


@kernel
def worst(samples):
    """The highest magnitude among float32 samples, as bits."""
    most = np.int32(0)
    for n in range(samples.shape[0]):
        most = max(most, magnitude(samples[n]))
    return most


@kernel
def call_graph(user, slot):
    """Call a graph's units in order. False if this player is stale."""
    base = user[U_BASE]
    head = header(base)
    instance = graph_row(base, slot)[G_INSTANCE]
    own = words(base + instance, INSTANCE_WORDS)
    units = words(base + own[I_UNITS_AT], (own[I_UNITS], UNIT_WORDS))
    table = words(user[U_TABLE], user[U_TABLE_SIZE])
    head[CURRENT_GRAPH] = instance
    for k in range(own[I_UNITS]):
        if is_stale(user):
            return False
        head[CURRENT_UNIT] = k
        address = table[units[k, 0]]
        if address != 0:
            call_unit(address, base, units[k, 1])
    return True


@kernel
def find_culprit(user, slot, limit):
    """Render a graph's block once more, from the states it had before, and look at each unit's outputs: the place of the first
    that gives a sample whose magnitude's bits are above the limit; -1 if none does."""
    base = user[U_BASE]
    head = header(base)
    instance = graph_row(base, slot)[G_INSTANCE]
    own = words(base + instance, INSTANCE_WORDS)
    before(user, slot)
    bus = floats(base + head[GRAPH_BUS_AT], head[OUTPUTS] * FRAMES)
    bus[:] = 0.0
    units = words(base + own[I_UNITS_AT], (own[I_UNITS], UNIT_WORDS))
    table = words(user[U_TABLE], user[U_TABLE_SIZE])
    for k in range(own[I_UNITS]):
        if is_stale(user):
            return -1
        head[CURRENT_UNIT] = k
        if table[units[k, 0]] != 0:
            call_unit(table[units[k, 0]], base, units[k, 1])
        outs = words(base + units[k, 2], (units[k, 3], 3))
        for o in range(units[k, 3]):
            if outs[o, 2] == 4:
                if worst(floats(base + outs[o, 0], outs[o, 1])) >= limit:
                    return k
            else:
                values = doubles(base + outs[o, 0], outs[o, 1])
                for n in range(outs[o, 1]):
                    if not abs(values[n]) < 1e300:
                        return k
    return -1


@kernel
def before(user, slot):
    """Put an instance's states back to what they were when this block began: from the last copy, or as at rest if it began here."""
    base = user[U_BASE]
    head = header(base)
    row = graph_row(base, slot)
    instance = row[G_INSTANCE]
    own = words(base + instance, INSTANCE_WORDS)
    copy = base + head[COMMIT_AT] + (user[U_COMMITTED] & 3) * head[COMMIT_SIZE]
    there = words(copy + (E_GRAPHS + slot * GRAPH_WORDS) * WORD, GRAPH_WORDS)
    if slot < words(copy, E_WORDS)[E_ROWS] and there[G_INSTANCE] == instance and there[G_PHASE] != FREE:
        live = words(base + own[I_STATE_AT], own[I_STATE_SIZE] // WORD)
        kept = words(copy + own[I_STATE_AT] - head[STATE_AT], own[I_STATE_SIZE] // WORD)
        for k in range(live.shape[0]):
            live[k] = kept[k]
    else:
        copy_image(base, instance)
    applied = words(base + head[APPLIED_AT], 1 + MAX_PENDING * 4)
    for k in range(applied[0]):
        if applied[1 + 4 * k] == instance:
            strike(base, applied[2 + 4 * k], applied[3 + 4 * k], double_of(applied[4 + 4 * k]))


@kernel
def mix_shifted(bus, own, gains, shift, tails, block):
    """Add a voice's block that begins `shift` frames after the engine's: first what its last block left over. What is left of this one is
    kept where the next block, and nobody else, reads it."""
    before, after = tails[(block + 1) & 1], tails[block & 1]
    for c in range(bus.shape[0]):
        for n in range(shift):
            bus[c, n] += before[c, n] * gains[n]
        for n in range(shift, FRAMES):
            bus[c, n] += own[c, n - shift] * gains[n]
        for n in range(shift):
            after[c, n] = own[c, FRAMES - shift + n]


@kernel
def mix_graphs(user):
    """Render everything that plays into the bus. False if this player is stale."""
    base = user[U_BASE]
    head = header(base)
    outputs = head[OUTPUTS]
    bus = floats(base + head[BUS_AT], (outputs, FRAMES))
    bus[:] = 0.0
    own = floats(base + head[GRAPH_BUS_AT], (outputs, FRAMES))
    for slot in range(states(base)[E_ROWS]):
        phase = graph_row(base, slot)[G_PHASE]
        if phase in (FREE, RETIRING):
            continue
        own[:] = 0.0
        if not call_graph(user, slot):
            return False
        most = worst(floats(base + head[GRAPH_BUS_AT], outputs * FRAMES))
        if most >= TOO_MUCH:
            states(base)[E_NONFINITE] += 1
            went_bad(base, slot, find_culprit(user, slot, NOT_FINITE if most >= NOT_FINITE else TOO_MUCH))
            continue
        ended = listen(base, slot, most)
        gains = graph_gains(base, slot)
        instance = words(base + graph_row(base, slot)[G_INSTANCE], INSTANCE_WORDS)
        if instance[I_ENDS_AFTER] > 0 and instance[I_SHIFT] > 0:
            mix_shifted(bus, own, gains, instance[I_SHIFT], floats(base + instance[I_TAIL_AT], (2, outputs, FRAMES)), states(base)[E_FRAME] // FRAMES)
        else:
            for c in range(outputs):
                for n in range(FRAMES):
                    bus[c, n] += own[c, n] * gains[n]
        if ended:
            retire(base, slot)
    head[CURRENT_GRAPH] = 0
    return True


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
    head[INSIDE] = 0
    return RENDERED
