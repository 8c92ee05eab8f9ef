"""The tree by OSC: every address can be written and read from a tablet, and every tablet sees what the others do.

    OscRemote    receive (from the port), tick (30 times a second), run

What a client may send:

    /scene/tide/height 0.4      writes; an operator's hand holds it for `hold` seconds; /light/*/level writes all that it means
    /scene/tide/height          asks for its value. A pattern asks for all it means
    /system/next                a trigger fires without an argument, or with one that is neither 0 nor false (a button let go)
    /state                      asks for everything
    /subscribe /scene/tide/*    from now on be told of these alone; more than one may be given, each adds to what is wanted
    /unsubscribe /scene/tide/*  be told of these no more; without an argument, of everything again
    /takeover 1                 its faders have no feedback: they take hold only when they pass what stands (rules/takeover.py)
    /reply/port 9001            from now on answer this sender at that port of its host

What it gets: everything when it is first heard, or again after a minute's silence; then each change but its own, 30 times a
second at most, many in one bundle; its own only where what stands is not what it wrote (clipped, or held by an alarm). `/fault
,ss` tells address and reason of what was refused, ten times a second at most. Booleans are T and F, colours three floats. Clients
named in config.yaml get everything from the start. Who is who is decided in osc_clients.py.

Messages of sensors (osc_readings.py) on the same port are taken out first; their senders do not become clients.
"""
from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Protocol

from ..ports import osc_packet
from ..ports.osc_intake import OnMessage, Peer
from ..rules.gate import Gate
from ..rules.takeover import TakeOver
from ..terms.address import is_pattern
from ..terms.declaration import Access, Declaration, Kind
from ..terms.fault import Fault
from ..terms.words import both, say
from .osc_clients import Client, Clients
from .osc_readings import OscReadings

