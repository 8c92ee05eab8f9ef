"""The application: one aiohttp server on one port, its paths, and who answers on each.

    /                        the page, to a browser (Accept: text/html); to others the tree, by whoever answers every other path
    /-/page/…  /-/sw.js      the page's files; the worker may serve the whole page
    /-/socket                the page's socket
    /-/pin  /-/leave         POST: a right PIN gives a cookie that scripts cannot read; a leave takes it away
    /-/health                how the piece is, as JSON, for a monitoring script; needs no PIN
    /-/metrics               figures for Prometheus, where the piece gives them (`report: {metrics: true}`)
    /-/qr.svg                the page's address as a QR code
    anything else            `others`: a path is an address of the tree there

`open` returns at once: files are read aside, and the port is bound when it can be (listening.py).
"""
from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from ipaddress import IPv4Network
from typing import Any

from aiohttp import web

from ... import __version__
from ...ports.wire import State
from ...rules.gate import Gate, Role
from ...terms.fault import Fault
from ...terms.words import both
from ..desk import Desk
from . import invitation
from .client import Client
from .files import Files
from .listening import Listening
from .metrics import CONTENT_TYPE, Family, exposition
from .people import LASTS, Door, Sessions, TooSoon
from .safety import LARGEST, TAKEN, Safety
from .socket import MOST, PageSocket
from .views import Health, Line, Picture, Views

Others = Callable[[web.Request], Awaitable[web.StreamResponse | None]]


