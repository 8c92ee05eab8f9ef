"""The page's socket, `/-/socket`: who is connected, and what each one asks. Texts of JSON, one object a message.

    page → server    {"set": {address: value}}  {"fire": address}  {"release": address}  {"watch": ["now", "log"]}  {"ping": n}
                     {"ask": {"name", "arguments", "id"}}  {"pin": "123456"}  {"leave": true}
    server → page    hello, tree (more), moved_by, values, holders, plan, now, log, health, refused, done, pong: client.py sends them

Everything that moves something goes through the gate. A message that makes no sense is refused in words, counted, and ends nothing; one
above 64 kB ends its connection, and so does a flood that goes on. A PIN that is sent here raises the role of this connection alone; for
one that lasts, the page posts it (server.py).
"""
from __future__ import annotations

import asyncio
import contextlib
import json
import math
import socket as sockets
from collections import Counter
from collections.abc import Callable
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from ...rules.gate import Role
from ...terms.fault import Fault, did_you_mean
from ...terms.words import both
from ..desk import Desk
from .client import LATE, Client, Greeting
from .holding import Holding
from .people import Door, Session, Sessions
from .safety import LARGEST
from .views import Views

MOST = 64                # connected at once
BEAT = 10.0              # s between two looks whether a client still lives
PULSE = 0.01             # s between two looks at what clients are to be sent
SLOW = 0.2               # s between two looks at what changes seldom
MOVING = 0.04            # s between two pictures of the room as it moves
TASKS = 8                # questions of one client at work at once
UNSENT = 16_384          # bytes the kernel may hold back: a slow Wi-Fi gets newer values, not more old ones
NOTSENT_LOWAT = getattr(sockets, "TCP_NOTSENT_LOWAT", 25)
WATCHABLE = ("now", "log")


