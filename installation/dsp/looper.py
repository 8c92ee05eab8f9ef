"""Loop: what was just heard comes back, again and again, and more can be laid over it.

What is laid over a loop is kept in STATE until the next block, and written to MEMORY then, at places that STATE names: a block that
was cut off half-way can be rendered again. Whoever reads the loop looks at both, so that it is heard at once.
"""
from __future__ import annotations

import numpy as np

from .kernel import kernel, part
from .player import CUT, speed_of
from .reading import CUBIC, LANE, ONE, cubic, fill, fraction_of, surely
from .scratch import scratch

EMPTY, FIRST_LAP, LOOPING, CLEARING = 0, 1, 2, 3
(STAGE, HEAD, LENGTH, PLACE, FRACTION, LEVEL, LOUD, OVER, PENDING, WAIT) = range(10)
# HEAD: the frame that is recorded next; LENGTH in frames; LEVEL, LOUD: 0..CUT, how far the recording, and what is heard, have faded in;
# OVER: 1 while what was there is made softer; PENDING: how many frames before HEAD are not in MEMORY yet: the words that follow; WAIT: frames until
# HEAD may leap, when surely none is
WAITING = 16
SHORTEST = 2 * CUT      # frames

made_lane = scratch(LANE, kind="f4")


@part
def latest(line, state, channel, size, length, frame):
    """A frame of the loop as it is now."""
    frame %= length
    ago = (int(state[HEAD]) - 1 - frame) % length
    if ago < int(state[PENDING]):
        return np.float32(state[WAITING + LANE * channel + int(state[PENDING]) - 1 - ago])
    return line[channel * size + frame]


@part
def settle(line, state, channels, size):
    """Write to MEMORY what waits in STATE."""
    pending, head, length = int(state[PENDING]), int(state[HEAD]), int(state[LENGTH])
    for channel in range(channels):
        for k in range(pending):
            frame = head - pending + k
            if frame < 0:
                frame += length
            line[channel * size + frame] = state[WAITING + LANE * channel + k]
    state[PENDING] = 0.0


@part
def begin_or_end(state, size, opened, cleared):
    """What happens at a frame before it is recorded."""
    stage = int(state[STAGE])
    if cleared and (FIRST_LAP <= stage <= LOOPING):
        stage = CLEARING
    at_rest = state[LEVEL] == 0.0 and state[WAIT] == 0.0
    if stage == CLEARING and state[LOUD] == 0.0 and at_rest:
        stage = EMPTY
    if stage == EMPTY and opened:
        stage = FIRST_LAP
        state[HEAD], state[LENGTH], state[PLACE], state[FRACTION], state[OVER] = 0.0, size, 0.0, 0.0, 0.0
    elif stage == FIRST_LAP and ((not opened and state[HEAD] >= SHORTEST) or state[HEAD] == size):
        stage = LOOPING
        state[LENGTH] = state[HEAD]
        if opened:
            state[OVER] = 1.0
    elif stage == LOOPING and opened and at_rest:
        state[HEAD], state[OVER] = state[PLACE], 1.0
    records = stage == FIRST_LAP or (stage == LOOPING and opened and (at_rest or state[LEVEL] > 0.0))
    state[WAIT] = LANE if state[LEVEL] > 0.0 else max(state[WAIT] - 1.0, 0.0)
    state[LEVEL] = min(state[LEVEL] + 1.0, CUT) if records else max(state[LEVEL] - 1.0, 0.0)
    state[LOUD] = min(state[LOUD] + 1.0, CUT) if stage == LOOPING else max(state[LOUD] - 1.0, 0.0)
    state[STAGE] = stage
    return stage


