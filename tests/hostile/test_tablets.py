"""Everything through which the piece is reached, from the hostile side: floods, rubbish, clients that never read, never speak, never stay.

Counts, bytes and turns of the loop are asserted, never times.
"""
from __future__ import annotations

import asyncio
import contextlib
import os
import random
import socket
import tracemalloc

import aiohttp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from installation.ports import osc_packet
from installation.ports.osc_intake import Bounds, Intake, OscCounts
from installation.ports.osc_stream import AT_ONCE as MESSAGES_AT_ONCE
from installation.ports.osc_stream import OscStream
from installation.remote.osc import BATCH, FAULTS, PERIOD, TOGETHER, OscRemote
from installation.remote.osc_clients import MOST
from installation.remote.osc_patterns import AT_ONCE, LOOKED, MOVED, READING
from installation.remote.oscquery import listener, query
from installation.rules.gate import LOCK, Gate, Hand, Role
from installation.rules.tree import Tree
from installation.runtime.reach.controllers import HEARD_AT_ONCE
from installation.terms.declaration import Declaration, Kind
from tests.bench import wait_until
from tests.ports.stand_in import Plug, until
from tests.remote.oscquery.test_query import queried
from tests.remote.web.served import eventually
from tests.runtime.reach.test_controllers import LEVEL, Desktop, at_work, cc

from .running import CALM, Running, free_port, write

HERE = "127.0.0.1"
MANY = 19_900


def tree_of(addresses: int) -> Tree:
    tree = Tree()
    for number in range(addresses):
        tree.declare(Declaration(f"/scene/s{number // 100}/value{number % 100}", low=0.0, high=1.0))
    return tree


class Air:
    """OSC without a wire: what is said goes through the whole intake; what is answered is counted."""

    def __init__(self, tree: Tree, rate: int = 1_000_000) -> None:
        self.address, self.on_message = None, None
        self.sent: list[tuple[int, tuple]] = []
        self.gate, self.faults, self.counts, self.now = Gate(tree), [], OscCounts(), 0.0
        self.remote = OscRemote(self.gate, self)
        self.intake = Intake((f"{HERE}/32",), lambda: 0.0, Bounds(rate=rate), self.counts, self.on_message, self.faults.append)

    def send(self, datagram: bytes, to: tuple) -> bool:
        self.sent.append((sum(len(group.messages) for group in osc_packet.parse(datagram)), to))
        return True

    def say(self, address: str, *arguments: object, port: int = 5000) -> None:
        self.intake.receive(osc_packet.message(address, arguments), (HERE, port), self.now)

    def tick(self) -> int:
        """One tick; how many values it has sent."""
        self.now += PERIOD
        self.sent.clear()
        self.remote.tick(self.now)
        return sum(values for values, _ in self.sent)


# floods

def test_patterns_that_mean_everything_move_so_much_and_no_more():
    air = Air(tree_of(MANY))
    air.say("/scene/*/*", 0.5)
    assert sum(air.gate.tree.counts(address).written for address in air.gate.tree.addresses()) == 0      # too many at once: none of them, and it is said
    for number in range(1_000):
        air.now = number / 1_000
        air.say("/scene/s1?/*", number / 1_000)
    written = sum(air.gate.tree.counts(address).written for address in air.gate.tree.addresses())
    assert 1_000 <= written <= AT_ONCE + MOVED and air.remote.withheld > 0 and air.counts.raised == 0


def test_new_patterns_are_compared_with_so_many_addresses_and_no_more(monkeypatch):
    tree, found = tree_of(MANY), []
    find = tree.find
    monkeypatch.setattr(tree, "find", lambda pattern: (found.append(pattern), find(pattern))[1])
    air = Air(tree)
    for number in range(200):
        air.now = number / 200
        air.say(f"/{{scene,a{number}}}/*/value[0-9]")
    assert 1 <= len(found) <= 2 * LOOKED // (READING + MANY) and air.counts.raised == 0
    air.now += 10
    air.say("/subscribe", *(f"/scene/s{number}/*" for number in range(64)))            # refused whole: nothing is half changed
    client = next(iter(air.remote.clients))
    assert client.patterns == {} and client.subscription.only is None


def test_state_asked_without_end_from_everywhere_costs_a_tick_so_much_and_everyone_is_told_in_the_end():
    air = Air(tree_of(2_000))
    air.tick()
    for number in range(3_000):
        air.say("/state", port=10_000 + number)
    assert len(air.remote.clients) == MOST
    told: dict[tuple, int] = {}
    for _ in range(80):
        assert air.tick() <= TOGETHER + BATCH
        for values, to in air.sent:
            told[to] = told.get(to, 0) + values
    assert set(told.values()) == {2_000} and len(told) == MOST
    for _ in range(50):
        air.say("/state", port=12_999)
        assert air.tick() <= BATCH


