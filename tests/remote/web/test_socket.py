"""The page's socket: what a tablet is told, what it may move, and that none of them can hold anything up."""
from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any

import pytest

from installation.remote.web import client
from installation.remote.web.client import BATCH
from installation.remote.web.socket import MOST
from installation.rules.gate import LOCK, Hand, Role
from installation.rules.tree import Priority, Tree
from installation.terms.declaration import Declaration
from installation.terms.fault import Fault
from installation.terms.words import both
from tests.remote.web.served import COLOUR, GO, HEIGHT, LEVEL, MODE, PINS, READ, READABLE, SECRET, Tablet, eventually, served

ARTIST = Hand("osc:10.0.0.9:9000", Role.ARTIST)


def now() -> float:
    return asyncio.get_running_loop().time()


async def as_artist(tablet: Tablet) -> Tablet:
    await tablet.say({"pin": PINS[Role.ARTIST]})
    await tablet.until(lambda tablet: tablet.hello["role"] == "artist" and tablet.tree[LEVEL]["may"])
    await tablet.echo()
    tablet.told.clear()
    return tablet


async def test_whoever_opens_it_is_told_everything_at_once() -> None:
    async with served(moved_by={LEVEL: ["plinth.distance · range 3 … 0.4"]}) as page, page.tablet() as tablet:
        assert tablet.hello.items() >= {"title": "Tide", "language": "en", "role": "nobody", "locked": False, "offers": [], "url": page.url("/")}.items()
        assert tablet.hello["origin"] == "web:nobody:1" and tablet.hello["version"]
        assert set(tablet.tree) == READABLE | {GO, SECRET} and tablet.values.keys() == READABLE
        assert tablet.tree[LEVEL] == {"kind": "float", "unit": "", "low": 0, "high": 1, "default": 0.0, "curve": "lin", "access": "both", "glide": 0.0,
                                      "about": {"en": "how loud", "fr": "le volume"}, "choices": [], "persists": False, "may": False}
        assert tablet.all("moved_by") == [{LEVEL: ["plinth.distance · range 3 … 0.4"]}]
        assert [name for name, _ in tablet.told[:2]] == ["hello", "tree"]


async def test_a_change_reaches_everyone_but_its_author_and_a_correction_the_author_too() -> None:
    async with served() as page, page.tablet() as one, page.tablet() as other:
        await as_artist(one)
        await one.say({"set": {LEVEL: 0.5, COLOUR: [0.1, 0.2, 0.3]}})
        await other.until(lambda tablet: tablet.values[LEVEL] == 0.5 and tablet.values[COLOUR] == [0.1, 0.2, 0.3])
        await one.echo()
        await asyncio.sleep(0.1)
        await one.echo()
        assert one.all("values") == []
        await one.say({"set": {LEVEL: 7}})
        await one.until(lambda tablet: tablet.values[LEVEL] == 1)              # clipped: its fader shows what is
        await other.until(lambda tablet: tablet.values[LEVEL] == 1)


async def test_the_last_value_always_arrives_and_at_most_thirty_messages_a_second() -> None:
    async with served() as page, page.tablet() as tablet:
        tablet.told.clear()
        began = now()
        for step in range(1, 401):
            page.gate.write(ARTIST, LEVEL, step / 400, now())
            if step % 10 == 0:
                await asyncio.sleep(0.01)
        await tablet.until(lambda tablet: tablet.values[LEVEL] == 1)
        assert 2 <= len(tablet.all("values")) <= (now() - began) * 30 + 2


