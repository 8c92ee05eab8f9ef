"""Loudspeakers one by one: the NUMBERS of the units that send a sound to some of them without panning it.

    nearest_numbers(fade)      the deferred NUMBERS of `nearest`
    nearest_rest(hall)         its STATE
    velvet_numbers(hall)       the deferred NUMBERS of `everywhere`: echoes drawn by the word's own seed
    velvet_memory(hall)        frames of its line
    role_numbers(role)         the deferred NUMBERS of `sub`: the loudspeakers of a role

Source: B. Alary, A. Politis and V. Välimäki, Velvet-Noise Decorrelator, DAFx 2017: one echo in each equal part of the time, at a
place and with a sign drawn by lot, falling evenly in dB; all of one filter together have power 1.
"""
from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

from ..terms.fault import Fault
from ..terms.role import FULL, SHAKER, SUB
from ..terms.words import both
from .dome_gains import Dome
from .node import Hall
from .place_gains import full_range
from .units.places import ECHO_SPARE

ECHOES = 16
LAST = 0.03         # s: the ear takes what comes sooner for one sound
FALL = 20.0         # dB from the first echo to the last


def nearest_numbers(fade: float) -> Callable[[Hall], tuple[float, ...]]:
    """The NUMBERS of `nearest`, deferred: a crossfade takes `fade` seconds."""
    def numbers(hall: Hall) -> tuple[float, ...]:
        dome = Dome.of(hall.loudspeakers, hall.outputs)
        return (float(len(dome.directions)), float(len(dome.feeds)), 1.0 / max(1.0, fade * hall.rate),
                *(part for direction in dome.directions for part in direction),
                *(float(part) for feed in dome.feeds for part in feed))

    return numbers


def nearest_rest(hall: Hall) -> tuple[float, ...]:
    """The STATE of `nearest`: no loudspeaker is chosen yet."""
    return (0.0,) * (1 + len(Dome.of(hall.loudspeakers, hall.outputs).directions))


def velvet_numbers(hall: Hall) -> tuple[float, ...]:
    """The NUMBERS of `everywhere`, deferred. Raises Fault if there is no loudspeaker."""
    rows = _rows(hall, FULL)
    chance = Random(hall.seed)
    numbers = [float(len(rows)), float(ECHOES)]
    part = LAST * hall.rate / ECHOES
    for row in rows:
        echoes = [(float(int(part * (k + chance.random()))), math.copysign(10.0 ** (-FALL / 20.0 * k / (ECHOES - 1)), chance.random() - 0.5))
                  for k in range(ECHOES)]
        power = math.sqrt(len(rows) * sum(gain * gain for _, gain in echoes))
        numbers += [float(row), *(number for late, gain in echoes for number in (late, gain / power))]
    return tuple(numbers)


def velvet_memory(hall: Hall) -> int:
    """Frames of the line of `everywhere`."""
    return math.ceil(LAST * hall.rate) + ECHO_SPARE


def role_numbers(role: str) -> Callable[[Hall], tuple[float, ...]]:
    """The NUMBERS of `sub`, deferred: the loudspeakers of a role share the sound, and all together are as loud as one.

    Where the room has no shaker its subwoofers serve, and where it has none of them all the others.
    """
    def numbers(hall: Hall) -> tuple[float, ...]:
        kinds = (role, SUB, FULL) if role == SHAKER else (role, FULL)
        rows = next((rows for rows in (_rows(hall, kind) for kind in kinds[:-1]) if rows), None) or _rows(hall, kinds[-1])
        return tuple(number for row in rows for number in (float(row), 1.0 / len(rows)))

    return numbers


def _rows(hall: Hall, role: str) -> list[int]:
    speakers = full_range(hall.loudspeakers) if role == FULL else [
        speaker for speaker in hall.loudspeakers if getattr(speaker, "role", FULL) == role]
    if not speakers and role == FULL:
        raise Fault(both("the room has no loudspeaker that plays everything", "aucun haut-parleur de la salle ne joue tout"),
                    remedy=both("Leave one without `role:` under room.loudspeakers in config.yaml, or use ug.to.",
                                "Laissez-en un sans `role:` sous room.loudspeakers dans config.yaml, ou prenez ug.to."),
                    id="graph.no_ring")
    return sorted(hall.row(speaker.output, "room.loudspeakers") for speaker in speakers)
