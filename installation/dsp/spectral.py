"""Spectra in time: a sound cut into windows that overlap by three quarters, each transformed, changed, and put together again.

    freeze   hold the spectrum of a moment
    blur     let each frequency linger
    cross    the strength of one sound's frequencies, the course of another's

Windows of `size` frames begin every size / 4 frames: that is a step. What is heard is one window and one step late: at a step's
start a window of the past is complete, its spectrum is taken in one of the blocks of the step's first half (channel after channel,
so that not all work falls into one block), its sound made half a step later, and it is heard from the next step on.

What is written in MEMORY in a step is never what is read in it: spectra are kept for two steps in turn, sounds for five. So a block
can be rendered again. Windows are added up where they are heard, not where they are made.

Source: J. B. Allen and L. R. Rabiner, A unified approach to short-time Fourier analysis and synthesis, Proc. IEEE 65, 1977;
M. Puckette, Phase-locked vocoder, IEEE WASPAA, 1995, and J. Laroche and M. Dolson, IEEE Trans. SAP 7:3, 1999 (the course of phases).
"""
from __future__ import annotations

import math

import numpy as np

from .fft import forward, inverse
from .kernel import kernel, part
from .ring import read, write
from .scratch import scratch, shaped

BLOCK = 64
OVERLAP = 4             # windows that are heard at once
SOUNDS = OVERLAP + 1    # the one that is made besides
LARGEST = 4_096         # frames of a window; the smallest is 512: a step of two blocks
TINY = 1e-30
SIXTY = 6.907755278982137       # 60 dB in nepers
HELD = 6                # of a channel's memory, in windows: spectra of two steps, what lingers of two steps, twice as large

