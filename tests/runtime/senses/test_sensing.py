"""Sensors at work: boards on pseudo-terminals, OSC, visitors and traces become readings; trouble is told on its edges."""
from __future__ import annotations

import asyncio
import io
import json
import math
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from installation.ports.mqtt import Mqtt
from installation.ports.wire import State
from installation.rules.mqtt import MqttRecord
from installation.rules.piece import SensorRecord
from installation.rules.readings import Readings
from installation.rules.sensor import Sensor, SensorFault
from installation.rules.trace import Recorder, trace_lines
from installation.runtime.clock import VirtualLoop
from installation.runtime.parts.loading import load_driver
from installation.runtime.senses.sensing import Sensing, built_in_facts
from installation.runtime.wall import Wall
from installation.terms.fault import Fault, Faults, Recovery
from installation.terms.reading import Freshness
from tests.mosquitto import Broker
from tests.ports.stand_in import Plug, places, until

FOLDER = Path(__file__).parent.parent.parent.parent / "sensors"
DRIVERS = {path.stem: load_driver(path) for path in FOLDER.glob("*.py")}


def sensor(name: str, driver: str, device: str | None = None, hold: float = 0.5, rest: dict | None = None,
           **options: object) -> SensorRecord:
    return SensorRecord(name=name, driver=driver, device=device, hold=hold, rest=rest or {}, options=options,
                        where=f"config.yaml: {name}")


class Ear:
    """Gathers what is told, and counts the loop's turns."""

    def __init__(self) -> None:
        self.told: list[Fault | Recovery] = []
        self.turns = 0

    def tell(self, what: Fault | Recovery) -> None:
        self.told.append(what)

    def edges(self) -> list[str]:
        return [("-" if isinstance(what, Recovery) else "+") + what.id for what in self.told]


def rehearse(work) -> None:
    """Run on the clock that jumps."""
    loop = VirtualLoop()
    try:
        loop.run_until_complete(work)
    finally:
        loop.close()


async def test_a_board_is_read_pulled_out_and_put_back_under_another_terminal(tmp_path: Path) -> None:
    at, ear, readings, loop = places(tmp_path), Ear(), Readings(), asyncio.get_running_loop()
    link = tmp_path / "by-id" / "usb-Arduino_Uno_85438-if00"
    board = Plug(link)
    sensing = Sensing([sensor("plinth", "csv_line", "85438", rest={"distance": 4.0}, columns={"distance": "cm", "light": ""},
                              pace=0.02)],
                      DRIVERS, readings, ear.tell, places=at)
    assert readings.read("plinth.distance", 0.0).freshness is Freshness.ABSENT
    assert readings.read("plinth.distance", 0.0).value == 4.0
    await sensing.open()
    await until(lambda: sensing.status()[0].state is State.OPEN)

    async def talk(cm: int) -> None:
        while True:
            await board.say(b"%d,512\r\n" % cm, baud=115200)

    talking = asyncio.create_task(talk(182))
    await until(lambda: readings.read("plinth.distance", loop.time()).value == pytest.approx(1.82))
    assert readings.read("plinth.light", loop.time()).value == 512
    talking.cancel()
    board.pull()
    await until(lambda: ear.edges() == ["+wire.lost"])
    assert "plinth (85438)" in str(ear.told[0]) and "distance 1.82 m" in str(ear.told[0])
    assert readings.read("plinth.distance", loop.time()).freshness in (Freshness.FRESH, Freshness.HELD)
    await until(lambda: readings.read("plinth.distance", loop.time()).freshness is Freshness.REST)
    assert readings.read("plinth.distance", loop.time()).value == 4.0
    other = Plug(tmp_path / "other")
    board = Plug(link)
    talking = asyncio.create_task(talk(90))
    await until(lambda: readings.read("plinth.distance", loop.time()).value == pytest.approx(0.9))
    assert ear.edges() == ["+wire.lost", "-wire.lost"] and ear.told[0].where == ear.told[1].where
    talking.cancel()
    await sensing.close()
    board.pull()
    other.pull()


