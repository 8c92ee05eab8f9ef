"""Reverb: a room around a dry sound. Eight or sixteen delay lines feed each other through a matrix that loses nothing, and each
line's own filter loses just what makes low, middle and high frequencies die in their times.

The lines are longer than 64 frames, so 64 frames of each are read at once into a row, filtered, mixed and written: all of it is
plain loops along rows, or across lines. What moves the sound of the tail is the matrix, whose pairs of lines turn slowly into each
other. A turn keeps the power exactly, at any speed, so the tail neither dulls nor bends in pitch, and a frozen room holds for ever.

Sources: J.-M. Jot and A. Chaigne, Digital delay networks for designing artificial reverberators, AES 90th Convention, 1991, preprint
3030 (lines and their losses); the matrix is Hadamard's; S. J. Schlecht and E. A. P. Habets, Time-varying feedback matrices in feedback
delay networks and their application in artificial reverberation, JASA 138, 2015 (the turning); A. Simper, Linear trapezoidal
optimised SVF, 2013 (shelves); M. R. Schroeder, Natural sounding artificial reverberation, JAES 10, 1962 (diffusers).
"""
from __future__ import annotations

import math

from .kernel import kernel, part
from .ring import read, write
from .scratch import scratch
from .sine import turn_sine

MOST = 16               # lines
SPARE = 64              # frames by which a line is longer than its delay: a block can be rendered again
GRID = 64               # frames between two looks at the controls
DIFFUSERS = 4
HEAD = 2 + DIFFUSERS    # numbers before the lines' lengths
SIXTY = 6.907755278982137       # 60 dB in nepers
FASTEST = SIXTY / 960.0         # loss per frame: a control that is on its way to 0 passes any
K = 1.4142135623730951          # damping of the shelves: no bump
# words of the state
AT, LOW, MIDDLE, HIGH, DENSITY, MODULATION, LOW_TAN, HIGH_TAN, LOW_EDGE, HIGH_EDGE = range(10)
MOVED = 10                      # 1 where the losses must be worked out again
LOSS, LOW_ROOT, HIGH_ROOT, LOW_1, LOW_2, HIGH_1, HIGH_2 = (16 + row * MOST for row in range(7))
STATE = 16 + 7 * MOST
# rows of the filters' coefficients
(L_A1, L_A2, L_A3, L_M1, L_M2, H_A1, H_A2, H_A3, H_M0, H_M1, H_M2) = range(11)

rows_room = scratch(MOST + 2, GRID)
filter_room = scratch(11, MOST)


@kernel
def hadamard(rows, lines, count):
    """Mix 8 or 16 rows into as many, each out of all. In place. Their power grows by `lines`, which `turn` takes away again."""
    half = 1
    while half < lines:
        for first in range(0, lines, 2 * half):
            for k in range(first, first + half):
                a, b = rows[k], rows[k + half]
                for n in range(count):
                    a[n], b[n] = a[n] + b[n], a[n] - b[n]
        half *= 2


@kernel
def turn(a, b, start, slope, first, scale, count):
    """Turn two rows into each other by the angle whose half has the tangent start + slope * n: exact, without sine or root."""
    for n in range(count):
        t = start + slope * (first + n)
        share = scale / (1.0 + t * t)
        cosine, sine = (1.0 - t * t) * share, 2.0 * t * share
        a[n], b[n] = cosine * a[n] - sine * b[n], sine * a[n] + cosine * b[n]


@kernel
def diffuse(row, echo, ring, at, gain, count):
    """Schroeder's allpass: a row becomes many echoes of itself, all frequencies as loud as before. In place."""
    length = ring.shape[0] - SPARE
    read(echo, ring, (at - length) % ring.shape[0], count)
    for n in range(count):
        kept = row[n] - gain * echo[n]
        row[n] = echo[n] + gain * kept
        echo[n] = kept
    write(ring, at % ring.shape[0], echo, count)


@part
def tuned(state, words, target):
    """Let a word of the state come an eighth nearer to its target; at once at the start. Sets MOVED."""
    now = state[words]
    if now != target:
        far = abs(target - now) > 1e-3 * abs(target) + 1e-9
        state[words] = now + 0.125 * (target - now) if far and state[AT] > 0.0 else target
        state[MOVED] = 1.0


@kernel
def losses(state, lengths, lines):
    """What each line loses in one pass: its gain in the middle, and the fourth roots of the shelves' gains."""
    for k in range(lines):
        state[LOSS + k] = math.exp(-state[MIDDLE] * lengths[k])
        state[LOW_ROOT + k] = math.exp(0.25 * (state[MIDDLE] - state[LOW]) * lengths[k])
        state[HIGH_ROOT + k] = math.exp(0.25 * (state[MIDDLE] - state[HIGH]) * lengths[k])


