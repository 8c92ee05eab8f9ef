"""One player process as the control process sees it: a line to talk over, and its death noticed at once.

    child = Child(arena.fd, …)           starts `python -m installation.runtime.sound.player`, which loads and waits
    await child.load({3: path, …})       kernels' object code; Fault if one cannot be loaded
    await child.warm()                   it reads the cards while it waits (see standby.py)
    await child.open({...})              it opens the card already, where another one plays on without
    await child.go({...})                sound, from the last complete block on; Fault if the card does not open
    await child.close()                  silence, and out; killed if it does not go

Commands and answers are JSON, one a line, over a socket pair whose closing also tells a player that control is gone. A death
is seen by the kernel's process descriptor, not by looking again and again; and earlier, by a grip that loosens (see grip.py).
"""
from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ...terms.fault import Fault
from ...terms.words import both
from ..said import fault_from
from .autopsy import ended
from .grip import Grip

ROOT = Path(__file__).resolve().parents[3]
LOAD_WITHIN = 30.0       # s; a Pi that is compiling beside it takes some seconds
GO_WITHIN = 5.0          # s; opening a card takes 0.05 to 0.5 s, a card that hangs takes for ever
WARM_WITHIN = 2.0        # s; 0.03 to 0.1 s on JACK
WARM_GO_WITHIN = 1.0     # s; one that has read the cards needs 0.02 s, and there is another way if it does not answer
CLOSE_WITHIN = 1.0       # s


