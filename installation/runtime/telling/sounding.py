"""The sounds of a piece where they sound: every placement of what plays now, scenes' and voices', with an id that lasts as long as it plays.

    sounding = Sounding(house)
    sounding.signature       another one when the sources are others
    sounding.plan()          the sources there are now: what they are called, what moves them
    sounding.now(graphs)     where each is in this moment

Directions are read where the player leaves them in shared memory (audio/placements.py); nothing is asked of it. A voice stands in `plan` once, and in
`now` as often as it plays.
"""
from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...audio.placements import OUTPUT, Placement, Whereabouts, placements
from ...audio.plan import Plan
from ..parts.part import Part

if TYPE_CHECKING:
    from ..house import House

MOST = 128          # sources told at once
AXES = {"azimuth": "azimuth", "elevation": "elevation", "distance": "distance", "right": "x", "ahead": "y", "up": "z"}
_WORD = re.compile(r"ug\.(?:place|place_at|nearest|everywhere|sub|to|encode|decode)\(\s*([^\W\d]\w*)\b(?!\s*[.(])")


@dataclass(frozen=True, slots=True)
class _Sources:
    """The placements of one plan. prefix: of their ids; scene, voice: whose."""

    prefix: str
    scene: str
    voice: str
    placed: tuple[Placement, ...]
    still: tuple[Whereabouts | None, ...]


class Sounding:
    """What sounds in a house. Plans are read once each, and forgotten with the part that plays them."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._speakers = {speaker.output - 1: speaker for speaker in house.piece.room.loudspeakers}
        self._numbers = itertools.count(1)
        self._known: dict[Part, dict[object, _Sources]] = {}       # by what plays: the scene's instance, or a voice's bank

    @property
    def signature(self) -> tuple[Part, ...]:
        """The parts whose sources `plan` tells."""
        return tuple(self._house.program.parts())

    def plan(self) -> list[dict[str, Any]]:
        """The sources there are now."""
        self._look()
        lines = {part.name: self._house.cast.text(part.name).splitlines() for part in self._known}
        return [{"id": f"{sources.prefix}.{index}", "scene": sources.scene, "voice": sources.voice or None, "kind": placement.kind,
                 "label": _label(lines[sources.scene], placement), "where": placement.where.rpartition("/")[2],
                 "channels": max(1, len(placement.middle)), "outputs": [row + 1 for row in placement.rows],
                 "moved_by": self._moved_by(sources.scene, placement)}
                for known in self._known.values() for sources in known.values() for index, placement in enumerate(sources.placed)][:MOST]

    def now(self, graphs: Mapping[int, float | None]) -> list[dict[str, Any]]:
        """Where each is. graphs: the level of each graph that plays, by where its instance lies (Meters.read)."""
        self._look()
        sources_of = {key: sources for known in self._known.values() for key, sources in known.items()}
        found: list[dict[str, Any]] = []
        for offset, level in graphs.items():
            playing = self._house.stage.at_offset(offset)
            sources = sources_of.get(playing.home or playing) if playing is not None else None
            if playing is None or sources is None or len(found) >= MOST:
                continue
            only = level if len(sources.placed) == 1 else None
            for index, placement in enumerate(sources.placed):
                where = sources.still[index] or placement.where_now(playing.shelf.controls)
                id = f"{sources.prefix}.{index}"
                told = {"id": f"{id}#{playing.id}", "of": id} if sources.voice else {"id": id}
                found.append({**told, "azimuth": _rounded(where.azimuth, 1), "elevation": _rounded(where.elevation, 1),
                              "distance": _rounded(where.distance, 2), "level": _rounded(only, 1)})
        return found[:MOST]

    def _look(self) -> None:
        """Read the plans of parts that are new, forget those that are gone."""
        parts = self._house.program.parts()
        if len(parts) == len(self._known) and all(part in self._known for part in parts):
            return
        self._known = {part: self._known.get(part) or self._read(part) for part in parts}

    def _read(self, part: Part) -> dict[object, _Sources]:
        number = next(self._numbers)
        known: dict[object, _Sources] = {}
        if part.playing is not None:
            known[part.playing] = self._sources(str(number), part.name, "", part.playing.plan)
        for name, bank in part.voicing.banks.items():
            known[bank] = self._sources(f"{number}.{name}", part.name, name, bank.plan)
        return known

    def _sources(self, prefix: str, scene: str, voice: str, plan: Plan) -> _Sources:
        placed = placements(plan)
        return _Sources(prefix, scene, voice, placed, tuple(self._still(placement) for placement in placed))

    def _still(self, placement: Placement) -> Whereabouts | None:
        """What is sent to one loudspeaker sounds there."""
        speaker = self._speakers.get(placement.rows[0]) if placement.kind == OUTPUT and len(placement.rows) == 1 else None
        return None if speaker is None else Whereabouts(speaker.azimuth, speaker.elevation, speaker.distance)

    def _moved_by(self, scene: str, placement: Placement) -> dict[str, str | None]:
        """For each axis the address of the parameter that alone moves it; None where something else does, or nothing."""
        found: dict[str, str | None] = {}
        for name, slot in placement.controls.items():
            address = f"/scene/{scene}/{slot.param}"
            found[AXES[name]] = address if slot.param and address in self._house.tree else None
        return found


def _label(lines: Sequence[str], placement: Placement) -> str:
    """What the artist calls it, where the line of its word says so; else what is heard in it."""
    line = placement.where.rpartition(":")[2]
    word = _WORD.search(lines[int(line) - 1]) if line.isdigit() and 0 < int(line) <= len(lines) else None
    return word[1] if word and word[1] not in ("ug", "self") else " + ".join(placement.names) or placement.kind


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
