"""Where a sound goes, one loudspeaker at a time: it steps from one to the next with a crossfade."""
from __future__ import annotations

import math

from .kernel import kernel, part
from .sine import turn_sine

HEAD, DIRECTION, FEED = 3, 3, 3
STAY = math.pi / 180.0      # radians by which another must be nearer, so that a source half-way does not flutter


@part
def choose(azimuth, elevation, held, stand):
    """The direction that is nearest to the source; `held` as long as no other is nearer by a degree. -1 holds none."""
    level = math.cos(elevation * (math.pi / 180.0))
    x, y = level * math.cos(azimuth * (math.pi / 180.0)), level * math.sin(azimuth * (math.pi / 180.0))
    z = math.sin(elevation * (math.pi / 180.0))
    best, found, kept = -2.0, 0, -2.0
    for k in range(int(stand[0])):
        at = HEAD + DIRECTION * k
        near = x * stand[at] + y * stand[at + 1] + z * stand[at + 2]
        if near > best:
            best, found = near, k
        if k == held:
            kept = near
    if held >= 0 and math.acos(max(min(kept, 1.0), -1.0)) - math.acos(max(min(best, 1.0), -1.0)) < STAY:
        return held
    return found


@kernel
def nearest(bus, x, azimuth, elevation, stand, state):
    """Let the loudspeaker that is nearest to a direction play alone. Where it changes, one fades into the other in equal power.

    bus        float32 (outputs, frames)   added to
    x          float32 (1, frames)
    azimuth    float64 (2,)                degrees, 0 ahead, positive to the left, any number of turns; looked at once a call
    elevation  float64 (2,)                degrees, -90..90; the same
    stand      float64                     d directions, m feeds, what a fade moves in a frame; d rows of three: unit vectors;
                                           m rows of three: direction, row of the bus, weight
    state      float64 (1 + d,)            the chosen direction plus 1 (0: none yet), and each one's fade, 0..1
    """
    frames = x.shape[1]
    directions, step = int(stand[0]), stand[2]
    chosen = choose(azimuth[0], elevation[0], int(state[0]) - 1, stand)
    if state[0] == 0.0:
        state[1 + chosen] = 1.0
    state[0] = chosen + 1.0
    feed = HEAD + DIRECTION * directions
    for _ in range(int(stand[1])):
        direction, row, weight = int(stand[feed]), int(stand[feed + 1]), stand[feed + 2]
        feed += FEED
        fade, way = state[1 + direction], step if direction == chosen else -step
        if way < 0.0 and fade == 0.0:
            continue
        for n in range(frames):
            bus[row, n] += float(x[0, n]) * (turn_sine(0.25 * fade) * weight)
            fade = min(max(fade + way, 0.0), 1.0)
    for direction in range(directions):
        fade, way = state[1 + direction], step if direction == chosen else -step
        if fade == (1.0 if way > 0.0 else 0.0):
            continue
        for _ in range(frames):
            fade = min(max(fade + way, 0.0), 1.0)
        state[1 + direction] = fade
