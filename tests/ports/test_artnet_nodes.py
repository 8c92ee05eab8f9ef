"""Who else sends to our lamps? The question, the answers, a port that is taken, and OLA as a node that merges."""
from __future__ import annotations

import asyncio
import socket
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.ports.artnet import ArtnetPort, art_dmx, opcode
from installation.ports.artnet_nodes import EVERY, FORGET, OP_POLL, ArtnetNodes, art_poll, merging
from installation.terms.fault import Fault, Recovery
from tests.ola import Node

NODE = "127.1.2.3"      # loopback has sixteen million addresses


def answer(net: int, sub: int, outputs: dict[int, bool]) -> bytes:
    """An ArtPollReply with up to four outputs: universe → whether it merges."""
    ports = [*outputs.items(), *[(0, False)] * (4 - len(outputs))]
    kinds = bytes(0x80 if n < len(outputs) else 0 for n in range(4))
    return (b"Art-Net\0" + struct.pack("<H", 0x2100) + bytes(8) + bytes([net, sub]) + bytes(152) + struct.pack(">H", len(outputs)) + kinds + bytes(4)
            + bytes(0x80 | (8 if busy else 0) for _, busy in ports) + bytes(4) + bytes(universe for universe, _ in ports) + bytes(45))


def test_the_question_is_art_net_4() -> None:
    assert opcode(art_poll()) == OP_POLL and len(art_poll()) == 14 and art_poll()[10:12] == b"\0\x0e"


@given(net=st.integers(0, 127), sub=st.integers(0, 15), outputs=st.dictionaries(st.integers(0, 15), st.booleans(), max_size=4))
def test_an_answer_names_each_output_and_whether_it_merges(net: int, sub: int, outputs: dict[int, bool]) -> None:
    assert merging(answer(net, sub, outputs)) == {net << 8 | sub << 4 | universe: busy for universe, busy in outputs.items()}


@given(st.binary(max_size=400))
def test_anything_else_is_no_answer(packet: bytes) -> None:
    assert merging(packet) is None and merging(art_dmx(1, 1, packet[:512] or b"1")) is None


def bound(host: str, port: int = 0) -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind((host, port))
    made.setblocking(False)
    return made


def test_this_machine_is_not_asked_and_opens_nothing() -> None:
    told: list = []
    nodes = ArtnetNodes(at=1)                   # where only root may listen: it does not even try
    nodes.watch("127.0.0.1", 0, told.append)
    nodes.step(0.0)
    assert not told
    nodes.close()


class Far(ArtnetNodes):
    """As if the loopback were a network."""

    def watch(self, host: str, port_address: int, tell: object) -> None:
        import unittest.mock

        with unittest.mock.patch("ipaddress.IPv4Address.is_loopback", False):
            super().watch(host, port_address, tell)  # type: ignore[arg-type]


def test_a_node_that_merges_is_told_once_and_once_when_it_is_over() -> None:
    told: list = []
    node, free = bound(NODE), bound("0.0.0.0")
    at = free.getsockname()[1]
    free.close()
    nodes = Far(port=node.getsockname()[1], at=at)
    nodes.watch(NODE, 0x123, told.append)
    nodes.watch(NODE, 0x124, told.append)
    nodes.step(0.0)
    asked, who = node.recvfrom(100)
    assert asked == art_poll()
    with pytest.raises(BlockingIOError):
        node.recv(100)                          # once for both universes, and not at every frame
    nodes.step(1.0)
    for n, busy in enumerate((True, True, False, True)):
        for packet in (answer(1, 2, {3: busy, 4: False}), b"rubbish", answer(9, 9, {9: True})):
            node.sendto(packet, ("127.0.0.1", who[1]))
        nodes.step((n + 1) * EVERY)
    assert [type(what) for what in told] == [Fault, Recovery, Fault]
    assert told[0].id == told[1].id == "artnet.rival" and "1.2.3" in told[0].happened.en and NODE in told[0].where
    nodes.step(4 * EVERY + FORGET + EVERY)       # it says nothing any more: nothing is known
    assert isinstance(told[-1], Recovery) and len(told) == 4
    nodes.close()
    node.close()


def test_a_port_that_another_program_holds_is_told_and_taken_when_it_is_free() -> None:
    told: list = []
    holder = bound("0.0.0.0")
    nodes = Far(at=holder.getsockname()[1])
    nodes.watch(NODE, 1, told.append)
    nodes.step(0.0)
    nodes.step(EVERY)
    assert [what.id for what in told] == ["artnet.taken"]
    holder.close()
    nodes.step(2 * EVERY)
    assert len(told) == 2 and isinstance(told[1], Recovery)
    nodes.close()


@pytest.mark.ola
@pytest.mark.root
async def test_ola_says_that_it_merges_while_another_desk_sends(tmp_path: Path) -> None:
    told: list = []
    with Node(tmp_path) as node:
        node.patch(1)
        port, nodes, desk = ArtnetPort(node.host, 1, told.append), ArtnetNodes(), bound(node.another())
        port.open()
        nodes.watch(node.host, 1, told.append)
        now, loop = 0.0, asyncio.get_running_loop()

        async def until(kinds: list[type], *, rival: bool) -> None:
            nonlocal now
            end = loop.time() + 30
            while [type(what) for what in told] != kinds and loop.time() < end:
                now += EVERY
                port.send(bytes([int(now) % 256]) * 512, now)
                if rival:
                    desk.sendto(art_dmx(1, 0, bytes([int(now) * 7 % 256]) * 512), (node.host, 6454))
                nodes.step(now)
                await asyncio.sleep(0.05)
            assert [type(what) for what in told] == kinds

        for _ in range(5):
            await until([], rival=False)
            now += EVERY
            port.send(bytes(512), now)
            nodes.step(now)
            await asyncio.sleep(0.05)
        assert not told
        await until([Fault], rival=True)
        assert told[0].id == "artnet.rival"
        await until([Fault, Recovery], rival=False)
        nodes.close()
        desk.close()
        await port.close()
