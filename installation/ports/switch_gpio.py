"""A switch on a line of a GPIO chip, by the kernel's character device (library gpiod): a relay board on a Raspberry Pi's header.

The line keeps its state for as long as this process lives; what it does afterwards is the board's business (most relays fall off).
"""
from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

from ..rules.switch import GpioRecord
from ..terms.fault import Fault
from ..terms.words import both
from .switch import Keeper, Tell


class GpioSwitch(Keeper):
    """One line. It is requested when it is first switched, with the state that is wanted, so that it never flickers."""

    def __init__(self, name: str, wait: float, record: GpioRecord, tell: Tell, devices: Path = Path("/dev")) -> None:
        super().__init__(name, wait, self._set, tell)
        self._record, self._path = record, devices / record.chip
        self._request: Any = None
        self._lock = threading.Lock()

    async def close(self) -> None:
        await super().close()
        await asyncio.get_running_loop().run_in_executor(None, self._release)

    async def _set(self, on: bool) -> None:
        await asyncio.get_running_loop().run_in_executor(None, self._set_now, on)

    def _set_now(self, on: bool) -> None:
        import gpiod
        from gpiod.line import Direction, Value

        value = Value.ACTIVE if on else Value.INACTIVE
        with self._lock:
            try:
                if self._request is None:
                    settings = gpiod.LineSettings(direction=Direction.OUTPUT, active_low=self._record.active_low, output_value=value)
                    self._request = gpiod.request_lines(str(self._path), {self._record.line: settings}, consumer="installation")
                else:
                    self._request.set_value(self._record.line, value)
            except (OSError, ValueError) as error:
                self._forget()
                raise Fault(both(f"line {self._record.line} of {self._path} cannot be set: {error}",
                                 f"la ligne {self._record.line} de {self._path} ne peut pas être réglée : {error}"), id="switch.gpio",
                            remedy=both("Is the chip's name right, is this user in the group gpio, and does nobody else hold the line? `gpioinfo` lists them.",
                                        "Le nom de la puce est-il juste, l'utilisateur dans le groupe gpio, la ligne libre ? `gpioinfo` les montre.")) from None

    def _release(self) -> None:
        with self._lock:
            self._forget()

    def _forget(self) -> None:
        request, self._request = self._request, None
        if request is not None:
            request.release()
