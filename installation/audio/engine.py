"""The engine's doors, as a player calls them. Compiled to an object by `native`, which alone imports this.

    restore(user)                  a player's first call: take the last complete copy of the small states for its own
    callback(...)                  PortAudio's callback, for any card block
    render(user, heard, out, n)    the same without a card: one engine, live, offline and in silence
    work(user)                     a worker's life (see `sharing`): it returns when it is asked to
    dismiss(user)                  asks the workers to
    fatal(number)                  handler of the signals by which a kernel ends its process: it notes which thread that was
    serve                          64-frame blocks to and from a card that asks for any number of frames

`user` is the address of a player's own words (layout.U_*), or of a worker's. What is left of a block lies in the arena with its copy of the states, so
that a successor goes on within it.
"""

from __future__ import annotations

from ..dsp.primitives import floats, flush_denormals, kernel, load_acquire, magnitude, set_float_mode, store_release, swap_if, thread_id, words
from ..dsp.waiting import hand_on, keep, kept, wake
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
    CURRENT_GRAPH,
    DELIVERED,
    DIED_IN,
    FRAMES,
    INPUT_AT,
    INPUTS,
    INSIDE,
    J_BEGUN,
    J_FORMER,
    J_LEAVE,
    J_TIDS,
    MOST_THREADS,
    OUT_AT,
    OUT_SIZE,
    OUTPUTS,
    RENDERED,
    STALE,
    STATE_AT,
    STATE_SIZE,
    STATE_USED,
    THREAD_WORDS,
    U_BASE,
    U_COMMITTED,
    U_EPOCH,
    U_JOBS,
    U_THREAD,
    U_THREADS,
    USER_WORDS,
    WORD,
    XRUNS,
)
from .mix import TOO_MUCH, help_out
from .sharing import rest
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
            head[INSIDE] = head[DIED_IN] = 0
            for thread in range(MOST_THREADS):
                head[CURRENT_GRAPH + THREAD_WORDS * thread] = 0
            keep(user_address)
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


@kernel
def work(user_address):
    """Render what is left to claim, block after block."""
    mode = flush_denormals()
    user = words(user_address, USER_WORDS)
    words(user[U_JOBS] + J_TIDS * WORD, MOST_THREADS)[user[U_THREAD]] = thread_id()
    while load_acquire(user[U_JOBS] + J_LEAVE * WORD) == 0:
        begun = load_acquire(user[U_JOBS] + J_BEGUN * WORD)
        help_out(user)
        rest(user, begun)
    set_float_mode(mode)


@kernel
def dismiss(user_address):
    """Ask the workers to leave; between two blocks only."""
    jobs = words(user_address, USER_WORDS)[U_JOBS]
    store_release(jobs + J_LEAVE * WORD, 1)
    store_release(jobs + J_BEGUN * WORD, load_acquire(jobs + J_BEGUN * WORD) + 1)
    wake(jobs + J_BEGUN * WORD, MOST_THREADS)


@kernel
def fatal(number):
    """Note which thread a signal ends, and let it."""
    if kept() == 0:
        hand_on(number, 0)
        return
    user = words(kept(), USER_WORDS)
    mine, tids, thread = thread_id(), words(user[U_JOBS] + J_TIDS * WORD, MOST_THREADS), 0
    for worker in range(1, user[U_THREADS]):
        if tids[worker] == mine:
            thread = worker
    header(user[U_BASE])[DIED_IN] = 1 + thread
    hand_on(number, words(user[U_JOBS] + (J_FORMER + number) * WORD, 1)[0])
