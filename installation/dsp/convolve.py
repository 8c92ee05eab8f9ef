"""Convolution with a recorded answer of a room, without delay, of any length.

The answer is cut where it is loaded (audio/answers.py): its first 64 frames are taken as they are, so that the sound answers at
once; the next 31 pieces of 64 frames, and then pieces of 1,024, as spectra. A finished block of 64 is transformed and multiplied
with the short pieces for the next block. A finished stretch of 1,024 is transformed and multiplied with the long pieces while the
next stretch comes in, a sixteenth of the work at each block's end, and heard in the one after that: by then 2,048 frames have
passed, which is where the long pieces begin.

What is written in MEMORY in a block is never what the same block reads: results are laid down for the block or the stretch after
it, in the other of two places. So a block can be rendered again, and a call may have any length.

Source: W. G. Gardner, Efficient convolution without input-output delay, JAES 43:3, 1995. The inputs' spectra are kept, as in
G. Garcia, Optimal filter partition for efficient convolution with short input/output delay, 113th AES Convention, 2002.
"""
from __future__ import annotations

import numpy as np

from .fft import forward, inverse
from .kernel import kernel, part
from .ring import read, write
from .scratch import scratch, shaped

BLOCK = 64                  # frames taken as they are, and of a short piece
SHORT = 31                  # short pieces at most
LONG = 1_024                # frames of a long piece
SLICES = LONG // BLOCK      # of 64 bins of a long spectrum; one for each block of a stretch
ROW = 2 * BLOCK             # a slice: 64 real parts, then 64 imaginary ones
HEAD = 2                    # numbers before the waves: short pieces, long pieces

work_room = scratch(4, LONG)
sum_room = scratch(ROW, kind="f4")
past_room = scratch(2 * BLOCK, kind="f4")


@part
def ring_size(far):
    """Frames of an input that are remembered: two blocks, or three stretches of 1,024 and the one that comes in."""
    return 4 * LONG if far else 4 * BLOCK


@kernel
def multiply(total, ours, answer, newest, kept, pieces, packed):
    """What the pieces of an answer make of the spectra of the past: one slice, the sum over all pieces.

    total   (128,)              written
    ours    (kept * 128,)       a ring of the past; the one that meets the first piece lies at `newest`
    answer  (pieces * 128,)
    packed  whether the first bin holds two real numbers
    """
    for i in range(ROW):
        total[i] = 0.0
    low, high = np.float32(0.0), np.float32(0.0)
    real, imaginary = total[:BLOCK], total[BLOCK:]
    slot = newest
    for k in range(pieces):
        a, b = ours[ROW * slot:ROW * slot + BLOCK], ours[ROW * slot + BLOCK:ROW * slot + ROW]
        c, d = answer[ROW * k:ROW * k + BLOCK], answer[ROW * k + BLOCK:ROW * k + ROW]
        for i in range(BLOCK):
            real[i] += a[i] * c[i] - b[i] * d[i]
            imaginary[i] += a[i] * d[i] + b[i] * c[i]
        low += a[0] * c[0]
        high += b[0] * d[0]
        slot = slot - 1 if slot > 0 else kept - 1
    if packed:
        total[0], total[BLOCK] = low, high