class Server:
    """The page, and everything else by HTTP. Must be made inside a running loop.

    hashes    PINs by role, as they are kept (rules/pin.py)
    tell      hears of what fails; on_state of the port's coming and going
    figures   what /-/metrics gives; None: there is no such path
    others    answers every path that is not ours, or gives None; also set later
    """

    def __init__(self, interface: str, port: int, allow: Sequence[IPv4Network], hashes: Mapping[Role, str], gate: Gate, desk: Desk, *,
                 title: str, language: str, wall: Callable[[], float], tell: Callable[[Fault], object],
                 on_state: Callable[[State, Fault | None], object], picture: Picture | None = None, health: Health | None = None,
                 lines: Callable[[], Sequence[Line]] = tuple, moved_by: Mapping[str, Sequence[str]] | None = None, others: Others | None = None,
                 figures: Callable[[], Sequence[Family]] | None = None) -> None:
        clock = asyncio.get_running_loop().time
        self.others, self._figures = others, figures
        self.safety = Safety(allow, clock, tell)
        self.door, self.sessions = Door(hashes, clock), Sessions(clock)
        self.views = Views(gate, desk, clock, wall, picture=picture, health=health, lines=lines, moved_by=moved_by, tell=tell)
        self.socket = PageSocket(self.views, desk, self.door, self.sessions, self._greeting, clock, tell)
        self._title, self._language, self._wall = title, language, wall
        self._files = Files({})
        self._port = port
        app = web.Application(middlewares=[self.safety.middleware], client_max_size=LARGEST)
        app.on_response_prepare.append(self.safety.prepare)
        app.router.add_route("*", "/{path:.*}", self._answer)
        for name in ("aiohttp", "aiohttp.server"):     # what the library says of a client's mistakes: they are counted here
            silent = logging.getLogger(name)
            silent.addHandler(logging.NullHandler())
            silent.propagate = False
        self._runner = web.AppRunner(app, handle_signals=False, access_log=None, keepalive_timeout=30.0, shutdown_timeout=0.3,
                                     max_line_size=4096, max_field_size=4096, lingering_time=1.0)
        self.listening = Listening(self._runner, interface, port, on_state)
        self._pulse: asyncio.Task[None] | None = None

    @property
    def cookie(self) -> str:
        """The cookie's name: browsers tell machines apart, but not the ports of one."""
        return f"installation-{self._port}"

    @property
    def url(self) -> str:
        """Where a tablet finds the page."""
        return invitation.url(self.listening.interface, (self.listening.address or ("", self._port))[1])

    async def open(self) -> None:
        """Read the page's files, and begin to listen."""
        self._files = await asyncio.get_running_loop().run_in_executor(None, Files.read)
        await self._runner.setup()
        self._pulse = asyncio.create_task(self.socket.run(), name="web pulse")
        self.listening.open()

    async def close(self) -> None:
        """Say good-bye, and let go of the port."""
        await self.listening.close()
        if self._pulse is not None:
            self._pulse.cancel()
            await asyncio.gather(self._pulse, return_exceptions=True)
        await self.socket.close()
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.listening.asked.add(request.protocol)
        path = request.path
        if path == "/" and request.method != "POST" and "upgrade" not in request.headers and "text/html" in request.headers.get("Accept", ""):
            return self._files.answer(request, "index.html")
        if path.startswith("/-/"):
            return await self._ours(request, path[3:])
        answer = await self.others(request) if self.others is not None else None
        if answer is None:
            raise web.HTTPNotFound
        return answer

    async def _ours(self, request: web.Request, name: str) -> web.StreamResponse:
        if request.method == "POST":
            if name == "pin":
                return await self._pin(request)
            if name == "leave":
                return self._leave(request)
            raise web.HTTPNotFound
        if name == "socket":
            return await self._connect(request)
        if name == "health":
            return web.json_response(self._health())
        if name == "metrics" and self._figures is not None:
            return web.Response(body=exposition(self._figures()), headers={"Content-Type": CONTENT_TYPE})
        if name == "qr.svg":
            return web.Response(body=invitation.svg(self.url), content_type="image/svg+xml")
        if name == "sw.js":
            return self._files.answer(request, "sw.js", **{"Service-Worker-Allowed": "/"})
        if name.startswith("page/"):
            return self._files.answer(request, name[5:])
        return self._files.answer(request, name)          # the manifest and icons stand at the top as well

    async def _connect(self, request: web.Request) -> web.StreamResponse:
        if "upgrade" not in request.headers:
            raise web.HTTPUpgradeRequired
        if len(self.socket.clients) >= MOST:
            return self.safety.refuse("clients", 503, both(f"{MOST} pages are open already", f"{MOST} pages sont déjà ouvertes"))
        return await self.socket.accept(request, self.sessions.of(request.cookies.get(self.cookie)))

    async def _pin(self, request: web.Request) -> web.StreamResponse:
        try:
            async with asyncio.timeout(TAKEN):
                body = await request.read()
        except TimeoutError:
            raise web.HTTPRequestTimeout from None
        try:
            pin = json.loads(body)["pin"]
        except (ValueError, RecursionError, TypeError, KeyError):
            return self.safety.refuse("senseless", 400, both('expected {"pin": "123456"}', 'il faut {"pin": "123456"}'))
        try:
            role = await self.door.enter(pin, request.remote or "")
        except TooSoon as fault:
            return self.safety.refuse("pin_wait", 429, fault, **{"Retry-After": str(fault.after)})
        except Fault as fault:
            return self.safety.refuse("pin", 403, fault)
        self._end(request)
        token, _ = self.sessions.open(role)
        answer = web.json_response({"role": role.name.lower()})
        answer.set_cookie(self.cookie, token, max_age=int(LASTS), path="/", httponly=True, samesite="Strict")
        return answer

    def _leave(self, request: web.Request) -> web.StreamResponse:
        self._end(request)
        answer = web.json_response({"role": Role.NOBODY.name.lower()})
        answer.del_cookie(self.cookie, path="/", httponly=True, samesite="Strict")
        return answer

    def _end(self, request: web.Request) -> None:
        session = self.sessions.of(request.cookies.get(self.cookie))
        if session is not None:
            self.sessions.close(session)
            self.socket.left(session)

    def _greeting(self, client: Client) -> dict[str, Any]:
        return {"title": self._title, "language": self._language, "version": __version__, "page": self._files.tag, "url": self.url,
                "clock": round(self._wall(), 3)}

    def _health(self) -> dict[str, Any]:
        health = self.views.health
        return {"title": self._title, "version": __version__, **(health.says() if health is not None else {}),
                "web": {"pages": len(self.socket.clients), "refused": dict(self.safety.count), "senseless": self.socket.count["senseless"],
                        "flood": self.socket.count["flood"], "too_large": self.socket.count["too_large"], "wrong_pins": self.door.wrong,
                        "turned_away": self.listening.turned_away}}
