"""Wavetable: a tone from single cycles that were drawn, computed or recorded, and everything between them.

The waves (NUMBERS), made by `audio/waves.py`:

    [0] how many waves, [1] how many levels each, [2] numbers in a wave
    for each level: how many overtones it holds, its samples in a cycle, where it begins in its wave
    the waves, one after another, each its levels, from all overtones down to one; two samples before each level's cycle and
    four after it go round, so that six can be read anywhere

A level has half an octave less overtones than the one before it. What sounds is a mixture of the two levels whose overtones all
lie below half the rate, so that a glide never switches.
"""
from __future__ import annotations

from .kernel import kernel, part
from .lagrange import six

HEAD, ROW = 3, 3


@part
def in_cycle(waves, at, samples, phase):
    """A level's cycle at a phase, 0 <= phase < 1. at: where it begins."""
    place = phase * samples
    frame = int(place)
    a, b, c, d, e, f = six(place - frame)
    at += frame
    return (a * waves[at] + b * waves[at + 1] + c * waves[at + 2] + d * waves[at + 3] + e * waves[at + 4] + f * waves[at + 5])


@part
def in_level(waves, level, phase, first, between):
    """A level at a phase, `between` (0..1) of the way from its wave `first` to the next."""
    row = HEAD + ROW * level
    samples = waves[row + 1]
    at = HEAD + ROW * int(waves[1]) + first * int(waves[2]) + int(waves[row + 2])
    value = in_cycle(waves, at, samples, phase)
    if between > 0.0:
        value += between * (in_cycle(waves, at + int(waves[2]), samples, phase) - value)
    return value


@part
def level_for(waves, pace, level):
    """The first level whose overtones all lie below half the rate, looked for from another one."""
    last = int(waves[1]) - 1
    while level < last and waves[HEAD + ROW * level] * pace > 0.5:
        level += 1
    while level > 0 and waves[HEAD + ROW * (level - 1)] * pace <= 0.5:
        level -= 1
    return level


@part
def way_to_next(waves, pace, level):
    """How much of the next level is heard, 0..1: none where a level begins, all of it where its overtones reach half the rate."""
    if level == 0 or level == int(waves[1]) - 1:
        return 0.0
    begins, ends = 0.5 / waves[HEAD + ROW * (level - 1)], 0.5 / waves[HEAD + ROW * level]
    return (pace - begins) / (ends - begins)


@kernel
def wavetable(out, frequency, morph, waves, state):
    """A tone whose cycle is a wave of the table, or lies between two of them. Peaks at about 1.

    out        float32 (channels, frames)
    frequency  float64 (2,)         at the first frame and after the last, cycles per frame, 0..0.49; runs straight between
    morph      float64 (2,)         0 the first wave, 1 the last; runs straight between
    waves      float64 (any,)       see the module
    state      float64 (channels,)  phase in turns; zeros at rest

    Nothing folds back: no level is played whose overtones reach half the rate, and reading between samples adds nothing above
    -90 dB. Overtones are whole up to 12 kHz and fade towards 24 kHz (48 kHz rate). Source: of the levels, L. Williams, Pyramidal
    parametrics, SIGGRAPH 1983.
    """
    frames = out.shape[1]
    slope = (frequency[1] - frequency[0]) / frames
    steps = waves[0] - 1.0
    start = morph[0] * steps
    morph_slope = (morph[1] - morph[0]) * steps / frames
    level = 0
    for channel in range(out.shape[0]):
        phase = state[channel]
        for n in range(frames):
            pace = frequency[0] + slope * n
            level = level_for(waves, pace, level)
            mixed = way_to_next(waves, pace, level)
            place = min(max(start + morph_slope * n, 0.0), steps)
            first = int(place)
            value = in_level(waves, level, phase, first, place - first)
            if mixed > 0.0:
                value += mixed * (in_level(waves, level + 1, phase, first, place - first) - value)
            out[channel, n] = value
            phase += pace
            if phase >= 1.0:
                phase -= 1.0
        state[channel] = phase
