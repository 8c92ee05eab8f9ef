"""OSCQuery's WebSockets: clients that LISTEN to values, are told of addresses that come and go, and may write with binary OSC.

    Listeners      accept(request, role, only) keeps one client until it leaves

Text in: {"COMMAND": "LISTEN" or "IGNORE", "DATA": "/path"}, that path alone and not what is below it. Text out: PATH_ADDED, PATH_REMOVED, and PATH_CHANGED
where an address has another declaration. Binary, both ways: OSC packets. What may come in is bounded as by UDP (ports/osc_intake.py); what
goes out is the latest value, 30 times a second at most, from a task of each client's own: one that does not read holds nobody up.
"""
from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable
from ipaddress import IPv4Network

from aiohttp import WSCloseCode, WSMsgType, web

from ...ports import osc_packet
from ...ports.osc_intake import Bounds, Intake, OscCounts, Peer
from ...rules.gate import Gate, Hand, Role
from ...rules.purse import Purse
from ...terms.declaration import Access, Declaration, Kind
from ...terms.fault import Fault, Recovery
from ..osc import argument

MOST = 32                # clients
LISTENED = 2_000         # addresses one client may listen to
COMMANDS = 2_000         # texts that wait for one client; one that falls further behind is hung up on, and reads the tree anew
LARGEST = 8_192          # bytes of one message
TEXTS, TEXTS_AT_ONCE = 500, 4_000       # texts taken of one client in a second, and at once; a client that goes on beyond that is hung up on
TURN = 100               # of its messages, before others have their turn
GOODBYE = 0.5            # s that a good-bye may take
PERIOD = 1 / 30          # s between what one client is sent
BATCH = 400              # values at once
HEARTBEAT = 10.0         # s between pings; a client that does not answer is gone


class _Client:
    """One WebSocket."""

    def __init__(self, socket: web.WebSocketResponse, gate: Gate, hand: Hand) -> None:
        self.socket, self.hand = socket, hand
        self.subscription = gate.tree.subscribe(hand.origin)
        self.subscription.only = frozenset()
        self.wanted: set[str] = set()
        self.texts: deque[str] = deque()
        self.purse = Purse(TEXTS, TEXTS_AT_ONCE)

    def follow(self) -> None:
        """Have what it wants followed from now on."""
        if self.subscription.only != self.wanted:
            self.subscription.only = frozenset(self.wanted)