async def test_random_bytes_are_counted_said_once_and_the_last_good_reading_holds(tmp_path: Path) -> None:
    at, ear, readings, loop = places(tmp_path), Ear(), Readings(), asyncio.get_running_loop()
    board = Plug(tmp_path / "by-id" / "it")
    sensing = Sensing([sensor("plinth", "serial_range", "it", hold=1e4)], DRIVERS, readings, ear.tell, places=at)
    await sensing.open()
    await until(lambda: sensing.status()[0].state is State.OPEN)
    await board.say(b"R0421\rR0421\r")
    await until(lambda: sensing.status()[0].frames >= 1)
    noise = random.Random(1).randbytes(30_000)
    await board.say(noise)
    await until(lambda: sensing.sources["plinth"].port.received == len(noise) + 12)    # type: ignore[attr-defined]
    assert readings.read("plinth.distance", loop.time()).value == 0.421
    status = sensing.status()[0]
    assert status.refused > 10
    faults = [what for what in ear.told if isinstance(what, Fault)]
    assert len(faults) == len({fault.id for fault in faults}) <= 2
    assert all("plinth (it)" in fault.say("fr") and "0.421 m" in fault.say("en") for fault in faults)
    await board.say(b"\rR0422\r")
    await until(lambda: readings.read("plinth.distance", loop.time()).value == 0.422)
    await sensing.close()
    board.pull()


async def test_five_thousand_lines_a_second_leave_the_loop_its_turns(tmp_path: Path) -> None:
    """A flood from one board: the loop turns on, the latest reading wins, a second board is heard meanwhile."""
    at, ear, readings = places(tmp_path), Ear(), Readings()
    flood, calm = Plug(tmp_path / "by-id" / "flood"), Plug(tmp_path / "by-id" / "calm")
    sensing = Sensing([sensor("flood", "csv_line", "flood", columns={"n": "count"}), sensor("calm", "serial_range", "calm")],
                      DRIVERS, readings,
                      ear.tell, places=at)
    await sensing.open()
    await until(lambda: all(status.state is State.OPEN for status in sensing.status()))
    turns = [0]

    async def tick() -> None:
        while True:
            await asyncio.sleep(0.01)
            turns[0] += 1

    ticking, loop = asyncio.create_task(tick()), asyncio.get_running_loop()
    await board_says(calm, b"\rR0001\r")
    begin, sent, most = loop.time(), 0, 10_000
    while sent < most:    # 5,000 lines a second, in bursts as the kernel hands them over
        due = min(most, int((loop.time() - begin) * 5000))
        lines = b"".join(b"%d\n" % n for n in range(sent, due))
        while lines:
            lines = lines[flood.write(lines):]
            await asyncio.sleep(0)
        sent = due
        await asyncio.sleep(0.001)
    await board_says(calm, b"R0777\r")
    await until(lambda: readings.read("flood.n", loop.time()).value == most - 1)
    await until(lambda: readings.read("calm.distance", loop.time()).value == 0.777)
    ticking.cancel()
    status = {status.name: status for status in sensing.status()}["flood"]
    assert status.frames + status.skipped + status.refused >= most - 1
    assert status.refused == 0 and readings.counts("flood").taken == status.frames
    assert turns[0] >= (loop.time() - begin) / 0.01 / 4    # the tick was served through the flood
    assert ear.edges() == []
    await sensing.close()
    flood.pull()
    calm.pull()


async def board_says(board: Plug, data: bytes) -> None:
    await board.say(data, baud=9600)


