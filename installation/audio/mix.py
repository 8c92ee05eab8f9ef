"""What everything that plays sounds like in one block, before the guard. Compiled into the engine (only `native` imports it).

    mix_graphs     each graph rendered, its samples looked at, its fade; what is sent before those who hear it
    help_out       what every thread does of that: graphs rendered, each into a bus of its own, while there are any (see `sharing`)
    render_graph   one graph's units in order
    mix_shifted    a voice's block, which begins inside the engine's
    find_culprit   which unit made a bad sample: the graph's block once more, unit by unit
"""

from __future__ import annotations

import numpy as np

from ..dsp.primitives import call_unit, double_of, doubles, floats, kernel, magnitude, nanoseconds, words
from .clocked import costs, draw, time_unit
from .lane_buses import bus_of, clear_buses, lanes_of, leads, note_lanes
from .layout import (
    ACCOUNTS,
    APPLIED_AT,
    BUS_AT,
    C_ACCOUNTS,
    COMMIT_AT,
    COMMIT_SIZE,
    CURRENT_GRAPH,
    CURRENT_UNIT,
    E_FRAME,
    E_GRAPHS,
    E_NONFINITE,
    E_ROWS,
    E_WORDS,
    FRAMES,
    FREE,
    G_INSTANCE,
    G_PHASE,
    GRAPH_BUS_AT,
    GRAPH_WORDS,
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
    I_TAIL_AT,
    I_UNITS,
    I_UNITS_AT,
    INSTANCE_WORDS,
    K_MOST,
    K_TIMED,
    K_TOOK,
    MAX_PENDING,
    OUTPUTS,
    RETIRING,
    SENT_AT,
    SENT_ROWS,
    STATE_AT,
    THREAD_WORDS,
    TIME_AT,
    U_BASE,
    U_CALLS,
    U_COMMITTED,
    U_TABLE,
    U_TABLE_SIZE,
    U_THREAD,
    UNIT_WORDS,
    WORD,
)
from .requests import copy_image, graph_gains, graph_row, listen, retire, sounding_lanes, states, strike, went_bad
from .sharing import claim, finish, job, plays, share, shared_bus_at, wait_for_all
from .standing import header, is_stale

TOO_MUCH = 0x42C80000  # the bits of 100.0: a graph's sample above this is absurd; infinities and NaN lie higher still
NOT_FINITE = 0x7F800000  # the bits of infinity


@kernel
def worst(samples):
    """The highest magnitude among float32 samples, as bits."""
    most = np.int32(0)
    for n in range(samples.shape[0]):
        most = max(most, magnitude(samples[n]))
    return most


@kernel
def call_graph(user, slot, lanes, timed):
    """Call a graph's units in order, of eight voices those that serve one of these lanes; the one at the place `timed` with an eye on the
    clock. False if this player is stale."""
    base = user[U_BASE]
    head = header(base)
    instance = graph_row(base, slot)[G_INSTANCE]
    own = words(base + instance, INSTANCE_WORDS)
    units = words(base + own[I_UNITS_AT], (own[I_UNITS], UNIT_WORDS))
    table = words(user[U_TABLE], user[U_TABLE_SIZE])
    here = THREAD_WORDS * user[U_THREAD]
    for k in range(own[I_UNITS]):
        if units[k, 4] & lanes == 0:
            continue
        if is_stale(user):
            return False
        head[CURRENT_GRAPH + here] = units[k, 5] if units[k, 5] != 0 else instance
        head[CURRENT_UNIT + here] = k
        address = table[units[k, 0]]
        if address != 0:
            if k == timed:
                time_unit(user, units[k, 0], address, units[k, 1])
            else:
                call_unit(address, base, units[k, 1])
    return True


@kernel
def render_graph(user, slot, timed):
    """Render a graph's block into this thread's bus, or those of its eight that sound into theirs. False if this player is stale."""
    lanes = lanes_of(user[U_BASE], slot)
    clear_buses(user[U_BASE], slot, lanes)
    return call_graph(user, slot, lanes, timed)


