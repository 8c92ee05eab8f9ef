"""What `installation walk` sounds like: pink noise for every output. Builder and walk both need it."""
from __future__ import annotations

from pathlib import Path

from ...audio import ug
from ...audio.flatten import flatten
from ...audio.graph import Graph, parameter
from ...audio.plan import Plan
from ...rules.piece import Piece
from ...rules.scene import Scene, param

NAME = "walk"
PINK_RMS = 0.2      # of ug.pink (dsp/noise.py)


def walk_plan(piece: Piece, cache: Path) -> Plan:
    """Pink noise for every output, each behind a gain of its own: parameters out_1, out_2, …"""
    outputs = piece.room.outputs
    gains = {f"out_{number}": param(0.0, "ratio", 0, 2, glide=0.05) for number in range(1, outputs + 1)}
    kind = type("Walk", (Scene,), gains)
    for name, entry in gains.items():
        entry.__set_name__(kind, name)
    with ug.piece(piece.folder, piece.sound.rate, cache / "recordings"):
        noise = ug.pink()
        parts = [ug.to(noise * parameter(name, entry.declaration(NAME)), output=number)
                 for number, (name, entry) in enumerate(gains.items(), start=1)]
        return flatten(Graph.collect(parts, outputs=outputs, rate=piece.sound.rate, loudspeakers=piece.room.loudspeakers, seed=1, name=NAME))
