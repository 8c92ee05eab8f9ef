"""MQTT: one line to one broker, opened again by itself, for whoever publishes or listens.

    mqtt = Mqtt(record, folder, tell)
    mqtt.will("…/state", b"offline", retain=True)       before `open`: what the broker says of us when the line breaks
    mqtt.subscribe("…/topic", heard)                    heard(payload) in the event loop
    mqtt.open(); mqtt.publish("…/topic", b"…", retain=True); await mqtt.close()

`publish` returns at once. While the broker is away the newest payload of each topic waits, of WAITING topics at most. That it cannot be
reached is told once when it begins and once when it is over. Nothing that arrives can raise here: payloads are bounded, and a receiver that fails is told once.

Source: MQTT 3.1.1 (OASIS, 2014); the library aiomqtt speaks it.
"""
from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..rules.mqtt import MqttRecord
from ..terms.fault import Fault, Recovery
from ..terms.words import both

WAITING = 256            # topics that wait to be published while the broker is away
LARGEST = 65_536         # bytes of a payload, either way
QUEUE = 1000             # messages that wait to be heard
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 2.0
STEADY = 2.0             # s that a line lasted before a quick first attempt is earned again
ANSWER = 5.0             # s for the broker to answer
KEEP_ALIVE = 15          # s; after one and a half of these the broker says our will
LINGER = 0.5             # s at the end for what waits

Heard = Callable[[bytes], None]
Tell = Callable[[Fault | Recovery], None]