@kernel
def loop(out, x, record, clear, rate, feedback, line, state):
    """Record while a gate is open, and play what was recorded round and round from the moment it closes.

    out, x    float32 (channels, frames)     may be the same array; the loop alone comes out
    record    float32 (1, frames)            above 0: recorded. The first time it makes the loop, as long as it is open, 512 frames at
                                             least; from then on it lays what is heard over it, from the place that plays
    clear     float32 (1, frames)            above 0: the loop falls silent within 256 frames, and is forgotten
    rate      float64 (2,)                   speed at which it is played, -16..16; it is recorded at 1
    feedback  float64 (2,)                   0..1, what is kept of the loop where something is laid over it
    line      float32 (channels * length,)   length: the longest loop in frames, 512 at least
    state     float64 (16 + 64 * channels,)  see the module; zeros is rest

    What is recorded fades in over 256 frames and, where the gate closes, fades out over the next 256, which are those of the beginning:
    the sound goes through the seam. A gate that is open when the longest loop is full goes on over it.
    """
    channels, frames = x.shape
    size = line.shape[0] // channels
    step, bend = speed_of(rate, frames)
    slope = (feedback[1] - feedback[0]) / frames
    made = made_lane()
    settle(line, state, channels, size)
    quiet = int(state[STAGE]) == LOOPING and state[LEVEL] == 0.0 and state[WAIT] == 0.0 and state[LOUD] == CUT
    above = 0
    for n in range(frames):
        above += 1 if record[0, n] > 0.0 or clear[0, n] > 0.0 else 0
    if quiet and above == 0:
        n, length = 0, int(state[LENGTH])
        place = int(state[PLACE]) * ONE + int(state[FRACTION])
        while n < frames:
            count = surely(place, step, bend, min(frames - n, LANE), ONE, (length - 2) * ONE)
            for channel in range(channels):
                row = line[channel * size:channel * size + length]
                if count > 0:
                    fill(made, row, place, step, bend, count, CUBIC)
                    first = np.uint64(n)
                    for k in range(count):
                        out[channel, first + np.uint64(k)] = made[k]
                else:
                    frame = place >> 32
                    out[channel, n] = cubic(row[(frame - 1) % length], row[frame], row[(frame + 1) % length], row[(frame + 2) % length],
                                            fraction_of(place))
            count = max(count, 1)
            place = (place + count * step + (count * (count - 1) >> 1) * bend) % (length * ONE)
            step += count * bend
            n += count
        state[PLACE], state[FRACTION] = place >> 32, place & (ONE - 1)
        return
    for n in range(frames):
        stage = begin_or_end(state, size, record[0, n] > 0.0, clear[0, n] > 0.0)
        records = state[LEVEL] > 0.0
        if frames > LANE and (state[PENDING] == LANE or not records):      # a call of 64 frames at most writes nothing of its own
            settle(line, state, channels, size)
        length, pending = int(state[LENGTH]), int(state[PENDING])
        if records and int(state[HEAD]) >= length:
            state[HEAD] = 0.0
        head = int(state[HEAD])
        place = int(state[PLACE]) * ONE + int(state[FRACTION])
        frame = place >> 32
        level, loud = state[LEVEL] * (1.0 / CUT), np.float32(state[LOUD] * (1.0 / CUT))
        kept = 1.0 - state[OVER] * level * (1.0 - (feedback[0] + slope * n))
        for channel in range(channels):
            value, played = level * x[channel, n], np.float32(0.0)
            if state[LOUD] > 0.0:
                played = loud * cubic(latest(line, state, channel, size, length, frame - 1), latest(line, state, channel, size, length, frame),
                                      latest(line, state, channel, size, length, frame + 1),
                                      latest(line, state, channel, size, length, frame + 2), fraction_of(place))
            if records:
                if stage != FIRST_LAP:
                    value += kept * latest(line, state, channel, size, length, head)
                state[WAITING + LANE * channel + pending] = np.float32(value)
            out[channel, n] = played
        if records:
            state[HEAD], state[PENDING] = head + 1.0, pending + 1.0
        if state[LOUD] > 0.0:
            place = (place + step + n * bend) % (length * ONE)
            state[PLACE], state[FRACTION] = place >> 32, place & (ONE - 1)
