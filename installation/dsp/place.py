"""Where a sound goes in the room.

    place   a direction on the ring of loudspeakers
    to      an output of one's choice

Both add to what is already on the outputs. The layout of the ring's NUMBERS is written down in audio/place_gains.py, with the
same sums in plain Python.
Source: V. Pulkki, Virtual Sound Source Positioning Using Vector Base Amplitude Panning, JAES 45(6), 1997.
"""
from __future__ import annotations

import math

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
