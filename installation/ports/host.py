"""The machine's own service manager: ready, alive, status, stopping. sd_notify(3) in a few lines.

    Notify     says it; silent where nobody listens ($NOTIFY_SOCKET is not set)
"""
from __future__ import annotations

import os
import socket


class Notify:
    """The line to systemd."""

    def __init__(self, environment: dict[str, str] | None = None) -> None:
        env = os.environ if environment is None else environment
        self._address = env.get("NOTIFY_SOCKET", "")
        watchdog, owner = env.get("WATCHDOG_USEC", ""), env.get("WATCHDOG_PID", "")
        mine = watchdog.isdigit() and (not owner or owner == str(os.getpid()))
        self.watchdog: float | None = int(watchdog) / 1e6 if mine and int(watchdog) > 0 else None    # s between signs of life, at most

    def ready(self, status: str = "") -> bool:
        """The piece plays."""
        return self._send(f"READY=1\nSTATUS={_line(status)}")

    def alive(self) -> bool:
        """A sign of life for the watchdog."""
        return self._send("WATCHDOG=1")

    def status(self, line: str) -> bool:
        """One line for `systemctl status`."""
        return self._send(f"STATUS={_line(line)}")

    def stopping(self) -> bool:
        """It fades out and will be gone in a moment."""
        return self._send("STOPPING=1")

    def _send(self, state: str) -> bool:
        address = self._address
        if not address or address[0] not in "/@":
            return False
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
            line.setblocking(False)
            try:
                line.sendto(state.encode(), "\0" + address[1:] if address[0] == "@" else address)
            except OSError:
                return False
        return True


def _line(text: str) -> str:
    return text.splitlines()[0] if text else ""
