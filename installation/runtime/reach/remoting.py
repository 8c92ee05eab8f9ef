"""The network at work: everything through which the piece is reached, opened late and for as long as it plays."""
from __future__ import annotations

import asyncio
from collections.abc import Callable

from ...ports.mdns import Announcement, Service
from ...remote.desk import Desk
from ...remote.osc_readings import OscReadings
from ...rules.gate import Gate
from ...rules.piece import Piece
from ...terms.fault import Fault, Recovery
from ..aside import unforeseen
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
        self.announcements = _announcements(piece, tell)

    async def open(self) -> None:
        """Open what listens; the piece does not wait for its network."""
        if self.tablets is not None:
            await self.tablets.open()
        self.controllers.open()
        if self.browsers is not None:
            self.browsers.open()
        for announcement in self.announcements:
            announcement.open()

    async def close(self) -> None:
        """Let go of everything, all at once; what fails to close keeps nothing else open."""
        going = [part.close() for part in (*self.announcements, self.tablets, self.controllers, self.browsers) if part is not None]
        for error in await asyncio.gather(*going, return_exceptions=True):
            if isinstance(error, Exception):
                self._tell(unforeseen(error))


def _announcements(piece: Piece, tell: Callable[[Fault | Recovery], None]) -> list[Announcement]:
    """What tells the piece's name on each network where something listens; none if config.yaml wants it to keep still."""
    osc, web = piece.remote.osc, piece.remote.web
    services: dict[str, list[Service]] = {}
    if osc is not None:
        services[osc.interface] = [Service("_osc._udp", osc.port)] + ([Service("_osc._tcp", osc.tcp)] if osc.tcp is not None else [])
    if web is not None:
        services.setdefault(web.interface, []).extend((Service("_oscjson._tcp", web.port), Service("_http._tcp", web.port, {"path": "/"})))
    return [Announcement(piece.title, here, interface, tell) for interface, here in services.items()] if piece.remote.announce else []
