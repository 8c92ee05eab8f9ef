"""Streaming ACN (ANSI E1.31): universes over UDP, by multicast or to one receiver, with a priority; and who else sends them.

    data_packet    one packet of a universe (pure)
    read_source    who sent a packet that came, for which universe, how urgently (pure)
    SacnPort       one universe

A frame leaves at the sender's rate while it changes, three times more when it has stopped, and every 0.8 s after that (E1.31-2018, 6.6.2). Three packets
say at the end that the stream is over (6.2.6). By multicast the port also listens to its own universe: another source with the same priority or a higher one
is told of by its name, since lamps that follow two masters look as if they flicker. A network that is not there yet, goes, or refuses, is tried again
for ever, with pauses that grow to 2 s.

Source: ANSI E1.31-2018, tables 4-1 (root layer), 6-1 (framing layer), 7-1 (DMP layer), and 9.3.1 (multicast addresses).
"""
from __future__ import annotations

import contextlib
import errno
import os
import socket
import struct
import uuid
from dataclasses import dataclass

from ..terms.fault import Fault
from ..terms.words import both
from .dmx import Edge, Tell

UDP_PORT = 5568
HEAD = struct.pack(">HH12s", 0x0010, 0x0000, b"ASC-E1.17\0\0\0")
TERMINATED, PREVIEW = 0x40, 0x80         # options
LAST = 3                                 # packets that say that the stream is over, and frames repeated when it stands still
KEEP_ALIVE = 0.8                         # s
SOURCE_LOST = 2.5                        # s without a packet (E1.31-2018, E131_NETWORK_DATA_LOSS_TIMEOUT)
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0
STEADY = 2.0                             # s without an error: the network is taken to be back
DRAIN = 16                               # packets read at each frame; more are left to the kernel, whose buffer is bounded
MOST_SOURCES = 16
_FULL = {errno.EAGAIN, errno.EWOULDBLOCK, errno.ENOBUFS}
_LENGTH = 638                            # bytes of a packet with 512 slots


@dataclass(frozen=True, slots=True)
class Source:
    """Whoever sends a universe. cid: 16 bytes that are its own; priority: 0 to 200, the highest wins."""

    cid: bytes
    name: str
    priority: int
    universe: int
    is_over: bool


def data_packet(universe: int, sequence: int, slots: bytes, *, cid: bytes, name: str, priority: int = 100, options: int = 0) -> bytes:
    """One packet with 1 to 512 slots after start code 0. Raises ValueError for what does not fit."""
    if not 1 <= universe <= 63999 or not 0 < len(slots) <= 512 or not 0 <= priority <= 200 or len(cid) != 16:
        raise ValueError(f"universe {universe} (1 to 63999), {len(slots)} slots (at most 512), priority {priority} (0 to 200)")
    count = len(slots) + 1
    dmp = struct.pack(">HBBHHHB", 0x7000 | (10 + count), 0x02, 0xA1, 0, 1, count, 0) + slots
    framing = struct.pack(">HI64sBHBBH", 0x7000 | (77 + len(dmp)), 2, _cut(name), priority, 0, sequence & 255, options, universe) + dmp
    return HEAD + struct.pack(">HI16s", 0x7000 | (22 + len(framing)), 4, cid) + framing


def read_source(packet: bytes) -> Source | None:
    """Who sent a data packet; None for anything else, and for what is only a preview."""
    if len(packet) < 126 or not packet.startswith(HEAD):
        return None
    root, cid = struct.unpack_from(">I16s", packet, 18)
    framing, name, priority, _sync, _sequence, options, universe = struct.unpack_from(">I64sBHBBH", packet, 40)
    if root != 4 or framing != 2 or options & PREVIEW or priority > 200:
        return None
    text = name.split(b"\0")[0].decode("utf-8", "replace")
    return Source(cid, "".join(letter for letter in text if letter.isprintable()).strip()[:63] or "?", priority, universe, bool(options & TERMINATED))


def group_of(universe: int) -> str:
    """The multicast address of a universe: 239.255.high.low."""
    return f"239.255.{universe >> 8}.{universe & 255}"


def own_cid() -> bytes:
    """This machine's identity as a source, the same at every start (E1.31-2018, 5.6)."""
    try:
        with open("/etc/machine-id", encoding="ascii") as file:
            machine = file.read().strip()
    except OSError:
        machine = socket.gethostname()
    return uuid.uuid5(uuid.NAMESPACE_OID, f"installation {machine}").bytes