STATE, REPLY_PORT, FAULT = "/state", "/reply/port", "/fault"
SUBSCRIBE, UNSUBSCRIBE, TAKEOVER = "/subscribe", "/unsubscribe", "/takeover"
SUBSCRIBED = 64          # patterns that one client may want
PERIOD = 1 / 30          # s between what one client is sent
BATCH = 400              # values a client is sent at once: 12,000 a second
AWAY = 1.0               # s until a client that cannot be reached is tried again
NEW_PATTERNS = 100       # patterns never seen before that are worked out in a second


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
    clock     the event loop's time
    readings  sensors that speak on the same port
    only      what may be written from here, see `Hand`; empty is everything
    takeover  whether faders must pass what stands before they have hold of it
    kind      the beginning of the clients' origins

    `answered` and `withheld` count faults told to their authors and kept back because there were too many, `unsaid` values that OSC
    has no form for.
    """

    def __init__(self, gate: Gate, port: Port, clients: Iterable[str] = (), clock: Callable[[], float] | None = None,
                 readings: OscReadings | None = None, *, only: Iterable[str] = (), takeover: bool = False, kind: str = "osc") -> None:
        self.gate, self.tree, self.port, self.readings = gate, gate.tree, port, readings
        self.clients = Clients(gate.tree, clients, only, takeover, kind)
        self.answered = self.withheld = self.unsaid = 0
        self._clock = clock
        self._known: set[str] = set()
        self._revision = -1
        self._meanings: dict[str, list[str]] = {}
        self._new_patterns, self._new_patterns_time = float(NEW_PATTERNS), 0.0
        port.on_message = self.receive

    async def run(self) -> None:
        """Send changes for as long as it is let run; the clients are forgotten when it is cancelled."""
        clock = self._clock or asyncio.get_running_loop().time
        try:
            while True:
                self.tick(clock())
                await asyncio.sleep(PERIOD)
        finally:
            self.clients.close()

    # in

    def receive(self, address: str, arguments: tuple, sender: Peer, time: float) -> None:
        """Follow one message. What is wrong with it is told to its sender."""
        if self.readings is not None and self.readings.take(address, arguments, time):
            return
        if address == FAULT or sender == self.port.address:       # two engines that face each other, or one that faces itself
            return
        if address == REPLY_PORT and len(arguments) == 1 and _is_port(arguments[0]):
            self.clients.answer_at(sender, int(arguments[0]))
            client, _ = self.clients.of(sender, time)
            client.subscription.fill()
            return
        client, silent = self.clients.of(sender, time)
        try:
            self._follow(client, address, arguments, time)
        except Fault as fault:
            self._tell(client, fault, address, time)
        if silent:
            client.subscription.fill()

    def _follow(self, client: Client, address: str, arguments: tuple, time: float) -> None:
        if address in self.tree:
            self._one(client, address, arguments, time)
        elif address == STATE:
            client.subscription.fill()
        elif address in (SUBSCRIBE, UNSUBSCRIBE):
            self._subscribe(client, address, arguments, time)
        elif address == TAKEOVER:
            client.takeover = TakeOver() if not arguments or arguments[0] else None
        elif address == REPLY_PORT:
            raise Fault(both("expected a port from 1 to 65535", "il faut un port de 1 à 65535"), where=address,
                        id="remote.reply_port")
        elif is_pattern(address):
            self._many(client, address, arguments, time)
        else:
            self.tree.unknown += 1
            if client.may_hear_fault(time):                        # asked first: finding the closest address costs something
                self._send_fault(client, self.tree.no_such(address), address)
            else:
                self.withheld += 1

    def _one(self, client: Client, address: str, arguments: tuple, time: float) -> None:
        declaration = self.tree.declaration(address)
        if declaration.kind is Kind.TRIGGER:
            if not arguments or arguments[0] is None or arguments[0]:
                self.gate.write(client.hand, address, None, time)
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
        found = self._meaning(pattern, time)
        if not found:
            raise Fault(both("this pattern means no address", "ce motif ne désigne aucune adresse"), where=pattern,
                        id="remote.pattern")
        if not arguments:
            client.subscription.mark(found)
            return
        first = None
        for address in found:
            try:
                self._one(client, address, arguments, time)
            except Fault as fault:
                first = first or fault
        if first is not None:
            raise first

    def _subscribe(self, client: Client, verb: str, arguments: tuple, time: float) -> None:
        given = tuple(dict.fromkeys(arguments))
        if not all(isinstance(pattern, str) for pattern in given) or (verb == SUBSCRIBE and not given):
            raise Fault(both("expected addresses or patterns, as text", "il faut des adresses ou des motifs, en texte"), where=verb, id="remote.subscribe")
        for pattern in given:
            if not self._meaning(pattern, time):
                raise Fault(both("this pattern means no address", "ce motif ne désigne aucune adresse"), where=pattern, id="remote.pattern")
        if verb == SUBSCRIBE:
            wanted = tuple(dict.fromkeys((*client.patterns, *given)))
            if len(wanted) > SUBSCRIBED:
                raise Fault(both(f"more than {SUBSCRIBED} patterns", f"plus de {SUBSCRIBED} motifs"), where=verb, id="remote.subscribe")
            client.patterns = wanted
        else:
            client.patterns = tuple(pattern for pattern in client.patterns if pattern not in given) if given else ()
        self._interest(client, time)
        client.subscription.fill()

    def _interest(self, client: Client, time: float) -> None:
        """Work out anew what a client is told of."""
        client.subscription.only = frozenset(address for pattern in client.patterns for address in self._meaning(pattern, time)) if client.patterns else None

    def _meaning(self, pattern: str, time: float) -> list[str]:
        """The addresses a pattern means, worked out once; a flood of new patterns must not hold up the loop."""
        self._look_for_new()
        found = self._meanings.get(pattern)
        if found is None:
            since = max(0.0, time - self._new_patterns_time)
            self._new_patterns = min(float(NEW_PATTERNS), self._new_patterns + since * NEW_PATTERNS)
            self._new_patterns_time = time
            if self._new_patterns < 1.0:
                raise Fault(both("too many different patterns at once", "trop de motifs différents à la fois"), where=pattern,
                            id="remote.patterns")
            self._new_patterns -= 1.0
            found = self.tree.find(pattern)
            if len(self._meanings) >= 256:
                self._meanings.clear()
            self._meanings[pattern] = found
        return found

    # out

    def tick(self, now: float) -> None:
        """Send each client what has changed for it, if its time has come; called 30 times a second or oftener."""
        self.clients.forget_the_gone(now)
        self._look_for_new()
        written: dict[str, bytes] = {}
        for client in self.clients:
            if now < client.due or not client.subscription.pending:
                continue
            values = client.subscription.drain(BATCH)
            messages = []
            for address, value in values.items():
                if address not in written:
                    written[address] = self._written(address, value)
                if written[address]:
                    messages.append(written[address])
            reached = True
            for datagram in osc_packet.bundles(messages):
                reached = reached and self.port.send(datagram, client.peer)
            client.due = now + (PERIOD if reached else AWAY)
            if not reached:
                client.subscription.mark(values)

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
        self._meanings.clear()
        here = self.tree.addresses()
        new = [address for address in here if address not in self._known]
        self._known = set(here)
        for client in self.clients:
            if client.patterns:
                client.subscription.only = frozenset(address for pattern in client.patterns for address in self.tree.find(pattern))
                client.subscription.mark(address for address in new if address in client.subscription.only)
            else:
                client.subscription.mark(new)

    def _tell(self, client: Client, fault: Fault, address: str, time: float) -> None:
        if client.may_hear_fault(time):
            self._send_fault(client, fault, address)
        else:
            self.withheld += 1

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
