"""The driver class: options, fields, and what is made of decode()."""
from __future__ import annotations

import math

import pytest

from installation.rules.sensor import Sensor, SensorFault, decoded
from installation.terms.fault import Fault


class Range(Sensor):
    line = {"baud": 9600, "ends": b"\r", "longest": 16}
    gives = {"distance": "cm"}
    options = {"offset": 0.0, "names": ["a"], "label": str, "deep": False}

    offset: float
    names: list
    label: str
    deep: bool

    def decode(self, frame):
        if frame == b"bad":
            raise SensorFault("bad frame")
        if frame == b"bug":
            return {"distance": 1 / 0}
        if frame == b"list":
            return [1]
        if frame == b"typo":
            return {"distanse": 1}
        return {"distance": float(frame) + self.offset}


def test_options_become_attributes_with_the_type_of_their_default() -> None:
    sensor = Range(label="x", offset=2, baud=115200, pace="50 ms")
    assert (sensor.offset, sensor.names, sensor.label, sensor.deep) == (2.0, ["a"], "x", False)
    assert (sensor.baud, sensor.pace) == (115200, 0.05)
    assert Range(label="x").baud == 9600
    assert sensor.fields() == {"distance": "cm"} and sensor.base_fields() == {"distance": "m"}
    assert decoded(sensor, b"3") == {"distance": 5.0}


@pytest.mark.parametrize(("options", "said"), [
    ({}, 'needs the option "label"'), ({"label": 3}, "wants a text"), ({"label": "x", "offset": "far"}, "wants a number"),
    ({"label": "x", "offset": True}, "wants a number"), ({"label": "x", "offset": math.nan}, "wants a number"),
    ({"label": "x", "deep": 1}, "true or false"), ({"label": "x", "names": "a"}, "wants a list"),
                                               ({"label": "x", "ofset": 1}, 'no option "ofset"'),
    ({"label": "x", "baud": "fast"}, "baud is 'fast'"), ({"label": "x", "baud": True}, "baud"),
                                               ({"label": "x", "pace": 0}, "pace is 0"),
    ({"label": "x", "pace": "3 m"}, "measures length")])
def test_wrong_options_are_faults(options: dict, said: str) -> None:
    with pytest.raises(Fault) as caught:
        Range(**options)
    assert said in caught.value.happened.en
    assert caught.value.happened.fr != caught.value.happened.en


def test_an_option_that_is_almost_right_is_named() -> None:
    with pytest.raises(Fault) as caught:
        Range(label="x", ofset=1)
    assert 'Did you mean "offset"?' in caught.value.remedy.en and "baud" in caught.value.remedy.en


@pytest.mark.parametrize(("members", "said"), [
    ({"gives": {"a": "m"}}, "no decode"), ({"decode": lambda self, frame: {}}, "does not say what it gives"),
    ({"decode": lambda self, frame: {}, "gives": {"a": "parsec"}}, 'no unit is called "parsec"'),
    ({"decode": lambda self, frame: {}, "gives": {"a.b": "m"}}, "cannot name a reading"),
    ({"decode": lambda self, frame: {}, "gives": {"a": 3}}, "no unit is called"),
    ({"decode": lambda self, frame: {}, "gives": {"a": "m"}, "line": {"baud": 9600}}, "needs one of"),
    ({"decode": lambda self, frame: {}, "gives": {"a": "m"}, "pace": -1}, "pace is -1"),
    ({"decode": lambda self, frame: {}, "gives": {"a": "m"}, "options": {"fields": 1}}, "would hide something")])
def test_a_driver_that_is_wrong_says_so_clearly(members: dict, said: str) -> None:
    with pytest.raises(Fault) as caught:
        type("Wrong", (Sensor,), members)()
    assert said in caught.value.happened.en


def test_whatever_decode_does_becomes_a_sensor_fault_with_its_line() -> None:
    sensor = Range(label="x")
    with pytest.raises(SensorFault, match="bad frame"):
        decoded(sensor, b"bad")
    for frame, said, id in ((b"bug", "ZeroDivisionError", "driver.failed"), (b"words", "ValueError", "driver.failed"),
                            (b"list", "not a dictionary", "driver.returned"), (b"typo", "does not give", "driver.returned")):
        with pytest.raises(SensorFault) as caught:
            decoded(sensor, frame)
        assert said in caught.value.happened.en and caught.value.id == id
        assert "test_sensor.py:" in caught.value.where
    assert math.isnan(decoded(sensor, b"nan")["distance"])
