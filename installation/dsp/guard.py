"""The guard: the last thing between any scene and the loudspeakers. No scene can reach it, and nothing passes it above the ceiling.

    protect    one block: per-output gain and delay, DC block, master gain, mute, closing fade, limiter, finite check, meters
    levels     … its one gain for each frame: master, mute, closing
    align      … one output's gain, delay and DC block
    look_for   … how high all outputs go, between their samples too
    limit      … the look-ahead limiter's gain, one for all outputs, so that a sound keeps its place
    measure    … the meters

All is exact whatever a scene sends: |out| ≤ ceiling and finite, for every frame; and between the frames, as a meter of four times the rate
reads it, with the one exception that true_peak.py names. What it delays: one block (64 frames), for the limiter's look-ahead. No fastmath
here, ever: it makes `isfinite` blind.

The limiter follows the look-ahead design of peak limiters in mastering: a minimum of the wanted gains over the look-ahead, an
exponential release, a moving average that rounds the attack (P. Hämäläinen, Smoothing of the control signal without clipped output in
digital peak limiters, DAFx 2002). The average is shorter than the look-ahead by what it takes to see between samples, so that the gain
has come to its minimum before the first frame that makes such a peak, and stays there until the last has passed.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from .scratch import scratch
from .true_peak import BLOCK, MARGIN, QUIET, TAPS, peaks_of

FRAMES = BLOCK  # 64: a block, and the look-ahead
MEAN = FRAMES + 2 - TAPS  # frames of the average: 46
SILENT_DB = -120.0  # at and below this, the master gain is zero
GLIDE = 0.6  # of the way left to the master's new level, in dB, remains after each 10 ms
DC_HZ = 3.0  # below this nothing passes: a loudspeaker's cone must not stand aside
FALL_DB = 12.0  # dB a second, of the falling peak
ABSURD = 1e4  # no sample above this is believed, whatever happens

CEILING, MUTE_FRAMES, CLOSE_FRAMES, RELEASE_FRAMES = 0, 1, 2, 3  # settings: as in audio/layout.py, GUARD_*
GAINS, DELAYS = 8, 72
MASTER, OPEN, LIFE, HELD, STARTED = 0, 1, 2, 3, 4  # state: dB, mute's gain, closing's gain (as 1 - gain), limiter's hold
WANTED, HOLDS, ROWS = 8, 72, 136  # the limiter's last 64 frames: wanted and held gains; then rows of outputs
ROW = 4  # of each output: gain, delay, DC block's input and output before
STATE = ROWS + 64 * ROW

window = scratch(FRAMES + TAPS - 1, kind="f4")
heights = scratch(FRAMES)


@njit(nogil=True, error_model="numpy")
def levels(gains, rate, master_db, muted, closing, settings, state):
    """The gain of each frame that all outputs share.

    gains      float64 (64,)   written
    master_db  wanted level; reached in dB, half of any way in about 14 ms
    muted, closing             1: ramp down; 0: ramp up, over settings' frames
    """
    fresh = state[STARTED] == 0.0
    if fresh:
        state[STARTED] = 1.0
        state[MASTER] = master_db
    target = max(SILENT_DB, min(24.0, master_db)) if master_db == master_db else SILENT_DB
    now = max(SILENT_DB, min(24.0, state[MASTER]))
    after = target + (now - target) * math.exp(math.log(GLIDE) * FRAMES / (0.01 * rate))
    if abs(after - target) < 0.01:
        after = target
    state[MASTER] = after
    first = 0.0 if now <= SILENT_DB else 10.0 ** (now / 20.0)
    last = 0.0 if after <= SILENT_DB else 10.0 ** (after / 20.0)
    up_down = 1.0 / max(1.0, settings[MUTE_FRAMES])
    leave = 1.0 / max(1.0, settings[CLOSE_FRAMES])
    is_open, gone = state[OPEN], state[LIFE]
    for n in range(FRAMES):
        is_open = max(0.0, is_open - up_down) if muted else min(1.0, is_open + up_down)
        gone = min(1.0, gone + leave) if closing else max(0.0, gone - up_down)
        gains[n] = (first + (last - first) * ((n + 1) / FRAMES)) * is_open * (1.0 - gone)
    state[OPEN], state[LIFE] = is_open, gone


@njit(nogil=True, error_model="numpy")
def align(row, gains, frame, gain, delay, rate, line, state):
    """One output: its own gain, its delay, no DC, then the shared gains. In place.

    row          float32 (64,)    the output's block
    frame        the number of the block's first frame since the start: where in the line it is written
    gain         linear; reached over one block
    delay        frames, 0 to the line's length - 128; a change crossfades over one block
    line         float32 (n,)     n a multiple of 64
    state        float64 (4,)
    """
    size = line.shape[0]
    longest = size - 2 * FRAMES
    if not (gain >= 0.0 and gain <= 100.0):
        gain = 0.0
    before, slope = state[0], (gain - state[0]) / FRAMES
    write = frame % size
    for n in range(FRAMES):
        line[write + n] = row[n] * (before + slope * (n + 1))
    state[0] = gain
    wanted = min(max(int(delay) if delay == delay else 0, 0), longest)
    old = min(max(int(state[1]), 0), longest)
    state[1] = wanted
    pole = 1.0 - 2.0 * math.pi * DC_HZ / rate
    x1, y1 = state[2], state[3]
    first = (write - wanted + size) % size
    if wanted == old and first + FRAMES <= size:
        for n in range(FRAMES):
            row[n] = line[first + n]
    else:
        for n in range(FRAMES):
            x = float(line[(first + n) % size])
            was = float(line[(write + n - old + size) % size])
            row[n] = was + (x - was) * ((n + 1) / FRAMES)
    for n in range(FRAMES):
        x = float(row[n])
        if not abs(x) < ABSURD:
            x = 0.0
        y1 = x - x1 + pole * y1
        x1 = x
        row[n] = y1 * gains[n]
    state[2], state[3] = x1, y1


@njit(nogil=True, error_model="numpy")
def look_for(peaks, block, before, least):
    """How high each frame goes, between it and the next too, on any output. Returns False if no output comes near `least`: then nothing is written.

    peaks   float64 (64,)             written: of the 64 frames that end REACH frames before the block's end
    block   float32 (outputs, 64)     this block
    before  float32 (outputs, 64)     the block before
    least   an output whose samples all stay below it is passed over
    """
    line, found = window(), False
    for c in range(block.shape[0]):
        near = np.int32(0)
        for n in range(TAPS - 1):
            line[n] = before[c, FRAMES - TAPS + 1 + n]
            near |= np.int32(abs(line[n]) > least)
        for n in range(FRAMES):
            line[TAPS - 1 + n] = block[c, n]
            near |= np.int32(abs(block[c, n]) > least)
        if near == 0:
            continue
        if not found:
            found = True
            for n in range(FRAMES):
                peaks[n] = 0.0
        peaks_of(peaks, line)
    return found


@njit(nogil=True, error_model="numpy")
def limit(gains, block, before, ceiling, release, state):
    """The limiter's gain for each frame of the block before this one. Returns whether it is below one anywhere.

    gains    float64 (64,)             written: for the block before
    block    float32 (outputs, 64)     this block, which the limiter sees but does not yet play
    before   float32 (outputs, 64)     the block before
    release  frames in which 63 % of a reduction is over
    state    float64                   HELD, WANTED and HOLDS of the guard's state; zeros is rest

    Wanted gain: what brings the true peak of all outputs to MARGIN below the ceiling. Minimum over 65 frames, release, mean over 46. A peak between
    frames m and m + 1 is known with frame m + 10: each term of the mean that is played with any of the 20 frames that make it has
    seen it, and is no higher than it wants, so neither is the mean.
    """
    wanted, holds = state[WANTED : WANTED + FRAMES], state[HOLDS : HOLDS + FRAMES]  # kept as 1 - gain, so that zeros is rest
    peaks, most = heights(), ceiling * MARGIN
    if not look_for(peaks, block, before, ceiling * QUIET):
        quiet = state[HELD] == 0.0
        for n in range(FRAMES):
            peaks[n] = 0.0
            quiet = quiet and wanted[n] == 0.0 and holds[n] == 0.0
        if quiet:
            for n in range(FRAMES):
                gains[n] = 1.0
            return False
    for n in range(FRAMES - 2, -1, -1):  # what was wanted before, from frame n on
        wanted[n] = max(wanted[n], wanted[n + 1])
    falling = 1.0 - math.exp(-1.0 / max(1.0, release))
    held, highest, total, worked = state[HELD], 0.0, 0.0, False
    for n in range(FRAMES - MEAN, FRAMES):  # anew in each block, so that no rounding adds up
        total += holds[n]
    for n in range(FRAMES):
        now = 1.0 - most / peaks[n] if peaks[n] > most else 0.0
        highest = max(highest, now)
        held -= held * falling
        if held < 1e-6:
            held = 0.0
        held = max(held, wanted[n], highest)  # 65 frames
        total += held - holds[(n - MEAN) % FRAMES]
        reduction = max(0.0, total / MEAN)
        gains[n] = 1.0 - reduction
        worked = worked or reduction > 1e-6
        wanted[n], holds[n] = now, held
    state[HELD] = held
    return worked


@njit(nogil=True, error_model="numpy")
def measure(row, peak_fall, most, meters):
    """One output's meters. meters: peak of this block, falling peak, sum of squares, blocks that come to `most`, what the limiter aims at."""
    peak, other, energy, rest = 0.0, 0.0, 0.0, 0.0
    for n in range(0, FRAMES, 2):  # two at a time: neither waits for the other
        one, two = float(row[n]), float(row[n + 1])
        peak, other = max(peak, abs(one)), max(other, abs(two))
        energy += one * one
        rest += two * two
    peak, energy = max(peak, other), energy + rest
    meters[0] = peak
    meters[1] = max(peak, meters[1] * peak_fall)
    meters[2] += energy
    if peak >= most * 0.999:
        meters[3] += 1.0


