"""Everything through which the piece is reached, hard pressed: what is taken of it, what the control loop suffers, whether the sound does.

    python -m benchmarks.remote [--seconds 5] [--addresses 20000] [--only NAME]

A copy of the demo piece is really run on JACK's dummy driver (256 frames, 8 outputs), with OSC by UDP and TCP, the page's port and a MIDI controller
that is a pseudo-terminal; with `--addresses` so many stand in its tree. One hostile client after another has its way for some seconds; from
outside this process, which is the client. For each: messages that OSC's view or a controller has been handed, and values that hands have written, a second;
the longest time between two ticks of the control loop (10 ms apart by design), the 99th percentile, and the most that the control process itself has
computed between two (on a busy machine the rest is others'); what of a core it took; the player's xruns, and how often meanwhile a second JACK
server was late whose only client does nothing: that is the machine's doing. In the end: its open files and its memory, before and after.
"""
from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import random
import socket
import struct
import sys
import tempfile
import time
import tty
from collections.abc import Callable, Iterator
from pathlib import Path

import aiohttp
import numpy as np
import yaml

from benchmarks.chain import Chain, Jack, cache, demo, free_port, load
from installation.ports.osc_packet import message

LEVEL = "/scene/tide/level"
REST = 2.0           # s between two of them
NTP = 2_208_988_800  # s from 1900 to 1970


class Place:
    """Where the piece is reached."""

    def __init__(self, osc: int, tcp: int, web: int, midi: int) -> None:
        self.osc, self.tcp, self.web, self.midi = ("127.0.0.1", osc), ("127.0.0.1", tcp), f"127.0.0.1:{web}", midi


def play(folder: str, out: str, addresses: int) -> int:
    """The piece's own process: as `installation run`, with a note of each tick and, if wanted, a larger tree."""
    from installation.remote.osc import OscRemote
    from installation.rules.gate import Gate
    from installation.rules.surface import Surface
    from installation.runtime import live
    from installation.runtime.house import House
    from installation.terms.declaration import Declaration

    step, make, count, begun = House.step, House.__init__, [0, 0], [0]
    ticks = np.lib.format.open_memmap(out, mode="w+", dtype=np.float64, shape=(200_000, 4))      # half an hour; is there even if the process is killed

    def counted(call: Callable, which: int) -> Callable:
        def work(*arguments: object, **named: object) -> object:
            count[which] += 1
            return call(*arguments, **named)
        return work

    def noted(self: House, now: float) -> None:
        ticks[begun[0] % len(ticks)] = time.monotonic(), time.process_time(), *count
        begun[0] += 1
        step(self, now)

    def larger(self: House, *arguments: object) -> None:
        make(self, *arguments)      # type: ignore[arg-type]
        for number in range(addresses - len(self.tree)):
            self.tree.declare(Declaration(f"/more/{number // 100}/value{number % 100}", low=0.0, high=1.0))

    House.step, House.__init__ = noted, larger  # type: ignore[method-assign]
    OscRemote.receive = counted(OscRemote.receive, 0)  # type: ignore[method-assign]
    Surface.hear = counted(Surface.hear, 0)  # type: ignore[method-assign]
    Gate.write = counted(Gate.write, 1)  # type: ignore[method-assign]
    return live.run(Path(folder), quiet=True)


# by OSC

def paced(place: Place, seconds: float, rate: float, datagrams: Iterator[bytes], sockets: int = 1) -> None:
    """Send so many a second, from so many ports in turn; answers are not read."""
    lines = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(sockets)]
    begin, sent = time.monotonic(), 0
    while (now := time.monotonic() - begin) < seconds:
        for _ in range(int(now * rate) - sent):
            lines[sent % sockets].sendto(next(datagrams), place.osc)
            sent += 1
        time.sleep(0.001)
    for line in lines:
        line.close()


def for_ever(make: Callable[[int], bytes]) -> Iterator[bytes]:
    number = 0
    while True:
        yield make(number)
        number += 1


def levels() -> Iterator[bytes]:
    return for_ever(lambda number: message(LEVEL, (-20.0 - number % 9,)))


