"""Switches of power: one is told what is wanted, and keeps at it until it is so.

    Switch                 what the house needs of any of them
    switch_for(record…)    the one that a record means
    Keeper                 what all share: what is wanted is tried again until it is done; trouble is told on its edges

How each is reached: switch_gpio.py, switch_mqtt.py, switch_url.py.
"""
from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ..rules.switch import SwitchRecord
from ..terms.fault import Fault, Recovery
from ..terms.words import both

if TYPE_CHECKING:
    from .mqtt import Mqtt

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 2.0      # s between tries

Tell = Callable[[Fault | Recovery], None]


class Switch(Protocol):
    """One switch. `state`: True on, False off, None not known."""

    state: bool | None

    async def turn(self, on: bool) -> None:
        """Switch it, and wait for as long as its record says. While it cannot be reached it is tried again beside; the waiting is not longer for that."""

    async def close(self) -> None:
        """Leave it as it is, and let go of it."""


class Keeper:
    """Keeps at what is wanted. do: switches it now, or raises Fault; called again and again until it does not."""

    def __init__(self, name: str, wait: float, do: Callable[[bool], Awaitable[None]], tell: Tell) -> None:
        self.state: bool | None = None
        self._name, self._wait, self._do, self._tell = name, wait, do, tell
        self._wanted: bool | None = None
        self._trying: asyncio.Task[None] | None = None
        self._told = ""

    async def turn(self, on: bool) -> None:
        """Switch it, and wait; see Switch."""
        self._wanted = on
        if self._trying is None or self._trying.done():
            self._trying = asyncio.get_running_loop().create_task(self._try(), name=f"switch {self._name}")
        await asyncio.wait({self._trying}, timeout=LONGEST_PAUSE)
        await asyncio.sleep(self._wait)

    async def close(self) -> None:
        """Try no more."""
        if self._trying is not None:
            self._trying.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._trying

    def seen(self, state: bool | None) -> None:
        """It says how it is; where that is not what was wanted, it is switched again."""
        self.state = state
        if state is not None and self._wanted is not None and state != self._wanted and (self._trying is None or self._trying.done()):
            self._trying = asyncio.get_running_loop().create_task(self._try(), name=f"switch {self._name}")

    async def _try(self) -> None:
        pause = FIRST_PAUSE
        while True:
            wanted = self._wanted
            assert wanted is not None
            try:
                await self._do(wanted)
            except Fault as fault:
                self._begin(fault)
                await asyncio.sleep(pause)
                pause = min(LONGEST_PAUSE, 2 * pause)
                continue
            if wanted == self._wanted:
                self.state = wanted
                self._end()
                return

    def _begin(self, fault: Fault) -> None:
        if self._told != fault.id:
            self._end()
            self._told = fault.id
            self._tell(Fault(fault.happened, where=self._name, remedy=fault.remedy, id=fault.id))

    def _end(self) -> None:
        if self._told:
            told, self._told = self._told, ""
            self._tell(Recovery(both(f"{self._name} can be switched again", f"{self._name} se commande de nouveau"), where=self._name, id=told))


def switch_for(record: SwitchRecord, tell: Tell, mqtt: Mqtt | None, devices: Path = Path("/dev")) -> Switch:
    """The switch that a record means. Raises Fault if it lacks its broker, or names no way or several."""
    from .switch_gpio import GpioSwitch
    from .switch_mqtt import MqttSwitch
    from .switch_url import UrlSwitch

    if len(record.ways) == 1:
        if record.gpio is not None:
            return GpioSwitch(record.name, record.wait, record.gpio, tell, devices)
        if record.url is not None:
            return UrlSwitch(record.name, record.wait, record.url, tell)
        if record.mqtt is not None and mqtt is not None:
            return MqttSwitch(record.name, record.wait, record.mqtt, tell, mqtt)
    raise Fault(both(f'the switch "{record.name}" needs one of gpio, mqtt (with the section `mqtt:`) and url',
                     f"l'interrupteur « {record.name} » veut l'un de gpio, mqtt (avec la section `mqtt:`) et url"), where=record.where, id="switch.way")
