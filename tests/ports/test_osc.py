"""The OSC port: what comes over the wire never stops it, and everything is counted."""
# ruff: noqa: ASYNC110, ASYNC220, ASYNC221, ASYNC230
# Files and real programmes are waited for by polling: there is no event that they could set.
from __future__ import annotations

import asyncio
import os
import socket
import struct
import subprocess
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pythonosc.osc_bundle_builder import OscBundleBuilder
from pythonosc.osc_message_builder import OscMessageBuilder

from installation.ports import osc as module
from installation.ports import osc_packet
from installation.ports.interface import address_of
from installation.ports.osc import Bounds, OscPort
from installation.ports.osc_intake import NTP_TO_UNIX
from installation.ports.osc_packet import Malformed, Message
from installation.ports.wire import State
from installation.runtime.clock import rehearse
from installation.terms.fault import Fault, Recovery
from tests.bench import lack, need, wait_until

NOW = 1_700_000_000.0
PEER = ("127.0.0.1", 5000)


class Ear:
    """A port with everything it hears."""

    def __init__(self, **options) -> None:
        self.heard: list[tuple] = []
        self.states: list[tuple] = []
        self.faults: list[Fault] = []
        self.ended: list[Fault] = []
        options = {"interface": "127.0.0.1", "port": 0, "wall": lambda: NOW, **options}
        self.port = OscPort(options.pop("interface"), options.pop("port"), on_message=lambda *what: self.heard.append(what),
                            on_state=lambda state, fault: self.states.append((state, fault and fault.id)),
                            on_fault=self.faults.append, on_end=self.ended.append, **options)

    def receive(self, datagram: bytes, time: float = 0.0, sender=PEER) -> None:
        self.port.intake.receive(datagram, sender, time)

    @property
    def where(self) -> tuple[str, int]:
        assert self.port.address is not None
        return self.port.address

    @property
    def addresses(self) -> list[str]:
        return [what[0] for what in self.heard]

    def adds_up(self) -> bool:
        counts = self.port.counts
        return (counts.packets == counts.foreign + counts.flooded + counts.malformed + counts.accepted
                and counts.parsed == counts.delivered + counts.far + counts.crowded + counts.lost + self.port.intake.waiting)


def bundle(messages: list[bytes], at: float | None = None) -> bytes:
    tag = osc_packet.IMMEDIATELY if at is None else int((at + NTP_TO_UNIX) * 2**32)
    return b"#bundle\0" + tag.to_bytes(8, "big") + b"".join(struct.pack(">i", len(each)) + each for each in messages)


def say(address: str, *arguments) -> bytes:
    return osc_packet.message(address, arguments)


# the codec

INTEGERS = st.integers(-2**63, 2**63 - 1).filter(lambda number: number != -2**31)      # python-osc writes that one as 64 bits
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
ARGUMENTS = st.one_of(st.booleans(), INTEGERS, st.floats(width=32, allow_nan=False), st.none(), TEXTS)


@given(st.lists(ARGUMENTS, max_size=8))
def test_what_is_written_is_read_back_by_us_and_by_python_osc(arguments):
    datagram = osc_packet.message("/a/b", arguments)
    assert osc_packet.parse(datagram) == [(1, [Message("/a/b", tuple(arguments))])]
    library = OscMessageBuilder("/a/b")
    for argument in arguments:
        library.add_arg(argument)
    assert library.build().dgram == datagram


def test_colours_are_three_floats_and_never_an_array():
    assert osc_packet.message("/c", ((1.0, 0.5, 0.0),)) == osc_packet.message("/c", (1.0, 0.5, 0.0))
    assert b"[" not in osc_packet.message("/c", ([1.0, 0.5],))
    assert osc_packet.parse(osc_packet.message("/c", (1e300,)))[0].messages[0].arguments == (1e300,)
    with pytest.raises(ValueError, match="cannot say"):
        osc_packet.message("/c", (object(),))


def test_every_cut_of_a_packet_is_malformed():
    whole = bundle([say("/a/b", 0.5, "text", 7, True), say("/c", 1.0)])
    for length in range(len(whole)):
        found = []
        try:
            found = [each for group in osc_packet.parse(whole[:length]) for each in group.messages]
        except Malformed:
            continue
        assert length in (16, 16 + 4 + len(say("/a/b", 0.5, "text", 7, True))) and len(found) == (length > 16)
    message = say("/a/b", 0.5, "text", 7, True)
    for length in range(len(message)):
        if length != 8:                                      # an address alone is a message without type tags
            with pytest.raises(Malformed):
                osc_packet.parse(message[:length])


