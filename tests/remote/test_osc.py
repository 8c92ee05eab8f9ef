"""The tree by OSC: who is told what, when, and who is not."""
# ruff: noqa: ASYNC110, ASYNC220, ASYNC221, ASYNC230
# Files and real programmes are waited for by polling: there is no event that they could set.
from __future__ import annotations

import asyncio
import socket
import subprocess
from contextlib import asynccontextmanager
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from installation.ports import osc_packet
from installation.ports.osc import OscPort
from installation.ports.osc_stream import Frames, OscStream
from installation.ports.wire import State
from installation.remote.osc import BATCH, PERIOD, OscRemote
from installation.remote.osc_clients import MOST
from installation.remote.osc_readings import OscReadings
from installation.rules.gate import Gate, Hand
from installation.rules.tree import Priority, Tree
from installation.runtime.aside import steadily
from installation.terms.declaration import Access, Declaration, Kind
from installation.terms.fault import Fault, SensorFault
from tests.bench import need, wait_until

LEVEL, COLOUR, GO, MUTE, SAFE = "/scene/tide/level", "/light/wash/colour", "/system/next", "/system/mute", "/safety/ceiling"
DECLARED = (Declaration(LEVEL, low=0, high=1), Declaration("/scene/tide/height", low=0, high=1),
            Declaration(COLOUR, Kind.COLOUR, default=(0, 0, 0)), Declaration(GO, Kind.TRIGGER),
            Declaration(MUTE, Kind.BOOL, default=False), Declaration(SAFE, default=-3.0, access=Access.READ),
            Declaration("/system/word", Kind.TEXT, default="a"), Declaration("/system/steps", Kind.INT, default=2),
            Declaration("/system/secret", default=1.0, access=Access.WRITE))
READABLE = [declaration.address for declaration in DECLARED if declaration.address not in (GO, "/system/secret")]
A, B, C = ("10.0.0.1", 9001), ("10.0.0.2", 9002), ("10.0.0.3", 9003)


class Wireless:
    """The remote on a port whose datagrams out are caught before the wire; time is ours."""

    def __init__(self, tree: Tree | None = None, **options) -> None:
        self.tree = tree or Tree()
        for declaration in DECLARED if tree is None else ():
            self.tree.declare(declaration)
        self.port = OscPort("127.0.0.1", 0, ("10.0.0.0/8",), wall=lambda: 0.0)
        self.sent: list[tuple[float, tuple, str, tuple]] = []
        self.datagrams: list[bytes] = []
        self.now, self.reachable = 0.0, True
        self.port.send = self._catch  # type: ignore[method-assign, assignment]
        self.gate = Gate(self.tree)
        self.remote = OscRemote(self.gate, self.port, **options)

    def _catch(self, datagram: bytes, to: tuple) -> bool:
        if self.reachable:
            self.datagrams.append(datagram)
            for group in osc_packet.parse(datagram):
                self.sent += [(self.now, to, *message) for message in group.messages]
        return self.reachable

    def say(self, sender: tuple, address: str, *arguments: object) -> None:
        self.port.intake.receive(osc_packet.message(address, arguments), sender, self.now)

    def tick(self, times: int = 1) -> None:
        for _ in range(times):
            self.now += PERIOD
            self.remote.tick(self.now)

    def settle(self, *peers: tuple) -> None:
        """Make these known and told everything, and forget what was said so far."""
        for peer in peers:
            self.say(peer, "/state")
        self.tick(4)
        self.sent.clear()

    def heard(self, peer: tuple) -> list[tuple]:
        return [(address, arguments) for _, to, address, arguments in self.sent if to == peer]


def test_a_change_reaches_everyone_but_its_author():
    room = Wireless()
    room.settle(A, B, C)
    room.say(A, LEVEL, 0.5)
    room.tick(3)
    assert (room.heard(A), room.heard(B), room.heard(C)) == ([], [(LEVEL, (0.5,))], [(LEVEL, (0.5,))])
    assert room.tree.holder(LEVEL) == (Priority.HAND, "osc:10.0.0.1:9001")