def test_unknown_addresses_from_everywhere_are_answered_so_often_and_no_more():
    air = Air(tree_of(MANY))
    for number in range(2_000):
        air.say(f"/scene/s17/valeu{number}", 0.5, port=10_000 + number)
    assert len(air.sent) == air.remote.answered == FAULTS and air.gate.tree.unknown >= 2_000


@settings(max_examples=120, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["/state", "/subscribe", "/unsubscribe", "/takeover", "/reply/port", "/fault", "/scene/s0/value0", "/scene/*/*",
                                           "/*", "/[!a]*/{s0,s1}/?alue*", "/scene/[z-a]/*", "/lamp", "/system/word", "/go"]),
                          st.lists(st.one_of(st.none(), st.booleans(), st.integers(-2**63, 2**63 - 1), st.floats(), st.text(max_size=300),
                                             st.sampled_from(["/scene/*", "/scene/s0/value0", "/{", ""])), max_size=6)), max_size=12))
def test_whatever_is_said_nothing_raises_and_the_next_tick_goes_on(said):
    tree = tree_of(200)
    for declaration in (Declaration("/lamp", Kind.COLOUR, default=(0, 0, 0)), Declaration("/system/word", Kind.TEXT, default="a"),
                        Declaration("/go", Kind.TRIGGER), Declaration(LOCK, Kind.BOOL, default=False)):
        tree.declare(declaration)
    air = Air(tree)
    for address, arguments in said:
        air.say(address, *arguments)
        air.tick()
    assert air.counts.raised == 0 and all(fault.id != "osc.raised" for fault in air.faults)


def test_lists_where_texts_should_be_are_refused_in_words():
    air = Air(tree_of(10))
    air.intake.receive(b"/subscribe\0\0,[s]\0\0\0\0/a\0\0", (HERE, 5000), 0.0)
    assert air.counts.raised == 0 and air.remote.answered == 1


def test_clients_that_come_and_go_leave_nothing():
    air = Air(tree_of(100))

    def churn(clients: int) -> None:
        for number in range(clients):
            air.say("/subscribe", f"/scene/s0/value{number % 100}", port=1_024 + number)
            air.say("/reply/port", 1_024 + number % 60_000, port=1_024 + number)
            if number % 50 == 0:
                air.tick()

    churn(500)
    tracemalloc.start()
    churn(300)
    before = tracemalloc.get_traced_memory()[0]
    churn(2_000)
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown < 500_000 and len(air.remote.clients) <= MOST
    air.remote.close()
    assert len(air.remote.clients) == 0 and air.gate.tree._followers.subscriptions == []


# TCP

async def test_connections_that_never_stop_never_read_and_hardly_speak_leave_the_loop_to_others():
    tree = tree_of(100)
    port = OscStream(HERE, 0, wall=lambda: 0.0, bounds=Bounds(rate=20_000))
    remote = OscRemote(Gate(tree), port, kind="osc.tcp", connected=True)
    port.on_gone = remote.clients.gone
    await port.open()
    assert port.address is not None
    one = osc_packet.message("/scene/s0/value0", (0.5,))
    data = (len(one).to_bytes(4, "big") + one) * 200_000                       # seven megabytes each
    turns, most = 0, 0
    lines = []
    try:
        for _ in range(10):
            line = socket.create_connection(port.address)
            line.setblocking(False)
            lines.append(line)
        slow = socket.create_connection(port.address)
        sending = [asyncio.create_task(asyncio.get_running_loop().sock_sendall(line, data)) for line in lines]
        for letter in range(200):
            if letter < len(one) + 4:
                slow.send(data[letter:letter + 1])
            await asyncio.sleep(0.002)
            before = port.counts.parsed
            for _ in range(5):
                await asyncio.sleep(0)
                turns, most, before = turns + 1, max(most, port.counts.parsed - before), port.counts.parsed
            remote.tick(asyncio.get_running_loop().time())
        for task in sending:
            task.cancel()
        await asyncio.gather(*sending, return_exceptions=True)
        assert turns == 1_000 and most <= 2 * MESSAGES_AT_ONCE and port.counts.raised == 0
        assert len(remote.clients) >= 10 and port.counts.flooded < port.counts.accepted       # what comes too fast waits at the other end
        for line in (*lines, slow):
            line.close()
        await until(lambda: not remote.clients and not port._clients, what="all gone")
    finally:
        await port.close()
    assert not port._serving and tree._followers.subscriptions == []


