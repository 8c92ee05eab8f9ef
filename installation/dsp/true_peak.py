"""How high a sound goes between its samples, where a converter draws the curve: what a limiter must look at.

    peaks_of        a block's true peaks, of one channel
    peak_of         one frame's, in a ring

Four points for each frame: the sample, and a quarter, a half and three quarters of the way to the next, each from 20 samples. A point is known
REACH frames late. Source: ITU-R BS.1770-5, Annex 2 (four times the rate); its own filter has 12 samples to a point. Longer here, because a
gain is derived from it: the curve is a sinc in Kaiser's window, beta 5, level up to 20 kHz and half at half the rate, much as a
converter's own. tests/dsp/test_true_peak.py measures with other filters.

A limiter aims MARGIN below its ceiling. For a meter's four points lie elsewhere (BS.1770's own an eighth of a frame beside these: a tone at
20 kHz reads up to 0.4 dB more there), its filter ripples (0.1 dB), and a gain that moves bends the curve (0.02 dB). Without it noise,
square waves, bursts and sweeps, band-limited or not, read up to 0.44 dB above a ceiling that these points keep; with it, 0.09 dB below
it or less. What lies above 20 kHz is the exception, for an endless sinc alone: where a sound has most of its power there, that reads up to 2.4 dB more.

    PHASES   float32 (3, 20)   the curve at the three places between two frames, each row with a sum of 1
    QUIET    a sound whose samples stay below this share of the ceiling cannot pass it between them, nor the margin
"""
from __future__ import annotations

import numpy as np

from .kernel import part
from .scratch import scratch

REACH = 10              # frames on either side of a point
TAPS = 2 * REACH
BETA = 5.0
BLOCK = 64
MARGIN = 10.0**(-0.5 / 20.0)


def _phases() -> np.ndarray:
    away = np.arange(1 - REACH, REACH + 1)[None, :] - np.array([[0.25], [0.5], [0.75]])
    rows = np.sinc(away) * np.i0(BETA * np.sqrt(1.0 - (away / REACH) ** 2))
    return (rows / rows.sum(axis=1, keepdims=True)).astype(np.float32)


PHASES = _phases()
QUIET = MARGIN / (1.0001 * float(np.abs(PHASES.astype(float)).sum(axis=1).max()))       # by the sum of the magnitudes: 7.5 dB below the ceiling

between = scratch(BLOCK, kind="f4")


@part
def peaks_of(peaks, line):
    """Raise each frame's peak to what one channel reaches from there to the next frame.

    peaks  float64 (64,)   changed
    line   float32 (83,)   the frames of the peaks, and REACH more after and REACH - 1 before them
    """
    point = between()
    for n in range(BLOCK):
        peaks[n] = max(peaks[n], float(abs(line[n + REACH - 1])))
    for phase in range(3):
        for n in range(BLOCK):
            point[n] = np.float32(0.0)
        for k in range(TAPS):
            weight = PHASES[phase, k]
            for n in range(BLOCK):
                point[n] += weight * line[n + k]
        for n in range(BLOCK):
            peaks[n] = max(peaks[n], float(abs(point[n])))


@part
def peak_of(line, start, length, newest):
    """What a ring's channel reaches from the frame that came REACH frames before the newest to the next.

    line    float32   the ring: `length` numbers from `start` on; `newest` is the place of the last that was written, and of the 19 before it
                      none has been written over
    """
    one, two, three = np.float32(0.0), np.float32(0.0), np.float32(0.0)
    at = newest - TAPS + 1
    if at < 0:
        at += length
    peak = 0.0
    for k in range(TAPS):
        x = line[start + at]
        one += PHASES[0, k] * x
        two += PHASES[1, k] * x
        three += PHASES[2, k] * x
        if k == REACH - 1:
            peak = float(abs(x))
        at = at + 1 if at + 1 < length else 0
    return max(peak, float(abs(one)), float(abs(two)), float(abs(three)))