@kernel
def shelves(coefficients, state, lines):
    """The two shelves of each line, from the roots of their gains. Simper 2013, low shelf and high shelf."""
    low_tan, high_tan = state[LOW_TAN], state[HIGH_TAN]
    for k in range(lines):
        root = state[LOW_ROOT + k]
        gain = root * root
        g = low_tan / root
        a1 = 1.0 / (1.0 + g * (g + K))
        coefficients[L_A1, k], coefficients[L_A2, k], coefficients[L_A3, k] = a1, g * a1, g * g * a1
        coefficients[L_M1, k], coefficients[L_M2, k] = K * (gain - 1.0), gain * gain - 1.0
        root = state[HIGH_ROOT + k]
        gain = root * root
        g = high_tan * root
        a1 = 1.0 / (1.0 + g * (g + K))
        coefficients[H_A1, k], coefficients[H_A2, k], coefficients[H_A3, k] = a1, g * a1, g * g * a1
        loss = state[LOSS + k]
        coefficients[H_M0, k] = gain * gain * loss
        coefficients[H_M1, k], coefficients[H_M2, k] = K * (1.0 - gain) * gain * loss, (1.0 - gain * gain) * loss


@kernel
def lose(rows, coefficients, state, lines, count):
    """Filter each line's row by its shelves."""
    if lines == 8:                      # a number that is known makes vectors
        side_by_side(rows, coefficients, state, 8, count)
    else:
        side_by_side(rows, coefficients, state, 16, count)


@part
def side_by_side(rows, c, state, lines, count):
    """`lose`, all lines at once."""
    low_1, low_2 = state[LOW_1:LOW_1 + lines], state[LOW_2:LOW_2 + lines]
    high_1, high_2 = state[HIGH_1:HIGH_1 + lines], state[HIGH_2:HIGH_2 + lines]
    for n in range(count):
        for k in range(lines):
            x = rows[k, n]
            above = x - low_2[k]
            band = c[L_A1, k] * low_1[k] + c[L_A2, k] * above
            below = low_2[k] + c[L_A2, k] * low_1[k] + c[L_A3, k] * above
            low_1[k], low_2[k] = 2.0 * band - low_1[k], 2.0 * below - low_2[k]
            x += c[L_M1, k] * band + c[L_M2, k] * below
            above = x - high_2[k]
            band = c[H_A1, k] * high_1[k] + c[H_A2, k] * above
            below = high_2[k] + c[H_A2, k] * high_1[k] + c[H_A3, k] * above
            high_1[k], high_2[k] = 2.0 * band - high_1[k], 2.0 * below - high_2[k]
            rows[k, n] = c[H_M0, k] * x + c[H_M1, k] * band + c[H_M2, k] * below


@part
def minus(k):
    """Whether a line hears the sound upside down: signs that no row of the matrix has, nor comes near to."""
    a, b, c, d = k & 1, k >> 1 & 1, k >> 2 & 1, k >> 3
    return (a & b) ^ (b & c) ^ (a & c) ^ (c & d) == 1


@kernel
def heard(out, first, rows, lines, count):
    """Each channel's own lines, every other one upside down, into its frames from `first` on."""
    channels = out.shape[0]
    total = rows[MOST + 1]
    share = math.sqrt(1.0 / lines)
    for channel in range(channels):
        one = rows[channel]
        for n in range(count):
            total[n] = one[n]
        sign = -1.0
        for k in range(channel + channels, lines, channels):
            one = rows[k]
            for n in range(count):
                total[n] += sign * one[n]
            sign = -sign
        there = out[channel, first:first + count]
        for n in range(count):
            there[n] = share * total[n]


