"""Switches of power: what is wanted is tried until it is so, and trouble is told on its edges. By MQTT, by web address, by a GPIO line."""
from __future__ import annotations

import asyncio
import sys
import types
from pathlib import Path

import pytest
from aiohttp import web

from installation.ports.mqtt import Mqtt
from installation.ports.switch import Keeper, switch_for
from installation.rules.mqtt import MqttRecord
from installation.rules.switch import GpioRecord, MqttSwitchRecord, SwitchRecord, UrlSwitchRecord
from installation.terms.fault import Fault, Recovery
from installation.terms.words import both
from tests.mosquitto import Broker
from tests.ports.stand_in import until


async def test_what_cannot_be_done_now_is_done_later_and_only_the_last_wish_counts() -> None:
    told: list = []
    done: list[bool] = []
    works = False

    async def do(on: bool) -> None:
        if not works:
            raise Fault(both("no", "non"), id="switch.test")
        done.append(on)

    keeper = Keeper("amps", 0.0, do, told.append)
    await asyncio.wait_for(keeper.turn(True), 10)          # waits for a while, not for ever
    assert keeper.state is None and [what.id for what in told] == ["switch.test"] and told[0].where == "amps"
    turning = asyncio.create_task(keeper.turn(False))
    await asyncio.sleep(0)
    works = True
    await turning
    await until(lambda: done == [False])
    assert keeper.state is False and isinstance(told[1], Recovery) and len(told) == 2
    keeper.seen(True)                                     # somebody pressed the button on it
    await until(lambda: done == [False, False] and keeper.state is False)
    await keeper.close()


class Plug:
    """A plug with web addresses on the loopback, that can be pulled out."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.status = 200
        self.port = 0

    async def plug(self) -> None:
        app = web.Application()
        app.router.add_get("/relay/0", self._answer)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]

    async def pull(self) -> None:
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.query["turn"])
        return web.Response(status=self.status, text="{}", headers={"Location": "http://127.0.0.1:1/"})


async def test_a_plug_on_the_network_goes_and_comes_back() -> None:
    told: list = []
    plug = Plug()
    await plug.plug()
    url = f"http://127.0.0.1:{plug.port}/relay/0?turn="
    switch = switch_for(SwitchRecord(name="amps", url=UrlSwitchRecord(on=url + "on", off=url + "off"), wait=0.0), told.append, None)
    await switch.turn(True)
    assert plug.asked == ["on"] and switch.state is True and not told
    plug.status = 302                                     # to elsewhere: it is not followed
    turning = asyncio.create_task(switch.turn(False))
    await until(lambda: len(told) == 1)
    assert told[0].id == "switch.url" and "turn" not in told[0].say()
    await plug.pull()
    plug.status = 200
    await turning
    await plug.plug()
    await until(lambda: switch.state is False, 30)
    assert plug.asked[-1] == "off" and [type(what) for what in told] == [Fault, Recovery]
    await switch.close()
    await plug.pull()


async def test_a_plug_by_mqtt_is_believed_when_it_says_how_it_is(tmp_path: Path) -> None:
    told: list = []
    with Broker(tmp_path) as broker:
        ours, theirs = (Mqtt(MqttRecord(host="127.0.0.1", port=broker.port, client=name), tmp_path, told.append) for name in ("ours", "theirs"))
        ordered: list[bytes] = []
        obeys = True

        def order(payload: bytes) -> None:
            ordered.append(payload)
            if obeys:
                theirs.publish("stat/amps", payload)

        theirs.subscribe("cmnd/amps", order)
        switch = switch_for(SwitchRecord(name="amps", mqtt=MqttSwitchRecord(topic="cmnd/amps", state="stat/amps"), wait=0.0), told.append, ours)
        ours.open()
        theirs.open()
        await until(lambda: ours.is_connected and theirs.is_connected)
        await switch.turn(True)
        await until(lambda: switch.state is True)
        obeys = False
        await switch.turn(False)
        await until(lambda: any(what.id == "switch.mqtt" for what in told), 30)
        assert switch.state is True and ordered[-1] == b"OFF"
        obeys = True
        await until(lambda: switch.state is False and isinstance(told[-1], Recovery), 30)
        theirs.publish("stat/amps", "ON")                 # by its own button: it is switched off again
        await until(lambda: ordered.count(b"OFF") >= 3 and switch.state is False, 30)
        broker.kill()
        await until(lambda: not ours.is_connected, 30)
        turning = asyncio.create_task(switch.turn(True))
        await until(lambda: isinstance(told[-1], Fault) and told[-1].id == "switch.mqtt", 30)
        broker.start()
        await until(lambda: switch.state is True, 30)
        await turning
        await switch.close()
        await ours.close()
        await theirs.close()


async def test_a_line_of_a_chip_that_is_not_there_is_told_and_taken_when_it_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel here has no such chips: what is asked of the library is looked at."""
    asked: list[tuple] = []

    class Request:
        def set_value(self, line: int, value: object) -> None:
            asked.append(("set", line, value.name))  # type: ignore[attr-defined]

        def release(self) -> None:
            asked.append(("release",))

    def request_lines(path: str, config: dict, consumer: str) -> Request:
        if not Path(path).exists():
            raise FileNotFoundError(2, "No such file or directory", path)
        (line, settings), = config.items()
        asked.append(("request", line, settings.output_value.name, settings.active_low, consumer))
        return Request()

    real = pytest.importorskip("gpiod")
    stand_in = types.ModuleType("gpiod")
    stand_in.LineSettings, stand_in.request_lines, stand_in.line = real.LineSettings, request_lines, real.line  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "gpiod", stand_in)
    told: list = []
    record = SwitchRecord(name="amps", gpio=GpioRecord(line=17, active_low=True), wait=0.0)
    switch = switch_for(record, told.append, None, tmp_path)
    await switch.turn(True)
    assert [what.id for what in told] == ["switch.gpio"] and "gpiochip0" in told[0].happened.fr
    (tmp_path / "gpiochip0").touch()
    await until(lambda: switch.state is True)
    await switch.turn(False)
    assert asked == [("request", 17, "ACTIVE", True, "installation"), ("set", 17, "INACTIVE")]
    await switch.close()
    assert asked[-1] == ("release",) and isinstance(told[-1], Recovery)


async def test_the_real_library_says_so_where_there_is_no_chip(tmp_path: Path) -> None:
    told: list = []
    switch = switch_for(SwitchRecord(name="amps", gpio=GpioRecord(line=17), wait=0.0), told.append, None, tmp_path)
    await switch.turn(True)
    assert [what.id for what in told] == ["switch.gpio"] and switch.state is None
    await switch.close()


@pytest.mark.parametrize("ways", [{}, {"gpio": GpioRecord(line=1), "url": UrlSwitchRecord(on="http://a", off="http://a")},
                                  {"mqtt": MqttSwitchRecord(topic="a")}])
def test_a_switch_has_one_way(ways: dict) -> None:
    with pytest.raises(Fault):
        switch_for(SwitchRecord(name="amps", **ways), lambda what: None, None)