async def test_a_flood_of_megabytes_is_decoded_only_at_its_end(tmp_path: Path) -> None:
    at, ear, readings = places(tmp_path), Ear(), Readings()
    board = Plug(tmp_path / "by-id" / "it")
    sensing = Sensing([sensor("it", "csv_line", "it", columns={"n": "count"})], DRIVERS, readings, ear.tell, places=at)
    await sensing.open()
    await until(lambda: sensing.status()[0].state is State.OPEN)
    await board.say(b"1\n" * 100_000)
    await board.say(b"2\n")
    await until(lambda: readings.read("it.n", asyncio.get_running_loop().time()).value == 2)
    status = sensing.status()[0]
    assert status.skipped > 0 and abs(status.frames + status.skipped - 100_001) <= 1
    await sensing.close()
    board.pull()


class Broken(Sensor):
    """A driver with a fault of its own for each letter."""

    gives = {"a": "m", "b": "m"}
    pace = 0.1

    def decode(self, frame):
        match frame:
            case b"raise":
                raise RuntimeError("no")
            case b"unknown":
                return {"c": 1}
            case b"nan":
                return {"a": math.nan, "b": 2}
            case b"inf":
                return {"a": math.inf}
            case b"none":
                return None
            case b"refuse":
                raise SensorFault("expected something else", remedy="Usually the baud rate.")
        return {"a": float(frame), "b": 1}


async def test_a_broken_driver_is_a_fault_that_names_its_line_and_never_stops_the_rest(tmp_path: Path) -> None:
    at, ear, readings, loop = places(tmp_path), Ear(), Readings(), asyncio.get_running_loop()
    board = Plug(tmp_path / "by-id" / "it")
    sensing = Sensing([sensor("it", "broken", "it")], {"broken": Broken}, readings, ear.tell, places=at)
    await sensing.open()
    await until(lambda: sensing.status()[0].state is State.OPEN)
    await board.say(b"\n7\nraise\nraise\nunknown\nnan\ninf\nnone\nrefuse\nraise\n")
    await until(lambda: sensing.status()[0].refused == 8)
    assert ear.edges() == ["+driver.failed", "+driver.returned", "+sensor.value", "+sensor.frame"]
    assert "test_sensing.py:" in ear.told[0].where and "it (it)" in ear.told[0].where
    assert readings.read("it.a", loop.time()).value == 7
    assert readings.read("it.b", loop.time()).value == 2    # the sound half of the frame with the nan
    assert readings.counts("it").refused == 2
    await sensing.close()
    board.pull()


async def test_trouble_on_a_line_is_over_after_a_while_without_any(tmp_path: Path) -> None:
    at, ear, readings = places(tmp_path), Ear(), Readings()
    board = Plug(tmp_path / "by-id" / "it")
    now = [100.0]
    sensing = Sensing([sensor("it", "broken", "it")], {"broken": Broken}, readings, ear.tell, clock=lambda: now[0], places=at)
    await sensing.open()
    await until(lambda: sensing.status()[0].state is State.OPEN)
    now[0] = 101.0
    for frames, later, edges in ((b"refuse\n", 0.1, ["+sensor.frame"]), (b"1\nrefuse\n", 4.0, ["+sensor.frame"]),
                                 (b"2\n", 4.0, ["+sensor.frame"]), (b"3\n", 2.0, ["+sensor.frame", "-sensor.frame"])):
        now[0] += later
        port = sensing.sources["it"].port    # type: ignore[attr-defined]
        before = port.received
        await board.say(frames)
        await until(lambda: port.received == before + len(frames))    # noqa: B023
        assert ear.edges() == edges
    # then it falls silent although its line stays open
    sensing.step(now[0] + 0.6)
    assert ear.edges()[2:] == []
    now[0] += 10
    sensing.step(now[0])
    sensing.step(now[0] + 1)
    assert ear.edges()[2:] == ["+sensor.silent"]
    await board.say(b"4\n")
    await until(lambda: ear.edges()[2:] == ["+sensor.silent", "-sensor.silent"])
    await sensing.close()
    board.pull()


