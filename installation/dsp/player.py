"""Playing a recording from memory, at any speed, forwards and backwards.

    play     from the graph's start
    strike   from each strike: all of it, or one of its slices
    cubic    the curve through four frames

A place in the recording is a whole number of 1/2**32 frames, so that the place after n frames is exactly where n steps lead, in
blocks of any size, for ever. STATE keeps its whole frames and its fraction in a word each.

The region (NUMBERS of both): [0] 1 if it loops, [1] the crossfade in frames, at most half of the shortest slice, [2] how it is read
between its frames: 0 straight, 1 cubic, 2 sinc; [3] who chooses among the slices: 0 the control `slice`, 1 one after the other,
2 chance, 3 chance, but each once before any comes again; then for each slice the frame where it begins and the frame where it ends.

A loop repeats every (end - begin - crossfade) frames: its last frames and its first sound together, at equal power, so that wind or a
crowd has no seam, in either direction. The first time round it begins plainly; turned back within its first crossfade it jumps.

How it is fast: frames of which it is known beforehand that they need no look at edges and loops are made in a row, 64 at most, in
arithmetic that vectors can do; the others one by one, in the same arithmetic.

Source of the curve: O. Niemitalo, Polynomial interpolators for high-quality resampling of oversampled audio, 2001, 4-point,
third-order Hermite. Straight and cubic, a recording played faster is not filtered first: what lay above half the rate folds back.
"""
from __future__ import annotations

import numpy as np

from .chance import next_number
from .kernel import kernel, part
from .scratch import scratch
from .sinc import reach, sinc_between
from .strikes import strikes

STARTING, FIRST, FIRST_BACK, ROUND, OVER = 0, 1, 2, 3, 4      # FIRST: in its first crossfade, or in what does not loop
STRAIGHT, CUBIC, SINC = 0, 1, 2
CONTROLLED, ROUND_ROBIN, CHANCE, SHUFFLE = 0, 1, 2, 3
SLICES = 4              # of the region: where the slices begin
CUT = 256               # frames in which a sound that is struck again makes room for itself
ONE = 1 << 32
LANE = 64               # frames made in a row
MOST_TAPS = 512         # frames on which one sample depends, at most
BEFORE, COUNT, VOICES, WORDS, ORDER = 2, 3, 4, 6, 16          # of strike's state, after the generator's two words

HALF, TWICE, HALF_MORE = np.float32(0.5), np.float32(2.0), np.float32(1.5)
TINY = np.float32(2.0**-24)
FRAME = np.uint64(32)
NEXT = np.uint64(1)
AFTER = np.uint64(2)
S1, S3, S5, S7, S9 = (np.float32(value) for value in (1.5707963267949, -0.6459640975062, 0.0796926262462, -0.0046817541353, 0.00016044118479))

lane = scratch(LANE, kind="f4")
partner_lane = scratch(LANE, kind="f4")
near = scratch(MOST_TAPS, kind="f4")


@part
def cubic(y0, y1, y2, y3, between):
    """The curve through four frames, float32, `between` (0..1) of the way from y1 to y2; y1 exactly at 0."""
    slope = HALF * (y2 - y0)
    fall = y1 - y2
    bend = slope + fall
    third = bend + fall + HALF * (y3 - y1)
    return ((third * between - (bend + third)) * between + slope) * between + y1


@part
def fraction_of(place):
    """How far a place lies past its frame, float32, 0 <= fraction < 1, to 24 bits."""
    return np.float32(np.int32((place >> 8) & 0xFFFFFF)) * TINY


@part
def straight_between(row, place):
    at = np.uint64(place) >> FRAME
    return row[at] + fraction_of(place) * (row[at + NEXT] - row[at])


@part
def cubic_between(row, place):
    at = np.uint64(place) >> FRAME
    return cubic(row[at - NEXT], row[at], row[at + NEXT], row[at + AFTER], fraction_of(place))


@part
def quarter_sine(x):
    """The sine of x quarter turns, 0 <= x <= 1, to 4e-6: the gain of what comes, at equal power. Taylor's series to x**9."""
    s = x * x
    return x * (S1 + s * (S3 + s * (S5 + s * (S7 + s * S9))))


@part
def fill(made, row, place, step, bend, count, quality):
    """Frames in a row: `count` of them from a place on, `step` apart, each step longer by `bend`. Nothing lies near an edge."""
    if bend == 0 and ((place | step) & (ONE - 1)) == 0 and (quality != SINC or abs(step) <= ONE):     # from frame to frame
        at, skip = place >> 32, step >> 32
        first = np.uint64(at)
        if skip == 1:
            for n in range(count):
                made[n] = row[first + np.uint64(n)]
        else:
            for n in range(count):
                made[n] = row[np.uint64(at + n * skip)]
    elif quality == SINC:
        for n in range(count):
            here, speed = place + n * step + (n * (n - 1) >> 1) * bend, abs(step + n * bend)
            made[n] = sinc_between(row, (here >> 32) - reach(speed) + 1, here, speed)
    elif quality == STRAIGHT:
        for n in range(count):
            made[n] = straight_between(row, place + n * step + (n * (n - 1) >> 1) * bend)
    elif bend == 0:
        for n in range(count):
            made[n] = cubic_between(row, place + n * step)
    else:
        for n in range(count):
            made[n] = cubic_between(row, place + n * step + (n * (n - 1) >> 1) * bend)


@part
def tap(row, frame, begin, end, goes_round):
    """One frame; nothing before the beginning and after the end, or where it goes round, as if it lay end to end."""
    if goes_round:
        frame = begin + (frame - begin) % (end - begin)
    if frame < 0 or frame >= row.shape[0]:
        return np.float32(0.0)
    return row[frame]


@part
def single(row, place, speed, begin, end, goes_round, quality):
    """One frame anywhere: what `fill` would make of it, with a look at each frame that it reads."""
    frame = place >> 32
    if quality != SINC:
        y1 = tap(row, frame, begin, end, goes_round)
        y2 = tap(row, frame + 1, begin, end, goes_round)
        if quality == STRAIGHT:
            return y1 + fraction_of(place) * (y2 - y1)
        return cubic(tap(row, frame - 1, begin, end, goes_round), y1, y2, tap(row, frame + 2, begin, end, goes_round), fraction_of(place))
    frames = near()
    half = reach(speed)
    for k in range(2 * half):
        frames[k] = tap(row, frame - half + 1 + k, begin, end, goes_round)
    return sinc_between(frames, 0, place, speed)


@part
def surely(place, step, bend, left, low, high):
    """How many of the next frames lie between two places (low <= place < high), as far as that is seen at a glance."""
    if left <= 0 or place < low or place >= high:
        return 0
    last = step + bend * (left - 1)
    fastest = max(abs(step), abs(last))
    if step >= 0 and last >= 0:
        room = high - 1 - place
    elif step <= 0 and last <= 0:
        room = place - low
    else:
        room = min(high - 1 - place, place - low)
    if room >= fastest * (left - 1):
        return left
    return room // fastest + 1


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

    slice_: as `bounds` gives it. It is heard `gain * left / CUT`. Gives the stage and the place after it.
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
        if plain > 0 or blended > 0:
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
