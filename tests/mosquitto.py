"""A real MQTT broker on the loopback, that can be killed and started again at the same port.

    with Broker(tmp_path) as broker:       # or Broker(tmp_path, user="room", password="secret")
        broker.port
        broker.kill(), broker.start()
"""
from __future__ import annotations

import contextlib
import socket
import subprocess
from pathlib import Path
from types import TracebackType

from tests.bench import need, wait_until


class Broker:
    """mosquitto; see the module's docstring."""

    def __init__(self, folder: Path, user: str = "", password: str = "") -> None:
        self._program = need("mosquitto")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        folder.mkdir(parents=True, exist_ok=True)
        self._conf = folder / "mosquitto.conf"
        text = f"listener {self.port} 127.0.0.1\npersistence false\nallow_anonymous {'false' if user else 'true'}\n"
        if user:
            words = folder / "passwords"
            subprocess.run([need("mosquitto_passwd"), "-c", "-b", str(words), user, password], check=True, capture_output=True)
            words.chmod(0o644)
            text += f"password_file {words}\n"
        for parent in (folder, *folder.parents):        # it lets go of root, and must still reach its files
            with contextlib.suppress(OSError):
                parent.chmod(parent.stat().st_mode | 0o011)
        self._conf.write_text(text)
        self._process: subprocess.Popen | None = None

    def __enter__(self) -> "Broker":
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.kill()

    def start(self) -> None:
        """Until it listens."""
        self._process = subprocess.Popen([self._program, "-c", str(self._conf)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until(self._listens, 20, "mosquitto")

    def kill(self) -> None:
        """At once, as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _listens(self) -> bool:
        with socket.socket() as line:
            return line.connect_ex(("127.0.0.1", self.port)) == 0
