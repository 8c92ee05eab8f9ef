"""Values between the control process and the sound: parameters that glide, and arithmetic with them.

    glide             a parameter's slot as a control that never jumps
    fit               a control in a port's own measure and range
    fit_sound         a sound likewise, where a control follows it
    look              a sound, looked at once a block, as a control
    control_add, control_multiply, control_divide

A control is a pair: the value now, and 64 frames on.
"""
from __future__ import annotations

import math

from .kernel import kernel, part

FRAMES = 64.0
LINEAR, DECIBEL, RATIO, ANGLE = 0.0, 1.0, 2.0, 3.0


@part
def place_of(target, low, high, domain):
    """Where a target lies on the glide's way: clipped into the range, as a logarithm where the glide goes by equal ratios."""
    target = min(max(target, low), high)
    return math.log(max(target, 1e-300)) if domain == RATIO else target


@part
def value_of(place, domain):
    """The value at a place of the way."""
    if domain == DECIBEL:
        return math.exp(place * 0.11512925464970229)        # ln(10) / 20
    return math.exp(place) if domain == RATIO else place


@kernel
def glide(out, param, numbers, state):
    """Follow a parameter: a change takes its time and is never heard as a step.

    out      float64 (2,)   the value now and 64 frames on
    param    float64 (4,)   [0] the target, written by the control process at any time
    numbers  float64 (4,)   [0] 0 even steps, 1 dB in and gain out (even in dB), 2 equal ratios, 3 degrees, the short way round;
                            [1] frames that a change takes; [2], [3] low and high, in what the parameter is written in
    state    float64 (4,)   1 once it has begun, place now, target, frames left; zeros is rest

    At the start it stands at the target. A target that changes on the way starts a new glide from where it is. A target that is
    not a number is passed over. The last stretch, shorter than 64 frames, takes 64.
    """
    domain, frames, low, high = numbers[0], numbers[1], numbers[2], numbers[3]
    target = state[2]
    if param[0] == param[0]:
        target = place_of(param[0], low, high, domain)
    if state[0] == 0.0:
        state[0], state[1], state[2] = 1.0, target, target
    place = state[1]
    if target != state[2]:
        state[2], state[3] = target, max(frames, FRAMES)
    then, left = place, state[3]
    if left > 0.0:
        way = target - place
        if domain == ANGLE:
            way -= 360.0 * math.floor(way / 360.0 + 0.5)
        then = place + way * min(FRAMES / left, 1.0)
        left -= FRAMES
    out[0], out[1] = value_of(place, domain), value_of(then, domain)
    if left <= 0.0:
        then, left = target, 0.0
        if domain != ANGLE:
            out[1] = value_of(target, domain)
    state[1], state[3] = then, left


@part
def fitted(value, numbers):
    """A value in another measure, clipped. What is not a number becomes low."""
    value = value * numbers[0] + numbers[1]
    return min(value, numbers[3]) if value > numbers[2] else numbers[2]


@kernel
def fit(out, control, numbers):
    """Bring a control into a port's own measure and the range that its kernel can bear.

    out      float64 (2,)   may be the same array as control
    control  float64 (2,)
    numbers  float64 (4,)   scale, offset, low, high: control * scale + offset, clipped. What is not a number becomes low
    """
    for k in range(2):
        out[k] = fitted(control[k], numbers)


@kernel
def control_add(out, a, b):
    """The sum of two controls, each float64 (2,); out may be either."""
    out[0], out[1] = a[0] + b[0], a[1] + b[1]


@kernel
def control_multiply(out, a, b):
    """The product of two controls, each float64 (2,); out may be either."""
    out[0], out[1] = a[0] * b[0], a[1] * b[1]


@kernel
def control_divide(out, a, b):
    """The quotient of two controls, each float64 (2,); out may be either. Anything by zero is zero: silence, not a bang."""
    for k in range(2):
        out[k] = a[k] / b[k] if b[k] != 0.0 else 0.0


@kernel
def fit_sound(out, x, numbers):
    """Bring a sound into a port's own measure and range, so that a control can follow it.

    out, x   float32 (1, frames)   may be the same array
    numbers  float64 (4,)          scale, offset, low, high, as for `fit`
    """
    for n in range(x.shape[1]):
        out[0, n] = fitted(float(x[0, n]), numbers)


@kernel
def look(out, x, numbers, state):
    """Look at a sound at the end of each block, and move there in a straight line during the next.

    out      float64 (2,)         the value at the end of the block before, and at the end of this one
    x        float32 (1, frames)
    numbers  float64 (4,)         scale, offset, low, high, as for `fit`
    state    float64 (2,)         the value that was seen last, 1 once there was one; zeros is rest
    """
    if state[1] == 0.0:
        state[0], state[1] = fitted(float(x[0, 0]), numbers), 1.0
    out[0] = state[0]
    out[1] = fitted(float(x[0, x.shape[1] - 1]), numbers)
    state[0] = out[1]
