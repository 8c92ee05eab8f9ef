"""Which MQTT messages are readings: a topic for each, its payload a number, a word for on or off, or JSON with a number in it.

    sensors:
      plinth:
        driver: mqtt
        fields: {distance: {topic: room/plinth/distance, unit: cm}, heat: {topic: zigbee2mqtt/plinth, key: temperature, unit: °C}, door: room/door}
        pace: 1 s

`key` finds a value inside JSON; dots go deeper (`key: data.temperature`). ON, OFF, true, false, open, closed and their like are 1 and 0.
`pace` is the time between two messages; without it a reading stays fresh until the next, as suits a switch that only speaks when it is moved.
"""
from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..terms.address import is_name
from ..terms.fault import Fault, SensorFault, did_you_mean
from ..terms.quantity import known_unit, quantity
from ..terms.words import Words, both

OPTIONS = ("fields", "pace")
MOST_FIELDS, DEEPEST = 256, 8
_SWITCH = {"on": 1.0, "true": 1.0, "open": 1.0, "yes": 1.0, "online": 1.0, "off": 0.0, "false": 0.0, "closed": 0.0, "close": 0.0, "no": 0.0, "offline": 0.0}
_EXAMPLE = "fields: {distance: {topic: room/plinth/distance, unit: cm}, heat: {topic: zigbee2mqtt/plinth, key: temperature, unit: °C}}"


@dataclass(frozen=True, slots=True)
class MqttField:
    """One reading: its topic, the way into JSON (empty for a bare number), the unit in which it comes."""

    topic: str
    key: tuple[str, ...]
    unit: str


class MqttFields:
    """The readings of one sensor that speaks MQTT. Raises Fault if the options make no sense."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        for name in options:
            if name not in OPTIONS:
                close = did_you_mean(name, OPTIONS)
                raise Fault(both(f'mqtt has no option "{name}"', f"mqtt n'a pas d'option « {name} »"), id="mqtt.option",
                            remedy=both(f'Did you mean "{close}"?', f"Peut-être « {close} » ?") if close else _example())
        written = options.get("fields")
        if not isinstance(written, Mapping) or not 1 <= len(written) <= MOST_FIELDS:
            raise Fault(both("mqtt needs fields: which topics are readings", "mqtt a besoin de fields : quels sujets sont des mesures"),
                        remedy=_example(), id="mqtt.fields")
        self.pace = quantity(options["pace"], "s") if "pace" in options else math.inf
        if not self.pace > 0:
            raise Fault(both("pace is the time between two messages, above 0 s", "pace est le temps entre deux messages, plus de 0 s"), id="mqtt.pace")
        self._fields = {name: _field(name, entry) for name, entry in written.items()}

    def fields(self) -> dict[str, str]:
        """What it gives: field → unit."""
        return {name: field.unit for name, field in self._fields.items()}

    def topics(self) -> tuple[str, ...]:
        """What is listened to, each once."""
        return tuple(dict.fromkeys(field.topic for field in self._fields.values()))

    def decode(self, topic: str, payload: bytes) -> dict[str, float]:
        """The readings in one message. JSON without a field's key has nothing to say of that field. Raises SensorFault for what makes no sense."""
        found: dict[str, float] = {}
        for name, field in self._fields.items():
            if field.topic == topic:
                value = _inside(payload, field.key) if field.key else _number(payload.decode("utf-8", "replace").strip(), topic)
                if value is not None:
                    found[name] = value
        return found


def _inside(payload: bytes, key: tuple[str, ...]) -> float | None:
    try:
        value: Any = json.loads(payload)
    except (ValueError, RecursionError):
        raise SensorFault(_wanted("JSON", payload), remedy=both("Without `key` the payload is a bare number.",
                                                                "Sans `key`, le message est un nombre seul.")) from None
    for part in key:
        if not isinstance(value, dict) or part not in value:
            return None
        value = value[part]
    return float(value) if isinstance(value, (bool, int, float)) else _number(str(value), ".".join(key))


def _number(text: str, where: str) -> float:
    word = text.lower()
    if word in _SWITCH:
        return _SWITCH[word]
    try:
        return float(text)
    except ValueError:
        raise SensorFault(_wanted(f"a number ({where})", text), remedy=both("For JSON, say which `key` holds the value.",
                                                                            "Pour du JSON, dites quelle `key` contient la valeur.")) from None


def _wanted(what: str, got: object) -> Words:
    shown = repr(got)[:60]
    return both(f"expected {what}, got {shown}", f"il faut {what.replace('a number', 'un nombre')}, et non {shown}")


def _field(name: object, entry: object) -> MqttField:
    if not isinstance(name, str) or not is_name(name):
        raise Fault(both(f"{name!r} cannot name a reading", f"{name!r} ne peut nommer une mesure"), id="mqtt.fields")
    if isinstance(entry, str):
        entry = {"topic": entry}
    if isinstance(entry, Mapping) and set(entry) <= {"topic", "key", "unit"}:
        topic, key, unit = entry.get("topic"), entry.get("key", ""), entry.get("unit", "")
        way = tuple(part for part in key.split(".") if part) if isinstance(key, str) else ("",) * (DEEPEST + 1)
        if isinstance(topic, str) and is_topic(topic) and len(way) <= DEEPEST and isinstance(unit, str):
            known_unit(unit)
            return MqttField(topic, way, unit)
    raise Fault(both(f"{name}: expected a topic without + and #, got {repr(entry)[:60]}", f"{name} : il faut un sujet sans + ni #, et non {repr(entry)[:60]}"),
                remedy=_example(), id="mqtt.fields")


def is_topic(topic: str) -> bool:
    """Whether it names one topic: MQTT 3.1.1, 4.7, without wildcards and the broker's own."""
    return 0 < len(topic.encode("utf-8", "replace")) <= 1024 and not any(mark in topic for mark in "+#\0") and not topic.startswith("$")


def _example() -> Words:
    return both(f"For example {_EXAMPLE}.", f"Par exemple {_EXAMPLE}.")
