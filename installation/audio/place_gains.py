"""Where a sound comes from: the gains of the loudspeakers for a direction on a horizontal ring.

    ring_numbers(loudspeakers, outputs)   the NUMBERS of the `place` unit for a room
    ring_gains(azimuth, numbers, outputs) the gains that the kernel must give: the reference, in plain Python
    place_numbers                         the same as a deferred NUMBERS: `numbers={"ring": place_numbers}`
    to_numbers(output, channels)          deferred NUMBERS of the `to` unit: `numbers={"rows": to_numbers(7, x.channels)}`
    full_range(loudspeakers)              those that can be panned to: neither subwoofers nor shakers

The layout of `place`'s NUMBERS (any length; the kernel reads the counts):

    [0]              n, directions: places on the ring where a loudspeaker stands
    [1]              m, feeds: one for each loudspeaker on the ring
    then n rows of 3  start, span, pace: the arc from direction k counter-clockwise to direction (k + 1) mod n
                     start  degrees, 0 <= start < 360, ascending
                     span   degrees, > 0; the spans add up to 360
                     pace   1.0 where the two are a pair of VBAP, 90 / span where the arc is too wide for it
    then m rows of 3  direction (0..n-1), row of the bus (0..outputs-1), weight (1 / sqrt of how many share that direction)

and what a kernel does with it for an azimuth in degrees (0 ahead, + left, any turn: 190 is -170):

    azimuth -= 360 * floor(azimuth / 360)
    k = the last arc whose start <= azimuth; if there is none, k = n - 1 and azimuth += 360
    if n == 1: the only direction has gain 1
    a = azimuth - start[k]
    g1 = sin(radians((span[k] - a) * pace[k])), g2 = sin(radians(a * pace[k])), both divided by sqrt(g1 * g1 + g2 * g2)
    direction k has gain g1, direction (k + 1) mod n has gain g2, all others 0
    the gain of a feed is its direction's gain times its weight; add it to the gain of its row

It does so for both ends of the block's control pair, and each row's gain runs in a straight line from the first to the second.
So an azimuth that steps from 179 to -179 costs nothing and sweeps nothing: only the two gain sets count. For the same reason the
`azimuth` port must not be clipped to one turn. Parameters in degrees glide the short way round (domain 3 of `glide`).

Source: V. Pulkki, Virtual Sound Source Positioning Using Vector Base Amplitude Panning, JAES 45(6), 1997, eqs. 6 to 9. In two
dimensions g = p L^-1 with unit vectors is sin(span - a) : sin(a), a counted from the first loudspeaker; normalised to constant
power, which is all that is used. Distances do not enter: the room's own delays and gains make up for them.
"""
from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from ..terms.fault import Fault
from ..terms.role import FULL
from ..terms.words import both
from .node import Hall, Numbers

WIDEST = 170.0      # degrees. VBAP's gains run from one loudspeaker to an even mix within a few degrees as the pair nears a line
                    # through the listener, and are not defined beyond; above this the arc is crossed at an even pace instead
SAME = 0.05         # degrees: loudspeakers nearer than this share one direction
STEEP = 60.0        # degrees of elevation: a loudspeaker above or below this belongs to no horizontal ring
LEVEL = 20.0        # degrees of elevation: below this it stands on the level
HEAD, ROW = 2, 3


