"""The tree by OSC: every address can be written and read from a tablet, and every tablet sees what the others do.

    OscRemote    receive (from the port), tick (30 times a second), close

What a client may send:

    /scene/tide/height 0.4      writes; an operator's hand holds it for `hold` seconds; /light/*/level writes all that it means
    /scene/tide/height          asks for its value. A pattern asks for all it means
    /system/next                a trigger fires without an argument, or with one that is neither 0 nor false (a button let go)
    /state                      asks for everything
    /subscribe /scene/tide/*    from now on be told of these alone; more than one may be given, each adds to what is wanted
    /unsubscribe /scene/tide/*  be told of these no more; without an argument, of everything again
    /takeover 1                 its faders have no feedback: they take hold only when they pass what stands (rules/takeover.py)
    /reply/port 9001            from now on answer this sender at that port of its host (by UDP; a connection is its own way back)

What it gets: everything when it is first heard, or again after a minute's silence; then each change but its own, 30 times a
second at most, many in one bundle; its own only where what stands is not what it wrote (clipped, or held by an alarm). `/fault
,ss` tells address and reason of what was refused, ten times a second at most. Booleans are T and F, colours three floats. Clients
named in config.yaml get everything from the start. Who is who is decided in osc_clients.py, what patterns mean in osc_patterns.py. What one tick
does is bounded, whatever was asked: a client whose turn has not come is told in the next.

Messages of sensors (osc_readings.py) on the same port are taken out first; their senders do not become clients.
"""
from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from ..ports import osc_packet
from ..ports.osc_intake import OnMessage, Peer
from ..rules.gate import Gate
from ..rules.pattern import compiled
from ..rules.purse import Purse
from ..rules.takeover import TakeOver
from ..terms.address import is_pattern
from ..terms.declaration import Access, Declaration, Kind
from ..terms.fault import Fault
from ..terms.words import both, say
from .osc_clients import Client, Clients
from .osc_patterns import Patterns
from .osc_readings import OscReadings

STATE, REPLY_PORT, FAULT = "/state", "/reply/port", "/fault"
SUBSCRIBE, UNSUBSCRIBE, TAKEOVER = "/subscribe", "/unsubscribe", "/takeover"
SUBSCRIBED = 64          # patterns that one client may want
PERIOD = 1 / 30          # s between what one client is sent
BATCH = 400              # values a client is sent at once: 12,000 a second
AWAY = 1.0               # s until a client that cannot be reached is tried again
TOGETHER = 2_400         # values all clients are sent in one tick
FILLED = 20_000          # addresses that are noted in one tick for clients that asked for everything
FILLING = 50e-6          # s for each address until one client may ask for everything again
FAULTS = 50.0            # faults told to all clients in a second: saying which address was meant costs something


class Port(Protocol):
    """What carries the messages: datagrams (ports/osc.py) or connections (ports/osc_stream.py)."""

    address: Peer | None
    on_message: OnMessage | None

    def send(self, message: bytes, to: Peer) -> bool: ...