@njit(nogil=True, error_model="numpy")
def protect(out, bus, frame, rate, master_db, muted, closing, settings, lines, look, state, meters):
    """One block from the mix to what leaves. Returns whether the limiter worked.

    out       float32 (64, outputs)    what leaves, interleaved: the block before this one, limited
    bus       float32 (outputs, 64)    the mix; changed
    frame     number of the bus's first frame since the start
    settings  float64                  CEILING (linear), MUTE_FRAMES, CLOSE_FRAMES, RELEASE_FRAMES, then GAINS, DELAYS of each output
    lines     float32 (outputs, n)     the delays
    look      float32 (2, outputs, 64) this block and the one before, by turns: written at a place that follows from `frame`, so
                                       that a block which was cut off can be rendered again
    state     float64 (STATE,)         zeros is rest: muted, and opening
    meters    float64 (outputs, 4)
    """
    outputs = bus.shape[0]
    gains = look_gains(state)
    levels(gains, rate, master_db, muted, closing, settings, state)
    slot = (frame // FRAMES) & 1
    for c in range(outputs):
        at = ROWS + c * ROW
        align(bus[c], gains, frame, settings[GAINS + c], settings[DELAYS + c], rate, lines[c], state[at : at + ROW])
        for n in range(FRAMES):
            look[slot, c, n] = bus[c, n]
    ceiling = settings[CEILING]
    if not (ceiling > 0.0 and ceiling <= 1.0):
        ceiling = 1.0
    worked = limit(gains, bus, look[1 - slot], ceiling, settings[RELEASE_FRAMES], state)
    fall = 10.0 ** (-FALL_DB * FRAMES / rate / 20.0)
    most = np.float32(ceiling)
    if float(most) > ceiling:
        most *= np.float32(1.0 - 2.0**-23)
    for c in range(outputs):
        before = look[1 - slot, c]
        for n in range(FRAMES):
            sample = np.float32(float(before[n]) * gains[n])
            if not math.isfinite(sample):
                sample = np.float32(0.0)
            bus[c, n] = min(most, max(-most, sample))
        measure(bus[c], fall, ceiling * MARGIN, meters[c])
        for n in range(FRAMES):
            out[n, c] = bus[c, n]
    return worked


@njit(nogil=True, error_model="numpy")
def look_gains(state):
    """Working room for 64 gains at the end of the guard's state; it need not be kept."""
    return state[STATE : STATE + FRAMES]