def test_changes_are_told_thirty_times_a_second_at_most_and_the_last_one_is_always_told():
    room = Wireless()
    room.settle(A, B)
    for step in range(3000):                                 # 1,000 writes a second for 3 s, the view ticking as often
        room.now += 0.001
        room.say(A, LEVEL, step / 3000)
        room.remote.tick(room.now)
    times = [time for time, to, *_ in room.sent if to == B]
    assert 80 <= len(times) <= 91 and all(later - sooner >= PERIOD - 1e-9 for sooner, later in zip(times, times[1:]))
    room.tick()
    assert room.heard(B)[-1] == (LEVEL, (pytest.approx(2999 / 3000),)) and room.heard(A) == []


def test_the_first_contact_gets_the_whole_state_and_so_does_one_who_slept():
    room = Wireless()
    room.say(A, LEVEL, 0.25)
    room.tick(2)
    assert dict(room.heard(A)) == {address: _arguments(room.tree.value(address)) for address in READABLE}
    assert max(map(len, room.datagrams)) <= 1400 and len(room.datagrams) == 1
    room.sent.clear()
    room.say(A, LEVEL, 0.5)
    room.tick(2)
    assert room.sent == []
    room.now += 61.0
    room.say(A, LEVEL, 0.75)
    room.tick(2)
    assert [address for address, _ in room.heard(A)] == READABLE


def _arguments(value: object) -> tuple:
    return tuple(float(part) for part in value) if isinstance(value, tuple) else (value,)


def test_clients_of_the_configuration_are_told_from_the_start_and_again_until_they_can_be_reached():
    room = Wireless(clients=("10.0.0.2:9002",))
    room.reachable = False
    room.tick(100)
    room.reachable = True
    assert room.sent == []
    room.tick(40)
    assert [address for address, _ in room.heard(B)] == READABLE
    room.sent.clear()
    room.say(("10.0.0.2", 50_000), LEVEL, 0.5)               # the same tablet, which sends from another port
    room.tick(3)
    assert [address for address, _ in room.heard(B)].count(LEVEL) <= 1 and len(room.remote.clients) == 1
    room.sent.clear()
    room.say(("10.0.0.2", 50_000), LEVEL, 0.6)
    room.tick(3)
    assert room.sent == [] and room.tree.value(LEVEL) == pytest.approx(0.6)
    with pytest.raises(Fault) as caught:
        Wireless(clients=("tablet:9000",))
    assert caught.value.id == "remote.client"


def test_a_large_state_is_paced():
    tree = Tree()
    for number in range(2000):
        tree.declare(Declaration(f"/many/{number}"))
    room = Wireless(tree)
    room.say(A, "/state")
    sizes = []
    for _ in range(10):
        room.sent.clear()
        room.tick()
        sizes.append(len(room.sent))
    assert sizes == [BATCH] * 5 + [0] * 5 and max(map(len, room.datagrams)) <= 1400


def test_requests_are_answered_at_once_and_patterns_read_and_write_all_they_mean():
    room = Wireless()
    room.settle(A, B)
    room.say(A, SAFE)
    assert room.heard(A) == [(SAFE, (-3.0,))] and room.heard(B) == []
    room.sent.clear()
    room.say(A, "/scene/*/{level,height}", 0.5)
    assert room.tree.value(LEVEL) == room.tree.value("/scene/tide/height") == 0.5
    room.tick()
    assert dict(room.heard(B)) == {LEVEL: (0.5,), "/scene/tide/height": (0.5,)} and room.heard(A) == []
    room.say(A, "/scene/*/*")
    room.tick(2)
    assert [address for address, _ in room.heard(A)] == [LEVEL, "/scene/tide/height"]
    room.sent.clear()
    room.say(A, "/nothing/*", 1)
    room.say(A, "/scene/{a", 1)
    assert [arguments[0] for _, arguments in room.heard(A)] == ["/nothing/*", "/scene/{a"]


def test_one_bundle_is_carried_out_in_one_go():
    room = Wireless()
    room.settle(A, B)
    (datagram,) = osc_packet.bundles([osc_packet.message(LEVEL, (0.1,)), osc_packet.message(MUTE, (True,))])
    room.port.intake.receive(datagram, A, room.now)
    assert room.tree.value(LEVEL) == pytest.approx(0.1) and room.tree.value(MUTE) is True
    room.tick()
    assert {time for time, *_ in room.sent} == {room.now} and [address for address, _ in room.heard(B)] == [LEVEL, MUTE]


