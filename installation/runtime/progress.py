"""How far long work is: one line on the terminal, nothing where there is none."""
from __future__ import annotations

import shutil
import sys
from typing import TextIO

from .telling.status import fitted


class Progress:
    """One line on the terminal that says how far it is; nothing where there is no terminal."""

    def __init__(self, quiet: bool, out: TextIO | None = None) -> None:
        self._out = out or sys.stderr
        self._shown = not quiet and self._out.isatty()
        self._last = ""

    def say(self, line: str) -> None:
        """What is being done."""
        self._put(line)

    def way(self, part: float, line: str) -> None:
        """How far it is, 0 to 1, and what is happening."""
        width = 24
        done = round(part * width)
        self._put("█" * done + "·" * (width - done) + " " + line)

    def clear(self) -> None:
        """Take the line away."""
        if self._shown and self._last:
            self._write("\r\x1b[K")
            self._last = ""

    def _put(self, line: str) -> None:
        if self._shown and line != self._last:
            self._write(f"\r{fitted(line, shutil.get_terminal_size().columns - 1)}\x1b[K")
            self._last = line

    def _write(self, text: str) -> None:
        try:
            self._out.write(text)
            self._out.flush()
        except (OSError, ValueError):           # the terminal is gone; the work goes on
            self._shown = False
