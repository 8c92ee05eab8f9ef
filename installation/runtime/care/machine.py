"""The machine is looked after: heat, a weak power supply, memory, open files, room on the disk; and a new start at night, where the piece wants one.

    Upkeep(house, care, notices, leave, folder)      a companion of the performance

Every ten seconds it looks, aside from the loop. When it is too hot, or the processor is slowed down, what the piece names is given up, in
its order (`care: when_hot`): `voices` lowers how much of its time the sound may take, so that fewer voices play; `idle` sends every layer to
its idle scene. It is taken back in the other order.
Memory, files and threads beyond their bounds are faults that the steps of healing answer with a new start (rules/healing.py).
"""
from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ...ports.machine import Look, Machine
from ...rules.care import Care
from ...rules.heat import Heat
from ...rules.holders import Priority
from ...rules.nightly import is_due
from ...terms.fault import Fault, Recovery
from ...terms.words import Words, both, words
from ..aside import unforeseen
from ..notices import Notices
from .healing import LEAVE, is_service

if TYPE_CHECKING:
    from ..house import House

EVERY = 10.0             # s between two looks
SPARE = 0.6              # of the load that the sound may take, while it is too hot
FILES, THREADS = 1000, 200
LITTLE = 50_000_000      # bytes on the disk
IDLE = "/system/idle"
ORIGIN = "care"
MACHINE = "machine"


class Upkeep:
    """One house's. leave(code): ends the performance; can_restart: whether somebody starts it anew, None asks the environment."""

    def __init__(self, house: House, care: Care, notices: Notices, leave: Callable[[int], None], folder: Path, *, machine: Machine | None = None,
                 can_restart: bool | None = None) -> None:
        self._house, self._care, self._notices, self._leave, self._folder = house, care, notices, leave, folder
        self._machine = machine or Machine()
        self._can_restart = is_service() if can_restart is None else can_restart
        self._heat = Heat(care.hot, care.when_hot)
        self._measures: tuple[str, ...] = ()
        self._looking: asyncio.Task[None] | None = None
        self._next = -math.inf
        self._before: datetime | None = None
        self._told: set[str] = set()

    async def open(self) -> None:
        """Nothing to wait for."""

    def step(self, now: float) -> None:
        """Twice a second."""
        self._look_at_the_clock()
        if now >= self._next and (self._looking is None or self._looking.done()):
            self._next = now + EVERY
            self._looking = asyncio.get_running_loop().create_task(self._look(now))

    async def close(self) -> None:
        """A look that is under way comes to its end."""
        if self._looking is not None:
            await asyncio.wait([self._looking], timeout=1.0)

    def _look_at_the_clock(self) -> None:
        if self._care.restart is None or not self._can_restart or not self._house.wall.trusted:
            self._before = None
            return
        now = self._house.wall.now().astimezone(self._house.wall.zone)
        before, self._before = self._before, now
        if before is not None and is_due(before, now, self._care.restart, self._house.uptime()):
            self._notices.note(both("the nightly new start: the piece fades out and goes on in a moment",
                                    "redémarrage de nuit : la pièce s'éteint en fondu et reprend dans un instant"), level=5)
            self._leave(LEAVE)

    async def _look(self, now: float) -> None:
        try:
            look = await asyncio.get_running_loop().run_in_executor(None, self._machine.look, self._folder)
            self._post(look, now)
            self._judge(look, now)
        except Exception as error:
            self._notices.tell(unforeseen(error))

    def _post(self, look: Look, now: float) -> None:
        tree = self._house.tree
        for name, value in (("heat", look.heat), ("memory", look.memory), ("files", look.files), ("threads", look.threads), ("disk", look.free)):
            if value is not None:
                tree.post(f"/system/{name}", value, now)

    def _judge(self, look: Look, now: float) -> None:
        self._cool(self._heat.step(now, look.heat, look.slowed and not look.weak), now)
        shown = words(f"{look.heat:.0f} °C") if look.heat is not None else both("the processor is slowed down", "le processeur est ralenti")
        self._edge("machine.hot", self._heat.is_hot, both("the machine is too hot: ", "la machine est trop chaude : ") + shown,
                   both("Give it air. Meanwhile less is played: ", "Donnez-lui de l'air. D'ici là on joue moins : ") + ", ".join(self._measures))
        self._edge("machine.weak", look.weak, both("the power supply is too weak", "l'alimentation électrique est trop faible"),
                   both("Use the supply that was made for this machine, and a short cable.",
                        "Prenez l'alimentation prévue pour cette machine, et un câble court."))
        megabytes = look.memory // 1_000_000
        self._edge("bounds.memory", look.memory > self._care.memory,
                   both(f"the engine takes {megabytes} MB of memory", f"le moteur prend {megabytes} Mo de mémoire"), _REPORT)
        self._edge("bounds.files", look.files > FILES,
                   both(f"the engine holds {look.files} files open", f"le moteur tient {look.files} fichiers ouverts"), _REPORT)
        self._edge("bounds.threads", look.threads > THREADS, both(f"the engine has {look.threads} threads", f"le moteur a {look.threads} fils"), _REPORT)
        free = look.free if look.free is not None else math.inf
        self._edge("disk.full", free < LITTLE, both("the disk is almost full", "le disque est presque plein"),
                   both("Make room: what is tuned and the log may not be kept.", "Faites de la place : réglages et journal risquent de ne pas être gardés."))

    def _cool(self, measures: tuple[str, ...], now: float) -> None:
        if measures == self._measures:
            return
        self._measures = measures
        if self._house.load is not None:
            self._house.load.spare = SPARE if "voices" in measures else 1.0
        if "idle" in measures:
            self._house.tree.write(IDLE, True, origin=ORIGIN, time=now, priority=Priority.SCORE)
        else:
            self._house.tree.release(IDLE, ORIGIN, now)

    def _edge(self, id: str, lasts: bool, happened: Words, remedy: Words) -> None:
        if lasts and id not in self._told:
            self._told.add(id)
            self._notices.tell(Fault(happened, where=MACHINE, remedy=remedy, id=id))
        elif not lasts and id in self._told:
            self._told.discard(id)
            self._notices.tell(Recovery(both("it is as it should be again", "c'est rentré dans l'ordre"), MACHINE, id))


_REPORT = both("It should not. As a service it starts anew by itself; `installation log` is what a helper wants to see.",
               "Ce n'est pas normal. En service il redémarre de lui-même ; `installation log` est ce qu'il faut montrer.")
