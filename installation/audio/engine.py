"""The engine's three doors, as a player calls them. Compiled to an object by `native`, which alone imports this.

    restore(user)                  a player's first call: take the last complete copy of the small states for its own
    callback(...)                  PortAudio's callback, for any card block
    render(user, heard, out, n)    the same without a card: one engine, live, offline and in silence
    serve                          64-frame blocks to and from a card that asks for any number of frames

`user` is the address of a player's own words (layout.U_*). What is left of a block lies in the arena with its copy of the states, so
that a successor goes on within it.
"""

from __future__ import annotations

from ..dsp.primitives import floats, flush_denormals, kernel, load_acquire, magnitude, set_float_mode, store_release, swap_if, thread_id, words
from .block import render_block
from .clocked import costs
from .layout import (
    C_EPOCH,
    CALLBACK_TID,
    CALLBACKS,
    CARD_FRAMES,
    COMMIT_AT,
    COMMIT_SIZE,
    COMMITTED,
    COSTS_AT,
    COSTS_WORDS,
    DELIVERED,
    FRAMES,
    INPUT_AT,
    INPUTS,
    INSIDE,
    OUT_AT,
    OUT_SIZE,
    OUTPUTS,
    RENDERED,
    STALE,
    STATE_AT,
    STATE_SIZE,
    STATE_USED,
    U_BASE,
    U_COMMITTED,
    U_EPOCH,
    USER_WORDS,
    WORD,
    XRUNS,
)
from .mix import TOO_MUCH
from .standing import header, is_stale

OUTPUT_TROUBLE = 0x0F  # PortAudio's flags: input underflow and overflow, output underflow and overflow
PRIMING = 0x10
CONTINUE, ABORT = 0, 2  # paContinue, paAbort


@kernel
def serve(user, heard, out, frames):
    """Give the card any number of frames: what is left of the last block, then new ones. heard, out: addresses of interleaved
    float32; `heard` may be 0. A sound that comes in is heard by the graphs one block (64 frames) later, whatever the card's block."""
    base = user[U_BASE]
    head = header(base)
    outputs, inputs = head[OUTPUTS], head[INPUTS]
    given = floats(out, (frames, outputs))
    bus = floats(base + head[INPUT_AT], (inputs, FRAMES))
    done = 0
    code = RENDERED
    while done < frames and code == RENDERED:
        left = (user[U_COMMITTED] >> 16) * FRAMES - head[DELIVERED]
        if left <= 0 or left > FRAMES:
            if is_stale(user):
                code = STALE
                break
            head[DELIVERED] = (user[U_COMMITTED] >> 16) * FRAMES
            code = render_block(user)
            left = FRAMES
        if code != RENDERED:
            break
        count = min(frames - done, left)
        first = FRAMES - left
        ready = floats(base + head[OUT_AT] + (user[U_COMMITTED] & 3) * head[OUT_SIZE], (FRAMES, outputs))
        for n in range(count):
            for c in range(outputs):
                given[done + n, c] = ready[first + n, c]
        if heard != 0 and inputs > 0:
            new = floats(heard, (frames, inputs))
            for n in range(count):
                for c in range(inputs):
                    sample = new[done + n, c]
                    bus[c, first + n] = sample if magnitude(sample) < TOO_MUCH else 0.0
        head[DELIVERED] += count
        done += count
    for n in range(done, frames):
        for c in range(outputs):
            given[n, c] = 0.0
    return code


@kernel
def restore(user_address):
    """Begin as the player: take the last complete copy of the small states. STALE if the epoch is another by now."""
    user = words(user_address, USER_WORDS)
    base = user[U_BASE]
    head = header(base)
    while not is_stale(user):
        last = load_acquire(base + COMMITTED * WORD)
        count = min(head[STATE_USED], head[STATE_SIZE]) // WORD
        live = words(base + head[STATE_AT], count)
        kept = words(base + head[COMMIT_AT] + (last & 3) * head[COMMIT_SIZE], count)
        for k in range(count):
            live[k] = kept[k]
        mine = (last >> 16) << 16 | (user[U_EPOCH] & 0x3FFF) << 2 | last & 3
        if swap_if(base + COMMITTED * WORD, last, mine):
            user[U_COMMITTED] = mine
            head[INSIDE] = 0
            noted = costs(user)
            noted[:] = 0
            store_release(base + head[COSTS_AT] + (user[U_EPOCH] & 1) * COSTS_WORDS * WORD + C_EPOCH * WORD, user[U_EPOCH])
            return RENDERED
    return STALE


@kernel
def render(user_address, heard, out, frames):
    """Fill `out` with so many frames; RENDERED or STALE."""
    mode = flush_denormals()
    code = serve(words(user_address, USER_WORDS), heard, out, frames)
    set_float_mode(mode)
    return code


@kernel
def callback(heard, out, frames, time, flags, user_address):
    """PortAudio's callback. The thread's float mode is as before when it returns: it may be Python's."""
    mode = flush_denormals()
    user = words(user_address, USER_WORDS)
    head = header(user[U_BASE])
    code = STALE
    if is_stale(user):
        given = floats(out, frames * head[OUTPUTS])
        given[:] = 0.0
    else:
        if head[CALLBACK_TID] == 0:
            head[CALLBACK_TID] = thread_id()
        head[CARD_FRAMES] = frames
        if flags & OUTPUT_TROUBLE and not flags & PRIMING:
            head[XRUNS] += 1
        code = serve(user, heard, out, frames)
        if code == RENDERED:
            head[CALLBACKS] += 1
    set_float_mode(mode)
    return CONTINUE if code == RENDERED else ABORT