@kernel
def piece(out, x, first, count, lines, room, memory, state, rows, coefficients):
    """At most 64 frames, within one step of the grid."""
    now = int(state[AT])
    lengths = room[HEAD:HEAD + lines]
    dry, echo = rows[MOST], rows[MOST + 1]
    there = x[0, first:first + count]
    for n in range(count):
        dry[n] = there[n]
    size = int(room[0]) + SPARE
    ring = memory[:size]
    write(ring, now % size, dry, count)
    read(dry, ring, (now - int(room[0])) % size, count)
    start = size
    for k in range(DIFFUSERS):
        size = int(room[2 + k]) + SPARE
        diffuse(dry, echo, memory[start:start + size], now, 0.7 * state[DENSITY], count)
        start += size
    lines_at = start
    mean = 0.0
    for k in range(lines):
        size = int(lengths[k]) + SPARE
        read(rows[k], memory[start:start + size], (now - int(lengths[k])) % size, count)
        start += size
        mean += lengths[k] / lines
    heard(out, first, rows, lines, count)
    lose(rows, coefficients, state, lines, count)
    hadamard(rows, lines, count)
    within = now % GRID
    before = now - within
    scale = math.sqrt(1.0 / lines)
    for k in range(0, lines, 2):
        speed = room[1] * (0.31 + 0.07 * k)             # turns per frame: from a third of a hertz up, none a multiple of another
        t = 0.3 * state[MODULATION] * turn_sine(speed * before)
        slope = (0.3 * state[MODULATION] * turn_sine(speed * (before + GRID)) - t) / GRID
        turn(rows[k], rows[k + 1], t, slope, within, scale, count)
    feed = math.sqrt(1.0 - math.exp(-2.0 * state[MIDDLE] * mean))        # the longer it rings, the less is let in; frozen, nothing
    start = lines_at
    for k in range(lines):
        row = rows[k]
        signed = -feed if minus(k) else feed
        for n in range(count):
            row[n] += signed * dry[n]
        size = int(lengths[k]) + SPARE
        write(memory[start:start + size], now % size, row, count)
        start += size
    state[AT] = now + count


@kernel
def reverb(out, x, decay, damping, decay_low, decay_high, low_edge, high_edge, density, modulation, freeze, room, lines, state):
    """Set a sound in a room. Gives the room alone, without the dry sound; all outputs together are about as loud as what came in.

    out         float32 (channels, frames)  1 to as many channels as lines, each from lines of its own, so that loudspeakers surround
    x           float32 (1, frames)         may be the same array when out has one channel
    decay       float64 (2,)                frames in which middle frequencies fall by 60 dB, 1000..
    damping     float64 (2,)                0..0.98: where decay_high is 0, the top dies in (1 - damping) of that time
    decay_low   float64 (2,)                the same below the low edge; 0 is as the middle
    decay_high  float64 (2,)                and above the high edge; 0 is as damping says
    low_edge    float64 (2,)                cycles per frame, half-way between low and middle loss (in dB)
    high_edge   float64 (2,)                half-way between middle and high loss; never below the low edge
    density     float64 (2,)                0..1: how much the sound is spread into many before it enters the lines
    modulation  float64 (2,)                0..1: how far the lines turn into each other, slowly
    freeze      float64 (2,)                0..1: at 1 nothing is lost and nothing gets in
    room        float64 (6 + 8 or 6 + 16,)  see units/rooms.py; lengths are whole and at least 65, predelay may be 0
    lines       float32                     each length and SPARE together; zeros at start
    state       float64 (128,)              frames so far, losses, filters; zeros is rest

    Controls are looked at each 64th frame and glide to what they say within some 20 ms.
    """
    frames = out.shape[1]
    rows, coefficients = rows_room(), filter_room()
    count = room.shape[0] - HEAD
    first = 0
    while first < frames:
        within = int(state[AT]) % GRID
        if within == 0:
            part_of = first / frames
            held = 1.0 - (freeze[0] + (freeze[1] - freeze[0]) * part_of)
            middle = decay[0] + (decay[1] - decay[0]) * part_of
            low = decay_low[0] + (decay_low[1] - decay_low[0]) * part_of
            high = decay_high[0] + (decay_high[1] - decay_high[0]) * part_of
            if low <= 0.0:
                low = middle
            if high <= 0.0:
                high = middle * (1.0 - (damping[0] + (damping[1] - damping[0]) * part_of))
            state[MOVED] = 1.0 if state[AT] == 0.0 else 0.0
            tuned(state, LOW, held * min(SIXTY / low, FASTEST))
            tuned(state, MIDDLE, held * min(SIXTY / middle, FASTEST))
            tuned(state, HIGH, held * min(SIXTY / high, FASTEST))
            if state[MOVED] != 0.0:
                losses(state, room[HEAD:], count)
            tuned(state, DENSITY, density[0] + (density[1] - density[0]) * part_of)
            tuned(state, MODULATION, modulation[0] + (modulation[1] - modulation[0]) * part_of)
            state[MOVED] = 0.0
            tuned(state, LOW_EDGE, min(low_edge[0] + (low_edge[1] - low_edge[0]) * part_of, 0.4))
            tuned(state, HIGH_EDGE, min(high_edge[0] + (high_edge[1] - high_edge[0]) * part_of, 0.4))
            if state[MOVED] != 0.0:
                state[LOW_TAN] = math.tan(math.pi * state[LOW_EDGE])
                state[HIGH_TAN] = math.tan(math.pi * max(state[LOW_EDGE], state[HIGH_EDGE]))
        shelves(coefficients, state, count)
        piece_of = min(GRID - within, frames - first)
        piece(out, x, first, piece_of, count, room, lines, state, rows, coefficients)
        first += piece_of
