"""MQTT with a real broker: heard, said, gone, back, with a will."""
from __future__ import annotations

import asyncio
from pathlib import Path

from installation.ports.mqtt import LARGEST, WAITING, Mqtt
from installation.rules.mqtt import MqttRecord
from installation.rules.source import Secret
from installation.terms.fault import Fault, Recovery
from tests.mosquitto import Broker
from tests.ports.stand_in import until


def line(broker: Broker, folder: Path, told: list, **words: object) -> Mqtt:
    return Mqtt(MqttRecord(host="127.0.0.1", port=broker.port, **words), folder, told.append)  # type: ignore[arg-type]


async def test_what_is_said_is_heard(tmp_path: Path) -> None:
    told: list = []
    heard: list[bytes] = []
    with Broker(tmp_path) as broker:
        mouth, ear = line(broker, tmp_path, told, client="mouth"), line(broker, tmp_path, told, client="ear")
        ear.subscribe("room/a", heard.append)
        mouth.publish("room/a", "kept for whoever comes later", retain=True)
        mouth.open()
        await until(lambda: mouth.published == 1)
        ear.open()
        await until(lambda: heard == [b"kept for whoever comes later"])
        for n in range(100):
            mouth.publish("room/a", str(n))
            await until(lambda n=n: heard[-1] == str(n).encode())          # type: ignore[misc]
        late: list[bytes] = []
        ear.subscribe("room/b", late.append)                            # while it is open
        mouth.publish("room/b", b"\x00\xff")
        mouth.publish("room/c", bytes(LARGEST + 1))
        await until(lambda: bool(late) or bool(mouth.publish("room/b", b"\x00\xff")))
        assert late[0] == b"\x00\xff" and mouth.dropped == 1 and not told
        await mouth.close()
        await ear.close()


async def test_a_broker_that_goes_is_told_once_and_the_newest_of_each_topic_waits(tmp_path: Path) -> None:
    told: list = []
    heard: list[bytes] = []
    with Broker(tmp_path) as broker:
        mouth, ear = line(broker, tmp_path, [], client="mouth"), line(broker, tmp_path, told, client="ear")
        ear.subscribe("room/level", heard.append)
        greeted: list[int] = []
        ear.greet(lambda: greeted.append(1))
        mouth.open()
        ear.open()
        await until(lambda: mouth.is_connected and ear.is_connected)
        broker.kill()
        await until(lambda: len(told) == 1 and not mouth.is_connected, 30)
        assert isinstance(told[0], Fault) and told[0].id == "mqtt.away"
        for n in range(50):
            mouth.publish("room/level", str(n), retain=True)
        broker.start()
        await until(lambda: len(told) == 2 and heard == [b"49"], 30)
        assert isinstance(told[1], Recovery) and (told[1].id, told[1].where) == (told[0].id, told[0].where) and len(greeted) == 2
        await mouth.close()
        await ear.close()


async def test_a_broker_that_is_not_there_costs_nothing_and_little_waits(tmp_path: Path) -> None:
    told: list = []
    broker = Broker(tmp_path)
    mouth = line(broker, tmp_path, told)
    mouth.open()
    for n in range(WAITING + 10):
        mouth.publish(f"room/{n}", "x")
    await until(lambda: len(told) == 1, 30)
    assert mouth.dropped == 10
    await asyncio.wait_for(mouth.close(), 5)


async def test_the_will_is_said_when_the_line_breaks_and_not_at_a_good_end(tmp_path: Path) -> None:
    heard: list[bytes] = []
    with Broker(tmp_path) as broker:
        ear = line(broker, tmp_path, [], client="ear")
        ear.subscribe("piece/state", heard.append)
        ear.open()
        good, cut = line(broker, tmp_path, [], client="good"), line(broker, tmp_path, [], client="cut")
        for each in (good, cut):
            each.will("piece/state", b"offline")
            each.open()
        await until(lambda: ear.is_connected and good.is_connected and cut.is_connected)
        await good.close()
        other = line(broker, tmp_path, [], client="cut")                  # who takes its name throws it out: a line that breaks
        other.open()
        await until(lambda: heard == [b"offline"], 30)
        await cut.close()
        await other.close()
        await ear.close()


async def test_a_password_from_a_file_and_a_wrong_one(tmp_path: Path) -> None:
    told: list = []
    with Broker(tmp_path / "broker", "room", "open sesame") as broker:
        file = tmp_path / "password"
        wrong = line(broker, tmp_path, told, user="room", password=Secret("closed"), client="wrong")
        right = line(broker, tmp_path, told, user="room", password_file="password", client="right")
        wrong.open()
        await until(lambda: [what.id for what in told] == ["mqtt.refused"], 30)
        assert "closed" not in told[0].say()
        right.open()
        await until(lambda: told[-1].id == "mqtt.password", 30)
        file.write_text("open sesame\n")
        await until(lambda: right.is_connected, 30)
        assert isinstance(told[-1], Recovery)
        await wrong.close()
        await right.close()


async def test_a_receiver_that_fails_is_told_once_and_the_others_hear(tmp_path: Path) -> None:
    told: list = []
    heard: list[bytes] = []

    def fails(payload: bytes) -> None:
        raise ValueError(payload)

    with Broker(tmp_path) as broker:
        ear = line(broker, tmp_path, told)
        ear.subscribe("a", fails)
        ear.subscribe("a", heard.append)
        ear.open()
        await until(lambda: ear.is_connected)
        await until(lambda: len(heard) >= 5 or bool(ear.publish("a", "x")))
        assert [what.id for what in told] == ["mqtt.receiver"]
        await ear.close()
