"""Dynamics: how loud a sound is changes how loud it is, or how loud another is.

    compress     what is above a threshold, made less so
    expand       what is below a threshold, made still softer
    noise_gate   silence where there is little more than noise
    duck         room for another sound
    limit        nothing above a ceiling, foreseen, also between the samples
    level        slowly towards one loudness

All channels of a sound have one gain, so that it keeps its place in the room. `key` is the sound that is listened to, of any number
of channels: the sound itself or another one. Everything is done frame by frame, a frame of every input read before one is written.
"""
from __future__ import annotations

import math

import numpy as np

from .follower import loudest, power, risen, share
from .kernel import kernel, part
from .true_peak import MARGIN, QUIET, TAPS, peak_of

DB = 8.685889638065035           # dB in one natural logarithm of amplitude: 20 / ln(10)
NEPER = 0.11512925464970229      # the other way
SPARE = 64                       # frames by which a ring is longer than what is read of it, so that a block can be rendered again
GRID = 16777216.0                # 2**24: reductions are whole multiples of its inverse, so that their sum is exact


@part
def apply_gain(out, x, n, gain):
    """One frame of every channel, louder or softer."""
    for channel in range(x.shape[0]):
        out[channel, n] = float(x[channel, n]) * gain


@part
def over_knee(over, ratio, knee):
    """By how much, in dB, a level `over` dB above the threshold is turned down: Giannoulis et al. equation 4, as a reduction."""
    slope = 1.0 - 1.0 / ratio
    if 2.0 * over >= knee:
        return over * slope
    if 2.0 * over <= -knee:
        return 0.0
    return slope * (over + 0.5 * knee) * (over + 0.5 * knee) / (2.0 * knee)


@kernel
def compress(out, x, key, threshold, ratio, attack, release, knee, makeup, state):
    """Turn down what is above a threshold: of `ratio` dB more that come in, one comes out.

    out, x     float32 (channels, frames)   out may be x or key
    key        float32 (any, frames)        what is listened to: the loudest of its channels
    threshold  float64 (2,)                 dBFS of the peak; runs straight between the block's ends, as ratio, knee and makeup do
    ratio      float64 (2,)                 1..1000
    attack     float64 (2,)                 frames until 63 % of a rise of the reduction, in dB, is behind; read at the first frame
    release    float64 (2,)                 frames until 63 % of its fall is; read at the first frame
    knee       float64 (2,)                 dB around the threshold in which it sets in
    makeup     float64 (2,)                 dB that are added afterwards
    state      float64 (2,)                 the highest reduction in dB, held and released, and the one that rises to it; zeros is rest

    A steady tone is turned down by what the curve says of its peak. Source: D. Giannoulis, M. Massberg, J. Reiss, Digital dynamic range
    compressor design, JAES 60(6), 2012: feed-forward, log domain, gain computer of equation 4; the detector is follower.risen, where
    their smooth branching (equation 16) leaves a sine 0.3 to 1 dB too loud.
    """
    frames = x.shape[1]
    rise, fall = share(attack[0]), share(release[0])
    held, reduction = state[0], state[1]
    quiet = 0.999 * math.exp(min(threshold[0] - 0.5 * knee[0], threshold[1] - 0.5 * knee[1]) * NEPER)      # nothing to be done below
    for n in range(frames):
        way = n / frames
        wanted = 0.0
        peak = loudest(key, n)
        if peak > quiet:
            edge = threshold[0] + (threshold[1] - threshold[0]) * way
            wanted = over_knee(DB * math.log(peak) - edge, ratio[0] + (ratio[1] - ratio[0]) * way, knee[0] + (knee[1] - knee[0]) * way)
        held, reduction = risen(wanted, held, reduction, rise, fall)
        if held < 1e-9:
            held, reduction = 0.0, 0.0
        change = makeup[0] + (makeup[1] - makeup[0]) * way - reduction
        apply_gain(out, x, n, math.exp(change * NEPER) if change != 0.0 else 1.0)
    state[0], state[1] = held, reduction


