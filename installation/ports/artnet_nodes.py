"""Asking Art-Net nodes who else sends to their lamps.

    art_poll        the question (pure)
    merging         the port-addresses that a node's answer says it merges from two sources (pure)
    ArtnetNodes     asks every node of the piece every three seconds, each by its address, never by broadcast

A node that is sent the same port-address by two controllers merges what they say, and lamps look as if they flicker. It says so
itself: bit 3 of GoodOutput ("the output is merging Art-Net data") in its ArtPollReply. Answers go to port 6454 of whoever asked, which
several programs can share if each allows it; where another holds it for itself alone, that is told: then lighting software runs here too.

Source: Artistic Licence, Art-Net 4 specification, "ArtPoll" and "ArtPollReply".
"""
from __future__ import annotations

import contextlib
import errno
import ipaddress
import socket
import struct

from ..terms.fault import Fault
from ..terms.words import both
from .dmx import Edge, Tell

UDP_PORT = 6454
ID = b"Art-Net\0"
OP_POLL, OP_POLL_REPLY = 0x2000, 0x2100
VERSION = 14
EVERY = 3.0           # s between two questions; the specification has 2.5 to 3
FORGET = 9.0          # s without an answer, and nothing is known of a node any more
DRAIN = 32            # packets read at once
_PORTS = 4
_MERGING = 0x08


def art_poll() -> bytes:
    """The question: answer me alone, and no diagnostics."""
    return ID + struct.pack("<H", OP_POLL) + struct.pack(">HBB", VERSION, 0, 0)


def merging(packet: bytes) -> dict[int, bool] | None:
    """Each output's port-address, and whether the node merges two sources there; None for anything but a node's answer."""
    if len(packet) < 194 or not packet.startswith(ID) or struct.unpack_from("<H", packet, 8)[0] != OP_POLL_REPLY:
        return None
    net, sub = packet[18] & 0x7F, packet[19] & 0x0F
    outputs = [n for n in range(_PORTS) if packet[174 + n] & 0x80]
    return {net << 8 | sub << 4 | packet[190 + n] & 0x0F: bool(packet[182 + n] & _MERGING) for n in outputs}


class ArtnetNodes:
    """Asks the nodes of a piece. `watch` once for each universe, `step` at every frame; it costs a look at the clock.

    port, at   where nodes listen, and where their answers are awaited
    """

    def __init__(self, *, port: int = UDP_PORT, at: int = UDP_PORT) -> None:
        self._port, self._at = port, at
        self._watched: dict[tuple[str, int], Edge] = {}
        self._heard: dict[tuple[str, int], float] = {}
        self._taken: Edge | None = None
        self._socket: socket.socket | None = None
        self._next = float("-inf")

    def watch(self, host: str, port_address: int, tell: Tell) -> None:
        """Look after one universe of one node. This machine itself is not asked."""
        if not ipaddress.ip_address(host).is_loopback:
            self._watched[host, port_address] = Edge(tell, f"Art-Net {host}", both("the node is sent to by nobody else any more",
                                                                                  "plus personne d'autre n'envoie à ce nœud"))
            self._taken = self._taken or Edge(tell, f"Art-Net :{self._at}", both("Art-Net's port is free", "le port d'Art-Net est libre"))

    def step(self, now: float) -> None:
        """Ask when it is time, and read what has come."""
        if not self._watched or now < self._next:
            return
        self._next = now + EVERY
        if self._socket is None and not self._bind():
            return
        assert self._socket is not None
        self._read(now)
        for host in {host for host, _ in self._watched}:
            with contextlib.suppress(OSError):                 # the port itself tells of a network that is away
                self._socket.sendto(art_poll(), (host, self._port))
        for key, edge in self._watched.items():
            if now - self._heard.get(key, now) > FORGET:
                edge.end()

    def close(self) -> None:
        """Ask no more."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _bind(self) -> bool:
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            made.setblocking(False)
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            made.bind(("", self._at))
        except OSError as error:
            made.close()
            if error.errno == errno.EADDRINUSE and self._taken is not None:
                self._taken.begin(Fault(both("another program on this machine holds Art-Net's port: who else sends to these lamps cannot be seen",
                                             "un autre programme de cette machine tient le port d'Art-Net : on ne voit pas qui d'autre envoie à ces lampes"),
                                        id="artnet.taken",
                                        remedy=both("Does other lighting software run here? Two that send to the same lamps look like flicker.",
                                                    "Un autre logiciel de lumière tourne-t-il ici ? Deux qui envoient aux mêmes lampes font clignoter.")))
            return False
        self._socket = made
        if self._taken is not None:
            self._taken.end()
        return True

    def _read(self, now: float) -> None:
        for _ in range(DRAIN):
            try:
                packet, (host, _) = self._socket.recvfrom(1024)  # type: ignore[union-attr]
            except OSError:
                return
            for address, is_merging in (merging(packet) or {}).items():
                edge = self._watched.get((host, address))
                if edge is None:
                    continue
                self._heard[host, address] = now
                if is_merging:
                    edge.begin(_rival(address))
                else:
                    edge.end()


def _rival(address: int) -> Fault:
    shown = f"{address >> 8}.{address >> 4 & 15}.{address & 15}"
    return Fault(both(f"somebody else sends to its port-address {shown} too: its lamps follow both, and may flicker",
                      f"quelqu'un d'autre envoie aussi à son adresse de port {shown} : ses lampes suivent les deux, et peuvent clignoter"), id="artnet.rival",
                 remedy=both("Another lighting desk or programme is on this network: stop it, or give it another universe.",
                             "Un autre pupitre ou programme de lumière est sur ce réseau : arrêtez-le, ou donnez-lui un autre univers."))
