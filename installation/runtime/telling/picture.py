"""The picture of the room that a page draws: plain data, ready for JSON.

    picture = Picture(house, pointing)
    picture.plan()          what stands still: size, loudspeakers, lamps, sensors, layers, scenes, the sources there are
    picture.plan_revision   another number when `plan` says something else
    picture.now()           what moves, as it is now; cheap, 25 times a second for as many as watch

Lengths are metres from the middle of the room, x to the right, y ahead, z up; directions degrees, 0 ahead, positive to the left. What is not known
is None. Nothing here asks anything of a player or a port: levels, directions and lamps are read where they left them.
"""
from __future__ import annotations

import asyncio
import math
from typing import TYPE_CHECKING, Any

from ...audio.meters import Meters
from ...light.seen import Seen
from ...rules.addresses import QUIET, STOP, address_of
from ...rules.describe import shown_path
from ...rules.floor import Floor
from ...rules.readings import base_unit
from ...terms.reading import Freshness, Reading
from .because import because, following
from .pointing import Pointing
from .sounding import Sounding

if TYPE_CHECKING:
    from ..house import House

FRESHNESS = {Freshness.FRESH: "fresh", Freshness.HELD: "stale", Freshness.REST: "stale", Freshness.ABSENT: "absent"}
LOOK = 0.2        # s between two looks at the score, which moves slowly and is told in words


class Picture:
    """The room of a house. pointing: whoever may have darkened its lamps."""

    def __init__(self, house: House, pointing: Pointing | None = None) -> None:
        self._house, self._pointing = house, pointing
        self._loop = asyncio.get_running_loop()
        self._floor = Floor(house.piece)
        self._meters = Meters(house.stage.arena)
        self._lamps = Seen(house.means.lighting.lights.patch)
        self._sounding = Sounding(house)
        self._revision, self._seen = 0, self._stands()
        self._score: list[dict[str, Any]] = []
        self._looked = -math.inf

    @property
    def plan_revision(self) -> int:
        """Another number whenever `plan` says something else."""
        stands = self._stands()
        if stands != self._seen:
            self._seen = stands
            self._revision += 1
        return self._revision

    def plan(self) -> dict[str, Any]:
        """What stands still."""
        piece, floor = self._house.piece, self._floor
        return {
            "size": [round(length, 2) for length in floor.size],
            "loudspeakers": [{"name": speaker.name, "output": speaker.output, **_place(floor.loudspeakers[speaker.name]), "role": speaker.role,
                              "azimuth": round(speaker.azimuth, 1), "given": f"loudspeaker {speaker.name}" in floor.given}
                             for speaker in piece.room.loudspeakers],
            "lamps": [{"name": fixture.name, "kind": fixture.kind, "groups": list(fixture.groups), **_place(floor.lamps[fixture.name]),
                       "universe": fixture.universe, "address": fixture.address, "given": f"lamp {fixture.name}" in floor.given}
                      for fixture in piece.light.fixtures],
            "sensors": [self._sensor(name) for name in self._house.sensing.sources],
            "layers": [{"name": layer.name, "scenes": _scenes_of(layer), "idle": layer.idle, "fade": layer.fade} for layer in piece.score],
            "scenes": {name: self._scene(name) for name in piece.scenes},
            "sources": self._sounding.plan(),
        }

    def now(self) -> dict[str, Any]:
        """What moves."""
        house, tree, now = self._house, self._house.tree, self._loop.time()
        levels, mode = self._meters.read(), tree.value("/system/mode")
        if now - self._looked >= LOOK:
            self._looked, self._score = now, [self._layer(layer, now) for layer in house.program.layers]
        gain = float(tree.value("/room/gain")) + (house.piece.room.quiet if mode == QUIET else 0.0)
        sent = house.means.lighting.sent()
        return {
            "levels": [None if peak is None else round(peak, 1) for peak in levels.peaks],
            "gain": round(gain if levels.gain is None else levels.gain, 1),
            "muted": mode == STOP or bool(tree.value("/system/mute")),
            "limiting": round(levels.limiting, 1),
            "sources": self._sounding.now(levels.graphs),
            "blackout": self._pointing is not None and self._pointing.is_black,
            "lamps": {} if sent is None else self._lamps.colours(sent),
            "sensors": {name: _reading(reading, now) for name, reading in house.readings.snapshot(now).items()},
            "visitors": [[round(x, 2), round(y, 2)] for source in house.sensing.sources.values() for x, y in source.people(now)],
            "score": self._score,
            "load": round(house.load.value, 3) if house.load else None,
            "xruns": int(tree.value("/system/xruns")),
            "card": tree.value("/system/card"),
            "uptime": round(house.uptime(), 1),
            "voices": {f"{part.name}.{name}": count for part in house.program.parts() for name, count in part.voicing.playing().items()},
        }

    def _stands(self) -> tuple[object, ...]:
        """What `plan` depends on."""
        return self._sounding.signature, tuple(self._house.scenes.values()), self._house.faulty()

    def _sensor(self, name: str) -> dict[str, Any]:
        house, source = self._house, self._house.sensing.sources[name]
        moves = {mapping.to: address_of(mapping.to) for mapping in house.piece.mappings
                 if any(one.partition(".")[0] == name for one in mapping.sources)}
        return {"name": name, "driver": source.record.driver, "fields": {field: base_unit(unit) for field, unit in source.fields.items()},
                **_place(self._floor.sensors[name]), "given": f"sensor {name}" in self._floor.given, "moves": list(moves.values()),
                "points": {field: [round(length, 2) for length in place] for field, place in self._floor.points.get(name, {}).items()}}

    def _scene(self, name: str) -> dict[str, Any]:
        facts, piece = self._house.scenes.get(name), self._house.piece
        about = " ".join(facts.about.partition("\n\n")[0].split()) if facts else ""
        return {"about": about, "file": shown_path(piece, piece.scenes[name].file), "broken": name in self._house.faulty()}

    def _layer(self, layer: Any, now: float) -> dict[str, Any]:
        return {"layer": layer.name, "scene": layer.scene, "since": round(now - layer.began, 1), "why": because(layer), "instead_of": layer.instead_of,
                "next": following(layer, now, self._house.value)}


def _scenes_of(layer: Any) -> list[str]:
    """The scenes that the score names in a layer, in the order of the file."""
    named = [layer.start, *(name for change in layer.changes for name in (change.leave, change.to)), layer.idle]
    return list(dict.fromkeys(name for name in named if name is not None))


def _place(place: tuple[float, ...]) -> dict[str, float]:
    return {axis: round(length, 2) for axis, length in zip("xyz", place)}


def _reading(reading: Reading, now: float) -> list[Any]:
    value = float(f"{reading.value:.5g}") if math.isfinite(reading.value) else None
    return [value, FRESHNESS[reading.freshness], round(now - reading.time, 2) if math.isfinite(reading.time) else None]
