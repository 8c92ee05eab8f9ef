"""Playing a recording from memory, at any speed, forwards and backwards, from the graph's start (`play`).

A place in the recording is a whole number of 1/2**32 frames (see reading.py). STATE keeps its whole frames and its fraction in a word each.

The region (NUMBERS of `play` and of `strike`, in struck.py): [0] 1 if it loops, [1] the crossfade in frames, at most half of the
shortest slice, [2] how it is read between its frames: 0 straight, 1 cubic, 2 sinc; [3] who chooses among the slices: 0 the control
`slice`, 1 one after the other, 2 chance, 3 chance, but each once before any comes again; then for each slice the frame where it begins
and the frame where it ends.

A loop repeats every (end - begin - crossfade) frames: its last frames and its first sound together, at equal power, so that wind or a
crowd has no seam, in either direction. The first time round it begins plainly; turned back within its first crossfade it jumps.
"""
from __future__ import annotations

import numpy as np

from .kernel import kernel, part
from .reading import LANE, ONE, SINC, fill, single, surely
from .scratch import scratch
from .sinc import reach

STARTING, FIRST, FIRST_BACK, ROUND, OVER = 0, 1, 2, 3, 4      # FIRST: in its first crossfade, or in what does not loop
SLICES = 4              # of the region: where the slices begin
CUT = 256               # frames in which a sound that is struck again makes room for itself
S1, S3, S5, S7, S9 = (np.float32(value) for value in (1.5707963267949, -0.6459640975062, 0.0796926262462, -0.0046817541353, 0.00016044118479))

lane = scratch(LANE, kind="f4")
partner_lane = scratch(LANE, kind="f4")


@part
def quarter_sine(x):
    """The sine of x quarter turns, 0 <= x <= 1, to 4e-6: the gain of what comes, at equal power. Taylor's series to x**9."""
    s = x * x
    return x * (S1 + s * (S3 + s * (S5 + s * (S7 + s * S9))))


@part
def bounds(region, which, frames):
    """A slice: where it begins and ends, how long its loop is (0: none), the crossfade. In frames."""
    begin = max(int(region[SLICES + 2 * which]), 0)
    end = min(int(region[SLICES + 2 * which + 1]), frames)
    fade = int(region[1])
    if region[0] == 0.0 or end - begin - fade < 1:
        return begin, end, 0, 0
    return begin, end, end - begin - fade, fade


@part
def settled(stage, place, begin, end, turn, fade):
    """The stage and the place before a frame: gone round its loop, however far past the end, or come to an end."""
    start, first, last = begin * ONE, (begin + fade) * ONE, end * ONE
    if turn == 0:
        return (OVER if place < start or place >= last else stage), place
    if (stage == FIRST and place >= first) or (stage == FIRST_BACK and place < last - fade * ONE):
        stage = ROUND
    if place >= last:
        return ROUND, first + (place - first) % (turn * ONE)
    if place < (start if stage == FIRST else first):
        return ROUND, first + (place - first) % (turn * ONE)
    return stage, place


