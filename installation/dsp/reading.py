"""Reading a recording between its frames: in a row, as fast as can be, or one by one with a look at its edges.

    fill     frames in a row, of which nothing lies near an edge
    single   one frame anywhere: the same numbers
    surely   how many frames in a row lie between two places
    cubic    the curve through four frames

A place in the recording is a whole number of 1/2**32 frames, so that the place after n frames is exactly where n steps lead, in
blocks of any size, for ever.

How it is fast: frames of which it is known beforehand that they need no look at edges and loops are made in a row, eight at once (see
eights.py); the others one by one, in the same arithmetic.

Source of the curve: O. Niemitalo, Polynomial interpolators for high-quality resampling of oversampled audio, 2001, 4-point,
third-order Hermite. Straight and cubic, a recording played faster is not filtered first: what lay above half the rate folds back.
"""
from __future__ import annotations

import numpy as np

from .eights import WIDTH, four_frames, put_frames, two_frames
from .kernel import part
from .scratch import scratch
from .sinc import reach, sinc_between

STRAIGHT, CUBIC, SINC = 0, 1, 2
ONE = 1 << 32
LANE = 64               # frames made in a row
MOST_TAPS = 512         # frames on which one sample depends, at most

HALF = np.float32(0.5)
TINY = np.float32(2.0**-24)
FRAME = np.uint64(32)
NEXT = np.uint64(1)
AFTER = np.uint64(2)
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
    return straight(row[at], row[at + NEXT], fraction_of(place))


@part
def cubic_between(row, place):
    at = np.uint64(place) >> FRAME
    return cubic(row[at - NEXT], row[at], row[at + NEXT], row[at + AFTER], fraction_of(place))


@part
def straight(y1, y2, between):
    """The line through two frames."""
    return y1 + between * (y2 - y1)


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
    elif bend == 0:
        fill_curve(made, row, place, step, 0, count, quality)
    else:
        fill_curve(made, row, place, step, bend, count, quality)


@part
def fill_curve(made, row, place, step, bend, count, quality):
    """`fill`, straight or cubic: eight frames at once, and what is left over one by one."""
    eights = count - count % WIDTH
    if quality == STRAIGHT:
        for n in range(0, eights, WIDTH):
            y1, y2, between = two_frames(row, place, step, bend)
            put_frames(made, n, straight(y1, y2, between))
            place, step = place + WIDTH * step + WIDTH * (WIDTH - 1) // 2 * bend, step + WIDTH * bend
        for n in range(eights, count):
            made[n] = straight_between(row, place)
            place, step = place + step, step + bend
    else:
        for n in range(0, eights, WIDTH):
            y0, y1, y2, y3, between = four_frames(row, place, step, bend)
            put_frames(made, n, cubic(y0, y1, y2, y3, between))
            place, step = place + WIDTH * step + WIDTH * (WIDTH - 1) // 2 * bend, step + WIDTH * bend
        for n in range(eights, count):
            made[n] = cubic_between(row, place)
            place, step = place + step, step + bend


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
            return straight(y1, y2, fraction_of(place))
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
