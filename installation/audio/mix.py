"""What everything that plays sounds like in one block, before the guard. Compiled into the engine (only `native` imports it).

    mix_graphs     each graph's units in order, its samples looked at, its fade
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
    MAX_PENDING,
    OUTPUTS,
    RETIRING,
    STATE_AT,
    TIME_AT,
    U_BASE,
    U_CALLS,
    U_COMMITTED,
    U_TABLE,
    U_TABLE_SIZE,
    UNIT_WORDS,
    WORD,
)
from .requests import copy_image, graph_gains, graph_row, listen, retire, states, strike, went_bad
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
    head[CURRENT_GRAPH] = instance
    for k in range(own[I_UNITS]):
        if is_stale(user):
            return False
        head[CURRENT_UNIT] = k
        address = table[units[k, 0]]
        if address != 0:
            if k == timed:
                time_unit(user, units[k, 0], address, units[k, 1])
            else:
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
    noted, room = costs(user), base + head[TIME_AT]
    timed, calls, began, account = draw(user), 0, nanoseconds(room), -1
    for slot in range(states(base)[E_ROWS]):
        phase = graph_row(base, slot)[G_PHASE]
        if phase in (FREE, RETIRING):
            continue
        instance = words(base + graph_row(base, slot)[G_INSTANCE], INSTANCE_WORDS)
        if account >= 0 and not is_stale(user):
            now = nanoseconds(room)
            noted[C_ACCOUNTS + account] += now - began
            began = now
        account = instance[I_ACCOUNT] & (ACCOUNTS - 1)
        own[:] = 0.0
        if not call_graph(user, slot, timed - calls):
            return False
        calls += instance[I_UNITS]
        most = worst(floats(base + head[GRAPH_BUS_AT], outputs * FRAMES))
        if most >= TOO_MUCH:
            states(base)[E_NONFINITE] += 1
            went_bad(base, slot, find_culprit(user, slot, NOT_FINITE if most >= NOT_FINITE else TOO_MUCH))
            continue
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
    if account >= 0 and not is_stale(user):
        noted[C_ACCOUNTS + account] += nanoseconds(room) - began
    user[U_CALLS] = calls
    head[CURRENT_GRAPH] = 0
    return True