async def test_roles_by_pin_on_this_connection_alone() -> None:
    async with served() as page, page.tablet() as tablet, page.tablet() as other:
        await tablet.say({"set": {MODE: "stop"}})
        refused = (await tablet.until(lambda tablet: tablet.all("refused")))[0]
        assert refused["address"] == MODE and "PIN" in refused["en"] and refused["fr"] and page.tree.value(MODE) == "play"
        await tablet.say({"pin": "0000"})
        await tablet.until(lambda tablet: any(refused.get("ask") == "pin" for refused in tablet.all("refused")))
        for role, may in (("visitor", {HEIGHT}), ("attendant", {HEIGHT, MODE}), ("artist", {HEIGHT, MODE, LEVEL, GO, SECRET, COLOUR, LOCK})):
            await tablet.say({"pin": PINS[Role[role.upper()]]})
            await tablet.until(lambda tablet: {a for a, record in tablet.tree.items() if record["may"]} == may)  # noqa: B023
            assert tablet.hello["role"] == role and tablet.hello["origin"] == f"web:{role}:1"
        await tablet.say({"leave": True})
        await tablet.until(lambda tablet: tablet.hello["role"] == "nobody" and not tablet.tree[LEVEL]["may"])
        await other.echo()
        assert other.hello["role"] == "nobody" and len(other.all("hello")) == 1


async def test_a_session_is_still_who_it_was_after_sleep() -> None:
    async with served() as page:
        cookie = await page.enter(Role.ARTIST)
        async with page.tablet(cookie) as tablet:
            origin = tablet.hello["origin"]
            assert tablet.hello["role"] == "artist"
            await tablet.say({"set": {LOCK: True, LEVEL: 0.25}})
            await tablet.until(lambda tablet: tablet.hello["locked"])
            async with page.tablet(cookie) as second:                             # another tab: not the same hand
                assert second.hello["origin"] != origin and not second.tree[LEVEL]["may"]
        await eventually(lambda: not page.server.socket.clients)
        async with page.tablet(cookie) as awake:
            assert awake.hello["origin"] == origin and awake.values[LEVEL] == 0.25 and awake.tree[LEVEL]["may"]
            async with page.http.post(page.url("/-/leave"), headers={**page.origin, "Cookie": cookie}) as answer:
                assert answer.status == 200 and (await answer.json())["role"] == "nobody"
            await awake.until(lambda tablet: tablet.hello["role"] == "nobody")
        async with page.tablet(cookie) as after:
            assert after.hello["role"] == "nobody"


async def test_the_lock_is_shown_and_holds() -> None:
    async with served() as page, page.tablet() as one, page.tablet() as other:
        await as_artist(one)
        await as_artist(other)
        await one.say({"set": {LOCK: True}})
        await other.until(lambda tablet: tablet.hello["locked"] and not tablet.tree[LEVEL]["may"] and tablet.tree[MODE]["may"])
        await other.say({"set": {LEVEL: 0.9}})
        refused = (await other.until(lambda tablet: tablet.all("refused")))[0]
        assert "locked" in refused["en"] and page.tree.value(LEVEL) == 0
        await one.say({"set": {LEVEL: 0.4}})
        await other.until(lambda tablet: tablet.values[LEVEL] == 0.4)
        await other.say({"set": {LOCK: False}})
        await other.until(lambda tablet: not tablet.hello["locked"] and tablet.tree[LEVEL]["may"])


async def test_who_holds_a_value_is_shown_and_can_be_let_go() -> None:
    async with served() as page, page.tablet() as tablet:
        await as_artist(tablet)
        page.tree.write(LEVEL, 0.3, origin="mapping:2", time=now(), priority=Priority.MAPPING)
        assert await tablet.until(lambda tablet: tablet.holders.get(LEVEL)) == ["mapping", "mapping:2", "mapping 2", "correspondance 2"]
        await tablet.say({"set": {LEVEL: 0.8}})
        await tablet.until(lambda tablet: tablet.holders[LEVEL][:2] == ["hand", "web:artist:1"])
        async with page.tablet() as late:
            await late.until(lambda tablet: tablet.holders.get(LEVEL, [""])[0] == "hand")
        await tablet.say({"release": LEVEL})
        await tablet.until(lambda tablet: tablet.holders[LEVEL][0] == "mapping" and tablet.values[LEVEL] == 0.3)
        page.tree.release(LEVEL, "mapping:2", now())
        await tablet.until(lambda tablet: tablet.holders[LEVEL] is None)


