"""The network at work: everything through which the piece is reached, opened late and for as long as it plays."""
from __future__ import annotations

import asyncio
from collections.abc import Callable

from ..ports.mdns import Announcement, Service
from ..remote.desk import Desk
from ..remote.osc_readings import OscReadings
from ..rules.gate import Gate
from ..rules.piece import Piece
from ..terms.fault import Fault, Recovery
from .aside import unforeseen
from .browsers import Browsers
from .controllers import Controllers
from .tablets import Tablets


class Remoting:
    """Everything that listens, and the controllers under people's hands. Without `remote:` in config.yaml nothing does."""

    def __init__(self, piece: Piece, gate: Gate, readings: OscReadings | None, tell: Callable[[Fault | Recovery], None],
                 desk: Desk, browsers: Browsers | None = None) -> None:
        self.browsers, self._tell = browsers, tell
        self.controllers = Controllers(piece, gate, tell)
        self.controllers.offer(desk)
        self.tablets = Tablets(piece.remote.osc, gate, readings, tell) if piece.remote.osc is not None else None
        self.announcement = _announcement(piece, tell)

    async def open(self) -> None:
        """Open what listens; the piece does not wait for its network."""
        if self.tablets is not None:
            await self.tablets.open()
        self.controllers.open()
        if self.browsers is not None:
            self.browsers.open()
        if self.announcement is not None:
            self.announcement.open()

    async def close(self) -> None:
        """Let go of everything, all at once; what fails to close keeps nothing else open."""
        going = [part.close() for part in (self.announcement, self.tablets, self.controllers, self.browsers) if part is not None]
        for error in await asyncio.gather(*going, return_exceptions=True):
            if isinstance(error, Exception):
                self._tell(unforeseen(error))


def _announcement(piece: Piece, tell: Callable[[Fault | Recovery], None]) -> Announcement | None:
    """What tells the piece's name on the network; None where nothing listens, or config.yaml wants it to keep still."""
    osc, web = piece.remote.osc, piece.remote.web
    services = [Service("_osc._udp", osc.port)] if osc else []
    if web is not None:
        services += [Service("_oscjson._tcp", web.port), Service("_http._tcp", web.port, {"path": "/"})]
    listens = web or osc
    return Announcement(piece.title, services, listens.interface, tell) if listens is not None and piece.remote.announce else None
