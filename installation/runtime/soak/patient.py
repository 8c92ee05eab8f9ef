"""The piece that is tried: a copy of it, started as the service would, and started again when it ends.

    patient = Patient(piece, folder)      folder: where the copy and its state go
    patient.start()                       returns at once
    patient.is_up()                       whether blocks move and control answers
    patient.stop()
"""
from __future__ import annotations

import contextlib
import math
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

from ...rules.soak import on_loopback
from ..places import cache_folder
from .door import Door

ROOT = Path(__file__).resolve().parents[3]
FOLDERS = ("scenes", "sensors", "sounds", "presets")
FRESH = 1.0              # s: blocks that are older do not move
POSTED = 0.6             # s: the age that control tells may be so old itself
END_WITHIN = 10.0        # s


class Patient:
    """One copy. log: the file with all that it says."""

    def __init__(self, piece: Path, folder: Path) -> None:
        self._copy, self.state, self.log = folder / "piece", folder / "state", folder / "log.txt"
        self._copy.mkdir(parents=True)
        self.port = _free(socket.SOCK_DGRAM)
        text = on_loopback((piece / "config.yaml").read_text(encoding="utf-8"), osc=self.port, web=_free(socket.SOCK_STREAM))
        (self._copy / "config.yaml").write_text(text, encoding="utf-8")
        for name in FOLDERS:
            if (piece / name).is_dir():
                shutil.copytree(piece / name, self._copy / name)
        self._cache = cache_folder(piece)
        self._process: subprocess.Popen | None = None
        self.door = Door(self.port)

    @property
    def pid(self) -> int:
        """Of control."""
        assert self._process is not None
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        """Whether control is gone."""
        return self._process is not None and self._process.poll() is not None

    def start(self) -> None:
        """Begin to play."""
        kept = {key: value for key, value in os.environ.items() if key not in ("NOTIFY_SOCKET", "WATCHDOG_USEC")}
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "installation", "run", str(self._copy), "--quiet"], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
                env={**kept, "STATE_DIRECTORY": str(self.state), "CACHE_DIRECTORY": str(self._cache),
                     "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))})

    def is_up(self, since: float = math.inf) -> bool:
        """Whether control answers, blocks move, and one has come in the last `since` seconds."""
        age = self.door.ask("/system/block_age")
        return isinstance(age, (int, float)) and age < min(FRESH, since - POSTED)

    def stop(self) -> None:
        """As systemd would: TERM, and KILL for what does not listen."""
        self.door.close()
        if self._process is None or self.has_ended:
            return
        self._process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(END_WITHIN)
        self._process.kill()
        self._process.wait()


def _free(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as asked:
        asked.bind(("127.0.0.1", 0))
        return asked.getsockname()[1]