def mutated(number: int) -> bytes:
    chance = random.Random(number)
    data = bytearray(message(LEVEL, (0.5, "text", number)) if number % 2 else bundle([message(LEVEL, (-20.0,))] * 5, 0))
    for _ in range(chance.randint(1, 6)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    return bytes(data[:chance.randint(0, len(data))] if number % 3 == 0 else data)


def bundle(messages: list[bytes], ahead: float) -> bytes:
    tag = 1 if not ahead else int((time.time() + NTP + ahead) * 2**32)
    return b"#bundle\0" + tag.to_bytes(8, "big") + b"".join(struct.pack(">i", len(each)) + each for each in messages)


def nested(depth: int) -> bytes:
    data = message(LEVEL, (-20.0,))
    for _ in range(depth):
        data = bundle([data, data] if len(data) < 1500 else [data], 0)
    return data


def new_clients(place: Place, seconds: float) -> None:
    """Each message from another port."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
            line.sendto(message("/state"), place.osc)


def by_tcp(place: Place, seconds: float) -> None:
    """Thirty connections that send all they can, and read nothing."""
    data = b"".join(len(each).to_bytes(4, "big") + each for each in (message(LEVEL, (-20.0 - number % 9,)) for number in range(2_000)))
    lines = [socket.create_connection(place.tcp) for _ in range(30)]
    for line in lines:
        line.setblocking(False)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for line in lines:
            with contextlib.suppress(BlockingIOError):
                line.send(data)
        time.sleep(0.002)
    for line in lines:
        line.close()


# by HTTP and WebSocket

async def whole_trees(place: Place, seconds: float) -> None:
    """Twenty that ask for the whole tree again and again."""
    async def ask(http: aiohttp.ClientSession) -> None:
        while True:
            async with http.get(f"http://{place.web}/") as answer:
                await answer.read()

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=20)) as http:
        await asyncio.wait([asyncio.create_task(ask(http)) for _ in range(20)], timeout=seconds)


async def listening(place: Place, seconds: float) -> None:
    """Five that send commands to listen without pause, and read nothing."""
    async def talk(http: aiohttp.ClientSession) -> None:
        with contextlib.suppress(ConnectionError, aiohttp.ClientError):
            made = await http.ws_connect(f"ws://{place.web}/")
            while True:
                for number in range(200):
                    await made.send_json({"COMMAND": "LISTEN", "DATA": f"/more/{number % 150}/value{number % 100}"})
                await asyncio.sleep(0)

    async with aiohttp.ClientSession() as http:
        tasks = [asyncio.create_task(talk(http)) for _ in range(5)]
        await asyncio.wait(tasks, timeout=seconds)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def pages(place: Place, seconds: float) -> None:
    """Pages that connect, read all they are sent in the first moment, and go."""
    end = time.monotonic() + seconds
    async with aiohttp.ClientSession() as http:
        while time.monotonic() < end:
            with contextlib.suppress(aiohttp.ClientError):
                made = await http.ws_connect(f"http://{place.web}/-/socket", headers={"Origin": f"http://{place.web}"}, max_msg_size=0)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(0.5):
                        while True:
                            await made.receive()
                await made.close()


async def coming_and_going(place: Place, seconds: float) -> None:
    """Clients of every sort that connect and leave at once."""
    end = time.monotonic() + seconds
    async with aiohttp.ClientSession() as http:
        while time.monotonic() < end:
            with contextlib.suppress(aiohttp.ClientError):
                made = await http.ws_connect(f"ws://{place.web}/")
                await made.close()
            with socket.create_connection(place.tcp) as line:
                line.send(b"\0\0\0\x0c/state\0\0,\0\0\0")
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
                line.sendto(message("/state"), place.osc)
            await asyncio.sleep(0.05)


def by_midi(place: Place, seconds: float) -> None:
    """A controller that sends all the line takes."""
    data = b"".join(bytes([0xB0, 7, number % 128]) for number in range(1_300))
    end = time.monotonic() + seconds
    os.set_blocking(place.midi, False)
    while time.monotonic() < end:
        try:
            os.write(place.midi, data)
        except BlockingIOError:
            time.sleep(0.001)


HOSTILE: dict[str, Callable[[Place, float], object]] = {
    "nobody": lambda place, seconds: time.sleep(seconds),
    "one address, 10,000 a second": lambda place, seconds: paced(place, seconds, 10_000, levels()),
    "bundles of 200, 20,000 messages a second": lambda place, seconds: paced(place, seconds, 100, for_ever(lambda number: bundle([next(levels())] * 200, 0))),
    "unknown addresses, 10,000 a second": lambda place, seconds: paced(
        place, seconds, 10_000, for_ever(lambda number: message(f"/scene/tide/lev{number}", (1.0,))), 64),
    "mutated packets, 10,000 a second": lambda place, seconds: paced(place, seconds, 10_000, for_ever(mutated)),
    "a pattern that means everything, 5,000": lambda place, seconds: paced(
        place, seconds, 5_000, for_ever(lambda number: message("/*/*/*", (0.5,)))),
    "different patterns, 200 a second": lambda place, seconds: paced(
        place, seconds, 200, for_ever(lambda number: message(f"/{{more,scene,a{number}}}/*/*[a-z]*"))),
    "/state, 5,000 a second from 64 ports": lambda place, seconds: paced(place, seconds, 5_000, for_ever(lambda number: message("/state")), 64),
    "/state, each time from another port": new_clients,
    "bundles dated ahead, and nested": lambda place, seconds: paced(place, seconds, 200, for_ever(
        lambda number: bundle([message(LEVEL, (-20.0,))] * 50, 0.5 + number % 9) if number % 2 else nested(7))),
    "TCP, 30 connections, all they can": by_tcp,
    "20 ask for the whole tree": lambda place, seconds: asyncio.run(whole_trees(place, seconds)),
    "5 WebSockets, LISTEN without pause": lambda place, seconds: asyncio.run(listening(place, seconds)),
    "a page that connects, and again": lambda place, seconds: asyncio.run(pages(place, seconds)),
    "clients that come and go": lambda place, seconds: asyncio.run(coming_and_going(place, seconds)),
    "a MIDI controller, all the line takes": by_midi,
}


def pressed(folder: Path) -> tuple[Path, Place, int]:
    """The piece with every door open; the number is the other end of its MIDI device, to be kept open."""
    piece = demo(folder / "piece")
    hand, device = os.openpty()
    tty.setraw(device)
    given = yaml.safe_load((piece / "config.yaml").read_text())
    place = Place(given["remote"]["osc"]["port"], free_port(), free_port(), hand)
    given["remote"]["osc"]["tcp"] = place.tcp[1]
    given["remote"]["web"]["port"] = int(place.web.rpartition(":")[2])
    given["remote"]["midi"] = [{"device": os.ttyname(device), "through": "raw"}]
    (piece / "config.yaml").write_text(yaml.safe_dump(given))
    (piece / "controls.yaml").write_text(yaml.safe_dump({os.ttyname(device): {"cc 7 channel 1": LEVEL}}))
    return piece, place, device


def kept(pid: int) -> tuple[int, float]:
    """Open files, and resident MB."""
    resident = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / 1e6
    return len(os.listdir(f"/proc/{pid}/fd")), resident


def measure(seconds: float, addresses: int, only: str) -> None:
    windows: list[tuple[str, float, float, int, int]] = []
    with tempfile.TemporaryDirectory() as folder, Jack("REMOTE") as jack, Jack("IDLE") as beside:
        idle = beside.idle_client()
        piece, place, device = pressed(Path(folder))
        out = Path(folder) / "ticks.npy"
        command = [sys.executable, "-m", "benchmarks.remote", "--play", str(piece), "--out", str(out), "--addresses", str(addresses)]
        with Chain(piece, jack, cache=cache(), command=command) as chain:
            chain.wait()
            time.sleep(8)                                   # the fades are over, the standby stands
            before = kept(chain.process.pid)
            for name, attack in HOSTILE.items():
                if only not in name and name != "nobody":
                    continue
                first, alone, begin = chain.look().xruns, beside.late(), time.monotonic()
                attack(place, seconds)
                windows.append((name, begin, time.monotonic(), chain.look().xruns - first, beside.late() - alone))
                time.sleep(REST)
                print(".", end="", flush=True)
            after, alive = kept(chain.process.pid), chain.process.poll() is None
            says = chain.errors()
            ticks = np.array(np.load(out, mmap_mode="r"))
        idle.terminate()
        idle.wait()
    os.close(device)
    print(f"\n{seconds:g} s each, {addresses or 'the demo piece’s own'} addresses; {load()}")
    print(f"{'':<40} {'handed/s':>9} {'written/s':>9} {'longest lag':>11} {'99 %':>8} {'own':>8} {'core':>5} {'xruns':>5} {'idle':>5}")
    for name, begin, end, xruns, alone in windows:
        part = ticks[(ticks[:, 0] >= begin) & (ticks[:, 0] < end + REST / 2)]
        gaps, own, took = np.diff(part[:, 0]) * 1000, np.diff(part[:, 1]).max() * 1000, end - begin
        handed, written = (part[-1, 2:] - part[0, 2:]) / took
        print(f"{name:<40} {handed:9,.0f} {written:9,.0f} {gaps.max():8.1f} ms {np.percentile(gaps, 99):5.1f} ms {own:5.1f} ms "
              f"{(part[-1, 1] - part[0, 1]) / (part[-1, 0] - part[0, 0]) * 100:3.0f} % {xruns:5} {alone:5}")
    print(f"open files {before[0]} before, {after[0]} after; resident {before[1]:.0f} MB before, {after[1]:.0f} MB after; "
          f"it {'plays on' if alive else 'ENDED'}")
    print("it said:", *(line for line in says.splitlines() if "PIN" not in line), sep="\n  ")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--addresses", type=int, default=0)
    parser.add_argument("--only", default="", help="those whose name has this in it")
    parser.add_argument("--play", help=argparse.SUPPRESS)
    parser.add_argument("--out", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.play:
        raise SystemExit(play(given.play, given.out, given.addresses))
    measure(given.seconds, given.addresses, given.only)


if __name__ == "__main__":
    main()
