"""What leaves the machine: a heartbeat that says how the room is, messages that wait for the network, and nothing that is not named."""
from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from aiohttp import web

from installation.ports.mqtt import Mqtt
from installation.rules.config import load_piece
from installation.rules.mqtt import MqttRecord
from installation.rules.report import HeartbeatRecord, MessagesRecord
from installation.rules.source import Secret
from installation.runtime.report.heartbeat import OFFLINE, Heartbeat
from installation.runtime.report.messages import Messenger
from installation.terms.fault import Faults, Recovery
from tests.mosquitto import Broker
from tests.ports.stand_in import until

LOST = {"en": "the card is lost", "fr": "la carte est perdue", "where": "sound", "level": "fault", "since": None, "for": 3.0,
        "plain": {"en": "The sound card is missing; light goes on", "fr": "La carte son manque ; la lumière continue"}}
DUSTY = {**LOST, "en": "dust", "where": "lens", "level": "warning"}


class Patient:
    """A house whose health is what the test says."""

    def __init__(self) -> None:
        self.troubles: list[dict[str, Any]] = []

    @property
    def level(self) -> str:
        return "fault" if any(trouble["level"] == "fault" for trouble in self.troubles) else "warning" if self.troubles else "well"

    def says(self) -> dict[str, Any]:
        return {"sentence": {"en": "…", "fr": "…"}, "level": self.level, "list": self.troubles}


class Elsewhere:
    """Somebody who listens on the loopback, and may be away."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, Any]] = []
        self.port = 0

    async def come(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]

    async def go(self) -> None:
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.asked.append((request.method, request.path, json.loads(body) if body else None))
        return web.Response(text="thanks")


async def test_a_heartbeat_says_how_the_room_is_and_is_told_when_it_does_not_arrive() -> None:
    told: list = []
    patient, other, now = Patient(), Elsewhere(), [0.0]
    await other.come()
    record = HeartbeatRecord(url=Secret(f"http://127.0.0.1:{other.port}/ping/uuid"), fail="/fail", every=60.0)
    beat = Heartbeat(record, patient, None, told.append)  # type: ignore[arg-type]

    async def beats(count: int) -> None:
        now[0] += 60.0
        beat.step(now[0])
        beat.step(now[0] + 1.0)                    # not before its time
        await until(lambda: len(other.asked) >= count)

    await beats(1)
    patient.troubles = [DUSTY]
    await beats(2)
    patient.troubles = [LOST]
    await beats(3)
    assert [path for _, path, _ in other.asked] == ["/ping/uuid", "/ping/uuid", "/ping/uuid/fail"] and not told
    await until(lambda: beat.beats == 3)
    await other.go()
    now[0] += 60.0
    beat.step(now[0])
    await until(lambda: len(told) == 1)
    assert told[0].id == "report.heartbeat" and "uuid" not in told[0].say()
    await other.come()
    await beats(4)
    await until(lambda: len(told) == 2)
    assert isinstance(told[1], Recovery)
    await beat.close()
    await other.go()


async def test_without_a_word_for_fault_the_address_is_not_asked_for_then() -> None:
    patient, other = Patient(), Elsewhere()
    await other.come()
    patient.troubles = [LOST]
    beat = Heartbeat(HeartbeatRecord(url=Secret(f"http://127.0.0.1:{other.port}/ping")), patient, None, print)  # type: ignore[arg-type]
    for now in (0.0, 60.0, 120.0):
        beat.step(now)
        await asyncio.sleep(0.01)
    assert not other.asked
    patient.troubles = []
    beat.step(180.0)
    await until(lambda: len(other.asked) == 1)
    await beat.close()
    await other.go()


async def test_the_broker_keeps_the_health_and_says_offline_at_the_end(tmp_path: Path) -> None:
    heard: list[bytes] = []
    patient = Patient()
    with Broker(tmp_path) as broker:
        ours, ear = (Mqtt(MqttRecord(host="127.0.0.1", port=broker.port, client=name), tmp_path, print) for name in ("ours", "ear"))
        beat = Heartbeat(HeartbeatRecord(mqtt="piece/health"), patient, ours, print)  # type: ignore[arg-type]
        ours.open()
        await until(lambda: ours.published >= 1)
        ear.subscribe("piece/health", heard.append)
        ear.open()
        await until(lambda: bool(heard))
        assert json.loads(heard[0])["level"] == "well"
        patient.troubles = [LOST]
        beat.step(0.0)
        await until(lambda: json.loads(heard[-1])["level"] == "fault")
        await beat.close()
        await until(lambda: heard[-1] == OFFLINE)
        await ours.close()
        await ear.close()


async def test_messages_wait_for_the_network_in_order_and_over_a_restart(tmp_path: Path) -> None:
    told: list = []
    patient, other, now = Patient(), Elsewhere(), [1000.0]
    await other.come()
    await other.go()                                                      # its port is known; nobody is there
    record = MessagesRecord(url=Secret(f"http://127.0.0.1:{other.port}/topic?token=hidden"), after=30.0)
    file = tmp_path / "state" / "messages.json"

    def messenger() -> Messenger:
        return Messenger(record, "Tide", "fr", patient, told.append, file, lambda: now[0])  # type: ignore[arg-type]

    one = messenger()

    async def passes(seconds: float) -> None:
        for _ in range(int(seconds / 5)):
            now[0] += 5.0
            one.step(now[0])
            if one._work is not None:
                await asyncio.wait([one._work])

    patient.troubles = [DUSTY, LOST]                                      # the dust is no matter for a message
    await passes(40)
    assert [what.id for what in told] == ["report.messages"] and "hidden" not in told[0].say() and file.exists()
    patient.troubles = []
    await passes(10)
    await one.close()
    one = messenger()                                                     # the power was cut
    await other.come()
    await passes(40)
    assert [(method, path) for method, path, _ in other.asked] == [("POST", "/topic")] * 2
    first, second = (body for _, _, body in other.asked)
    assert (first["begins"], second["begins"]) == (True, False) and first["title"] == "Tide" and first["left_out"] == 0
    assert first["text"] == "La carte son manque ; la lumière continue" and second["text"].startswith("Terminé : ") and first["waited"] >= 10
    assert not file.exists() and one.sent == 2
    await one.close()
    await other.go()


def test_what_is_configured_is_checked(tmp_path: Path) -> None:
    def faults(text: str) -> str:
        (tmp_path / "config.yaml").write_text("piece: x\nreport:\n" + text)
        try:
            load_piece(tmp_path)
        except Faults as found:
            return found.say("en")
        return ""

    assert "needs `url` or `mqtt`" in faults("  heartbeat: {every: 60 s}\n")
    assert "no broker" in faults("  heartbeat: {mqtt: a/b}\n")
    assert "remote: web:" in faults("  metrics: true\n")
    assert faults("  heartbeat: {url: 'https://example.org/ping/abc'}\n  messages: {url: 'https://example.org/x'}\n") == ""
    assert "abc" not in repr(load_piece(tmp_path).report)