class PageSocket:
    """All who are connected, and the pulse by which they are sent what has changed."""

    def __init__(self, views: Views, desk: Desk, door: Door, sessions: Sessions, greeting: Greeting, clock: Callable[[], float],
                 tell: Callable[[Fault], object]) -> None:
        self.views, self.desk, self.door, self.sessions = views, desk, door, sessions
        self.clients: set[Client] = set()
        self.count: Counter[str] = Counter()
        self._greeting, self._clock, self._tell = greeting, clock, tell
        self._holding = Holding(views.tree, self._held)
        self._next = 0
        self._looked = self._moved = -math.inf
        self._sweeping = False
        self._some = asyncio.Event()
        self._work: dict[str, Callable[[Client, Any], object]] = {
            "set": self._set, "fire": self._fire, "release": self._release, "watch": self._watch, "ask": self._ask, "pin": self._pin, "leave": self._leave,
            "ping": lambda client, number: client.answer({"pong": number if isinstance(number, (int, float, str)) else None})}

    # coming and going

    async def accept(self, request: web.Request, session: Session | None) -> web.StreamResponse:
        """Serve one client until it goes."""
        socket = web.WebSocketResponse(heartbeat=BEAT, max_msg_size=LARGEST, compress=False, autoping=False, timeout=1.0)
        await socket.prepare(request)
        _keep_short(request)
        client = Client(socket, request.remote or "", self._number(session), session, self.views, self._holding, self._greeting, self._clock)
        self.clients.add(client)
        self._some.set()
        self.views.look()
        client.look()
        sending = asyncio.create_task(self._send(client), name=f"web client {client.number}")
        try:
            await self._listen(client)
        finally:
            self.clients.discard(client)
            client.close()
            sending.cancel()
        return socket

    async def run(self) -> None:
        """The pulse, for as long as the page is served; it rests while nobody is connected."""
        while True:
            if not self.clients:
                self._some.clear()
                await self._some.wait()
            try:
                self._beat(self._clock())
            except Exception as error:
                self._failed(error)
            await asyncio.sleep(PULSE)

    def _beat(self, now: float) -> None:
        if now - self._looked >= SLOW:
            self._looked, self._sweeping = now, True
            self._look()
        if self._sweeping:
            self._sweeping = not self._holding.step()
        if now - self._moved >= MOVING:
            self._moved = now
            for client in self.clients:
                if "now" in client.watched:
                    client.moment = now
        for client in self.clients:
            client.glance(now)

    async def close(self) -> None:
        """Say good-bye to everyone."""
        going = [asyncio.create_task(client.socket.close(code=1001, message=b"the piece stops")) for client in list(self.clients)]
        if going:
            await asyncio.wait(going, timeout=0.5)
            for task in going:
                task.cancel()

    def left(self, session: Session) -> None:
        """A session is over: its connections are nobody's."""
        for client in self.clients:
            if client.session is session:
                client.become(Role.NOBODY)

    async def _send(self, client: Client) -> None:
        try:
            await client.send()
        except ConnectionError:                   # it has gone; who listens to it will know
            return
        except Exception as error:
            self._failed(error)
            await client.socket.close(code=1011)

    async def _listen(self, client: Client) -> None:
        async for message in client.socket:
            if message.type is WSMsgType.ERROR:
                self.count["too_large"] += getattr(message.data, "code", None) == WSCloseCode.MESSAGE_TOO_BIG
                return
            if not client.spend(self._clock()):
                await self._too_much(client)
                if client.socket.closed:
                    return
                continue
            if message.type is WSMsgType.PING:
                client.pong(message.data)
            elif message.type is WSMsgType.TEXT:
                self._follow(client, message.data)
            elif message.type is WSMsgType.BINARY:
                self.count["senseless"] += 1
                client.refuse(Fault(both("expected text, got bytes", "il faut du texte, et non des octets"), id="web.message"))

    async def _too_much(self, client: Client) -> None:
        self.count["flood"] += 1
        if client.excess % 20 == 0:
            await asyncio.sleep(0.01)             # the network is let wait, and not the loop
        if client.excess > LATE:
            await client.socket.close(code=1008, message=b"too much at once")

    def _number(self, session: Session | None) -> int:
        """The number of a new connection: one its session has had before and that is free, so that who wakes is who it was."""
        used = {client.number for client in self.clients}
        for number in session.numbers if session else ():
            if number not in used:
                return number
        self._next += 1
        if session is not None and len(session.numbers) < MOST:
            session.numbers.append(self._next)
        return self._next

    def _look(self) -> None:
        self.views.look()
        for client in list(self.clients):
            if client.session is not None and not self.sessions.lasts(client.session):
                client.become(Role.NOBODY)
            client.look()

    def _held(self, address: str) -> None:
        for client in self.clients:
            client.holders[address] = None

    # what is asked

    def _follow(self, client: Client, text: str) -> None:
        try:
            asked = json.loads(text)
        except (ValueError, RecursionError):
            asked = None
        if not isinstance(asked, dict) or not asked:
            self.count["senseless"] += 1
            client.refuse(Fault(both("expected one JSON object", "il faut un objet JSON"), id="web.message"))
            return
        for name, what in list(asked.items())[:len(self._work)]:
            work = self._work.get(name)
            if work is None:
                self.count["senseless"] += 1
                close = did_you_mean(name[:40], self._work)
                client.refuse(Fault(both(f"nothing is called {name[:40]!r} here", f"rien ne s'appelle {name[:40]!r} ici"), id="web.message",
                                    remedy=both(f'Did you mean "{close}"?', f"Peut-être « {close} » ?") if close else ""))
                continue
            try:
                work(client, what)
            except Fault as fault:
                client.refuse(fault, **({"address": fault.where} if fault.where.startswith("/") else {"ask": name}))
            except Exception as error:
                self._failed(error)
                client.refuse(_broken(), ask=name)

    def _set(self, client: Client, values: Any) -> None:
        now = self._clock()
        for number, (address, value) in enumerate(_table(values).items()):
            if number and not client.spend(now):
                self.count["flood"] += 1
                continue
            self._write(client, address, tuple(value) if isinstance(value, list) else value, now)

    def _write(self, client: Client, address: str, value: Any, now: float) -> None:
        gate = self.views.gate
        if address not in gate.tree and not client.faults.has(1, now):         # looking for the closest address costs something
            gate.tree.unknown += 1
            client.withheld += 1
            return
        try:
            gate.write(client.hand, address, value, now)
        except Fault as fault:
            if address in gate.tree:
                client.subscription.mark((address,))                        # so that its fader shows what is
            client.refuse(fault, address=address[:200])

    def _fire(self, client: Client, address: Any) -> None:
        self._write(client, _text(address), None, self._clock())

    def _release(self, client: Client, address: Any) -> None:
        self.views.gate.release(client.hand, _text(address), self._clock())

    def _watch(self, client: Client, names: Any) -> None:
        if not isinstance(names, list) or not all(name in WATCHABLE for name in names):
            raise Fault(both(f"expected a list of {', '.join(WATCHABLE)}", f"il faut une liste de {', '.join(WATCHABLE)}"), id="web.message")
        client.watch(frozenset(names))

    def _ask(self, client: Client, asked: Any) -> None:
        table = _table(asked)
        name, arguments, number = table.get("name"), table.get("arguments", {}), table.get("id")
        if not isinstance(name, str) or not isinstance(arguments, dict) or not isinstance(number, (int, float, str, type(None))):
            raise Fault(both('expected {"name": text, "arguments": {}, "id": number}', 'il faut {"name": texte, "arguments": {}, "id": nombre}'),
                        id="web.message")
        hand = client.hand

        async def work() -> None:
            try:
                client.answer({"done": {"id": number, "answer": await self.desk.ask(hand, name, arguments)}})
            except Fault as fault:
                client.refuse(fault, ask=name[:80], id=number)
            except Exception as error:
                self._failed(error)
                client.refuse(_broken(), ask=name[:80], id=number)

        self._aside(client, work)

    def _pin(self, client: Client, pin: Any) -> None:
        async def work() -> None:
            try:
                role = await self.door.enter(pin, client.peer)
            except Fault as fault:
                client.refuse(fault, ask="pin")
            else:
                client.become(role)

        self._aside(client, work)

    def _leave(self, client: Client, _: Any) -> None:
        if client.session is not None:
            session = client.session
            self.sessions.close(session)
            self.left(session)
        client.become(Role.NOBODY)

    def _aside(self, client: Client, work: Callable[[], Any]) -> None:
        if len(client.tasks) >= TASKS:
            raise Fault(both("too many questions at once", "trop de questions à la fois"), id="web.questions")
        task = asyncio.create_task(work(), name=f"web question {client.number}")
        client.tasks.add(task)
        task.add_done_callback(client.tasks.discard)

    def _failed(self, error: Exception) -> None:
        kind = f"{type(error).__name__}: {error}"[:200]
        if not self.count[kind]:
            fault = Fault(both(f"the page's socket failed: {kind}", f"la connexion de la page a échoué : {kind}"), where="web /-/socket", id="web.failed")
            fault.__cause__ = error
            self._tell(fault)
        self.count[kind] += 1


def _table(data: Any) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise Fault(both("expected an object", "il faut un objet"), id="web.message")
    return data


def _text(data: Any) -> str:
    if not isinstance(data, str):
        raise Fault(both("expected an address", "il faut une adresse"), id="web.message")
    return data


def _broken() -> Fault:
    return Fault(both("the engine failed to do this", "le moteur n'a pas su le faire"), id="web.failed")


def _keep_short(request: web.Request) -> None:
    """Have the kernel hold little back for this client."""
    made = request.transport.get_extra_info("socket") if request.transport is not None else None
    if made is not None:
        with contextlib.suppress(OSError):
            made.setsockopt(sockets.IPPROTO_TCP, NOTSENT_LOWAT, UNSENT)