class Mqtt:
    """The line to the broker. Counters: `published`, `heard`, `dropped` payloads that were too large or too many, `connected` times."""

    def __init__(self, record: MqttRecord, folder: Path, tell: Tell) -> None:
        self._record, self._folder, self._tell = record, folder, tell
        self.prefix = record.prefix.strip("/")
        self.published = self.heard = self.dropped = self.connected = 0
        self.is_connected = False
        self._receivers: dict[str, list[Heard]] = {}
        self._waiting: dict[str, tuple[bytes, bool, int]] = {}
        self._will: tuple[str, bytes, bool] | None = None
        self._greetings: list[Callable[[], None]] = []
        self._wake = asyncio.Event()
        self._life: asyncio.Task[None] | None = None
        self._where = f"mqtt {record.host}:{record.port}"
        self._away = ""
        self._failing: set[str] = set()

    def will(self, topic: str, payload: bytes, *, retain: bool = True) -> None:
        """What the broker publishes when this line breaks without a word. To be said before `open`."""
        self._will = topic, payload, retain

    def greet(self, call: Callable[[], None]) -> None:
        """Called each time the line stands, before anything else is published."""
        self._greetings.append(call)

    def subscribe(self, topic: str, heard: Heard) -> None:
        """Hear the payloads of one topic, at every connection anew; without wildcards."""
        self._receivers.setdefault(topic, []).append(heard)
        self._wake.set()

    def publish(self, topic: str, payload: bytes | str, *, retain: bool = False, qos: int = 0) -> None:
        """Say something as soon as the line stands; what waited for the same topic is replaced."""
        data = payload.encode() if isinstance(payload, str) else payload
        if len(data) > LARGEST:
            self.dropped += 1
            return
        self._waiting.pop(topic, None)
        if len(self._waiting) >= WAITING:
            self._waiting.pop(next(iter(self._waiting)))
            self.dropped += 1
        self._waiting[topic] = data, retain, qos
        self._wake.set()

    def open(self) -> None:
        """Begin; returns at once. Needs a running loop."""
        if self._life is None:
            self._life = asyncio.get_running_loop().create_task(self._live(), name="mqtt")

    async def close(self) -> None:
        """Say what waits, if that is quick, and hang up with a word, so that the will is not said."""
        if self._life is None:
            return
        loop = asyncio.get_running_loop()
        end = loop.time() + LINGER
        while self.is_connected and self._waiting and loop.time() < end:  # noqa: ASYNC110  (the library tells nobody)
            await asyncio.sleep(0.01)
        self._life.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._life
        self._life = None

    async def _live(self) -> None:
        import aiomqtt

        logging.getLogger("mqtt").setLevel(logging.CRITICAL)        # what it has to say is told as faults
        loop = asyncio.get_running_loop()
        pause = FIRST_PAUSE
        while True:
            since = loop.time()
            try:
                async with self._client(aiomqtt, await loop.run_in_executor(None, self._password)) as client:
                    self._stands()
                    try:
                        await self._serve(client)
                    finally:
                        self.is_connected = False
                        _heed(client)
            except Fault as fault:
                self._begin(fault)
            except (aiomqtt.MqttError, OSError, ValueError) as error:
                self._begin(self._unreachable(error))
            if loop.time() - since > STEADY:
                pause = FIRST_PAUSE
            await asyncio.sleep(pause)
            pause = min(LONGEST_PAUSE, pause * 2)

    def _client(self, aiomqtt: Any, password: str | None) -> Any:
        record = self._record
        will = aiomqtt.Will(self._will[0], self._will[1], retain=self._will[2]) if self._will else None
        return aiomqtt.Client(record.host, record.port, username=record.user, password=password,
                              identifier=record.client or f"installation-{socket.gethostname()}", will=will, timeout=ANSWER, keepalive=KEEP_ALIVE,
                              max_queued_incoming_messages=QUEUE, max_queued_outgoing_messages=WAITING)

    def _password(self) -> str | None:
        """Read at each attempt, so that a file that comes later is taken. Raises Fault."""
        record = self._record
        if record.password_file is None:
            return record.password.reveal() if record.password else None
        path = self._folder / record.password_file
        try:
            return path.read_text(encoding="utf-8")[:1024].strip()
        except (OSError, ValueError) as error:
            raise Fault(both(f"the password cannot be read: {error}", f"le mot de passe est illisible : {error}"), where=str(path), id="mqtt.password",
                        remedy=both("The file holds the password and nothing else, and the user that the piece runs as may read it.",
                                    "Le fichier contient le mot de passe et rien d'autre, et l'utilisateur de la pièce peut le lire.")) from None

    async def _serve(self, client: Any) -> None:
        """Publish and hear until the line breaks. Raises MqttError when it does."""
        known: set[str] = set()
        hearing = asyncio.create_task(self._hear(client))
        try:
            while True:
                self._wake.clear()
                for topic in [topic for topic in self._receivers if topic not in known]:
                    await client.subscribe(topic)
                    known.add(topic)
                while self._waiting:
                    topic, (payload, retain, qos) = next(iter(self._waiting.items()))
                    await client.publish(topic, payload, qos=qos, retain=retain)
                    if self._waiting.get(topic) == (payload, retain, qos):      # a newer one may have come meanwhile
                        del self._waiting[topic]
                    self.published += 1
                waking = asyncio.ensure_future(self._wake.wait())
                try:
                    await asyncio.wait({waking, hearing}, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    waking.cancel()
                if hearing.done():
                    hearing.result()
                    return
        finally:
            hearing.cancel()
            await asyncio.gather(hearing, return_exceptions=True)

    async def _hear(self, client: Any) -> None:
        async for message in client.messages:
            payload = message.payload if isinstance(message.payload, bytes) else str(message.payload or "").encode()
            if len(payload) > LARGEST:
                self.dropped += 1
                continue
            self.heard += 1
            for heard in self._receivers.get(str(message.topic), ()):
                self._hand(heard, str(message.topic), payload)

    def _hand(self, heard: Heard, topic: str, payload: bytes) -> None:
        try:
            heard(payload)
        except Exception as error:
            if topic not in self._failing and len(self._failing) < WAITING:
                self._failing.add(topic)
                self._tell(Fault(both(f"what was heard on {topic} could not be taken: {error!r}",
                                      f"ce qui est venu sur {topic} n'a pas pu être pris : {error!r}"), where=self._where, id="mqtt.receiver"))

    def _stands(self) -> None:
        self.is_connected = True
        self.connected += 1
        if self._away:
            self._tell(Recovery(both("the broker answers", "le broker répond"), where=self._where, id=self._away))
            self._away = ""
        for greet in self._greetings:
            greet()

    def _begin(self, fault: Fault) -> None:
        if self._away == fault.id:
            return
        if self._away:
            self._tell(Recovery(both("", ""), where=self._where, id=self._away))
        self._away = fault.id
        self._tell(Fault(fault.happened, where=self._where, remedy=fault.remedy, id=fault.id))

    def _unreachable(self, error: Exception) -> Fault:
        text = str(error) or type(error).__name__
        refused = "not authori" in text.lower() or "bad user" in text.lower()
        return Fault(both(f"the broker cannot be reached: {text}", f"le broker n'est pas joignable : {text}"), id="mqtt.refused" if refused else "mqtt.away",
                     remedy=both("Are `user` and `password` right?", "`user` et `password` sont-ils justes ?") if refused else
                     both("Is it on, on this network, and is its port right? It is tried again by itself.",
                          "Est-il allumé, sur ce réseau, et son port est-il juste ? L'essai reprend de lui-même."))


def _heed(client: Any) -> None:
    """Look at how the line ended, as asyncio complains of an error that nobody looked at."""
    ended = getattr(client, "_disconnected", None)
    if ended is not None and ended.done() and not ended.cancelled():
        ended.exception()
