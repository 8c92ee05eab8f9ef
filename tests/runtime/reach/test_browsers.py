"""The page of a piece that really runs: said on the terminal, opened with its PIN, tuned, and closed with the piece."""
from __future__ import annotations

import json
import re
import signal
import socket
import time
from pathlib import Path

import aiohttp
import pytest

from tests.remote.web.served import Tablet
from tests.runtime.house_at_work import CONFIG, Folder
from tests.runtime.running import Running, free_port
from tests.runtime.test_live import Tablet as OscTablet

LEVEL = "/scene/tone/level"


@pytest.fixture
def port(folder: Folder) -> int:
    with socket.create_server(("127.0.0.1", 0)) as made:
        number = made.getsockname()[1]
    folder.config(CONFIG + f"remote: {{web: {{port: {number}}}}}\n")
    folder.build()
    return number


async def test_the_terminal_says_where_it_is_and_the_pin_lets_one_tune_the_piece(folder: Folder, port: int) -> None:
    with Running("run", folder.path, cache=folder.cache, terminal=True, COLUMNS="100", PYTHONIOENCODING="utf-8") as piece:
        pin = re.search(r"PIN (\d{6})", piece.until("PIN "))
        assert pin is not None and f"page: http://127.0.0.1:{port}/" in piece.said and "▀" in piece.said and "\x1b[30;107m" in piece.said
        origin = f"http://127.0.0.1:{port}"
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
            async with http.get(origin, headers={"Accept": "text/html"}) as answer:
                assert answer.status == 200 and "<!doctype html" in (await answer.text()).lower()
            async with http.post(f"{origin}/-/pin", json={"pin": pin[1]}, headers={"Origin": origin}) as answer:
                assert await answer.json() == {"role": "artist"}
                cookie = answer.headers["Set-Cookie"].split(";")[0]
            async with http.ws_connect(f"{origin}/-/socket", headers={"Origin": origin, "Cookie": cookie}) as made:
                tablet = Tablet(made)
                await tablet.until(lambda tablet: tablet.tree.get(LEVEL, {}).get("may") and tablet.values.get(LEVEL) == -20)
                assert tablet.hello["title"] == "Small" and tablet.hello["role"] == "artist"
                await tablet.say({"watch": ["log", "now"]})
                await tablet.say({"set": {LEVEL: -30}})
                await tablet.until(lambda tablet: tablet.holders.get(LEVEL, [""])[0] == "hand" and len(tablet.all("now")) > 5)
                moved = await tablet.until(lambda tablet: [line["text"] for line in tablet.log if " moved " in line["text"]])
                assert moved == [f"{tablet.hello['origin']} moved {LEVEL} from -20 dBFS to -30 dBFS"]
                assert all(pin[1] not in json.dumps(line) for line in tablet.log)              # everyone can read the log
                assert abs(tablet.log[-1]["time"] - time.time()) < 60
                code, took = piece.stop(signal.SIGINT)
                assert code == 0 and took < 3 and await tablet.closed() in (1001, 1006)
    assert "Traceback" not in piece.said and "never retrieved" not in piece.said


def test_a_port_that_is_taken_is_said_and_the_piece_plays_until_it_is_free(folder: Folder, port: int) -> None:
    with socket.create_server(("127.0.0.1", port)), Running("run", folder.path, cache=folder.cache) as piece:
        piece.until(f"127.0.0.1:{port}: another programme listens on this TCP port")
        with Running("check", "--fast", folder.path, cache=folder.cache) as other:
            other.until(f"page at 127.0.0.1:{port}")
        piece.read(1.0)
        assert piece.said.count("another programme") == 1 and "page: " not in piece.said
        code, _ = piece.stop()
        assert code == 0
    with Running("run", folder.path, cache=folder.cache) as piece:
        piece.until(f"page: http://127.0.0.1:{port}/")
        with Running("run", folder.path, cache=folder.cache) as second:
            second.until("is the piece running twice?")
            piece.stop()
            second.until("the page is there", 30)
            second.until("PIN ")


def test_without_a_page_nothing_of_it_is_loaded(folder: Folder) -> None:
    port = free_port()
    folder.config(CONFIG + f"remote: {{osc: {{port: {port}}}}}\n")
    folder.build()
    osc = OscTablet(port)
    with Running("run", folder.path, cache=folder.cache) as piece:
        osc.until("/system/uptime", lambda value: value > 0.5)
        maps = Path(f"/proc/{piece.process.pid}/maps").read_text()
        assert "/yaml/" in maps and "/aiohttp/" not in maps and "/multidict/" not in maps
    osc.close()
