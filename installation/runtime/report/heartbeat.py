"""A sign of life, again and again, to an address or a broker that config.yaml names: that the room is as it should be, or that it is not.

    Heartbeat(record, health, mqtt, tell)      a companion of the performance

It is the health that is sent, not the mere fact that this process runs: while visitors would notice that something is wrong, the address with
`fail` is asked for, or none. What cannot be sent is told once, and once when it can again; nothing waits, the next beat is on its way.
"""
from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from ...ports.mqtt import Mqtt
from ...ports.web_request import asked
from ...rules.report import HeartbeatRecord
from ...terms.fault import Fault, Recovery
from ...terms.words import both
from ..telling.health import FAULT

if TYPE_CHECKING:
    from ..telling.health import Health

OFFLINE = b"offline"
WHERE = "report.heartbeat"


class Heartbeat:
    """Beats for as long as the piece plays."""

    def __init__(self, record: HeartbeatRecord, health: Health, mqtt: Mqtt | None, tell: Callable[[Fault | Recovery], None]) -> None:
        self._record, self._health, self._mqtt, self._tell = record, health, mqtt, tell
        self._next = -math.inf
        self._beat: asyncio.Task[None] | None = None
        self._failing = False
        self.beats = 0
        if record.mqtt and mqtt is not None:
            mqtt.will(record.mqtt, OFFLINE)
            mqtt.greet(self._publish)

    async def open(self) -> None:
        """Nothing to wait for."""

    def step(self, now: float) -> None:
        """Twice a second."""
        if now < self._next:
            return
        self._next = now + self._record.every
        self._publish()
        if self._record.url is not None and (self._beat is None or self._beat.done()):
            self._beat = asyncio.get_running_loop().create_task(self._ask(self._record.url.reveal()), name="heartbeat")

    async def close(self) -> None:
        """A good end: whoever listens to the broker is told, since no line breaks."""
        if self._beat is not None:
            self._beat.cancel()
            await asyncio.gather(self._beat, return_exceptions=True)
        if self._record.mqtt and self._mqtt is not None:
            self._mqtt.publish(self._record.mqtt, OFFLINE, retain=True)

    def _publish(self) -> None:
        if self._record.mqtt and self._mqtt is not None:
            self._mqtt.publish(self._record.mqtt, json.dumps(self._health.says(), ensure_ascii=False), retain=True)

    async def _ask(self, url: str) -> None:
        if self._health.level == FAULT:
            if self._record.fail is None:
                return
            url += self._record.fail
        try:
            await asked(url)
        except Fault as fault:
            if not self._failing:
                self._failing = True
                self._tell(Fault(both("the sign of life does not arrive: ", "le signe de vie n'arrive pas : ") + fault.happened, where=WHERE,
                                 remedy=fault.remedy, id="report.heartbeat"))
            return
        self.beats += 1
        if self._failing:
            self._failing = False
            self._tell(Recovery(both("the sign of life arrives again", "le signe de vie arrive de nouveau"), where=WHERE, id="report.heartbeat"))
