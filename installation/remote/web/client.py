"""One who is connected to the page's socket: who it is, what it is still to be sent, and the one task that sends it.

What it has not been sent yet stands as "these addresses have changed", "the tree is another", "there is a newer picture": a client that
has stopped reading costs one entry an address, however long it sleeps, and finds what stands now when it wakes. Only answers queue up,
and the oldest of them make room.
"""
from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Any

from aiohttp import web

from ...rules.gate import LOCK, Hand, Role
from ...rules.purse import Purse
from ...terms.fault import Fault
from .holding import Holding
from .people import Session
from .safety import as_text, said
from .views import AT_ONCE, PART, Line, Views

PERIOD = 1 / 30          # s between two messages of values to one client
BATCH = 1000             # values in one of them
ANSWERS = 100            # that may wait to be sent
WRITES, BURST = 500.0, 1000.0      # what it may write or ask, a second and at once
LATE = 2000              # writes beyond that, before it is shown out
FAULTS = 10.0            # refusals told in a second

Greeting = Callable[["Client"], dict[str, Any]]


class Client:
    """One connection.

    number    of its origin, "web:artist:3"
    hand      what it writes with
    watched   what it wants to be sent beside values: "now", "log"
    dropped   messages and writes that came too fast, `excess` those since it last kept to its bounds; `withheld` refusals not told
    """

    def __init__(self, socket: web.WebSocketResponse, peer: str, number: int, session: Session | None, views: Views, holding: Holding, greeting: Greeting,
                 clock: Callable[[], float]) -> None:
        self.socket, self.peer, self.number, self.session = socket, peer, number, session
        self.views, self.holding, self.greeting, self._clock = views, holding, greeting, clock
        self.hand = _hand(session.role if session is not None else Role.NOBODY, number)
        self.subscription = views.tree.subscribe(self.hand.origin)
        self.watched: frozenset[str] = frozenset()
        self.answers: deque[str | bytes] = deque(maxlen=ANSWERS)     # bytes answer a ping of the protocol itself
        self.holders: dict[str, None] = {}
        self.allowance, self.faults = Purse(WRITES, BURST), Purse(FAULTS)
        self.tasks: set[asyncio.Task] = set()
        self.dropped = self.excess = self.withheld = self.sent = 0
        self.moment = 0.0                                  # of the picture it is to be sent; 0 none
        self._wake = asyncio.Event()
        self._due = -math.inf
        self._greeted: Any = None
        self._tree: Any = None
        self._plan = self._health = -1
        self._line: Line | None = None
        self._stale = True

    # who it is

    @property
    def locked_out(self) -> bool:
        """Whether the lock keeps this hand off."""
        gate = self.views.gate
        return LOCK in gate.tree and bool(gate.tree.value(LOCK)) and self.hand.origin != gate.locked_by

    def become(self, role: Role, session: Session | None = None) -> None:
        """Go on as somebody else; what it is shown follows."""
        self.session = session
        self.hand = _hand(role, self.number)
        self.subscription.author = self.hand.origin
        self.look()

    def spend(self, now: float) -> bool:
        """Whether it may write or ask once more now; what comes too fast is counted."""
        if self.allowance.spend(1, now):
            if self.allowance.left > BURST / 2:
                self.excess = 0
            return True
        self.dropped += 1
        self.excess += 1
        return False

    # what it is to be sent

    def answer(self, data: dict[str, Any]) -> None:
        """Answer what it asked."""
        self.answers.append(as_text(data))
        self._wake.set()

    def pong(self, data: bytes) -> None:
        """Answer the protocol's own ping."""
        self.answers.append(data)
        self._wake.set()

    def refuse(self, fault: Fault, **about: Any) -> None:
        """Tell it why something was refused; ten times a second at most."""
        if self.faults.spend(1, self._clock()):
            self.answer({"refused": {**about, **said(fault)}})
        else:
            self.withheld += 1

    def watch(self, names: frozenset[str]) -> None:
        """Choose what it is sent beside values."""
        if "log" in names - self.watched:
            self._line = None
        self.watched = names
        self.look()

    def look(self) -> None:
        """See whether something rare has changed for it: five times a second, and when it has done something itself."""
        views = self.views
        stale = (self._greeting() != self._greeted or self._tree_key() != self._tree or views.plan_revision != self._plan
                 or views.health_revision != self._health or ("log" in self.watched and views.has_newer(self._line)))
        if stale:
            self._stale = True
            self._wake.set()

    def glance(self, now: float) -> None:
        """See whether values are to be sent: a hundred times a second."""
        if self.moment or self.answers or ((self.subscription.pending or self.holders) and now >= self._due):
            self._wake.set()

    async def send(self) -> None:
        """Send for as long as it is connected; cancelled with it."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            async for text in self._texts():
                await (self.socket.send_str(text) if isinstance(text, str) else self.socket.pong(text))
                self.sent += 1

    def close(self) -> None:
        """It has gone. What it asked for is done nevertheless."""
        self.subscription.close()
        self.holders.clear()

    async def _texts(self) -> AsyncIterator[str | bytes]:
        views = self.views
        if self._stale:
            self._stale = False
            async for text in self._rare():
                yield text
        while self.answers:
            yield self.answers.popleft()
        now = self._clock()
        if now >= self._due and (self.subscription.pending or self.holders):
            self._due = now + PERIOD
            text = views.values(self.subscription.drain(BATCH))
            if text:
                yield text
            if self.holders:
                changed = [address for address, _ in zip(self.holders, range(BATCH))]
                for address in changed:
                    del self.holders[address]
                yield as_text({"holders": {address: self.holding.of(address) for address in changed}})
        if self.moment:
            moment, self.moment = self.moment, 0.0
            text = views.now(moment)
            if text:
                yield text

    async def _rare(self) -> AsyncIterator[str]:
        views = self.views
        greeting = self._greeting()
        if greeting != self._greeted:
            self._greeted = greeting
            yield as_text({"hello": {**self.greeting(self), **greeting}})
        key = self._tree_key()
        if key != self._tree:
            self._tree = key
            async for text in self._whole_tree():
                yield text
        if views.plan_revision != self._plan:
            self._plan = views.plan_revision
            if text := views.plan():
                yield text
        if views.health_revision != self._health:
            self._health = views.health_revision
            if text := views.well():
                yield text
        if "log" in self.watched:
            text, self._line = views.log(self._line)
            if text:
                yield text

    async def _whole_tree(self) -> AsyncIterator[str]:
        """The tree in messages of a thousand addresses: the first begins anew ("tree"), the others add to it ("more")."""
        addresses = self.views.tree.addresses()
        name = "tree"
        for first in range(0, max(1, len(addresses)), PART):
            parts = []
            for start in range(first, min(first + PART, len(addresses)), AT_ONCE):
                if part := self.views.tree_part(addresses[start:min(start + AT_ONCE, first + PART)], self.hand):
                    parts.append(part)
                await asyncio.sleep(0)
            yield f'{{"{name}":{{{",".join(parts)}}}}}'
            name = "more"
        yield as_text({"moved_by": self.views.moved_by})
        self.subscription.fill()
        self.holders.update(dict.fromkeys(self.holding.held))

    def _greeting(self) -> dict[str, Any]:
        """What is greeted with anew when it changes."""
        gate = self.views.gate
        return {"role": self.hand.role.name.lower(), "origin": self.hand.origin, "locked": LOCK in gate.tree and bool(gate.tree.value(LOCK)),
                "offers": self.views.offers(self.hand.role)}

    def _tree_key(self) -> tuple[Any, ...]:
        return self.views.tree.revision, self.hand.role, self.locked_out


def _hand(role: Role, number: int) -> Hand:
    return Hand(f"web:{role.name.lower()}:{number}", role)
