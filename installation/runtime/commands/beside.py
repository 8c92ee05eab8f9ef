"""A piece that runs beside this process, seen by OSC: what `installation watch` shows of it, without touching its sensors.

    beside = Beside(piece.remote.osc)
    if await beside.open(): beside.values        address → what stands there now, kept up to date
    await beside.close()
"""
from __future__ import annotations

import asyncio
import time
from typing import Any

from ...ports.interface import address_of
from ...ports.osc import OscPort
from ...ports.osc_packet import Message
from ...remote.osc import STATE
from ...rules.piece import OscRecord

ANSWERS_WITHIN = 0.6     # s
AGAIN = 20.0             # s between two requests for everything: a piece forgets who is silent for a minute
EVERYWHERE = ("0.0.0.0", "")


class Beside:
    """Listens on a port of its own at the interface where the piece listens."""

    def __init__(self, record: OscRecord) -> None:
        here = "127.0.0.1" if record.interface in EVERYWHERE else address_of(record.interface)
        self._piece = (here, record.port)
        self._port = OscPort(here, 0, (f"{here}/32",), wall=time.time, on_message=self._hear)
        self._heard = asyncio.Event()
        self._asking: asyncio.Task | None = None
        self.values: dict[str, Any] = {}

    async def open(self) -> bool:
        """Ask for everything; whether a piece answers."""
        await self._port.open()
        self._asking = asyncio.create_task(self._ask(), name="beside")
        try:
            await asyncio.wait_for(self._heard.wait(), ANSWERS_WITHIN)
        except TimeoutError:
            return False
        return True

    async def close(self) -> None:
        """Listen no more."""
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)
        await self._port.close()

    async def _ask(self) -> None:
        while True:
            self._port.send(Message(STATE, ()), self._piece)
            await asyncio.sleep(AGAIN)

    def _hear(self, address: str, arguments: tuple, sender: tuple, time: float) -> None:
        if sender == self._piece and len(arguments) == 1:
            self.values[address] = arguments[0]
            if address == "/system/uptime":
                self._heard.set()
