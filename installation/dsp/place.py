"""Where a sound goes in the room.

    place   a direction on the ring of loudspeakers; place_eight does it for eight sounds
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
from .lanes import where
from .scratch import scratch
from .sine import turn_sine

HEAD, ROW = 2, 3
ENDS = 16               # the beginnings and ends of eight sounds' way through a block

azimuths_room, arcs_room, firsts_room, seconds_room = scratch(ENDS), scratch(ENDS), scratch(ENDS), scratch(ENDS)
starts_room, spans_room, paces_room = scratch(ENDS), scratch(ENDS), scratch(ENDS)


@part
def find_gains(azimuths, count, ring, arcs, firsts, seconds):
    """For `count` directions, in degrees: the arc between two neighbours in which each lies, and the gains of those two.

    azimuths, arcs, firsts, seconds   float64 (count,); azimuths are brought to 0..360

    Each step is done for all directions before the next, so that vectors do it.
    """
    directions = int(ring[0])
    starts, spans, paces = starts_room(), spans_room(), paces_room()
    last = HEAD + ROW * (directions - 1)
    for k in range(count):                      # in the last arc, beyond the beginning of the ring, unless another is found
        azimuths[k] -= 360.0 * np.floor(azimuths[k] * (1.0 / 360.0))
        starts[k], spans[k], paces[k], arcs[k] = ring[last] - 360.0, ring[last + 1], ring[last + 2], directions - 1.0
    for arc in range(directions):
        start, span, pace = ring[HEAD + ROW * arc], ring[HEAD + ROW * arc + 1], ring[HEAD + ROW * arc + 2]
        for k in range(count):
            inside = start <= azimuths[k]
            starts[k] = where(inside, start, starts[k])
            spans[k] = where(inside, span, spans[k])
            paces[k] = where(inside, pace, paces[k])
            arcs[k] = where(inside, float(arc), arcs[k])
    for k in range(count):
        turn = azimuths[k] - starts[k]
        first = turn_sine((spans[k] - turn) * paces[k] * (1.0 / 360.0))
        second = turn_sine(turn * paces[k] * (1.0 / 360.0))
        share = 1.0 / math.sqrt(first * first + second * second)
        firsts[k] = where(directions == 1, 1.0, first * share)
        seconds[k] = where(directions == 1, 0.0, second * share)


@kernel
def add_placed(bus, x, ring, at, arcs, firsts, seconds):
    """Add a sound to its loudspeakers: to those of direction `at` where the block begins, to those of `at + 1` where it ends, each gain
    straight between."""
    frames = x.shape[1]
    directions = int(ring[0])
    first, third = int(arcs[at]), int(arcs[at + 1])
    second, fourth = where(first + 1 < directions, first + 1, 0), where(third + 1 < directions, third + 1, 0)
    feed = HEAD + ROW * directions
    for _ in range(int(ring[1])):
        direction, row, weight = int(ring[feed]), int(ring[feed + 1]), ring[feed + 2]
        feed += ROW
        before = after = 0.0
        if direction == first:
            before = firsts[at] * weight
        elif direction == second:
            before = seconds[at] * weight
        if direction == third:
            after = firsts[at + 1] * weight
        elif direction == fourth:
            after = seconds[at + 1] * weight
        if before == 0.0 and after == 0.0:
            continue
        slope = (after - before) / frames
        for n in range(frames):
            bus[row, n] += float(x[0, n]) * (before + slope * n)


@kernel
def place(bus, x, azimuth, ring):
    """Let a sound come from a direction. Equal power all the way round; a gain runs straight through each block.

    bus      float32 (outputs, frames)   added to
    x        float32 (1, frames)
    azimuth  float64 (2,)                degrees, 0 ahead, positive to the left, any number of turns
    ring     float64                     the room's loudspeakers, see audio/place_gains.py
    """
    azimuths, arcs, firsts, seconds = azimuths_room(), arcs_room(), firsts_room(), seconds_room()
    azimuths[0], azimuths[1] = azimuth[0], azimuth[1]
    find_gains(azimuths, 2, ring, arcs, firsts, seconds)
    add_placed(bus, x, ring, 0, arcs, firsts, seconds)


@kernel
def place_eight(bus, x0, x1, x2, x3, x4, x5, x6, x7, a0, a1, a2, a3, a4, a5, a6, a7, ring):
    """Let eight sounds come each from its direction: the same bits as `place` eight times.

    bus        float32 (outputs, frames)   added to
    x0 … x7    float32 (1, frames)
    a0 … a7    float64 (2,)                degrees
    ring       float64                     as for `place`
    """
    azimuths, arcs, firsts, seconds = azimuths_room(), arcs_room(), firsts_room(), seconds_room()
    for end in range(2):
        azimuths[end], azimuths[2 + end], azimuths[4 + end], azimuths[6 + end] = a0[end], a1[end], a2[end], a3[end]
        azimuths[8 + end], azimuths[10 + end], azimuths[12 + end], azimuths[14 + end] = a4[end], a5[end], a6[end], a7[end]
    find_gains(azimuths, ENDS, ring, arcs, firsts, seconds)
    add_placed(bus, x0, ring, 0, arcs, firsts, seconds)
    add_placed(bus, x1, ring, 2, arcs, firsts, seconds)
    add_placed(bus, x2, ring, 4, arcs, firsts, seconds)
    add_placed(bus, x3, ring, 6, arcs, firsts, seconds)
    add_placed(bus, x4, ring, 8, arcs, firsts, seconds)
    add_placed(bus, x5, ring, 10, arcs, firsts, seconds)
    add_placed(bus, x6, ring, 12, arcs, firsts, seconds)
    add_placed(bus, x7, ring, 14, arcs, firsts, seconds)


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
