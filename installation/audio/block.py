"""One block: what everything that plays sounds like for 64 frames. Compiled into the engine (only `native` imports it).

    render_block   requests, graphs, mix, guard, commit
    mix_graphs     each graph's units in order, its samples looked at, its fade; what is sent before those who hear it
    mix_shifted    a voice's block, which begins inside the engine's
    find_culprit   which unit made a bad sample: the graph's block once more, unit by unit
    guard_block    the mix through the guard
    tap            the finished block into the recording ring, where there is one
    commit         the small states copied whole; then, and only then, the block counts
    time_unit      what one call takes, less what looking at the clock takes

A block may be cut off anywhere, by a kill, and is then rendered again by whoever takes over, from the last copy: what is written
outside the small states is written at places derived from them. Before each unit, and before the commit, the epoch is looked at:
a player whose successor has begun leaves, and has changed nothing that anyone reads.
"""

from __future__ import annotations

import numpy as np

from ..dsp.guard import protect
from ..dsp.primitives import call_unit, double_of, doubles, floats, kernel, load_acquire, magnitude, nanoseconds, store_release, swap_if, words
from .lane_buses import bus_of, clear_buses, lanes_to_render, note_lanes
from .layout import (
    ACCOUNTS,
    APPLIED_AT,
    BLOCKS,
    BUS_AT,
    C_ACCOUNTS,
    C_BLOCKS,
    C_SPENT,
    C_UNITS,
    C_WORST,
    COMMIT_AT,
    COMMIT_SIZE,
    COMMITTED,
    COSTS_AT,
    COSTS_WORDS,
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
    GRAPH_WORDS,
    GUARD_AT,
    GUARD_LINE_AT,
    GUARD_LINE_FRAMES,
    GUARD_SETTINGS,
    GUARD_STATE,
    HEADER_WORDS,
    I_ACCOUNT,
    I_EIGHT,
    I_ENDS_AFTER,
    I_LANE,
    I_PLACES_AT,
    I_SENDS,
    I_SENDS_AT,
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
    SENT_AT,
    SENT_ROWS,
    SPANS,
    STALE,
    STATE_AT,
    STATE_SIZE,
    STATE_USED,
    STREAM_WORDS,
    TAP_AT,
    TAP_FRAMES,
    TIME_AT,
    TIMED_UNITS,
    U_BASE,
    U_CALLS,
    U_COMMITTED,
    U_EPOCH,
    U_LOT,
    U_TABLE,
    U_TABLE_SIZE,
    UNIT_WORDS,
    WORD,
)
from .requests import copy_image, graph_gains, graph_row, leave, listen, obey, retire, sounding_lanes, states, strike, take, went_bad

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
def call_graph(user, slot, lanes, timed):
    """Call a graph's units in order, of eight voices those that serve one of these lanes; the one that is `timed` calls away with an eye on
    the clock. How many were called; -1 if this player is stale."""
    base = user[U_BASE]
    head = header(base)
    instance = graph_row(base, slot)[G_INSTANCE]
    own = words(base + instance, INSTANCE_WORDS)
    units = words(base + own[I_UNITS_AT], (own[I_UNITS], UNIT_WORDS))
    table = words(user[U_TABLE], user[U_TABLE_SIZE])
    called = 0
    for k in range(own[I_UNITS]):
        if units[k, 4] & lanes == 0:
            continue
        if is_stale(user):
            return -1
        head[CURRENT_GRAPH] = units[k, 5] if units[k, 5] != 0 else instance
        head[CURRENT_UNIT] = k
        address = table[units[k, 0]]
        if address != 0:
            if called == timed:
                time_unit(user, units[k, 0], address, units[k, 1])
            else:
                call_unit(address, base, units[k, 1])
        called += 1
    return called


@kernel
def render_graph(user, slot, timed):
    """Render a graph onto its bus; the first of eight voices renders all that sound. How many units were called; -1 if this player is stale."""
    lanes = lanes_to_render(user[U_BASE], slot)
    if lanes == 0:
        return 0
    clear_buses(user[U_BASE], slot, lanes)
    return call_graph(user, slot, lanes, timed)


@kernel
def is_bad(base, at, count, size, first, step, limit):
    """Whether one of an output's values, each `step`-th from `first` on, has a magnitude whose bits reach the limit."""
    if size == 4:
        samples = floats(base + at, count)
        for n in range(first, count, step):
            if magnitude(samples[n]) >= limit:
                return True
    else:
        values = doubles(base + at, count)
        for n in range(first, count, step):
            if not abs(values[n]) < 1e300:
                return True
    return False


