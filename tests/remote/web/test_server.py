"""The page by HTTP: what is served, to whom, under which headers; and what is refused."""
# ruff: noqa: ASYNC220, ASYNC221
from __future__ import annotations

import asyncio
import contextlib
import json
import math
import random
import socket
from ipaddress import IPv4Network
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from prometheus_client.parser import text_string_to_metric_families

from installation.ports.wire import State
from installation.remote.desk import Desk
from installation.remote.web import listening, safety
from installation.remote.web.metrics import COUNTER, GAUGE, Family
from installation.remote.web.server import Server
from installation.rules.gate import Gate, Role
from installation.terms.fault import Fault
from tests.remote.web.served import LEVEL, LOOPBACK, PINS, Page, eventually, furnished, served

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


async def get(page: Page, path: str, method: str = "GET", **headers: str) -> tuple[int, Any, bytes]:
    async with page.http.request(method, aiohttp.client.URL(page.url(path), encoded=True), headers=headers, allow_redirects=False) as answer:
        return answer.status, answer.headers, await answer.read()


async def raw(page: Page, text: str) -> bytes:
    """What comes back for bytes that no client library would send."""
    host, port = page.host.split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(text.encode("latin-1"))
    try:
        async with asyncio.timeout(10):
            return await reader.read(2000)
    finally:
        writer.close()


async def test_a_browser_gets_the_page_and_others_the_tree() -> None:
    async def others(request: web.Request) -> web.StreamResponse | None:
        return web.json_response({"FULL_PATH": request.path}) if request.path in ("/", LEVEL) else None

    async with served(others=others) as page:
        status, headers, body = await get(page, "/", **HTML)
        assert status == 200 and headers["Content-Type"] == "text/html; charset=utf-8" and b"<!doctype html" in body.lower()
        assert headers["Vary"] == "Accept, Accept-Encoding" and headers["Cache-Control"] == "no-cache"
        for path in ("/", LEVEL):
            status, headers, body = await get(page, path, Accept="application/json")
            assert status == 200 and json.loads(body) == {"FULL_PATH": path}
        status, _, body = await get(page, "/no/such")
        assert status == 404 and json.loads(body)["refused"]["en"]
        status, _, body = await get(page, LEVEL, "HEAD")
        assert status == 200 and body == b""


async def test_a_socket_on_any_other_path_is_for_others() -> None:
    async def others(request: web.Request) -> web.StreamResponse | None:
        assert "upgrade" in request.headers
        made = web.WebSocketResponse()
        await made.prepare(request)
        await made.send_str(request.path)
        await made.close()
        return made

    async with served(others=others) as page:
        for path in ("/", LEVEL):                                              # an app that names no origin is no page of somebody else's
            async with page.http.ws_connect(page.url(path), headers=HTML) as made:
                assert (await made.receive()).data == path


async def test_every_answer_is_strict_with_the_browser() -> None:
    async with served() as page:
        for path, status in (("/", 200), ("/-/page/index.html", 200), ("/-/health", 200), ("/-/qr.svg", 200), ("/-/nothing", 404), ("/nothing", 404)):
            got, headers, _ = await get(page, path, **HTML)
            policy = dict(part.strip().partition(" ")[::2] for part in headers["Content-Security-Policy"].split(";"))
            assert got == status and policy["default-src"] == "'none'" and policy["script-src"] == "'self'" == policy["style-src"] == policy["connect-src"]
            assert policy["frame-ancestors"] == policy["base-uri"] == "'none'" and "unsafe" not in str(policy)
            assert headers["X-Content-Type-Options"] == "nosniff" and headers["Referrer-Policy"] == "no-referrer" and headers["X-Frame-Options"] == "DENY"
            assert headers["Server"] == "installation" and "Set-Cookie" not in headers and "Access-Control-Allow-Origin" not in headers


