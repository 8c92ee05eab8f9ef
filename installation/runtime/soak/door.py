"""What a running piece says by OSC, as any tablet would ask.

    door = Door(port); door.ask("/system/block_age")      the value; None if nothing answers
    door.write("/room/gain", -6.0)
"""
from __future__ import annotations

import socket
import time

from ...ports.osc_packet import Malformed, message, parse

PATIENCE = 0.5           # s for an answer
LARGEST = 65_536


class Door:
    """One socket, one piece on this machine."""

    def __init__(self, port: int) -> None:
        self._to = ("127.0.0.1", port)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))

    def ask(self, address: str) -> object:
        """The value of an address."""
        end = time.monotonic() + PATIENCE
        try:
            self._socket.sendto(message(address), self._to)
            while (left := end - time.monotonic()) > 0:
                self._socket.settimeout(left)
                for dated in parse(self._socket.recv(LARGEST)):
                    for said in dated.messages:
                        if said.address == address and said.arguments:
                            return said.arguments[0]
        except (OSError, Malformed):
            return None
        return None

    def write(self, address: str, value: float) -> None:
        """Move something."""
        self._socket.sendto(message(address, [value]), self._to)

    def close(self) -> None:
        """The socket."""
        self._socket.close()
