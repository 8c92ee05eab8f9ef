"""Art-Net 4: universes to nodes over UDP, each frame to one address, never broadcast.

    art_dmx        one ArtDmx packet (pure)
    opcode         what a packet that came is, or None if it is not Art-Net (pure)
    ArtnetPort     one universe to one node

A frame leaves at the sender's rate while it changes, and every 0.8 s while it does not (the specification's note recommends 800
to 1000 ms). Poll replies and anything else that comes back is read, counted and thrown away. A network that is not there yet,
goes, or refuses, is tried again for ever, with pauses that grow to 2 s.

The source port is any free one: nodes answer polls on 6454, and this sends none. Source: Artistic Licence, Art-Net 4
specification, "ArtDmx packet definition".
"""
from __future__ import annotations

import contextlib
import errno
import os
import socket
import struct

from ..terms.fault import Fault
from ..terms.words import both
from .dmx import Edge, Tell

UDP_PORT = 6454
ID = b"Art-Net\0"
OP_DMX, OP_POLL_REPLY = 0x5000, 0x2100
VERSION = 14
KEEP_ALIVE = 0.8
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0
STEADY = 2.0           # s without an error: the network is taken to be back
DRAIN = 16             # packets read at each frame; more are left to the kernel, whose buffer is bounded
_FULL = {errno.EAGAIN, errno.EWOULDBLOCK, errno.ENOBUFS}


def art_dmx(port_address: int, sequence: int, slots: bytes, physical: int = 0) -> bytes:
    """One frame of 2 to 512 slots; an odd number is filled up. `sequence` is 1 to 255, or 0 where it does not matter."""
    if not 0 <= port_address < 1 << 15 or not 0 < len(slots) <= 512:
        raise ValueError(f"port-address {port_address} (15 bits) and {len(slots)} slots (at most 512)")
    data = slots + b"\0" * (len(slots) & 1)
    return (ID + struct.pack("<H", OP_DMX) + struct.pack(">HBB", VERSION, sequence, physical) + struct.pack("<H", port_address)
            + struct.pack(">H", len(data)) + data)


def opcode(packet: bytes) -> int | None:
    """The operation of an Art-Net packet; None for anything else."""
    return struct.unpack_from("<H", packet, 8)[0] if len(packet) >= 10 and packet.startswith(ID) else None


class ArtnetPort:
    """One universe to one node, by its IPv4 address.

    Counters: `sent`, `lost`; `replies` poll replies received, `strays` other packets.
    """

    def __init__(self, host: str, port_address: int, tell: Tell, *, port: int = UDP_PORT) -> None:
        self.host, self.port_address = host, port_address
        self.sent = self.lost = self.replies = self.strays = 0
        self._to = (host, port)
        self._edge = Edge(tell, f"Art-Net {host}", both("the node can be reached again", "le nœud est de nouveau joignable"))
        self._socket: socket.socket | None = None
        self._wanted = False
        self._frame = b""
        self._sequence = 0
        self._last = float("-inf")
        self._since: float | None = None    # since when frames leave without trouble
        self._next_try = float("-inf")
        self._pause = FIRST_PAUSE
        self._well = True

    @property
    def is_open(self) -> bool:
        return self._wanted and self._well

    def open(self) -> None:
        self._wanted = True

    def send(self, frame: bytes, now: float, *, force: bool = False) -> None:
        if not self._wanted or (now < self._next_try and not force):
            self.lost += self._wanted
            return
        try:
            self._drain()
        except OSError as error:    # word that an earlier frame found nobody
            self.lost += 1
            self._missed(error, now)
            return
        if not self._well and self._since is not None and now - self._since > STEADY:
            self._well, self._pause = True, FIRST_PAUSE
            self._edge.end()
        if frame == self._frame and now - self._last < KEEP_ALIVE and not force:
            return
        sequence = self._sequence % 255 + 1
        try:
            if self._socket is None:
                self._socket = self._connect()
            self._socket.send(art_dmx(self.port_address, sequence, frame))
        except OSError as error:
            self.lost += 1
            if error.errno not in _FULL:
                self._missed(error, now)
            return
        self._sequence, self._frame, self._last = sequence, frame, now
        self._since = now if self._since is None else self._since
        self.sent += 1

    async def close(self) -> None:
        self._wanted = False
        self._shut()

    def _connect(self) -> socket.socket:
        """A socket that hears only this node, and learns when nobody listens there."""
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            made.setblocking(False)
            made.connect(self._to)
        except BaseException:
            made.close()
            raise
        return made

    def _drain(self) -> None:
        for _ in range(DRAIN):
            if self._socket is None:
                return
            try:
                packet = self._socket.recv(2048)
            except (BlockingIOError, InterruptedError):
                return
            if opcode(packet) == OP_POLL_REPLY:
                self.replies += 1
            else:
                self.strays += 1

    def _missed(self, error: OSError, now: float) -> None:
        self._well, self._since = False, None
        self._next_try = now + self._pause
        self._pause = min(LONGEST_PAUSE, self._pause * 2)
        self._frame = b""      # whatever comes next is news to the node
        self._shut()           # an address that was right before the cable was pulled may not be now
        code = errno.errorcode.get(error.errno or 0, "error")
        text = os.strerror(error.errno) if error.errno else str(error)
        if error.errno == errno.ECONNREFUSED:
            happened = both("nothing listens there", "rien n'écoute à cette adresse")
        else:
            happened = both(f"the network refuses: {text}", f"le réseau refuse : {text}")
        self._edge.begin(Fault(happened, id=f"artnet.{code.lower()}",
                               remedy=both("Is the node on, its cable in, its address right? It is tried again by itself.",
                                           "Nœud allumé, câble branché, adresse juste ? L'essai reprend de lui-même.")))

    def _shut(self) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.close()
            self._socket = None
