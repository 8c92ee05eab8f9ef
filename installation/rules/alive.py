"""Whether a loudspeaker is alive, from a soft noise on it alone and what a microphone made of that. Pure: energies in, a verdict out.

    found = judge(Measured(…), reference, tolerance)     ALIVE, WEAKER, LOUDER, UNHEARD or UNSURE, and by how many dB
    is_due(moment, "07:45", last)                        whether the daily check should begin now

reference   dB from what left to what came, as on opening day
"""
from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

ALIVE, WEAKER, LOUDER, UNHEARD, UNSURE = "alive", "weaker", "louder", "not heard", "too noisy to say"
ABOVE = 3.0            # dB over the room's own noise, and something is heard
SURE = 6.0             # dB over it that the opening day's level must have, for its absence to mean anything
LATE = 3600            # s after its time in which a check is still made
NOTHING = 1e-14        # mean square; quieter is taken for this


@dataclass(frozen=True, slots=True)
class Measured:
    """Mean squares: what left on the loudspeaker's output, what came to the microphone meanwhile, and what comes to it anyway; in the noise's band."""

    name: str
    out: float
    came: float
    background: float


@dataclass(frozen=True, slots=True)
class Found:
    """way: dB from what left to what came; None where nothing was heard. off: dB by which that differs from opening day; None where that is not known."""

    name: str
    verdict: str
    way: float | None = None
    off: float | None = None

    @property
    def is_well(self) -> bool:
        """Whether nothing is to be told of it."""
        return self.verdict in (ALIVE, UNSURE)


def judge(measured: Measured, reference: float | None, tolerance: float) -> Found:
    """What can be said of a loudspeaker."""
    out, came, background = max(measured.out, NOTHING), max(measured.came, NOTHING), max(measured.background, NOTHING)
    if _db(came / background) < ABOVE:
        expected = None if reference is None else _db(out) + reference
        drowned = expected is not None and expected < _db(background) + SURE
        return Found(measured.name, UNSURE if drowned else UNHEARD)
    way = _db((came - background) / out)
    if reference is None:
        return Found(measured.name, ALIVE, way)
    off = way - reference
    return Found(measured.name, WEAKER if off < -tolerance else LOUDER if off > tolerance else ALIVE, way, off)


def quiet_part(slices: Sequence[float]) -> float:
    """What is there all the time: the lower third of some slices. Somebody who coughs meanwhile is not counted."""
    return sorted(slices)[len(slices) // 3] if slices else 0.0


def is_due(moment: datetime, at: str, last: date | None) -> bool:
    """Whether the check of that day should begin. last: the day of the last one. A machine that is switched on late still makes it, for an hour."""
    hour, _, minute = at.partition(":")
    late = (moment.hour - int(hour)) * 3600 + (moment.minute - int(minute)) * 60 + moment.second
    return 0 <= late < LATE and moment.date() != last


def _db(ratio: float) -> float:
    return 10.0 * math.log10(ratio)