@part
def put_voice(out, start, stop, table, slice_, quality, gain, left, fall, stage, place, step, bend):
    """Put a voice on frames start..stop; add it to what is there, if it makes room, which is when `left` is `fall` = 1 less each frame.

    slice_: as `bounds` gives it. It is heard `gain * left / CUT`; `left` is CUT, unless it makes room. Gives the stage and the place after it.
    """
    begin, end, turn, fade = slice_
    frames = table.shape[1]
    n = start
    made, partner = lane(), partner_lane()
    while n < stop:
        stage, place = settled(stage, place, begin, end, turn, fade)
        if stage == OVER:
            break
        goes_round = turn > 0 and fade == 0 and stage == ROUND
        count = min(stop - n, LANE)
        half = reach(max(abs(step), abs(step + bend * count))) if quality == SINC else 2
        most, least = (end if goes_round else frames) - half, (begin if goes_round else 0) + half - 1
        fades = fade > 0 and stage != FIRST_BACK
        seam = end - fade if fades else end
        low, high = begin if stage == FIRST else begin + fade, min(seam, most)
        plain = surely(place, step, bend, count, max(low, least) * ONE, high * ONE)
        blended = 0
        if plain == 0 and fades:
            blended = surely(place, step, bend, count, max(seam, least + turn) * ONE, min(end, most) * ONE)
        if plain > 0 and fall == 0 and gain == 1.0:           # what most do most of the time
            count = plain
            for channel in range(out.shape[0]):
                fill(out[channel, n:], table[channel], place, step, bend, count, quality)
        elif plain > 0 or blended > 0:
            count = max(plain, blended)
            for channel in range(out.shape[0]):
                row = table[channel]
                fill(made, row, place, step, bend, count, quality)
                if blended > 0:
                    scale = np.float32(1.0 / (fade * 256.0))
                    fill(partner, row, place - turn * ONE, step, bend, count, quality)
                    ahead = place - seam * ONE
                    for k in range(count):
                        along = np.float32((ahead + k * step + (k * (k - 1) >> 1) * bend) >> 24) * scale
                        made[k] = quarter_sine(np.float32(1.0) - along) * made[k] + quarter_sine(along) * partner[k]
                first = np.uint64(n)
                if fall == 0:
                    level = np.float32(gain * (left / CUT))
                    for k in range(count):
                        out[channel, first + np.uint64(k)] = level * made[k]
                else:
                    for k in range(count):
                        out[channel, first + np.uint64(k)] += np.float32(gain * ((left - fall * k) / CUT)) * made[k]
        else:
            count = 1
            level = np.float32(gain * (left / CUT))
            blends = fades and place >= seam * ONE
            for channel in range(out.shape[0]):
                row = table[channel]
                value = single(row, place, abs(step), begin, end, goes_round, quality)
                if blends:
                    along = np.float32((place - seam * ONE) >> 24) * np.float32(1.0 / (fade * 256.0))
                    other = single(row, place - turn * ONE, abs(step), begin, end, goes_round, quality)
                    value = quarter_sine(np.float32(1.0) - along) * value + quarter_sine(along) * other
                if fall == 0:
                    out[channel, n] = level * value
                else:
                    out[channel, n] += level * value
        place += count * step + (count * (count - 1) >> 1) * bend
        step += count * bend
        left -= count * fall
        n += count
    if fall == 0:
        silence(out, n, stop)
    return stage, place


@part
def silence(out, start, stop):
    """Nothing on frames start..stop."""
    for channel in range(out.shape[0]):
        for n in range(start, stop):
            out[channel, n] = 0.0


@part
def beginning(slice_, step):
    """Where a slice begins: at its last frame, if it is played backwards."""
    begin, end, turn, fade = slice_
    if step < 0:
        return FIRST_BACK, (end - 1) * ONE
    return FIRST, begin * ONE


@part
def speed_of(rate, frames):
    """A rate as a step in 1/2**32 frames, and by how much the step grows with each frame."""
    return int(np.floor(rate[0] * ONE + 0.5)), int(np.floor((rate[1] - rate[0]) / frames * ONE + 0.5))


@kernel
def play(out, table, rate, region, state):
    """Play a recording once, or round and round.

    out     float32 (channels, frames)
    table   float32 (channels, n)   the recording, at the engine's rate
    rate    float64 (2,)            speed, -16..16, 1 as recorded (then every sample is the recording's own), below 0 backwards, from
                                    the end if it begins so; runs straight between the block's ends
    region  float64 (6,)            see the module; one slice
    state   float64 (3,)            stage, place: frame, fraction; zeros is rest: it begins with the first block
    """
    frames = out.shape[1]
    step, bend = speed_of(rate, frames)
    slice_ = bounds(region, 0, table.shape[1])
    stage, place = int(state[0]), int(state[1]) * ONE + int(state[2])
    if stage == STARTING:
        stage, place = beginning(slice_, step)
    stage, place = put_voice(out, 0, frames, table, slice_, int(region[2]), 1.0, CUT, 0, stage, place, step, bend)
    state[0], state[1], state[2] = stage, place >> 32, place & (ONE - 1)
