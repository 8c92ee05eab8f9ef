"""Who listens by OSC: each client with its subscription to the tree, where its answers go, and when it was last heard.

    Client     one listener; its hand's origin is "osc:host:port"
    Clients    finds the client that a datagram comes from; forgets those that have gone

A client is known by the address its answers go to. That is where its messages come from, unless

    it is named in config.yaml     tablets send from one port and listen on another: what comes from its host is its own. (Not on
                                   127.0.0.1, where several programmes share one address and the port must be the same)
    it sent /reply/port i          from then on what comes from that place is answered at that port of the same host
"""
from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator

from ..ports.interface import is_numeric
from ..rules.gate import Hand, Role
from ..rules.purse import Purse
from ..rules.takeover import TakeOver
from ..rules.tree import Subscription, Tree
from ..terms.fault import Fault
from ..terms.words import both

Peer = tuple[str, int]
Match = Callable[[str], object]

MOST = 64                # clients; the one unheard for longest makes room
QUIET = 60.0             # s of silence after which a client is told everything again: it may have slept
GONE = 600.0             # s of silence after which it is forgotten, unless config.yaml names it
FAULTS = 10.0            # faults told to one client in a second


class Client:
    """One listener."""

    __slots__ = ("peer", "hand", "subscription", "configured", "patterns", "takeover", "heard", "due", "wants_all", "may_ask", "reached", "_faults")

    def __init__(self, tree: Tree, peer: Peer, hand: Hand, configured: bool, takeover: TakeOver | None) -> None:
        self.peer, self.hand, self.configured = peer, hand, configured
        self.subscription: Subscription = tree.subscribe(hand.origin)
        self.patterns: dict[str, Match] = {}  # what it wants to be told; empty is all
        self.takeover = takeover             # of its faders, where it has no feedback; None: they jump
        self.heard = -math.inf
        self.due = -math.inf                 # loop time before which nothing more is sent to it
        self.wants_all, self.may_ask = False, -math.inf     # whether it is to be told everything, and not before when
        self.reached = True                  # the last time it was told something
        self._faults = Purse(FAULTS)

    def may_hear_fault(self, time: float) -> bool:
        """Whether another fault may be told to it now."""
        return self._faults.spend(1.0, time)


class Clients:
    """All listeners.

    configured  "host:port" as in config.yaml; hosts are addresses, not names
    only        what they may write, see `Hand`; empty is everything
    takeover    whether a fader must pass the standing value before it has hold of it
    kind        the beginning of their origins
    connected   whether they are connections: one that only listens is no less there
    """

    def __init__(self, tree: Tree, configured: Iterable[str] = (), only: Iterable[str] = (), takeover: bool = False, kind: str = "osc",
                 connected: bool = False) -> None:
        self._connected = connected
        self._tree, self._only, self._takeover, self._kind = tree, tuple(only), takeover, kind
        self._clients: dict[Peer, Client] = {}
        self._answers: OrderedDict[Peer, Peer] = OrderedDict()
        for written in configured:
            peer = _peer(written)
            if peer not in self._clients:
                self._clients[peer] = self._made(peer, True)
        if len(self._clients) >= MOST:
            raise Fault(both(f"{len(self._clients)} OSC clients, at most {MOST - 1} can be named",
                             f"{len(self._clients)} clients OSC, on peut en nommer {MOST - 1} au plus"), id="remote.clients")

    def __iter__(self) -> Iterator[Client]:
        return iter(list(self._clients.values()))

    def __len__(self) -> int:
        return len(self._clients)

    def of(self, sender: Peer, time: float) -> tuple[Client, bool]:
        """The client that speaks, made if it is new; and whether it must be told everything: it is new, or was silent."""
        peer = self._answers.get(sender) or self._named(sender) or sender
        client = self._clients.get(peer)
        if client is None:
            if len(self._clients) >= MOST:
                self._forget(min((each for each in self._clients.values() if not each.configured), key=lambda each: each.heard))
            client = self._clients[peer] = self._made(peer, False)
        silent = time - client.heard > QUIET
        client.heard = time
        return client, silent

    def answer_at(self, sender: Peer, port: int) -> None:
        """Have what comes from this place answered at another port of its host."""
        old = self._clients.get(sender)
        if old is not None and not old.configured and port != sender[1]:
            self._forget(old)
        self._answers[sender] = (sender[0], port)
        self._answers.move_to_end(sender)
        if len(self._answers) > 4 * MOST:
            self._answers.popitem(last=False)

    def forget_the_gone(self, now: float) -> None:
        """Forget clients that have been silent for ten minutes; of connections, those that have hung up since they were heard."""
        for client in self:
            if not client.configured and now - client.heard > GONE and not (self._connected and client.reached):
                self._forget(client)

    def close(self) -> None:
        """Forget everybody."""
        for client in self:
            self._forget(client)

    def gone(self, peer: Peer) -> None:
        """This one has hung up."""
        client = self._clients.get(peer)
        if client is not None and not client.configured:
            self._forget(client)

    def _made(self, peer: Peer, configured: bool) -> Client:
        return Client(self._tree, peer, Hand(f"{self._kind}:{peer[0]}:{peer[1]}", Role.ARTIST, self._only), configured, TakeOver() if self._takeover else None)

    def _named(self, sender: Peer) -> Peer | None:
        if sender in self._clients or sender[0].startswith("127."):
            return None
        named = [client.peer for client in self._clients.values() if client.configured and client.peer[0] == sender[0]]
        return named[0] if len(named) == 1 else None

    def _forget(self, client: Client) -> None:
        client.subscription.close()
        del self._clients[client.peer]


def _peer(written: str) -> Peer:
    host, colon, port = str(written).rpartition(":")
    if not colon or not is_numeric(host) or not port.isdecimal() or not 0 < int(port) < 65_536:
        raise Fault(both(f'expected an address and a port such as "192.168.1.20:9001", got {written!r}',
                         f"il faut une adresse et un port, par exemple « 192.168.1.20:9001 », et non {written!r}"),
                    id="remote.client")
    return host, int(port)
