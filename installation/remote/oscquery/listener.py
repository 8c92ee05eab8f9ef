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

from aiohttp import WSMsgType, web

from ...ports import osc_packet
from ...ports.osc_intake import Bounds, Intake, OscCounts, Peer
from ...rules.gate import Gate, Hand, Role
from ...terms.declaration import Access, Declaration, Kind
from ...terms.fault import Fault
from ..osc import argument

MOST = 32                # clients
LISTENED = 2_000         # addresses one client may listen to
COMMANDS = 2_000         # texts that wait for one client; one that falls further behind is hung up on, and reads the tree anew
LARGEST = 8_192          # bytes of one message
PERIOD = 1 / 30          # s between what one client is sent
BATCH = 400              # values at once
HEARTBEAT = 10.0         # s between pings; a client that does not answer is gone


class _Client:
    """One WebSocket."""

    def __init__(self, socket: web.WebSocketResponse, gate: Gate, hand: Hand) -> None:
        self.socket, self.hand = socket, hand
        self.subscription = gate.tree.subscribe(hand.origin)
        self.subscription.only = frozenset()
        self.texts: deque[str] = deque()
        self.senseless = 0


class Listeners:
    """Everyone who listens. `refused` counts those that were too many, `senseless` texts that said nothing."""

    def __init__(self, gate: Gate, *, wall: Callable[[], float], tell: Callable[[Fault], object], bounds: Bounds) -> None:
        self._gate, self._tree = gate, gate.tree
        self._intake = Intake((IPv4Network("0.0.0.0/0"),), wall, bounds, OscCounts(), self._write, tell)     # the server has looked who it is already
        self._clients: dict[Peer, _Client] = {}
        self._tasks: set[asyncio.Task] = set()
        self._known: dict[str, Declaration] = {}
        self._revision = -1
        self._number = 0
        self.refused = self.senseless = 0

    def __len__(self) -> int:
        return len(self._clients)

    async def close(self) -> None:
        """Hang up on everybody."""
        for client in list(self._clients.values()):
            await client.socket.close()
        self._intake.close()

    async def accept(self, request: web.Request, role: Role, only: tuple[str, ...]) -> web.StreamResponse:
        """Serve one client until it leaves."""
        if len(self._clients) >= MOST:
            self.refused += 1
            raise web.HTTPServiceUnavailable
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT, max_msg_size=LARGEST, compress=False)
        await socket.prepare(request)
        self._look()
        self._number += 1
        peer: Peer = (request.remote or "", self._number)
        client = self._clients[peer] = _Client(socket, self._gate, Hand(f"oscquery:{peer[0]}:{self._number}", role, only))
        sending = asyncio.create_task(self._send(client), name="oscquery sender")
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._command(client, message.data)
                elif message.type is WSMsgType.BINARY:
                    self._intake.receive(message.data, peer, asyncio.get_running_loop().time())
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
            client.senseless += 1
            self.senseless += 1
            return
        wanted = client.subscription.only or frozenset()
        if command == "IGNORE":
            client.subscription.only = wanted - {path}
        elif path in self._tree and len(wanted) < LISTENED:
            client.subscription.only = wanted | {path}
            if self._tree.declaration(path).kind is not Kind.TRIGGER:
                client.subscription.mark((path,))

    async def _send(self, client: _Client) -> None:
        try:
            while True:
                self._look()
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
            if declaration.kind is not Kind.TRIGGER:
                self._gate.write(client.hand, address, argument(declaration, arguments), time)
            elif not arguments or arguments[0] is None or arguments[0]:
                self._gate.write(client.hand, address, None, time)
        except Fault:                                       # the proposal has no words for a refusal; what stands is told instead
            client.subscription.mark((address,) if address in (client.subscription.only or ()) else ())

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
        for client in list(self._clients.values()):
            client.texts.extend(json.dumps({"COMMAND": command, "DATA": path}) for command, path in changes)
            if len(client.texts) > COMMANDS:
                client.texts.clear()
                self._hang_up(client)

    def _hang_up(self, client: _Client) -> None:
        task = asyncio.ensure_future(client.socket.close())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
