"""Stand-ins for what is plugged in: a pseudo-terminal that appears under a by-id name, is pulled out and put back.

A pseudo-terminal has no speed of its own, so `Arduino.say` sleeps as long as a UART would take for the bytes.
"""
from __future__ import annotations

import asyncio
import os
import pty
import select
import tty
from pathlib import Path

from installation.ports.serial_places import Places


class Plug:
    """A device in a folder of links, as udev would make it."""

    def __init__(self, link: Path) -> None:
        self.link = link
        self.link.parent.mkdir(parents=True, exist_ok=True)
        self.master, slave = pty.openpty()
        tty.setraw(slave)
        self.terminal = os.ttyname(slave)
        self.link.symlink_to(self.terminal)
        os.set_blocking(self.master, False)
        self._slave: int | None = slave    # held until someone opened it, else the master reads EIO

    def pull(self) -> None:
        """Take it out."""
        if self.master >= 0:
            self.link.unlink(missing_ok=True)
            if self._slave is not None:
                os.close(self._slave)
                self._slave = None
            os.close(self.master)
            self.master = -1

    def write(self, data: bytes) -> int:
        """Write what the line takes now."""
        try:
            return os.write(self.master, data)
        except BlockingIOError:
            return 0

    async def say(self, data: bytes, baud: int = 0) -> None:
        """Write all of it, at the pace of a UART when a baud rate is given (ten bits a byte), 64 bytes at a time as USB does."""
        for start in range(0, len(data), 64):
            piece = data[start:start + 64]
            while piece:
                piece = piece[self.write(piece):]
                await asyncio.sleep(len(data[start:start + 64]) * 10 / baud if baud else 0)

    def heard(self) -> bytes:
        """What the other side wrote since the last call."""
        got = b""
        while select.select([self.master], [], [], 0)[0]:
            try:
                part = os.read(self.master, 65536)
            except OSError:
                break
            if not part:
                break
            got += part
        return got


def places(folder: Path) -> Places:
    """The folders of a machine with nothing plugged in."""
    for name in ("by-id", "dev", "sys"):
        (folder / name).mkdir(exist_ok=True)
    return Places(links=(folder / "by-id",), dev=folder / "dev", sysfs=folder / "sys")


def usb(at: Places, tty_name: str, terminal: str, number: str, product: str = "Uno") -> None:
    """Make the device file and the sysfs entries of a USB serial device."""
    (at.dev / tty_name).symlink_to(terminal)
    device = at.sysfs / "devices" / f"usb-{tty_name}"
    interface = device / "1-1:1.0"
    interface.mkdir(parents=True)
    for name, text in (("idVendor", "2341"), ("serial", number), ("manufacturer", "Arduino"), ("product", product)):
        (device / name).write_text(text + "\n")
    (at.sysfs / tty_name).mkdir()
    (at.sysfs / tty_name / "device").symlink_to(interface)


async def until(true, within: float = 10.0, what: str = "") -> None:
    """Let the loop run until the call gives something true."""
    loop = asyncio.get_running_loop()
    end = loop.time() + within
    while not true():
        if loop.time() > end:
            raise AssertionError(f"waited {within} s for {what or 'it'}")
        await asyncio.sleep(0.002)