@pytest.mark.parametrize(("address", "arguments", "stands"), [
    (MUTE, (True,), True), (MUTE, (1,), True), (MUTE, (1.0,), True), (LEVEL, (1,), 1.0), (COLOUR, (1.0, 0.5, 0.0), (1, 0.5, 0)),
    (COLOUR, (1, 0, 0), (1, 0, 0)), ("/system/steps", (3.0,), 3), ("/system/word", ("é",), "é"), ("/system/secret", (2.0,), 2.0)])
def test_values_are_taken_as_tablets_send_them(address, arguments, stands):
    room = Wireless()
    room.say(A, address, *arguments)
    assert room.tree.value(address) == stands and room.remote.answered == 0


@pytest.mark.parametrize(("address", "arguments"), [
    (LEVEL, ("loud",)), (LEVEL, (0.1, 0.2)), (LEVEL, (float("nan"),)), (LEVEL, (None,)), (MUTE, (0.5,)), (COLOUR, (1.0,)),
    (SAFE, (0.0,)), ("/scene/tide/levle", (0.5,)), ("/system/secret", ()), ("/reply/port", ("x",)), ("/reply/port", (70_000,))])
def test_what_is_wrong_is_told_to_its_author_alone(address, arguments):
    room = Wireless()
    room.settle(A, B)
    before = room.tree.snapshot()
    room.say(A, address, *arguments)
    ((said, (where, text)),) = room.heard(A)
    assert (said, where) == ("/fault", address) and text and room.heard(B) == [] and room.tree.snapshot() == before
    if address == "/scene/tide/levle":
        assert LEVEL in text


def test_faults_are_told_ten_times_a_second_at_most_and_never_answered():
    room = Wireless()
    room.settle(A)
    for number in range(1000):
        room.now += 0.001
        room.say(A, f"/unknown/{number}", 1)
    assert 18 <= len(room.sent) <= 21 and room.remote.answered + room.remote.withheld == 1000 == room.tree.unknown
    room.sent.clear()
    room.now += 10
    room.say(A, "/fault", "/x", "no such address")            # two engines that face each other fall silent
    assert room.sent == []


def test_what_was_clipped_or_overruled_is_shown_to_its_author():
    room = Wireless()
    room.settle(A, B)
    room.say(A, LEVEL, 7.0)
    room.tick(2)
    assert room.heard(A) == room.heard(B) == [(LEVEL, (1.0,))]
    room.sent.clear()
    room.tree.write(MUTE, True, origin="alarm", time=room.now, priority=Priority.ALARM)
    room.tick(2)
    room.say(A, MUTE, False)
    room.tick(2)
    assert room.heard(A) == [(MUTE, (True,))] * 2


def test_triggers_fire_on_press_and_not_on_release():
    room, fired = Wireless(), []
    room.tree.watch(GO, lambda *what: fired.append(what[2]))
    for arguments in ((), (1,), (1.0,), (True,), (None,), (0,), (0.0,), (False,)):
        room.say(A, GO, *arguments)
    assert fired == ["osc:10.0.0.1:9001"] * 5
    room.say(A, "/system/*")                                  # asking for everything sets nothing off
    assert len(fired) == 6 - 1


def test_the_port_for_answers_can_be_chosen():
    room = Wireless()
    room.say(A, "/reply/port", 9555)
    room.tick(2)
    assert len(room.heard(("10.0.0.1", 9555))) == len(READABLE) and room.heard(A) == []
    room.sent.clear()
    room.say(A, LEVEL, 0.5)
    room.say(B, LEVEL)
    room.say(A, SAFE)
    room.tick(2)
    assert room.heard(("10.0.0.1", 9555)) == [(SAFE, (-3.0,))] and (LEVEL, (0.5,)) in room.heard(B)


def test_clients_are_bounded_and_the_silent_are_forgotten():
    room = Wireless(clients=("10.9.9.9:1",))
    for number in range(200):
        room.now += 0.01
        room.say(("10.0.1.1", 1000 + number), LEVEL, 0.5)
    assert len(room.remote.clients) == MOST
    assert {client.peer for client in room.remote.clients} >= {("10.9.9.9", 1), ("10.0.1.1", 1199)}
    room.now += 601.0
    room.tick()
    assert [client.peer for client in room.remote.clients] == [("10.9.9.9", 1)]


