"""The whole chain as a benchmark runs it: JACK without a card, a piece in a folder, `installation run`, and a look from outside.

    with Jack("XRUNS") as jack:                        jackd, dummy driver, real-time; its own words are kept
        with Chain(piece, jack, cache=folder) as chain:    the real command, in a process of its own
            chain.wait()                               until the control process says that it plays
            chain.look()                               the player's telemetry, read from the arena
            chain.memory()                             of control, player and standby

Nothing of the chain knows that it is measured: the arena is read through /proc, start and progress come by the line that the
service manager would listen to.
"""
from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from installation.audio.arena import Arena
from installation.audio.exchange import Exchange
from installation.audio.layout import CALLBACK_TID, PLAYER_PID
from installation.audio.telemetry import Telemetry, look
from installation.runtime.sound.real_time import policy
from installation.terms.fault import Fault

ROOT = Path(__file__).resolve().parent.parent
RATE, PERIOD, OUTPUTS = 48_000, 256, 8


def load() -> str:
    """How busy the machine is, for a line of a report."""
    return f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"


def cache() -> Path:
    """The folder of compiled kernels that benchmarks share."""
    return ROOT / ".cache"


def free_port() -> int:
    """A UDP port that nobody uses now."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind(("127.0.0.1", 0))
        return line.getsockname()[1]


def demo(folder: Path, *, scenes: dict[str, Any] | None = None, score: list[dict[str, Any]] | None = None, outputs: int = OUTPUTS,
         rendering: int = 1) -> Path:
    """A copy of the piece in this repository, on a ring of so many loudspeakers, with these scenes and this score beside its own; so many
    threads render."""
    for name in ("scenes", "sounds"):
        shutil.copytree(ROOT / name, folder / name, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    piece = yaml.safe_load((ROOT / "config.yaml").read_text())
    piece["room"] = {"gain": piece["room"].get("gain", "0 dB"), "ring": outputs}
    piece["remote"]["osc"]["port"] = free_port()
    piece["sound"]["threads"] = rendering
    piece["scenes"].update(scenes or {})
    piece["score"].extend(score or [])
    (folder / "config.yaml").write_text(yaml.safe_dump(piece))
    return folder


class Jack:
    """A JACK server without a card, as `tests.jack.Server` starts it, whose own words are kept: it says who made it late."""

    def __init__(self, name: str, outputs: int = OUTPUTS, period: int = PERIOD) -> None:
        self.name, self.outputs, self.period = f"{name}{os.getpid()}", outputs, period
        self.environment = {**os.environ, "JACK_DEFAULT_SERVER": self.name, "JACK_NO_AUDIO_RESERVATION": "1",
                            "JACK_NO_START_SERVER": "1"}
        self._folder = tempfile.TemporaryDirectory(prefix="jack-")
        self._words = Path(self._folder.name) / "words"

    def __enter__(self) -> "Jack":
        with self._words.open("w") as words:
            self._process = subprocess.Popen(
                ["jackd", "-n", self.name, "-R", "-P", "60", "-d", "dummy", "-r", str(RATE), "-p", str(self.period), "-C", "2",
                 "-P", str(self.outputs)],
                env=self.environment, stdout=words, stderr=subprocess.STDOUT, start_new_session=True)
        ready = ["jack_wait", "-s", self.name, "-w", "-t", "10"]
        if subprocess.run(ready, env=self.environment, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode:
            self._process.terminate()
            raise SystemExit(f"jackd does not start:\n{self._words.read_text()}")
        os.environ.update({key: self.environment[key] for key in self.environment if key.startswith("JACK_")})
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(10)
        self._folder.cleanup()

    def late(self) -> int:
        """How often the server itself has said that a cycle was late or that a client was not finished."""
        return len(re.findall(r"XRun|was not finished|was not run", self._words.read_text(errors="replace")))

    def said(self) -> str:
        """All that it has said."""
        return self._words.read_text(errors="replace")

    def idle_client(self) -> subprocess.Popen:
        """JACK's own example client, which does next to nothing: what is late with it alone is the machine's doing."""
        return subprocess.Popen(["jack_simple_client"], env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class Chain:
    """`installation run` of a piece, in processes of its own.

    said    (seconds since the start, words) of everything that the command told the service manager
    began   time.monotonic() at the start
    """

    def __init__(self, piece: Path, jack: Jack, *, cache: Path, command: list[str] | None = None) -> None:
        self.piece = piece
        self._folder = tempfile.TemporaryDirectory(prefix="chain-")
        folder = Path(self._folder.name)
        self._line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._line.bind(str(folder / "notify"))
        self._errors = folder / "errors"
        self._environment = {**jack.environment, "NOTIFY_SOCKET": str(folder / "notify"), "CACHE_DIRECTORY": str(cache),
                             "STATE_DIRECTORY": str(folder / "state"), "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
        self._command = command or [sys.executable, "-m", "installation", "run", str(piece), "--quiet"]
        self.said: list[tuple[float, str]] = []
        self._ready = threading.Event()
        self._arena: Arena | None = None
        self.began = 0.0

    def __enter__(self) -> "Chain":
        self.began = time.monotonic()
        with self._errors.open("w") as errors:
            self.process = subprocess.Popen(self._command, env=self._environment, cwd=ROOT, stdin=subprocess.DEVNULL,
                                            stdout=errors, stderr=subprocess.STDOUT, start_new_session=True)
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(6)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._line.close()
        self._folder.cleanup()

    def wait(self, within: float = 300.0) -> None:
        """Until it says that it plays."""
        end = time.monotonic() + within
        while not self._ready.wait(0.05):
            if self.process.poll() is not None or time.monotonic() > end:
                raise SystemExit(f"the piece does not play:\n{self.errors()}")

    def errors(self) -> str:
        """What it printed."""
        return self._errors.read_text(errors="replace")

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while data := self._line.recv(4096):
                for line in data.decode(errors="replace").splitlines():
                    if line == "READY=1":
                        self._ready.set()
                    self.said.append((time.monotonic() - self.began, line))

    # ---- the arena, from outside -------------------------------------------------------------------------------------------

    @property
    def arena(self) -> Arena:
        """The arena, through the control process's open files. Raises LookupError while there is none."""
        if self._arena is None:
            for entry in Path(f"/proc/{self.process.pid}/fd").iterdir():
                with contextlib.suppress(OSError, ValueError, Fault):            # it is being made at this moment
                    if "memfd:installation" in os.readlink(entry):
                        with entry.open("r+b", buffering=0) as file:
                            self._arena = Arena.attach(os.dup(file.fileno()), private=False)
                        return self._arena
            raise LookupError("no arena yet")
        return self._arena

    def look(self) -> Telemetry:
        """How the player fares."""
        return look(self.arena, Exchange(self.arena).committed(), {})

    def policy(self) -> str:
        """The audio thread's policy, as the kernel has it now: the callback's own thread, by its number."""
        return policy(int(self.arena.words[CALLBACK_TID]))

    def processes(self) -> dict[str, int]:
        """The pids of control, player and standby."""
        found = {"control": self.process.pid}
        sounding = int(self.arena.words[PLAYER_PID])
        for status in Path("/proc").glob("[0-9]*/status"):
            with contextlib.suppress(OSError):
                parent = re.search(r"^PPid:\s+(\d+)", status.read_text(), re.MULTILINE)
                command = (status.parent / "cmdline").read_bytes().split(b"\0")
                if parent and int(parent[1]) == self.process.pid and b"installation.runtime.sound.player" in command:
                    pid = int(status.parent.name)
                    found["player" if pid == sounding else "standby"] = pid
        return found

    def memory(self) -> dict[str, dict[str, float]]:
        """MB of each process: resident in all; of that the arena, JACK's own shared memory, and the rest, which is the process's
        own; and its share of everything (PSS: what several processes map counts in parts)."""
        table = {}
        for name, pid in self.processes().items():
            row = dict.fromkeys(("resident", "arena", "jack", "own", "share"), 0.0)
            what = "own"
            for line in Path(f"/proc/{pid}/smaps").read_text().splitlines():
                key, _, value = line.partition(":")
                if key == "Rss":
                    row[what] += int(value.split()[0]) * 1024 / 1e6
                elif key == "Pss":
                    row["share"] += int(value.split()[0]) * 1024 / 1e6
                elif " " in key:                                   # a mapping begins; its file stands at the end
                    what = "arena" if "memfd:installation" in line else "jack" if "/dev/shm/jack" in line else "own"
            row["resident"] = row["arena"] + row["jack"] + row["own"]
            table[name] = row
        return table


