"""What stands in the logbook of every piece: its start and end, faults and their ends, scenes, what hands have moved.

    Happenings(house, notices)      before anything opens: the start, and every fault from here on
    step(now)                       twice a second
    ended(failed, code), close()        why it stops; what is in memory goes to the disk
"""
from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from ... import __version__
from ...rules.score import SILENCE, Reason
from ...terms.fault import Fault
from ...terms.words import Words, both
from ..notices import Notices

if TYPE_CHECKING:
    from ..house import House

CLOSING = 0.5          # s
REASONS = {Reason.START: both("it begins", "début"),
           Reason.RESUME: both("it goes on where it was", "elle reprend où elle en était"),
           Reason.CHANGE: both("as the score says", "comme le dit la partition"),
           Reason.HAND: both("by hand", "à la main"),
           Reason.IDLE: both("the house is idle", "la maison est au repos"), Reason.FAILED: both("the other failed", "l'autre a échoué")}


class Happenings:
    """Writes it down."""

    def __init__(self, house: House, notices: Notices) -> None:
        self._house, self._logbook = house, house.logbook
        self._scenes: dict[str, str | None] = {}
        self._logbook.note("start", both(f"the piece starts: {house.piece.title}", f"la pièce démarre : {house.piece.title}"), grave=True, version=__version__)
        notices.listeners.append(self._logbook.heed)

    def step(self, now: float) -> None:
        """Twice a second: sees which scenes have changed, and lets the logbook write."""
        for layer in self._house.program.layers:
            if self._scenes.get(layer.name, "") != layer.scene:
                self._scenes[layer.name] = scene = layer.scene
                self._logbook.note("scene", both(f"{layer.name}: {scene or SILENCE}, ", f"{layer.name} : {scene or SILENCE}, ") + REASONS[layer.why.reason],
                                   layer=layer.name, scene=scene or SILENCE, by=layer.why.origin or layer.why.reason.value)
        self._logbook.step(now)

    def moved(self, said: Words) -> None:
        """Hands have moved something."""
        self._logbook.note("hand", said)

    def ended(self, failed: BaseException | None, code: int = 0) -> None:
        """Why it stops. code: what the engine itself wanted to end with; 0: it was asked to."""
        if failed is None and code:
            self._logbook.note("stop", both("the engine ends in order to be started anew", "le moteur s'arrête pour être relancé"), grave=True, code=code)
        elif failed is None:
            self._logbook.note("stop", both("the piece was asked to stop", "on a demandé l'arrêt de la pièce"), grave=True)
        else:
            why = failed.happened if isinstance(failed, Fault) else both(f"{type(failed).__name__}: {failed}", f"{type(failed).__name__} : {failed}")
            self._logbook.note("stop", both("the piece stops by a fault: ", "la pièce s'arrête sur une panne : ") + why, grave=True, code=3)

    async def close(self) -> None:
        """What is in memory goes to the disk; a card that is slow must not keep the piece from ending."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSING):
                await self._logbook.close()
