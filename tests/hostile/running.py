"""Pieces made to be broken, and the real `installation run` on the silent clock, watched from outside.

    write(folder, scenes={"a": SOURCE}, score=[…], more="sensors: …")    a piece
    with Running(folder, cache) as piece:                                 its process
        piece.says("words")            waits until the log says so
        piece.value("/score/main/scene")   asks by OSC
"""
from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest

from installation.ports import osc_packet
from tests.bench import wait_until

CALM = '''"""Calm."""
from installation import Scene, param, ug


class Calm(Scene):
    tone = param(220, "Hz", 20, 2000)

    def sound(self):
        return ug.to(ug.sine(self.tone) * 0.1, output=1)
'''
OTHER = CALM.replace("Calm", "Other").replace("output=1", "output=2").replace("220", "331")


def write(folder: Path, scenes: dict[str, str], *, score: str = "", more: str = "", card: str = "none", port: int = 0) -> Path:
    """A piece of these scenes (and calm, idle in its place). The first one opens; `score` replaces that."""
    (folder / "scenes").mkdir(parents=True, exist_ok=True)
    scenes = {**scenes, "calm": scenes.get("calm", CALM)}
    for name, source in scenes.items():
        (folder / "scenes" / f"{name}.py").write_text(source, encoding="utf-8")
    first = next(iter(scenes))
    lines = ["piece: Hostile", "room: {ring: 2}", f"sound: {{card: {card}, memory: 16 MB}}", "scenes:"]
    lines += [f"  {name}: {{file: scenes/{name}.py}}" for name in scenes]
    lines += ["score:", score or f"  - {{layer: main, start: {first}, idle: calm, fade: 0.1}}"]
    if port:
        lines.append(f"remote: {{osc: {{port: {port}}}}}")
    (folder / "config.yaml").write_text("\n".join([*lines, more]) + "\n", encoding="utf-8")
    return folder


def line_of(path: Path, what: str) -> str:
    """file:line of the first line that holds these words."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return f"{path}:{next(number for number, line in enumerate(lines, 1) if what in line)}"


def free_port() -> int:
    """A UDP port that nobody has."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Running:
    """`installation run` as a process of its own, with its log in a file."""

    def __init__(self, folder: Path, cache: Path, *, port: int = 0, environment: dict[str, str] | None = None,
                 before: tuple[str, ...] = ()) -> None:
        self.folder, self.port = folder, port
        self.log = folder.parent / f"{folder.name}-{os.urandom(3).hex()}.log"
        state = folder.parent / f"{folder.name}-state"
        state.mkdir(exist_ok=True)
        more = {"CACHE_DIRECTORY": str(cache), "STATE_DIRECTORY": str(state), **(environment or {})}
        with open(self.log, "wb") as out:
            self.process = subprocess.Popen(
                [*before, sys.executable, "-m", "installation", "run", str(folder), "--quiet"], stdin=subprocess.DEVNULL, stdout=out,
                stderr=out, cwd=Path(__file__).parents[2], env={**os.environ, **more})
        self._socket = self._tablet()

    def text(self) -> str:
        """Everything it has said."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def says(self, words: str, within: float = 60.0) -> str:
        """Wait until its log matches a regular expression; the match."""
        def found() -> Any:
            matched = re.search(words, self.text())
            if not matched and self.process.poll() is not None:
                pytest.fail(f"it ended with {self.process.returncode} before it said {words!r}:\n{self.text()}")
            return matched

        try:
            return wait_until(found, within, words)[0]        # type: ignore[index]
        except BaseException:
            print(self.text())
            raise

    def value(self, address: str) -> tuple | None:
        """What stands there, asked by OSC; None if nobody answered."""
        self._socket.sendto(osc_packet.message(address), ("127.0.0.1", self.port))
        try:
            for _ in range(100):
                for group in osc_packet.parse(self._socket.recv(65536)):
                    for message in group.messages:
                        if message.address == address:
                            return message.arguments
        except TimeoutError:
            pass
        return None

    def another_tablet(self) -> None:
        """From now on ask as somebody else."""
        self._socket.close()
        self._socket = self._tablet()

    @staticmethod
    def _tablet() -> socket.socket:
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        made.settimeout(0.3)
        return made

    def send(self, data: bytes) -> None:
        """A datagram to its OSC port."""
        self._socket.sendto(data, ("127.0.0.1", self.port))

    def plays(self, scene: str, within: float = 60.0) -> None:
        """Wait until that scene is the one of layer "main"."""
        def now() -> bool:
            if self.process.poll() is not None:
                pytest.fail(f"it ended with {self.process.returncode}:\n{self.text()}")
            return self.value("/score/main/scene") == (scene,)

        try:
            wait_until(now, within, scene)
        except BaseException:
            print(self.text())
            raise

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Ask it to stop, as systemd does; its exit code. Not stopping fails the test."""
        self.process.send_signal(number)
        return self.process.wait(15)

    def __enter__(self) -> "Running":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._socket.close()
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(8)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
