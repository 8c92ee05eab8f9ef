"""Clouds: a sound as many short pieces of it, each at its own time, height and place.

    grains        of a recording
    live_grains   of what comes in

A grain is born between frames, exactly where the density says; its speed, its length and where it begins are those of that moment,
scattered by chance. It reads its recording as `player` does, on the cubic curve, and, if that has several channels, one of them by
chance. STATE holds a fixed number of grains; when all of them sound, one that would be born is not.

STATE: the generator's two words, how far the next birth has come and where it is due (in grains), the slot that is next, the frame
of the memory that is written next, two more that are 0; then 12 words for each grain.

Source: C. Roads, Microsound, 2001, chapter 3; the windows are J. von Hann's, J. W. Tukey's and an exponential fall by 60 dB.
"""
from __future__ import annotations

import math

import numpy as np

from .chance import next_number
from .kernel import kernel, part
from .player import quarter_sine
from .reading import CUBIC, LANE, ONE, fill, single, surely
from .scratch import scratch
from .windows import weigh

HEAD, GRAIN = 8, 12
PHASE, DUE, SLOT, WRITE = 2, 3, 4, 5
(LEFT, START, AGE, OFFSET, LENGTH, PLACE, FRACTION, STEP, PAN, LEVEL, ROW) = range(11)
# LEFT: frames it still sounds; START: its first frame in this block; AGE: frames since its birth; OFFSET: 0..1 frames more;
# LENGTH in frames; PLACE, FRACTION where it reads; STEP in 1/2**32 frames; PAN -1..1; ROW: the channel that it reads
SHORTEST = 8.0          # frames
CLOSEST = 3.0           # frames behind what comes in: the curve reads two ahead
SPARE = 64 + 8          # frames by which the memory is longer than the longest delay

sound = scratch(LANE, kind="f4")


@part
def pan_gain(pan, channel, channels):
    """How loud a grain is on a channel: two beside each other at equal power; more than two stand in a ring."""
    if channels == 1:
        return 1.0
    if channels == 2:
        return float(quarter_sine(np.float32(0.5 + 0.5 * pan if channel == 0 else 0.5 - 0.5 * pan)))
    away = abs(0.5 * (channels - 1) - 0.5 * channels * pan - channel) % channels
    away = min(away, channels - away)
    return float(quarter_sine(np.float32(1.0 - away))) if away < 1.0 else 0.0


@kernel
def add_grain(out, begin, end, row, goes_round, kind, own):
    """Add what a grain gives to frames begin..end. row: what it reads. own: its 12 words, of which START is left to the caller."""
    made = sound()
    left, length = int(own[LEFT]), row.shape[0]
    n = max(begin, int(own[START]))
    stop = min(end, n + left)
    place, step = int(own[PLACE]) * ONE + int(own[FRACTION]), int(own[STEP])
    age, offset, scale = int(own[AGE]), np.float32(own[OFFSET]), np.float32(1.0 / own[LENGTH])
    own[LEFT], own[AGE] = left - (stop - n), age + stop - n
    while n < stop:
        count = surely(place, step, 0, min(stop - n, LANE), ONE, (length - 2) * ONE)
        if count > 0:
            fill(made, row, place, step, 0, count, CUBIC)
        else:
            count = 1
            made[0] = single(row, place, abs(step), 0, length, goes_round, CUBIC)
        weigh(made, count, age, offset, scale, kind)
        for channel in range(out.shape[0]):
            gain = np.float32(own[LEVEL] * pan_gain(own[PAN], channel, out.shape[0]))
            if gain != np.float32(0.0):
                first = np.uint64(n)
                for k in range(count):
                    out[channel, first + np.uint64(k)] += gain * made[k]
        place += count * step
        age += count
        n += count
        if goes_round:
            place %= length * ONE
    own[PLACE], own[FRACTION] = place >> 32, place & (ONE - 1)


@part
def clear(out, begin, end):
    for channel in range(out.shape[0]):
        for n in range(begin, end):
            out[channel, n] = 0.0


