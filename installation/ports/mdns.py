"""Announced on the network: other machines find the piece by its name, without anyone typing an address (mDNS, DNS-SD).

    announcement = Announcement("Tide and Embers", [Service("_osc._udp", 9000), Service("_oscjson._tcp", 8080)], "192.168.1.20", tell)
    announcement.open()              returns at once: probing takes seconds, and a venue's network may come later
    await announcement.close()       says good-bye

A name that is taken on this network gets a number. Source: RFC 6762 and 6763; the service types of OSC and OSCQuery.
"""
from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..terms.fault import Fault, Recovery
from ..terms.words import both
from .interface import address_of

if TYPE_CHECKING:
    from zeroconf.asyncio import AsyncZeroconf

EVERYWHERE = "0.0.0.0"
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 30.0   # s between attempts
LOOK = 10.0                              # s between looks whether the interface has another address
GOODBYE = 1.0                            # s the good-bye may take
LONGEST = 63                             # bytes of a name


@dataclass(frozen=True, slots=True)
class Service:
    """One service: its type, its port, and what its TXT record says."""

    type: str
    port: int
    says: dict[str, str] = field(default_factory=dict)


class Announcement:
    """The piece's services on one interface ("0.0.0.0": all). `addresses` are those that are announced now, empty while nothing is."""

    def __init__(self, name: str, services: Sequence[Service], interface: str, tell: Callable[[Fault | Recovery], object]) -> None:
        self.addresses: tuple[str, ...] = ()
        self.name = _shortened(" ".join(name.replace(".", " ").split()) or "installation")
        self._services, self._interface, self._tell = services, interface, tell
        self._told: Fault | None = None
        self._life: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Begin to announce; returns at once."""
        if self._life is None:
            self._life = asyncio.create_task(self._live(), name="mdns")

    async def close(self) -> None:
        """Take it back."""
        if self._life is not None:
            self._life.cancel()
            await asyncio.gather(self._life, return_exceptions=True)
            self._life = None

    async def _live(self) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                addresses = tuple(self._addresses())
                await self._announce(addresses)
                pause = FIRST_PAUSE
            except (Fault, OSError) as error:
                self._absent(error)
            except Exception as error:              # the library has many kinds of its own; none of them may end the piece
                self._absent(OSError(f"{type(error).__name__}: {error}"))
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _announce(self, addresses: tuple[str, ...]) -> None:
        """Announce, and stay until the addresses are others."""
        if not addresses:
            raise OSError("no network")
        loop = asyncio.get_running_loop()
        library = await loop.run_in_executor(None, _library)
        zeroconf: AsyncZeroconf = library.AsyncZeroconf(interfaces=list(addresses), ip_version=library.v4)
        try:
            infos = [self._info(library, service, addresses) for service in self._services]
            registered = await asyncio.gather(*(zeroconf.async_register_service(info, allow_name_change=True) for info in infos))
            await asyncio.gather(*registered)
            self.addresses = addresses
            if self._told is not None:
                self._tell(Recovery(both("the piece is announced on the network", "la pièce est annoncée sur le réseau"), self._told.where, self._told.id))
                self._told = None
            while tuple(self._addresses()) == addresses:  # noqa: ASYNC110  (the kernel tells nobody)
                await asyncio.sleep(LOOK)
        finally:
            self.addresses = ()
            with contextlib.suppress(Exception, asyncio.CancelledError):
                async with asyncio.timeout(GOODBYE):
                    await zeroconf.async_unregister_all_services()
            with contextlib.suppress(Exception):
                await asyncio.shield(zeroconf.async_close())

    def _info(self, library: Any, service: Service, addresses: tuple[str, ...]) -> Any:
        kind = f"{service.type}.local."
        return library.AsyncServiceInfo(kind, f"{self.name}.{kind}", addresses=[socket.inet_aton(address) for address in addresses], port=service.port,
                                        properties=service.says, server=f"{_host()}.local.")

    def _addresses(self) -> list[str]:
        if self._interface != EVERYWHERE:
            return [address_of(self._interface)]
        found = []
        for _, name in socket.if_nameindex():
            with contextlib.suppress(Fault):
                found.append(address_of(name))
        return [address for address in found if not address.startswith("127.")] or found

    def _absent(self, error: Fault | OSError) -> None:
        if self._told is None:
            reason = error.happened if isinstance(error, Fault) else both(str(error), str(error))
            self._told = Fault(both("the piece cannot be announced on the network: ", "la pièce ne peut pas être annoncée sur le réseau : ") + reason,
                               where=self._interface, id="mdns", remedy=both("It is tried again. Tablets reach it by its address meanwhile.",
                                                                             "On réessaie. D'ici là, les tablettes la joignent par son adresse."))
            self._tell(self._told)


class _Library:
    """zeroconf's names; it is large, and imported only where something is announced."""

    def __init__(self) -> None:
        from zeroconf import IPVersion
        from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

        self.v4, self.AsyncServiceInfo, self.AsyncZeroconf = IPVersion.V4Only, AsyncServiceInfo, AsyncZeroconf


def _library() -> _Library:
    return _Library()


def _host() -> str:
    return "".join(letter if letter.isalnum() or letter == "-" else "-" for letter in socket.gethostname().split(".")[0].lower())[:LONGEST] or "installation"


def _shortened(name: str) -> str:
    """As much of a name as a service's may have."""
    while len(name.encode()) > LONGEST - 4:        # a number may follow
        name = name[:-1]
    return name
