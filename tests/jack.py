"""JACK for tests: private servers that have no card, and a process that writes down what they play.

    with Server("PLAYERa", outputs=4) as server:      # jackd, dummy driver, a name of its own
        with server.recorder(4) as recorder:          # hears every client's outputs, from each one's first cycles on
            …
            sound = recorder.read()                   # float32 (frames, channels); NaN where a cycle was not heard

The recorder is a process of its own, so that a test's Python never makes it late; each cycle lands at its own frame time, so that
what it missed shows as NaN rather than as a shift.
"""
from __future__ import annotations

import contextlib
import mmap
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from tests.bench import lack, need, wait_until

LONGEST = 48_000 * 60      # frames a recorder holds


class Server:
    """A JACK server without a card. `kill` and `start` stand for pulling the card out and putting it back."""

    def __init__(self, name: str, outputs: int = 2, inputs: int = 2, rate: int = 48_000, period: int = 256) -> None:
        self.jackd = need("jackd")
        self.name = f"{name}{os.getpid()}"
        self.outputs, self.inputs, self.rate, self.period = outputs, inputs, rate, period
        self.environment = {**os.environ, "JACK_DEFAULT_SERVER": self.name, "JACK_NO_AUDIO_RESERVATION": "1",
                            "JACK_NO_START_SERVER": "1"}
        self.is_real_time = False
        self._process: subprocess.Popen | None = None
        self._left = False

    def start(self) -> "Server":
        """Run the server, real-time where the machine permits it, and wait until clients can connect."""
        for scheduling in (["-R", "-P", "60"], ["-R", "-P", "60"], ["-r"]):
            process = self._process = subprocess.Popen(
                [self.jackd, "-n", self.name, *scheduling, "-d", "dummy", "-r", str(self.rate), "-p", str(self.period),
                 "-C", str(self.inputs), "-P", str(self.outputs)],
                env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
            try:
                self._await(process)
            except BaseException:
                self.kill()
                raise
            if process.poll() is None:
                self.is_real_time = _has_real_time(process.pid)
                return self
            _forget_dead_servers()
        raise lack("jackd does not start")

    def kill(self) -> None:
        """End the server at once, as if its card had been pulled out, and clear away what it leaves in /dev/shm."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None
            self._left = True
        for left in Path("/dev/shm").glob(f"jack*_{self.name}_*"):
            left.unlink(missing_ok=True)

    def stop(self) -> None:
        """End the server in good order. JACK remembers at most eight, also those that were killed, until they end in good order."""
        if self._process is None and self._left:
            self.start()
        if self._process:
            self._process.terminate()
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self.kill()
        self._process, self._left = None, False
        self.kill()

    def recorder(self, channels: int) -> "Recorder":
        return Recorder(self, channels)

    @contextlib.contextmanager
    def tones(self, *hertz: float) -> Iterator[None]:
        """A process that plays a tone of 0.25 into the first input of whatever listens, another into the second, and so on."""
        process = subprocess.Popen([sys.executable, "-m", "tests.jack", "tones", *map(str, hertz)], env=self.environment,
                                   stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent.parent)
        try:
            assert process.stdout and process.stdout.readline().strip() == "playing"
            yield
        finally:
            process.kill()
            process.wait()
            process.stdout and process.stdout.close()

    def __enter__(self) -> "Server":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _await(self, process: subprocess.Popen) -> None:
        wait_until(lambda: process.poll() is not None or self._listening(), 10, "jackd")

    def _listening(self) -> bool:
        """Asked by a client of our own: Debian 13's jackd2 comes without jack_wait."""
        return subprocess.run([sys.executable, "-c", "import jack; jack.Client('probe', no_start_server=True).close()"], env=self.environment,
                              check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


class Recorder:
    """What every client of the server plays, channel by channel in the order of its ports, added up."""

    def __init__(self, server: Server, channels: int) -> None:
        self._channels = channels
        self._fd = os.memfd_create("recording")
        os.truncate(self._fd, LONGEST * channels * 4 + 8)
        self._memory = mmap.mmap(self._fd, 0)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.jack", str(self._fd), str(channels)], env=server.environment, pass_fds=(self._fd,),
            stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent.parent)
        assert self._process.stdout
        assert self._process.stdout.readline().strip() == "recording"

    @property
    def frames(self) -> int:
        """How many frames have gone by."""
        return int(np.frombuffer(self._memory, "i8", 1)[0])

    def read(self) -> np.ndarray:
        """Everything so far: float32 (frames, channels), NaN where a cycle was not heard."""
        return np.frombuffer(self._memory, "f4", offset=8).reshape(-1, self._channels)[: self.frames].copy()

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        assert self._process.stdout
        self._process.stdout.close()
        os.close(self._fd)

    def __enter__(self) -> "Recorder":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def _has_real_time(pid: int) -> bool:
    """Whether one of its threads is real-time: jackd asked for it (-R) goes on without where an ordinary user may not."""
    policies = {os.sched_getscheduler(int(thread.name)) & ~os.SCHED_RESET_ON_FORK for thread in Path(f"/proc/{pid}/task").iterdir()}
    return bool(policies & {os.SCHED_FIFO, os.SCHED_RR})


def _forget_dead_servers() -> None:
    """Clear JACK's list of servers, if none is alive on this machine: killed ones fill its eight places for ever."""
    for status in Path("/proc").glob("[0-9]*/comm"):
        with contextlib.suppress(OSError):
            if status.read_text().strip() == "jackd":
                return
    Path("/dev/shm/jack-shm-registry").unlink(missing_ok=True)


def _record(fd: int, channels: int) -> None:
    """The recorder's process: connect whatever plays, write each cycle at its frame time."""
    import jack

    memory = mmap.mmap(fd, 0)
    heard = np.frombuffer(memory, "f4", offset=8).reshape(-1, channels)
    frames = np.frombuffer(memory, "i8", 1)
    heard[:] = np.nan
    client = jack.Client("recorder", no_start_server=True)
    ports = [client.inports.register(f"in_{channel}") for channel in range(channels)]
    first: list[int] = []
    gone = threading.Event()

    @client.set_process_callback
    def process(count: int) -> None:
        now = client.last_frame_time
        if not first:
            first.append(now)
        at = (now - first[0]) & 0xFFFFFFFF
        if at + count > len(heard):
            return
        for channel, port in enumerate(ports):
            heard[at:at + count, channel] = np.frombuffer(port.get_buffer(), "f4")
        frames[0] = at + count

    client.set_shutdown_callback(lambda status, reason: gone.set())
    client.activate()
    print("recording", flush=True)
    signal.signal(signal.SIGTERM, lambda *_: gone.set())
    while not gone.is_set():
        with contextlib.suppress(jack.JackError):      # a client left between being listed and being connected
            _connect(client, ports)
        time.sleep(0.0005)
    os._exit(0)


def _connect(client: Any, ports: list) -> None:
    playing = [port for port in client.get_ports(is_audio=True, is_output=True) if not port.name.startswith(("system:", "tones:"))]
    joined = {other.name for port in ports for other in port.connections}
    count: dict[str, int] = {}
    for port in playing:
        owner = port.name.rsplit(":", 1)[0]
        number = count.get(owner, 0)
        count[owner] = number + 1
        if number < len(ports) and port.name not in joined:
            client.connect(port.name, ports[number].name)


def _play(hertz: list[float]) -> None:
    """The process of `tones`: plays, and connects itself to whatever listens."""
    import jack

    client = jack.Client("tones", no_start_server=True)
    ports = [client.outports.register(f"out_{channel}") for channel in range(len(hertz))]

    @client.set_process_callback
    def process(count: int) -> None:
        times = (client.last_frame_time + np.arange(count)) / client.samplerate
        for each, port in zip(hertz, ports):
            np.frombuffer(port.get_buffer(), "f4")[:] = 0.25 * np.sin(2 * np.pi * each * times)

    client.activate()
    print("playing", flush=True)
    while True:
        with contextlib.suppress(jack.JackError):
            listening = [port for port in client.get_ports(is_audio=True, is_input=True) if not port.name.startswith(("system:", "recorder:"))]
            for number, port in enumerate(ports):
                if number < len(listening) and not port.connections:
                    client.connect(port.name, listening[number].name)
        time.sleep(0.01)


if __name__ == "__main__":
    if sys.argv[1] == "tones":
        _play([float(each) for each in sys.argv[2:]])
    _record(int(sys.argv[1]), int(sys.argv[2]))
