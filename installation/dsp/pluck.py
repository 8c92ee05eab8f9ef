"""Pluck: a string that is plucked, and rings as long and as brightly as its stuff lets it.

A burst of noise goes round a delay line as long as one cycle. Each round takes away a little, and more of the overtones than of the
tone. The filter in the loop delays all frequencies alike and the line is read between its samples, so the string is in tune.

Source: D. Jaffe, J. Smith, Extensions of the Karplus-Strong plucked-string algorithm, Computer Music Journal 7(2), 1983: decay,
dynamics, pick position; tuning by Lagrange's polynomial instead of an all-pass, so that it may glide. The loop's filter is the
three-tap one of J. Smith, Physical Audio Signal Processing, 2010, "The extended Karplus-Strong algorithm".
"""
from __future__ import annotations

import math

from .chance import next_number
from .kernel import kernel, part
from .lagrange import six
from .sine import turn_sine

SPARE = 64 + 8           # frames by which the line is longer than the longest cycle
SHORTEST = 6.0           # frames of a cycle
FALL = -6.907755278982137   # 60 dB, as a natural logarithm
SOFT = 0.9               # the pole of a burst that is plucked infinitely softly
DULLEST = 0.9            # how much of the loss may be the filter's
MOST = 0.999995          # what a round keeps at most
NOTHING = 1e-15


@part
def read(line, write, delay):
    """The string so many frames ago, at least 3, between its samples."""
    whole = int(delay)
    at = write - whole - 3
    if at < 0:
        at += line.shape[0]
    value = 0.0
    for weight in six(1.0 - (delay - whole)):
        value += weight * line[at]
        at += 1
        if at == line.shape[0]:
            at = 0
    return value


@part
def losses(cycle, decay, brightness):
    """What each round keeps, and how dull its filter is, for the tone to fall by 60 dB in `decay` frames: never so dull that the
    filter alone would take more."""
    whole = math.exp(FALL * cycle / max(decay, 1.0))
    taken = 1.0 - turn_sine(1.0 / cycle + 0.25)
    dull = min(0.5 * (1.0 - brightness), DULLEST * (1.0 - whole) / taken)
    x = cycle - math.floor(cycle)
    between = x * (1.0 - x) * (1.0 + x) * (2.0 - x) * (2.0 + x) * (3.0 - x) / 720.0 * (2.0 * math.pi / cycle)**6    # what `six` takes
    return min(whole / ((1.0 - dull * taken) * (1.0 - between)), MOST), dull


@part
def cycle_of(pace, longest):
    """Frames of a cycle, as long as the line can hold and the reading bears."""
    return min(max(1.0 / max(pace, 1e-9), SHORTEST), longest)


@kernel
def pluck(out, trigger, frequency, decay, brightness, position, line, state):
    """A string, plucked at each trigger as loudly as its value; the finger stops what still rang. Peaks at about 1.

    out         float32 (1, frames)   may be the same array as trigger
    trigger     float32 (1, frames)   an impulse at the frame where it happens, 0 elsewhere
    frequency   float64 (2,)          cycles per frame, up to 1/6; lower ones than the line is long for stay at its longest;
                                      runs straight between the block's ends
    decay       float64 (2,)          frames in which the tone falls by 60 dB; overtones are faster. Read once a block
    brightness  float64 (2,)          1 a steel string, 0 a rubber band; a high string that is to ring long is no rubber band. Read
                                      once a block
    position    float64 (2,)          0..0.5 where along the string it is plucked; 0.5 has no even overtones; runs straight between
    line        float32 (length,)     longest cycle + SPARE; zeros at start
    state       float64 (8,)          the generator's two words (the seed), where to write next, frames of the burst that are left,
                                      its loudness, its filter, the line's last two values; zeros at rest

    A softer pluck is also duller.
    """
    frames = out.shape[1]
    slope = (frequency[1] - frequency[0]) / frames
    position_slope = (position[1] - position[0]) / frames
    length = line.shape[0]
    longest = float(length - SPARE)
    keep, dull = losses(cycle_of(frequency[0], longest), decay[0], brightness[0])
    shift, weyl, write, left = int(state[0]), int(state[1]), int(state[2]), state[3]
    height, soft, last, before = state[4], state[5], state[6], state[7]
    for n in range(frames):
        struck = float(trigger[0, n])
        pace = frequency[0] + slope * n
        cycle = cycle_of(pace, longest)
        if struck > 0.0:
            left, height = cycle, struck
        now = read(line, write, cycle - 1.0)
        value = keep * ((1.0 - dull) * last + 0.5 * dull * (now + before))
        before, last = last, now
        if left > 0.0:
            shift, weyl, noise = next_number(shift, weyl)
            pole = SOFT * max(1.0 - height, 0.0)
            soft = (1.0 - pole) * noise + pole * soft
            value = height * soft
            left -= 1.0
        if abs(value) < NOTHING:
            value = 0.0
        line[write] = value
        away = (position[0] + position_slope * n) * cycle
        out[0, n] = 0.5 * (value - read(line, write, max(away, 3.0)))
        write += 1
        if write == length:
            write = 0
    state[0], state[1], state[2], state[3] = shift, weyl, write, left
    state[4], state[5], state[6], state[7] = height, soft, last, before
