"""State-variable filter: low, band, high or notch, 12 dB an octave, from dull to ringing.

Source: A. Simper, Solving the continuous SVF equations using trapezoidal integration, Cytomic, 2013; the same structure is
V. Zavalishin, The Art of VA Filter Design 2.1.2, 2018, section 4.4. It stays stable however fast its cutoff moves.
"""
from __future__ import annotations

from .kernel import kernel, part
from .lanes import all_of
from .sine import tangent


@part
def coefficients(cutoff, resonance):
    """What the two memories become of themselves and of each other in a frame, and the damping."""
    g = tangent(cutoff)
    k = 2.0 - 2.0 * resonance
    a = 1.0 / (1.0 + g * (g + k))
    return 2.0 * a - 1.0, 2.0 * g * a, 2.0 * g * g * a, k


@kernel
def filter(out, x, cutoff, resonance, mix, state):
    """Keep one part of a sound and let its edge ring.

    out, x     float32 (channels, frames)   may be the same array
    cutoff     float64 (2,)                 at the first frame and after the last, cycles per frame, 0.00001..0.49
    resonance  float64 (2,)                 0..0.995: damping k = 2 (1 - resonance), so 0.293 is Butterworth, 0.995 is Q 100
    mix        float64 (3,)                 how much of the sound, of k times the band output, of the low output:
                                          low 0 0 1, band 0 1 0, high 1 -1 -1, notch 1 -1 0
    state      float64 (2 * channels,)      two integrator memories for each channel; zeros is rest

    Within a block the coefficients run straight; with v1 and v2 Simper's two outputs, the memories are 2 v - what they were.
    The band output peaks at 1 whatever the resonance; the low and high outputs peak at about 1 / k.
    """
    frames = x.shape[1]
    turn, cross, square, damping = coefficients(cutoff[0], resonance[0])
    turn_after, cross_after, square_after, damping_after = coefficients(cutoff[1], resonance[1])
    turn_slope, cross_slope, square_slope = (turn_after - turn) / frames, (cross_after - cross) / frames, (square_after - square) / frames
    damping_slope = (damping_after - damping) / frames
    steady = all_of((cutoff[0] == cutoff[1]) & (resonance[0] == resonance[1]))       # the same numbers, less work
    direct, band, low = mix[0], 0.5 * mix[1], 0.5 * mix[2]
    for channel in range(x.shape[0]):
        one, two = state[2 * channel], state[2 * channel + 1]
        if steady:
            for n in range(frames):
                v0 = float(x[channel, n])
                up = (turn * one + cross * v0) - cross * two
                over = (two - square * two) + (cross * one + square * v0)
                out[channel, n] = direct * v0 + band * damping * (one + up) + low * (two + over)
                one, two = up, over
        else:
            for n in range(frames):
                v0 = float(x[channel, n])
                b, c = cross + cross_slope * n, square + square_slope * n
                up = ((turn + turn_slope * n) * one + b * v0) - b * two
                over = (two - c * two) + (b * one + c * v0)
                out[channel, n] = direct * v0 + band * (damping + damping_slope * n) * (one + up) + low * (two + over)
                one, two = up, over
        state[2 * channel], state[2 * channel + 1] = one, two
