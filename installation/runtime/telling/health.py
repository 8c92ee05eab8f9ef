"""How the piece is: one sentence for whoever minds the room, and the list behind it.

    health = Health(house, notices)
    health.says()       {"sentence": {"en", "fr"}, "level": "well|warning|fault", "list": [...]}
    health.revision     another number when `says` says something else
    health.sentence     the sentence alone, for the status line

The sentence is about the gravest thing: what is wrong, since when (by the wall's clock where that can be trusted, else for how long), what goes on
anyway. "All is well." otherwise. The list has each fault as the artist needs it, with what to try.
"""
from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...rules.addresses import QUIET, STOP
from ...terms.fault import Fault
from ...terms.words import Words, both
from ..wall import Wall, shown
from .ailments import Ailment, ailment, silent
from .because import seconds

if TYPE_CHECKING:
    from ..house import House
    from ..notices import Notices
    from .pointing import Pointing

LOOK = 0.25          # s between two looks
SILENCE = 10.0       # s without a word, and a sensor that should speak is silent
MOST = 50            # troubles told
WELL, WARNING, FAULT = "well", "warning", "fault"


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is wrong now. since: loop time."""

    ailment: Ailment
    since: float
    happened: Words
    where: str
    remedy: Words


class Health:
    """The health of a house. pointing: whoever may have darkened its lamps; wall: the time of day, the house's own if none is given."""

    def __init__(self, house: House, notices: Notices, pointing: Pointing | None = None, *, wall: Wall | None = None) -> None:
        self._house, self._notices, self._pointing, self._wall = house, notices, pointing, wall or house.wall
        self._loop = asyncio.get_running_loop()
        self._folder = f"{house.piece.folder.resolve()}/"
        self._since: dict[tuple[str, str], float] = {}
        self._troubles: list[Trouble] = []
        self._kept = False
        self._looked = -math.inf
        self._sentence = both("", "")
        self._said: tuple[object, ...] = ()
        self._revision = 0

    @property
    def revision(self) -> int:
        """Another number when there is something else to say."""
        self._look()
        return self._revision

    @property
    def sentence(self) -> Words:
        """What is wrong, or that nothing is."""
        self._look()
        return self._sentence

    @property
    def level(self) -> str:
        """WELL; WARNING: the room is as visitors should find it; FAULT: it is not."""
        self._look()
        return FAULT if any(trouble.ailment.grave for trouble in self._troubles) else WARNING if self._troubles else WELL

    def says(self) -> dict[str, Any]:
        """All of it, as plain data. "since": seconds since 1970 where the clock can be trusted, else None; "for": seconds."""
        self._look()
        now, offset = self._loop.time(), self._wall.seconds - self._loop.time()
        return {"sentence": _plain(self._sentence), "level": self.level,
                "list": [{**_plain(trouble.happened), "where": trouble.where, "remedy": _plain(trouble.remedy),
                          "plain": _plain(self._told(trouble, now)), "level": FAULT if trouble.ailment.grave else WARNING,
                          "since": round(trouble.since + offset, 1) if self._kept else None, "for": round(now - trouble.since, 1)}
                         for trouble in self._troubles[:MOST]]}

    def _look(self) -> None:
        now = self._loop.time()
        if now - self._looked < LOOK:
            return
        self._looked = now
        self._kept = self._wall.trusted
        faults = {(fault.id, fault.where): fault for fault in self._notices.lasting()}
        self._since = {key: self._since.get(key, now) for key in faults}
        self._troubles = [self._trouble(fault, self._since[key]) for key, fault in faults.items()] + self._silences(faults, now)
        self._troubles.sort(key=lambda trouble: (not trouble.ailment.grave, trouble.since))
        self._sentence = self._one_sentence(now)
        said = self._sentence, tuple((trouble.happened, trouble.where, trouble.since) for trouble in self._troubles), self._kept
        if said != self._said:
            self._said = said
            self._revision += 1

    def _trouble(self, fault: Fault, since: float) -> Trouble:
        return Trouble(ailment(fault, self._house), since, fault.happened, fault.where.replace(self._folder, ""), fault.remedy)

    def _silences(self, faults: dict[tuple[str, str], Fault], now: float) -> list[Trouble]:
        """Sensors that should speak again and again, and do not, though no fault is told of them."""
        found = []
        for source in self._house.sensing.sources.values():
            patience = max(SILENCE, 3 * source.pace + source.record.hold)
            since = max(source.last_good, now - self._house.uptime())
            if math.isinf(source.pace) or now - since < patience or any(where.startswith(source.label) for _, where in faults):
                continue
            found.append(Trouble(silent(source.name), since, both("nothing comes from it", "rien n'en vient"), source.label,
                                 both("Is it on, and does it send to this machine?", "Est-il allumé, et envoie-t-il à cette machine ?")))
        return found

    def _one_sentence(self, now: float) -> Words:
        mode = _MODES.get(self._house.tree.value("/system/mode"), both("", ""))
        doors = self._house.doors.says()
        if doors:
            mode += both(f". {doors.en}", f". {doors.fr}")
        if self._pointing is not None and self._pointing.is_black:
            mode += both("; the lamps are darkened by hand", " ; les lampes sont éteintes à la main")
        if not self._troubles:
            return both("All is well", "Tout va bien") + mode + "."
        more = len(self._troubles) - 1
        rest = both(f" {more} more: see the list.", f" {more} de plus : voir la liste.") if more else both("", "")
        return self._told(self._troubles[0], now) + mode + "." + rest

    def _told(self, trouble: Trouble, now: float) -> Words:
        """What is wrong, since when, and what goes on."""
        if self._kept:
            wall_now = self._wall.seconds
            en, fr = shown(wall_now - (now - trouble.since), wall_now, self._wall.zone)
            since = both(f" since {en}", f" depuis {fr}")
        elif now - trouble.since < 60.0:
            since = both("", "")
        else:
            lasts = seconds((now - trouble.since) // 60.0 * 60.0)
            since = both(f" for {lasts}", f" depuis {lasts}")
        return trouble.ailment.what + since + both("; ", " ; ") + trouble.ailment.goes_on


_MODES = {STOP: both("; the room is stopped, with its calm light", " ; la salle est arrêtée, avec sa lumière de repos"),
          QUIET: both("; the room is set to quiet", " ; la salle est réglée sur « doux »")}


def _plain(words: Words) -> dict[str, str]:
    return {"en": words.en, "fr": words.fr}