async def test_a_sensor_that_must_be_asked_is_asked_at_its_pace(tmp_path: Path) -> None:
    class Asked(Sensor):
        gives = {"a": "m"}
        pace = 0.01
        ask = b"?\n"

        def decode(self, frame):
            return {"a": float(frame)}

    at, ear, readings = places(tmp_path), Ear(), Readings()
    board = Plug(tmp_path / "by-id" / "it")
    sensing = Sensing([sensor("it", "asked", "it")], {"asked": Asked}, readings, ear.tell, places=at)
    await sensing.open()
    heard: list[bytes] = []

    def asked() -> bool:
        heard.append(board.heard())
        return bool(heard[-1])

    for n in range(3):
        await until(asked)
        await board.say(b"\n%d\n" % n)
        await until(lambda: sensing.status()[0].frames > n)    # noqa: B023
    assert b"".join(heard).startswith(b"?\n?\n")
    await sensing.close()
    board.pull()


def test_wrong_records_are_all_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(Faults) as caught:
        Sensing([sensor("a", "csv_line", "x"), sensor("b", "serial_range"), sensor("c", "visitors", arivals=1),
                 sensor("d", "osc"),
                 sensor("e", "midi", fields={"k": {"note": 60}}), sensor("f", "serial_range", "x", rest={"distanse": 1})],
                DRIVERS, Readings(),
                Ear().tell, places=places(tmp_path))
    assert [fault.where for fault in caught.value.faults] == [f"config.yaml: {name}" for name in "abcdef"]
    assert 'needs the option "columns"' in str(caught.value) and 'Did you mean "distance"?' in str(caught.value)


async def test_osc_messages_become_readings_in_base_units_and_nonsense_is_told_once() -> None:
    ear, readings, loop = Ear(), Readings(), asyncio.get_running_loop()
    heard: list[str] = []
    sensing = Sensing([sensor("phone", "osc",
                              fields={"reach": {"address": "/phone/xy", "argument": 2, "unit": "cm"}, "push": "/phone/push"}),
                       sensor("twin", "osc", fields={"x": "/phone/xy"})], {}, readings, ear.tell, heard=heard.append)
    await sensing.open()
    assert sensing.osc is not None
    assert sensing.osc.take("/phone/xy", [1.0, 50.0], loop.time())
    assert not sensing.osc.take("/other", [1.0], loop.time())
    assert readings.read("phone.reach", loop.time()).value == pytest.approx(0.5)
    assert readings.read("twin.x", loop.time()).value == 1.0
    assert readings.read("phone.reach", loop.time() + 1e5).freshness is Freshness.FRESH    # a fader rests where it was left
    for arguments in ([1.0], [1.0, "far"], [], [1.0, math.nan]):
        sensing.osc.take("/phone/xy", arguments, loop.time())
    assert readings.read("phone.reach", loop.time()).value == pytest.approx(0.5)
    assert len([what for what in ear.told if "phone" in what.where]) == 1
    assert heard[:2] == ["phone", "twin"]
    await sensing.close()
    assert Sensing([], {}, Readings(), ear.tell).osc is None


def test_an_hour_of_visitors_is_recorded_and_played_back_the_same() -> None:
    """On the clock that jumps: what the visitors say is written down; the trace gives the same readings in their place."""
    records = [sensor("room", "visitors", rest={"plinth": 5.0}, points={"plinth": [0, 2]}, arrivals=100)]
    out = io.StringIO()

    async def play(seen: list[tuple[float, float]], **how: object) -> None:
        loop, ear, readings = asyncio.get_running_loop(), Ear(), Readings()
        recorder = how.pop("recorder", None)
        sensing = Sensing(records, {}, readings, ear.tell, seed=5, **how)  # type: ignore[arg-type]
        sensing.record(recorder)  # type: ignore[arg-type]
        await sensing.open()
        for _ in range(600):
            await asyncio.sleep(1.00317)
            seen.append((readings.read("room.plinth", loop.time()).value, readings.read("room.count", loop.time()).value))
        await sensing.close()
        assert ear.told == []

    live: list[tuple[float, float]] = []
    again: list[tuple[float, float]] = []
    replayed: list[tuple[float, float]] = []
    rehearse(play(live, recorder=Recorder(out)))
    rehearse(play(again))
    rehearse(play(replayed, trace=trace_lines(io.StringIO(out.getvalue()), "t")))
    assert live == again == replayed
    assert max(count for _, count in live) >= 2