async def test_files_are_kept_by_the_browser_until_they_change() -> None:
    async with served() as page:
        status, headers, body = await get(page, "/-/page/index.html", **{"Accept-Encoding": "identity"})
        assert status == 200 and body and "Content-Encoding" not in headers
        status, packed, same = await get(page, "/-/page/index.html", **{"Accept-Encoding": "gzip"})
        assert packed["Content-Encoding"] == "gzip" and same == body and packed["ETag"] == headers["ETag"]
        for known in (headers["ETag"], f'"x", {headers["ETag"]}'):
            status, again, nothing = await get(page, "/-/page/index.html", **{"If-None-Match": known})
            assert status == 304 and nothing == b"" and again["ETag"] == headers["ETag"]
        status, worker, _ = await get(page, "/-/sw.js")
        assert status == 200 and worker["Service-Worker-Allowed"] == "/" and worker["Content-Type"].startswith("text/javascript")
        status, manifest, text = await get(page, "/-/manifest.webmanifest")
        assert status == 200 and manifest["Content-Type"].startswith("application/manifest+json") and json.loads(text)["name"]


@pytest.mark.parametrize("path", ["/-/page/../server.py", "/-/page/..%2f..%2fdesk.py", "/-/page/%2e%2e/%2e%2e/desk.py", "/-/page/....//desk.py",
                                  "/-/page//etc/passwd", "/-/page/%2fetc%2fpasswd", "/-/page/..\\..\\desk.py", "/-/page/..%5c..%5cdesk.py",
                                  "/-/page/%00index.html", "/-/page/", "/-/page", "/-/page/views", "/-/page/views/", "/-/", "/-", "/-/../../../etc/passwd",
                                  "/-/page/index.html/", "/-/page/%c0%ae%c0%ae/desk.py", "/-/page/index.html%00.js", "/../../etc/passwd",
                                  "/-/web/server.py", "/-/page/.git/config", "/-/page/" + "a" * 3000])
async def test_no_path_leads_out_of_the_pages_folder_or_lists_it(path: str) -> None:
    async with served() as page:
        answer = await raw(page, f"GET {path} HTTP/1.1\r\nHost: {page.host}\r\nAccept: */*\r\nConnection: close\r\n\r\n")
        assert answer.split(b" ")[1] in (b"404", b"400") and b"root:" not in answer and b"import" not in answer


async def test_a_page_of_somebody_else_may_neither_speak_nor_post() -> None:
    async with served() as page:
        upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA=="}
        port = page.host.split(":")[1]
        for origin in ("http://evil.example", "null", f"https://{page.host}", f"http://127.0.0.1:{int(port) + 1}", f"http://localhost:{port}", "file://",
                       f"http://{page.host}.evil.example", f"http://{page.host}@evil.example", "", None):
            given = {"Origin": origin} if origin is not None else {}
            status, _, _ = await get(page, "/-/socket", **upgrade, **given)
            assert status == 403, origin
            for path in ("/-/pin", "/-/leave", "/", LEVEL):
                async with page.http.post(page.url(path), json={"pin": PINS[Role.ARTIST]}, headers=given) as answer:
                    assert answer.status == 403 and "Set-Cookie" not in answer.headers, (origin, path)
        status, _, _ = await get(page, LEVEL, **upgrade, Origin="http://evil.example")
        assert status == 403
        assert page.server.safety.count["origin"] == 51 and page.server.door.wrong == 0 and len(page.server.sessions) == 0


@pytest.mark.parametrize("host, status", [("evil.example", 403), ("evil.example:8080", 403), ("127.0.0.1.evil.example", 403), ("", 403), ("[::1]:8080", 403),
                                          ("2130706433", 403), ("127.0.0.1", 200), ("localhost:9", 200), ("192.168.7.9:8080", 200),
                                          (socket.gethostname(), 200)])
async def test_a_foreign_name_that_points_here_is_refused(host: str, status: int) -> None:
    async with served() as page:
        answer = await raw(page, f"GET /-/health HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")
        assert int(answer.split(b" ")[1]) == status and page.server.safety.count["host"] == (status == 403)


