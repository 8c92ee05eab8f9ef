"""A recording between its frames, as nearly as 32 frames tell: windowed sinc.

    sinc_between   one sample
    reach          how many frames it wants on either side

Played at its own speed or slower, what lay below 18 kHz (at 48 kHz) is kept to 0.1 dB, and every image of what lay below 22 kHz is
80 dB down or more. Played faster by more than a semitone, the curve is as much longer as the recording is faster, so that nothing
folds back: at twice the speed it reads 64 frames for one, at 16 times 512.

    CURVE   float32 (4098,)    half the curve, 256 steps to a frame, and a zero more
    PHASES  float32 (257, 32)  the curve at each of 256 places between two frames, each row with a sum of 1

Source: J. O. Smith, Digital Audio Resampling, 1984, section "Implementation" (table, straight between its entries; faster than
recorded, a longer curve); the window is J. F. Kaiser's, 1974, with beta 8.5.
"""
from __future__ import annotations

import numpy as np

from .kernel import part
from .scratch import scratch

HALF = 16               # zero crossings on either side
TAPS = 2 * HALF
STEPS = 256             # of the table, in a frame
CUTOFF = 0.92           # of half the rate: half of what lies there is left
BETA = 8.5
ONE = 1 << 32
NEARLY = ONE + ONE // 16        # a semitone faster than recorded, what folds back lies above 22 kHz (at 48 kHz)
TINY = np.float32(2.0**-24)


def _curve(distance: np.ndarray) -> np.ndarray:
    inside = np.clip(1.0 - (distance / HALF) ** 2, 0.0, 1.0)
    return CUTOFF * np.sinc(CUTOFF * distance) * np.i0(BETA * np.sqrt(inside)) / np.i0(BETA) * (np.abs(distance) < HALF)


def _phases() -> np.ndarray:
    rows = _curve(np.arange(TAPS)[None, :] - (HALF - 1) - np.arange(STEPS + 1)[:, None] / STEPS)
    return (rows / rows.sum(axis=1, keepdims=True)).astype(np.float32)


CURVE = np.append(_curve(np.arange(HALF * STEPS + 1) / STEPS), 0.0).astype(np.float32)
PHASES = _phases()
LAST = np.float32(HALF * STEPS)

products = scratch(TAPS, kind="f4")


@part
def reach(speed):
    """Frames on either side that are read at a speed in 1/2**32 frames per frame, without sign; a multiple of 8, 256 at most."""
    return HALF if speed <= NEARLY else HALF // 2 * ((2 * speed + ONE - 1) // ONE)


@part
def sinc_between(frames, first, place, speed):
    """The curve at a place in 1/2**32 frames. frames: float32, of which [first] is the first that counts, reach - 1 before the place.

    At the recording's own speed and on a frame it is that frame, exactly.
    """
    work = products()
    start = np.uint64(first)
    fraction = (place >> 8) & 0xFFFFFF
    if speed <= NEARLY:
        if fraction == 0 and speed == ONE:
            return frames[start + np.uint64(HALF - 1)]
        phase = fraction >> 16
        part = np.float32(fraction & 0xFFFF) * np.float32(2.0**-16)
        here, there = PHASES[phase], PHASES[phase + 1]
        for k in range(TAPS):
            work[k] = frames[start + np.uint64(k)] * (here[k] + part * (there[k] - here[k]))
        return summed(work)
    half = reach(speed)
    steps = np.float32(STEPS * ONE / speed)         # of the table, for a frame of the recording
    for k in range(TAPS):
        work[k] = np.float32(0.0)
    for group in range(half // 8):
        away = np.float32(16 * group - half + 1) - np.float32(fraction) * TINY
        begin = start + np.uint64(16 * group)
        for k in range(16):
            along = min(abs((away + np.float32(k)) * steps), LAST)
            step = np.int32(along)
            weight = CURVE[step] + (along - np.float32(step)) * (CURVE[step + 1] - CURVE[step])
            work[k] += frames[begin + np.uint64(k)] * weight
    return summed(work) * np.float32(ONE / speed)


@part
def summed(work):
    """The sum of 32 products, in an order that suits vectors and is always the same."""
    for k in range(16):
        work[k] += work[k + 16]
    for k in range(8):
        work[k] += work[k + 8]
    for k in range(4):
        work[k] += work[k + 4]
    return (work[0] + work[2]) + (work[1] + work[3])
