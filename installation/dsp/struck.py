"""Playing a recording, or a slice of it, from each strike. What the region says is written in player.py."""
from __future__ import annotations

import numpy as np

from .chance import next_number
from .kernel import kernel, part
from .player import CUT, FIRST, ROUND, SLICES, beginning, bounds, put_voice, silence, speed_of
from .reading import ONE
from .strikes import strikes

CONTROLLED, ROUND_ROBIN, CHANCE, SHUFFLE = 0, 1, 2, 3
BEFORE, COUNT, VOICES, WORDS, ORDER = 2, 3, 4, 6, 16          # of the state, after the generator's two words


@part
def chosen(order, wanted, slices, state):
    """Which slice comes next; see the region."""
    if slices == 1:
        return 0
    if order == CONTROLLED:
        return int(np.floor(wanted)) % slices
    last, count = state[COUNT], 0
    if order == ROUND_ROBIN:
        state[COUNT] = (last + 1.0) % slices
        return int(last)
    shift, weyl, value = next_number(int(state[0]), int(state[1]))
    state[0], state[1] = shift, weyl
    value = 0.5 + 0.5 * value
    if order == CHANCE:
        return int(value * slices)
    count = int(last)
    free = slices - count
    if count == 0 and state[ORDER + slices] > 0.0:          # what came last does not come first: it stands at the end
        free -= 1
    at = count + int(value * free)
    found = state[ORDER + at]
    state[ORDER + at] = state[ORDER + count]
    state[ORDER + count] = found
    state[ORDER + slices] = 1.0
    state[COUNT] = (count + 1) % slices
    return int(found)


@kernel
def strike(out, trigger, table, rate, slice, region, state):
    """Play a recording, or one of its slices, at each strike, as loud as the strike. One that still sounds makes room within 256
    frames, so that an eager visitor hears no clicks.

    out      float32 (channels, frames)   may be the same array as trigger
    trigger  float32 (1, frames)     it strikes where it rises above 0
    table    float32 (channels, n)   the recording, at the engine's rate
    rate     float64 (2,)            speed, -16..16, 1 as recorded, below 0 backwards from the end; runs straight between the block's ends
    slice    float64 (2,)            which slice, from 0, counted round and round; read where it strikes
    region   float64 (4 + 2 * slices,)    see the module
    state    float64 (17 + slices,)  the generator's two words, the trigger's last frame, where the order stands; then stage, frame,
                                     fraction, slice, gain, frames left of what sounds and of what makes room; then the slices in an
                                     order, and 1 once one was played
    """
    frames = out.shape[1]
    step, bend = speed_of(rate, frames)
    slope = (slice[1] - slice[0]) / frames
    slices = (region.shape[0] - SLICES) // 2
    quality = int(region[2])
    before = np.float32(state[BEFORE])
    above = 0
    for n in range(frames):
        above += 1 if trigger[0, n] > 0.0 else 0
    begin = 0
    while begin < frames:
        struck = trigger[0, begin]
        if strikes(struck, before):
            for k in range(WORDS):
                state[VOICES + WORDS + k] = state[VOICES + k]
            which = chosen(int(region[3]), slice[0] + slope * begin, slices, state)
            stage, place = beginning(bounds(region, which, table.shape[1]), step + begin * bend)
            state[VOICES], state[VOICES + 1], state[VOICES + 2] = stage, place >> 32, 0.0
            state[VOICES + 3], state[VOICES + 4], state[VOICES + 5] = which, struck, CUT
        before = struck
        until = begin + 1 if above > 0 else frames
        while until < frames and not strikes(trigger[0, until], before):
            before = trigger[0, until]
            until += 1
        if not FIRST <= state[VOICES] <= ROUND:
            silence(out, begin, until)
        for voice in range(2):
            own = VOICES + WORDS * voice
            stage, left = int(state[own]), int(state[own + 5])
            stop = until if voice == 0 else min(until, begin + left)
            if FIRST <= stage <= ROUND and stop > begin:
                slice_ = bounds(region, int(state[own + 3]), table.shape[1])
                place = int(state[own + 1]) * ONE + int(state[own + 2])
                stage, place = put_voice(out, begin, stop, table, slice_, quality, state[own + 4], left, voice, stage, place,
                                         step + begin * bend, bend)
                state[own], state[own + 1], state[own + 2] = stage, place >> 32, place & (ONE - 1)
                state[own + 5] = left - voice * (stop - begin)
        begin = until
    state[BEFORE] = before