async def test_another_network_is_refused_and_counted() -> None:
    async with served(allow=(IPv4Network("10.0.0.0/8"),)) as page:
        for path in ("/", "/-/health", "/-/page/index.html", LEVEL, "/-/socket"):
            status, _, body = await get(page, path, **HTML)
            assert status == 403 and b"allow" in body
        async with page.http.post(page.url("/-/pin"), json={"pin": PINS[Role.ARTIST]}, headers=page.origin) as answer:
            assert answer.status == 403
        assert page.server.safety.count["peer"] == 6


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT", "PROPFIND"])
async def test_other_methods_are_refused(method: str) -> None:
    async with served() as page:
        answer = await raw(page, f"{method} / HTTP/1.1\r\nHost: {page.host}\r\nOrigin: http://{page.host}\r\nConnection: close\r\n\r\n")
        assert int(answer.split(b" ")[1]) in (400, 405) and b"Traceback" not in answer


async def test_a_pin_gives_a_cookie_that_scripts_cannot_read() -> None:
    async with served() as page:
        async with page.http.post(page.url("/-/pin"), json={"pin": "2 4 6 8"}, headers=page.origin) as answer:
            assert answer.status == 200 and await answer.json() == {"role": "attendant"}
            name, *rest = answer.headers["Set-Cookie"].split("; ")
            assert set(rest) >= {"HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200"} and len(name.split("=")[1]) >= 43
        token = name.split("=", 1)[1]
        assert token not in repr(page.server.sessions.__dict__) and answer.headers["Cache-Control"] == "no-store"
        async with page.tablet(name) as tablet:
            assert tablet.hello["role"] == "attendant"
        for wrong in ("", "x", token[:-1], token + "x", "x" * 4000):
            async with page.tablet(f"{page.server.cookie}={wrong}") as tablet:
                assert tablet.hello["role"] == "nobody"


@pytest.mark.parametrize("body", ["", "[]", "7", '{"pin": 135790}', '{"pn": "1"}', "{", "[" * 50_000, '{"pin": ["135790"]}', '{"pin": ""}',
                                  '{"pin": "' + "1" * 100 + '"}', '{"pin": "\\ud800"}', "\udcff"])
async def test_posts_that_make_no_sense_are_refused(body: str) -> None:
    async with served() as page:
        async with page.http.post(page.url("/-/pin"), data=body.encode("utf-8", "surrogateescape"), headers=page.origin) as answer:
            assert answer.status in (400, 403) and (await answer.json())["refused"]["fr"] and "Set-Cookie" not in answer.headers
        assert page.told == []


async def test_guessing_is_slowed_down_and_said_in_words() -> None:
    async with served() as page:
        statuses = []
        for _ in range(8):
            async with page.http.post(page.url("/-/pin"), json={"pin": "999999"}, headers=page.origin) as answer:
                statuses.append(answer.status)
                if answer.status == 429:
                    assert 1 <= int(answer.headers["Retry-After"]) <= 10 and "try again in" in (await answer.json())["refused"]["en"]
        async with page.http.post(page.url("/-/pin"), json={"pin": PINS[Role.ARTIST]}, headers=page.origin) as answer:
            assert answer.status == 429                                        # not even the right one, for now
        assert statuses == [403] * 5 + [429] * 3
        async with page.tablet() as tablet:                                    # by the socket it is the same door
            await tablet.say({"pin": PINS[Role.ARTIST]})
            refused = (await tablet.until(lambda tablet: tablet.all("refused")))[0]
            assert "try again in" in refused["en"] and tablet.hello["role"] == "nobody"


async def test_large_bodies_and_headers_are_refused() -> None:
    async with served() as page:
        async with page.http.post(page.url("/-/pin"), data=b"x" * 70_000, headers=page.origin) as answer:
            assert answer.status == 413
        answer = await raw(page, f"GET / HTTP/1.1\r\nHost: {page.host}\r\nX: {'x' * 10_000}\r\n\r\n")
        assert answer.startswith((b"HTTP/1.0 400", b"HTTP/1.1 400"))
        many = "".join(f"X{number}: 1\r\n" for number in range(500))
        answer = await raw(page, f"GET / HTTP/1.1\r\nHost: {page.host}\r\n{many}\r\n")
        assert b" 400 " in answer[:20]
        assert page.told == []


