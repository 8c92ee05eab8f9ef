"""sACN: the packet, its end, another source that sends the same universe, and OLA reading back what was sent."""
from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.ports.sacn import HEAD, KEEP_ALIVE, SOURCE_LOST, TERMINATED, SacnPort, data_packet, group_of, own_cid, read_source
from installation.terms.fault import Fault, Recovery
from tests.bench import wait_until
from tests.ola import Node

MINE, THEIRS = b"m" * 16, b"t" * 16


@given(universe=st.integers(1, 63999), sequence=st.integers(0, 255), slots=st.binary(min_size=1, max_size=512), priority=st.integers(0, 200),
       name=st.text(max_size=80))
def test_the_packet_is_e131(universe: int, sequence: int, slots: bytes, priority: int, name: str):
    packet = data_packet(universe, sequence, slots, cid=MINE, name=name, priority=priority)
    assert len(packet) == 126 + len(slots) and packet.startswith(HEAD)
    for start in (16, 38, 115):                                   # each layer's length reaches to the end of the packet
        flags = int.from_bytes(packet[start:start + 2], "big")
        assert flags >> 12 == 7 and start + (flags & 0xFFF) == len(packet)
    assert packet[18:22] == bytes([0, 0, 0, 4]) and packet[40:44] == bytes([0, 0, 0, 2]) and packet[117:119] == bytes([2, 0xA1])
    assert packet[108] == priority and packet[111] == sequence and packet[125] == 0 and packet[126:] == slots
    source = read_source(packet)
    assert source is not None and (source.cid, source.priority, source.universe, source.is_over) == (MINE, priority, universe, False)


def test_a_packet_that_does_not_fit_is_refused():
    for wrong in ({"universe": 0}, {"universe": 64000}, {"slots": b""}, {"slots": bytes(513)}, {"priority": 201}):
        given = {"universe": 1, "slots": b"1", "priority": 100, **wrong}
        with pytest.raises(ValueError):
            data_packet(given["universe"], 0, given["slots"], cid=MINE, name="x", priority=given["priority"])


@given(st.binary(max_size=700))
def test_anything_may_come(packet: bytes):
    assert read_source(packet) is None
    assert read_source(HEAD + packet) is None or len(packet) > 100


def test_each_universe_has_its_group_and_this_machine_its_identity():
    assert (group_of(1), group_of(300), group_of(63999)) == ("239.255.0.1", "239.255.1.44", "239.255.249.255")
    assert own_cid() == own_cid() and len(own_cid()) == 16


class Receiver:
    """One that is sent to by its address."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.setblocking(False)
        self.port = self.socket.getsockname()[1]

    def packets(self) -> list[bytes]:
        found: list[bytes] = []
        while True:
            try:
                found.append(self.socket.recv(2048))
            except BlockingIOError:
                return found


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.socket.close()


async def test_frames_leave_while_they_change_then_three_times_and_are_kept_alive_and_the_end_is_said(receiver: Receiver):
    port = SacnPort(7, lambda what: None, host="127.0.0.1", port=receiver.port, priority=120)
    port.open()
    for n in range(400):
        port.send(bytes([min(n, 99)]) + bytes(511), n / 40)
    got = receiver.packets()
    assert [packet[126] for packet in got[:100]] == list(range(100))
    assert len(got) - 100 == 3 + int((300 / 40 - 3 / 40) / KEEP_ALIVE)
    assert [packet[111] for packet in got] == [(n + 1) % 256 for n in range(len(got))]
    assert all(packet[112] == 0 and packet[108] == 120 for packet in got)
    await port.close()
    last = receiver.packets()
    assert [packet[112] for packet in last] == [TERMINATED] * 3 and all(packet[126] == 99 for packet in last)


async def test_nobody_there_is_told_once_and_their_coming_once(receiver: Receiver):
    told: list = []
    gone = Receiver()
    gone.socket.close()
    port = SacnPort(7, told.append, host="127.0.0.1", port=gone.port)
    port.open()
    for n in range(400):
        port.send(bytes([n % 256]) + bytes(511), n / 40)
    assert [type(what) for what in told] == [Fault] and told[0].id == "sacn.econnrefused" and not port.is_open and port.sent < 30
    back = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    back.bind(("127.0.0.1", gone.port))
    for n in range(400, 800):
        port.send(bytes([n % 256]) + bytes(511), n / 40)
    assert [type(what) for what in told] == [Fault, Recovery] and port.is_open
    back.close()
    await port.close()


async def test_another_who_sends_the_same_universe_is_named_until_he_stops():
    told: list = []
    universe = 40_000
    port = SacnPort(universe, told.append, interface="127.0.0.1", port=0x5000 + 1, cid=MINE)
    port.open()
    port.send(bytes(512), 0.0)
    other = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    other.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))

    def says(now: float, **words: object) -> None:
        given = {"cid": THEIRS, "name": "old desk", "priority": 100, **words}
        other.sendto(data_packet(universe, 1, bytes(512), **given), (group_of(universe), 0x5000 + 1))  # type: ignore[arg-type]
        port.send(bytes(512), now)

    says(0.1, priority=90)                         # one that loses against us is no rival
    says(0.2, options=0x80)                        # nor is a preview
    assert not told
    for n in range(3, 20):
        says(n / 10)
    assert len(told) == 1 and told[0].id == "sacn.rival" and "old desk" in told[0].happened.en and port.is_open
    port.send(bytes(512), 1.9 + SOURCE_LOST + 0.1)
    assert [type(what) for what in told] == [Fault, Recovery] and told[1].id == "sacn.rival" and not port.others
    says(10.0)
    assert len(told) == 3
    says(10.1, options=TERMINATED)
    assert len(told) == 4 and isinstance(told[3], Recovery)
    other.close()
    await port.close()


@pytest.mark.ola
@pytest.mark.root
async def test_ola_reads_back_every_frame_and_the_cable_may_be_pulled(tmp_path: Path):
    told: list = []
    with Node(tmp_path, "e131") as node:
        node.patch(1)
        port = SacnPort(1, told.append, interface=node.here)
        loop = asyncio.get_running_loop()
        port.open()
        wanted = [bytes([n, 255 - n]) + bytes(range(256)) + bytes(252) + b"\x07\x09" for n in range(1, 121)]
        for frame in wanted:
            port.send(frame, loop.time())
            await asyncio.sleep(0.01)
        wait_until(lambda: len(node.frames(1)) >= 120, 5, "frames")
        assert [frame for frame in node.frames(1) if any(frame)] == wanted and not told

        node.pull()
        at = loop.time()
        for n in range(120):
            port.send(wanted[n], at + n / 40)
        node.plug()
        at += 3.0

        def again() -> bool:
            nonlocal at
            at += 0.025
            port.send(bytes([int(at * 40) % 256]) * 512, at)
            return port.is_open and node.frames(1)[-1] not in wanted

        wait_until(again, 20, "the cable's return")
        await port.close()