def stolen() -> float:
    """Seconds that the machine below this one has taken from its processors, in all, since it was started."""
    return int(Path("/proc/stat").read_text().split(None, 9)[8]) / 100.0


class Ear:
    """A JACK client that hears the player's outputs. Python's threads may make it late: `stamps` shows what it missed.

    until_sound   what was heard before the first sample that is not zero is forgotten again
    """

    def __init__(self, jack: Jack, channels: int = OUTPUTS, seconds: float = 60.0, *, until_sound: bool = False) -> None:
        import jack as library  # for tests and benchmarks only

        self._until_sound = until_sound

        self._library = library
        self.client = library.Client("ear", no_start_server=True, servername=jack.name)
        self._ports = [self.client.inports.register(f"in_{channel + 1}") for channel in range(channels)]
        self.sound = np.zeros((int(seconds * RATE) // PERIOD * PERIOD, channels), np.float32)
        self.stamps = np.zeros(len(self.sound) // jack.period + 1, np.int64)     # each cycle's first frame
        self.cycles = 0
        self.period = jack.period
        self.first_sound: tuple[float, int] | None = None                        # time.monotonic(), frame
        self._new = threading.Event()
        self.client.set_process_callback(self._hear)
        self.client.set_port_registration_callback(lambda port, register: self._new.set(), only_available=False)
        self.client.activate()

    def _hear(self, count: int) -> None:
        at = self.cycles * count
        if at + count > len(self.sound):
            if not self._until_sound:
                return
            at = self.cycles = 0
        part = self.sound[at:at + count]
        for channel, port in enumerate(self._ports):
            part[:, channel] = np.frombuffer(port.get_buffer(), np.float32)
        self.stamps[self.cycles] = self.client.last_frame_time
        self.cycles += 1
        if self.first_sound is None and part.any():
            self.first_sound = time.monotonic(), int(self.client.last_frame_time)
            self._until_sound = False

    def connect(self, within: float = 300.0) -> None:
        """Until the player's outputs are there and heard."""
        end = time.monotonic() + within
        while time.monotonic() < end:
            self._new.wait(0.02)
            self._new.clear()
            playing = self.theirs()
            if len(playing) >= len(self._ports):
                with contextlib.suppress(self._library.JackError):
                    for theirs, mine in zip(playing, self._ports):
                        self.client.connect(theirs.name, mine.name)
                    return
        raise SystemExit("no player has come to JACK")

    def theirs(self) -> list[Any]:
        """The player's output ports."""
        return [port for port in self.client.get_ports(is_audio=True, is_output=True) if not port.name.startswith(("system:", "ear:"))]

    def heard(self) -> np.ndarray:
        """What was heard so far: float32 (frames, channels)."""
        return self.sound[:self.cycles * self.period]

    def close(self) -> None:
        self.client.deactivate()
        self.client.close()

    def __enter__(self) -> "Ear":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
