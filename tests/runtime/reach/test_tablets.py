"""Tablets at a piece: an OSC client of the npm registry by datagrams and by a connection, side by side."""
# ruff: noqa: ASYNC220
from __future__ import annotations

import asyncio
import json
import socket
from typing import Any

import pytest

from installation.rules.gate import Gate
from installation.rules.remote import OscRecord
from installation.rules.tree import Tree
from installation.runtime.reach.tablets import Tablets
from installation.terms.declaration import Declaration, Kind
from tests.node import script

LEVEL, COLOUR, MUTE = "/scene/tide/level", "/light/wash/colour", "/system/mute"


def free(kind: int) -> int:
    with socket.socket(socket.AF_INET, kind) as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Tablet:
    """The client, in a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.values: dict[str, list] = {}

    @classmethod
    async def of(cls, port: int, way: str) -> Tablet:
        made = cls(await asyncio.create_subprocess_exec(*script("tablet.js", "127.0.0.1", str(port), way), stdin=asyncio.subprocess.PIPE,
                                                        stdout=asyncio.subprocess.PIPE))
        await made.hear()
        return made

    async def say(self, address: str, *arguments: tuple[str, Any]) -> None:
        self.process.stdin.write(json.dumps({"address": address, "args": [{"type": kind, "value": value} for kind, value in arguments]}).encode() + b"\n")
        await self.process.stdin.drain()

    async def hear(self) -> None:
        said = json.loads(await self.process.stdout.readline())
        if "address" in said:
            self.values[said["address"]] = [argument["value"] for argument in said["args"]]

    async def until(self, true: Any) -> None:
        async with asyncio.timeout(30):
            while not true():
                await self.hear()

    async def leave(self) -> None:
        self.process.kill()
        await self.process.wait()


async def test_two_tablets_one_by_udp_one_by_tcp_follow_each_other():
    tree, told = Tree(), []
    for declaration in (Declaration(LEVEL, low=0, high=1), Declaration(COLOUR, Kind.COLOUR, default=(0, 0, 0)), Declaration(MUTE, Kind.BOOL, default=False)):
        tree.declare(declaration)
    record = OscRecord(port=free(socket.SOCK_DGRAM), tcp=free(socket.SOCK_STREAM))
    tablets = Tablets(record, Gate(tree), None, told.append)
    await tablets.open()
    clients: list[Tablet] = []
    try:
        for port, way in ((record.port, "udp"), (record.tcp, "tcp")):
            clients.append(await Tablet.of(port, way))
            await clients[-1].say("/state")
            await clients[-1].until(lambda: clients[-1].values.keys() >= {LEVEL, COLOUR, MUTE})
        first, second = clients
        await first.say(LEVEL, ("f", 0.5))
        await second.until(lambda: second.values[LEVEL] == [0.5])
        await second.say(COLOUR, ("f", 1.0), ("f", 0.5), ("f", 0.0))
        await second.say(MUTE, ("T", True))
        await first.until(lambda: first.values[COLOUR] == [1, 0.5, 0] and first.values[MUTE] == [True])
        assert first.values[LEVEL] == [0.0] and tree.value(LEVEL) == 0.5 and not told            # no echo
    finally:
        for client in clients:
            await client.leave()
        await tablets.close()


async def test_a_port_that_is_taken_is_told_and_the_other_way_works():
    tree, told = Tree(), []
    tree.declare(Declaration(LEVEL, low=0, high=1))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        record = OscRecord(port=taken.getsockname()[1], tcp=free(socket.SOCK_STREAM))
        tablets = Tablets(record, Gate(tree), None, told.append)
        await tablets.open()
        reader, writer = await asyncio.open_connection("127.0.0.1", record.tcp)
        writer.close()
        await tablets.close()
    assert [fault.id for fault in told] == ["osc.port_taken"]


@pytest.mark.parametrize("tcp", [None, 1])
async def test_closing_what_was_never_opened(tcp):
    await Tablets(OscRecord(tcp=tcp), Gate(Tree()), None, lambda what: None).close()
