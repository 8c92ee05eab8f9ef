"""From a finger on the page to the value on another tablet, while many are connected; and what that costs the control loop.

    python -m benchmarks.tablet [--tablets 20] [--sets 500]

The piece in this repository is really run, on the silent clock, with its page on a free port of this machine. So many tablets are connected and
all watch the moving room and the log; one of them sets a value at random moments. Printed are the median and the 99th percentile of the way
from the text that leaves the first tablet to the text that has reached another one, and the last of them all; then, taken inside the
piece, the longest time between two ticks of the control loop (10 ms apart by design) and what its process took, without tablets and with them.
"""
from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import aiohttp
import numpy as np

from benchmarks.chain import cache, load

ROOT = Path(__file__).resolve().parent.parent
MOVED = "/scene/tide/level"          # dBFS, -60 to 0
QUIET = 10.0         # s of the piece without tablets, for comparison


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as made:
        return made.getsockname()[1]


def piece(folder: Path, port: int) -> Path:
    """The demo piece, with no card and a port of its own."""
    folder.mkdir()
    for name in ("scenes", "sensors", "sounds"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name)
    text = (ROOT / "config.yaml").read_text().split("\nremote:")[0].replace("card: auto", "card: none")
    (folder / "config.yaml").write_text(f"{text}\nremote: {{web: {{port: {port}}}}}\n")
    return folder


def play(folder: str, out: str) -> int:
    """The piece's own process: as `installation run`, with a note of each tick."""
    from installation.runtime import live
    from installation.runtime.house import House

    step, ticks = House.step, []

    def noted(self: House, now: float) -> None:
        ticks.append((time.monotonic(), time.process_time()))
        step(self, now)

    House.step = noted  # type: ignore[method-assign]
    try:
        return live.run(Path(folder), quiet=True)
    finally:
        np.save(out, np.array(ticks))


async def tablet(http: aiohttp.ClientSession, origin: str, cookie: str, heard: dict[float, float]) -> tuple[aiohttp.ClientWebSocketResponse, asyncio.Task]:
    """One that is connected, and notes when each value reaches it."""
    made = await http.ws_connect(f"{origin}/-/socket", headers={"Origin": origin, **({"Cookie": cookie} if cookie else {})}, max_msg_size=0)
    await made.send_str('{"watch":["now","log"]}')

    async def listen() -> None:
        marked = f'"{MOVED}":'
        async for message in made:
            if message.type is aiohttp.WSMsgType.TEXT and message.data.startswith('{"values"') and marked in message.data:
                heard[json.loads(message.data)["values"][MOVED]] = time.monotonic()

    return made, asyncio.create_task(listen())


async def move(origin: str, pin: str, tablets: int, sets: int) -> tuple[list[list[float]], int]:
    """Set values; for each, the ways to all other tablets in seconds. And how many never came."""
    chance, sent = random.Random(1), {}
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        async with http.post(f"{origin}/-/pin", json={"pin": pin}, headers={"Origin": origin}) as answer:
            cookie = answer.headers["Set-Cookie"].split(";")[0]
        heard: list[dict[float, float]] = [{} for _ in range(tablets)]
        opened = [await tablet(http, origin, cookie if number == 0 else "", heard[number]) for number in range(tablets)]
        await asyncio.sleep(2)
        for number in range(sets):
            value = -60.0 + 59.0 * (number + 1) / (sets + 1)
            sent[value] = time.monotonic()
            await opened[0][0].send_str(json.dumps({"set": {MOVED: value}}))
            await asyncio.sleep(chance.uniform(0.02, 0.06))
        await asyncio.sleep(0.5)
        for made, task in opened:
            task.cancel()
            await made.close()
    last = max(sent)
    ways = [[each[value] - at for each in heard[1:] if value in each] for value, at in sent.items()]
    missing = sum(last not in each for each in heard[1:])
    return ways, missing


def measure(tablets: int, sets: int) -> None:
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        made, out = piece(Path(folder) / "piece", port), Path(folder) / "ticks.npy"
        process = subprocess.Popen([sys.executable, "-m", "benchmarks.tablet", "--play", str(made), "--out", str(out)], cwd=ROOT,
                                   stderr=subprocess.PIPE, text=True, env={**os.environ, "CACHE_DIRECTORY": str(cache()), "PYTHONPATH": str(ROOT)})
        try:
            assert process.stderr is not None
            pin = ""
            for line in process.stderr:
                if found := re.search(r"page: (\S+)/  PIN (\d+)", line):
                    pin = found[2]
                    break
            time.sleep(3)
            begins = time.monotonic()
            time.sleep(QUIET)
            middle = time.monotonic()
            ways, missing = asyncio.run(move(f"http://127.0.0.1:{port}", pin, tablets, sets))
            ends = time.monotonic()
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()
        ticks = np.load(out)
    one = np.array([way[0] for way in ways if way]) * 1000
    slowest = np.array([max(way) for way in ways if way]) * 1000
    print(f"{tablets} tablets, {sets} sets {sum(map(bool, ways))} of them heard before the next replaced them; the last one missed by {missing}; {load()}")
    for name, way in (("one tablet to another", one), ("one tablet to the last of all", slowest)):
        print(f"{name:<32} median {np.median(way):5.1f} ms, 99th percentile {np.percentile(way, 99):5.1f} ms, most {way.max():5.1f} ms")
    for name, first, last in (("without tablets", begins, middle), (f"with {tablets} tablets", middle, ends)):
        part = ticks[(ticks[:, 0] >= first) & (ticks[:, 0] < last)]
        gaps = np.diff(part[:, 0]) * 1000
        worst = int(gaps.argmax())
        own = (part[worst + 1, 1] - part[worst, 1]) * 1000
        busy = (part[-1, 1] - part[0, 1]) / (part[-1, 0] - part[0, 0]) * 100
        print(f"control loop, {name:<18} longest between two ticks {gaps.max():5.1f} ms, 99.9th percentile {np.percentile(gaps, 99.9):5.1f} ms; "
              f"{busy:.0f} % of a core; in the longest the process itself computed for {own:.1f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tablets", type=int, default=20)
    parser.add_argument("--sets", type=int, default=500)
    parser.add_argument("--play", help=argparse.SUPPRESS)
    parser.add_argument("--out", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.play:
        raise SystemExit(play(given.play, given.out))
    measure(given.tablets, given.sets)


if __name__ == "__main__":
    main()