async def test_a_connection_that_listens_for_an_hour_is_still_told_and_one_that_hung_up_is_not():
    air = Air(tree_of(3))
    air.remote = OscRemote(air.gate, air, connected=True)
    air.intake.on_message = air.on_message
    air.say("/state")
    air.tick()
    air.now += 3_600.0
    air.gate.write(Hand("web:1"), "/scene/s0/value0", 0.25, air.now)
    assert air.tick() == 1
    air.say("/reply/port", 9001)                                             # a connection is its own way back
    assert len(air.remote.clients) == 1 and air.remote.answered == 1
    air.send = lambda datagram, to: False                                     # a message that was dated ahead came after its sender had gone
    air.remote.port = air
    air.gate.write(Hand("web:1"), "/scene/s0/value0", 0.75, air.now)
    air.tick()
    air.now += 3_600.0
    air.tick()
    assert len(air.remote.clients) == 0


# OSCQuery

async def test_a_websocket_that_floods_is_hung_up_on_and_those_that_never_read_hold_up_no_good_bye(monkeypatch):
    monkeypatch.setattr(listener, "TEXTS_AT_ONCE", 500)
    async with queried() as (page, asked):
        socket_ = await page.http.ws_connect(page.url("/"))
        sent = 0
        while not asked.listeners.hurried and sent < 5_000:
            await socket_.send_str('{"COMMAND":"LISTEN","DATA":"/scene/tide/level"}')
            await asyncio.sleep(0)
            sent += 1
        assert asked.listeners.hurried == 1 and sent > 500
        await eventually(lambda: len(asked.listeners) == 0)
        deaf = []
        for _ in range(8):
            reader, writer = await asyncio.open_connection(HERE, page.server.listening.address[1])
            writer.write(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                         b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
            deaf.append(writer)
        await eventually(lambda: len(asked.listeners) == 8)
        async with asyncio.timeout(6):                                        # each of them alone would have taken ten seconds
            await asked.close()
        for writer in deaf:
            writer.close()


async def test_a_tree_that_is_asked_for_and_not_read_is_hung_up_on(monkeypatch):
    monkeypatch.setattr(query, "PATIENCE", 0.3)
    async with queried() as (page, asked):
        for number in range(MANY):
            page.gate.tree.declare(Declaration(f"/more/{number // 100}/value{number % 100}", low=0.0, high=1.0))
        line = socket.socket()
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        line.connect((HERE, page.server.listening.address[1]))
        line.send(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        async with page.http.get(page.url("/more/7")) as answer:              # another is served meanwhile
            assert len((await answer.json())["CONTENTS"]) == 100
        await until(lambda: asked.unread == 1, what="hung up on")
        line.close()


async def test_nobody_looks_on_by_websocket_and_the_lock_is_closed_at_every_door():
    async with queried(role=Role.NOBODY) as (page, asked):
        socket_ = await page.http.ws_connect(page.url("/"))
        await socket_.send_bytes(osc_packet.message("/scene/tide/level", (0.9,)))
        await eventually(lambda: page.gate.refused == 1)
        assert page.gate.tree.value("/scene/tide/level") == 0.0
    air = Air(tree_of(3))
    air.gate.tree.declare(Declaration(LOCK, Kind.BOOL, default=False))
    air.gate.write(Hand("web:1"), LOCK, True, 0.0)
    for words in (("/scene/s0/value0", 0.5), ("/scene/*/*", 0.5), ("/*/*/*", 0.5)):
        air.say(*words)
    assert {air.gate.tree.value(f"/scene/s0/value{number}") for number in range(3)} == {0.0}


# MIDI

async def test_a_controller_that_floods_moves_so_often_and_ends_where_its_fader_stands(tmp_path):
    desktop, told = Desktop(tmp_path / "dev"), []
    async with at_work(tmp_path, desktop.places, told) as (made, desk, tree):
        device = made.devices[0]
        await until(lambda: device.is_open, what="the port")
        device.surface.restore({"cc 7 channel 1": LEVEL})
        data = b"".join(bytes(cc(value % 128).bytes()) for value in range(20_000)) + bytes(cc(0).bytes()) + bytes(cc(96).bytes())
        while data:
            data = data[desktop.wire.write(data):]
            await asyncio.sleep(0)
        await until(lambda: device._in.received == 20_002 and not device._late, what="all heard")
        assert tree.value(LEVEL) == pytest.approx(96 / 127)
        assert tree.counts(LEVEL).written < 20_000 / 3 and HEARD_AT_ONCE <= 200 and [fault for fault in told if "engine" in fault.id] == []


async def test_the_next_may_learn_the_moment_the_last_has_learnt(tmp_path):
    desktop, told = Desktop(tmp_path / "dev"), []
    async with at_work(tmp_path, desktop.places, told) as (made, desk, tree):
        await until(lambda: made.devices[0].is_open, what="the port")
        first = asyncio.create_task(made.learn(Hand("web:1"), LEVEL))
        await asyncio.sleep(0)
        desktop.send(cc(0), cc(60))
        await until(lambda: made._learnt is not None and made._learnt.done(), what="learnt")
        second = asyncio.create_task(made.learn(Hand("web:1"), "/system/mute"))
        await first
        await asyncio.sleep(0)
        assert made.devices[0].surface.learns == "/system/mute"
        desktop.send(cc(0, 9), cc(60, 9))
        assert (await second)["control"] == "cc 9 channel 1"


# all of it, at a piece

def test_a_piece_under_fire_from_every_door_plays_on_and_is_as_it_was(tmp_path, cache):
    udp, tcp, web = free_port(), free_port(), free_port()
    plug = Plug(tmp_path / "by-id" / "board")
    more = (f"remote: {{osc: {{port: {udp}, tcp: {tcp}}}, web: {{port: {web}}}, announce: false, midi: [{{device: {plug.terminal}, through: raw}}]}}")
    piece = write(tmp_path / "piece", {"calm": CALM}, more=more)
    (piece / "controls.yaml").write_text(f"{plug.terminal}: {{cc 7 channel 1: /scene/calm/tone}}\n")
    with Running(piece, cache) as running:
        running.port = udp
        running.plays("calm")
        running.says(f"{web}")
        files = f"/proc/{running.process.pid}/fd"
        before, uptime = len(os.listdir(files)), running.value("/system/uptime")
        asyncio.run(_fire(running, plug, (HERE, tcp), f"{HERE}:{web}"))
        running.another_tablet()
        wait_until(lambda: (value := running.value("/system/uptime")) and uptime and value[0] > uptime[0], 20, "ticks")
        running.send(osc_packet.message("/scene/calm/tone", (333.0,)))
        wait_until(lambda: running.value("/scene/calm/tone") == (333.0,), 20, "a tablet moves it")
        wait_until(lambda: len(os.listdir(files)) <= before + 2, 20, "no file is left open")
        assert running.stop() == 0
        said = running.text()
        assert "Traceback" not in said and "engine failed" not in said and said.count("malformed packet") <= 3      # once for each door
    plug.pull()


async def _fire(running: Running, plug: Plug, tcp: tuple[str, int], web: str) -> None:
    """A second and a half from every door at once; everyone goes without a good-bye."""
    chance = random.Random(4)
    good = [osc_packet.message("/scene/calm/tone", (300.0,)), osc_packet.message("/*/*/*", (0.5,)), osc_packet.message("/state"),
            osc_packet.message("/{a,scene}/*/[a-z]*"), b"#bundle\0" + (1).to_bytes(8, "big")]
    lines = [socket.create_connection(tcp) for _ in range(40)]
    for line in lines:
        line.setblocking(False)
    async with aiohttp.ClientSession() as http:
        sockets = [await http.ws_connect(f"ws://{web}/") for _ in range(10)]
        for _turn in range(150):
            for _ in range(30):
                data = bytearray(chance.choice(good))
                if chance.random() < 0.5:
                    data[chance.randrange(len(data))] = chance.randrange(256)
                running.send(bytes(data))
                with contextlib.suppress(OSError):                                # some of the forty were refused
                    chance.choice(lines).send(len(data).to_bytes(4, "big") + bytes(data))
            plug.write(bytes(chance.randrange(256) for _ in range(300)))
            made = chance.choice(sockets)
            if not made.closed:
                await made.send_str(chance.choice(['{"COMMAND":"LISTEN","DATA":"/scene/calm/tone"}', "[[[[", '{"COMMAND":{},"DATA":[]}']))
                await made.send_bytes(bytes(data))
            await asyncio.sleep(0.01)
        for each in sockets:
            assert each._response is not None and each._response.connection is not None
            each._response.connection.transport.abort()       # type: ignore[union-attr]
    for line in lines:
        line.close()
