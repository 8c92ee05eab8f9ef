"""Clocks in sound: a ramp that comes round, and an impulse each time it does.

    phasor    0 to 1, again and again
    impulse   1 at the frame where each cycle begins, 0 elsewhere
"""
from __future__ import annotations

from .kernel import kernel

EARLY = 1e-9      # turns; what rounding adds up to must not make a beat a frame late


@kernel
def phasor(out, frequency, state):
    """A ramp from 0 to 1 that begins at 0 and drops at once: a place in a cycle, not a sound to be listened to.

    out        float32 (channels, frames)   0 <= value < 1
    frequency  float64 (2,)         at the first frame and after the last, cycles per frame, 0..0.49; runs straight between
    state      float64 (channels,)  phase in turns; zeros at rest
    """
    frames = out.shape[1]
    slope = (frequency[1] - frequency[0]) / frames
    for channel in range(out.shape[0]):
        phase = state[channel]
        for n in range(frames):
            out[channel, n] = phase
            phase += frequency[0] + slope * n
            if phase >= 1.0 - EARLY:
                phase = max(phase - 1.0, 0.0)
        state[channel] = phase


@kernel
def impulse(out, frequency, state):
    """Strike evenly: 1 at the first frame and at each frame in which another cycle begins, 0 elsewhere.

    out        float32 (channels, frames)
    frequency  float64 (2,)         at the first frame and after the last, cycles per frame, 0..0.49; runs straight between
    state      float64 (channels,)  turns that are left until the next; zeros at rest, so the first frame strikes
    """
    frames = out.shape[1]
    slope = (frequency[1] - frequency[0]) / frames
    for channel in range(out.shape[0]):
        left = state[channel]
        for n in range(frames):
            out[channel, n] = 0.0
            if left <= EARLY:
                out[channel, n] = 1.0
                left += 1.0
            left -= frequency[0] + slope * n
        state[channel] = left
