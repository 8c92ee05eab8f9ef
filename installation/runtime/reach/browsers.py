"""The page at work: an HTTP server for browsers, opened late and for as long as the piece plays.

Its library is large, so it is imported in a thread, and only for a piece that has `remote: web:`; the piece does not wait for it.
"""
from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Any

from ...ports.interface import is_numeric
from ...ports.wire import State
from ...remote.desk import Desk
from ...rules.describe import moved_by
from ...rules.gate import Gate, Role
from ...rules.piece import Piece
from ...rules.remote import WebRecord
from ...terms.fault import Fault, Recovery
from ...terms.words import both
from ..aside import unforeseen

if TYPE_CHECKING:
    from ...remote.oscquery.query import Query
    from ...remote.web.metrics import Family
    from ...remote.web.server import Server
    from ...remote.web.views import Health, Picture

Tell = Callable[[Fault | Recovery], None]


class Browsers:
    """The page, and whatever else is asked by HTTP. Must be made inside a running loop.

    figures what /-/metrics gives; None gives nothing
    lines   of the log that are kept, oldest first
    invite  is given the page's address and the PIN that was drawn ("" if config.yaml has one), once the page can be opened
    """

    def __init__(self, piece: Piece, record: WebRecord, gate: Gate, desk: Desk, tell: Tell, *, picture: Picture | None = None, health: Health | None = None,
                 lines: Callable[[], Sequence[Any]] = tuple, invite: Callable[[str, str], None] = lambda url, pin: None,
                 figures: Callable[[], Sequence[Family]] | None = None) -> None:
        self.server: Server | None = None
        self.query: Query | None = None
        self._piece, self._record, self._gate, self._desk, self._tell = piece, record, gate, desk, tell
        self._picture, self._health, self._lines, self._invite = picture, health, lines, invite
        self._figures = figures
        self._absent: Fault | None = None
        self._invited = False
        self._opening: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Begin to open; returns at once."""
        self._opening = asyncio.create_task(self._open(), name="web opening")

    async def close(self) -> None:
        """Let go of the port."""
        if self._opening is not None:
            self._opening.cancel()
            await asyncio.gather(self._opening, return_exceptions=True)
        if self.query is not None:
            await self.query.close()
        if self.server is not None:
            await self.server.close()

    async def _open(self) -> None:
        try:
            made, queried = await asyncio.get_running_loop().run_in_executor(None, _library)
            record, piece = self._record, self._piece
            pins = record.pins
            hashes = {role: pin.reveal() for role, pin in ((Role.ARTIST, pins.artist), (Role.ATTENDANT, pins.attendant), (Role.VISITOR, pins.visitor)) if pin}
            self.server = made(record.interface, record.port, record.allow, hashes, self._gate, self._desk, title=piece.title, language=piece.language,
                               wall=time.time, tell=self._tell, on_state=self._state, picture=self._picture, health=self._health, lines=self._lines,
                               moved_by=moved_by(piece), figures=self._figures)
            self.query = queried(self._gate, name=piece.title, language=piece.language, role=self._role, wall=time.time, tell=self._tell,
                                 osc=(osc.interface, osc.port) if (osc := piece.remote.osc) else None, only=osc.only if osc else ())
            self.server.others = self.query.answer
            await self.server.open()
        except Exception as error:              # without its page the piece plays on
            self._tell(unforeseen(error, "web"))

    def _state(self, state: State, fault: Fault | None) -> None:
        if fault is not None:
            self._absent = fault
            self._tell(fault)
        elif state is State.OPEN:
            if self._absent is not None:
                self._tell(Recovery(both("the page is there", "la page est là"), self._absent.where, self._absent.id))
                self._absent = None
            if not self._invited and self.server is not None:
                self._invited = True
                self._invite(self.server.url, self.server.door.drawn)


    def _role(self, host: str, cookies: Mapping[str, str]) -> Role:
        """What an OSCQuery client may: what its session's PIN lets it, or what it may by OSC."""
        assert self.server is not None
        session, osc = self.server.sessions.of(cookies.get(self.server.cookie)), self._piece.remote.osc
        by_osc = osc is not None and is_numeric(host) and any(IPv4Address(host) in network for network in osc.allow)
        return max(Role.NOBODY if session is None else session.role, Role.ARTIST if by_osc else Role.NOBODY)


def _library() -> tuple[type[Server], type[Query]]:
    from ...remote.oscquery.query import Query
    from ...remote.web.server import Server

    return Server, Query