async def test_triggers_fire_once_and_not_when_a_button_is_let_go() -> None:
    fired: list[str] = []
    async with served() as page, page.tablet() as tablet, page.tablet() as other:
        page.tree.watch(GO, lambda address, value, origin, time: fired.append(origin))
        await as_artist(tablet)
        await tablet.say({"fire": GO})
        await other.until(lambda tablet: GO in tablet.values)
        await tablet.say({"set": {GO: 0}})
        await tablet.say({"set": {GO: False}})
        await tablet.echo()
        assert fired == ["web:artist:1"] and other.values[GO] is None
        await tablet.say({"set": {GO: 1}})
        await tablet.echo()
        assert len(fired) == 2


async def test_questions_are_asked_at_the_desk() -> None:
    async def save(hand: Hand, name: str, slow: bool = False) -> dict[str, Any]:
        if name == "broken":
            raise ZeroDivisionError("no")
        if name == "refused":
            raise Fault(both("not this", "pas ceci"), remedy=both("that", "cela"))
        return {"saved": name, "by": hand.origin}

    async with served() as page, page.tablet() as tablet:
        page.desk.offer("preset.save", Role.ARTIST, save)
        page.desk.offer("look", Role.NOBODY, lambda hand: [1, 2, {"infinite": float("inf")}])
        await tablet.until(lambda tablet: tablet.hello["offers"] == ["look"])
        await tablet.say({"ask": {"name": "preset.save", "arguments": {"name": "x"}, "id": 1}})
        assert (await tablet.until(lambda tablet: tablet.all("refused")))[0].items() >= {"ask": "preset.save", "id": 1}.items()
        await tablet.say({"ask": {"name": "look", "id": "a"}})
        assert (await tablet.until(lambda tablet: tablet.all("done"))) == [{"id": "a", "answer": [1, 2, {"infinite": None}]}]
        await as_artist(tablet)
        assert tablet.hello["offers"] == ["preset.save", "look"]
        await tablet.say({"ask": {"name": "preset.save", "arguments": {"name": "opening"}, "id": 2}})
        assert (await tablet.until(lambda tablet: tablet.all("done"))) == [{"id": 2, "answer": {"saved": "opening", "by": "web:artist:1"}}]
        for number, (asked, told) in enumerate([({"name": "preset.sav"}, "preset.save"), ({"name": "preset.save", "arguments": {"nme": 1}}, "wrong arguments"),
                                                ({"name": "preset.save", "arguments": {"name": "refused"}}, "not this"),
                                                ({"name": "preset.save", "arguments": {"name": "broken"}}, "failed"),
                                                ({"name": 3}, "expected"), ({"name": "look", "arguments": 3}, "expected"), (7, "expected an object")]):
            tablet.told.clear()
            await tablet.say({"ask": {**asked, "id": number} if isinstance(asked, dict) else asked})
            refused = (await tablet.until(lambda tablet: tablet.all("refused")))[0]
            assert told in json.dumps(refused) and refused["fr"]
        assert [fault.id for fault in page.told] == ["web.failed"] and "ZeroDivisionError" in str(page.told[0])


class Drawn:
    """A picture, a health and a log that tests move."""

    def __init__(self) -> None:
        self.plan_revision = self.revision = 1
        self.drawn = 0
        self.broken = False
        self.lines: list[Any] = []

    def plan(self) -> dict[str, Any]:
        return {"width": 4, "number": self.plan_revision}

    def now(self) -> dict[str, Any]:
        self.drawn += 1
        if self.broken:
            raise ValueError("no picture")
        return {"drawn": self.drawn}

    def says(self) -> dict[str, Any]:
        return {"sentence": {"en": "all is well", "fr": "tout va bien"}, "level": "well", "list": [], "number": self.revision}

    def line(self, text: str) -> None:
        self.lines.append(type("Line", (), {"time": 1.0, "level": 5, "text": text, "id": "note"})())


