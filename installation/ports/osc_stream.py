"""OSC over TCP: connections that carry packets in SLIP (OSC 1.1) or behind their lengths (OSC 1.0), whichever the other end speaks.

    OscStream      open, close, send; `on_message(address, arguments, sender, time)` for each message, in the event loop
    Frames         the bytes of one connection, cut into packets; pure

The first byte of a connection tells: END (0xC0) begins SLIP, anything else is a length. Answers go out in the same way. What a packet may hold, how many
and from whom is the same as by UDP (osc_intake.py), but that one who is too fast is read more slowly. A client that does not read is not waited for:
what it should have been told is told later; one that is out of reach for forty seconds is hung up on.
Source: OSC 1.0, "OSC Packets" (stream-based protocols); OSC 1.1 (NIME 2009), with SLIP as in RFC 1055, END at both ends.
"""
from __future__ import annotations

import asyncio
import contextlib
import socket
from collections import deque
from collections.abc import Callable, Iterable

from ..terms.fault import Fault, Recovery
from .binding import FIRST_PAUSE, LONGEST_PAUSE, Binding, unbound
from .interface import address_of
from .osc_intake import Bounds, Intake, OnMessage, OscCounts, Peer
from .osc_packet import LARGEST
from .wire import State

END, ESC, ESC_END, ESC_ESC = 0xC0, 0xDB, b"\xdb\xdc", b"\xdb\xdd"
MOST = 32                                   # connections; further ones are refused
UNREAD = 256_000                            # bytes that may wait for one client
SILENT = 30.0                               # s within which a connection must have said how it speaks
AT_ONCE = 100                               # packets and messages of one connection, before others have their turn
HELD = 16_384                               # bytes the kernel may hold of what was not read yet: what is followed late should be little
HURRY = 0.1                                 # s for which nothing is read from one that was too fast
AWAKE, PROBE, PROBES = 20, 5, 4             # s of silence until the kernel asks whether the other end lives, between askings, and how often


class Broken(Exception):
    """The bytes of a connection make no sense any more; it is closed."""


class Frames:
    """One connection's bytes, cut into packets.

    slip   whether it speaks SLIP; None until it has spoken
    """

    def __init__(self) -> None:
        self.slip: bool | None = None
        self._held = bytearray()

    def take(self, data: bytes) -> list[bytes]:
        """The packets that are whole now. Raises Broken for one that is too long, or ill escaped."""
        if self.slip is None and data:
            self.slip = data[0] == END
        self._held += data
        return self._slipped() if self.slip else self._counted()

    def put(self, packet: bytes) -> bytes:
        """A packet as it is sent; before the other end has spoken, behind its length."""
        if self.slip:
            return bytes([END]) + packet.replace(b"\xdb", ESC_ESC).replace(b"\xc0", ESC_END) + bytes([END])
        return len(packet).to_bytes(4, "big") + packet

    def _slipped(self) -> list[bytes]:
        *whole, rest = bytes(self._held).split(bytes([END]))
        if len(rest) > 2 * LARGEST:
            raise Broken
        self._held = bytearray(rest)
        return [_unescaped(packet) for packet in whole if packet]

    def _counted(self) -> list[bytes]:
        packets, at, held = [], 0, self._held
        while len(held) - at >= 4:
            size = int.from_bytes(held[at:at + 4], "big")
            if size > LARGEST:
                raise Broken
            if len(held) - at - 4 < size:
                break
            packets.append(bytes(held[at + 4:at + 4 + size]))
            at += 4 + size
        del held[:at]
        return packets


def _unescaped(packet: bytes) -> bytes:
    if len(packet) > 2 * LARGEST:
        raise Broken
    if ESC not in packet:
        return packet
    first, *parts = packet.split(bytes([ESC]))
    whole = bytearray(first)
    for part in parts:
        if part[:1] not in (b"\xdc", b"\xdd"):
            raise Broken
        whole += (b"\xc0" if part[:1] == b"\xdc" else b"\xdb") + part[1:]
    return bytes(whole)


