"""What the check of the loudspeakers sounds like: soft noise in a band that each can play. The builder and the check both need it."""
from __future__ import annotations

from pathlib import Path

from ...audio import ug
from ...audio.flatten import flatten
from ...audio.graph import Graph, parameter
from ...audio.plan import Plan
from ...audio.telemetry import HEARD_LOW, HEARD_MIDDLE
from ...rules.piece import Loudspeaker, Piece
from ...rules.scene import Scene, param
from ...terms.role import SHAKER, SUB

NAME = "check"
MIDDLE_RMS, LOW_RMS = 0.0425, 0.0400      # of the noises below


def checked(piece: Piece) -> list[Loudspeaker]:
    """The loudspeakers that can be heard by a microphone, in the order of their outputs."""
    return sorted((speaker for speaker in piece.room.loudspeakers if speaker.role != SHAKER), key=lambda speaker: speaker.output)


def band_of(speaker: Loudspeaker) -> int:
    """In which of the bands of `Telemetry.heard` it is listened for."""
    return HEARD_LOW if speaker.role == SUB else HEARD_MIDDLE


def rms_of(speaker: Loudspeaker) -> float:
    """Of its noise, before its parameter."""
    return LOW_RMS if speaker.role == SUB else MIDDLE_RMS


def check_plan(piece: Piece, cache: Path) -> Plan:
    """The noise of every loudspeaker, each behind a gain of its own: parameters out_1, out_2, …"""
    speakers = checked(piece)
    gains = {f"out_{speaker.output}": param(0.0, "ratio", 0, 10, glide=0.1) for speaker in speakers}
    kind = type("Check", (Scene,), gains)
    for name, entry in gains.items():
        entry.__set_name__(kind, name)
    with ug.piece(piece.folder, piece.sound.rate, cache / "recordings"):
        middle, low = _between(600.0, 1_600.0), _between(45.0, 110.0)
        parts = [ug.to((low if speaker.role == SUB else middle) * parameter(name, gains[name].declaration(NAME)), output=speaker.output)
                 for speaker in speakers for name in [f"out_{speaker.output}"]]
        return flatten(Graph.collect(parts, outputs=piece.room.outputs, rate=piece.sound.rate, loudspeakers=piece.room.loudspeakers, seed=1, name=NAME))


def _between(low: float, high: float):
    """Pink noise between two frequencies, 12 dB per octave outside."""
    return ug.lowpass(ug.lowpass(ug.highpass(ug.highpass(ug.pink(), low), low), high), high)
