"""What follows from a strike, sample-exact: other strikes, and values that hold until the next.

    beat     strikes by itself, evenly
    every    lets one in so many pass
    chance   lets a share of them pass
    count    how many there were, round and round
    gate     1 for a time after each
    latch    1 from one sort of strike to another
    hold     what a sound was at the last one

A strike is a frame above 0 after one that is not, so an impulse, a gate that opens and a pulse wave all strike once.
"""
from __future__ import annotations

from .chance import next_number
from .kernel import kernel, part


@part
def strikes(now, before):
    """Whether it strikes at a frame, given what is there and what was there a frame ago."""
    return now > 0.0 and before <= 0.0


@kernel
def beat(out, period, state):
    """Strike evenly, the first time at the first frame.

    out     float32 (1, frames)   impulses of 1
    period  float64 (2,)          frames from one to the next, at least 1; runs straight between the block's ends
    state   float64 (2,)          1 once it has begun, frames since the last strike; zeros is rest

    Frames are counted, fractions carried on: it never drifts. A period that shrinks below what has passed strikes at once.
    """
    frames = out.shape[1]
    slope = (period[1] - period[0]) / frames
    since = state[1]
    for n in range(frames):
        wanted = max(period[0] + slope * n, 1.0)
        if state[0] == 0.0:
            state[0] = 1.0
            out[0, n] = 1.0
        elif since >= wanted:
            since -= wanted
            if since >= 1.0:
                since = 0.0
            out[0, n] = 1.0
        else:
            out[0, n] = 0.0
        since += 1.0
    state[1] = since


@kernel
def every(out, trigger, numbers, state):
    """Let one strike in so many pass, as high as it is.

    out, trigger  float32 (1, frames)   may be the same array
    numbers       float64 (2,)          one in how many; which of them, counted from 1
    state         float64 (2,)          the frame before, how many of this round have come; zeros is rest
    """
    round_, chosen = numbers[0], numbers[1]
    before, counted = state[0], state[1]
    for n in range(out.shape[1]):
        now = float(trigger[0, n])
        passes = False
        if strikes(now, before):
            counted += 1.0
            passes = counted == chosen
            if counted >= round_:
                counted = 0.0
        out[0, n] = now if passes else 0.0
        before = now
    state[0], state[1] = before, counted


@kernel
def chance(out, trigger, probability, state):
    """Let a share of the strikes pass, as high as they are; nobody can foresee which.

    out, trigger  float32 (1, frames)   may be the same array
    probability   float64 (2,)          0 none, 1 all; runs straight between the block's ends
    state         float64 (3,)          the generator's two words (the seed), the frame before
    """
    frames = out.shape[1]
    slope = (probability[1] - probability[0]) / frames
    shift, weyl, before = int(state[0]), int(state[1]), state[2]
    for n in range(frames):
        now = float(trigger[0, n])
        passes = False
        if strikes(now, before):
            shift, weyl, value = next_number(shift, weyl)
            passes = 0.5 + 0.5 * value < probability[0] + slope * n
        out[0, n] = now if passes else 0.0
        before = now
    state[0], state[1], state[2] = shift, weyl, before


@kernel
def count(out, trigger, numbers, state):
    """How many strikes there were: 0, then 1 from the first on, and 0 again where it would be `numbers[0]`.

    out, trigger  float32 (1, frames)   may be the same array
    numbers       float64 (1,)          it counts up to one less, 2..16777216
    state         float64 (2,)          the frame before, the count; zeros is rest
    """
    before, counted = state[0], state[1]
    for n in range(out.shape[1]):
        now = float(trigger[0, n])
        if strikes(now, before):
            counted += 1.0
            if counted >= numbers[0]:
                counted = 0.0
        out[0, n] = counted
        before = now
    state[0], state[1] = before, counted


@kernel
def gate(out, trigger, length, state):
    """Say 1 for a time from each strike on; a strike meanwhile begins the time anew.

    out, trigger  float32 (1, frames)   may be the same array
    length        float64 (2,)          frames, at least 1; read where it strikes
    state         float64 (2,)          the frame before, frames left; zeros is rest
    """
    frames = out.shape[1]
    slope = (length[1] - length[0]) / frames
    before, left = state[0], state[1]
    for n in range(frames):
        now = float(trigger[0, n])
        if strikes(now, before):
            left = max(length[0] + slope * n, 1.0)
        out[0, n] = 1.0 if left > 0.0 else 0.0
        left = max(left - 1.0, 0.0)
        before = now
    state[0], state[1] = before, left


@kernel
def latch(out, on, off, state):
    """Say 1 from a strike of `on` to the next strike of `off`. Where both strike at once, it is on.

    out, on, off  float32 (1, frames)   out may be either
    state         float64 (3,)          the frame before of each, what it says; zeros is rest
    """
    opened, closed, says = state[0], state[1], state[2]
    for n in range(out.shape[1]):
        opens, closes = float(on[0, n]), float(off[0, n])
        if strikes(opens, opened):
            says = 1.0
        elif strikes(closes, closed):
            says = 0.0
        out[0, n] = says
        opened, closed = opens, closes
    state[0], state[1], state[2] = opened, closed, says


@kernel
def hold(out, x, trigger, state):
    """Keep what a sound was at the last strike: sample and hold. 0 before the first.

    out, x   float32 (channels, frames)   may be the same array
    trigger  float32 (1, frames)
    state    float64 (2 * channels,)      the frame before of the trigger, what is held, for each channel; zeros is rest
    """
    for channel in range(x.shape[0]):
        before, held = state[2 * channel], state[2 * channel + 1]
        for n in range(x.shape[1]):
            now = float(trigger[0, n])
            if strikes(now, before):
                held = float(x[channel, n])
            out[channel, n] = held
            before = now
        state[2 * channel], state[2 * channel + 1] = before, held
