"""The standby: a second player, loaded and waiting; and, where the sound goes by JACK, with the cards already read.

    standby = Standby(loaded, tell, woken)
    standby.keep(wanted=…, warm=…)     at every tick: start one, warm it, or let one go that knows too little or too much
    standby.is_ready                   whether it may be taken
    standby.take(trusted=…)            the player, which from then on is the caller's; None if none is of use

Reading the cards (Pa_Initialize) takes half of the time that a change of players takes. A raw ALSA card is exclusive and may hang
whoever reads it, so a player reads the cards only when it is told to sound. A JACK server is shared and holds the card itself: there
the standby reads them while it waits. What it read is void as soon as the server may be another: a client of a server that is
gone cannot be renewed (PortAudio's assertion ends the process), so the player is let go and the next one starts afresh.
"""
from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from ...ports.card import fingerprint
from ...terms.fault import Fault, Recovery
from .child import Child

REST = 5.0          # s before the next try after one that failed


class Standby:
    """At most one player that waits.

    loaded   starts a player and loads it; raises Fault
    woken    set when one has become ready
    """

    def __init__(self, loaded: Callable[[], Awaitable[Child]], tell: Callable[[Fault | Recovery], None],
                 woken: asyncio.Event) -> None:
        self._loaded, self._tell, self._woken = loaded, tell, woken
        self._child: Child | None = None
        self._task: asyncio.Task | None = None
        self._leaving: set[asyncio.Task] = set()
        self._read: str | None = None        # the cards' fingerprint when it began to read them; None: it has not
        self._hung: str | None = None        # the fingerprint at which reading them failed

    @property
    def child(self) -> Child | None:
        """The waiting player, if it lives."""
        return self._child if self._child is not None and self._child.alive else None

    @property
    def is_ready(self) -> bool:
        """Whether one waits, and all it knows is so."""
        return self.child is not None and (self._read is None or self._read == fingerprint())

    @property
    def is_warm(self) -> bool:
        """Whether the one that waits has read the cards."""
        return self.child is not None and self._read is not None and not self._busy

    def keep(self, *, wanted: bool, warm: bool) -> None:
        """Have one waiting if it is wanted, which has read the cards if `warm`, and none that read what is no longer so."""
        if self._busy:
            return
        if self.child is not None and self._read is not None and not (warm and self.is_ready):
            self._let_go()
        if self.child is None:
            if wanted:
                self._task = asyncio.get_running_loop().create_task(self._start())
        elif warm and self._read is None and self._hung != fingerprint():
            self._task = asyncio.get_running_loop().create_task(self._warm(self.child))

    def take(self, *, trusted: bool) -> Child | None:
        """Hand it over. `trusted`: the server, by all signs, is the one whose cards it read; what it read is void otherwise."""
        if self._read is not None and not (trusted and self.is_ready):
            self._let_go()
            return None
        child, self._child, self._read = self.child, None, None
        return child

    async def close(self) -> None:
        """Leave no process behind."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        child, self._child = self._child, None
        if child is not None:
            await child.close()
        await asyncio.gather(*self._leaving)

    @property
    def _busy(self) -> bool:
        return self._task is not None and not self._task.done()

    async def _start(self) -> None:
        try:
            child = await self._loaded()
        except Fault as fault:
            self._tell(fault)
            await asyncio.sleep(REST)
            return
        self._child, self._read = child, None
        self._woken.set()

    async def _warm(self, child: Child) -> None:
        """Let it read the cards. If they hang it, the next one waits without having read any until something is plugged or started."""
        before = self._read = fingerprint()
        try:
            await child.warm()
        except Fault:
            self._hung = before
            if self._child is child:         # else it was taken meanwhile, and whoever took it sees to it
                self._let_go()

    def _let_go(self) -> None:
        """End it without waiting for that."""
        child, self._child, self._read = self._child, None, None
        if child is not None and child.alive:
            leaving = asyncio.get_running_loop().create_task(child.kill())
            self._leaving.add(leaving)
            leaving.add_done_callback(self._leaving.discard)
