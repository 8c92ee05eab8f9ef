"""Oversampling by two, for what bends a sound: overtones above half the rate would fold back into the music, so bend between frames too.

    rise(state, x)            a frame in; the frame 13 frames ago, and the point midway to the next
    fall(state, first, mid)   two points in, each a mean over the way from the one before; a frame out
    halve(state, first, mid)  two points in, as they are; a frame out
    WORDS                     of STATE for each channel
    LATE, LATE_HALVED         frames from a sound's coming in to its coming out of fall, of halve

`drive` and `fold` call rise, bend both points, each together with the one before (antiderivative anti-aliasing: the mean of the bend over
the way from one point to the next, which has its average in closed form), and call fall. That mean is late by half a point and
dull by cos(pi f / (2 rate)): `fall` has an even number of taps, which makes the delay whole, and its passband undoes the dulling.
So what is not bent comes out as it went in, LATE frames later, within 0.001 dB up to 19 kHz at 48 kHz.

Measured on a sine at 5 kHz driven 30-fold, all that folds back below 16 kHz against the sound: plain -14 dB, the mean alone -27,
twice the rate alone -23, four times the rate (through an ideal filter) -34, both together (this) -44; at 1.2 kHz -26, -39, -42, -68, -60 dB.
Sources: J. Parker, V. Zavalishin, E. Le Bivic, Reducing the aliasing of nonlinear waveshaping using continuous-time convolution,
DAFx 2016; both filters are Chebyshev's best, pass up to 0.396 of the rate, stop from 0.604 on: 90 dB. tests/dsp/test_bend.py
derives them again.
"""
from __future__ import annotations

from .kernel import part

# the first half of each filter; the second is its mirror
BETWEEN = (
    0.000173190091474, -0.000575147260909, 0.00145640432106, -0.00312087964466, 0.00598541172285, -0.0105964371424,
    0.0176806980429, -0.0282778926887, 0.0440966823072, -0.0685486800745, 0.110349217289, -0.201607090321, 0.633014930899)
DOWN = (
    -4.13613583013e-05, 7.81921343092e-05, 0.000174353848077, -0.000250781102705, -0.000469950147, 0.000634178496226,
    0.00105959043488, -0.001355780744, -0.00211121191801, 0.00259611600301, 0.00385322947913, -0.00458584973796,
    -0.00658643621452, 0.00762213317917, 0.010723649716, -0.0121051396929, -0.0168869952837, 0.0186365012673, 0.0261694974773,
    -0.028281734388, -0.0409091197158, 0.0433480579625, 0.0675144145034, -0.0702133345935, -0.131725322544, 0.134591867342,
    0.498537806483)

HALF, MANY = 13, 27                         # numbers in BETWEEN and in DOWN
IN, OUT = 2 * HALF, 2 * MANY                # taps
LATE, LATE_HALVED = 26, 25
IN_AT, OUT_AT, LAST, IN_RING = 0, 1, 2, 3
OUT_RING = IN_RING + 2 * IN                 # each ring lies there twice, so that its window is in one piece
FIRST_RING = OUT_RING + 2 * IN             # where halve keeps its first points; the others lie in OUT_RING
WORDS = OUT_RING + 2 * OUT


@part
def rise(state, x):
    """Take a frame; give the frame that came HALF frames ago and the point midway between it and the next. `state` is a channel's."""
    at = int(state[IN_AT])
    state[IN_RING + at] = x
    state[IN_RING + IN + at] = x
    at = at + 1 if at + 1 < IN else 0
    state[IN_AT] = at
    first = IN_RING + at                    # the oldest
    even = odd = 0.0
    for k in range(0, HALF - 1, 2):
        even += BETWEEN[k] * (state[first + k] + state[first + IN - 1 - k])
        odd += BETWEEN[k + 1] * (state[first + k + 1] + state[first + IN - 2 - k])
    even += BETWEEN[HALF - 1] * (state[first + HALF - 1] + state[first + HALF])
    return state[first + HALF - 1], even + odd


@part
def fall(state, first, mid):
    """Take two points; give a frame. `state` is a channel's."""
    at = int(state[OUT_AT])
    state[OUT_RING + at] = first
    state[OUT_RING + OUT + at] = first
    state[OUT_RING + at + 1] = mid
    state[OUT_RING + OUT + at + 1] = mid
    at = at + 2 if at + 2 < OUT else 0
    state[OUT_AT] = at
    oldest = OUT_RING + at
    one = two = three = 0.0
    for k in range(0, MANY, 3):
        one += DOWN[k] * (state[oldest + k] + state[oldest + OUT - 1 - k])
        two += DOWN[k + 1] * (state[oldest + k + 1] + state[oldest + OUT - 2 - k])
        three += DOWN[k + 2] * (state[oldest + k + 2] + state[oldest + OUT - 3 - k])
    return one + two + three


@part
def halve(state, first, mid):
    """Take two points; give a frame, through the half-band filter. `state` is a channel's, and knows rise and halve only."""
    at = int(state[OUT_AT])
    state[OUT_RING + at] = mid
    state[OUT_RING + IN + at] = mid
    state[FIRST_RING + at] = first
    state[FIRST_RING + IN + at] = first
    at = at + 1 if at + 1 < IN else 0
    state[OUT_AT] = at
    oldest = OUT_RING + at
    even = odd = 0.0
    for k in range(0, HALF - 1, 2):
        even += BETWEEN[k] * (state[oldest + k] + state[oldest + IN - 1 - k])
        odd += BETWEEN[k + 1] * (state[oldest + k + 1] + state[oldest + IN - 2 - k])
    even += BETWEEN[HALF - 1] * (state[oldest + HALF - 1] + state[oldest + HALF])
    return 0.5 * (state[FIRST_RING + at + HALF] + (even + odd))
