"""The OSC port: one UDP socket that takes messages in and sends some out. It knows nothing of what they mean.

    OscPort                open, close, send; `on_message(address, arguments, sender, time)` for each message, in the event loop
    osc_intake.Bounds      what a sender may ask of it
    osc_intake.OscCounts   what became of the datagrams

What comes in is checked, counted and dated by osc_intake.py; what a packet may hold is told in osc_packet.py. The network may
come later than the piece: the port is bound when its interface is there, tried again with growing pauses, and bound anew when the
interface has got another address. Sending never raises and never waits. Standard: OSC 1.0.
"""
from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterable

from ..terms.fault import Fault, Recovery
from ..terms.words import both
from . import osc_packet
from .binding import FIRST_PAUSE, LONGEST_PAUSE, Binding, unbound
from .interface import address_of, is_numeric
from .osc_intake import QUIET, Bounds, Intake, OnMessage, OscCounts, Peer
from .osc_packet import Message
from .wire import State

__all__ = ["Bounds", "OscCounts", "OscPort", "Peer"]

LOOK = 10.0                                 # s between looks at the interface's address


class OscPort:
    """One UDP socket for OSC.

    interface   an address or the name of an interface; "0.0.0.0" is all of them
    port        UDP port; 0 takes any free one, see `address`
    allow       networks from which messages are taken, "192.168.1.0/24"
    wall        seconds since 1970, to read time tags by
    on_message  gets (address, arguments, (host, port), loop time); may also be set later
    on_state    gets (State, Fault or None): ABSENT with a Fault once for each new reason, OPEN, CLOSED
    on_fault    gets what is wrong with packets and receivers (each kind once, and a Recovery when a minute has passed without
                another), and once for a peer that cannot be reached; on_end gets that last one again when it can, or when
                nothing has been sent there for a minute
    """

    def __init__(self, interface: str, port: int, allow: Iterable[object] = ("127.0.0.0/8",), *, wall: Callable[[], float],
                 on_message: OnMessage | None = None,
                 on_state: Callable[[State, Fault | None], object] | None = None,
                 on_fault: Callable[[Fault | Recovery], object] | None = None, on_end: Callable[[Fault], object] | None = None,
                 bounds: Bounds = Bounds()) -> None:  # noqa: B008
        self.interface, self.port = interface, port
        self.counts = OscCounts()
        self.intake = Intake(allow, wall, bounds, self.counts, on_message, on_fault)
        self._binding = Binding(on_state)
        self.address: Peer | None = None                # where it is bound
        self._on_fault, self._on_end = on_fault, on_end
        self._unreachable: dict[Peer, tuple[Fault, float]] = {}      # what was said, and when it was tried last
        self._socket: socket.socket | None = None
        self._transport: asyncio.DatagramTransport | None = None
        self._gone: asyncio.Future[None] | None = None
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

    # coming and going

    async def open(self) -> None:
        """Bind, or begin to try. Returns after the first attempt and never raises; see `state` and `on_state`."""
        if self._life is None:
            tried = asyncio.Event()
            self._life = asyncio.create_task(self._live(tried), name="osc port")
            first = asyncio.create_task(tried.wait())
            await asyncio.wait([first, self._life], return_when=asyncio.FIRST_COMPLETED)     # it may be closed meanwhile
            first.cancel()

    async def close(self) -> None:
        """Let go of the port; messages that still wait for their time are dropped and counted."""
        if self._life is None:
            return
        self._life.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._life
        self._life = None
        await self._unbind()
        self.intake.close()
        self._binding.enter(State.CLOSED)

    async def _live(self, tried: asyncio.Event) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                await self._bind()
            except Fault as fault:
                self._binding.enter(State.ABSENT, fault)
                tried.set()
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
                continue
            pause = FIRST_PAUSE
            self._binding.enter(State.OPEN)
            tried.set()
            await self._until_gone()
            await self._unbind()

    async def _bind(self) -> None:
        self.counts.attempts += 1
        host = address_of(self.interface)
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)       # without SO_REUSEADDR: it would share the port with another
        try:
            made.setblocking(False)
            made.bind((host, self.port))
            loop = asyncio.get_running_loop()
            self._gone = loop.create_future()
            self._transport, _ = await loop.create_datagram_endpoint(lambda: _Entry(self, loop), sock=made)
        except OSError as error:
            made.close()
            raise unbound(error, f"{host}:{self.port}", "UDP", "osc") from error
        except asyncio.CancelledError:
            made.close()
            raise
        self._socket, self.address = made, made.getsockname()

    async def _until_gone(self) -> None:
        assert self._gone is not None and self.address is not None
        while not self._gone.done():
            await asyncio.wait([self._gone], timeout=LOOK)
            self._end(asyncio.get_running_loop().time() - QUIET)
            with contextlib.suppress(Fault):            # an interface without an address for a while keeps its socket
                if not is_numeric(self.interface) and address_of(self.interface) != self.address[0]:
                    return

    async def _unbind(self) -> None:
        transport, gone = self._transport, self._gone
        self._socket = self._transport = self.address = None
        if transport is not None and gone is not None:
            transport.close()
            await asyncio.wait([gone])

    def send(self, message: Message | bytes, to: Peer) -> bool:
        """Send one message, or a datagram that is made already. Returns whether it left; what did not is counted, never raised.

        The host is an address, not a name: looking names up would hold up the loop.
        """
        if self._socket is None or not is_numeric(to[0]):
            self.counts.unsent += 1
            return False
        datagram = message if isinstance(message, bytes) else osc_packet.message(*message)
        try:
            self._socket.sendto(datagram, to)
        except BlockingIOError:                         # the network card's queue is full
            self.counts.unsent += 1
            return False
        except OSError as error:
            self.counts.unsent += 1
            known = self._unreachable.get(to)
            if known is not None or len(self._unreachable) < self.intake.bounds.hosts:
                fault = _unreached(error, to) if known is None else known[0]
                self._unreachable[to] = fault, asyncio.get_running_loop().time()
                if known is None and self._on_fault is not None:
                    self._on_fault(fault)
            return False
        self.counts.sent += 1
        if to in self._unreachable:
            self._over(to)
        return True

    def _end(self, before: float) -> None:
        """Have it over for peers that nothing was sent to since then: they are forgotten clients."""
        for peer in [peer for peer, (_, last) in self._unreachable.items() if last < before]:
            self._over(peer)

    def _over(self, peer: Peer) -> None:
        fault, _ = self._unreachable.pop(peer)
        if self._on_end is not None:
            self._on_end(fault)


class _Entry(asyncio.DatagramProtocol):
    """What asyncio calls. It belongs to one binding of the port."""

    def __init__(self, port: OscPort, loop: asyncio.AbstractEventLoop) -> None:
        self._port, self._loop, self._gone = port, loop, port._gone

    def datagram_received(self, data: bytes, addr: tuple) -> None:
        self._port.intake.receive(data, addr[:2], self._loop.time())

    def error_received(self, exc: Exception) -> None:
        self._port.counts.unsent += 1                   # an answer that some router sent about a datagram of ours

    def connection_lost(self, exc: Exception | None) -> None:
        if self._gone is not None and not self._gone.done():
            self._gone.set_result(None)


def _unreached(error: OSError, to: Peer) -> Fault:
    return Fault(both(f"nothing can be sent there: {error.strerror}", f"rien ne peut y être envoyé : {error.strerror}"),
                 where=f"osc {to[0]}:{to[1]}", id="osc.unreachable",
                 remedy=both("It is tried again with every change.", "On réessaie à chaque changement."))
