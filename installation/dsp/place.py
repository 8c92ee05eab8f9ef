"""Where a sound goes in the room.

    place   a direction on the ring of loudspeakers
    to      an output of one's choice
    spray   all outputs, each with a gain of its own; spray_eight does it for eight sounds

They add to what is already on the outputs. The layout of the ring's NUMBERS is written down in audio/place_gains.py, with the
same sums in plain Python.
Source: V. Pulkki, Virtual Sound Source Positioning Using Vector Base Amplitude Panning, JAES 45(6), 1997.
"""
from __future__ import annotations

import math

import numpy as np

from .kernel import kernel, part

HEAD, ROW = 2, 3


@part
def pair_gains(azimuth, ring):
    """The two neighbours between which a direction lies, and their gains: the first's number, the second's, gain, gain."""
    count = int(ring[0])
    if count == 1:
        return 0, 0, 1.0, 0.0
    azimuth -= 360.0 * math.floor(azimuth / 360.0)
    arc = count - 1
    while arc >= 0 and ring[HEAD + ROW * arc] > azimuth:
        arc -= 1
    if arc < 0:
        arc = count - 1
        azimuth += 360.0
    start, span, pace = ring[HEAD + ROW * arc], ring[HEAD + ROW * arc + 1], ring[HEAD + ROW * arc + 2]
    turn = azimuth - start
    first = math.sin((span - turn) * pace * (math.pi / 180.0))
    second = math.sin(turn * pace * (math.pi / 180.0))
    power = math.sqrt(first * first + second * second)
    return arc, (arc + 1) % count, first / power, second / power


@kernel
def place(bus, x, azimuth, ring):
    """Let a sound come from a direction. Equal power all the way round; a gain runs straight through each block.

    bus      float32 (outputs, frames)   added to
    x        float32 (1, frames)
    azimuth  float64 (2,)                degrees, 0 ahead, positive to the left, any number of turns
    ring     float64                     the room's loudspeakers, see audio/place_gains.py
    """
    frames = x.shape[1]
    first, second, first_gain, second_gain = pair_gains(azimuth[0], ring)
    third, fourth, third_gain, fourth_gain = first, second, first_gain, second_gain
    if azimuth[1] != azimuth[0]:
        third, fourth, third_gain, fourth_gain = pair_gains(azimuth[1], ring)
    feed = HEAD + ROW * int(ring[0])
    for _ in range(int(ring[1])):
        direction, row, weight = int(ring[feed]), int(ring[feed + 1]), ring[feed + 2]
        feed += ROW
        before = after = 0.0
        if direction == first:
            before = first_gain * weight
        elif direction == second:
            before = second_gain * weight
        if direction == third:
            after = third_gain * weight
        elif direction == fourth:
            after = fourth_gain * weight
        if before == 0.0 and after == 0.0:
            continue
        slope = (after - before) / frames
        for n in range(frames):
            bus[row, n] += float(x[0, n]) * (before + slope * n)


@kernel
def to(bus, x, rows):
    """Send each channel to an output as it is.

    bus   float32 (outputs, frames)    added to
    x     float32 (channels, frames)
    rows  float64 (channels,)          the row of each channel in the bus
    """
    for channel in range(x.shape[0]):
        row = int(rows[channel])
        for n in range(x.shape[1]):
            bus[row, n] += x[channel, n]


@part
def add_eight(bus, x0, x1, x2, x3, x4, x5, x6, x7, gains, first):
    """Add eight sounds to all outputs, in their order. gains: of the first sound from `first` on."""
    outputs, frames = bus.shape
    for c in range(outputs):
        at = first + c
        g0, g1 = np.float32(gains[at]), np.float32(gains[at + outputs])
        g2, g3 = np.float32(gains[at + 2 * outputs]), np.float32(gains[at + 3 * outputs])
        g4, g5 = np.float32(gains[at + 4 * outputs]), np.float32(gains[at + 5 * outputs])
        g6, g7 = np.float32(gains[at + 6 * outputs]), np.float32(gains[at + 7 * outputs])
        for n in range(frames):
            total = bus[c, n] + x0[n] * g0
            total += x1[n] * g1
            total += x2[n] * g2
            total += x3[n] * g3
            total += x4[n] * g4
            total += x5[n] * g5
            total += x6[n] * g6
            bus[c, n] = total + x7[n] * g7


@kernel
def spray(bus, x, gains):
    """Send each channel to all outputs at once, to each with a gain of its own.

    bus    float32 (outputs, frames)       added to
    x      float32 (channels, frames)
    gains  float64 (channels * outputs,)   linear; all outputs of the first channel, then of the second…

    Eight channels are added in one go, in their order: the same bits as one by one.
    """
    channels, frames = x.shape
    outputs = bus.shape[0]
    k = 0
    while k + 8 <= channels:
        add_eight(bus, x[k], x[k + 1], x[k + 2], x[k + 3], x[k + 4], x[k + 5], x[k + 6], x[k + 7], gains, k * outputs)
        k += 8
    while k < channels:
        for c in range(outputs):
            gain = np.float32(gains[k * outputs + c])
            if gain != 0.0:
                for n in range(frames):
                    bus[c, n] += x[k, n] * gain
        k += 1


@kernel
def spray_eight(bus, x0, x1, x2, x3, x4, x5, x6, x7, gains):
    """Send eight sounds to all outputs at once: the same bits as `spray` eight times.

    bus        float32 (outputs, frames)       added to
    x0 … x7    float32 (1, frames)
    gains      float64 (8 * outputs,)          linear; all outputs of the first sound, then of the second…
    """
    add_eight(bus, x0[0], x1[0], x2[0], x3[0], x4[0], x5[0], x6[0], x7[0], gains, 0)