class Listeners:
    """Everyone who listens. `refused` counts those that were too many, `senseless` texts that said nothing, `hurried` clients whose texts were too many."""

    def __init__(self, gate: Gate, *, wall: Callable[[], float], tell: Callable[[Fault | Recovery], object], bounds: Bounds) -> None:
        self._gate, self._tree = gate, gate.tree
        self._intake = Intake((IPv4Network("0.0.0.0/0"),), wall, bounds, OscCounts(), self._write, tell)     # the server has looked who it is already
        self._clients: dict[Peer, _Client] = {}
        self._tasks: set[asyncio.Task] = set()
        self._known: dict[str, Declaration] = {}
        self._revision = -1
        self._number = 0
        self.refused = self.senseless = self.hurried = 0

    def __len__(self) -> int:
        return len(self._clients)

    async def close(self) -> None:
        """Hang up on everybody; one that does not read is not waited for."""
        going = [asyncio.create_task(client.socket.close(code=1001)) for client in self._clients.values()]
        if going:
            await asyncio.wait(going, timeout=GOODBYE)
            for task in going:
                task.cancel()
        self._intake.close()

    async def accept(self, request: web.Request, role: Role, only: tuple[str, ...]) -> web.StreamResponse:
        """Serve one client until it leaves."""
        if len(self._clients) >= MOST:
            self.refused += 1
            raise web.HTTPServiceUnavailable
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT, max_msg_size=LARGEST, compress=False, timeout=GOODBYE)
        await socket.prepare(request)
        self._look()
        self._number += 1
        peer: Peer = (request.remote or "", self._number)
        client = self._clients[peer] = _Client(socket, self._gate, Hand(f"oscquery:{peer[0]}:{self._number}", role, only))
        sending = asyncio.create_task(self._send(client), name="oscquery sender")
        try:
            loop, turn = asyncio.get_running_loop(), 0
            async for message in socket:
                before = self._intake.counts.parsed
                if message.type is WSMsgType.BINARY:
                    self._intake.receive(message.data, peer, loop.time())
                elif message.type is WSMsgType.TEXT and client.purse.spend(1, loop.time()):
                    self._command(client, message.data)
                else:
                    self.hurried += 1
                    await socket.close(code=WSCloseCode.POLICY_VIOLATION)
                    break
                turn += 1 + self._intake.counts.parsed - before
                if turn >= TURN:                            # what has come already is handed over without a pause
                    turn = 0
                    await asyncio.sleep(0)
        finally:
            sending.cancel()
            client.subscription.close()
            del self._clients[peer]
        return socket

    def _command(self, client: _Client, text: str) -> None:
        try:
            said = json.loads(text)
            command, path = said["COMMAND"], said["DATA"]
            if command not in ("LISTEN", "IGNORE") or not isinstance(path, str):
                raise ValueError
        except (ValueError, KeyError, TypeError, RecursionError):
            self.senseless += 1
            return
        if command == "IGNORE":
            client.wanted.discard(path)
        elif path in self._tree and len(client.wanted) < LISTENED:
            client.wanted.add(path)
            if self._tree.declaration(path).kind is not Kind.TRIGGER:
                client.subscription.mark((path,))

    async def _send(self, client: _Client) -> None:
        try:
            while True:
                self._look()
                client.follow()
                while client.texts:
                    await client.socket.send_str(client.texts.popleft())
                for datagram in osc_packet.bundles(self._messages(client)):
                    await client.socket.send_bytes(datagram)
                await asyncio.sleep(PERIOD)
        except (ConnectionError, RuntimeError):             # it has gone; its reader ends as well
            return

    def _messages(self, client: _Client) -> list[bytes]:
        messages = []
        for address, value in client.subscription.drain(BATCH).items():
            declaration = self._tree.declaration(address)
            if declaration.kind is Kind.TRIGGER:
                messages.append(osc_packet.message(address))
            elif declaration.access is not Access.WRITE:
                messages.append(osc_packet.message(address, (value,)))
        return messages

    def _write(self, address: str, arguments: tuple, sender: Peer, time: float) -> None:
        client = self._clients.get(sender)
        if client is None or address not in self._tree:
            return
        try:
            declaration = self._tree.declaration(address)
            value = argument(declaration, arguments) if declaration.kind is not Kind.TRIGGER else arguments[0] if arguments else None
            self._gate.write(client.hand, address, value, time)
        except Fault:                                       # the proposal has no words for a refusal; what stands is told instead
            client.subscription.mark((address,) if address in client.wanted else ())

    def _look(self) -> None:
        """Tell everyone of addresses that came, went, or have another declaration."""
        if self._revision == self._tree.revision:
            return
        first, self._revision = self._revision < 0, self._tree.revision
        former, self._known = self._known, {address: self._tree.declaration(address) for address in self._tree.addresses()}
        if first:
            return
        changes = [("PATH_REMOVED", address) for address in former if address not in self._known]
        changes += [("PATH_ADDED", address) for address in self._known if address not in former]
        changes += [("PATH_CHANGED", address) for address, declaration in self._known.items() if address in former and former[address] != declaration]
        texts = [json.dumps({"COMMAND": command, "DATA": path}) for command, path in changes[:COMMANDS + 1]]
        for client in self._clients.values():
            client.texts.extend(texts)
            if len(client.texts) > COMMANDS:
                client.texts.clear()
                self._hang_up(client)

    def _hang_up(self, client: _Client) -> None:
        task = asyncio.ensure_future(client.socket.close())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