class SacnPort:
    """One universe, by multicast, or to one receiver where `host` is given.

    interface   IPv4 address of the card that multicast leaves by; without it the system chooses
    Counters: `sent`, `lost`; `others` sources that send this universe as well.
    """

    def __init__(self, universe: int, tell: Tell, *, host: str | None = None, priority: int = 100, interface: str | None = None, port: int = UDP_PORT,
                 cid: bytes | None = None) -> None:
        self.universe, self.priority, self.host = universe, priority, host
        self.sent = self.lost = 0
        self._to = (host or group_of(universe), port)
        self._interface = interface
        self._cid = cid or own_cid()
        self._name = f"installation on {socket.gethostname()}"
        where = f"sACN {universe}"
        self._edge = Edge(tell, where, both("the network takes it again", "le réseau l'accepte de nouveau"))
        self._shared = Edge(tell, where, both("nobody else sends this universe any more", "plus personne d'autre n'envoie cet univers"))
        self._out: socket.socket | None = None
        self._ear: socket.socket | None = None
        self._sources: dict[bytes, tuple[Source, float]] = {}
        self._wanted, self._well = False, True
        self._frame = b""
        self._repeats = self._sequence = 0
        self._last = self._next_try = float("-inf")
        self._since: float | None = None
        self._pause = FIRST_PAUSE

    @property
    def is_open(self) -> bool:
        return self._wanted and self._well

    @property
    def others(self) -> list[Source]:
        """Who else sends this universe now."""
        return [source for source, _ in self._sources.values()]

    def open(self) -> None:
        self._wanted = True

    def send(self, frame: bytes, now: float, *, force: bool = False) -> None:
        if not self._wanted or (now < self._next_try and not force):
            self.lost += self._wanted
            return
        self._listen(now)
        if not self._well and self._since is not None and now - self._since > STEADY:
            self._well, self._pause = True, FIRST_PAUSE
            self._edge.end()
        if frame != self._frame:
            self._repeats = 0
        elif self._repeats >= LAST and now - self._last < KEEP_ALIVE and not force:
            return
        try:
            self._leave(frame, 0)
        except OSError as error:
            self.lost += 1
            if error.errno not in _FULL:
                self._missed(error, now)
            return
        self._repeats += frame == self._frame
        self._frame, self._last = frame, now
        self._since = now if self._since is None else self._since
        self.sent += 1

    async def close(self) -> None:
        if self._wanted and self._out is not None and self._frame:
            with contextlib.suppress(OSError):
                for _ in range(LAST):
                    self._leave(self._frame, TERMINATED)
        self._wanted = False
        self._shut()

    def _leave(self, frame: bytes, options: int) -> None:
        if self._out is None:
            self._out = self._connect()
        self._sequence = (self._sequence + 1) & 255
        self._out.send(data_packet(self.universe, self._sequence, frame, cid=self._cid, name=self._name, priority=self.priority, options=options))

    def _connect(self) -> socket.socket:
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            made.setblocking(False)
            if self.host is None:
                made.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)
                if self._interface:
                    made.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(self._interface))
            made.connect(self._to)
            self._ear = self._ear or (self._hearing() if self.host is None else None)
        except BaseException:
            made.close()
            raise
        return made

    def _hearing(self) -> socket.socket | None:
        """A socket that hears this universe alone; None where the machine does not allow it: sending goes on without."""
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            made.setblocking(False)
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            made.bind(self._to)
            made.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(self._to[0]) + socket.inet_aton(self._interface or "0.0.0.0"))
        except OSError:
            made.close()
            return None
        return made

    def _listen(self, now: float) -> None:
        """Hear who else sends this universe, and tell it on its edges. A preview, a lower priority and our own echo are no rivals."""
        if self._ear is None:
            return
        for _ in range(DRAIN):
            try:
                source = read_source(self._ear.recv(_LENGTH + 1))
            except OSError:
                break
            if source is None or source.cid == self._cid or source.universe != self.universe:
                continue
            if source.is_over or source.priority < self.priority:
                self._sources.pop(source.cid, None)
            elif source.cid in self._sources or len(self._sources) < MOST_SOURCES:
                self._sources[source.cid] = source, now
        if self._sources:
            self._sources = {cid: found for cid, found in self._sources.items() if now - found[1] < SOURCE_LOST}
        if self._sources:
            self._shared.begin(self._rival(max(self.others, key=lambda source: source.priority)))
        else:
            self._shared.end()

    def _rival(self, source: Source) -> Fault:
        wins = source.priority > self.priority
        return Fault(both(f'"{source.name}" sends this universe too, with priority {source.priority} (here {self.priority}): '
                          + ("its lamps follow that one" if wins else "its lamps follow both, and may flicker"),
                          f"« {source.name} » envoie aussi cet univers, avec la priorité {source.priority} (ici {self.priority}) : "
                          + ("ses lampes suivent l'autre" if wins else "ses lampes suivent les deux, et peuvent clignoter")), id="sacn.rival",
                     remedy=both("Stop the other, or give one of them another universe or another priority.",
                                 "Arrêtez l'autre, ou donnez à l'un des deux un autre univers ou une autre priorité."))

    def _missed(self, error: OSError, now: float) -> None:
        self._well, self._since = False, None
        self._next_try = now + self._pause
        self._pause = min(LONGEST_PAUSE, self._pause * 2)
        self._frame = b""
        self._shut()
        code = errno.errorcode.get(error.errno or 0, "error")
        text = os.strerror(error.errno) if error.errno else str(error)
        self._edge.begin(Fault(both(f"the network refuses: {text}", f"le réseau refuse : {text}"), id=f"sacn.{code.lower()}",
                               remedy=both("Is the network cable in, and has this machine an address? It is tried again by itself.",
                                           "Câble réseau branché, la machine a-t-elle une adresse ? L'essai reprend de lui-même.")))

    def _shut(self) -> None:
        for each in (self._out, self._ear):
            if each is not None:
                each.close()
        self._out = self._ear = None


def _cut(name: str) -> bytes:
    """At most 63 bytes of UTF-8, whole letters."""
    return name.encode()[:63].decode(errors="ignore").encode()
