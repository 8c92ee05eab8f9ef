"""Playing a recording from memory, at any speed.

    play     from the graph's start
    strike   from each trigger
    sound_at one sample of a recording, between its frames, with its loop

The region (NUMBERS of both), in frames: [0] 1 if it loops, [1] where it begins, [2] where it ends, which is the loop's end too,
[3] the crossfade, at most half of what lies between. A loop repeats every (end - begin - crossfade) frames: the last frames and
the first sound together, at equal power, so that wind or a crowd has no seam. The first time round it begins plainly.

Source of the interpolation: O. Niemitalo, Polynomial interpolators for high-quality resampling of oversampled audio, 2001,
4-point, third-order Hermite. A recording played twice as fast is not filtered first: what lay above half the rate folds back.
"""
from __future__ import annotations

import math

from .delay import cubic
from .kernel import kernel, part
from .sine import turn_sine

STARTING, PLAYING, OVER = 0.0, 1.0, 2.0
CUT = 256               # frames in which a sound that is struck again makes room for itself


@part
def tap(table, channel, frame, end, around):
    """One sample; nothing before the beginning and after the end. A loop without crossfade goes `around`: its end meets its
    beginning."""
    if around > 0:
        if frame >= end:
            frame -= around
        elif frame < end - around:
            frame += around
    if frame < 0 or frame >= table.shape[1]:
        return 0.0
    return float(table[channel, frame])


@part
def between(table, channel, place, end, around):
    """The recording's curve at a place between frames."""
    frame = int(place)
    part = place - frame
    if frame > 0 and frame + 2 < table.shape[1] and around == 0:
        return cubic(float(table[channel, frame - 1]), float(table[channel, frame]), float(table[channel, frame + 1]),
                     float(table[channel, frame + 2]), part)
    return cubic(tap(table, channel, frame - 1, end, around), tap(table, channel, frame, end, around),
                 tap(table, channel, frame + 1, end, around), tap(table, channel, frame + 2, end, around), part)


@part
def sound_at(table, channel, place, end, turn, crossfade, around):
    """The recording at a place, 0 <= place < end; near a loop's end, that and what follows it, crossfaded."""
    ahead = place - (end - crossfade)
    if crossfade == 0 or ahead < 0.0:
        return between(table, channel, place, end, around)
    quarter = 0.25 * ahead / crossfade
    return (turn_sine(quarter + 0.25) * between(table, channel, place, end, 0)
            + turn_sine(quarter) * between(table, channel, place - turn, end, 0))


@part
def shape(region, frames):
    """The region's end, the loop's length (0: none), its crossfade, and the length again if it goes round without one."""
    begin, end = int(region[1]), min(int(region[2]), frames)
    crossfade = int(region[3])
    if region[0] == 0.0 or end - begin - crossfade < 1:
        return end, 0, 0, 0
    turn = end - begin - crossfade
    return end, turn, crossfade, turn if crossfade == 0 else 0


@part
def onward(place, end, turn):
    """Back into the loop, however far past its end."""
    if turn > 0 and place >= end:
        place -= turn * math.floor((place - end) / turn + 1.0)
    return place


@kernel
def play(out, table, rate, region, state):
    """Play a recording once, or round and round.

    out      float32 (channels, frames)
    table    float32 (channels, n)   the recording, at the engine's rate
    rate     float64 (2,)            speed, 0..16, 1 as recorded (then every sample is the recording's own); runs straight between
    region  float64 (4,)            see the module
    state    float64 (2,)            stage, place in the recording; zeros is rest: it begins with the first block
    """
    frames = out.shape[1]
    slope = (rate[1] - rate[0]) / frames
    end, turn, crossfade, around = shape(region, table.shape[1])
    stage, place = state[0], state[1]
    if stage == STARTING:
        stage, place = PLAYING, region[1]
    for n in range(frames):
        if place >= end:
            stage = OVER
        for channel in range(out.shape[0]):
            out[channel, n] = sound_at(table, channel, place, end, turn, crossfade, around) if stage == PLAYING else 0.0
        if stage == PLAYING:
            place = onward(place + rate[0] + slope * n, end, turn)
    state[0], state[1] = stage, place


@kernel
def strike(out, trigger, table, rate, region, state):
    """Play a recording from its beginning at each trigger, as loud as the trigger's value. One that still sounds makes room
    within 256 frames, so that an eager visitor hears no clicks.

    out      float32 (channels, frames)
    trigger  float32 (1, frames)     an impulse at the frame where it happens, 0 elsewhere
    table    float32 (channels, n)   the recording, at the engine's rate
    rate     float64 (2,)            speed, 0..16, 1 as recorded; runs straight between the block's ends
    region  float64 (4,)            see the module
    state    float64 (6,)            stage, place, gain; and of the one that makes room: frames left, place, gain. Zeros is rest
    """
    frames = out.shape[1]
    slope = (rate[1] - rate[0]) / frames
    end, turn, crossfade, around = shape(region, table.shape[1])
    stage, place, gain, left, old_place, old_gain = state[0], state[1], state[2], state[3], state[4], state[5]
    for n in range(frames):
        struck = float(trigger[0, n])
        if struck > 0.0:
            if stage == PLAYING:
                left, old_place, old_gain = CUT, place, gain
            stage, place, gain = PLAYING, region[1], struck
        if place >= end:
            stage = OVER
        if old_place >= end:
            left = 0.0
        step = rate[0] + slope * n
        for channel in range(out.shape[0]):
            value = 0.0
            if stage == PLAYING:
                value = gain * sound_at(table, channel, place, end, turn, crossfade, around)
            if left > 0.0:
                value += old_gain * (left / CUT) * sound_at(table, channel, old_place, end, turn, crossfade, around)
            out[channel, n] = value
        if stage == PLAYING:
            place = onward(place + step, end, turn)
        if left > 0.0:
            left -= 1.0
            old_place = onward(old_place + step, end, turn)
    state[0], state[1], state[2], state[3], state[4], state[5] = stage, place, gain, left, old_place, old_gain
