"""How a player fares: a frozen record, read from the arena."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..terms.quantity import db_from_gain
from .arena import Arena
from .layout import (
    BLOCKS,
    CALLBACKS,
    E_DROPPED_RESULTS,
    E_FRAME,
    E_GRAPHS,
    E_HEARD,
    E_LATE,
    E_LIMITING,
    E_METERS,
    E_NONFINITE,
    E_ROWS,
    FREE,
    G_INSTANCE,
    G_PHASE,
    GRAPH_WORDS,
    HEARD_WORDS,
    IN_SILENCE,
    INPUTS,
    LAST_NS,
    LONGEST_EVER_NS,
    LONGEST_NS,
    METER_WORDS,
    OUTPUTS,
    XRUNS,
)
from .whereabouts import whereabouts

HEARD_LOW, HEARD_MIDDLE = 1, 2     # of what an input has heard: the bands' places


@dataclass(frozen=True, slots=True)
class Telemetry:
    """How the player fares.

    blocks, frame       blocks rendered since the start; the next frame
    callbacks, xruns    of the card
    last, longest       s that the last block took, and the longest of this second or the one before; longest_ever since the start
    peaks               dBFS of each output, falling 12 dB a second; -inf is silence
    energy              sum of squares of each output since the start; over the frames, its mean level
    heard               the same of each input: in all, around 70 Hz, around 1 kHz
    nonfinite           graphs that were silenced for bad samples
    late                requests that came after their date
    dropped             results for which there was no room
    limiting            blocks in which the limiter worked
    silent              the closing fade is over
    graph, unit         what is being rendered now, "" between blocks
    sounding            names of what plays, with its layer
    """

    blocks: int
    frame: int
    callbacks: int
    xruns: int
    last: float
    longest: float
    longest_ever: float
    peaks: tuple[float, ...]
    energy: tuple[float, ...]
    heard: tuple[tuple[float, float, float], ...]
    nonfinite: int
    late: int
    dropped: int
    limiting: int
    silent: bool
    graph: str
    unit: str
    sounding: tuple[tuple[str, int], ...]


def rows(own: Any) -> Any:
    """The table of graphs that play, int64 (rows in use, GRAPH_WORDS), from the engine's own words."""
    count = int(own[E_ROWS])
    return own[E_GRAPHS : E_GRAPHS + count * GRAPH_WORDS].reshape(count, GRAPH_WORDS)


def look(arena: Arena, own: Any, playing: Mapping[int, Any]) -> Telemetry:
    """The record. own: the engine's words of the last complete block; playing: instances by where they lie."""
    words = arena.words
    outputs = words[OUTPUTS]
    meters = own.view("f8")[E_METERS : E_METERS + outputs * METER_WORDS].reshape(outputs, METER_WORDS)
    inputs = own.view("f8")[E_HEARD : E_HEARD + int(words[INPUTS]) * HEARD_WORDS].reshape(-1, HEARD_WORDS)
    graphs = rows(own)
    sounding = [playing[int(row[G_INSTANCE])] for row in graphs if row[G_PHASE] != FREE and int(row[G_INSTANCE]) in playing]
    graph, unit = whereabouts(words)
    current = playing.get(graph)
    return Telemetry(
        blocks=int(words[BLOCKS]),
        frame=int(own[E_FRAME]),
        callbacks=int(words[CALLBACKS]),
        xruns=int(words[XRUNS]),
        last=words[LAST_NS] / 1e9,
        longest=words[LONGEST_NS] / 1e9,
        longest_ever=words[LONGEST_EVER_NS] / 1e9,
        peaks=tuple(map(db_from_gain, meters[:, 1].tolist())),
        energy=tuple(meters[:, 2].tolist()),
        heard=tuple((total, low, middle) for total, low, middle in inputs[:, :3].tolist()),
        nonfinite=int(own[E_NONFINITE]),
        late=int(own[E_LATE]),
        dropped=int(own[E_DROPPED_RESULTS]),
        limiting=int(own[E_LIMITING]),
        silent=bool(words[IN_SILENCE]),
        graph=current.name if current else "",
        unit=current.unit_name(unit)[0] if current else "",
        sounding=tuple((entry.name, entry.layer) for entry in sounding),
    )
