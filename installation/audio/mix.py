"""What everything that plays sounds like in one block, before the guard. Compiled into the engine (only `native` imports it).

    mix_graphs     each graph rendered, its samples looked at, its fade
    help_out       what every thread does of that: graphs rendered, each into a bus of its own, while there are any (see `sharing`)
    render_graph   one graph's units in order
    mix_shifted    a voice's block, which begins inside the engine's
    find_culprit   which unit made a bad sample: the graph's block once more, unit by unit
"""

from __future__ import annotations

import numpy as np

from ..dsp.primitives import call_unit, double_of, doubles, floats, kernel, magnitude, nanoseconds, words
from .clocked import costs, draw, time_unit
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
    I_ENDS_AFTER,
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
from .requests import copy_image, graph_gains, graph_row, listen, retire, states, strike, went_bad
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
def call_graph(user, slot, timed):
    """Call a graph's units in order, the one at the place `timed` with an eye on the clock. False if this player is stale."""
    base = user[U_BASE]
    head = header(base)
    instance = graph_row(base, slot)[G_INSTANCE]
    own = words(base + instance, INSTANCE_WORDS)
    units = words(base + own[I_UNITS_AT], (own[I_UNITS], UNIT_WORDS))
    table = words(user[U_TABLE], user[U_TABLE_SIZE])
    here = THREAD_WORDS * user[U_THREAD]
    head[CURRENT_GRAPH + here] = instance
    for k in range(own[I_UNITS]):
        if is_stale(user):
            return False
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
    """Render a graph's block into this thread's bus. False if this player is stale."""
    base = user[U_BASE]
    floats(base + header(base)[GRAPH_BUS_AT], header(base)[OUTPUTS] * FRAMES)[:] = 0.0
    return call_graph(user, slot, timed)


@kernel
def help_out(user):
    """Render graphs of the block that is shared, each into the bus that is its own, until none is left to claim."""
    base = user[U_BASE]
    head = header(base)
    room = base + head[TIME_AT]
    count = head[OUTPUTS] * FRAMES
    while True:
        slot = claim(user)
        if slot < 0:
            return
        began = nanoseconds(room)
        mine = job(user, slot)
        if render_graph(user, slot, mine[K_TIMED]):
            own = floats(base + head[GRAPH_BUS_AT], count)
            bus = floats(shared_bus_at(user, slot), count)
            for n in range(count):
                bus[n] = own[n]
            mine[K_MOST] = worst(own)
        head[CURRENT_GRAPH + THREAD_WORDS * user[U_THREAD]] = 0
        mine[K_TOOK] = nanoseconds(room) - began
        finish(user, slot)


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
    head[CURRENT_GRAPH] = instance
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
def mix_graph(user, slot, own, most):
    """Add a graph's block, float32 (outputs, 64), whose highest magnitude has the bits `most`, to the bus; or silence it if that is too much."""
    base = user[U_BASE]
    head = header(base)
    outputs = head[OUTPUTS]
    bus = floats(base + head[BUS_AT], (outputs, FRAMES))
    instance = words(base + graph_row(base, slot)[G_INSTANCE], INSTANCE_WORDS)
    if most >= TOO_MUCH:
        states(base)[E_NONFINITE] += 1
        went_bad(base, slot, find_culprit(user, slot, NOT_FINITE if most >= NOT_FINITE else TOO_MUCH))
        return
    ended = listen(base, slot, most)
    gains = graph_gains(base, slot)
    if instance[I_ENDS_AFTER] > 0 and instance[I_SHIFT] > 0:
        mix_shifted(bus, own, gains, instance[I_SHIFT], floats(base + instance[I_TAIL_AT], (2, outputs, FRAMES)), states(base)[E_FRAME] // FRAMES)
    else:
        for c in range(outputs):
            for n in range(FRAMES):
                bus[c, n] += own[c, n] * gains[n]
    if ended:
        retire(base, slot)


@kernel
def mix_graphs(user):
    """Render everything that plays into the bus. False if this player is stale."""
    base = user[U_BASE]
    head = header(base)
    outputs = head[OUTPUTS]
    floats(base + head[BUS_AT], outputs * FRAMES)[:] = 0.0
    noted, room = costs(user), base + head[TIME_AT]
    timed, calls, began, passed, spent = draw(user), 0, nanoseconds(room), 0, 0
    is_shared = share(user, timed)
    if is_shared:
        help_out(user)
        spent = wait_for_all(user)
        passed = nanoseconds(room) - began
        if is_stale(user):
            return False
    for slot in range(states(base)[E_ROWS]):
        if not plays(base, slot):
            continue
        instance = words(base + graph_row(base, slot)[G_INSTANCE], INSTANCE_WORDS)
        calls += instance[I_UNITS]
        account = instance[I_ACCOUNT] & (ACCOUNTS - 1)
        if is_shared:  # its part of the time that passed, so that all parts are no more than the block's
            mix_graph(user, slot, floats(shared_bus_at(user, slot), (outputs, FRAMES)), job(user, slot)[K_MOST])
            took = passed * job(user, slot)[K_TOOK] // max(1, spent)
        else:
            if not render_graph(user, slot, timed - calls + instance[I_UNITS]):
                return False
            mix_graph(user, slot, floats(base + head[GRAPH_BUS_AT], (outputs, FRAMES)), worst(floats(base + head[GRAPH_BUS_AT], outputs * FRAMES)))
            took = nanoseconds(room) - began
            began += took
        if not is_stale(user):
            noted[C_ACCOUNTS + account] += took
    user[U_CALLS] = calls
    head[CURRENT_GRAPH] = 0
    return True
