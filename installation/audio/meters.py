"""What leaves, as it is now: levels, the guard's gain and limiting, and how loud each graph is; one copy of the committed words, a few microseconds.

    meters = Meters(arena)
    meters.read() → Levels      as often as a screen wants; disturbs nobody
"""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..terms.quantity import db_from_gain
from .arena import Arena
from .exchange import Exchange
from .layout import E_GRAPHS, E_GUARD, E_METERS, E_ROWS, FREE, G_INSTANCE, G_LEVEL, G_PHASE, GRAPH_WORDS, METER_WORDS, OUTPUTS

_GUARD_DB, _GUARD_HELD, _GUARD_STARTED = 0, 3, 4      # of the guard's state, as dsp/guard.py has it


@dataclass(frozen=True, slots=True)
class Levels:
    """peaks: dBFS of each output, falling 12 dB a second, None is silence. gain: dB of the master as it glides. limiting: dB by which the limiter
    holds all outputs down. graphs: the peak of each graph that plays before the guard, in dBFS, by where its instance lies."""

    peaks: tuple[float | None, ...]
    gain: float | None
    limiting: float
    graphs: dict[int, float | None]


class Meters:
    """Reads one arena, from any process that has it."""

    def __init__(self, arena: Arena) -> None:
        self._exchange = Exchange(arena)
        self._outputs = int(arena.words[OUTPUTS])

    def read(self) -> Levels:
        """As the last complete block left them."""
        own = self._exchange.committed()
        real = own.view("f8")
        peaks = real[E_METERS + 1 : E_METERS + self._outputs * METER_WORDS : METER_WORDS].tolist()
        rows = own[E_GRAPHS : E_GRAPHS + int(own[E_ROWS]) * GRAPH_WORDS].reshape(-1, GRAPH_WORDS)
        rows = rows[rows[:, G_PHASE] != FREE]
        loud = rows[:, G_LEVEL].astype(np.int32).view(np.float32).tolist()     # the bits of a float32
        held = min(0.999, max(0.0, float(real[E_GUARD + _GUARD_HELD])))
        started = bool(real[E_GUARD + _GUARD_STARTED])
        return Levels(tuple(decibels(peak) for peak in peaks), float(real[E_GUARD + _GUARD_DB]) if started else None, db_from_gain(1.0 / (1.0 - held)),
                      dict(zip(rows[:, G_INSTANCE].tolist(), (decibels(peak) for peak in loud))))


def decibels(peak: float) -> float | None:
    """A peak in dBFS; None for silence, and for what is not a number."""
    return db_from_gain(peak) if 1e-6 < peak < 1e6 else None