@kernel
def expand(out, x, key, threshold, ratio, attack, release, most, state):
    """Turn down what is below a threshold: a dB less that comes in is `ratio` dB less that come out, down to `most`.

    out, x     float32 (channels, frames)   out may be x or key
    key        float32 (any, frames)        what is listened to: the loudest of its channels
    threshold  float64 (2,)                 dBFS of the peak; runs straight between the block's ends, as ratio and most do
    ratio      float64 (2,)                 1..100
    attack     float64 (2,)                 frames until 63 % of a fall of the reduction, in dB, is behind; read at the first frame
    release    float64 (2,)                 frames until 63 % of a fall of the held peak is; read at the first frame
    most       float64 (2,)                 dB, 0 or more: no more than this is taken away
    state      float64 (3,)                 1 once it has begun, the held peak, the reduction in dB; zeros is rest, turned down

    Peaks are held and released before the curve, so that a wave's own zero crossings are no pauses.
    Source: the curve of compress, turned round.
    """
    frames = x.shape[1]
    open_, fall = share(attack[0]), share(release[0])
    held, reduction = state[1], state[2]
    if state[0] == 0.0:
        state[0], reduction = 1.0, most[0]
    for n in range(frames):
        way = n / frames
        peak = loudest(key, n)
        held = peak if peak > held else held + (peak - held) * fall
        under = threshold[0] + (threshold[1] - threshold[0]) * way - DB * math.log(max(held, 1e-9))
        steep = ratio[0] + (ratio[1] - ratio[0]) * way - 1.0
        wanted = min(max(under * steep, 0.0), most[0] + (most[1] - most[0]) * way)
        reduction = wanted if wanted > reduction else reduction + (wanted - reduction) * open_
        apply_gain(out, x, n, math.exp(-reduction * NEPER))
    state[1], state[2] = held, reduction


@part
def gated(out, x, key, threshold, hysteresis, attack, hold, release, loud, soft, state):
    """Move towards the gain `loud` while the key is above a threshold, towards `soft` while it is not. All as in noise_gate."""
    frames = x.shape[1]
    slope = (threshold[1] - threshold[0]) / frames
    up, down = share(attack[0]), share(release[0])
    keeps = max(hold[0], 1.0)
    gain, left = state[1], state[2]
    if state[0] == 0.0:
        state[0], gain = 1.0, soft[0]
    closing = math.exp(-hysteresis[0] * NEPER)
    for n in range(frames):
        edge = threshold[0] + slope * n
        peak = loudest(key, n)
        if peak > edge or (left > 0.0 and peak > edge * closing):
            left = keeps
        else:
            left = max(left - 1.0, 0.0)
        if left > 0.0:
            gain += (loud[0] + (loud[1] - loud[0]) * (n / frames) - gain) * up
        else:
            gain += (soft[0] + (soft[1] - soft[0]) * (n / frames) - gain) * down
        apply_gain(out, x, n, gain)
    state[1], state[2] = gain, left


@kernel
def noise_gate(out, x, key, threshold, hysteresis, attack, hold, release, floor, state):
    """Let a sound pass while it is above a threshold, and turn it down while it is not.

    out, x      float32 (channels, frames)   out may be x or key
    key         float32 (any, frames)        what is listened to: the loudest of its channels
    threshold   float64 (2,)                 the peak (1 is full scale) above which it opens; runs straight between the block's ends
    hysteresis  float64 (2,)                 dB below the threshold at which it closes again; read at the first frame, as the times
    attack      float64 (2,)                 frames until it is 63 % open
    hold        float64 (2,)                 frames for which it stays open after the last peak
    release     float64 (2,)                 frames until it is 63 % closed
    floor       float64 (2,)                 the gain where it is closed, 0..1; runs straight between the block's ends
    state       float64 (3,)                 1 once it has begun, the gain, frames left of the hold; zeros is rest, closed
    """
    one = (1.0, 1.0)
    gated(out, x, key, threshold, hysteresis, attack, hold, release, one, floor, state)


@kernel
def duck(out, x, key, threshold, hysteresis, attack, hold, release, depth, state):
    """Turn a sound down while another is above a threshold. depth: the gain meanwhile. All else as in noise_gate; rest is not turned down."""
    one = (1.0, 1.0)
    gated(out, x, key, threshold, hysteresis, attack, hold, release, depth, one, state)


