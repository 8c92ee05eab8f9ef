"""Edited files: looked for four times a second, tried by a builder, and handed on when they are good.

A file that is half written has its error told like any other; the next save mends it.
"""
from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

LOOK = 0.25      # s between two looks
SETTLE = 0.1     # s for which a file must have stayed as it is


class Edits:
    """Watches files by time and size."""

    def __init__(self, files: dict[Path, set[str]], edited: Callable[[set[str]], Awaitable[None]]) -> None:
        self._files = files
        self._edited = edited
        self._seen = {path: self._mark(path) for path in files}
        self._task: asyncio.Task | None = None

    def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.create_task(self._look(), name="edits")

    async def stop(self) -> None:
        """Look no more."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _look(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(LOOK)
            marks = await loop.run_in_executor(None, lambda: {path: self._mark(path) for path in self._files})
            changed = {path for path, mark in marks.items() if mark != self._seen[path] and mark is not None}
            if not changed:
                continue
            await asyncio.sleep(SETTLE)
            settled = {path for path in changed if self._mark(path) == marks[path]}
            for path in settled:
                self._seen[path] = marks[path]
            if settled:
                await self._edited(set().union(*(self._files[path] for path in settled)))

    @staticmethod
    def _mark(path: Path) -> tuple[int, int, int] | None:
        try:
            facts = path.stat()
        except OSError:
            return None
        return facts.st_mtime_ns, facts.st_size, facts.st_ino
