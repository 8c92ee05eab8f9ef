"""Saw, pulse and triangle: bright tones whose overtones stop below half the sample rate.

    saw        falls slowly in overtones, 1/n
    pulse      a rectangle of any width
    triangle   falls fast in overtones, 1/n**2, odd ones only
    round_off  replaces a jump or a corner by one that holds nothing above half the rate

A plain wave runs 16 frames late. When it jumps, or turns, between two frames, what a jump without the highest overtones has more
or less than the plain one is added to the 16 frames before and after. That costs a few multiplications for each jump, not for
each frame, and knows the jump's moment exactly, also while frequency and width move.

What folds back to below 20 kHz lies 95 dB or more below the tone for every fundamental up to 5 kHz, and 80 dB for any (48 kHz rate;
at others in proportion). Overtones are within 0.01 dB of their level up to 19 kHz (tests/dsp/test_tones.py has the figures). A jump
without its highest overtones rings a little, as any sharp filter does: a saw's peak is 1.2, not 1.

Source: E. Brandt, Hard sync without aliasing, ICMC 2001, with a linear-phase step; for the corner F. Esqueda, V. Välimäki,
S. Bilbao, Rounding corners with BLAMP, DAFx-16, equation 5. The step and its integral are made in `audio/waves.py`.
"""
from __future__ import annotations

from .kernel import kernel, part
from .lagrange import four

HALF = 16              # frames on either side of a jump
WHOLE = 2 * HALF       # frames of what is to be played yet, a power of two
FINE = 32              # places of the tables in a frame
AHEAD = 1              # places of the tables before the first frame, so that there is always one before


@part
def round_off(ring, at, table, since, height, turns):
    """Add what a jump, or a turn, lacks to what is to be played yet.

    ring    float64 (32,)   from `at` on, round and round; `at` is played next
    since   how many frames ago it happened, 0..1, seen from the frame that is 16 after `at`
    height  of the jump; of a turn by how much more it rises each frame
    turns   whether it is a turn
    """
    place = since * FINE
    first = int(place)
    a, b, c, d = four(place - first)
    for k in range(WHOLE):
        i = first + k * FINE
        smooth = a * table[i] + b * table[i + 1] + c * table[i + 2] + d * table[i + 3]
        if k >= HALF:
            smooth -= k - HALF + since if turns else 1.0
        ring[(at + k) & (WHOLE - 1)] += height * smooth


@part
def moment(past, speed):
    """How many frames ago something was passed that lies `past` behind at that speed, 0..1."""
    return min(max(past / speed, 0.0), 1.0) if speed != 0.0 else 0.0


@kernel
def saw(out, frequency, step, state):
    """A sawtooth that rises from -1 to 1 and drops; its mean is 0. It begins in the middle of the rise, at 0, 16 frames late.

    out        float32 (channels, frames)
    frequency  float64 (2,)         at the first frame and after the last, cycles per frame, 0..0.49; runs straight between
    step       float64 (1028,)      a jump without its highest overtones, 32 places a frame
    state      float64 (34 * channels,)  for each channel the phase in turns less a half, the place in what is to be played yet,
                                    and that; zeros at rest
    """
    frames = out.shape[1]
    slope = (frequency[1] - frequency[0]) / frames
    for channel in range(out.shape[0]):
        own = state[(WHOLE + 2) * channel:(WHOLE + 2) * (channel + 1)]
        phase, at, ring = own[0] + 0.5, int(own[1]), own[2:]
        for n in range(frames):
            ring[(at + HALF) & (WHOLE - 1)] += 2.0 * phase - 1.0
            out[channel, n] = ring[at]
            ring[at] = 0.0
            at = (at + 1) & (WHOLE - 1)
            pace = frequency[0] + slope * n
            phase += pace
            if phase >= 1.0:
                phase -= 1.0
                round_off(ring, at, step, moment(phase, pace), -2.0, False)
        own[0], own[1] = phase - 0.5, at


@kernel
def pulse(out, frequency, width, step, state):
    """A rectangle between -1 and 1, high for `width` of each cycle; a mean that would push the loudspeaker is taken off. It begins
    with its rise, 16 frames late.

    out        float32 (channels, frames)
    frequency  float64 (2,)         at the first frame and after the last, cycles per frame, 0..0.49; runs straight between
    width      float64 (2,)         0.01..0.99, 0.5 is a square; runs straight between
    step       float64 (1028,)      a jump without its highest overtones, 32 places a frame
    state      float64 (35 * channels,)  for each channel the phase in turns, 1 while high, the place in what is to be played yet,
                                    and that; zeros at rest
    """
    frames = out.shape[1]
    slope = (frequency[1] - frequency[0]) / frames
    width_slope = (width[1] - width[0]) / frames
    for channel in range(out.shape[0]):
        own = state[(WHOLE + 3) * channel:(WHOLE + 3) * (channel + 1)]
        phase, level, at, ring = own[0], own[1], int(own[2]), own[3:]
        for n in range(frames):
            high = width[0] + width_slope * n
            if level == 0.0:                    # the very first frame: up, or down, from nothing
                level = 1.0 if phase < high else -1.0
                round_off(ring, at, step, 0.0, level - (2.0 * high - 1.0), False)
            ring[(at + HALF) & (WHOLE - 1)] += level - (2.0 * high - 1.0)
            out[channel, n] = ring[at]
            ring[at] = 0.0
            at = (at + 1) & (WHOLE - 1)
            pace = frequency[0] + slope * n
            phase += pace
            high += width_slope
            if phase >= 1.0:
                if level > 0.0:                 # it fell on the way
                    round_off(ring, at, step, moment(phase - high, pace - width_slope), -2.0, False)
                phase -= 1.0
                level = 1.0
                round_off(ring, at, step, moment(phase, pace), 2.0, False)
            if (level > 0.0) != (phase < high):
                level = -level
                round_off(ring, at, step, moment(phase - high, pace - width_slope), 2.0 * level, False)
        own[0], own[1], own[2] = phase, level, at


@kernel
def triangle(out, frequency, ramp, state):
    """A wave that rises and falls evenly between -1 and 1. It begins at 0, going up, 16 frames late.

    out        float32 (channels, frames)
    frequency  float64 (2,)         at the first frame and after the last, cycles per frame, 0..0.49; runs straight between
    ramp       float64 (1028,)      a turn from level to a rise by 1 a frame, without its highest overtones, 32 places a frame
    state      float64 (34 * channels,)  for each channel the phase in turns less three quarters, the place in what is to be
                                    played yet, and that; zeros at rest
    """
    frames = out.shape[1]
    slope = (frequency[1] - frequency[0]) / frames
    for channel in range(out.shape[0]):
        own = state[(WHOLE + 2) * channel:(WHOLE + 2) * (channel + 1)]
        phase, at, ring = own[0] + 0.75, int(own[1]), own[2:]
        for n in range(frames):
            ring[(at + HALF) & (WHOLE - 1)] += 4.0 * abs(phase - 0.5) - 1.0
            out[channel, n] = ring[at]
            ring[at] = 0.0
            at = (at + 1) & (WHOLE - 1)
            pace = frequency[0] + slope * n
            falls = phase < 0.5
            phase += pace
            if phase >= 1.0:
                phase -= 1.0
                round_off(ring, at, ramp, moment(phase, pace), -8.0 * pace, True)
            elif falls and phase >= 0.5:
                round_off(ring, at, ramp, moment(phase - 0.5, pace), 8.0 * pace, True)
        own[0], own[1] = phase - 0.75, at
