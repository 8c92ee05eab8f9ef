"""What control asks of the engine, and what the engine answers: compiled into it (only `native` imports this).

    take        move requests from the ring into the table of those that wait for their date
    obey        do those that are due in this block, in the order of their dates, then of asking
    answer      put a result into the ring of results
    leave       retire what was banned; end what has faded out
    listen      note how loud a graph is, and whether a voice has ended

Everything here lives in the small states, so a block that is rendered again takes the same requests and gives the same answers.
"""

from __future__ import annotations

import math

from ..dsp.primitives import bits_of, double_of, doubles, floats, kernel, load_acquire, words
from .layout import (
    APPLIED_AT,
    BAD_SAMPLES,
    E_ASKED,
    E_DROPPED_RESULTS,
    E_FRAME,
    E_GRAPHS,
    E_LATE,
    E_PENDINGS,
    E_REQUEST_TAIL,
    E_RESULT_HEAD,
    E_RESULTS,
    E_ROWS,
    E_WAITING,
    E_WORDS,
    EQUAL_POWER,
    FADING_OUT,
    FALL,
    FRAMES,
    FREE,
    G_FADE_FRAMES,
    G_FADE_SHAPE,
    G_FADE_START,
    G_FROM,
    G_INSTANCE,
    G_LAYER,
    G_LEVEL,
    G_PHASE,
    G_SILENT,
    G_TO,
    GAINS_AT,
    GRAPH_WORDS,
    I_BANNED,
    I_EIGHT,
    I_ENDS_AFTER,
    I_ID,
    I_IMAGE_AT,
    I_LANE,
    I_PLACES_AT,
    I_SHIFT,
    I_STATE_AT,
    I_STATE_SIZE,
    I_UNITS,
    I_UNITS_AT,
    INSTANCE_WORDS,
    MAX_GRAPHS,
    MAX_PENDING,
    NOW,
    PLAYING,
    REFUSED,
    REQUEST_HEAD,
    REQUESTS_AT,
    RESULT_ROWS,
    RESULT_TAIL,
    RETIRED,
    RETIRING,
    RING_ROWS,
    ROW_WORDS,
    SILENCE,
    START,
    STARTED,
    STATE_AT,
    STOP,
    TRIGGER,
    TRIGGERS,
    U_TABLE,
    U_TABLE_SIZE,
    UNIT_WORDS,
    WAS_LATE,
    WORD,
)


@kernel
def states(base):
    """The engine's own words, live."""
    return words(base + words(base, STATE_AT + 1)[STATE_AT], E_WORDS)


@kernel
def graph_row(base, slot):
    """One row of the table of graphs that play."""
    return words(base + words(base, STATE_AT + 1)[STATE_AT] + (E_GRAPHS + slot * GRAPH_WORDS) * WORD, GRAPH_WORDS)


@kernel
def pending_row(base, slot):
    """One row of the table of requests that wait."""
    return words(base + words(base, STATE_AT + 1)[STATE_AT] + (E_PENDINGS + slot * ROW_WORDS) * WORD, ROW_WORDS)


@kernel
def graph_gains(base, slot):
    """The gains of this block's frames for one graph."""
    return floats(base + words(base, GAINS_AT + 1)[GAINS_AT] + slot * FRAMES * 4, FRAMES)