@kernel
def find_culprit(user, slot, limit):
    """Render a graph's block once more, from the states it had before, and look at each unit's outputs: the place of the first
    that gives a sample whose magnitude's bits are above the limit; -1 if none does. Of eight voices that sound together all are rendered once more, to
    the end, since the others go on."""
    base = user[U_BASE]
    head = header(base)
    instance = graph_row(base, slot)[G_INSTANCE]
    own = words(base + instance, INSTANCE_WORDS)
    eight, lane, step = own[I_EIGHT], 1 << own[I_LANE], 8 if own[I_EIGHT] > 0 else 1
    lanes = -1
    if eight > 0:
        lanes = sounding_lanes(base, eight)
        for other in range(states(base)[E_ROWS]):
            row = graph_row(base, other)
            if row[G_PHASE] != FREE and row[G_PHASE] != RETIRING and words(base + row[G_INSTANCE], INSTANCE_WORDS)[I_EIGHT] == eight:
                before(user, other)
    else:
        before(user, slot)
    clear_buses(base, slot, lanes)
    units = words(base + own[I_UNITS_AT], (own[I_UNITS], UNIT_WORDS))
    table = words(user[U_TABLE], user[U_TABLE_SIZE])
    found = -1
    for k in range(own[I_UNITS]):
        if units[k, 4] & lanes == 0:
            continue
        if is_stale(user):
            return found
        head[CURRENT_UNIT] = k
        if table[units[k, 0]] != 0:
            call_unit(table[units[k, 0]], base, units[k, 1])
        if found >= 0 or (eight > 0 and units[k, 4] & lane == 0):
            continue
        serves_all = units[k, 4] < 0
        outs = words(base + units[k, 2], (units[k, 3], 3))
        for o in range(units[k, 3]):
            first = own[I_LANE] if serves_all else 0
            if is_bad(base, outs[o, 0], outs[o, 1], outs[o, 2], first, step if serves_all else 1, limit):
                found = k
    return found


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
    count = own[I_STATE_SIZE] // WORD
    if slot >= words(copy, E_WORDS)[E_ROWS] or there[G_INSTANCE] != instance or there[G_PHASE] == FREE:
        copy_image(base, instance)
    elif own[I_EIGHT] > 0:
        places = words(base + own[I_PLACES_AT], count)
        for k in range(count):
            words(base + places[k], 1)[0] = words(copy + places[k] - head[STATE_AT], 1)[0]
    else:
        live = words(base + own[I_STATE_AT], count)
        kept = words(copy + own[I_STATE_AT] - head[STATE_AT], count)
        for k in range(count):
            live[k] = kept[k]
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
def mix_row(bus, own, gains):
    """Add a graph's block."""
    for c in range(bus.shape[0]):
        for n in range(FRAMES):
            bus[c, n] += own[c, n] * gains[n]


@kernel
def mix_graph(base, slot):
    """Add what a graph has rendered to the outputs, and what it sends to where its scene hears it."""
    head = header(base)
    outputs, own = head[OUTPUTS], words(base + graph_row(base, slot)[G_INSTANCE], INSTANCE_WORDS)
    gains, sends, shift = graph_gains(base, slot), own[I_SENDS], own[I_SHIFT]
    bus, sent = floats(base + head[BUS_AT], (outputs, FRAMES)), floats(base + own[I_SENDS_AT], (sends, FRAMES))
    made = floats(base + bus_of(base, slot), (outputs + sends, FRAMES))
    if own[I_ENDS_AFTER] > 0 and shift > 0:
        tails, block = floats(base + own[I_TAIL_AT], (2, outputs + sends, FRAMES)), states(base)[E_FRAME] // FRAMES
        mix_shifted(bus, made, gains, shift, tails, block)
        mix_shifted(sent, made[outputs:], gains, shift, tails[:, outputs:], block)
    else:
        mix_row(bus, made, gains)
        mix_row(sent, made[outputs:], gains)


@kernel
def mix_graphs(user):
    """Render everything that plays into the bus; what sends to others, before them. False if this player is stale."""
    base = user[U_BASE]
    head = header(base)
    outputs = head[OUTPUTS]
    floats(base + head[BUS_AT], outputs * FRAMES)[:] = 0.0
    floats(base + head[SENT_AT], head[SENT_ROWS] * FRAMES)[:] = 0.0
    note_lanes(base)
    noted, room = costs(user), base + head[TIME_AT]
    timed, calls, began, account = draw(user), 0, nanoseconds(room), -1
    for turn in range(0 if head[SENT_ROWS] > 0 else 1, 2):
        for slot in range(states(base)[E_ROWS]):
            phase = graph_row(base, slot)[G_PHASE]
            if phase in (FREE, RETIRING):
                continue
            instance = words(base + graph_row(base, slot)[G_INSTANCE], INSTANCE_WORDS)
            sends = instance[I_SENDS]
            if (sends > 0) != (turn == 0):
                continue
            if account >= 0 and not is_stale(user):
                now = nanoseconds(room)
                noted[C_ACCOUNTS + account] += now - began
                began = now
            account = instance[I_ACCOUNT] & (ACCOUNTS - 1)
            called = render_graph(user, slot, timed - calls)
            if called < 0:
                return False
            calls += called
            most = worst(floats(base + bus_of(base, slot), (outputs + sends) * FRAMES))
            if most >= TOO_MUCH:
                states(base)[E_NONFINITE] += 1
                went_bad(base, slot, find_culprit(user, slot, NOT_FINITE if most >= NOT_FINITE else TOO_MUCH))
                continue
            ended = listen(base, slot, most)
            mix_graph(base, slot)
            if ended:
                retire(base, slot)
    if account >= 0 and not is_stale(user):
        noted[C_ACCOUNTS + account] += nanoseconds(room) - began
    user[U_CALLS] = calls
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
def note_block(user, took):
    """Note what a complete block took, in ns."""
    noted, head = costs(user), header(user[U_BASE])
    span = max(1, head[RATE] // FRAMES)
    at = C_WORST + head[BLOCKS] // span % SPANS
    noted[at] = took if head[BLOCKS] % span == 0 else max(noted[at], took)
    noted[C_SPENT] += took
    noted[C_BLOCKS] += 1


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
    note_block(user, took)
    head[INSIDE] = 0
    return RENDERED
