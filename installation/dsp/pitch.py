"""Pitch shift: higher or lower at the same speed, by a reading head that runs faster or slower than what is written.

When the head has run too far it jumps back by just as many frames as make what follows most like what it leaves, and fades over. A
tone, or a chord that has a common period, goes on without a seam. Source: the splice is that of W. Verhelst, M. Roelands, An
overlap-add technique based on waveform similarity (WSOLA), ICASSP 1993; the head is that of the tape harmonizers.
"""
from __future__ import annotations

from .curve import head
from .delay import SHORTEST, SPARE
from .kernel import kernel, part

FADE = 6                # the fade takes a sixth of the window
COARSE = 4              # frames from one jump that is tried to the next
POINTS = 75             # that are compared for each


@part
def unlike(line, channels, length, at, here, there, reach, step):
    """How different the `reach` frames before two delays are, of their power together: 0 the same, 1 strangers, 2 opposites."""
    difference, power = 0.0, 1e-20
    for channel in range(channels):
        start = channel * length
        for k in range(0, reach, step):
            one = at - here - k
            two = at - there - k
            a = line[start + (one if one >= 0 else one + length)]
            b = line[start + (two if two >= 0 else two + length)]
            difference += (a - b) * (a - b)
            power += a * a + b * b
    return difference / power


@part
def leap(line, channels, length, at, here, sign, window):
    """Frames of the jump, half a window to a whole one, that lands where the sound is most like it is at `here`."""
    reach = window // 4
    step = max(reach // POINTS, 1)
    least, found = 3.0, window // 2
    for jump in range(window // 2, window + 1, COARSE):
        other = unlike(line, channels, length, at, here, here + sign * jump, reach, step)
        if other < least:
            least, found = other, jump
    middle, least = found, 3.0
    for jump in range(max(middle - COARSE + 1, window // 2), min(middle + COARSE, window + 1)):
        other = unlike(line, channels, length, at, here, here + sign * jump, reach, 2)
        if other < least:
            least, found = other, jump
    return found


@kernel
def pitch_shift(out, x, semitones, window, line, state):
    """Make a sound higher or lower, and no faster or slower.

    out, x     float32 (channels, frames)    may be the same array
    semitones  float64 (2,)                  -24..24; the ratio runs straight between the block's ends
    window     float64 (1,)                  frames, whole: the longest jump; half of it must hold a period of what is shifted
    line       float32 (channels * length,)  length = 4 * window + SPARE; zeros at start
    state      float64 (4,)                  where to write next, the head's delay (0: none yet), that of the head that fades out,
                                             frames until it has faded

    Late by some frames to 1.4 windows. All channels jump together, so that a stereo image stays. Formants move with the pitch (a
    voice gets smaller or larger); what is struck can be heard twice, or not at all, when a jump falls on it. A tone with overtones
    comes out with -68 dB or less beside it, three tones without a common period with -20 dB at a window of 50 ms, -33 at 100
    (tests/dsp/test_shift.py). Upwards, what would lie above half the rate folds back. A jump costs some 30 microseconds a channel,
    20 times a second at most within an octave.
    """
    channels, frames = x.shape
    length = line.shape[0] // channels
    longest = float(length - SPARE)
    wide = int(window[0])
    fade = float(wide // FADE)
    ratio = 2.0 ** (semitones[0] / 12.0)
    slope = (2.0 ** (semitones[1] / 12.0) - ratio) / frames
    at, now, old, left = int(state[0]), state[1], state[2], state[3]
    if now == 0.0:
        now = old = SHORTEST + 2.0
    for n in range(frames):
        speed = ratio + slope * n
        near = SHORTEST + 2.0 + fade * max(0.0, speed - 1.0)
        for channel in range(channels):
            line[channel * length + at] = x[channel, n]
        if left <= 0.0:
            sign = 0
            if speed > 1.0 and now < near:
                sign = 1
            elif speed < 1.0 and now > near + wide:
                sign = -1
            if sign != 0:
                old = now
                now += sign * leap(line, channels, length, at, int(now), sign, wide)
                left = fade
        part_old = left / fade
        for channel in range(channels):
            start = channel * length
            value = head(line, start, length, at, now)
            if left > 0.0:
                value += part_old * (head(line, start, length, at, old) - value)
            out[channel, n] = value
        now = min(max(now + 1.0 - speed, SHORTEST), longest)
        if left > 0.0:
            old = min(max(old + 1.0 - speed, SHORTEST), longest)
            left -= 1.0
        at += 1
        if at == length:
            at = 0
    state[0], state[1], state[2], state[3] = at, now, old, left