@kernel
def answer(base, kind, frame, instance, detail):
    """Put a result into the ring; whether there was room. RETIRED may use the last quarter alone, so that memory always comes back."""
    own = states(base)
    used = own[E_RESULT_HEAD] - load_acquire(base + RESULT_TAIL * WORD)
    if used >= (RESULT_ROWS if kind == RETIRED else RESULT_ROWS * 3 // 4):
        if kind != RETIRED:
            own[E_DROPPED_RESULTS] += 1
        return False
    at = E_RESULTS + (own[E_RESULT_HEAD] % RESULT_ROWS) * ROW_WORDS
    own[at] = kind
    own[at + 1] = frame
    own[at + 2] = instance
    own[at + 3] = words(base + instance, INSTANCE_WORDS)[I_ID]
    own[at + 4] = detail
    own[E_RESULT_HEAD] += 1
    return True


@kernel
def fill_gains(base, slot, first):
    """Work out a graph's gain for the frames of this block from `first` on."""
    row = graph_row(base, slot)
    gains = graph_gains(base, slot)
    start, frames = row[G_FADE_START], row[G_FADE_FRAMES]
    low, high = double_of(row[G_FROM]), double_of(row[G_TO])
    frame = states(base)[E_FRAME]
    for n in range(first, FRAMES):
        passed = frame + n - start
        if passed >= frames:
            gains[n] = high
        elif row[G_FADE_SHAPE] == EQUAL_POWER:
            sine = math.sin(0.5 * math.pi * passed / frames)
            gains[n] = math.sqrt(low * low + (high * high - low * low) * sine * sine)
        else:
            gains[n] = low + (high - low) * passed / frames


@kernel
def find(base, request):
    """The row in which the instance that a request means plays; -1 if it does not. An instance that lies where an older one lay
    has another id."""
    for slot in range(states(base)[E_ROWS]):
        row = graph_row(base, slot)
        if row[G_PHASE] != FREE and row[G_INSTANCE] == request[2] and words(base + request[2], INSTANCE_WORDS)[I_ID] == request[6]:
            return slot
    return -1


@kernel
def retire(base, slot):
    """Let an instance go: its memory belongs to control again, once the result is seen. Without room for that it waits."""
    row = graph_row(base, slot)
    row[G_PHASE] = RETIRING
    ends_after = words(base + row[G_INSTANCE], INSTANCE_WORDS)[I_ENDS_AFTER]
    ended = 1 if ends_after > 0 and row[G_SILENT] >= ends_after else 0
    if answer(base, RETIRED, states(base)[E_FRAME], row[G_INSTANCE], ended):
        row[G_PHASE] = FREE
        row[G_INSTANCE] = 0


@kernel
def code_missing(user, instance):
    """The place of the first unit for which this player has no code; -1 if it has them all."""
    base = user[0]
    table = words(user[U_TABLE], user[U_TABLE_SIZE])
    head = words(base + instance, INSTANCE_WORDS)
    units = words(base + head[I_UNITS_AT], (head[I_UNITS], UNIT_WORDS))
    for k in range(head[I_UNITS]):
        number = units[k, 0]
        if number < 0 or number >= user[U_TABLE_SIZE] or table[number] == 0:
            return k
    return -1


@kernel
def copy_image(base, instance):
    """An instance's small states as they are at rest."""
    head = words(base + instance, INSTANCE_WORDS)
    count = head[I_STATE_SIZE] // WORD
    image = words(base + head[I_IMAGE_AT], count)
    if head[I_EIGHT] > 0:
        places = words(base + head[I_PLACES_AT], count)
        for k in range(count):
            words(base + places[k], 1)[0] = image[k]
        return
    live = words(base + head[I_STATE_AT], count)
    for k in range(count):
        live[k] = image[k]


@kernel
def sounding_lanes(base, eight):
    """Bits of the lanes of that eight which sound."""
    found = 0
    for slot in range(states(base)[E_ROWS]):
        row = graph_row(base, slot)
        if row[G_PHASE] != FREE and row[G_PHASE] != RETIRING:
            own = words(base + row[G_INSTANCE], INSTANCE_WORDS)
            if own[I_EIGHT] == eight:
                found |= 1 << own[I_LANE]
    return found


@kernel
def rest(base, instance):
    """Put an instance's states at rest. With the first of eight, those of all: what the others' hold cannot be heard, but may take time."""
    head = words(base + instance, INSTANCE_WORDS)
    if head[I_EIGHT] > 0 and sounding_lanes(base, head[I_EIGHT]) == 0:
        first = instance - head[I_LANE] * INSTANCE_WORDS * WORD
        for lane in range(8):
            copy_image(base, first + lane * INSTANCE_WORDS * WORD)
    else:
        copy_image(base, instance)


@kernel
def start(user, request, offset):
    """Begin a graph at a frame of this block. False if it must wait because too many play."""
    base, instance = user[0], request[2]
    own = states(base)
    frame = own[E_FRAME]
    if find(base, request) >= 0:
        return True
    free = 0
    while free < own[E_ROWS] and graph_row(base, free)[G_PHASE] != FREE:
        free += 1
    if free == MAX_GRAPHS:
        return False
    own[E_ROWS] = max(own[E_ROWS], free + 1)
    row = graph_row(base, free)
    row[G_INSTANCE], row[G_LAYER], row[G_SILENT], row[G_LEVEL] = instance, request[5], 0, 0
    missing = code_missing(user, instance)
    if missing >= 0 or words(base + instance, INSTANCE_WORDS)[I_BANNED] != 0:
        if missing >= 0:
            answer(base, REFUSED, frame, instance, missing)
        retire(base, free)
        return True
    rest(base, instance)
    head = words(base + instance, INSTANCE_WORDS)
    if head[I_ENDS_AFTER] > 0:
        offset = head[I_SHIFT]  # a voice is asked for at the block in which it begins
    row[G_PHASE] = PLAYING
    row[G_FADE_START], row[G_FADE_FRAMES], row[G_FADE_SHAPE] = frame + offset, request[3], request[4]
    row[G_FROM], row[G_TO] = bits_of(0.0), bits_of(1.0)
    gains = graph_gains(base, free)
    for n in range(offset):
        gains[n] = 0.0
    fill_gains(base, free, offset)
    if head[I_ENDS_AFTER] == 0:
        answer(base, STARTED, frame + offset, instance, 0)
    return True


@kernel
def stop(base, request, offset):
    """Fade a graph out from a frame of this block on, from wherever its gain is then."""
    slot = find(base, request)
    if slot < 0:
        return
    row = graph_row(base, slot)
    if row[G_PHASE] != PLAYING:
        return
    row[G_PHASE] = FADING_OUT
    row[G_FROM], row[G_TO] = bits_of(float(graph_gains(base, slot)[offset])), bits_of(0.0)
    row[G_FADE_START], row[G_FADE_FRAMES], row[G_FADE_SHAPE] = states(base)[E_FRAME] + offset, request[3], request[4]
    fill_gains(base, slot, offset)


@kernel
def strike(base, state, offset, value):
    """Write a trigger into its unit's state; whether there was room in this block."""
    own = doubles(base + state, 1 + 2 * TRIGGERS)
    count = int(own[0])
    if count < 0 or count >= TRIGGERS:
        return False
    own[1 + 2 * count] = offset
    own[2 + 2 * count] = value
    own[0] = count + 1
    return True


@kernel
def trigger(base, request, offset):
    """Do a trigger; False if its unit has had as many as it can take in this block."""
    slot = find(base, request)
    if slot < 0 or graph_row(base, slot)[G_PHASE] == RETIRING:
        return True
    if not strike(base, request[3], offset, double_of(request[4])):
        return False
    applied = words(base + words(base, APPLIED_AT + 1)[APPLIED_AT], 1 + MAX_PENDING * 4)  # to be done again, if this block must be
    at = 1 + applied[0] * 4
    applied[at], applied[at + 1], applied[at + 2], applied[at + 3] = request[2], request[3], offset, request[4]
    applied[0] += 1
    return True


@kernel
def take(base):
    """Move requests into the table of those that wait, as many as it has room for."""
    own = states(base)
    head = load_acquire(base + REQUEST_HEAD * WORD)
    ring = words(base + words(base, REQUESTS_AT + 1)[REQUESTS_AT], (RING_ROWS, ROW_WORDS))
    slot = 0
    while own[E_REQUEST_TAIL] < head:
        while slot < own[E_WAITING] and pending_row(base, slot)[0] != 0:
            slot += 1
        if slot == MAX_PENDING:
            return
        own[E_WAITING] = max(own[E_WAITING], slot + 1)
        row = pending_row(base, slot)
        asked = ring[own[E_REQUEST_TAIL] % RING_ROWS]
        for k in range(ROW_WORDS - 1):
            row[k] = asked[k]
        if row[1] == NOW:
            row[1] = own[E_FRAME]
        elif row[1] < own[E_FRAME]:
            own[E_LATE] += 1
            answer(base, WAS_LATE, own[E_FRAME], row[2], own[E_FRAME] - row[1])
            row[1] = own[E_FRAME]
        row[7] = own[E_ASKED]
        own[E_ASKED] += 1
        own[E_REQUEST_TAIL] += 1


@kernel
def obey(user):
    """Do what is due in this block."""
    base = user[0]
    own = states(base)
    end = own[E_FRAME] + FRAMES
    words(base + words(base, APPLIED_AT + 1)[APPLIED_AT], 1)[0] = 0
    while True:
        first = -1
        for slot in range(own[E_WAITING]):
            row = pending_row(base, slot)
            if row[0] != 0 and row[1] < end:
                if first < 0:
                    first = slot
                else:
                    best = pending_row(base, first)
                    if row[1] < best[1] or (row[1] == best[1] and row[7] < best[7]):
                        first = slot
        if first < 0:
            break
        row = pending_row(base, first)
        offset = max(0, row[1] - (end - FRAMES))
        if row[0] == START:
            done = start(user, row, offset)
        elif row[0] == STOP:
            stop(base, row, offset)
            done = True
        elif row[0] == TRIGGER:
            done = trigger(base, row, offset)
        else:
            done = True
        if done:
            row[0] = 0
        else:
            row[1] = end  # one block later
    while own[E_WAITING] > 0 and pending_row(base, own[E_WAITING] - 1)[0] == 0:
        own[E_WAITING] -= 1


@kernel
def leave(base):
    """Retire what was banned, what has faded out by this block's first frame, and what found no room to say so before."""
    own = states(base)
    frame = own[E_FRAME]
    for slot in range(own[E_ROWS]):
        row = graph_row(base, slot)
        if row[G_PHASE] == FREE:
            continue
        if (
            row[G_PHASE] == RETIRING
            or words(base + row[G_INSTANCE], INSTANCE_WORDS)[I_BANNED] != 0
            or (row[G_PHASE] == FADING_OUT and frame >= row[G_FADE_START] + row[G_FADE_FRAMES])
        ):
            retire(base, slot)
        else:
            fill_gains(base, slot, 0)
    while own[E_ROWS] > 0 and graph_row(base, own[E_ROWS] - 1)[G_PHASE] == FREE:
        own[E_ROWS] -= 1


@kernel
def listen(base, slot, most):
    """Note how loud a graph's block was, as a magnitude's bits. True if it is a voice that has been silent for as long as it may."""
    row = graph_row(base, slot)
    row[G_LEVEL] = max(most, row[G_LEVEL] - FALL)
    row[G_SILENT] = row[G_SILENT] + 1 if most < SILENCE else 0
    ends_after = words(base + row[G_INSTANCE], INSTANCE_WORDS)[I_ENDS_AFTER]
    return ends_after > 0 and row[G_SILENT] >= ends_after


@kernel
def went_bad(base, slot, unit):
    """A graph made a bad sample: say who, and retire it."""
    row = graph_row(base, slot)
    answer(base, BAD_SAMPLES, states(base)[E_FRAME], row[G_INSTANCE], unit)
    retire(base, slot)
