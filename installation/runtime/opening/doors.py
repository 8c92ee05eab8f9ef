"""The doors at work: sound and light follow what should be on now, with a fade; never by an edge.

    doors = Doors(hours, wall)          hours None: always open
    doors.step(now)                     looks what stands, and goes on with the fade; True where the level has changed
    doors.level                         0 closed, 1 open, between them while it fades
    doors.gain_db, doors.is_silent      what that is for the sound
    doors.hold(True, 3600)              a hand opens the room (or closes it) for so many seconds; doors.follow() goes back to the hours
    doors.says()                        "Open until 18:00"

A clock that is set, a zone that changes its hour, a hand: whatever changes the answer, the fade that runs goes on from where it is. The first look takes
up what stands without a fade: a piece whose power comes late is open at once.
"""
from __future__ import annotations

import math
from datetime import datetime, timedelta

from ...rules.hours import NEUTRAL, Hours
from ...rules.stand import Held, Stand, stand
from ...terms.words import Words, both
from ..wall import Wall

LOOK = 0.5           # s between two looks at the clock
ALWAYS = Stand(True, both("", ""), None)


class Doors:
    """Whether the room is open, and how far."""

    def __init__(self, hours: Hours | None, wall: Wall) -> None:
        self._hours, self._wall = hours, wall
        self.held: Held | None = None
        self.stands = ALWAYS
        self.level = 1.0
        self._looked = -math.inf
        self._seen: float | None = None

    def step(self, now: float) -> bool:
        """Look, and fade. Whether the level is another."""
        if self._hours is None:
            return False
        if now - self._looked >= LOOK:
            self._looked = now
            self.look()
        first, seen, before = self._seen is None, self._seen or now, self.level
        self._seen = now
        wanted = 1.0 if self.stands.open else 0.0
        lasts = self._hours.opens_in if self.stands.open else self._hours.closes_in
        way = 1.0 if first or lasts <= 0.0 else max(0.0, now - seen) / lasts
        self.level += max(-way, min(way, wanted - self.level))
        return self.level != before

    def look(self) -> None:
        """What should be on now."""
        assert self._hours is not None
        moment = self.moment()
        if self.held is not None and not self.held.holds(moment):
            self.held = None
        self.stands = stand(self._hours, moment, self.held, trusted=self._wall.trusted)

    def hold(self, open: bool, seconds: float) -> None:
        """A hand opens the room, or closes it, for so long. It does not outlive the process: in the morning the hours hold."""
        self.held = Held(open, self.moment() + timedelta(seconds=seconds))
        self._looked = -math.inf

    def follow(self) -> None:
        """Back to the hours."""
        self.held = None
        self._looked = -math.inf

    def says(self) -> Words:
        """For whoever stands before the door; nothing where the piece has no hours."""
        if self._hours is None:
            return both("", "")
        return self.stands.says(self.moment(), self._hours.tz or self._wall.zone)

    def moment(self) -> datetime:
        """Now, by the room's clock."""
        return self._wall.now().astimezone((self._hours and self._hours.tz) or self._wall.zone)

    @property
    def is_silent(self) -> bool:
        """Whether nothing is to be heard."""
        return self.level <= 0.0

    @property
    def calm(self) -> bool:
        """Whether the lamps go to the neutral look where they do not go dark."""
        return self._hours is None or self._hours.standby.lamps == NEUTRAL

    @property
    def gain_db(self) -> float:
        """Over everything that sounds, in dB."""
        return max(-80.0, 40.0 * math.log10(self.level)) if self.level > 0.0 else -80.0
