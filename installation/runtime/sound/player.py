"""A player: renders the arena into a card, and nothing else. Started by control, one to sound and one to stand by.

    python -m installation.runtime.sound.player --arena FD --commands FD --grip FD --threads N

It loads ready object code and waits; it starts PortAudio only when it is told to go, since a card may be held by the player before
it and since PortAudio sees only the cards of that moment; or when it is told to warm (see standby.py). Its audio thread runs
compiled code alone. This file's own loop feeds the streams, reads commands, and looks at what the audio thread does. It may be
killed at any instant.

Commands come as JSON, one a line, each with an id; each is answered with that id, and `failed` if it could not be done.

    {"do": "load", "engine": path or "", "units": {number: path}}
    {"do": "warm"}         read the cards already, and know them when told to go
    {"do": "open", "card": name, "api", "block", "latency"}     have the card open already, while another player still sounds elsewhere
    {"do": "go", "epoch": n, "card": name or null, "api", "block", "latency"}     null: the silent clock
    {"do": "stats"}        {"do": "close"}

Unasked, it says {"event": "policy"}, {"event": "fault"} for a stream's file, {"event": "stopped"} when the card has ended.
INT, TERM and ABRT are not for it: control fades first. When control is gone (the line is closed) it fades out and leaves.
"""
from __future__ import annotations

import argparse
import contextlib
import json
import os
import queue
import resource
import signal
import socket
import threading
import time
from pathlib import Path
from typing import Any

from ...audio.arena import Arena
from ...audio.feeder import Feeder
from ...audio.layout import BLOCKS, CALLBACK_TID, FADE_OUT, IN_SILENCE, INPUTS, OUTPUTS, PLAYER_PID, RATE, XRUNS
from ...audio.loader import Loaded
from ...ports import card
from ...terms.fault import Fault, Recovery
from ...terms.words import both
from ..said import as_words
from .grip import Grip
from .real_time import follow, lock, ordinary, patient, policy, raise_to_real_time, urgent
from .silent_clock import SilentClock

FEED = 0.05           # s between two fills of the streams' rings
LAST_FADE = 1.5       # s for the fade when control is gone