async def test_the_picture_is_sent_to_those_who_watch_it_and_is_drawn_once_for_all() -> None:
    drawn = Drawn()
    async with served(picture=drawn, health=drawn) as page, page.tablet() as one, page.tablet() as other, page.tablet() as third:
        assert one.all("plan") == [{"width": 4, "number": 1}] and one.all("health")[0]["level"] == "well" and drawn.drawn == 0
        for tablet in (one, other):
            await tablet.say({"watch": ["now"]})
        await one.until(lambda tablet: len(tablet.all("now")) > 20)
        await other.until(lambda tablet: len(tablet.all("now")) > 19)
        assert drawn.drawn <= max(each["drawn"] for each in one.all("now") + other.all("now")) + 1
        drawn.plan_revision = drawn.revision = 2
        await one.until(lambda tablet: len(tablet.all("plan")) == 2 and len(tablet.all("health")) == 2)
        drawn.broken = True
        await eventually(lambda: page.told)
        drawn.broken = False
        count = len(one.all("now"))
        await one.until(lambda tablet: len(tablet.all("now")) > count)
        assert [fault.id for fault in page.told] == ["web.view"]
        await one.say({"watch": []})
        await one.echo()
        one.told.clear()
        await asyncio.sleep(0.2)
        await one.echo()
        await third.echo()
        assert one.all("now") == [] and third.all("now") == []


async def test_the_log_is_sent_whole_and_then_line_by_line() -> None:
    drawn = Drawn()
    drawn.line("one")
    drawn.line("two")
    async with served(lines=lambda: drawn.lines[-200:]) as page, page.tablet() as tablet:
        await tablet.say({"watch": ["log", "now"]})
        await tablet.until(lambda tablet: [line["text"] for line in tablet.log] == ["one", "two"])
        for number in range(250):
            drawn.line(str(number))
        await tablet.until(lambda tablet: tablet.log[-1]["text"] == "249")
        assert len(tablet.log) <= 202 and tablet.log[0].keys() == {"time", "level", "text", "id"}
        assert page.told == []


@pytest.mark.parametrize("text", ["", "null", "7", "[]", '"set"', "{}", "{", "[" * 60_000, '{"set": 3}', '{"set": [1]}', '{"fire": 3}',
                                  '{"release": {}}', '{"watch": 3}', '{"watch": ["everything"]}',
                                  '{"watch": [[]]}', '{"nothing": 1}', '{"ste": 1}', '{"ask": []}', '{"pin": 7}', '{"pin": null}',
                                  '{"pin": ""}', '{"set": {"/no/such": 1}}', '{"set": {"' + "/x" * 20_000 + '": 1}}', '{"set": {"": 1}}',
                                  '{"fire": "/scene/tide/level"}', '{"release": "/no"}', '{"set": {"/sensor/plinth/distance": 1}}', "1" * 60_000,
                                  '{"ping": ' + "9" * 5000 + "}", '{"set": {"/scene/tide/level": "\\ud800"}}'])
async def test_what_makes_no_sense_is_refused_in_words_and_ends_nothing(text: str) -> None:
    async with served() as page, page.tablet() as tablet:
        await as_artist(tablet)
        await tablet.say(text)
        refused = (await tablet.until(lambda tablet: tablet.all("refused")))[0]
        assert refused["en"] and refused["fr"] and ("address" in refused or "ask" in refused or "address" not in text)
        await tablet.say({"set": {LEVEL: 0.5}})
        await tablet.echo()
        assert page.tree.value(LEVEL) == 0.5 and page.told == []


@pytest.mark.parametrize("value", [None, "loud", [], {}, [1, 2], "NaN", True, 10**400])
async def test_values_of_the_wrong_type_are_refused_and_the_fader_is_told_what_stands(value: Any) -> None:
    async with served() as page, page.tablet() as tablet:
        await as_artist(tablet)
        await tablet.say(json.dumps({"set": {LEVEL: value}}).replace('"NaN"', "NaN"))
        refused = (await tablet.until(lambda tablet: tablet.all("refused")))[0]
        assert refused["address"] == LEVEL and "number" in refused["en"]
        await tablet.until(lambda tablet: tablet.all("values") == [{LEVEL: 0.0}])
        assert page.tree.value(LEVEL) == 0


