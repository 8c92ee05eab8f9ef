"""Steps: a row of values, one after another, at each strike."""
from __future__ import annotations

from .chance import next_number
from .kernel import kernel, part
from .strikes import strikes

FORWARD, RANDOM, SHUFFLE, PENDULUM = 0.0, 1.0, 2.0, 3.0
ROW = 6        # words of state before the row


@part
def below(value, count):
    """A whole number from 0 to count - 1 from a random value in -1..1."""
    return min(int((0.5 + 0.5 * value) * count), count - 1)


@part
def shuffled(row, shift, weyl, last):
    """Put a row into a random order in which `last` is not the first, if there is another. Gives the generator's words.

    Source: R. Durstenfeld, Algorithm 235: Random permutation, CACM 7(7), 1964.
    """
    for k in range(row.shape[0] - 1, 0, -1):
        shift, weyl, value = next_number(shift, weyl)
        other = below(value, k + 1)
        row[k], row[other] = row[other], row[k]
    if row.shape[0] > 1 and row[0] == last:
        row[0], row[-1] = row[-1], row[0]
    return shift, weyl


@kernel
def steps(out, trigger, numbers, state):
    """Go on to the next value at each strike.

    out      float64 (2,)          the value now and after the block
    trigger  float32 (1, frames)   a strike is a frame above 0 after one that is not
    numbers  float64 (1 + count,)  [0] 0 one after another, 1 any, 2 each once, in a new random order each time, 3 to and fro; the values
    state    float64 (6 + count,)  the generator's two words (the seed), the trigger's frame before, 0 at rest, 1 waiting for the
                                   first strike, 2 after it; place, way (to and fro); then the row in which they come

    It stands on the first value from the beginning; the first strike lets it stay there, so that what is struck begins with it.
    A step is a slope of one block, the one in which it is struck.
    """
    order, count = numbers[0], numbers.shape[0] - 1
    shift, weyl, before, place = int(state[0]), int(state[1]), state[2], int(state[4])
    row = state[ROW:ROW + count]
    if state[3] == 0.0:
        state[3], state[5] = 1.0, 1.0
        for k in range(count):
            row[k] = k
        if order == RANDOM:
            shift, weyl, value = next_number(shift, weyl)
            place = below(value, count)
        elif order == SHUFFLE:
            shift, weyl = shuffled(row, shift, weyl, -1.0)
    out[0] = numbers[1 + int(row[place])]
    for n in range(trigger.shape[1]):
        now = float(trigger[0, n])
        if strikes(now, before):
            if state[3] == 1.0:
                state[3] = 2.0
            elif order == RANDOM:
                shift, weyl, value = next_number(shift, weyl)
                place = below(value, count)
            elif order == PENDULUM:
                if count > 1:
                    if place == count - 1:
                        state[5] = -1.0
                    elif place == 0:
                        state[5] = 1.0
                    place += int(state[5])
            else:
                place += 1
                if place == count:
                    place = 0
                    if order == SHUFFLE:
                        shift, weyl = shuffled(row, shift, weyl, row[count - 1])
        before = now
    out[1] = numbers[1 + int(row[place])]
    state[0], state[1], state[2], state[4] = shift, weyl, before, place
