"""OSCQuery on the page's port: nodes by HTTP, listening by WebSocket, and the client of the npm registry that finds it all by mDNS."""
# ruff: noqa: ASYNC220
from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from installation.ports import osc_packet
from installation.ports.mdns import Announcement, Service
from installation.remote.oscquery.listener import COMMANDS, MOST
from installation.remote.oscquery.query import Query
from installation.rules.gate import Hand, Role
from installation.terms.declaration import Declaration
from tests.node import script
from tests.remote.web.served import COLOUR, GO, HEIGHT, LEVEL, MODE, READ, SECRET, Page, eventually, served

OTHER = Hand("web:artist:9")


@asynccontextmanager
async def queried(role: Role = Role.ARTIST, only: tuple[str, ...] = (), name: str = "Tide and Embers") -> AsyncIterator[tuple[Page, Query]]:
    async with served() as page:
        told: list[Any] = []
        query = Query(page.gate, name=name, language="en", osc=("127.0.0.1", 9000), role=lambda host, cookies: role, only=only,
                      wall=time.time, tell=told.append)
        page.server.others = query.answer
        yield page, query
        await query.close()


async def get(page: Page, path: str) -> tuple[int, Any]:
    async with page.http.get(page.url(path)) as answer:
        text = await answer.text()
        return answer.status, json.loads(text) if answer.status == 200 else text


