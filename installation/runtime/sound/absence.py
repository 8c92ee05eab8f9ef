"""A card that is absent: said once, looked for without loading PortAudio here, and said once when it sounds again."""
from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from ...ports.card import choose, fingerprint, listing
from ...terms.fault import Fault, Recovery
from ...terms.words import both
from .search import Search
from .sound_state import SoundRecord

_WAITS = both("The piece goes on in silence and looks for its card.", "La pièce continue en silence et cherche sa carte.")


class Absence:
    """Whether the card is absent, and whether it has come back.

    fault   why it is absent; None while it is not
    found   it is there again, and a player must be put on it
    """

    def __init__(self, sound: SoundRecord, outputs: int, tell: Callable[[Fault | Recovery], None],
                 woken: asyncio.Event) -> None:
        self._sound, self._outputs, self._tell, self._woken = sound, outputs, tell, woken
        self._search: Search | None = None
        self._looking: asyncio.Task | None = None
        self.fault: Fault | None = None
        self.found = False

    def begin(self, fault: Fault) -> None:
        """The card does not open, for this reason. Said when it begins, and when the reason becomes another."""
        self.found = False
        if self._search is None:
            self._search = Search(asyncio.get_running_loop().time(), fingerprint())
        if self.fault is None or self.fault.happened != fault.happened:
            self.fault = fault
            remedy = fault.remedy + both("\n  ", "\n  ") + _WAITS if fault.remedy else _WAITS  # type: ignore[operator]
            self._tell(Fault(fault.happened, where="sound", id="card.absent", remedy=remedy))

    def end(self, name: str) -> None:
        """The card of that name sounds."""
        self.found = False
        if self.fault is not None:
            self.fault = self._search = None
            self._tell(Recovery(both(f'"{name}" sounds', f"« {name} » joue"), "sound", "card.absent"))

    def tick(self, now: float) -> None:
        """Look for it, in a process of its own, whenever that is due."""
        if self._search is None or self.found or (self._looking is not None and not self._looking.done()):
            return
        if self._search.is_due(now, fingerprint()):
            self._looking = asyncio.get_running_loop().create_task(self._look())

    async def close(self) -> None:
        """Stop looking."""
        if self._looking is not None:
            self._looking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._looking

    async def _look(self) -> None:
        try:
            choose(await listing(), self._sound.card, self._sound.api, self._outputs, self._sound.inputs)
        except Fault as fault:
            self.begin(fault)
            return
        self.found = True
        self._woken.set()