@kernel
def spectrum(work, ring, first, size, waves):
    """The spectrum of `size` frames of a ring from a place on, in the first size / 2 of work's first two rows."""
    half, whole = size // 2, ring.shape[0]
    re, im = work[0, :half], work[1, :half]
    place = first % whole                   # a ring holds a multiple of the pieces' length: only the halves may be torn apart
    for k in range(half // 2):
        re[k], im[k] = ring[place + 2 * k], ring[place + 2 * k + 1]
    place = (first + half) % whole
    for k in range(half // 2):
        re[half // 2 + k], im[half // 2 + k] = ring[place + 2 * k], ring[place + 2 * k + 1]
    forward(re, im, work[2, :half], work[3, :half], waves)


@kernel
def at_once(out, answer, ring, now, count, past):
    """Add the answer's first 64 frames, as they are, to what is there."""
    read(past, ring, (now - BLOCK) % ring.shape[0], BLOCK + count)
    for k in range(BLOCK):
        tap = answer[k]
        there = past[BLOCK - k:BLOCK - k + count]
        for n in range(count):
            out[n] += tap * there[n]


@kernel
def soon(ends, answers, rings, near, block, short, waves, work, total):
    """A block is complete: what the short pieces make of it and of those before, for the next block."""
    kept = short + 1
    for channel in range(rings.shape[0]):
        spectrum(work, rings[channel], BLOCK * (block - 1), ROW, waves)
        row = near[channel, ROW * (block % kept):ROW * (block % kept) + ROW]
        for i in range(BLOCK):
            row[i], row[BLOCK + i] = work[0, i], work[1, i]
    for channel in range(ends.shape[0]):
        ours = near[channel] if rings.shape[0] > 1 else near[0]
        answer = answers[channel] if answers.shape[0] > 1 else answers[0]
        multiply(total, ours, answer[BLOCK:], block % kept, kept, short, True)
        for i in range(BLOCK):
            work[0, i], work[1, i] = total[i], total[BLOCK + i]
        inverse(work[0, :BLOCK], work[1, :BLOCK], work[2, :BLOCK], work[3, :BLOCK], waves)
        end = ends[channel, (block + 1) % 2]
        for k in range(BLOCK // 2):         # the second half is free of what wrapped round
            end[2 * k], end[2 * k + 1] = work[0, BLOCK // 2 + k], work[1, BLOCK // 2 + k]


@kernel
def later(ends, answers, rings, far, sums, block, short, pieces, waves, work, total):
    """A sixteenth of what the long pieces make of the stretches that are complete, for the next stretch."""
    stretch, turn = block // SLICES, block % SLICES
    kept, outputs = pieces + 1, ends.shape[0]
    newest = (stretch - 1) % kept
    for item in range(turn * outputs, (turn + 1) * outputs):        # channel after channel, slice after slice
        channel, piece = item // SLICES, item % SLICES
        heard = channel if rings.shape[0] > 1 else 0
        if piece == 0 and (channel == 0 or rings.shape[0] > 1):
            spectrum(work, rings[heard], LONG * (stretch - 2), 2 * LONG, waves)
            for k in range(SLICES):
                row = far[heard, k, ROW * newest:ROW * newest + ROW]
                for i in range(BLOCK):
                    row[i], row[BLOCK + i] = work[0, BLOCK * k + i], work[1, BLOCK * k + i]
        answer = answers[channel] if answers.shape[0] > 1 else answers[0]
        first = BLOCK + ROW * short + ROW * pieces * piece
        multiply(total, far[heard, piece], answer[first:first + ROW * pieces], newest, kept, pieces, piece == 0)
        for i in range(ROW):
            sums[channel, piece, i] = total[i]
        if piece == SLICES - 1:
            for k in range(SLICES):
                for i in range(BLOCK):
                    work[0, BLOCK * k + i], work[1, BLOCK * k + i] = sums[channel, k, i], sums[channel, k, BLOCK + i]
            inverse(work[0], work[1], work[2], work[3], waves)
            end = ends[channel, (stretch + 1) % 2]
            for k in range(LONG // 2):
                end[2 * k], end[2 * k + 1] = work[0, LONG // 2 + k], work[1, LONG // 2 + k]


@kernel
def convolve(out, x, answers, plan, memory, state):
    """Let a sound be answered as a room, or a thing, once answered a click. Gives the answer alone, without delay.

    out      float32 (channels, frames)  may be the same array as x
    x        float32 (1 or channels, frames)     one channel is heard by all answers
    answers  float32 (1 or channels, n)  a room's answers, cut: 64 frames, short spectra, long spectra slice by slice
    plan     float64 (2 + size,)         short pieces, long pieces, waves of 128 or, with long pieces, 2,048
    memory   float32                     as audio/units/spaces.py counts it; zeros at start
    state    float64 (1,)                frames so far; zeros is rest

    The same as a convolution in time to within 32-bit rounding. No block costs much more than another.
    """
    frames, inputs, outputs = out.shape[1], x.shape[0], out.shape[0]
    short, pieces = int(plan[0]), int(plan[1])
    waves = plan[HEAD:]
    work, total, past = work_room(), sum_room(), past_room()
    whole = ring_size(pieces > 0)
    at = inputs * whole
    rings = shaped(memory[:at], (inputs, whole))
    size = inputs * ROW * (short + 1)
    near = shaped(memory[at:at + size], (inputs, ROW * (short + 1)))
    at += size
    size = outputs * 2 * BLOCK
    ends = shaped(memory[at:at + size], (outputs, 2, BLOCK))
    at += size
    size = inputs * SLICES * ROW * (pieces + 1)
    far = shaped(memory[at:at + size], (inputs, SLICES, ROW * (pieces + 1))) if pieces > 0 else shaped(memory[:0], (0, 0, 0))
    at += size
    size = outputs * SLICES * ROW
    sums = shaped(memory[at:at + size], (outputs, SLICES, ROW)) if pieces > 0 else shaped(memory[:0], (0, 0, 0))
    at += size
    size = outputs * 2 * LONG
    far_ends = shaped(memory[at:at + size], (outputs, 2, LONG)) if pieces > 0 else shaped(memory[:0], (0, 0, 0))
    first = 0
    while first < frames:
        now = int(state[0])
        block, within = now // BLOCK, now % BLOCK
        count = min(BLOCK - within, frames - first)
        for channel in range(inputs):
            write(rings[channel], now % whole, x[channel, first:first + count], count)
        for channel in range(outputs):
            there = out[channel, first:first + count]
            end = ends[channel, block % 2, within:within + count]
            for n in range(count):
                there[n] = end[n]
            if pieces > 0:
                stretch, place = now // LONG, now % LONG
                end = far_ends[channel, stretch % 2, place:place + count]
                for n in range(count):
                    there[n] += end[n]
            at_once(there, answers[channel] if answers.shape[0] > 1 else answers[0],
                    rings[channel] if inputs > 1 else rings[0], now, count, past)
        if within + count == BLOCK:
            soon(ends, answers, rings, near, block, short, waves, work, total)
            if pieces > 0:
                later(far_ends, answers, rings, far, sums, block, short, pieces, waves, work, total)
        state[0] = now + count
        first += count