def test_a_trace_replaces_every_port_and_a_wrong_line_ends_it(tmp_path: Path) -> None:
    lines = [json.dumps({"t": t, "sensor": "plinth", "field": "distance", "value": value}) for t, value in ((0, 1.5), (2.0, 2.5))]
    lines += [json.dumps({"t": 3.0, "sensor": "gone", "field": "x", "value": 1}), "rubbish"]

    async def play() -> None:
        loop, ear, readings = asyncio.get_running_loop(), Ear(), Readings()
        sensing = Sensing([sensor("plinth", "csv_line", "not there", hold=0.5, rest={"distance": 4.0},
                                  columns={"distance": "cm"})], DRIVERS, readings,
                          ear.tell, trace=trace_lines(lines, "trace.jsonl"), places=places(tmp_path))
        await sensing.open()
        values = []
        for _ in range(8):
            sensing.step(loop.time())
            values.append(readings.read("plinth.distance", loop.time()).value)
            await asyncio.sleep(0.5)
        assert values == [1.5, 1.5, 4.0, 4.0, 2.5, 2.5, 4.0, 4.0]    # a trace is in base units whatever the driver speaks
        assert [what.where for what in ear.told] == ["trace.jsonl:4"]
        await sensing.close()

    rehearse(play())


def test_a_rehearsal_opens_no_port(tmp_path: Path) -> None:
    """Without a trace the visitors come, and what is plugged in stays alone: its readings are absent."""
    at = places(tmp_path)
    board = Plug(tmp_path / "by-id" / "it")

    async def play() -> None:
        loop, ear, readings = asyncio.get_running_loop(), Ear(), Readings()
        sensing = Sensing([sensor("plinth", "serial_range", "it", rest={"distance": 4.0}), sensor("room", "visitors"),
                           sensor("desk", "midi", "any", fields={"key": {"note": 60}}, through="raw")], DRIVERS, readings,
                          ear.tell, places=at)
        await sensing.open()
        for _ in range(100):
            await asyncio.sleep(0.5)
            sensing.step(loop.time())
        assert readings.read("plinth.distance", loop.time()).freshness is Freshness.ABSENT
        assert readings.read("room.count", loop.time()).freshness is Freshness.FRESH
        assert sensing.sources["plinth"].port.attempts == 0 and ear.told == []    # type: ignore[attr-defined]
        await sensing.close()

    rehearse(play())
    board.pull()


def test_a_full_record_is_told_once() -> None:
    async def play() -> None:
        ear = Ear()
        sensing = Sensing([sensor("room", "visitors")], {}, Readings(), ear.tell)
        sensing.record(Recorder(io.StringIO(), largest=500))
        await sensing.open()
        await asyncio.sleep(5)
        assert ear.edges() == ["+trace.full"]
        await sensing.close()

    rehearse(play())


async def test_a_sensor_that_speaks_mqtt_is_heard_goes_stale_and_is_heard_again(tmp_path: Path) -> None:
    ear, readings, loop = Ear(), Readings(), asyncio.get_running_loop()
    with Broker(tmp_path) as broker:
        mqtt = Mqtt(MqttRecord(host="127.0.0.1", port=broker.port), tmp_path, ear.tell)
        fields = {"distance": {"topic": "room/plinth", "key": "data.far", "unit": "cm"}, "door": "room/door"}
        sensing = Sensing([sensor("plinth", "mqtt", hold=0.2, fields=fields, pace="0.2 s", rest={"distance": 4.0})], {}, readings, ear.tell, mqtt=mqtt)
        await sensing.open()
        mqtt.open()
        await until(lambda: mqtt.is_connected)

        def says(topic: str, payload: str) -> bool:
            mqtt.publish(topic, payload)
            return readings.read("plinth.distance", loop.time()).value == 1.82 and readings.read("plinth.door", loop.time()).value == 1.0

        await until(lambda: says("room/plinth", '{"data": {"far": 182}, "more": "words"}') or says("room/door", "ON"))
        await until(lambda: readings.read("plinth.distance", loop.time()).freshness is Freshness.REST)
        assert readings.read("plinth.distance", loop.time()).value == 4.0
        await until(lambda: ear.edges() == ["+sensor.frame"] or bool(mqtt.publish("room/plinth", "not { JSON")))
        await until(lambda: says("room/plinth", '{"data": {"far": 182}}') or says("room/door", "open"))
        await sensing.close()
        await mqtt.close()