@kernel
def help_out(user):
    """Render graphs of the block that is shared, each into the bus that is its own, until none is left to claim."""
    base = user[U_BASE]
    head = header(base)
    room = base + head[TIME_AT]
    while True:
        slot = claim(user)
        if slot < 0:
            return
        began = nanoseconds(room)
        mine, instance = job(user, slot), words(base + graph_row(base, slot)[G_INSTANCE], INSTANCE_WORDS)
        if render_graph(user, slot, mine[K_TIMED]) and instance[I_EIGHT] == 0:
            count = (head[OUTPUTS] + instance[I_SENDS]) * FRAMES
            own = floats(base + head[GRAPH_BUS_AT], count)
            bus = floats(shared_bus_at(user, slot), count)
            for n in range(count):
                bus[n] = own[n]
            mine[K_MOST] = worst(own)
        head[CURRENT_GRAPH + THREAD_WORDS * user[U_THREAD]] = 0
        mine[K_TOOK] = nanoseconds(room) - began
        finish(user, slot)


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
    head[CURRENT_GRAPH] = instance
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
def mix_graph(user, slot, at, most):
    """Add a graph's block, float32 (outputs and what it sends, 64) at an address, whose highest magnitude has the bits `most`, to the outputs and to where
    its scene hears it; or silence it if that is too much."""
    base = user[U_BASE]
    head = header(base)
    outputs, instance = head[OUTPUTS], words(base + graph_row(base, slot)[G_INSTANCE], INSTANCE_WORDS)
    if most >= TOO_MUCH:
        states(base)[E_NONFINITE] += 1
        went_bad(base, slot, find_culprit(user, slot, NOT_FINITE if most >= NOT_FINITE else TOO_MUCH))
        return
    ended = listen(base, slot, most)
    gains, sends, shift = graph_gains(base, slot), instance[I_SENDS], instance[I_SHIFT]
    bus, sent = floats(base + head[BUS_AT], (outputs, FRAMES)), floats(base + instance[I_SENDS_AT], (sends, FRAMES))
    own = floats(at, (outputs + sends, FRAMES))
    if instance[I_ENDS_AFTER] > 0 and shift > 0:
        tails, block = floats(base + instance[I_TAIL_AT], (2, outputs + sends, FRAMES)), states(base)[E_FRAME] // FRAMES
        mix_shifted(bus, own, gains, shift, tails, block)
        mix_shifted(sent, own[outputs:], gains, shift, tails[:, outputs:], block)
    else:
        mix_row(bus, own, gains)
        mix_row(sent, own[outputs:], gains)
    if ended:
        retire(base, slot)


@kernel
def mix_graphs(user):
    """Render everything that plays into the bus; what sends to others, before them. False if this player is stale."""
    base = user[U_BASE]
    head = header(base)
    floats(base + head[BUS_AT], head[OUTPUTS] * FRAMES)[:] = 0.0
    floats(base + head[SENT_AT], head[SENT_ROWS] * FRAMES)[:] = 0.0
    note_lanes(base)
    timed, calls = draw(user), 0
    for turn in range(0 if head[SENT_ROWS] > 0 else 1, 2):
        called = mix_turn(user, turn, timed - calls)
        if called < 0:
            return False
        calls += called
    user[U_CALLS] = calls
    head[CURRENT_GRAPH] = 0
    return True


@kernel
def mix_turn(user, turn, timed):
    """Those graphs that send (0), or those that do not (1). How many units they have; -1 if this player is stale."""
    base = user[U_BASE]
    head = header(base)
    noted, room = costs(user), base + head[TIME_AT]
    calls, began, passed, spent = 0, nanoseconds(room), 0, 0
    is_shared = share(user, turn, timed)
    if is_shared:
        help_out(user)
        spent = wait_for_all(user, turn)
        passed = nanoseconds(room) - began
        if is_stale(user):
            return -1
    for slot in range(states(base)[E_ROWS]):
        if not plays(base, slot, turn):
            continue
        instance = words(base + graph_row(base, slot)[G_INSTANCE], INSTANCE_WORDS)
        is_leading = leads(base, slot)
        calls += instance[I_UNITS] if is_leading else 0
        account, count = instance[I_ACCOUNT] & (ACCOUNTS - 1), (head[OUTPUTS] + instance[I_SENDS]) * FRAMES
        at = base + bus_of(base, slot)
        if not is_shared and is_leading and not render_graph(user, slot, timed - calls + instance[I_UNITS]):
            return -1
        if is_shared and instance[I_EIGHT] == 0:
            at, most = shared_bus_at(user, slot), job(user, slot)[K_MOST]
        else:
            most = worst(floats(at, count))
        mix_graph(user, slot, at, most)
        if is_shared:  # its part of the time that passed, so that all parts are no more than the block's
            took = passed * job(user, slot)[K_TOOK] // max(1, spent) if is_leading else 0
        else:
            took = nanoseconds(room) - began
            began += took
        if not is_stale(user):
            noted[C_ACCOUNTS + account] += took
    return calls
