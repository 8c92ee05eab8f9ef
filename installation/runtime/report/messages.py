"""Messages to somebody elsewhere when something begins to be wrong in the room, and when it is over.

    Messenger(record, title, health, tell, state / "messages.json")      a companion of the performance

What lasts for less than `after` is not told, a flood is bounded (rules/messages.py). While the network is away, messages wait in a file of MOST
at most, and are sent in order when it is back, also by the next start. The body is JSON: title, begins (true or false), text (the plain
sentence in the piece's language), en, fr, where, since, left_out, at, waited.
"""
from __future__ import annotations

import asyncio
import json
import math
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...ports.web_request import asked
from ...rules.messages import Message, Messages
from ...rules.report import FAULT, MessagesRecord
from ...terms.fault import Fault, Recovery
from ...terms.words import both
from ..places import write_whole

if TYPE_CHECKING:
    from ..telling.health import Health

MOST = 50                # messages that wait
PAUSE = 30.0             # s between two tries while it does not arrive
WHERE = "report.messages"


class Messenger:
    """Sends them for as long as the piece plays. clock: seconds since 1970."""

    def __init__(self, record: MessagesRecord, title: str, language: str, health: Health, tell: Callable[[Fault | Recovery], None], file: Path,
                 clock: Callable[[], float]) -> None:
        self._record, self._title, self._language, self._health, self._tell, self._file, self._clock = record, title, language, health, tell, file, clock
        self._rules: Messages[dict[str, Any]] = Messages(record.after, record.most)
        self._waiting: deque[dict[str, Any]] = deque(_read(file), maxlen=MOST)
        self._again = -math.inf
        self._work: asyncio.Task[None] | None = None
        self._failing = False
        self.sent = 0

    async def open(self) -> None:
        """Nothing to wait for."""

    def step(self, now: float) -> None:
        """Twice a second."""
        grave = [trouble for trouble in self._health.says()["list"] if self._record.level != FAULT or trouble["level"] == FAULT]
        for message in self._rules.step(now, {(trouble["en"], trouble["where"]): trouble for trouble in grave}):
            self._waiting.append(self._body(message))
            self._again = -math.inf
        if self._waiting and now >= self._again and (self._work is None or self._work.done()):
            self._work = asyncio.get_running_loop().create_task(self._send(now), name="messages")

    async def close(self) -> None:
        """What could not be sent is sent by the next start."""
        if self._work is not None:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)
        await self._keep()

    def _body(self, message: Message[dict[str, Any]]) -> dict[str, Any]:
        trouble = message.trouble
        plain = trouble["plain"]
        over = {"en": "Over: ", "fr": "Terminé : "}
        words = {language: ("" if message.begins else over[language]) + plain[language] for language in ("en", "fr")}
        return {"title": self._title, "begins": message.begins, "text": words[self._language], **words, "where": trouble["where"], "since": trouble["since"],
                "left_out": message.left_out, "at": round(self._clock(), 1)}

    async def _send(self, now: float) -> None:
        while self._waiting:
            body = {**self._waiting[0], "waited": round(max(0.0, self._clock() - self._waiting[0]["at"]), 1)}
            try:
                await asked(self._record.url.reveal(), method="POST", data=json.dumps(body, ensure_ascii=False).encode(),
                            headers={"Content-Type": "application/json"})
            except Fault as fault:
                self._again = now + PAUSE
                if not self._failing:
                    self._failing = True
                    self._tell(Fault(both("a message does not arrive: ", "un message n'arrive pas : ") + fault.happened, where=WHERE, remedy=fault.remedy,
                                     id="report.messages"))
                await self._keep()
                return
            self._waiting.popleft()
            self.sent += 1
            if self._failing:
                self._failing = False
                self._tell(Recovery(both("messages arrive again", "les messages arrivent de nouveau"), where=WHERE, id="report.messages"))
        await self._keep()

    async def _keep(self) -> None:
        data = json.dumps(list(self._waiting), ensure_ascii=False).encode() + b"\n"
        await asyncio.get_running_loop().run_in_executor(None, _write, self._file, data, bool(self._waiting))


def _write(file: Path, data: bytes, waits: bool) -> None:
    try:
        if waits:
            write_whole(file, data)
        else:
            file.unlink(missing_ok=True)
    except OSError:
        return                       # without a disk they wait in memory


def _read(file: Path) -> list[dict[str, Any]]:
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        return [entry for entry in kept if isinstance(entry, dict) and isinstance(entry.get("at"), (int, float))][-MOST:]
    except (OSError, ValueError, TypeError, RecursionError):
        return []
