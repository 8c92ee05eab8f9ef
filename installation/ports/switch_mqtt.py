"""A switch that listens to MQTT. What is wanted is said again each time the broker comes back; where the switch says how it is, that is believed."""
from __future__ import annotations

import asyncio

from ..rules.switch import MqttSwitchRecord
from ..terms.fault import Fault
from ..terms.words import both
from .mqtt import Mqtt
from .switch import Keeper, Tell

ANSWER = 2.0      # s for it to say how it is


class MqttSwitch(Keeper):
    """One plug or relay. Without `state` in its record, it is taken to have done what it was told."""

    def __init__(self, name: str, wait: float, record: MqttSwitchRecord, tell: Tell, mqtt: Mqtt) -> None:
        super().__init__(name, wait, self._say, tell)
        self._record, self._mqtt = record, mqtt
        self._is: bool | None = None
        self._said = asyncio.Event()
        mqtt.greet(self._again)
        if record.state:
            mqtt.subscribe(record.state, self._heard)

    async def _say(self, on: bool) -> None:
        if not self._mqtt.is_connected:
            raise Fault(both("it cannot be reached: the broker is away", "il n'est pas joignable : le broker est absent"), id="switch.mqtt",
                        remedy=both("It is switched as soon as the broker is back.", "Il sera commandé dès le retour du broker."))
        if not self._record.state:
            self._publish(on)
            return
        self._said.clear()
        self._publish(on)
        end = asyncio.get_running_loop().time() + ANSWER
        while self._is != on:
            left = end - asyncio.get_running_loop().time()
            try:
                await asyncio.wait_for(self._said.wait(), left)
            except TimeoutError:
                raise Fault(both("it does not say that it has switched", "il ne dit pas qu'il a basculé"), id="switch.mqtt",
                            remedy=both("Is it plugged in, and are its topics right? It is told again and again.",
                                        "Est-il branché, ses sujets sont-ils justes ? On le lui redit sans cesse.")) from None
            self._said.clear()

    def _publish(self, on: bool) -> None:
        self._mqtt.publish(self._record.topic, self._record.on if on else self._record.off, qos=1)

    def _again(self) -> None:
        if self._wanted is not None:
            self._publish(self._wanted)

    def _heard(self, payload: bytes) -> None:
        word = payload.decode("utf-8", "replace").strip().lower()
        self._is = {self._record.on.lower(): True, self._record.off.lower(): False}.get(word)
        self._said.set()
        self.seen(self._is)
