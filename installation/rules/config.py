"""config.yaml → Piece. All faults at once, each at its file, line and key.

    load_piece(folder)     read, check, and return the frozen records of piece.py; raises Faults

What the file alone can tell is found here. What takes the drivers and scenes to know (a field that a driver does not give, a
parameter that a scene does not have) is found by `check.cross_check`, once they are loaded.
"""
from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..terms.fault import Fault, Faults
from ..terms.words import both
from .hours_fields import check_hours
from .lamps import KINDS
from .patch import check_patch
from .piece import LayerRecord, Loudspeaker, MappingRecord, Piece, Room, SensorRecord
from .proof import check_proof
from .references import check_references
from .schema.findings import Enough, Findings, show
from .schema.key import read_record
from .schema.measure import Measure
from .source import Source, read_source

CONFIG = "config.yaml"


def load_piece(path: Path | str, *, drivers: Collection[str] | None = None) -> Piece:
    """The piece in a folder, or the one that a file describes.

    drivers   names of the drivers that come with the engine; without them, a driver's name is not checked

    Raises Faults with everything that is wrong, in the order of the file.
    """
    path = Path(path)
    file = path / CONFIG if path.is_dir() or not path.suffix else path
    try:
        return piece_of(read_source(file), file, drivers)
    except Faults:
        raise
    except Fault as fault:
        raise Faults([fault]) from None


def piece_of(source: Source, file: Path, drivers: Collection[str] | None = None) -> Piece:
    """The piece that a parsed file describes. Raises Faults."""
    findings = Findings(source, file.parent)
    if not isinstance(source.data, dict):
        empty = source.data is None
        findings.note("", both("the file is empty" if empty else f"expected keys and values, got {show(source.data)}",
                               "le fichier est vide" if empty
                               else f"il faut des clés et des valeurs, et non {show(source.data)}"),
                      remedy=both("It begins with `piece:` and a title; `installation new FOLDER` makes one.",
                                  "Il commence par `piece:` et un titre ; `installation new DOSSIER` en crée un."),
                      id="config.empty")
        raise Faults(findings.faults)
    try:
        piece = _whole(read_record(Piece, source.data, "", findings, folder=file.parent, file=file, source=source), findings)
        check_references(piece, findings, drivers)
        check_patch(piece, findings)
        check_proof(piece.sound.proof, piece.sound.inputs, [speaker.output or 0 for speaker in piece.room.loudspeakers], findings)
        if piece.hours is not None:
            check_hours(piece.hours, findings)
    except Enough:
        more = Fault(both(f"{len(findings.faults)} faults; there may be more", f"{len(findings.faults)} fautes ; il y en a peut-être d'autres"),
                     where=source.name, id="config.enough")
        raise Faults([*findings.faults, more]) from None
    if findings.faults:
        raise Faults(findings.faults)
    return piece


def ring_of(count: int) -> tuple[Loudspeaker, ...]:
    """Loudspeakers at equal angles, clockwise from the first one on the left of ahead: 1 is ahead, 2 is stereo at ±30 degrees."""
    first, step = {1: (0.0, 0.0), 2: (30.0, 60.0)}.get(count, (180.0 / count, 360.0 / count))
    found = []
    for index in range(count):
        azimuth = first - index * step
        found.append(Loudspeaker(name=f"ring {index + 1}", output=index + 1,
                                 azimuth=azimuth if azimuth >= -180 + 1e-9 else azimuth + 360))
    return tuple(found)


def _whole(piece: Piece, findings: Findings) -> Piece:
    """Fill in what follows from what is written."""
    return replace(
        piece,
        room=_room(piece.room, findings),
        sensors={name: _sensor(record) for name, record in piece.sensors.items()},
        mappings=tuple(_mapping(record, data) for record,
                       data in zip(piece.mappings, written(findings.source.data, "mappings"), strict=True)),
        score=piece.score or _score(piece),
        light=replace(piece.light, kinds={**KINDS, **piece.light.kinds}),
    )


def written(data: Any, section: str) -> list[Any]:
    """The things of a list of records that were read as records."""
    things = data.get(section)
    return [thing for thing in things if isinstance(thing, dict)] if isinstance(things, list) else []


def _room(room: Room, findings: Findings) -> Room:
    if room.loudspeakers:
        return replace(room, loudspeakers=tuple(_placed(loudspeaker) for loudspeaker in room.loudspeakers))
    wanted = isinstance(findings.source.data.get("room"), dict) and "loudspeakers" in findings.source.data["room"]
    return room if wanted else replace(room, loudspeakers=ring_of(room.ring or 2))


def _placed(loudspeaker: Loudspeaker) -> Loudspeaker:
    """With direction and distance from its position, where that is what was written."""
    if loudspeaker.position is None:
        return loudspeaker
    x, y, z = loudspeaker.position
    return replace(loudspeaker, azimuth=math.degrees(math.atan2(-x, y)) + 0.0,
                   elevation=math.degrees(math.atan2(z, math.hypot(x, y))),
                   distance=math.sqrt(x * x + y * y + z * z))


def _sensor(record: SensorRecord) -> SensorRecord:
    rest: dict[str, Any] = dict(record.rest)
    return replace(record, rest={name: measure.value for name, measure in rest.items()},
                   rest_units={name: measure.unit for name, measure in rest.items() if measure.unit})


def _mapping(record: MappingRecord, data: dict[str, Any]) -> MappingRecord:
    """With the place at which `when_stale` enters, and its value without its unit."""
    steps = 0
    for name in data:
        if name == "when_stale":
            break
        if name == "steps" and isinstance(data[name], list):
            steps += sum(not (isinstance(item, dict) and "combine" in item) for item in data[name])
        else:
            steps += name not in ("from", "to", "combine")
    measure: Any = record.when_stale
    if isinstance(measure, Measure):
        return replace(record, when_stale=measure.value, stale_unit=measure.unit, stale_at=steps)
    return replace(record, stale_at=steps)


def _score(piece: Piece) -> tuple[LayerRecord, ...]:
    """Without a score, the first scene plays."""
    return (LayerRecord(name="main", start=next(iter(piece.scenes)), where=f"{piece.file.name}"),) if piece.scenes else ()
