"""MQTT messages as readings: numbers, words, JSON; whatever else comes is said."""
from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.rules.config import load_piece
from installation.rules.mqtt_fields import MqttFields, is_topic
from installation.terms.fault import Fault, Faults, SensorFault

FIELDS = MqttFields({"fields": {"far": {"topic": "room/plinth", "key": "data.far", "unit": "cm"}, "door": "room/door",
                                "heat": {"topic": "room/plinth", "key": "heat", "unit": "°C"}}, "pace": "2 s"})


def test_what_it_gives_and_listens_to() -> None:
    assert FIELDS.fields() == {"far": "cm", "door": "", "heat": "°C"} and FIELDS.pace == 2.0
    assert FIELDS.topics() == ("room/plinth", "room/door") and MqttFields({"fields": {"a": "b"}}).pace == math.inf


@given(far=st.floats(-1e6, 1e6), heat=st.integers(-40, 90))
def test_numbers_inside_json(far: float, heat: int) -> None:
    assert FIELDS.decode("room/plinth", json.dumps({"data": {"far": far}, "heat": str(heat)}).encode()) == {"far": far, "heat": float(heat)}


@pytest.mark.parametrize(("payload", "value"), [(b"ON", 1), (b" off\n", 0), (b"open", 1), (b"true", 1), (b"3.5", 3.5), (b"-1e2", -100)])
def test_bare_numbers_and_words(payload: bytes, value: float) -> None:
    assert FIELDS.decode("room/door", payload) == {"door": value}


def test_json_that_does_not_have_it_says_nothing_of_it() -> None:
    assert FIELDS.decode("room/plinth", b'{"heat": true, "data": 3}') == {"heat": 1.0}
    assert FIELDS.decode("elsewhere", b"1") == {}


@given(st.binary(max_size=200))
def test_rubbish_is_a_fault_of_the_sensor_or_a_number(payload: bytes) -> None:
    for topic in FIELDS.topics():
        try:
            assert all(isinstance(value, float) for value in FIELDS.decode(topic, payload).values())
        except SensorFault as fault:
            assert fault.happened.fr and fault.remedy


@pytest.mark.parametrize(("topic", "is_one"), [("a", True), ("room/plinth/distance", True), ("", False), ("a/+", False), ("#", False), ("$SYS/x", False),
                                               ("a\0", False), ("x" * 2000, False)])
def test_a_topic_has_no_wildcards(topic: str, is_one: bool) -> None:
    assert is_topic(topic) is is_one


@pytest.mark.parametrize("options", [{}, {"fields": {}}, {"fields": {"a": "b"}, "pase": 1}, {"fields": {"a": "b/+"}}, {"fields": {"1": "b"}},
                                     {"fields": {"a": {"topic": "b", "unit": "furlong"}}}, {"fields": {"a": {"topic": "b", "key": ".".join("x" * 9)}}},
                                     {"fields": {"a": "b"}, "pace": 0}])
def test_options_that_make_no_sense(options: dict) -> None:
    with pytest.raises(Fault):
        MqttFields(options)


def test_a_piece_with_such_a_sensor_names_its_broker_and_hides_the_password(tmp_path) -> None:
    (tmp_path / "config.yaml").write_text("piece: x\nsensors:\n  door: {driver: mqtt, fields: {is: room/door}}\n")
    with pytest.raises(Faults) as caught:
        load_piece(tmp_path)
    assert "broker" in caught.value.say()
    (tmp_path / "config.yaml").write_text("piece: x\nmqtt: {host: 10.0.0.2, user: room, password: 1234}\n"
                                          "sensors:\n  door: {driver: mqtt, fields: {is: room/door}}\n")
    piece = load_piece(tmp_path)
    assert piece.mqtt is not None and piece.mqtt.password is not None and piece.mqtt.password.reveal() == "1234" and "1234" not in repr(piece.mqtt)