class OscStream:
    """Connections for OSC on one TCP port.

    interface, port, allow, wall, on_message, on_fault   as OscPort's
    on_state   gets (State, Fault or None): ABSENT with a Fault once for each new reason, OPEN, CLOSED
    on_gone    gets the address of whoever has hung up

    `broken` counts connections that were closed because they made no sense, `refused` those that were too many or came from elsewhere.
    """

    def __init__(self, interface: str, port: int, allow: Iterable[object] = ("127.0.0.0/8",), *, wall: Callable[[], float],
                 on_message: OnMessage | None = None, on_state: Callable[[State, Fault | None], object] | None = None,
                 on_fault: Callable[[Fault | Recovery], object] | None = None, bounds: Bounds = Bounds()) -> None:  # noqa: B008
        self.interface, self.port = interface, port
        self.counts = OscCounts()
        self.intake = Intake(allow, wall, bounds, self.counts, on_message, on_fault)
        self._binding = Binding(on_state)
        self.address: Peer | None = None
        self.on_gone: Callable[[Peer], object] | None = None
        self.broken = self.refused = 0
        self._shut = False
        self._turn = asyncio.Lock()
        self._clients: dict[Peer, tuple[Frames, asyncio.StreamWriter]] = {}
        self._serving: set[asyncio.Task] = set()
        self._server: asyncio.Server | None = None
        self._life: asyncio.Task[None] | None = None

    @property
    def state(self) -> State:
        """What the port is doing."""
        return self._binding.state

    @property
    def on_message(self) -> OnMessage | None:
        """Who gets the messages."""
        return self.intake.on_message

    @on_message.setter
    def on_message(self, receiver: OnMessage | None) -> None:
        self.intake.on_message = receiver

    async def open(self) -> None:
        """Listen, or begin to try. Never raises; see `state` and `on_state`."""
        self._shut = False
        if self._life is None and not await self._listen():
            self._life = asyncio.create_task(self._try_again(), name="osc stream")

    async def close(self) -> None:
        """Hang up on everybody and listen no more."""
        self._shut = True                       # whoever has come this very moment is not served either
        if self._life is not None:
            self._life.cancel()
            await asyncio.gather(self._life, return_exceptions=True)
            self._life = None
        if self._server is not None:
            self._server.close()
            self._server = None
        for task in list(self._serving):
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)
        self.intake.close()
        self.address = None
        self._binding.enter(State.CLOSED)

    def send(self, message: bytes, to: Peer) -> bool:
        """Send one packet. Returns whether it was taken; never waits, never raises."""
        frames, writer = self._clients.get(to, (None, None))
        if frames is None or writer is None or writer.is_closing() or writer.transport.get_write_buffer_size() > UNREAD:
            self.counts.unsent += 1
            return False
        writer.write(frames.put(message))
        self.counts.sent += 1
        return True

    async def _try_again(self) -> None:
        pause = FIRST_PAUSE
        while True:
            await asyncio.sleep(pause)
            if await self._listen():
                self._life = None
                return
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _listen(self) -> bool:
        self.counts.attempts += 1
        try:
            self._server = await asyncio.start_server(self._serve, address_of(self.interface), self.port, limit=2 * LARGEST)
            for made in self._server.sockets:
                made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, HELD)
        except Fault as fault:
            self._binding.enter(State.ABSENT, fault)
            return False
        except OSError as error:
            self._binding.enter(State.ABSENT, unbound(error, f"{self.interface}:{self.port}", "TCP", "osc.tcp"))
            return False
        self.address = self._server.sockets[0].getsockname()[:2]
        self._binding.enter(State.OPEN)
        return True

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer: Peer = writer.get_extra_info("peername")[:2]
        task = asyncio.current_task()
        if self._shut or len(self._clients) >= MOST or not self.intake.is_allowed(peer[0]):
            self.refused += 1
            writer.close()
            return
        assert task is not None
        self._serving.add(task)
        frames = Frames()
        _keep_alive(writer.get_extra_info("socket"))
        self._clients[peer] = frames, writer
        loop = asyncio.get_running_loop()
        try:
            data = await asyncio.wait_for(reader.read(2 * LARGEST), SILENT)
            while data:
                packets = deque(frames.take(data))
                while packets:
                    async with self._turn:                 # those who never stop talking must not hold up the loop, one by one or together
                        too_fast = self._some_of(packets, peer, loop.time())
                        await asyncio.sleep(0)
                    if too_fast:
                        await asyncio.sleep(HURRY)         # what it sends meanwhile waits at its own end
                data = await reader.read(2 * LARGEST)
        except Broken:
            self.broken += 1
        except (OSError, TimeoutError, asyncio.CancelledError):
            pass
        finally:
            self._serving.discard(task)
            self._clients.pop(peer, None)
            writer.transport.abort()
            if self.on_gone is not None:
                self.on_gone(peer)

    def _some_of(self, packets: deque[bytes], peer: Peer, time: float) -> bool:
        """Take in what one turn allows; whether it came too fast."""
        counts = self.counts
        flooded, most = counts.flooded, counts.packets + counts.parsed + AT_ONCE
        while packets and counts.packets + counts.parsed < most and counts.flooded == flooded:
            self.intake.receive(packets.popleft(), peer, time)
        return counts.flooded > flooded


def _keep_alive(made: socket.socket) -> None:
    """A tablet that went out of reach says no good-bye: the kernel finds out, and its place is free again."""
    with contextlib.suppress(OSError):
        made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, value in ((socket.TCP_KEEPIDLE, AWAKE), (socket.TCP_KEEPINTVL, PROBE), (socket.TCP_KEEPCNT, PROBES)):
            made.setsockopt(socket.IPPROTO_TCP, option, value)