def test_addresses_that_come_with_a_scene_are_told_to_everyone():
    room = Wireless()
    room.settle(A)
    room.tree.declare(Declaration("/scene/new/x", default=0.25))
    room.say(A, "/scene/new/*")
    room.tick(2)
    assert room.heard(A) == [("/scene/new/x", (0.25,))]
    room.tree.forget("/scene/new/x")
    room.tick(2)
    room.say(A, "/scene/new/x", 1.0)
    assert room.heard(A)[-1][0] == "/fault"


SAYABLE = [*READABLE, GO, "/scene/*/level", "/*/*", "/reply/port", "/x"]
ANYTHING = st.one_of(st.floats(width=32), st.booleans(), st.integers(-9, 9), st.just("a"), st.none())


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([A, B]), st.sampled_from(SAYABLE), st.lists(ANYTHING, max_size=3)), max_size=15))
def test_whatever_is_said_two_tablets_end_up_showing_what_stands(said):
    room = Wireless()
    room.settle(A, B)
    shown = {A: room.tree.snapshot(), B: room.tree.snapshot()}

    def look() -> None:
        for peer in (A, B):
            for address, arguments in room.heard(peer):
                if address != "/fault":
                    shown[peer][address] = arguments if len(arguments) > 1 else arguments[0]
        room.sent.clear()

    for peer, address, arguments in said:
        if address == "/reply/port":
            arguments = ["x"]                                 # keeps who is who simple here
        before = {each: room.tree.counts(each).written for each in READABLE}
        room.say(peer, address, *arguments)
        look()                                                # an answer comes before the tablet's next move
        shown[peer].update({each: room.tree.value(each) for each in READABLE if room.tree.counts(each).written != before[each]})  # its own faders
    room.tick(4)
    look()
    for peer in (A, B):
        assert [shown[peer][address] for address in READABLE] == [room.tree.value(address) for address in READABLE]


# sensors on the same port

def test_sensors_are_taken_out_first_in_their_units_and_do_not_become_clients():
    got: list[tuple] = []
    faults: list[Fault] = []
    table: dict[str, Any] = {"/tracker/x": ("tracker.x", 0, "cm"), "/accxyz": [("phone.x", 0, "g"), ("phone.z", 2, "g")]}
    room = Wireless(readings=OscReadings(table, lambda *what: got.append(what), faults.append))
    room.say(A, "/tracker/x", 50)
    room.say(A, "/accxyz", 0.0, 1.0, True)
    assert got == [("tracker", "x", 0.5, 0.0), ("phone", "x", 0.0, 0.0), ("phone", "z", pytest.approx(9.80665), 0.0)]
    for wrong in ((), ("a",), (float("nan"),), (None,)):
        room.say(A, "/tracker/x", *wrong)
    assert len(faults) == 1 and faults[0].where == "osc /tracker/x"
    assert room.remote.readings is not None and room.remote.readings.refused == 4
    room.say(A, "/tracker/x", 1)
    room.say(A, "/tracker/x")
    assert len(faults) == 2 and len(room.remote.clients) == 0 and len(got) == 4


def test_a_reading_that_is_refused_is_counted_and_a_table_without_sense_is_a_fault():
    def put(*what):
        raise SensorFault("no")

    readings = OscReadings({"/x": ("a.b", 0, "m")}, put)
    readings.receive("/x", (1.0,), A, 0.0)
    assert (readings.taken, readings.refused) == (0, 1)
    for row in (("ab", 0, "m"), ("a.b", -1, "m"), ("a.b", 0, "furlong")):
        with pytest.raises(Fault):
            OscReadings({"/x": row}, put)


# with real peers

@asynccontextmanager
async def engine(**options):
    tree = Tree()
    for declaration in DECLARED:
        tree.declare(declaration)
    port = OscPort("127.0.0.1", 0, wall=lambda: 0.0)
    remote = OscRemote(Gate(tree), port, **options)
    await port.open()
    assert port.state is State.OPEN
    running = asyncio.create_task(steadily(PERIOD, remote.tick, pytest.fail))
    try:
        yield tree, port
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await port.close()