work_room = scratch(4, LARGEST // 2)
past_room = scratch(LARGEST, kind="f4")


@part
def remembered(size):
    """Frames of a channel's past that are kept: a window, and the step that comes in."""
    return size + size // OVERLAP


@kernel
def take_apart(spectrum, ring, until, waves, window, work, past):
    """The spectrum, (2, size / 2), of the window that ends before frame `until` of a ring."""
    half = spectrum.shape[1]
    size = 2 * half
    read(past, ring, (until - size) % ring.shape[0], size)
    re, im = work[0, :half], work[1, :half]
    for k in range(half):
        re[k], im[k] = past[2 * k] * window[2 * k], past[2 * k + 1] * window[2 * k + 1]
    forward(re, im, work[2, :half], work[3, :half], waves)
    for k in range(half):
        spectrum[0, k], spectrum[1, k] = re[k], im[k]


@kernel
def put_together(sound, spectrum, waves, window, work):
    """The window's sound, (size,), of a spectrum; four of them, a step apart, add up to what was taken apart."""
    half = spectrum.shape[1]
    re, im = work[0, :half], work[1, :half]
    for k in range(half):
        re[k], im[k] = spectrum[0, k], spectrum[1, k]
    inverse(re, im, work[2, :half], work[3, :half], waves)
    for k in range(half):
        sound[2 * k], sound[2 * k + 1] = 0.5 * re[k] * window[2 * k], 0.5 * im[k] * window[2 * k + 1]


@kernel
def overlap(out, sounds, step, within):
    """Add up the windows that are heard: the one finished in the last step from its start, and the three before."""
    size = sounds.shape[1]
    for n in range(out.shape[0]):
        out[n] = 0.0
    for k in range(OVERLAP):
        first = k * (size // OVERLAP) + within
        one = sounds[(step - 1 - k) % SOUNDS, first:first + out.shape[0]]
        for n in range(out.shape[0]):
            out[n] += one[n]


@part
def courses(after, before, x, last, keep, strength):
    """How far each frequency's phase turns in a step, as it came in, the louder the more it counts; and how strong it was."""
    let = 1.0 - keep
    for k in range(x.shape[1]):
        re, im, last_re, last_im = np.float64(x[0, k]), np.float64(x[1, k]), np.float64(last[0, k]), np.float64(last[1, k])
        after[2, k] = keep * before[2, k] + let * (re * last_re + im * last_im)
        after[3, k] = keep * before[3, k] + let * (im * last_re - re * last_im)
        old_re, old_im = np.float64(before[0, k]), np.float64(before[1, k])
        strength[k] = math.sqrt(old_re * old_re + old_im * old_im)


@part
def together(after, strength, turn_re, turn_im):
    """One turn for each hill of the spectrum, that of its peak: a tone is several bins, and they must not drift apart."""
    count = strength.shape[0]
    first = 1
    while first < count:
        peak = first
        while peak + 1 < count and strength[peak + 1] > strength[peak]:
            peak += 1
        last = peak
        while last + 1 < count and strength[last + 1] <= strength[last]:
            last += 1
        re, im = float(after[2, peak]), float(after[3, peak])
        pace = math.sqrt(re * re + im * im)
        if pace > TINY:
            re, im = re / pace, im / pace
        else:                           # nothing is known: the bin's own frequency, a quarter turn for each
            odd, back = peak & 1, 1 - (peak & 2)
            re, im = (1.0 - odd) * back, 1.0 * odd * back
        for k in range(first, last + 1):
            turn_re[k], turn_im[k] = re, im
        first = last + 1


@kernel
def linger(after, before, x, last, keep, work):
    """One step of a spectrum that keeps a part of what it was, and lets in the rest of what there is.

    after, before  float32 (4, half)  its sound (2 rows) and its course (2 rows), now and a step ago
    x, last        float32 (2, half)  what comes in, now and a step ago
    keep           0..1: of the strength of each frequency; 1 holds it for ever
    work           float64 (3 or more, half or more)

    What is kept goes on turning as it did when it came in: it does not buzz at the pace of the steps. Strengths are kept apart from
    directions, so that nothing cancels.
    """
    half, let = x.shape[1], 1.0 - keep
    strength, turn_re, turn_im = work[0, :half], work[1, :half], work[2, :half]
    courses(after, before, x, last, keep, strength)
    together(after, strength, turn_re, turn_im)
    for k in range(half):
        re, im, old_re, old_im = np.float64(x[0, k]), np.float64(x[1, k]), np.float64(before[0, k]), np.float64(before[1, k])
        to_re = let * re + keep * (old_re * turn_re[k] - old_im * turn_im[k])
        to_im = let * im + keep * (old_re * turn_im[k] + old_im * turn_re[k])
        wanted = let * math.sqrt(re * re + im * im) + keep * strength[k]
        scale = wanted / max(math.sqrt(to_re * to_re + to_im * to_im), TINY)
        after[0, k], after[1, k] = scale * to_re, scale * to_im
    for row in range(2):                # 0 Hz and half the rate have no phase
        after[row, 0] = let * x[row, 0] + keep * before[row, 0]


@kernel
def exchange(spectrum, x, y):
    """The strengths of x with the phases of y, all (2, half)."""
    for k in range(x.shape[1]):
        x_re, x_im, y_re, y_im = np.float64(x[0, k]), np.float64(x[1, k]), np.float64(y[0, k]), np.float64(y[1, k])
        scale = math.sqrt(x_re * x_re + x_im * x_im) / max(math.sqrt(y_re * y_re + y_im * y_im), TINY)
        spectrum[0, k], spectrum[1, k] = scale * y_re, scale * y_im
    for row in range(2):
        strength = abs(x[row, 0])
        spectrum[row, 0] = strength if y[row, 0] > 0.0 else -strength if y[row, 0] < 0.0 else 0.0 * strength


@part
def sustain(out, x, control, timed, plan, memory, state):
    """What freeze and blur share. timed: the control is a time in frames, not a share to keep."""
    channels, frames = out.shape
    size = int(plan[0])
    half, step = size // 2, size // OVERLAP
    spread = step // (2 * BLOCK)
    window, waves = plan[1:1 + size], plan[1 + size:]
    work, past = work_room(), past_room()
    each = memory.shape[0] // channels
    whole = remembered(size)
    first = 0
    while first < frames:
        now = int(state[0])
        count = min(BLOCK - now % BLOCK, frames - first)
        if now % step == 0:
            value = control[0] + (control[1] - control[0]) * (first / frames)
            if timed:
                value = math.exp(-SIXTY * step / value) if value > 0.0 else 0.0
            state[1] = min(max(value, 0.0), 1.0)
        turn = now // step
        slot = now % step // BLOCK
        for channel in range(channels):
            own = memory[channel * each:(channel + 1) * each]
            ring = own[:whole]
            sounds = shaped(own[whole + HELD * size:], (SOUNDS, size))
            write(ring, now % whole, x[channel, first:first + count], count)
            overlap(out[channel, first:first + count], sounds, turn, now % step)
            if (now + count) % BLOCK == 0 and slot % spread == channel % spread:
                spectra = shaped(own[whole:whole + 2 * size], (2, 2, half))
                if slot < spread:
                    take_apart(spectra[turn % 2], ring, turn * step, waves, window, work, past)
                else:
                    lingers = shaped(own[whole + 2 * size:whole + HELD * size], (2, 4, half))
                    after = lingers[turn % 2]
                    linger(after, lingers[(turn - 1) % 2], spectra[turn % 2], spectra[(turn - 1) % 2], state[1], work)
                    put_together(sounds[turn % SOUNDS], after[:2], waves, window, work)
        state[0] = now + count
        first += count


@kernel
def freeze(out, x, gate, plan, memory, state):
    """Hold the spectrum of a moment, as long as the gate is open. Late by a window and a quarter.

    out, x  float32 (channels, frames)  may be the same array
    gate    float64 (2,)                0: the sound itself; 1: what there was when it rose is held; between, it lingers
    plan    float64 (1 + 2 * size,)     frames of a window, 512 to 4,096; the window; waves
    memory  float32 (channels * n,)     as audio/units/spectra.py counts it; zeros at start
    state   float64 (2,)                frames so far, the gate at this step's start; zeros is rest

    The gate is looked at at each quarter of a window.
    """
    sustain(out, x, gate, False, plan, memory, state)


@kernel
def blur(out, x, time, plan, memory, state):
    """Let each frequency linger after it has sounded, like a piano's strings with the pedal down. Late by a window and a quarter.

    out, x  float32 (channels, frames)  may be the same array
    time    float64 (2,)                frames until what was heard has fallen by 60 dB, 0..; at 0 the sound itself
    plan    float64 (1 + 2 * size,)     frames of a window, 512 to 4,096; the window; waves
    memory  float32 (channels * n,)     as audio/units/spectra.py counts it; zeros at start
    state   float64 (2,)                frames so far, what is kept in this step; zeros is rest
    """
    sustain(out, x, time, True, plan, memory, state)


@kernel
def cross(out, x, y, plan, memory, state):
    """Give the frequencies of one sound the strength they have in another: a choir that speaks. Late by a window and a quarter.

    out, x  float32 (channels, frames)  strengths come from x; may be the same array
    y       float32 (channels, frames)  phases come from y, and with them its pitch and its noise
    plan    float64 (1 + 2 * size,)     frames of a window, 512 to 4,096; the window; waves
    memory  float32 (channels * n,)     as audio/units/spectra.py counts it; zeros at start
    state   float64 (1,)                frames so far; zeros is rest

    Silent where either is silent.
    """
    channels, frames = out.shape
    size = int(plan[0])
    half, step = size // 2, size // OVERLAP
    spread = step // (2 * BLOCK)
    window, waves = plan[1:1 + size], plan[1 + size:]
    work, past = work_room(), past_room()
    each = memory.shape[0] // channels
    whole = remembered(size)
    first = 0
    while first < frames:
        now = int(state[0])
        count = min(BLOCK - now % BLOCK, frames - first)
        turn = now // step
        slot = now % step // BLOCK
        for channel in range(channels):
            own = memory[channel * each:(channel + 1) * each]
            strong, winding = own[:whole], own[whole:2 * whole]
            spectra = shaped(own[2 * whole:2 * whole + 3 * size], (3, 2, half))
            sounds = shaped(own[2 * whole + 3 * size:], (SOUNDS, size))
            write(strong, now % whole, x[channel, first:first + count], count)
            write(winding, now % whole, y[channel, first:first + count], count)
            overlap(out[channel, first:first + count], sounds, turn, now % step)
            if (now + count) % BLOCK == 0 and slot % spread == channel % spread:
                if slot < spread:
                    take_apart(spectra[0], strong, turn * step, waves, window, work, past)
                    take_apart(spectra[1], winding, turn * step, waves, window, work, past)
                else:
                    exchange(spectra[2], spectra[0], spectra[1])
                    put_together(sounds[turn % SOUNDS], spectra[2], waves, window, work)
        state[0] = now + count
        first += count