@kernel
def limit(out, x, ceiling, release, line, window, state):
    """Let nothing pass above a ceiling, between its frames neither, and begin to turn down before it would.

    out, x   float32 (channels, frames)            may be the same array
    ceiling  float64 (2,)                          0..1; runs straight between the block's ends
    release  float64 (2,)                          frames until 63 % of a reduction is over; read at the first frame
    line     float32 (channels * (look + 64),)     the sound, waiting; look: 64 frames or more
    window   float32 (3 * look + 64,)              the wanted reductions of two looks, by turns; then a ring of those that are held
    state    float64 (8,)                          place in the line, in the look, which half, in the ring; the highest wanted
                                                   reduction of this look, the held one, the sum of the last of the ring, and for how many frames more
                                                   it must be looked between them; zeros is rest

    The sound is late by look - 1 frames. Wanted: what brings the true peak of all channels to MARGIN below the ceiling (true_peak.py), known ten
    frames late. Of that the highest in the last `look` frames, then an exponential release, then the mean over 19 frames fewer: each
    term of a frame's mean has seen every peak that this frame has a part in, so none is less than those want, and the reduction begins
    and ends as a ramp. A ceiling that falls meanwhile is kept by clipping.
    Source: P. Hämäläinen, Smoothing of the control signal without clipped output in digital peak limiters, DAFx 2002; the highest of a
    window after M. van Herk, Pattern Recognition Letters 13, 1992: that from here to the end of the look before, and that of this one.
    """
    channels, frames = x.shape
    length = line.shape[0] // channels
    look = length - SPARE
    ring, mean = look + SPARE, look - TAPS + 1
    slope = (ceiling[1] - ceiling[0]) / frames
    fall = share(release[0])
    write, at, half, place = int(state[0]), int(state[1]), int(state[2]), int(state[3])
    highest, held, total, near = state[4], state[5], state[6], state[7]
    for n in range(frames):
        most = ceiling[0] + slope * n
        near = float(TAPS) if loudest(x, n) > most * QUIET else max(near - 1.0, 0.0)
        peak = 0.0
        for channel in range(channels):
            line[channel * length + write] = x[channel, n]
            if near > 0.0:
                peak = max(peak, peak_of(line, channel * length, length, write))
        wanted = 1.0 - most * MARGIN / peak if peak > most * MARGIN else 0.0
        window[half * look + at] = np.float32(wanted)
        highest = max(highest, wanted)
        seen = highest
        if at + 1 < look:
            seen = max(seen, float(window[(1 - half) * look + at + 1]))
        held -= held * fall
        if held < 1e-6:
            held = 0.0
        held = max(held, seen)
        kept = min(math.ceil(held * GRID), GRID) / GRID
        oldest = place - mean
        if oldest < 0:
            oldest += ring
        total += kept - float(window[2 * look + oldest])
        window[2 * look + place] = kept
        gain = 1.0 - total / mean
        read = write - look + 1
        if read < 0:
            read += length
        for channel in range(channels):
            out[channel, n] = min(max(float(line[channel * length + read]) * gain, -most), most)
        write = write + 1 if write + 1 < length else 0
        place = place + 1 if place + 1 < ring else 0
        at += 1
        if at == look:
            for k in range(look - 2, -1, -1):
                window[half * look + k] = max(window[half * look + k], window[half * look + k + 1])
            at, half, highest = 0, 1 - half, 0.0
    state[0], state[1], state[2], state[3] = write, at, half, place
    state[4], state[5], state[6], state[7] = highest, held, total, near


@kernel
def level(out, x, target, time, most, quiet, state):
    """Bring a sound slowly to one loudness, and leave its silences alone.

    out, x  float32 (channels, frames)   may be the same array
    target  float64 (2,)                 the root of the mean power that is wanted, 1 is full scale; runs straight between the ends
    time    float64 (2,)                 frames until 63 % of the way, in dB, is behind; read at the first frame
    most    float64 (2,)                 1 or more: no more gain than this, and no less than one over it; read at the first frame
    quiet   float64 (2,)                 below this it is a silence; read at the first frame
    state   float64 (5,)                 1 once it has begun, the gain, the power of a moment, the mean power, how much of a mean that
                                         is, 0..1; zeros is rest, with a gain of 1

    The power is averaged over a fifth of the time, from the first frame on that is no silence; a silence neither counts nor moves the
    gain. Whether it is one is told by the power of a moment, a fiftieth of the time.
    """
    frames = x.shape[1]
    slope = (target[1] - target[0]) / frames
    slow, quick, at_once = share(time[0]), share(0.2 * time[0]), share(0.02 * time[0])
    high, silence = max(most[0], 1.0), quiet[0] * quiet[0]
    gain, moment, mean, weight = state[1], state[2], state[3], state[4]
    if state[0] == 0.0:
        state[0], gain = 1.0, 1.0
    for n in range(frames):
        now = power(x, n)
        moment += (now - moment) * at_once
        if moment > silence:
            mean += (now - mean) * quick
            weight += (1.0 - weight) * quick
            if mean > 0.0:
                wanted = min(max((target[0] + slope * n) / math.sqrt(mean / weight), 1.0 / high), high)
                gain = min(max(gain * (1.0 + slow * math.log(wanted / gain)), 1.0 / high), high)
        apply_gain(out, x, n, gain)
    state[1], state[2], state[3], state[4] = gain, moment, mean, weight