@pytest.mark.parametrize("datagram", [
    b"", b"\0\0\0\0", b"hello wo", b"/a\0\0,Q\0\0", b"/a\0\0,I\0\0", b"/\xff\xfe\0,\0\0\0", b"/a b\0\0\0\0",
    b"/a\0\0,f\0\0\0\0", b"/a\0\0,i\0\0\0\0\0\1\0\0\0\0",
    b"/a\0\0,s\0\0abcd", b"/a\0\0,s\0\0\xff\xff\xff\0", b"/a\0\0,b\0\0\xff\xff\xff\xff", b"/a\0\0,b\0\0\0\0\xff\xff",
    b"/a\0\0,[f\0\0\0\0\0", b"/a\0\0,]\0\0", b"/a\0\0junk", b"#bundle\0", b"#bundle\0\0\0\0\0\0\0\0\1\0\0\0\xff",
    b"/" + b"a" * 300 + b"\0\0\0\0", b"/a\0x,\0\0\0",
    b"x" * 9000, bundle([say("/a")] * 600), bundle([b"#bundle\0" + bytes(7) + b"\1" + struct.pack(">i", 0)])])
def test_malformed_packets_are_counted_and_nothing_of_them_is_heard(datagram):
    ear = Ear()
    ear.receive(datagram)
    assert (ear.heard, ear.port.counts.malformed, ear.adds_up()) == ([], 1, True)


def test_bundles_are_read_to_a_depth_and_no_deeper():
    inner = say("/a")
    for _ in range(osc_packet.DEEPEST):
        inner = bundle([inner])
    assert osc_packet.parse(inner) == [(1, [("/a", ())])]
    with pytest.raises(Malformed, match="deep"):
        osc_packet.parse(bundle([inner]))


def test_bundles_that_are_sent_fit_a_datagram_and_keep_their_order():
    messages = [say(f"/address/number/{number}", float(number)) for number in range(300)]
    datagrams = osc_packet.bundles(messages)
    assert all(len(datagram) <= osc_packet.DATAGRAM for datagram in datagrams) and len(datagrams) < 12
    read = [each for datagram in datagrams for group in osc_packet.parse(datagram) for each in group.messages]
    assert [each.arguments[0] for each in read] == [float(number) for number in range(300)]


# what comes in

VALID = [say("/a/b", 0.5, "text", 7, True), bundle([say("/a", 1.0), bundle([say("/b", 2)])]), bundle([say("/a")], NOW + 1),
         OscMessageBuilder("/z").build().dgram]


@st.composite
def mutated(draw) -> bytes:
    data = bytearray(draw(st.sampled_from(VALID)))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(data) - 1))
        match draw(st.integers(0, 3)):
            case 0:
                data[at] = draw(st.integers(0, 255))
            case 1:
                del data[at:]
                data += b"\0\0\0\0"
            case 2:
                data[at:at] = draw(st.binary(max_size=8))
            case 3:
                data[at:at + 4] = b"\xff\xff\xff\xff"
    return bytes(data)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(st.binary(max_size=200), mutated(), st.sampled_from(VALID)), max_size=20))
def test_whatever_comes_the_loop_lives_and_the_counts_add_up(datagrams):
    async def main() -> None:
        trouble: list[dict] = []
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: trouble.append(context))
        ear = Ear()
        for datagram in datagrams:
            ear.receive(datagram, asyncio.get_running_loop().time())
        assert ear.adds_up()
        await asyncio.sleep(11.0)
        assert ear.adds_up() and ear.port.intake.waiting == 0 and not trouble
        assert ear.port.counts.packets == len(datagrams)
        assert max(Counter(fault.id for fault in ear.faults).values(), default=0) <= 1      # one fault, not one a packet

    rehearse(main())


def test_messages_of_one_bundle_come_together_at_their_time():
    async def main() -> None:
        loop, ear = asyncio.get_running_loop(), Ear()
        start = loop.time()
        ear.receive(bundle([say("/a", 1), say("/b", 2)], NOW + 3.5), start)
        ear.receive(bundle([say("/late")], NOW - 100), start)
        ear.receive(bundle([say("/now")]), start)
        ear.receive(bundle([say("/outer"), bundle([say("/inner")], NOW + 1)], NOW + 2), start)     # not before the outer one
        assert ear.addresses == ["/late", "/now"] and ear.port.counts.late == 1
        await asyncio.sleep(1.99)
        assert len(ear.heard) == 2
        await asyncio.sleep(1.50)
        assert ear.addresses[2:] == ["/outer", "/inner"]
        await asyncio.sleep(0.02)
        assert ear.addresses[4:] == ["/a", "/b"]
        assert [time - start for *_, time in ear.heard[4:]] == pytest.approx([3.5, 3.5], abs=1e-3) and ear.adds_up()

    rehearse(main())


