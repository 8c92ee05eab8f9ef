"""A switch with web addresses: a plug on the room's own network, such as those of Shelly or with Tasmota inside."""
from __future__ import annotations

from ..rules.switch import UrlSwitchRecord
from ..terms.fault import Fault
from .switch import Keeper, Tell
from .web_request import asked


class UrlSwitch(Keeper):
    """One plug. It has done what it was told when it answers with less than 300."""

    def __init__(self, name: str, wait: float, record: UrlSwitchRecord, tell: Tell) -> None:
        super().__init__(name, wait, self._ask, tell)
        self._record = record

    async def _ask(self, on: bool) -> None:
        try:
            await asked(self._record.on if on else self._record.off)
        except Fault as fault:
            raise Fault(fault.happened, remedy=fault.remedy, id="switch.url") from None
