"""Modal: a body that rings at frequencies of its own, as bells, bars and plates do, whatever strikes or shakes it."""
from __future__ import annotations

import math

from .kernel import kernel, part
from .sine import turn_sine

HEAD, ROW = 1, 3            # numbers before the modes, numbers of a mode
TURN = 6                    # states of a mode that all channels share: its turn by a frame, its level, and how fast each moves
FALL = -6.907755278982137   # 60 dB, as a natural logarithm
HIGHEST = 0.49              # cycles per frame
NOTHING = 1e-20


@part
def turn_of(modes, mode, frequency, stretch, damping):
    """What a mode's swing is multiplied by in each frame, real and imaginary part, and how loud it is heard."""
    row = HEAD + ROW * mode
    pace = frequency * (modes[HEAD] + (modes[row] - modes[HEAD]) * stretch)
    radius = math.exp(FALL * damping / max(modes[row + 1], 1.0))
    level = modes[row + 2] if pace < HIGHEST else 0.0
    if modes[0] != 0.0:
        level *= math.sqrt(2.0 * (1.0 - radius * radius))
    return radius * turn_sine(pace + 0.25), radius * turn_sine(pace), level


@kernel
def modal(out, x, frequency, stretch, damping, modes, state):
    """Let an impulse, or a sound, ring in up to 64 modes. Each is a decaying sine that begins at 0.

    out, x     float32 (channels, frames)   may be the same array
    frequency  float64 (2,)   what the modes' own frequencies are multiplied by, cycles per frame; moves from end to end of a block
    stretch    float64 (2,)   how far the modes lie from the first: 1 as given, 0 all in one; moves as frequency does
    damping    float64 (2,)   1 as given, 2 rings half as long; moves as frequency does
    modes      float64 (1 + 3 * modes,)   [0] 1: driven by a sound, 0: struck; then for each mode its frequency over
                              `frequency`, the frames in which it falls by 60 dB, and its level
    state      float64 (6 * modes + 2 * modes * channels,)   the turn of each mode, then for each channel and mode both parts of
                              its swing; zeros is rest

    An impulse of 1 lets a mode swing between its level and minus that. Driven, a mode is weakened so that white noise comes out
    as loud as went in, times its level, however long it rings. A mode at 0.49 of the rate or above is silent.
    Source: M. Mathews, J. Smith, Methods for synthesizing very high Q parametrically well behaved two pole filters, SMAC 2003.
    """
    channels, frames = x.shape
    count = (modes.shape[0] - HEAD) // ROW
    moves = frequency[0] != frequency[1] or stretch[0] != stretch[1] or damping[0] != damping[1]
    for mode in range(count):
        turn = state[TURN * mode:TURN * (mode + 1)]
        turn[0], turn[1], turn[2] = turn_of(modes, mode, frequency[0], stretch[0], damping[0])
        turn[3] = turn[4] = turn[5] = 0.0
        if moves:
            real, imaginary, level = turn_of(modes, mode, frequency[1], stretch[1], damping[1])
            turn[3], turn[4], turn[5] = (real - turn[0]) / frames, (imaginary - turn[1]) / frames, (level - turn[2]) / frames
    for channel in range(channels):
        swings = state[(TURN + 2 * channel) * count:(TURN + 2 * channel + 2) * count]
        for n in range(frames):
            value = float(x[channel, n])
            heard = 0.0
            for mode in range(count):
                at = TURN * mode
                real, imaginary = state[at] + state[at + 3] * n, state[at + 1] + state[at + 4] * n
                one, two = swings[2 * mode], swings[2 * mode + 1]
                swings[2 * mode] = real * one - imaginary * two + value
                two = imaginary * one + real * two
                swings[2 * mode + 1] = two
                heard += (state[at + 2] + state[at + 5] * n) * two
            out[channel, n] = heard
        for k in range(2 * count):
            if abs(swings[k]) < NOTHING:
                swings[k] = 0.0