class OscRemote:
    """The tree's OSC view.

    gate      through which everything is written
    port      its `on_message` is set to `receive`
    clients   "host:port" of those who are told from the start
    readings  sensors that speak on the same port
    only      what may be written from here, see `Hand`; empty is everything
    takeover  whether faders must pass what stands before they have hold of it
    kind      the beginning of the clients' origins
    connected whether clients are connections, which last until they hang up (`clients.gone`)

    `answered` and `withheld` count faults told to their authors and kept back because there were too many, `unsaid` values that OSC
    has no form for.
    """

    def __init__(self, gate: Gate, port: Port, clients: Iterable[str] = (), readings: OscReadings | None = None, *,
                 only: Iterable[str] = (), takeover: bool = False, kind: str = "osc", connected: bool = False) -> None:
        self.gate, self.tree, self.port, self.readings = gate, gate.tree, port, readings
        self.clients = Clients(gate.tree, clients, only, takeover, kind, connected)
        self.answered = self.withheld = self.unsaid = 0
        self._connected = connected
        self._patterns = Patterns(gate.tree)
        self._faults = Purse(FAULTS)
        self._known: set[str] = set()
        self._readable: tuple[str, ...] = ()       # what a client that asks for everything is told
        self._revision = -1
        self._turn = 0                             # whose it is: where the last tick left off
        port.on_message = self.receive

    def close(self) -> None:
        """Forget the clients."""
        self.clients.close()

    # in

    def receive(self, address: str, arguments: tuple, sender: Peer, time: float) -> None:
        """Follow one message. What is wrong with it is told to its sender."""
        if self.readings is not None and self.readings.take(address, arguments, time):
            return
        if address == FAULT or sender == self.port.address:       # two engines that face each other, or one that faces itself
            return
        if address == REPLY_PORT and not self._connected and len(arguments) == 1 and _is_port(arguments[0]):
            self.clients.answer_at(sender, int(arguments[0]))
            client, _ = self.clients.of(sender, time)
            client.wants_all = True
            return
        client, silent = self.clients.of(sender, time)
        try:
            self._follow(client, address, arguments, time)
        except Fault as fault:
            self._tell(client, fault, address, time)
        if silent:
            client.wants_all = True

    def _follow(self, client: Client, address: str, arguments: tuple, time: float) -> None:
        if address in self.tree:
            self._one(client, address, arguments, time)
        elif address == STATE:
            client.wants_all = True
        elif address in (SUBSCRIBE, UNSUBSCRIBE):
            self._subscribe(client, address, arguments, time)
        elif address == TAKEOVER:
            client.takeover = TakeOver() if not arguments or arguments[0] else None
        elif address == REPLY_PORT:
            raise Fault(both("a connection is its own way back", "une connexion est son propre chemin de retour") if self._connected else
                        both("expected a port from 1 to 65535", "il faut un port de 1 à 65535"), where=address, id="remote.reply_port")
        elif is_pattern(address):
            self._many(client, address, arguments, time)
        else:
            self.tree.unknown += 1
            if self._may_hear_fault(client, time):                 # asked first: finding the closest address costs something
                self._send_fault(client, self.tree.no_such(address), address)
            else:
                self.withheld += 1

    def _one(self, client: Client, address: str, arguments: tuple, time: float) -> None:
        declaration = self.tree.declaration(address)
        if declaration.kind is Kind.TRIGGER:
            self.gate.write(client.hand, address, arguments[0] if arguments else None, time)
        elif arguments:
            value = argument(declaration, arguments)
            if client.takeover is None or client.takeover.lets(declaration, value, self.tree.value(address)):
                self.gate.write(client.hand, address, value, time)
        elif declaration.access is Access.WRITE:
            raise Fault(both("this can be written, not read", "ceci s'écrit mais ne se lit pas"), where=address,
                        id="remote.write_only")
        else:
            self.port.send(osc_packet.message(address, (self.tree.value(address),)), client.peer)

    def _many(self, client: Client, pattern: str, arguments: tuple, time: float) -> None:
        found = self._patterns.of(pattern, time)
        if not arguments:
            self._patterns.may_tell(pattern, len(found), time)
            client.subscription.mark(found)
            return
        self._patterns.may_move(pattern, len(found), time)
        first = None
        for address in found:
            try:
                self._one(client, address, arguments, time)
            except Fault as fault:
                first = first or fault
        if first is not None:
            raise first

    def _subscribe(self, client: Client, verb: str, arguments: tuple, time: float) -> None:
        if not all(isinstance(pattern, str) for pattern in arguments) or (verb == SUBSCRIBE and not arguments):
            raise Fault(both("expected addresses or patterns, as text", "il faut des adresses ou des motifs, en texte"), where=verb, id="remote.subscribe")
        given = dict.fromkeys(arguments)
        kept = {pattern: match for pattern, match in client.patterns.items() if pattern not in given} if verb == SUBSCRIBE or given else {}
        wanted = [*kept, *(given if verb == SUBSCRIBE else ())]
        if len(wanted) > SUBSCRIBED:
            raise Fault(both(f"more than {SUBSCRIBED} patterns", f"plus de {SUBSCRIBED} motifs"), where=verb, id="remote.subscribe")
        former = client.subscription.only or frozenset()
        if verb == SUBSCRIBE:                                      # nothing is changed if one is refused
            told = former.union(*(self._meaning(pattern, time) for pattern in given))
            client.patterns = {**kept, **{pattern: compiled(pattern).fullmatch for pattern in given}}
        else:
            self._patterns.may_tell(verb, len(former) * len(kept), time)
            told = frozenset(address for address in former if any(match(address) for match in kept.values()))
            client.patterns = kept
        client.subscription.only = told if client.patterns else None
        client.wants_all = True

    def _meaning(self, pattern: str, time: float) -> list[str]:
        found = self._patterns.of(pattern, time)
        self._patterns.may_tell(pattern, len(found), time)
        return found

    # out

    def tick(self, now: float) -> None:
        """Send each client what has changed for it, if its time has come; called 30 times a second or oftener."""
        self.clients.forget_the_gone(now)
        self._look_for_new()
        written: dict[str, bytes] = {}
        clients, sent, filled = list(self.clients), 0, 0
        first = self._turn % max(1, len(clients))
        waits: int | None = None                           # the first whose turn has not come
        for number, client in enumerate((*clients[first:], *clients[:first]), first):
            if sent >= TOGETHER:
                waits = number if waits is None else waits
                break
            if client.wants_all and now >= client.may_ask:
                if filled < FILLED:
                    filled += self._fill(client, now)
                elif waits is None:
                    waits = number
            if now < client.due or not client.subscription.pending:
                continue
            values = client.subscription.drain(BATCH)
            sent += len(values)
            messages = []
            for address, value in values.items():
                if address not in written:
                    written[address] = self._written(address, value)
                if written[address]:
                    messages.append(written[address])
            reached = True
            for datagram in osc_packet.bundles(messages):
                reached = reached and self.port.send(datagram, client.peer)
            client.reached = reached
            client.due = now + (PERIOD if reached else AWAY)
            if not reached:
                client.subscription.mark(values)
        self._turn = self._turn if waits is None else waits

    def _fill(self, client: Client, now: float) -> int:
        """Have a client told everything that it wants. Returns how many addresses that took."""
        addresses = self._readable if client.subscription.only is None else client.subscription.only
        client.subscription.mark(addresses)
        client.wants_all, client.may_ask = False, now + FILLING * len(addresses)
        return len(addresses)

    def _written(self, address: str, value: object) -> bytes:
        declaration = self.tree.declaration(address)
        if declaration.kind is Kind.TRIGGER or declaration.access is Access.WRITE:
            return b""
        try:
            return osc_packet.message(address, (value,))
        except ValueError:                      # a value that OSC cannot say must not end the remote for everyone
            self.unsaid += 1
            return b""

    def _look_for_new(self) -> None:
        """Have everyone told of addresses that came since the last look: the piece was opened, or a scene was loaded."""
        if self._revision == self.tree.revision:
            return
        self._revision = self.tree.revision
        here = self.tree.addresses()
        new = [address for address in here if address not in self._known]
        self._known = set(here)
        self._readable = tuple(address for address in here if self.tree.declaration(address).kind is not Kind.TRIGGER)
        for client in self.clients:
            wanted = new
            if client.patterns:
                wanted = [address for address in new if any(match(address) for match in client.patterns.values())]
                client.subscription.only = frozenset((client.subscription.only or frozenset()) & self._known | frozenset(wanted))
            client.subscription.mark(wanted)

    def _tell(self, client: Client, fault: Fault, address: str, time: float) -> None:
        if self._may_hear_fault(client, time):
            self._send_fault(client, fault, address)
        else:
            self.withheld += 1

    def _may_hear_fault(self, client: Client, time: float) -> bool:
        return client.may_hear_fault(time) and self._faults.spend(1, time)

    def _send_fault(self, client: Client, fault: Fault, address: str) -> None:
        self.answered += 1
        text = f"{say(fault.happened)} {say(fault.remedy)}".strip()
        self.port.send(osc_packet.message(FAULT, (fault.where or address, text)), client.peer)


def argument(declaration: Declaration, arguments: tuple) -> object:
    """What a message's arguments say of a value: one, or three for a colour. Raises Fault."""
    if declaration.kind is Kind.COLOUR and len(arguments) == 3:
        return arguments
    if len(arguments) == 1:
        return arguments[0]
    raise Fault(both(f"expected {'three values' if declaration.kind is Kind.COLOUR else 'one value'}, got {len(arguments)}",
                     f"il faut {'trois valeurs' if declaration.kind is Kind.COLOUR else 'une valeur'}, et non {len(arguments)}"),
                where=declaration.address, id="remote.arguments")


def _is_port(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 1 <= value < 65_536
