"""What comes in at an OSC port: datagrams checked, counted, dated and handed on. It opens nothing.

    Intake      `receive(datagram, sender, time)` → `on_message(address, arguments, sender, time)` for each message
    Bounds      what a sender may ask of it
    OscCounts   what became of the datagrams
    Purse       so much a second

A datagram is dropped and counted when it comes from outside the allowed networks, faster than its sender may, or malformed. The
first of a kind is said as a Fault, and that it is over when a minute has passed without another; there is never a line for each
packet. Time tags: now or late is now; up to ten seconds ahead waits on the event loop's clock; further ahead is refused, for one
of the two clocks is wrong. Messages of one bundle are handed on together, nothing comes between. Nothing waits, and nothing that
comes over the wire can raise.
"""
from __future__ import annotations

import asyncio
import contextlib
import ipaddress
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ..rules.purse import Purse
from ..terms.fault import Fault, Recovery
from ..terms.words import Words, both
from . import osc_packet
from .interface import is_numeric
from .osc_packet import IMMEDIATELY, Malformed, Message

Peer = tuple[str, int]
OnMessage = Callable[[str, tuple, Peer, float], object]

QUIET = 60.0                                # s without another of its kind, and a fault is over
NTP_TO_UNIX = 2_208_988_800                 # s from 1900 to 1970
NOTHING = both("", "")


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a sender may ask of the port.

    ahead      s by which a time tag may lie in the future
    waiting    messages that may wait for their time, of all senders together
    rate       messages a second from one host, and as many at once; everyone together may send four times as many
    hosts      hosts that are kept apart; when there are more, the one silent for longest is forgotten
    """

    ahead: float = 10.0
    waiting: int = 1_000
    rate: int = 5_000
    hosts: int = 256


@dataclass(slots=True)
class OscCounts:
    """Datagrams: packets = foreign + flooded + malformed + accepted.

    Messages: parsed = delivered + far + crowded + lost + `Intake.waiting`.
    late counts messages, among those delivered, whose time had passed; raised those whose receiver failed; lost those that still
    waited when the port was closed. sent and unsent count the datagrams that the port was asked to send,
    attempts how often it tried to bind.
    """

    attempts: int = 0
    packets: int = 0
    foreign: int = 0
    flooded: int = 0
    malformed: int = 0
    accepted: int = 0
    parsed: int = 0
    delivered: int = 0
    late: int = 0
    far: int = 0
    crowded: int = 0
    raised: int = 0
    lost: int = 0
    sent: int = 0
    unsent: int = 0


class Intake:
    """Datagrams in, messages out.

    allow       networks from which messages are taken, "192.168.1.0/24"
    wall        seconds since 1970, to read time tags by
    on_message  gets (address, arguments, (host, port), loop time)
    on_fault    gets what is wrong with packets and receivers, each kind once when it begins, and a Recovery when it is over
    """

    def __init__(self, allow: Iterable[object], wall: Callable[[], float], bounds: Bounds, counts: OscCounts,
                 on_message: OnMessage | None, on_fault: Callable[[Fault | Recovery], object] | None) -> None:
        self.allow = tuple(ipaddress.IPv4Network(str(network)) for network in allow)
        self.bounds, self.counts = bounds, counts
        self.on_message, self.on_fault = on_message, on_fault
        self._wall = wall
        self._lasting: dict[str, tuple[Fault, float]] = {}      # kind → what was said of it, and when the last one came
        self._calm: asyncio.TimerHandle | None = None           # the next look whether one of them is over
        self._allowed: dict[str, bool] = {}
        self._purses: OrderedDict[str, Purse] = OrderedDict()
        self._everyone = Purse(4 * bounds.rate)
        self._waiting: dict[asyncio.TimerHandle, int] = {}
        self._waiting_messages = 0

    @property
    def waiting(self) -> int:
        """Messages that wait for their time."""
        return self._waiting_messages

    def close(self) -> None:
        """Drop the messages that still wait for their time, and count them."""
        if self._calm is not None:
            self._calm.cancel()
            self._calm = None
        self._lasting.clear()
        for handle in self._waiting:
            handle.cancel()
        self.counts.lost += self._waiting_messages
        self._waiting.clear()
        self._waiting_messages = 0

    def receive(self, datagram: bytes, sender: Peer, time: float) -> None:
        """Take one datagram; `time` is the event loop's. Never raises on account of what it holds."""
        counts = self.counts
        counts.packets += 1
        host = sender[0]
        if not self.is_allowed(host):
            counts.foreign += 1
            self._say("osc.foreign", time, sender, "a message from outside the allowed networks was dropped",
                      "un message venu d'ailleurs que des réseaux permis a été écarté")
            return
        purse = self._purse(host)
        if not (purse.spend(1, time) and self._everyone.spend(1, time)):
            self._flooded(time, sender)
            return
        try:
            dated = osc_packet.parse(datagram)
        except Malformed as error:
            counts.malformed += 1
            self._say("osc.malformed", time, sender, f"a malformed packet was dropped: {error}",
                      f"un paquet mal formé a été écarté : {error}")
            return
        messages = sum(len(group.messages) for group in dated)
        if messages > 1 and not (purse.spend(messages - 1, time) and self._everyone.spend(messages - 1, time)):
            self._flooded(time, sender)
            return
        counts.accepted += 1
        counts.parsed += messages
        for tag, group in dated:
            self._date(tag, group, sender, time)

    def _date(self, tag: int, messages: list[Message], sender: Peer, time: float) -> None:
        ahead = 0.0 if tag == IMMEDIATELY else tag / 2**32 - NTP_TO_UNIX - self._wall()
        if ahead <= 0.0:
            self.counts.late += len(messages) if tag != IMMEDIATELY else 0
            self._deliver(messages, sender, time)
        elif ahead > self.bounds.ahead:
            self.counts.far += len(messages)
            self._say("osc.far", time, sender, f"a message dated {ahead:.0f} s ahead was refused",
                      f"un message daté de {ahead:.0f} s en avance a été refusé",
                      both("Its clock and this machine's differ: set both by the network, or send without time tags.",
                           "Son horloge et celle-ci diffèrent : réglez-les par le réseau, ou envoyez sans date."))
        elif self._waiting_messages + len(messages) > self.bounds.waiting:
            self.counts.crowded += len(messages)
            self._say("osc.crowded", time, sender,
                      f"more than {self.bounds.waiting} messages wait for their time; further ones are dropped",
                      f"plus de {self.bounds.waiting} messages attendent leur heure ; les suivants sont écartés")
        else:
            self._waiting_messages += len(messages)

            def due() -> None:
                self._waiting_messages -= self._waiting.pop(handle)
                self._deliver(messages, sender, loop.time())

            loop = asyncio.get_running_loop()
            handle = loop.call_at(time + ahead, due)
            self._waiting[handle] = len(messages)

    def _deliver(self, messages: list[Message], sender: Peer, time: float) -> None:
        for address, arguments in messages:
            self.counts.delivered += 1
            if self.on_message is None:
                continue
            try:
                self.on_message(address, arguments, sender, time)
            except Exception as error:
                self.counts.raised += 1
                self._say("osc.raised", time, sender, f"{address} could not be followed: {type(error).__name__}: {error}",
                          f"{address} n'a pas pu être suivi : {type(error).__name__} : {error}", cause=error)

    def is_allowed(self, host: str) -> bool:
        """Whether messages from this host are taken."""
        known = self._allowed.get(host)
        if known is None:
            if len(self._allowed) >= 4 * self.bounds.hosts:
                self._allowed.clear()
            known = is_numeric(host) and any(ipaddress.IPv4Address(host) in network for network in self.allow)
            self._allowed[host] = known
        return known

    def _purse(self, host: str) -> Purse:
        purse = self._purses.get(host)
        if purse is None:
            purse = self._purses[host] = Purse(self.bounds.rate)
            if len(self._purses) > self.bounds.hosts:
                self._purses.popitem(last=False)
        else:
            self._purses.move_to_end(host)
        return purse

    def _flooded(self, time: float, sender: Peer) -> None:
        self.counts.flooded += 1
        self._say("osc.flooded", time, sender, f"more than {self.bounds.rate} messages a second; the rest is dropped",
                  f"plus de {self.bounds.rate} messages par seconde ; le reste est écarté")

    def _say(self, id: str, time: float, peer: Peer, en: str, fr: str, remedy: Words = NOTHING,
             cause: Exception | None = None) -> None:
        if self.on_fault is None:
            return
        known = self._lasting.get(id)
        if known is not None and time < known[1] + QUIET:
            self._lasting[id] = known[0], time
            return
        self._recover(time)
        fault = Fault(both(en, fr), where=f"osc {peer[0]}:{peer[1]}", remedy=remedy, id=id)
        fault.__cause__ = cause
        self._lasting[id] = fault, time
        self.on_fault(fault)
        if self._calm is None:
            with contextlib.suppress(RuntimeError):     # without a loop (a test), the next packet looks
                self._calm = asyncio.get_running_loop().call_later(QUIET, self._look)

    def _look(self) -> None:
        """Called while there is something that may be over."""
        loop = asyncio.get_running_loop()
        self._recover(loop.time())
        ends = [last + QUIET - loop.time() for _, last in self._lasting.values()]
        self._calm = loop.call_later(max(1.0, min(ends)), self._look) if ends else None

    def _recover(self, now: float) -> None:
        """Say of each kind that it is over, once a minute has passed without another."""
        for id, (fault, last) in list(self._lasting.items()):
            if now >= last + QUIET:
                del self._lasting[id]
                if self.on_fault is not None:
                    self.on_fault(Recovery(both("OSC: no more of what was dropped", "OSC : plus rien à écarter"), fault.where, id))
