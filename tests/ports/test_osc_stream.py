"""OSC over TCP: packets cut from what comes, in either framing, with liblo's and python-osc's clients at the other end."""
# ruff: noqa: ASYNC110
# What another programme does is waited for by polling: there is no event that it could set.
from __future__ import annotations

import asyncio
import contextlib
from contextlib import asynccontextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pythonosc.tcp_client import SimpleTCPClient

from installation.ports import osc_packet
from installation.ports.osc_packet import LARGEST
from installation.ports.osc_stream import MOST, UNREAD, Broken, Frames, OscStream
from installation.ports.wire import State
from tests.bench import need

PACKETS = st.lists(st.binary(min_size=1, max_size=300), min_size=1, max_size=8)


@asynccontextmanager
async def listening(**options):
    heard: list[tuple] = []
    port = OscStream("127.0.0.1", 0, wall=lambda: 0.0, **options)
    port.on_message = lambda address, arguments, sender, time: heard.append((address, arguments, sender))
    await port.open()
    assert port.state is State.OPEN
    try:
        yield port, heard
    finally:
        await port.close()


async def until(true, within: float = 10.0) -> None:
    async with asyncio.timeout(within):
        while not true():
            await asyncio.sleep(0.002)


@given(PACKETS, st.booleans(), st.lists(st.integers(1, 40), min_size=1))
def test_packets_come_out_as_they_went_in_however_the_bytes_are_cut(packets, slip, cuts):
    sender, receiver = Frames(), Frames()
    sender.slip = slip
    stream = b"".join(sender.put(packet) for packet in packets)
    out, at, turn = [], 0, 0
    while at < len(stream):
        size = cuts[turn % len(cuts)]
        out += receiver.take(stream[at:at + size])
        at, turn = at + size, turn + 1
    assert out == packets and receiver.slip is slip


@pytest.mark.parametrize("nonsense", [b"\xc0" + b"a" * (3 * LARGEST), b"\xc0\xdb\x00\xc0", b"\xc0\xdb\xc0", b"\xff\xff\xff\xff1234", b"GET / HTTP/1.1\r\n"])
def test_what_makes_no_sense_ends_the_connection(nonsense):
    with pytest.raises(Broken):
        Frames().take(nonsense)


@given(st.binary(max_size=2000))
def test_noise_is_packets_or_broken(noise):
    with contextlib.suppress(Broken):
        Frames().take(noise)


@pytest.mark.parametrize("mode", ["1.0", "1.1"])
async def test_python_osc_in_both_framings(mode):
    async with listening() as (port, heard):
        client = await asyncio.to_thread(SimpleTCPClient, *port.address, mode=mode)
        try:
            await asyncio.to_thread(client.send_message, "/scene/tide/level", [0.5, "\u00e9", b"\xc0\xdb\x00"])
            await until(lambda: heard)
            (address, arguments, sender), = heard
            assert address == "/scene/tide/level" and arguments[0] == 0.5 and arguments[2] == b"\xc0\xdb\x00"
            assert port.send(osc_packet.message("/answer", (7,)), sender)
            answers = await asyncio.to_thread(lambda: list(client.get_messages(5)))
            assert ("/answer", [7]) in [(answer.address, list(answer.params)) if hasattr(answer, "params") else tuple(answer) for answer in answers]
        finally:
            client.close()
        await until(lambda: not port.send(b"", sender))


async def test_liblos_oscsend_and_oscdump_by_tcp(tmp_path):
    oscsend = need("oscsend")
    async with listening() as (port, heard):
        process = await asyncio.create_subprocess_exec(oscsend, f"osc.tcp://127.0.0.1:{port.address[1]}", "/scene/tide/level", "fi", "0.25", "3")
        assert await process.wait() == 0
        await until(lambda: heard)
        assert heard[0][:2] == ("/scene/tide/level", (0.25, 3))


async def test_a_client_that_does_not_read_is_not_waited_for():
    async with listening() as (port, heard):
        reader, writer = await asyncio.open_connection(*port.address)
        writer.write(Frames().put(osc_packet.message("/hello")))
        await until(lambda: heard)
        peer, message = heard[0][2], osc_packet.message("/x", ("y" * 1000,))
        taken = sum(port.send(message, peer) for _ in range(20_000))
        assert taken < 20_000 and port.counts.unsent == 20_000 - taken
        assert taken * len(message) < UNREAD + 16_000_000             # what the system's own buffers hold beside ours
        writer.close()
        await until(lambda: not port._clients)


async def test_too_many_and_broken_connections_are_counted():
    async with listening() as (port, heard):
        gone: list = []
        port.on_gone = gone.append
        held = [await asyncio.open_connection(*port.address) for _ in range(MOST)]
        await until(lambda: len(port._clients) == MOST)
        reader, _ = await asyncio.open_connection(*port.address)
        assert await reader.read() == b"" and port.refused == 1
        held[0][1].write(b"GET / HTTP/1.1\r\n\r\n")
        await until(lambda: port.broken == 1 and len(gone) == 1)
        for _, writer in held:
            writer.close()


async def test_from_elsewhere_nothing_is_taken():
    async with listening(allow=("10.0.0.0/8",)) as (port, heard):
        reader, writer = await asyncio.open_connection(*port.address)
        with contextlib.suppress(ConnectionError):
            writer.write(Frames().put(osc_packet.message("/x")))
            assert await reader.read() == b""
        assert port.refused == 1 and not heard


async def test_a_port_that_is_taken_is_waited_for():
    said: list = []
    async with listening() as (port, _):
        second = OscStream("127.0.0.1", port.address[1], wall=lambda: 0.0, on_state=lambda state, fault: said.append((state, fault)))
        await second.open()
        assert second.state is State.ABSENT and said[0][1].id == "osc.tcp.port_taken"
        await port.close()
        await until(lambda: second.state is State.OPEN)
        await second.close()
    assert [state for state, _ in said] == [State.ABSENT, State.OPEN, State.CLOSED]