async def test_garbage_is_no_reason_to_say_anything(capfd: pytest.CaptureFixture) -> None:
    async with served() as page:
        for text in ("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "GET\r\n\r\n", "\r\n" * 100, "GET / HTTP/9.9\r\n\r\n", "\x00" * 1000):
            await asyncio.gather(raw(page, text + "\r\n\r\n"), return_exceptions=True)
        status, _, _ = await get(page, "/-/health")
        assert status == 200 and page.told == []
    assert capfd.readouterr().err == ""


async def test_connections_that_ask_nothing_are_closed_and_their_number_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "DUMB", 0.3)
    monkeypatch.setattr(listening, "LOOK", 0.1)
    monkeypatch.setattr(listening, "MOST_EACH", 10)
    async with served() as page, page.tablet() as tablet:
        host, port = page.host.split(":")
        opened = [await asyncio.open_connection(host, int(port)) for _ in range(20)]
        opened[0][1].write(b"GET / HTT")
        await asyncio.wait([asyncio.create_task(reader.read()) for reader, _ in opened], timeout=10)
        assert all(reader.at_eof() or reader.exception() for reader, _ in opened)
        assert page.server.listening.turned_away == 11 and page.server.listening.dumb == 9
        for _, writer in opened:
            writer.close()
        await tablet.echo()                                                    # one that has asked stays


async def test_health_is_for_scripts() -> None:
    class Well:
        revision = 1

        def says(self) -> dict[str, Any]:
            return {"sentence": {"en": "all is well", "fr": "tout va bien"}, "level": "well", "list": []}

    async with served(health=Well()) as page, page.tablet():
        status, headers, body = await get(page, "/-/health")
        data = json.loads(body)
        assert status == 200 and headers["Content-Type"].startswith("application/json") and data["level"] == "well" and data["web"]["pages"] == 1


async def test_figures_are_in_the_form_that_prometheus_reads() -> None:
    families = [Family("room_xruns", COUNTER, "too late", [({}, 3.0)]),
                Family("room_peak_dbfs", GAUGE, "peaks", [({"output": "1"}, -12.5), ({"output": "2"}, -math.inf)])]
    async with served(figures=lambda: families) as page, page.tablet():
        status, headers, body = await get(page, "/-/metrics")
        assert status == 200 and headers["Content-Type"].startswith("text/plain; version=0.0.4")
    read = {sample.name: (sample.labels, sample.value) for family in text_string_to_metric_families(body.decode()) for sample in family.samples}
    assert read == {"room_xruns_total": ({}, 3.0), "room_peak_dbfs": ({"output": "1"}, -12.5)}
    async with served() as page, page.tablet():
        assert (await get(page, "/-/metrics"))[0] == 404


async def test_an_error_that_nobody_foresaw_is_told_once() -> None:
    async def others(request: web.Request) -> web.StreamResponse | None:
        raise ZeroDivisionError("here")

    async with served(others=others) as page:
        for _ in range(3):
            status, _, body = await get(page, LEVEL)
            assert status == 500 and b"Zero" not in body
        assert [fault.id for fault in page.told] == ["web.failed"] and "ZeroDivisionError" in page.told[0].happened.en


async def test_a_port_that_is_taken_is_said_once_and_taken_when_it_is_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        states: list[tuple[State, Fault | None]] = []
        server = Server("127.0.0.1", port, LOOPBACK, {}, Gate(furnished()), Desk(), title="x", language="en", wall=lambda: 0.0, tell=lambda fault: None,
                        on_state=lambda state, fault: states.append((state, fault)))
        await server.open()
        await eventually(lambda: states)
        await asyncio.sleep(0.6)
        assert len(states) == 1 and states[0][0] is State.ABSENT and states[0][1] is not None and "another programme" in states[0][1].happened.en
        assert f"127.0.0.1:{port}" in states[0][1].where
    await eventually(lambda: len(states) == 2, 20)
    assert states[1] == (State.OPEN, None) and server.url == f"http://127.0.0.1:{port}/"
    await server.close()
    assert states[2] == (State.CLOSED, None)
    with socket.create_server(("127.0.0.1", port)):
        pass