class Player:
    """One player's life: load, go, feed, leave."""

    def __init__(self, arena: Arena, line: socket.socket, threads: int) -> None:
        self._arena, self._line = arena, line
        self._words = arena.words
        self._loaded = Loaded(arena, threads)
        self._feeder = Feeder(arena, self._tell)
        self._orders: queue.Queue[dict[str, Any]] = queue.Queue()
        self._cards: list[card.Card] = []            # as read when it was told to warm
        self._opened: card.Stream | None = None      # before it was told to go
        self._sound: card.Stream | SilentClock | None = None
        self._policy_told = False
        self._locked = False

    def run(self) -> None:
        """Obey until told to close."""
        threading.Thread(target=self._listen, name="line", daemon=True).start()
        card.ready()
        while True:
            with contextlib.suppress(queue.Empty):
                order = self._orders.get(timeout=FEED)
                if order["do"] == "close":
                    break
                self._obey(order)
            if self._sound is not None:
                self._look_after()
        if self._sound is not None:
            self._sound.close()      # may hang: control waits a second, then kills

    # ---- commands ----------------------------------------------------------------------------------------------------------

    def _obey(self, order: dict[str, Any]) -> None:
        try:
            answer = {"load": self._load, "warm": self._warm, "open": self._open, "go": self._go, "stats": self._stats}[order["do"]](order)
        except Fault as fault:
            self._say({"id": order.get("id"), "failed": as_words(fault)})
        else:
            self._say({"id": order.get("id"), "done": order["do"], **answer})

    def _load(self, order: dict[str, Any]) -> dict[str, Any]:
        if order["engine"]:
            self._loaded.load_engine(Path(order["engine"]))
            workers = self._loaded.workers
            self._locked = lock(self._arena) and (workers is None or workers.lock())         # now, not in the gap between two players
        ordinary()                                   # ready: from here on it must wake up at once
        self._let_workers_follow(0)
        for number, path in order["units"].items():
            try:
                self._loaded.load_unit(int(number), Path(path))
            except Fault as fault:
                raise Fault(both(f"unit {number}: ", f"unité {number} : ") + fault.happened, where=fault.where or path,
                            remedy=fault.remedy, id=fault.id) from fault
        return {}

    def _warm(self, order: dict[str, Any]) -> dict[str, Any]:
        self._cards = card.list_here()
        return {}

    def _open(self, order: dict[str, Any]) -> dict[str, Any]:
        self._opened = self._stream(order)
        return {}

    def _go(self, order: dict[str, Any]) -> dict[str, Any]:
        words = self._words
        if not self._loaded.take_over(order["epoch"]):
            raise Fault(both("another player has taken over", "un autre lecteur a pris la suite"), where="sound",
                        id="player.stale")
        words[PLAYER_PID] = os.getpid()
        words[CALLBACK_TID] = 0
        if order["card"] is None:
            self._sound = SilentClock(rate=words[RATE], outputs=words[OUTPUTS], inputs=words[INPUTS], block=order["block"],
                                      callback=self._loaded.callback, userdata=self._loaded.userdata)
            self._sound.start()
            return {"card": {}}
        with urgent():
            stream = self._opened or self._stream(order)
            stream.start()
        self._sound = stream
        return {"card": {"name": stream.card.stem, "api": stream.card.api, "latency": stream.latency}}

    def _stream(self, order: dict[str, Any]) -> card.Stream:
        words = self._words
        rate, outputs, inputs = words[RATE], words[OUTPUTS], words[INPUTS]
        chosen = card.choose(self._cards or card.list_here(), order["card"], order["api"], outputs, inputs)
        return card.Stream(chosen, rate=rate, outputs=outputs, inputs=inputs, block=order["block"], latency=order["latency"] or "low",
                           callback=self._loaded.callback, userdata=self._loaded.userdata)

    def _stats(self, order: dict[str, Any]) -> dict[str, Any]:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        _, resident, shared, *_ = Path("/proc/self/statm").read_text().split()      # the arena counts as shared
        return {"resident": (int(resident) - int(shared)) * resource.getpagesize(), "cpu": usage.ru_utime + usage.ru_stime,
                "blocks": self._words[BLOCKS], "xruns": self._words[XRUNS], "lost": self._feeder.lost}

    # ---- while it sounds ---------------------------------------------------------------------------------------------------

    def _look_after(self) -> None:
        self._feeder.fill()
        thread = self._words[CALLBACK_TID]
        if not self._policy_told and thread:
            self._policy_told = True
            if isinstance(self._sound, card.Stream):
                raise_to_real_time(thread)
            self._let_workers_follow(thread)
            self._say({"event": "policy", "policy": policy(thread), "workers": [policy(worker) for worker in self._workers], "locked": self._locked})
        if self._sound is not None and not self._sound.active:
            self._sound = None
            self._say({"event": "stopped"})

    @property
    def _workers(self) -> list[int]:
        return self._loaded.workers.tids if self._loaded.workers is not None else []

    def _let_workers_follow(self, thread: int) -> None:
        for worker in self._workers:
            follow(worker, thread)

    def _tell(self, what: Fault | Recovery) -> None:
        self._say({"event": "fault", "fault": as_words(what)})

    # ---- the line ----------------------------------------------------------------------------------------------------------

    def _say(self, what: dict[str, Any]) -> None:
        with contextlib.suppress(OSError):        # control is gone: `_listen` sees that and leaves
            self._line.sendall(json.dumps(what).encode() + b"\n")

    def _listen(self) -> None:
        """Read orders, even while a card hangs; when the line closes, fade out and leave."""
        ordinary()
        with contextlib.suppress(OSError), self._line.makefile("rb") as lines:
            for line in lines:
                self._orders.put(json.loads(line))
        self._words[FADE_OUT] = 1
        end = time.monotonic() + LAST_FADE
        while self._sound is not None and not self._words[IN_SILENCE] and time.monotonic() < end:
            time.sleep(0.01)
        os._exit(0)            # not by way of PortAudio, which may hang


def main() -> None:
    """Run as a process of its own."""
    arguments = argparse.ArgumentParser(description="A player; started by `installation run`.")
    arguments.add_argument("--arena", type=int, required=True)
    arguments.add_argument("--commands", type=int, required=True)
    arguments.add_argument("--grip", type=int, required=True)
    arguments.add_argument("--threads", type=int, default=1)
    given = arguments.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGABRT):      # systemd sends the last when control hangs
        signal.signal(number, signal.SIG_IGN)
    grip = Grip(given.grip)
    grip.keep()                # by its loosening control sees that this process is dying
    patient()                  # loading must not press on the one that sounds
    Player(Arena.attach(given.arena), socket.socket(fileno=given.commands), given.threads).run()
    os._exit(0)                # the arena is still mapped by views; nothing is left to tidy


if __name__ == "__main__":
    main()