def test_time_tags_too_far_ahead_are_refused_and_the_waiting_are_bounded():
    async def main() -> None:
        loop, ear = asyncio.get_running_loop(), Ear(bounds=Bounds(waiting=10))
        ear.receive(bundle([say("/far"), say("/far")], NOW + 10.1), loop.time())
        ear.receive(bundle([say("/far")], NOW + 1e8), loop.time())
        assert ear.port.counts.far == 3 and [fault.id for fault in ear.faults] == ["osc.far"]
        for _ in range(6):
            ear.receive(bundle([say("/x")] * 3, NOW + 5), loop.time())
        assert (ear.port.counts.crowded, ear.port.intake.waiting) == (9, 9)
        ear.port.intake.close()
        await asyncio.sleep(20)
        assert ear.heard == [] and ear.port.counts.lost == 9 and ear.adds_up()

    rehearse(main())


def test_only_allowed_networks_are_heard():
    ear = Ear(allow=("192.168.1.0/24", "127.0.0.1/32"))
    for host in ("192.168.1.7", "192.168.2.7", "127.0.0.2", "127.0.0.1"):
        ear.receive(say("/a"), sender=(host, 1))
    assert [what[2][0] for what in ear.heard] == ["192.168.1.7", "127.0.0.1"]
    assert ear.port.counts.foreign == 2 and [fault.id for fault in ear.faults] == ["osc.foreign"]


def test_a_flood_from_one_host_is_cut_to_its_rate_and_leaves_room_for_the_others():
    ear = Ear(bounds=Bounds(rate=100), allow=("0.0.0.0/0",))
    for number in range(1000):
        ear.receive(say("/a"), number / 1000, ("10.0.0.1", number))
    assert 198 <= ear.port.counts.delivered <= 201 and ear.adds_up()
    ear.receive(say("/b"), 1.0, ("10.0.0.2", 1))
    assert ear.addresses[-1] == "/b" and len(ear.faults) == 1
    ear.receive(bundle([say("/c")] * 101), 1.0, ("10.0.0.3", 1))               # a bundle is taken whole or not at all
    assert "/c" not in ear.addresses and ear.adds_up()


def test_a_receiver_that_raises_is_counted_and_said_once():
    ear = Ear()
    ear.port.on_message = lambda *what: 1 / 0
    for number in range(10):
        ear.receive(say("/a"), number / 10)
    assert ear.port.counts.raised == 10 and [fault.id for fault in ear.faults] == ["osc.raised"]
    ear.receive(say("/a"), 61.0)
    assert [type(told) for told in ear.faults] == [Fault, Recovery, Fault] and ear.faults[1].where == ear.faults[0].where


def test_what_was_wrong_with_packets_is_over_after_a_quiet_minute():
    ear = Ear()

    async def life():
        loop = asyncio.get_running_loop()
        for moment in range(5):
            ear.receive(b"rubbish!", time=loop.time(), sender=("127.0.0.1", 5000 + moment))
            await asyncio.sleep(50)
        assert [fault.id for fault in ear.faults] == ["osc.malformed"]          # it goes on: it is one, and is said once
        await asyncio.sleep(15)
        assert ear.faults[1:] == [Recovery(ear.faults[1].happened, ear.faults[0].where, "osc.malformed")]
        ear.receive(b"rubbish!", time=loop.time())
        ear.port.intake.close()
        await asyncio.sleep(100)
        assert len(ear.faults) == 3

    rehearse(life())


# the socket

async def until(true) -> None:
    """Let the loop run until it is so."""
    async with asyncio.timeout(10):
        while not true():
            await asyncio.sleep(0.002)


async def test_rubbish_on_the_wire_and_then_a_message():
    ear = Ear()
    await ear.port.open()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for datagram in (b"", b"\xff" * 100, b"/a\0\0,Q\0\0", say("/a", 0.5)):
            sender.sendto(datagram, ear.where)
        await until(lambda: ear.heard)
        assert ear.heard[0][:3] == ("/a", (0.5,), ("127.0.0.1", sender.getsockname()[1]))
    assert ear.port.counts.packets == 4 and ear.adds_up()
    await ear.port.close()
    assert [state for state, _ in ear.states] == [State.OPEN, State.CLOSED]


async def test_a_port_that_is_taken_is_said_once_and_waited_for():
    first, second = Ear(), Ear()
    await first.port.open()
    second.port.port = first.where[1]
    await second.port.open()
    assert second.states == [(State.ABSENT, "osc.port_taken")]
    assert not second.port.send(Message("/a", ()), PEER) and second.port.counts.unsent == 1
    await until(lambda: second.port.counts.attempts >= 2)
    assert len(second.states) == 1
    await first.port.close()
    await until(lambda: second.port.state is State.OPEN)
    assert second.states == [(State.ABSENT, "osc.port_taken"), (State.OPEN, None)]
    await second.port.close()
    await second.port.open()                                  # it can be opened again
    assert second.port.state is State.OPEN
    await second.port.close()