def test_the_clock_says_the_time_while_it_is_known() -> None:
    async def play() -> None:
        ear, readings, loop = Ear(), Readings(), asyncio.get_running_loop()
        known = [False]
        start = datetime(2026, 11, 25, 12, 0, tzinfo=UTC).timestamp()
        wall = Wall(lambda: start + loop.time(), loop.time, lambda: known[0], zone=ZoneInfo("Europe/Paris"))
        sensing = Sensing([sensor("clock", "clock", cycle="10 min", rest={"cycle": 0.25})], {}, readings, ear.tell, wall=wall)
        await sensing.open()
        await asyncio.sleep(10)
        assert ear.edges() == ["+clock.unknown"] and readings.read("clock.day", loop.time()).freshness is Freshness.ABSENT
        known[0] = True
        await asyncio.sleep(20)
        assert ear.edges() == ["+clock.unknown", "-clock.unknown"]
        read = {field: readings.read(f"clock.{field}", loop.time()).value for field in ("day", "weekday", "cycle")}
        assert read == pytest.approx({"day": 13 * 3600 + 30, "weekday": 3, "cycle": 0.05}, abs=1e-3)
        await sensing.close()

    rehearse(play())


def test_two_machines_that_were_started_at_different_moments_agree() -> None:
    """Without a word between them: the one that comes late is in the middle of the cycle, where the other is."""
    seen = []
    for late in (0.0, 137.0):
        async def play(late: float = late) -> None:
            readings, loop = Readings(), asyncio.get_running_loop()
            wall = Wall.virtual(loop.time, datetime(2026, 11, 25, 12, 0, tzinfo=UTC) + timedelta(seconds=late))
            sensing = Sensing([sensor("clock", "clock", cycle="10 min")], {}, readings, Ear().tell, wall=wall)
            await sensing.open()
            await asyncio.sleep(200 - late)
            seen.append(readings.read("clock.cycle", loop.time()).value)
            await sensing.close()

        rehearse(play())
    assert seen[0] == pytest.approx(200 / 600, abs=1e-3) and abs(seen[0] - seen[1]) < 0.05 / 600 + 1e-9


def test_built_in_facts_say_what_check_needs() -> None:
    osc = built_in_facts(sensor("a", "osc", fields={"reach": {"address": "/a", "unit": "cm"}}, pace="50 ms"))
    assert osc is not None and osc.fields == {"reach": "m"} and osc.pace == 0.05
    visitors = built_in_facts(sensor("b", "visitors", points={"p": [0, 0]}))
    assert visitors is not None and visitors.fields["p"] == "m" and visitors.pace == 0.05
    midi = built_in_facts(sensor("c", "midi", fields={"k": {"note": 60}}))
    assert midi is not None and midi.fields == {"k": "ratio"} and midi.pace == math.inf
    clock = built_in_facts(sensor("e", "clock", place=[48.85, 2.35]))
    assert clock is not None and clock.fields["sun"] == "deg" and clock.pace == 0.05
    assert built_in_facts(sensor("d", "csv_line")) is None
    with pytest.raises(Fault) as caught:
        built_in_facts(sensor("e", "osc", feelds={}))
    assert caught.value.where == "config.yaml: e"
