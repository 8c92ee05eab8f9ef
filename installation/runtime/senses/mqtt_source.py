"""A sensor that speaks MQTT: its topics are heard over the piece's one line to the broker."""
from __future__ import annotations

from functools import partial

from ...ports.mqtt import Mqtt
from ...rules.mqtt_fields import MqttFields
from ...rules.piece import SensorRecord
from ...terms.fault import SensorFault
from .sources import Common, Source


class MqttSource(Source):
    """Readings that come as messages. mqtt: None in a rehearsal, where nothing is heard."""

    def __init__(self, record: SensorRecord, common: Common, mqtt: Mqtt | None) -> None:
        self.rules = MqttFields(record.options)
        super().__init__(record, self.rules.fields(), self.rules.pace, common)
        if mqtt is not None:
            for topic in self.rules.topics():
                mqtt.subscribe(topic, partial(self.take, topic))

    def take(self, topic: str, payload: bytes) -> None:
        """One message."""
        now = self._clock()
        try:
            values = self.rules.decode(topic, payload)
        except SensorFault as fault:
            self.bad(fault, now)
            return
        if values:
            self.frames += 1
            if self.put(values, now):
                self.calm(now)