def ring_numbers(loudspeakers: Iterable[Any], outputs: int) -> tuple[float, ...]:
    """The NUMBERS of `place` for these loudspeakers (records with `output` and `azimuth`, and maybe `elevation`).

    Subwoofers and shakers take no part, nor those without an azimuth, nor those overhead, unless there are no others. Where those on
    the level surround the listener, those above and below them take no part either: they are for `place` with an elevation.
    Raises Fault if no loudspeaker is left, or one stands on an output that the room has not.
    """
    known = [speaker for speaker in full_range(loudspeakers) if getattr(speaker, "azimuth", None) is not None]
    speakers = sorted(_around(known), key=lambda speaker: (turned(speaker.azimuth), speaker.output))
    if not speakers:
        raise Fault(both("the room has no loudspeaker with an azimuth, so nothing can be placed",
                         "aucun haut-parleur de la salle n'a d'azimut : rien ne peut être placé"),
                    remedy=both("Give `ring:` or `azimuth:` under `room:` in config.yaml, or use ug.to.",
                                "Donnez `ring:` ou `azimuth:` sous `room:` dans config.yaml, ou prenez ug.to."),
                    id="graph.no_ring")
    hall = Hall(1, outputs)
    directions: list[tuple[float, list[int]]] = []
    for speaker in speakers:
        azimuth, row = turned(speaker.azimuth), hall.row(speaker.output, "room.loudspeakers")
        if directions and azimuth - directions[-1][0] < SAME:
            directions[-1][1].append(row)
        elif directions and directions[0][0] + 360.0 - azimuth < SAME:
            directions[0][1].append(row)
        else:
            directions.append((azimuth, [row]))
    count = len(directions)
    arcs: list[float] = []
    feeds: list[float] = []
    for index, (start, rows) in enumerate(directions):
        span = (directions[(index + 1) % count][0] - start) % 360.0 or 360.0
        arcs += [start, span, 1.0 if span <= WIDEST else 90.0 / span]
        for row in rows:
            feeds += [float(index), float(row), 1.0 / math.sqrt(len(rows))]
    return (float(count), float(len(feeds) // ROW), *arcs, *feeds)


def ring_gains(azimuth: float, numbers: Sequence[float], outputs: int) -> list[float]:
    """The gain of each output for a direction in degrees: constant power, never silent, continuous all the way round."""
    count, feeds = int(numbers[0]), int(numbers[1])
    azimuth = turned(azimuth)
    arc = count - 1
    while arc >= 0 and numbers[HEAD + ROW * arc] > azimuth:
        arc -= 1
    if arc < 0:
        arc, azimuth = count - 1, azimuth + 360.0
    start, span, pace = numbers[HEAD + ROW * arc:HEAD + ROW * (arc + 1)]
    turn = azimuth - start
    first, second = math.sin(math.radians((span - turn) * pace)), math.sin(math.radians(turn * pace))
    power = math.sqrt(first * first + second * second)
    by_direction = {arc: first / power, (arc + 1) % count: second / power} if count > 1 else {0: 1.0}
    gains = [0.0] * outputs
    at = HEAD + ROW * count
    for feed in range(at, at + ROW * feeds, ROW):
        direction, row, weight = numbers[feed:feed + ROW]
        gains[int(row)] += by_direction.get(int(direction), 0.0) * weight
    return gains


def place_numbers(hall: Hall) -> tuple[float, ...]:
    """The NUMBERS of `place`, deferred until the room is known."""
    return ring_numbers(hall.loudspeakers, hall.outputs)


def all_gains(gains: Sequence[float], channels: int = 1) -> Numbers:
    """The NUMBERS of `spray`, deferred: one gain for each output of the room, the same for each channel. Outputs are checked."""
    def numbers(hall: Hall) -> tuple[float, ...]:
        if gains:
            hall.row(len(gains), "ug.to")
        return (*gains, *[0.0] * (hall.outputs - len(gains))) * channels

    return numbers


def to_numbers(output: int, channels: int = 1, word: str = "ug.to") -> Numbers:
    """The NUMBERS of `to`, deferred: the bus row of each channel, `output` (from 1) for the first, the next for the next."""
    def rows(hall: Hall) -> tuple[float, ...]:
        return tuple(float(hall.row(output + index, word)) for index in range(channels))

    return rows


def full_range(loudspeakers: Iterable[Any]) -> list[Any]:
    """The loudspeakers that sounds are placed on: with the role `full`, or none."""
    return [speaker for speaker in loudspeakers if getattr(speaker, "role", FULL) == FULL]


def _around(known: Sequence[Any]) -> Sequence[Any]:
    """Those that make the ring: on the level if these surround the listener, else all that are not overhead."""
    def below(limit: float) -> list[Any]:
        return [speaker for speaker in known if abs(getattr(speaker, "elevation", None) or 0.0) <= limit]

    level = below(LEVEL)
    ways = sorted(turned(speaker.azimuth) for speaker in level)
    if ways and max((after - way) % 360.0 or 360.0 for way, after in zip(ways, [*ways[1:], ways[0]])) < 180.0:
        return level
    return below(STEEP) or known


def turned(azimuth: float) -> float:
    """The same direction within 0 <= azimuth < 360."""
    return azimuth % 360.0 % 360.0      # twice: -1e-20 % 360 is 360.0
