"""Segments: an envelope of any number of points, each reached in its time, in a line or a curve."""
from __future__ import annotations

from .kernel import kernel

HEAD = 3        # numbers before the segments
WORDS = 5       # numbers of a segment


@kernel
def segments(out, start, numbers, state):
    """Go from point to point.

    out, start  float32 (1, frames)         may be the same array
    numbers     float64 (3 + 5 * count,)    [0] what `start` must be above; [1] the point at which it waits while `start` is, 0: none;
                                            [2] the point to which it goes on from there instead of waiting, or, if it waits nowhere,
                                            from the last one, 0: none; then for each segment its frames (1 or more), the level it
                                            goes to, its curve c, exp(c / frames) and 1 / (exp(c) - 1)
    state       float64 (6,)                segment (from 1 on; 0 at rest, negative where it waits), the level it set out from,
                                            frames done, exp(c * done / frames), the level, 1 while `start` is above; zeros is rest

    A new start goes to the first point from wherever it is, and a gate that closes goes on to the point after the one where it
    would wait: nothing clicks. The curve from a to b is a + (b - a) (exp(c t) - 1) / (exp(c) - 1), t from 0 to 1; c = 0 is a line.
    """
    count = (numbers.shape[0] - HEAD) // WORDS
    edge, wait, again = numbers[0], int(numbers[1]), int(numbers[2])
    segment, origin, done, power, level, was_open = int(state[0]), state[1], state[2], state[3], state[4], state[5]
    for n in range(out.shape[1]):
        is_open = 1.0 if float(start[0, n]) > edge else 0.0
        if is_open > was_open:
            segment, origin, done, power = 1, level, 0.0, 1.0
        elif is_open < was_open and 0 < abs(segment) <= wait:
            segment, origin, done, power = wait + 1 if wait < count else 0, level, 0.0, 1.0
        was_open = is_open
        if segment > 0:
            at = HEAD + WORDS * (segment - 1)
            done += 1.0
            power *= numbers[at + 3]
            if done < numbers[at]:
                way = done / numbers[at] if numbers[at + 2] == 0.0 else (power - 1.0) * numbers[at + 4]
                level = origin + (numbers[at + 1] - origin) * way
            else:
                level = numbers[at + 1]
                if segment == wait:
                    segment = again if again > 0 else -wait
                elif segment == count:
                    segment = again if wait == 0 else 0
                else:
                    segment += 1
                origin, done, power = level, 0.0, 1.0
        out[0, n] = level
    state[0], state[1], state[2], state[3], state[4], state[5] = segment, origin, done, power, level, was_open