class Listener:
    """A client written from the proposal's text."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.values: dict[str, tuple] = {}
        self.commands: list[tuple[str, str]] = []

    async def command(self, command: str, path: str) -> None:
        await self.socket.send_str(json.dumps({"COMMAND": command, "DATA": path}))

    async def write(self, address: str, *arguments: object) -> None:
        await self.socket.send_bytes(osc_packet.message(address, arguments))

    async def until(self, true: Any, within: float = 10.0) -> None:
        async with asyncio.timeout(within):
            while not true():
                message = await self.socket.receive()
                assert message.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY), message
                if message.type is aiohttp.WSMsgType.TEXT:
                    said = json.loads(message.data)
                    self.commands.append((said["COMMAND"], said["DATA"]))
                else:
                    for group in osc_packet.parse(message.data):
                        self.values.update(group.messages)


async def test_nodes_by_http():
    async with queried() as (page, _):
        status, root = await get(page, "/")
        assert status == 200 and root["FULL_PATH"] == "/" and root["CONTENTS"]["scene"]["CONTENTS"]["tide"]["CONTENTS"]["level"]["VALUE"] == [0.0]
        page.gate.write(OTHER, LEVEL, 0.5, 1.0)
        assert await get(page, f"{LEVEL}?VALUE") == (200, {"VALUE": [0.5]})
        assert await get(page, f"{LEVEL}?RANGE") == (200, {"RANGE": [{"MIN": 0, "MAX": 1}]})
        assert (await get(page, "/scene/tide/"))[1]["FULL_PATH"] == "/scene/tide"
        assert set((await get(page, "/scene?CONTENTS"))[1]["CONTENTS"]) == {"tide"}
        assert set((await get(page, "/?CONTENTS"))[1]["CONTENTS"]) >= {"scene", "system"}
        status, info = await get(page, "/anything/at/all?HOST_INFO")
        assert status == 200 and info["NAME"] == "Tide and Embers" and info["OSC_PORT"] == 9000 and info["WS_PORT"] == page.server.listening.address[1]
        assert info["EXTENSIONS"]["LISTEN"] is True
        async with page.http.get(page.url("/"), headers={"Accept": "text/html,*/*"}) as answer:
            assert answer.content_type == "text/html"                         # a browser is given the page


@pytest.mark.parametrize(("path", "status"), [
    ("/scene/nothing", 404), ("/scene/tide/level/deeper", 404), (f"{LEVEL}?GABBAGABBAHEY", 204), (f"{LEVEL}?CONTENTS", 204),
    (f"{GO}?VALUE", 204), (f"{SECRET}?VALUE", 204), ("/%00", 404), ("/" + "x" * 3000, 404), ("/..%2f..%2fetc/passwd", 404), (f"{LEVEL}?", 200)])
async def test_errors_as_the_proposal_has_them(path, status):
    async with queried() as (page, _):
        assert (await get(page, path))[0] == status and not page.told


async def test_a_listener_is_told_of_what_it_listens_to_alone():
    async with queried() as (page, query), page.http.ws_connect(page.url("/")) as socket:
        client = Listener(socket)
        await client.command("LISTEN", LEVEL)
        await client.command("LISTEN", COLOUR)
        await client.command("LISTEN", "/scene/tide")                          # a container: the path alone, and it has no value
        await client.until(lambda: client.values.keys() >= {LEVEL, COLOUR})
        page.gate.write(OTHER, HEIGHT, 0.9, 1.0)
        page.gate.write(OTHER, COLOUR, (1, 0.5, 0), 1.0)
        page.gate.write(OTHER, LEVEL, 0.25, 1.0)
        await client.until(lambda: client.values[LEVEL] == (0.25,) and client.values[COLOUR] == (1, 0.5, 0))
        await client.command("IGNORE", LEVEL)
        await client.command("LISTEN", GO)
        await client.command("LISTEN", MODE)
        await client.until(lambda: MODE in client.values)
        page.gate.write(OTHER, LEVEL, 0.75, 2.0)
        page.gate.write(OTHER, GO, None, 2.0)
        page.gate.write(OTHER, MODE, "quiet", 2.0)
        await client.until(lambda: client.values[MODE] == ("quiet",) and client.values.get(GO) == ())
        assert client.values[LEVEL] == (0.25,) and HEIGHT not in client.values and len(query.listeners) == 1
        await socket.close()
        await eventually(lambda: len(query.listeners) == 0)
        assert all("oscquery" not in subscription.author for subscription in page.tree._followers.subscriptions)


async def test_a_listener_writes_by_binary_osc_and_hears_no_echo():
    async with queried() as (page, _), page.http.ws_connect(page.url("/")) as socket, page.http.ws_connect(page.url(LEVEL)) as second:
        client, other = Listener(socket), Listener(second)
        for one in (client, other):
            await one.command("LISTEN", LEVEL)
            await one.until(lambda one=one: LEVEL in one.values)
        await client.write(LEVEL, 0.5)
        await other.until(lambda: other.values[LEVEL] == (0.5,))
        assert client.values[LEVEL] == (0.0,) and page.gate.changes[-1].origin.startswith("oscquery:127.0.0.1:")
        await client.write(LEVEL, 7.0)                                          # clipped: it is told what stands
        await client.until(lambda: client.values[LEVEL] == (1.0,))
        await client.write(READ, 3.0)
        await client.write("/nothing", 3.0)
        await socket.send_bytes(b"rubbish")
        for rubbish in ("{", "[]", '{"COMMAND": "DANCE", "DATA": "/"}', '{"COMMAND": "LISTEN", "DATA": 3}', "[" * 5000):
            await socket.send_str(rubbish)
        await client.write(HEIGHT, 0.125)
        await eventually(lambda: page.tree.value(HEIGHT) == 0.125)
        assert page.tree.value(READ) == 0.0


@pytest.mark.parametrize(("role", "only"), [(Role.NOBODY, ()), (Role.ARTIST, ("/light/",))])
async def test_who_may_not_write_is_told_what_stands(role, only):
    async with queried(role, only) as (page, _), page.http.ws_connect(page.url("/")) as socket:
        client = Listener(socket)
        await client.command("LISTEN", LEVEL)
        await client.until(lambda: LEVEL in client.values)
        client.values.clear()
        await client.write(LEVEL, 0.5)
        await client.until(lambda: client.values.get(LEVEL) == (0.0,))
        assert page.tree.value(LEVEL) == 0.0 and page.gate.refused == 1


async def test_addresses_that_come_and_go_are_told_and_a_flood_of_them_hangs_up():
    async with queried() as (page, query), page.http.ws_connect(page.url("/")) as socket:
        client = Listener(socket)
        await client.command("LISTEN", LEVEL)
        await client.until(lambda: LEVEL in client.values)
        page.tree.declare(Declaration("/scene/new/depth", low=0, high=1))
        page.tree.forget(HEIGHT)
        page.tree.declare(Declaration(LEVEL, low=0, high=2), replace=True)
        await client.until(lambda: len(client.commands) == 3)
        assert set(client.commands) == {("PATH_ADDED", "/scene/new/depth"), ("PATH_REMOVED", HEIGHT), ("PATH_CHANGED", LEVEL)}
        for number in range(COMMANDS + 10):
            page.tree.declare(Declaration(f"/flood/{number}"))
        await eventually(lambda: len(query.listeners) == 0)
        while (await socket.receive()).type is aiohttp.WSMsgType.TEXT:
            pass
        assert socket.closed


async def test_a_message_that_is_too_large_and_too_many_clients():
    async with queried() as (page, query):
        async with page.http.ws_connect(page.url("/")) as socket:
            await socket.send_bytes(b"x" * 1_000_000)
            assert (await socket.receive()).type is aiohttp.WSMsgType.CLOSE
        await eventually(lambda: len(query.listeners) == 0)
        held = [await page.http.ws_connect(page.url("/")) for _ in range(MOST)]
        with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
            await page.http.ws_connect(page.url("/"))
        assert caught.value.status == 503 and query.listeners.refused == 1
        for socket in held:
            await socket.close()


async def test_the_npm_registrys_client_finds_it_by_mdns_and_reads_the_tree():
    name = f"Tide and Embers {time.time_ns() % 1_000_000}"
    command = script("find.js", name)
    async with queried(name=name) as (page, _):
        told: list[Any] = []
        announcement = Announcement(name, [Service("_oscjson._tcp", page.server.listening.address[1]), Service("_osc._udp", 9000)], "127.0.0.1", told.append)
        announcement.open()
        process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        try:
            line = await asyncio.wait_for(process.stdout.readline(), 60)
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()
            await announcement.close()
        found = json.loads(line)
        methods = {method["path"]: method for method in found["methods"]}
        assert found["port"] == page.server.listening.address[1] and found["host"]["name"] == name and methods.keys() >= {LEVEL, HEIGHT, MODE, COLOUR}
        assert methods[LEVEL]["arguments"][0]["range"] == {"min": 0, "max": 1} and methods[LEVEL]["about"] == "how loud" and not told
