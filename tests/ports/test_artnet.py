"""Art-Net: the packet, a node that answers, one that is not there, and OLA reading back what was sent."""
from __future__ import annotations

import asyncio
import os
import socket
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.ports.artnet import KEEP_ALIVE, OP_POLL_REPLY, ArtnetPort, art_dmx, opcode
from installation.terms.fault import Fault, Recovery
from tests.bench import wait_until
from tests.ola import Node


@given(address=st.integers(0, 0x7FFF), sequence=st.integers(0, 255), slots=st.binary(min_size=1, max_size=512))
def test_the_packet_is_art_net_4(address: int, sequence: int, slots: bytes):
    packet = art_dmx(address, sequence, slots)
    identity, code, version, number, physical, low, net, length = struct.unpack(">8s2sHBBBBH", packet[:18])
    assert identity == b"Art-Net\0" and code == b"\x00\x50" and version == 14
    assert (number, physical, low, net) == (sequence, 0, address & 255, address >> 8)
    assert length == len(packet) - 18 and length % 2 == 0 and packet[18:].startswith(slots) and length - len(slots) in (0, 1)
    assert opcode(packet) == 0x5000


@given(st.binary(max_size=600))
def test_anything_may_come(packet: bytes):
    assert opcode(packet) is None or packet.startswith(b"Art-Net\0")


class Receiver:
    """A node on the loopback."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.setblocking(False)
        self.port = self.socket.getsockname()[1]
        self.last: tuple = ()

    def packets(self) -> list[bytes]:
        found: list[bytes] = []
        while True:
            try:
                packet, self.last = self.socket.recvfrom(2048)
            except BlockingIOError:
                return found
            found.append(packet)


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.socket.close()


async def test_frames_leave_while_they_change_and_are_kept_alive(receiver: Receiver):
    port = ArtnetPort("127.0.0.1", 3, lambda what: None, port=receiver.port)
    port.open()
    for n in range(400):
        port.send(bytes([min(n, 99)]) + bytes(511), n / 40)
    got = receiver.packets()
    assert [packet[18] for packet in got[:100]] == list(range(100))
    assert len(got) - 100 == int(300 / 40 / KEEP_ALIVE)
    assert [packet[12] for packet in got] == [n % 255 + 1 for n in range(len(got))]
    port.send(bytes([99]) + bytes(511), 10.0, force=True)
    assert len(receiver.packets()) == 1
    await port.close()


async def test_the_sequence_never_is_zero(receiver: Receiver):
    port = ArtnetPort("127.0.0.1", 0, lambda what: None, port=receiver.port)
    port.open()
    seen = []
    for n in range(600):
        port.send(n.to_bytes(2, "big") + bytes(510), n / 40)
        seen += [packet[12] for packet in receiver.packets()]
    assert seen == [n % 255 + 1 for n in range(600)]
    await port.close()


async def test_whatever_a_node_answers_is_thrown_away(receiver: Receiver):
    port = ArtnetPort("127.0.0.1", 0, lambda what: None, port=receiver.port)
    port.open()
    port.send(bytes(512), 0.0)
    receiver.packets()
    reply = b"Art-Net\0" + struct.pack("<H", OP_POLL_REPLY) + bytes(229)
    for packet in [reply] * 5 + [b"", b"Art-Net", os.urandom(700), reply[:9]]:
        receiver.socket.sendto(packet, receiver.last)
    for n in range(1, 20):
        port.send(bytes([n]) + bytes(511), n / 40)
    assert (port.replies, port.strays) == (5, 4) and port.sent == 20 and port.is_open
    await port.close()


async def test_nobody_there_is_told_once_and_their_coming_once():
    told: list = []
    first = Receiver()
    first.socket.close()
    port = ArtnetPort("127.0.0.1", 0, told.append, port=first.port)
    port.open()
    for n in range(400):
        port.send(bytes([n % 256]) + bytes(511), n / 40)
    assert [type(what) for what in told] == [Fault] and not port.is_open and told[0].id == "artnet.econnrefused"
    assert port.sent < 20
    back = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    back.bind(("127.0.0.1", first.port))
    for n in range(400, 800):
        port.send(bytes([n % 256]) + bytes(511), n / 40)
    assert [type(what) for what in told] == [Fault, Recovery] and port.is_open
    back.setblocking(False)
    assert back.recv(2048)[:8] == b"Art-Net\0"
    back.close()
    await port.close()


async def test_a_network_that_is_not_there_is_survived():
    told: list = []
    port = ArtnetPort("255.255.255.255", 0, told.append)      # broadcast is never permitted: the kernel refuses
    port.open()
    for n in range(200):
        port.send(bytes([n]) + bytes(511), n / 40)
    assert len(told) == 1 and port.sent == 0 and port.lost == 200 and not port.is_open
    await port.close()


@pytest.mark.ola
@pytest.mark.root
async def test_ola_reads_back_every_frame_and_the_cable_may_be_pulled(tmp_path: Path):
    told: list = []
    with Node(tmp_path) as node:
        node.patch(1, 2)
        port, other = ArtnetPort(node.host, 1, told.append), ArtnetPort(node.host, 2, told.append)
        loop = asyncio.get_running_loop()
        for each in (port, other):
            each.open()
        wanted = [bytes([n, 255 - n]) + bytes(range(256)) + bytes(252) + b"\x07\x09" for n in range(1, 121)]
        for n, frame in enumerate(wanted):
            port.send(frame, loop.time())
            if n == 60:
                other.send(frame, loop.time())
            await asyncio.sleep(0.01)
        wait_until(lambda: len(node.frames(1)) >= 120, 5, "frames")
        got = [frame for frame in node.frames(1) if any(frame)]
        assert got == wanted and node.frames(2)[-1] == wanted[60]

        node.pull()
        at = loop.time()
        for n in range(120):
            port.send(wanted[n], at + n / 40)
        assert any(isinstance(what, Fault) for what in told) and not port.is_open
        node.plug()
        at += 3.0

        def again() -> bool:
            nonlocal at
            at += 0.025
            port.send(bytes([int(at * 40) % 256]) * 512, at)
            return port.is_open and node.frames(1)[-1] not in wanted

        wait_until(again, 20, "the cable's return")
        assert [type(what) for what in told] == [Fault, Recovery]
        for each in (port, other):
            await each.close()
