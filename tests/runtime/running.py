"""The command as a real process, for the tests that need one."""
from __future__ import annotations

import os
import pty
import select
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PYTHON = sys.executable


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        asked.bind(("127.0.0.1", 0))
        return asked.getsockname()[1]


def environment(cache: Path, **more: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key not in ("LC_ALL", "LC_MESSAGES", "LANG", "INVOCATION_ID", "JOURNAL_STREAM")}
    return {**kept, "CACHE_DIRECTORY": str(cache), "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **more}


def command(*arguments: object, cache: Path, within: float = 110, cwd: Path | None = None, **more: str) -> subprocess.CompletedProcess[str]:
    """`installation …` to its end."""
    return subprocess.run([PYTHON, "-m", "installation", *map(str, arguments)], env=environment(cache, **more), cwd=cwd or ROOT, text=True,
                          capture_output=True, timeout=within, check=False)


class Running:
    """`installation …` on a terminal of its own, or with pipes; what it says is in `said`."""

    def __init__(self, *arguments: object, cache: Path, terminal: bool = False, **more: str) -> None:
        self._terminal = terminal
        ours, theirs = pty.openpty() if terminal else os.pipe()
        self._ours = ours
        self.process = subprocess.Popen([PYTHON, "-m", "installation", *map(str, arguments)], env=environment(cache, **more), cwd=ROOT,
                                        stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs, start_new_session=True)
        os.close(theirs)
        self.said = ""

    def read(self, within: float = 0.05) -> str:
        """What it has said until now."""
        end = time.monotonic() + within
        while select.select([self._ours], [], [], max(0.0, end - time.monotonic()))[0]:
            try:
                got = os.read(self._ours, 65_536)
            except OSError:            # a terminal whose other side has gone
                got = b""
            if not got:
                break
            self.said += got.decode(errors="replace")
        return self.said

    def until(self, text: str, within: float = 60) -> str:
        """Wait until it has said something."""
        end = time.monotonic() + within
        while text not in self.read():
            assert time.monotonic() < end and self.process.poll() is None, f"waited for {text!r}; it said:\n{self.said}"
        return self.said

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, float]:
        """Ask it to stop: its exit code and how long it took."""
        began = time.monotonic()
        self.process.send_signal(number)
        while self.process.poll() is None and time.monotonic() - began < 20:
            self.read(0.02)
        took = time.monotonic() - began
        self.read(0.1)
        return self.process.wait(1), took

    def __enter__(self) -> Running:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self._ours)
