"""A sound from all loudspeakers at once, each a little otherwise, so that it stands in the room and not in the nearest corner.

Source: B. Alary, A. Politis and V. Välimäki, Velvet-Noise Decorrelator, DAFx 2017.
"""
from __future__ import annotations

import numpy as np

from .kernel import kernel

HEAD = 2
CHUNK = 64          # frames that are written before they are read
SPARE = CHUNK + 4   # frames by which the line is longer than what is read of it: a block can be rendered again


@kernel
def everywhere(bus, x, velvet, line, state):
    """Surround with a sound. Each loudspeaker plays it through echoes of its own, within 30 ms, too dense to be told apart.

    bus     float32 (outputs, frames)   added to
    x       float32 (1, frames)
    velvet  float64                     m loudspeakers, k echoes; then for each its row, and k pairs: frames late (whole), gain
    line    float32 (longest + SPARE,)  zeros at start
    state   float64 (1,)                where to write next; zeros is rest
    """
    length, frames, echoes = line.shape[0], x.shape[1], int(velvet[1])
    start = int(state[0])
    for first in range(0, frames, CHUNK):
        count = min(CHUNK, frames - first)
        before = min(count, length - start)                 # frames until the line's end
        for n in range(before):
            line[start + n] = x[0, first + n]
        for n in range(before, count):
            line[start + n - length] = x[0, first + n]
        place = HEAD
        for _ in range(int(velvet[0])):
            row = int(velvet[place])
            place += 1
            for _ in range(echoes):
                read = start - int(velvet[place])
                if read < 0:
                    read += length
                gain = np.float32(velvet[place + 1])
                place += 2
                before = min(count, length - read)
                for n in range(before):
                    bus[row, first + n] += gain * line[read + n]
                for n in range(before, count):
                    bus[row, first + n] += gain * line[read + n - length]
        start += count
        if start >= length:
            start -= length
    state[0] = start
