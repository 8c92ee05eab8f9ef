"""Playing a recording that is too long for memory: its ring is filled from disk while it sounds."""
from __future__ import annotations

from numba.extending import overload

from .kernel import kernel
from .primitives import load_acquire

WRITTEN, ENDED = 1, 11      # words of RING_STATE, as in audio/layout.py
READ, MISSED, HUSHED = 0, 1, 2


def seen(words, k):
    """A word, and everything that its writer wrote before it: what is read after this is not older. In plain Python, the word."""
    return words[k]


@overload(seen, jit_options={"_nrt": False})  # type: ignore[typeddict-unknown-key]
def _(words, k):
    return lambda words, k: load_acquire(words.ctypes.data + 8 * k)  # type: ignore[call-arg]


@kernel
def stream(out, ring, words, state):
    """Play what the feeder has put into the ring, as recorded.

    out    float32 (channels, frames)
    ring   float32 (channels, n)   frame k of the stream lies at k mod n
    words  int64 (16,)             the stream's words; only how much was written and whether that was all are read
    state  float64 (3,)            frames read, blocks that went without, 1 while it is hushed for want of frames; zeros is rest

    A disk that is late is silence: the sound fades over its last block, waits in its place until a quarter of the ring is full
    (or all there is), and fades in again over a block. Each block of waiting is counted. Before the first frame was ever
    written it waits without counting. The end of a recording is not a want of frames.
    """
    frames, size = out.shape[1], ring.shape[1]
    ended = seen(words, ENDED) != 0     # before `written`: all that was written before the end is then known too
    written = seen(words, WRITTEN)
    read = int(state[READ])
    available = written - read
    count = min(max(available, 0), frames)
    gain, slope = 1.0, 0.0
    if not ended:
        if state[HUSHED] != 0.0:
            if available >= max(size // 4, 2 * frames):
                state[HUSHED] = 0.0
                slope = 1.0 / frames
                gain = 0.0
            else:
                count = 0
        elif available < frames:
            count = 0                   # nothing was left to fade with
            state[HUSHED] = 1.0
        elif available < 2 * frames:
            state[HUSHED] = 1.0
            slope = -1.0 / frames
        if count == 0 and written > 0:
            state[MISSED] += 1.0
    elif state[HUSHED] != 0.0:
        state[HUSHED] = 0.0
        slope = 1.0 / frames
        gain = 0.0
    at = read % size
    for channel in range(out.shape[0]):
        for n in range(frames):
            if n < count:
                place = at + n
                if place >= size:
                    place -= size
                out[channel, n] = float(ring[channel, place]) * (gain + slope * n)
            else:
                out[channel, n] = 0.0
    state[READ] = read + count