async def test_an_interface_is_known_by_name_and_one_that_is_misspelt_is_waited_for():
    assert address_of("lo") == "127.0.0.1" and address_of("10.1.2.3") == "10.1.2.3"
    ear = Ear(interface="lo")
    await ear.port.open()
    assert ear.where[0] == "127.0.0.1"
    await ear.port.close()
    ear = Ear(interface="loo")
    await ear.port.open()
    assert ear.states == [(State.ABSENT, "interface.unknown")]
    await ear.port.close()
    with pytest.raises(Fault) as caught:
        address_of("loo")
    assert '"lo"' in caught.value.remedy.en


@pytest.mark.root
async def test_an_address_that_comes_after_the_start_is_bound_when_it_is_there():
    if os.geteuid() != 0:
        lack("only root may give an interface an address")
    ip, address = need("ip"), "10.98.97.96"
    ear = Ear(interface=address)
    await ear.port.open()
    assert ear.states == [(State.ABSENT, "osc.no_address")]
    subprocess.run([ip, "address", "add", f"{address}/32", "dev", "lo"], check=True)
    try:
        await until(lambda: ear.port.state is State.OPEN)
    finally:
        subprocess.run([ip, "address", "del", f"{address}/32", "dev", "lo"], check=True)
        await ear.port.close()


async def test_sending_where_nothing_can_be_sent_is_counted_and_said_on_its_edges():
    ear = Ear()
    await ear.port.open()                                     # bound to 127.0.0.1: the kernel refuses to send elsewhere
    for _ in range(3):
        assert not ear.port.send(Message("/a", (1,)), ("192.0.2.1", 9))
    assert not ear.port.send(Message("/a", (1,)), ("tablet.local", 9))
    assert [fault.id for fault in ear.faults] == ["osc.unreachable"] and ear.port.counts.unsent == 4
    assert ear.port.send(Message("/a", (1,)), ear.where) and ear.port.counts.sent == 1
    await ear.port.close()


async def test_that_someone_cannot_be_reached_is_over_when_nobody_tries_any_more(monkeypatch):
    monkeypatch.setattr(module, "LOOK", 0.01)
    monkeypatch.setattr(module, "QUIET", 0.05)
    ear = Ear()
    await ear.port.open()
    ear.port.send(Message("/a", (1,)), ("192.0.2.1", 9))
    await until(lambda: ear.ended == ear.faults != [])
    assert not ear.port.send(Message("/a", (1,)), ("192.0.2.1", 9)) and len(ear.faults) == 2
    await ear.port.close()


async def test_oscsend_is_heard_with_every_type_it_shares_with_us():
    oscsend, ear = need("oscsend"), Ear()
    await ear.port.open()
    process = await asyncio.create_subprocess_exec(oscsend, "127.0.0.1", str(ear.where[1]), "/x", "ifsTFNhd",
                                                   "1", "2.5", "héllo", "42", "0.25")
    await process.wait()
    await until(lambda: ear.heard)
    assert ear.heard[0][1] == (1, 2.5, "héllo", True, False, None, 42, 0.25)
    await ear.port.close()


async def test_oscdump_reads_what_we_send(tmp_path):
    oscdump, ear = need("oscdump"), Ear()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        there = free.getsockname()
    with open(tmp_path / "heard", "wb") as output:
        process = subprocess.Popen([oscdump, "-L", str(there[1])], stdout=output)
    await ear.port.open()

    def read() -> str:
        return (tmp_path / "heard").read_text()

    try:
        def said() -> bool:
            ear.port.send(Message("/x/y", (0.5, True, (1.0, 0.0, 0.25), "a")), there)
            return "/x/y" in read()

        wait_until(said)
        for datagram in osc_packet.bundles([say("/b/1", 1), say("/b/2", 2)]):
            ear.port.send(datagram, there)
        wait_until(lambda: "/b/2" in read())
    finally:
        process.terminate()
        process.wait()
        await ear.port.close()
    assert "/x/y fTfffs 0.500000 #T 1.000000 0.000000 0.250000 \"a\"" in read()


def test_bundles_of_python_osc_are_read():
    builder = OscBundleBuilder(int(NOW) + 2)
    message = OscMessageBuilder("/a")
    message.add_arg(0.5)
    builder.add_content(message.build())
    (group,) = osc_packet.parse(builder.build().dgram)
    assert group.messages == [("/a", (0.5,))] and group.tag / 2**32 - NTP_TO_UNIX == pytest.approx(NOW + 2, abs=1e-3)
