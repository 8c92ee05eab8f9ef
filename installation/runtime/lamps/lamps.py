"""The light process: the newest values in, frames out at a steady pace, whatever anybody else does. Started by lighting.py.

    python -m installation.runtime.lamps.lamps --values FD --line FD      the piece's light record comes on standard input (a pickle)

It reads the newest values at each deadline, judges them by the moment at which they leave (the flash guard stands here, last before
the ports), and sends. A frame that is late is dropped; frames never bunch. A port that fails costs only itself.

Over the line it says what its ports tell, JSON, one a line: {"event": "fault", "fault": …}; {"event": "failed", "fault": …} is its last
word. INT, TERM and ABRT are not for it. When the word LEAVE is set, or when the line closes because control is gone, it brings the lamps to the neutral
look, sends that three times, and goes. What left last stands in shared memory for the one that comes after it.
"""
from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import json
import os
import pickle
import signal
import socket
import sys
import traceback
from collections.abc import Callable

from ...light.outlet import Outlet
from ...ports.artnet_nodes import ArtnetNodes
from ...ports.dmx import Edge, Port, Tell
from ...ports.universe_port import port_for
from ...rules.lamps import Light, UniverseRecord
from ...terms.fault import Fault, Recovery
from ...terms.words import both
from ..said import as_words
from .lamp_values import BEAT, FLASHES, HELD, LATE, LEAVE, LampValues

CLOSE_WITHIN = 0.7  # s for the ports to let go
ORPHANED = 0.6      # s to the neutral look when control is gone
STEADY = 2.0        # s without an error after which a port that failed is well again
SAID_WITHIN = 0.2   # s for the last words


class Lamps:
    """The sender. Ports stand in `ports`, by universe; each counts `sent` and `lost`.

    ways    how a universe's port is made (tests give their own)
    """

    def __init__(self, light: Light, values: LampValues, tell: Tell, *,
                 ways: Callable[[UniverseRecord, Tell], Port] = port_for) -> None:
        self.outlet = Outlet(light, values.sent.get())
        self.ports: dict[int, Port] = {}
        self._light, self._values, self._tell, self._ways = light, values, tell, ways
        self._nodes = ArtnetNodes()
        self._period = 1.0 / light.rate
        self._edges: dict[int, Edge] = {}
        self._failed: dict[int, float] = {}      # universe → when its port last failed

    async def run(self) -> None:
        """A frame at every deadline until all has left; a deadline that was missed is dropped, and the pace begins anew."""
        loop = asyncio.get_running_loop()
        words = self._values.words
        for number, universe in self._light.universes.items():
            self._open(number, universe)
        gc.collect()
        gc.freeze()
        due = loop.time()
        while not self.outlet.left:
            if words[LEAVE]:
                self.outlet.leave()
            self.tick(loop.time())
            due += self._period
            now = loop.time()
            if now > due:
                words[LATE] += 1 + int((now - due) / self._period)
                due = now + self._period
            await asyncio.sleep(due - now)
        self._nodes.close()
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(asyncio.gather(*(port.close() for port in self.ports.values()), return_exceptions=True), CLOSE_WITHIN)

    def tick(self, now: float) -> None:
        """One frame, through the guard, to every port."""
        outlet, values = self.outlet, self._values
        frames = outlet.tick(values.wanted.get(), now)
        for number, port in self.ports.items():
            try:
                port.send(frames[number], now, force=outlet.is_last)
            except Exception as error:
                self._failed[number] = now
                self._edge(number).begin(_failed(f"light.universes[{number}]", error))
            else:
                if self._failed and now - self._failed.get(number, now) > STEADY:
                    del self._failed[number]
                    self._edge(number).end()
        self._nodes.step(now)
        values.sent.put(outlet.sent)
        words = values.words
        words[HELD], words[FLASHES] = outlet.lights.held, outlet.lights.flashes
        words[BEAT] += 1

    def _open(self, number: int, universe: UniverseRecord) -> None:
        try:
            port = self._ways(universe, self._tell)
            port.open()
        except Exception as error:
            self._edge(number).begin(error if isinstance(error, Fault) else _failed(f"light.universes[{number}]", error))
        else:
            self.ports[number] = port
            if universe.port == "artnet" and universe.host:
                self._nodes.watch(universe.host, universe.port_address, self._tell)

    def _edge(self, number: int) -> Edge:
        return self._edges.setdefault(number, Edge(self._tell, f"light.universes[{number}]",
                                                   both("frames leave again", "les trames partent à nouveau")))


def _failed(where: str, error: BaseException) -> Fault:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    text = f"{error!r} ({os.path.basename(frame.filename)}:{frame.lineno})"
    return Fault(both(f"the light sender failed: {text}", f"l'émetteur de lumière a échoué : {text}"), where=where, id="light.sender",
                 remedy=both("It begins again by itself; lamps hold their last frame.",
                             "Il recommence de lui-même ; les lampes gardent leur dernière trame."))


async def _live(light: Light, values: LampValues, line: socket.socket) -> int:
    reader, writer = await asyncio.open_connection(sock=line)

    def say(event: str, what: Fault | Recovery) -> None:
        if not writer.is_closing():
            writer.write(json.dumps({"event": event, "fault": as_words(what)}).encode() + b"\n")

    async def until_alone() -> None:
        with contextlib.suppress(OSError):
            while await reader.read(4096):
                pass
        lamps.outlet.leave(ORPHANED)

    code = 0
    try:
        lamps = Lamps(light, values, lambda what: say("fault", what))
        waiting = asyncio.create_task(until_alone())
        await lamps.run()
        waiting.cancel()
    except Exception as error:
        say("failed", error if isinstance(error, Fault) else _failed("light", error))
        code = 1
    with contextlib.suppress(OSError, asyncio.TimeoutError):
        await asyncio.wait_for(writer.drain(), SAID_WITHIN)
    return code


def main() -> None:
    """Run as a process of its own."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGABRT):      # systemd sends the last when control hangs
        signal.signal(number, signal.SIG_IGN)
    arguments = argparse.ArgumentParser(description="The light sender; started by `installation run`.")
    arguments.add_argument("--values", type=int, required=True)
    arguments.add_argument("--channels", type=int, required=True)
    arguments.add_argument("--line", type=int, required=True)
    given = arguments.parse_args()
    light = pickle.load(sys.stdin.buffer)
    code = asyncio.run(_live(light, LampValues(given.channels, given.values), socket.socket(fileno=given.line)))
    os._exit(code)             # not by way of a port that hangs


if __name__ == "__main__":
    main()