async def test_bytes_are_refused() -> None:
    async with served() as page, page.tablet() as tablet:
        await tablet.socket.send_bytes(b"\x00" * 100)
        await tablet.until(lambda tablet: tablet.all("refused"))
        assert page.server.socket.count["senseless"] == 1


async def test_fifty_megabytes_are_the_senders_own_end() -> None:
    async with served() as page, page.tablet() as tablet, page.tablet() as other:
        with contextlib.suppress(OSError):
            await tablet.socket.send_str("x" * 50_000_000)
        assert await tablet.closed() in (1009, 1006)
        assert page.server.socket.count["too_large"] == 1
        await other.echo()
        async with page.tablet():
            pass


async def test_a_flood_is_dropped_counted_and_shown_out_while_the_loop_goes_on() -> None:
    async with served() as page, page.tablet() as tablet, page.tablet() as other:
        ticks, going = 0, True

        async def tick() -> None:
            nonlocal ticks
            while going:
                await asyncio.sleep(0.005)
                ticks += 1

        ticking = asyncio.create_task(tick())
        await as_artist(tablet)
        text = json.dumps({"set": {LEVEL: 0.5}})
        with pytest.raises(OSError):
            async with asyncio.timeout(60):
                while True:
                    await tablet.socket.send_str(text)
                    await asyncio.sleep(0)
        going = False
        await ticking
        assert page.server.socket.count["flood"] > 2000 and page.tree.value(LEVEL) == 0.5 and ticks > 20
        await other.echo()
        assert len(page.server.socket.clients) == 1


async def test_one_message_with_a_thousand_addresses_counts_as_a_thousand() -> None:
    async with served() as page, page.tablet() as tablet:
        await as_artist(tablet)
        for _ in range(3):
            await tablet.say({"set": {f"/no/{number}": 1 for number in range(2000)}})
        await tablet.until(lambda tablet: tablet.all("refused"))
        await tablet.say({"set": {LEVEL: 0.5}})
        await eventually(lambda: page.server.socket.count["flood"] >= 1000)
        assert len(tablet.all("refused")) <= 20


async def test_a_tablet_that_never_reads_costs_nothing() -> None:
    drawn = Drawn()
    drawn.now = lambda: {"room": "x" * 20_000}  # type: ignore[method-assign]
    async with served(picture=drawn, lines=lambda: drawn.lines[-200:]) as page, page.tablet() as other:
        async with page.tablet(settled=False) as asleep:
            await asleep.say({"watch": ["now", "log"]})
            transport = asleep.socket._response.connection.transport  # type: ignore[union-attr]
            transport.pause_reading()
            sleeper = max(page.server.socket.clients, key=lambda each: each.number)
            async with asyncio.timeout(30):
                while True:                                              # until the network holds no more of it
                    sent = sleeper.sent
                    await asyncio.sleep(0.3)
                    if sleeper.sent == sent and sleeper.moment:
                        break
            buffered = sleeper.socket._req.transport.get_write_buffer_size()  # type: ignore[union-attr]
            for step in range(1, 501):
                page.gate.write(ARTIST, LEVEL, step / 500, now())
                page.gate.write(ARTIST, HEIGHT, step / 500, now())
                drawn.line("more")
                await asyncio.sleep(0)
            await other.until(lambda tablet: tablet.values[LEVEL] == 1)
            assert sleeper.sent == sent and len(sleeper.subscription.pending) <= len(page.tree) and len(sleeper.answers) == 0
            assert len(sleeper.holders) <= len(page.tree) and sleeper.socket._req.transport.get_write_buffer_size() == buffered < 200_000  # type: ignore[union-attr]
            transport.abort()
        await eventually(lambda: len(page.server.socket.clients) == 1)
        assert not [task for task in asyncio.all_tasks() if task.get_name() == f"web client {sleeper.number}"]