async def test_oscsend_writes_and_oscdump_shows_it(tmp_path):
    oscsend, oscdump = need("oscsend"), need("oscdump")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        there = free.getsockname()[1]
    heard = tmp_path / "heard"
    with open(heard, "wb") as output:
        listening = subprocess.Popen([oscdump, "-L", str(there)], stdout=output)
    try:
        probe = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

        def answers() -> bool:
            probe.sendto(osc_packet.message("/probe"), ("127.0.0.1", there))
            return "/probe" in heard.read_text()

        wait_until(answers)
        probe.close()
        async with engine(clients=(f"127.0.0.1:{there}",)) as (tree, port):
            async def say(*words: str) -> None:
                process = await asyncio.create_subprocess_exec(oscsend, "127.0.0.1", str(port.address[1]), *words)
                await process.wait()

            async with asyncio.timeout(20):
                while any(address not in heard.read_text() for address in READABLE):
                    await asyncio.sleep(0.01)
                await say(LEVEL, "f", "0.5")
                await say(MUTE, "T")
                await say(COLOUR, "fff", "1", "0.5", "0")
                await say("/system/st*", "i", "7")
                while "/system/steps i 7" not in heard.read_text():
                    await asyncio.sleep(0.01)
            assert (tree.value(LEVEL), tree.value(MUTE), tree.value(COLOUR)) == (0.5, True, (1, 0.5, 0))
            for line in (f"{LEVEL} f 0.500000", f"{MUTE} T #T", f"{COLOUR} fff 1.000000 0.500000 0.000000"):
                assert line in heard.read_text()
    finally:
        listening.terminate()
        listening.wait()


async def test_two_tablets_on_the_wire():
    async with engine() as (tree, port):
        loop = asyncio.get_running_loop()
        tablets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
        try:
            for tablet in tablets:
                tablet.setblocking(False)
                tablet.bind(("127.0.0.1", 0))

            async def next_of(tablet: socket.socket, wanted: str) -> tuple:
                async with asyncio.timeout(10):
                    while True:
                        for group in osc_packet.parse(await loop.sock_recv(tablet, 9000)):
                            for message in group.messages:
                                if message.address == wanted:
                                    return message.arguments

            a, b = tablets
            for tablet in tablets:
                await loop.sock_sendto(tablet, osc_packet.message("/state"), port.address)
                assert await next_of(tablet, LEVEL) == (0.0,)
            for step in range(200):
                await loop.sock_sendto(a, osc_packet.message(LEVEL, (step / 256,)), port.address)
            while await next_of(b, LEVEL) != (199 / 256,):
                pass
            await loop.sock_sendto(b, osc_packet.message(MUTE, (1,)), port.address)
            assert await next_of(a, MUTE) == (True,)          # and of its own writes a heard nothing before it
        finally:
            for tablet in tablets:
                tablet.close()


def test_a_client_is_told_of_what_it_wants():
    room = Wireless()
    room.settle(A, B)
    room.say(A, "/subscribe", "/scene/tide/*")
    room.tick(3)
    assert {address for address, _ in room.heard(A)} == {LEVEL, "/scene/tide/height"}
    room.sent.clear()
    room.say(B, MUTE, True)
    room.say(B, LEVEL, 0.7)
    room.say(A, "/subscribe", MUTE)
    room.tick(3)
    assert {address for address, _ in room.heard(A)} == {LEVEL, "/scene/tide/height", MUTE}
    room.sent.clear()
    room.tree.declare(Declaration("/scene/tide/new", default=3.0))
    room.tree.declare(Declaration("/scene/other/new", default=3.0))
    room.tick(3)
    assert room.heard(A) == [("/scene/tide/new", (3.0,))]
    room.sent.clear()
    room.say(A, "/unsubscribe", "/scene/tide/*")
    room.say(B, LEVEL, 0.8)
    room.tick(3)
    assert {address for address, _ in room.heard(A)} == {MUTE}
    room.say(A, "/system/word")                                     # what is asked for by name comes in any case
    assert room.heard(A)[-1] == ("/system/word", ("a",))
    room.sent.clear()
    room.say(A, "/unsubscribe")
    room.tick(3)
    assert {address for address, _ in room.heard(A)} >= set(READABLE)


