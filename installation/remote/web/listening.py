"""The page's port: bound when its address is there, tried again for ever, with a bound on connections.

    Listening     open, close; `on_state(State, Fault or None)` as the OSC port has it

A venue's Wi-Fi comes up late, and another programme may have the port: each reason is told once, and that it is over once. More than
`MOST` connections, or `MOST_EACH` from one host, are closed as they come; one that has asked nothing in ten seconds is closed too.
"""
from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Any

from aiohttp import web

from ...ports.binding import FIRST_PAUSE, LONGEST_PAUSE, Binding, unbound
from ...ports.interface import address_of
from ...ports.wire import State
from ...terms.fault import Fault

LOOK = 5.0                                  # s between looks at connections that ask nothing
DUMB = 10.0                                 # s for which a connection may ask nothing
MOST, MOST_EACH = 192, 96
READ = 16_384                               # bytes taken from one connection at once, so that none holds up the loop


class Listening:
    """One TCP port for an aiohttp application.

    asked   connections that have asked something; whoever answers a request adds its protocol
    """

    def __init__(self, runner: web.AppRunner, interface: str, port: int, on_state: Callable[[State, Fault | None], object]) -> None:
        self.interface, self.port = interface, port
        self._binding = Binding(on_state)
        self.address: tuple[str, int] | None = None
        self.turned_away = self.dumb = 0
        self._runner = runner
        self.asked: set[web.RequestHandler] = set()
        self._came: dict[web.RequestHandler, float] = {}
        self._server: asyncio.Server | None = None
        self._life: asyncio.Task[None] | None = None

    @property
    def state(self) -> State:
        """What the port is doing."""
        return self._binding.state

    def open(self) -> None:
        """Begin to bind; returns at once."""
        if self._life is None:
            self._life = asyncio.create_task(self._live(), name="web port")

    async def close(self) -> None:
        """Let go of the port; connections are the runner's to end."""
        if self._life is not None:
            self._life.cancel()
            await asyncio.gather(self._life, return_exceptions=True)
            self._life = None
        if self._server is not None:
            self._server.close()
            self._server = self.address = None
        self._binding.enter(State.CLOSED)

    async def _live(self) -> None:
        pause = FIRST_PAUSE
        loop = asyncio.get_running_loop()
        while True:
            try:
                await self._bind()
                break
            except Fault as fault:
                self._binding.enter(State.ABSENT, fault)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
        self._binding.enter(State.OPEN)
        while True:
            await asyncio.sleep(LOOK)
            self._look(loop.time())

    async def _bind(self) -> None:
        made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        host = self.interface
        try:
            host = address_of(self.interface)
            made.setblocking(False)
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)     # TIME_WAIT of our own last run is no reason to wait; a listener is
            made.bind((host, self.port))
            self._server = await asyncio.get_running_loop().create_server(self._entry, sock=made, backlog=64)
            self.address = made.getsockname()
        except OSError as error:
            made.close()
            raise unbound(error, f"{host}:{self.port}", "TCP", "web") from error
        except BaseException:
            made.close()
            raise

    def _entry(self) -> asyncio.Protocol:
        return _Entry(self)

    def arrived(self, transport: Any) -> None:
        """Give a new connection to the application, or end it where there are too many."""
        server, host = self._runner.server, (transport.get_extra_info("peername") or ("",))[0]
        here = server.connections if server is not None else []
        if server is None or len(here) >= MOST or sum((each.peername or ("",))[0] == host for each in here) >= MOST_EACH:
            self.turned_away += 1
            transport.abort()
            return
        transport.max_size = READ
        protocol = server()
        self._came[protocol] = asyncio.get_running_loop().time()
        transport.set_protocol(protocol)
        protocol.connection_made(transport)

    def _look(self, now: float) -> None:
        """End connections that have asked nothing for too long."""
        here = set(self._runner.server.connections) if self._runner.server is not None else set()
        self._came = {protocol: since for protocol, since in self._came.items() if protocol in here and protocol not in self.asked}
        self.asked &= here
        for protocol, since in self._came.items():
            if now - since > DUMB and protocol.transport is not None:
                self.dumb += 1
                protocol.transport.abort()


class _Entry(asyncio.Protocol):
    """What asyncio makes for a new connection; the application's own protocol takes its place."""

    def __init__(self, listening: Listening) -> None:
        self._listening = listening

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._listening.arrived(transport)