class Child:
    """A player: the active one, or the standby.

    threads  how many render
    loaded   numbers of the units whose code it has
    is_warm  whether it was told to read the cards before it was told to sound
    is_dying whether it renders no more, though it may not be quite gone: its card may still be taken
    status   its exit status, negative for a signal; None while it lives
    """

    def __init__(self, arena_fd: int, *, threads: int = 1, ended: Callable[["Child"], None], told: Callable[["Child", dict], None]) -> None:
        self._ended, self._told = ended, told
        self._loop = asyncio.get_running_loop()
        self._asked: dict[int, asyncio.Future[dict]] = {}
        self._number = 0
        self._heard = b""
        self._felt = False
        self.loaded: set[int] = set()
        self.is_warm = self.is_dying = False
        self.status: int | None = None
        self._gone = asyncio.Event()
        self._grip = Grip()
        self._line, theirs = socket.socketpair()
        self._line.setblocking(False)
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "installation.runtime.sound.player", "--arena", str(arena_fd),
                 "--commands", str(theirs.fileno()), "--grip", str(self._grip.fd), "--threads", str(threads)],
                cwd=ROOT, pass_fds=(arena_fd, theirs.fileno(), self._grip.fd), stdin=subprocess.DEVNULL, start_new_session=True)
        finally:
            theirs.close()
            self._grip.close()
        self.pid = self._process.pid
        self._pidfd = os.pidfd_open(self.pid)
        self._loop.add_reader(self._pidfd, self._on_end)
        self._loop.add_reader(self._line.fileno(), self._on_line)

    @property
    def alive(self) -> bool:
        return self.status is None

    async def load(self, objects: dict[int, str], engine: str = "") -> None:
        """Give it the object code of units, by number. Raises Fault if one cannot be loaded, or if the player dies."""
        missing = {number: path for number, path in objects.items() if number not in self.loaded}
        if missing or engine:
            await self._ask({"do": "load", "engine": engine, "units": missing}, LOAD_WITHIN)
            self.loaded.update(missing)
        if not self._felt:           # by its first answer it keeps the grip
            self._felt = True
            threading.Thread(target=self._feel, name="grip", daemon=True).start()

    async def go(self, order: dict[str, Any]) -> dict[str, Any]:
        """Let it sound; returns what it says of its card. Raises Fault if the card does not open, or if it dies or hangs."""
        return await self._ask({"do": "go", **order}, WARM_GO_WITHIN if self.is_warm else GO_WITHIN)

    async def open(self, order: dict[str, Any]) -> None:
        """Let it open the card, before it is told to sound. Raises Fault if the card does not open, or if it dies or hangs."""
        await self._ask({"do": "open", **order}, GO_WITHIN)

    async def warm(self) -> None:
        """Let it read the cards, before it is told to sound. Raises Fault if it cannot, or if it dies or hangs."""
        self.is_warm = True
        await self._ask({"do": "warm"}, WARM_WITHIN)

    async def stats(self) -> dict[str, Any]:
        """What it measures of itself. Raises Fault if it does not answer."""
        return await self._ask({"do": "stats"}, CLOSE_WITHIN)

    async def close(self, within: float = CLOSE_WITHIN) -> None:
        """Ask it to leave after the block that it is at; kill it if it has not within `within` seconds."""
        if self.alive:
            self._send({"do": "close"})
            await self.wait(within)
        await self.kill()

    async def kill(self) -> None:
        """End it, whatever it does. One that a driver holds in the kernel is left behind: the epoch keeps it from writing."""
        if self.alive:
            self._process.send_signal(signal.SIGKILL)
            await self.wait(0.5)
        if self.alive:
            self._on_end(left_behind=True)

    async def wait(self, within: float) -> bool:
        """Whether it has ended within so many seconds."""
        try:
            await asyncio.wait_for(self._gone.wait(), within)
        except TimeoutError:
            return False
        return True

    def is_stopped(self) -> bool:
        """Whether somebody stopped it (SIGSTOP, a debugger), which is no kernel's fault."""
        try:
            return Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()[0] in "Tt"
        except OSError:
            return False

    async def _ask(self, order: dict[str, Any], within: float) -> dict[str, Any]:
        if not self.alive:
            raise ended(self.status, card_ended=False)
        self._number += 1
        number, future = self._number, self._loop.create_future()
        self._asked[number] = future
        self._send({"id": number, **order})
        try:
            answer = await asyncio.wait_for(future, within)
        except TimeoutError:
            raise Fault(both(f"the player did not answer within {within:g} s", f"le lecteur n'a pas répondu en {within:g} s"),
                        where="sound", id="player.hangs",
                        remedy=both("It is replaced. If the sound card was switched off and on, that is why.",
                                    "On le remplace. Si la carte son a été éteinte puis rallumée, c'est pour cela.")) from None
        finally:
            self._asked.pop(number, None)
        if "failed" in answer:
            raise fault_from(answer["failed"])
        return answer

    def _send(self, order: dict[str, Any]) -> None:
        data = json.dumps(order).encode() + b"\n"
        try:
            sent = self._line.send(data)
        except OSError:          # it died or does not read: its death or its silence is noticed elsewhere
            return
        if sent < len(data):
            self._line.setblocking(True)
            self._line.settimeout(0.2)
            try:
                self._line.sendall(data[sent:])
            except OSError:
                return
            finally:
                self._line.setblocking(False)

    def _on_line(self) -> None:
        try:
            data = self._line.recv(65_536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._loop.remove_reader(self._line.fileno())
            return
        *lines, self._heard = (self._heard + data).split(b"\n")
        for line in lines:
            answer = json.loads(line)
            future = self._asked.get(answer.get("id"))
            if future is not None and not future.done():
                future.set_result(answer)
            elif "event" in answer:
                self._told(self, answer)

    def _feel(self) -> None:
        self._grip.wait()
        with contextlib.suppress(RuntimeError):        # the loop has closed meanwhile
            self._loop.call_soon_threadsafe(self._on_dying)

    def _on_dying(self) -> None:
        self.is_dying = True
        if self.status is None:
            self._ended(self)

    def _on_end(self, left_behind: bool = False) -> None:
        if self.status is not None:
            return
        status = self._process.poll()
        if status is None and not left_behind:
            return
        self.status = -signal.SIGKILL if status is None else status
        self.is_dying = True
        self._loop.remove_reader(self._pidfd)
        self._loop.remove_reader(self._line.fileno())
        os.close(self._pidfd)
        self._line.close()
        self._gone.set()
        for future in self._asked.values():
            if not future.done():
                future.set_exception(ended(self.status, card_ended=False))
                future.exception()       # read here: whoever asked may have been cancelled
        self._ended(self)