def test_a_subscription_ends_though_another_of_its_patterns_means_nothing_any_more():
    room = Wireless()
    room.settle(A)
    room.say(A, "/subscribe", "/scene/*/*", "/system/steps", "/light/*/*")
    room.tree.forget(COLOUR)
    room.tick(3)
    room.sent.clear()
    room.say(A, "/unsubscribe", "/scene/*/*")
    room.tick(3)
    assert [address for address, _ in room.heard(A)] == ["/system/steps"]
    room.say(B, LEVEL, 0.25)
    room.say(B, "/system/steps", 5)
    room.sent.clear()
    room.tick(1)
    assert room.heard(A) == [("/system/steps", (5,))]
    room.tree.declare(Declaration(COLOUR, Kind.COLOUR, default=(0, 0, 0)))             # it returns, and is told again
    room.sent.clear()
    room.tick(2)
    assert [address for address, _ in room.heard(A)] == [COLOUR]


@pytest.mark.parametrize("words", [(), (3,), ("/nothing/*",), ("/" + "x" * 300,), (["/a"],)])
def test_a_subscription_that_makes_no_sense_is_told(words):
    room = Wireless()
    room.settle(A)
    room.say(A, "/subscribe", *words)
    assert [address for address, _ in room.heard(A)] == ["/fault"]
    room.say(B, LEVEL, 0.5)
    room.tick(3)
    assert (LEVEL, (0.5,)) in room.heard(A)                         # and it is told of everything as before


def test_a_fader_without_feedback_takes_hold_where_it_meets_the_value():
    room = Wireless()
    room.settle(A, B)
    room.say(A, "/takeover", 1)
    room.say(B, LEVEL, 0.5)
    for wanted in (0.9, 0.8, 0.6):
        room.say(A, LEVEL, wanted)
        assert room.tree.value(LEVEL) == 0.5
    room.say(A, LEVEL, 0.45)
    room.say(A, LEVEL, 0.4)
    assert room.tree.value(LEVEL) == pytest.approx(0.4)
    room.say(B, LEVEL, 0.9)
    room.say(A, LEVEL, 0.35)
    assert room.tree.value(LEVEL) == pytest.approx(0.9)
    room.say(A, "/takeover", 0)
    room.say(A, LEVEL, 0.3)
    assert room.tree.value(LEVEL) == pytest.approx(0.3)


def test_what_osc_may_write_can_be_narrowed():
    room = Wireless(only=("/scene/",))
    room.settle(A)
    room.say(A, MUTE, True)
    assert room.tree.value(MUTE) is False and [address for address, _ in room.heard(A)] == ["/fault"]
    room.say(A, LEVEL, 0.5)
    assert room.tree.value(LEVEL) == 0.5 and [change.origin for change in room.gate.changes] == ["osc:10.0.0.1:9001"]


async def test_a_tablet_by_tcp_is_a_tablet():
    gate = Gate(Tree())
    for declaration in DECLARED:
        gate.tree.declare(declaration)
    port = OscStream("127.0.0.1", 0, wall=lambda: 0.0)
    remote = OscRemote(gate, port, kind="osc.tcp", connected=True)
    port.on_gone = remote.clients.gone
    await port.open()
    running = asyncio.create_task(steadily(PERIOD, remote.tick, pytest.fail))
    try:
        reader, writer = await asyncio.open_connection(*port.address)
        frames, got = Frames(), {}
        frames.slip = True
        writer.write(frames.put(osc_packet.message(LEVEL, (0.5,))))

        async def until(true) -> None:
            async with asyncio.timeout(10):
                while not true():
                    for packet in frames.take(await reader.read(65_536)):
                        for group in osc_packet.parse(packet):
                            got.update(group.messages)

        await until(lambda: set(READABLE) <= set(got))
        assert gate.tree.value(LEVEL) == 0.5 and gate.changes[0].origin.startswith("osc.tcp:127.0.0.1:")
        gate.write(Hand("web:1"), MUTE, True, 1.0)
        await until(lambda: got.get(MUTE) == (True,))
        writer.close()
        async with asyncio.timeout(10):
            while len(remote.clients):
                await asyncio.sleep(0.005)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await port.close()
