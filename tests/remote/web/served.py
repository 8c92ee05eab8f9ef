"""A page that is really served, on a free port of this machine, and tablets that open it.

    async with served() as page:                    the real server over a small tree
        async with page.tablet() as tablet:         a browser's socket; `await tablet.until(lambda t: …)`
            await tablet.say({"set": {LEVEL: 0.5}})
"""
from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from ipaddress import IPv4Network
from typing import Any

import aiohttp

from installation.ports.wire import State
from installation.remote.desk import Desk
from installation.remote.web.server import Server
from installation.rules.gate import LOCK, Gate, Role
from installation.rules.pin import hashed
from installation.rules.tree import Tree
from installation.terms.declaration import Access, Declaration, Kind
from installation.terms.fault import Fault
from installation.terms.words import both

LEVEL, HEIGHT, GO, MODE, READ, SECRET, COLOUR = ("/scene/tide/level", "/scene/tide/height", "/scene/tide/go", "/system/mode", "/sensor/plinth/distance",
                                                 "/system/secret", "/light/wash/colour")
DECLARED = (Declaration(LEVEL, low=0, high=1, about=both("how loud", "le volume")), Declaration(HEIGHT, low=0, high=1), Declaration(GO, Kind.TRIGGER),
            Declaration(MODE, Kind.TEXT, default="play", choices=("play", "quiet", "stop")), Declaration(READ, unit="m", access=Access.READ),
            Declaration(SECRET, access=Access.WRITE), Declaration(COLOUR, Kind.COLOUR, default=(0.0, 0.0, 0.0)), Declaration(LOCK, Kind.BOOL, default=False))
READABLE = {declaration.address for declaration in DECLARED} - {GO, SECRET}
PINS = {Role.ARTIST: "135790", Role.ATTENDANT: "2468", Role.VISITOR: "1111"}
HASHES = {role: hashed(pin, bytes(range(16))) for role, pin in PINS.items()}
LOOPBACK = (IPv4Network("127.0.0.0/8"),)


async def eventually(true: Callable[[], object], within: float = 10.0) -> None:
    """Wait for something that tells nobody."""
    async with asyncio.timeout(within):
        while not true():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


class Tablet:
    """One browser's socket, and what it was told."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.values: dict[str, Any] = {}
        self.tree: dict[str, Any] = {}
        self.holders: dict[str, Any] = {}
        self.hello: dict[str, Any] = {}
        self.told: list[tuple[str, Any]] = []
        self.log: list[dict[str, Any]] = []

    def all(self, name: str) -> list[Any]:
        """Everything of one kind that it was told."""
        return [what for kind, what in self.told if kind == name]

    async def say(self, data: Any) -> None:
        await self.socket.send_str(data if isinstance(data, str) else json.dumps(data))

    async def hear(self, within: float = 10.0) -> bool:
        """Take one message; False once the socket is closed."""
        message = await self.socket.receive(timeout=within)
        if message.type is not aiohttp.WSMsgType.TEXT:
            return False
        for name, what in json.loads(message.data).items():
            self.told.append((name, what))
            if name == "tree":
                self.tree = what
            elif name in ("more", "values", "holders"):
                {"more": self.tree, "values": self.values, "holders": self.holders}[name].update(what)
            elif name == "hello":
                self.hello = what
            elif name == "log":
                self.log += what
        return True

    async def until(self, true: Callable[[Tablet], object], within: float = 10.0) -> Any:
        """Listen until something is so."""
        async with asyncio.timeout(within):
            while not (got := true(self)):
                assert await self.hear(within), f"closed: {self.socket.close_code}"
        return got

    async def settled(self) -> Tablet:
        """Once it has been told everything that stands, and has heard back."""
        await self.until(lambda tablet: tablet.values.keys() >= READABLE and tablet.tree and tablet.hello)
        await self.echo()
        return self

    async def echo(self) -> None:
        """Once everything that it said has been followed."""
        number = len(self.told) + 1_000_000
        await self.say({"ping": number})
        await self.until(lambda tablet: number in tablet.all("pong"))

    async def closed(self) -> int | None:
        """Once it has been shown out: the code."""
        while await self.hear():
            pass
        return self.socket.close_code


class Page:
    """The server, and what stands behind it."""

    def __init__(self, server: Server, tree: Tree, gate: Gate, desk: Desk, told: list[Fault], http: aiohttp.ClientSession) -> None:
        self.server, self.tree, self.gate, self.desk, self.told, self.http = server, tree, gate, desk, told, http

    @property
    def host(self) -> str:
        assert self.server.listening.address is not None
        return f"127.0.0.1:{self.server.listening.address[1]}"

    @property
    def origin(self) -> dict[str, str]:
        return {"Origin": f"http://{self.host}"}

    def url(self, path: str = "/") -> str:
        return f"http://{self.host}{path}"

    @asynccontextmanager
    async def tablet(self, cookie: str = "", settled: bool = True, **options: Any) -> AsyncIterator[Tablet]:
        headers = {**self.origin, **({"Cookie": cookie} if cookie else {})}
        async with self.http.ws_connect(self.url("/-/socket"), headers=headers, **options) as socket:
            tablet = Tablet(socket)
            yield await tablet.settled() if settled else tablet

    async def enter(self, role: Role) -> str:
        """Post a role's PIN; the cookie that came back."""
        async with self.http.post(self.url("/-/pin"), json={"pin": PINS[role]}, headers=self.origin) as answer:
            assert answer.status == 200, await answer.text()
            return answer.headers["Set-Cookie"].split(";")[0]


def furnished() -> Tree:
    tree = Tree()
    for declaration in DECLARED:
        tree.declare(declaration)
    return tree


@asynccontextmanager
async def served(tree: Tree | None = None, hashes: dict[Role, str] | None = None, allow: tuple[IPv4Network, ...] = LOOPBACK,
                 grants: tuple[str, ...] = (HEIGHT,), **options: Any) -> AsyncIterator[Page]:
    """A page at work on a free port."""
    tree = tree or furnished()
    gate, desk = Gate(tree, {Role.VISITOR: grants}), Desk()
    told: list[Fault] = []
    bound = asyncio.Event()
    loop = asyncio.get_running_loop()
    server = Server("127.0.0.1", 0, allow, HASHES if hashes is None else hashes, gate, desk, title="Tide", language="en", wall=loop.time,
                    tell=told.append, on_state=lambda state, fault: bound.set() if state is State.OPEN else None, **options)
    await server.open()
    async with asyncio.timeout(10):
        await bound.wait()
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        try:
            yield Page(server, tree, gate, desk, told, http)
        finally:
            await server.close()