async def test_an_address_that_is_not_there_yet_is_waited_for() -> None:
    states: list[tuple[State, Fault | None]] = []
    server = Server("203.0.113.9", 8080, LOOPBACK, {}, Gate(furnished()), Desk(), title="x", language="en", wall=lambda: 0.0, tell=lambda fault: None,
                    on_state=lambda state, fault: states.append((state, fault)))
    await server.open()
    await eventually(lambda: states)
    assert states[0][1] is not None and states[0][1].id == "web.no_address"
    await server.close()


async def test_bodies_that_break_off_or_cannot_be_unpacked_are_refused(capfd: pytest.CaptureFixture) -> None:
    async with served() as page:
        head = f"POST /-/pin HTTP/1.1\r\nHost: {page.host}\r\nOrigin: http://{page.host}\r\nConnection: close\r\n"
        for rest in ("Transfer-Encoding: chunked\r\n\r\nZZ\r\nx\r\n", "Content-Encoding: gzip\r\nContent-Length: 9\r\n\r\nnot gzip!",
                     "Content-Length: -1\r\n\r\n",
                     "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "Content-Encoding: br\r\nContent-Length: 4\r\n\r\nabcd"):
            answer = await raw(page, head + rest)
            assert answer.split(b" ")[1] in (b"400", b"415"), (rest, answer)
        reader, writer = await asyncio.open_connection(*page.host.split(":"))
        writer.write(f"{head}Content-Length: 500\r\n\r\nhalf".encode())
        await writer.drain()
        writer.transport.abort()                                               # it leaves in the middle
        status, _, _ = await get(page, "/-/health", Cookie="=; ;;; \"=\x80; installation=;", **{"Sec-WebSocket-Protocol": "x"})
        assert status == 200 and page.told == []
    assert capfd.readouterr().err == ""


async def test_requests_of_all_shapes_are_answered_or_closed_and_nothing_is_said(capfd: pytest.CaptureFixture) -> None:
    chance = random.Random(4)
    async with served() as page:
        whole = (f"GET /-/socket?a=b HTTP/1.1\r\nHost: {page.host}\r\nOrigin: http://{page.host}\r\nCookie: a=b; c\r\n"
                 "Upgrade: websocket\r\nConnection: Upgrade, close\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: a, b\r\n"
                 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")

        async def one() -> None:
            letters = list(whole)
            for _ in range(chance.randrange(1, 6)):
                where = chance.randrange(len(letters))
                letters[where:where + chance.randrange(3)] = chance.choices("\r\n\x00 /:?%[]\xff\x80;,=ab1\"", k=chance.randrange(4))
            reader, writer = await asyncio.open_connection(*page.host.split(":"))
            writer.write("".join(letters).encode("latin-1"))
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(0.2):
                    await reader.read(10)
            writer.transport.abort()

        for _ in range(20):
            await asyncio.gather(*(one() for _ in range(20)))
        await eventually(lambda: not page.server.socket.clients)
        assert page.told == [] and (await get(page, "/-/health"))[0] in (200, 429)
    assert capfd.readouterr().err == ""


async def test_a_flood_of_requests_has_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(safety, "RATE", 5.0)
    monkeypatch.setattr(safety, "BURST", 50.0)
    monkeypatch.setattr(safety, "HURRY", 0.3)
    async with served() as page:
        statuses: list[int] = []
        while 429 not in statuses and len(statuses) < 1000:
            statuses.append((await get(page, LEVEL))[0])
        assert statuses[:50] == [404] * 50 and statuses[-1] == 429 and page.server.safety.count["hurry"] == 1
        assert (await get(page, "/-/health"))[0] == 200                        # it has waited