async def test_twenty_at_once_are_all_told_the_same() -> None:
    async with served() as page:
        opened = [page.tablet() for _ in range(20)]
        tablets = [await each.__aenter__() for each in opened]
        await as_artist(tablets[0])
        for step in range(1, 31):
            await tablets[0].say({"set": {LEVEL: step / 30, HEIGHT: 1 - step / 30}})
        for tablet in tablets[1:]:
            await tablet.until(lambda tablet: tablet.values[LEVEL] == 1 and tablet.values[HEIGHT] == 0)
        for each in opened:
            await each.__aexit__(None, None, None)
        await eventually(lambda: not page.server.socket.clients)
        assert page.tree._followers.subscriptions == []


async def test_no_more_than_a_bounded_number_may_be_connected() -> None:
    async with served() as page:
        opened = [page.tablet(settled=False) for _ in range(MOST)]
        for each in opened:
            await each.__aenter__()
        async with page.http.get(page.url("/-/socket"), headers={**page.origin, "Upgrade": "websocket", "Connection": "Upgrade",
                                                                 "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA=="}) as answer:
            assert answer.status == 503 and "64" in (await answer.json())["refused"]["en"]
        for each in opened:
            await each.__aexit__(None, None, None)


async def test_a_tree_that_changes_is_told_whole_again_with_its_values() -> None:
    async with served() as page, page.tablet() as tablet:
        page.tree.declare(Declaration("/scene/new/depth", low=0, high=9, default=3.0))
        await tablet.until(lambda tablet: "/scene/new/depth" in tablet.tree and tablet.values.get("/scene/new/depth") == 3)
        page.tree.declare(Declaration("/scene/new/depth", low=0, high=5, default=3.0), replace=True)
        await tablet.until(lambda tablet: tablet.tree["/scene/new/depth"]["high"] == 5)
        page.tree.forget("/scene/new/depth")
        await tablet.until(lambda tablet: "/scene/new/depth" not in tablet.tree and READ in tablet.tree)


async def test_a_large_tree_comes_in_parts() -> None:
    tree = Tree()
    for number in range(2 * BATCH + 500):
        tree.declare(Declaration(f"/scene/a/p{number}", low=0, high=1, default=0.5))
    async with served(tree) as page, page.tablet(settled=False) as tablet:
        await tablet.until(lambda tablet: len(tablet.values) == len(tree) == len(tablet.tree))
        assert len(tablet.all("tree")) == 1 and len(tablet.all("more")) == 2
        assert page.told == []


async def test_everyone_is_told_when_the_piece_stops() -> None:
    async with served() as page, page.tablet() as tablet:
        closing = asyncio.create_task(page.server.close())
        assert await tablet.closed() == 1001
        await closing


async def test_the_protocols_own_pings_are_answered_and_bounded_as_well() -> None:
    async with served() as page, page.http.ws_connect(page.url("/-/socket"), headers=page.origin, autoping=False) as made:
        await made.ping(b"hello")
        async with asyncio.timeout(10):
            while (await made.receive()).data != b"hello":
                pass
        with contextlib.suppress(OSError):
            for _ in range(4000):
                await made.ping(b"x")
        await eventually(lambda: not page.server.socket.clients)
        assert page.server.socket.count["flood"] > 2000 and page.told == []


async def test_whoever_is_too_fast_now_and_then_is_not_shown_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "LATE", 150)
    monkeypatch.setattr(client, "BURST", 40.0)
    monkeypatch.setattr(client, "WRITES", 400.0)
    async with served() as page, page.tablet() as tablet:
        await as_artist(tablet)
        for _ in range(4):
            await tablet.say({"set": {f"/no/{number}": 1 for number in range(140)}})
            await asyncio.sleep(0.15)
        await tablet.say({"set": {LEVEL: 0.5}})
        await tablet.echo()
        assert page.server.socket.count["flood"] > 200 and page.tree.value(LEVEL) == 0.5
