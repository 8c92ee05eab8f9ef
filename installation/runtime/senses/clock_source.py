"""The time as a sensor, while it is known."""
from __future__ import annotations

import asyncio

from ...rules.clock_fields import PACE, ClockFields
from ...rules.piece import SensorRecord
from ...terms.fault import Fault
from ...terms.words import both
from ..wall import Wall
from .sources import Common, Source


class ClockSource(Source):
    """The time, twenty times a second, while it is known."""

    def __init__(self, record: SensorRecord, common: Common, wall: Wall) -> None:
        self.rules = ClockFields(record.options)
        super().__init__(record, self.rules.fields(), PACE, common)
        self._wall = wall
        self._timer: asyncio.TimerHandle | None = None

    def open(self, began: float) -> None:
        super().open(began)
        self._tick()

    async def close(self) -> None:
        await super().close()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _tick(self) -> None:
        now = self._clock()
        if self._wall.trusted:
            self.frames += 1
            self.put(self.rules.at(self._wall.now(), self._wall.zone), now)
            self._end("clock.unknown", both("the time is known", "l'heure est connue"))
        else:
            self._begin(Fault(both("the time is not known yet", "l'heure n'est pas encore connue"), id="clock.unknown",
                              remedy=both("A network tells it, or a clock with a battery; `hours: {clock: trusted}` where somebody sets it by hand.",
                                          "Un réseau la donne, ou une horloge à pile ; `hours: {clock: trusted}` si quelqu'un la règle à la main.")), now)
        self._timer = asyncio.get_running_loop().call_later(self.pace, self._tick)