@part
def add_from_table(out, begin, end, again, table, kind, state):
    """Put what all grains give on frames begin..end. again: where the next frames begin, once these are done."""
    clear(out, begin, end)
    for slot in range((state.shape[0] - HEAD) // GRAIN):
        own = state[HEAD + GRAIN * slot:HEAD + GRAIN * (slot + 1)]
        if own[LEFT] > 0.0:
            add_grain(out, begin, end, table[int(own[ROW])], False, kind, own)
            own[START] = again


@part
def add_from_line(out, begin, end, again, line, length, kind, state):
    """The same from a memory of `length` frames for each channel."""
    clear(out, begin, end)
    for slot in range((state.shape[0] - HEAD) // GRAIN):
        own = state[HEAD + GRAIN * slot:HEAD + GRAIN * (slot + 1)]
        if own[LEFT] > 0.0:
            at = int(own[ROW]) * length
            add_grain(out, begin, end, line[at:at + length], True, kind, own)
            own[START] = again


@part
def room_for(state, n):
    """The slot for a grain that is born at a frame: the next one whose grain is over by then; -1 if all of them sound."""
    slots = (state.shape[0] - HEAD) // GRAIN
    for k in range(slots):
        slot = (int(state[SLOT]) + k) % slots
        own = HEAD + GRAIN * slot
        if state[own + START] + state[own + LEFT] <= n or state[own + LEFT] == 0.0:
            state[SLOT] = (slot + 1) % slots
            return slot
    return -1


@part
def until_born(state, density, n, frames):
    """The frame of the next birth, from frame n on; `frames` if there is none in this block."""
    phase, wanted = state[PHASE], state[DUE]
    while n < frames:
        births = between(density, n / frames)
        if births > 0.0 and phase >= wanted:
            break
        phase += births
        n += 1
    state[PHASE] = phase
    return n


@part
def due(state, density):
    """Whether a grain is born at this frame, given grains per frame, and if so how many frames ago, 0..1."""
    phase = state[PHASE]
    born = density > 0.0 and phase >= state[DUE]
    ago = 0.0
    if born:
        ago = min((phase - state[DUE]) / density, 1.0)
        phase -= state[DUE]
    state[PHASE] = phase + density
    return born, ago


@part
def dice(state):
    """One number, -1 <= number < 1."""
    shift, weyl, value = next_number(int(state[0]), int(state[1]))
    state[0], state[1] = shift, weyl
    return value


@part
def between(control, along):
    """A control's value that far along the block."""
    return control[0] + (control[1] - control[0]) * along


@part
def bear(own, n, ago, size, density, speed, spread, rows, state):
    """A grain but for its place: when, how long, how fast, which side, how loud, of which channel."""
    length = max(size, SHORTEST)
    own[START], own[AGE], own[OFFSET], own[LENGTH] = n, 0.0, ago, length
    own[LEFT] = math.ceil(length - ago)
    own[STEP] = math.floor(min(max(speed, -16.0), 16.0) * ONE + 0.5)
    own[PAN] = spread * dice(state)
    own[LEVEL] = 1.0 / math.sqrt(max(0.5 * density * length, 1.0))
    own[ROW] = min(int((0.5 + 0.5 * dice(state)) * rows), rows - 1)


@part
def chances(along, rate, pitch_scatter, position_scatter, jitter, reverse, state):
    """What chance decides of a birth, the time of the next included: speed, shift in frames."""
    state[DUE] = max(1.0 - between(jitter, along) * (1.0 + math.log(0.5 + 0.5 * dice(state) + 1e-12)), 0.0)
    speed = between(rate, along) * 2.0 ** (between(pitch_scatter, along) * dice(state) / 12.0)
    shift = between(position_scatter, along) * dice(state)
    if 0.5 + 0.5 * dice(state) < between(reverse, along):
        speed = -speed
    return speed, shift


@part
def put(own, place):
    """Let a grain begin at a place in frames, as far on as it is old."""
    start = int(math.floor(place * ONE)) + int(math.floor(own[OFFSET] * own[STEP]))
    own[PLACE], own[FRACTION] = start >> 32, start & (ONE - 1)


@kernel
def grains(out, table, position, rate, density, size, pitch_scatter, position_scatter, jitter, spread, reverse, shape, state):
    """Play short pieces of a recording from around a place in it, many at once.

    out               float32 (channels, frames)
    table             float32 (any, n)   the recording, at the engine's rate
    position          float64 (2,)  where grains begin, 0..1 of the recording
    rate              float64 (2,)  speed of each, -16..16; below 0 it plays the same frames backwards
    density           float64 (2,)  grains per frame, 0..0.49
    size              float64 (2,)  frames that each lasts, at least 8
    pitch_scatter     float64 (2,)  semitones, up or down
    position_scatter  float64 (2,)  frames, before or after
    jitter            float64 (2,)  0 evenly in time, 1 as drops fall (the time between two is exponential)
    spread            float64 (2,)  0 all in the middle of the channels, 1 anywhere on them
    reverse           float64 (2,)  share of grains that go backwards, 0..1
    shape             float64 (1,)  the window: 0 Hann, 1 Tukey (a quarter rises, a quarter falls), 2 a fall by 60 dB
    state             float64 (8 + 12 * grains,)  see the module; the generator's seed, zeros

    All controls run straight between the block's ends, and are read where a grain is born. Grains that lie over each other are made
    softer by the square root of half their number, so that evenly, two at a time, they are the recording again.
    """
    frames, length = out.shape[1], table.shape[1]
    kind, done = int(shape[0]), 0
    n = until_born(state, density, 0, frames)
    while n < frames:
        along = n / frames
        births = between(density, along)
        born, ago = due(state, births)
        if born:
            speed, shift = chances(along, rate, pitch_scatter, position_scatter, jitter, reverse, state)
            slot = room_for(state, n)
            own = state[HEAD + GRAIN * max(slot, 0):HEAD + GRAIN * (max(slot, 0) + 1)]
            if slot >= 0:
                if own[LEFT] > 0.0:
                    add_from_table(out, done, n, n, table, kind, state)
                    done = n
                bear(own, n, ago, between(size, along), births, speed, between(spread, along), table.shape[0], state)
                place = min(max(between(position, (n - ago) / frames) * length + shift, 0.0), length - 1.0)
                if speed < 0.0:
                    place = min(place - own[STEP] / ONE * own[LENGTH], length - 1.0)
                put(own, place)
        n = until_born(state, density, n + 1, frames)
    add_from_table(out, done, frames, 0, table, kind, state)


@kernel
def live_grains(out, x, position, rate, density, size, pitch_scatter, position_scatter, jitter, spread, reverse, shape, line, state):
    """Play short pieces of what came in a while ago, many at once.

    out                         float32 (channels, frames)   may be the same array as x
    x                           float32 (any, frames)
    position                    float64 (2,)  frames ago, where grains begin
    rate … reverse, shape       as in `grains`; a grain that goes backwards begins where the others do
    line                        float32 (channels of x * length,)  length = longest + SPARE; zeros at start
    state                       float64 (8 + 12 * grains,)  see the module; the generator's seed, zeros

    A grain never leaves what is remembered: one that is faster than the sound begins earlier, one that is slower later, and one that
    would need more than there is becomes shorter.
    """
    frames, rows = out.shape[1], x.shape[0]
    length = line.shape[0] // rows
    longest = float(length - SPARE)
    kind, done, write = int(shape[0]), 0, int(state[WRITE])
    for n in range(frames):
        if n == done + LANE:
            add_from_line(out, done, n, n, line, length, kind, state)
            done = n
        for channel in range(rows):
            line[channel * length + write] = x[channel, n]
        along = n / frames
        births = between(density, along)
        born, ago = due(state, births)
        if born:
            speed, shift = chances(along, rate, pitch_scatter, position_scatter, jitter, reverse, state)
            slot = room_for(state, n)
            own = state[HEAD + GRAIN * max(slot, 0):HEAD + GRAIN * (max(slot, 0) + 1)]
            if slot >= 0:
                if own[LEFT] > 0.0:
                    add_from_line(out, done, n, n, line, length, kind, state)
                    done = n
                lag = 1.0 - min(max(speed, -16.0), 16.0)
                longest_grain = (longest - CLOSEST - 2.0) / max(abs(lag), 1e-6)
                bear(own, n, ago, min(between(size, along), longest_grain), births, speed, between(spread, along), rows, state)
                back = max(own[LENGTH] * lag, 0.0)
                ahead = max(-own[LENGTH] * lag, 0.0)
                delay = max(min(between(position, (n - ago) / frames) + shift, longest - 1.0 - back), CLOSEST + ahead)
                put(own, write - ago - delay + length)
                own[PLACE] %= length
        write = write + 1 if write + 1 < length else 0
    add_from_line(out, done, frames, 0, line, length, kind, state)
    state[WRITE] = write
