"""A serial line: opened by a name that lasts, read without blocking, taken up again when it was unplugged.

    port = SerialPort("usb-Arduino_Uno_85438-if00", 115200, on_data, on_state)
    port.open()                     # needs a running event loop; returns at once
    port.write(frame)               # bytes → True if accepted, False while the device is away; never blocks
    await port.close(linger=0.5)    # lets the last frame leave

`on_data(bytes)` and `on_state(State, Fault | None)` are called in the event loop: `State.ABSENT` with a Fault when the device is
not there or was lost (once for each reason), `State.OPEN` with None each time it was opened, `State.CLOSED` at the end.
What waits to be written is bounded and the newest wins: see `wire.Wire`. How names are read: `serial_places`.

pyserial opens the line and sets its speed; after that only the file descriptor is used. Its asyncio relatives keep unbounded
buffers and raise in their own callbacks (pyserial-asyncio-fast 0.16), which is why the transport is ours.
"""
from __future__ import annotations

import errno
import os
import termios
from collections.abc import Callable

from ..terms.fault import Fault
from ..terms.words import both
from .serial_places import Places, resolve
from .wire import Opened, State, Wire

__all__ = ["SerialPort", "State", "open_serial"]


class SerialPort(Wire):
    """One serial line; see the module's docstring.

    device    a name as in `serial_places`
    baud      bits a second; a device that ignores it (a USB-native board) may be given any
    places    the folders that are searched
    """

    def __init__(self, device: str, baud: int, on_data: Callable[[bytes], None],
                 on_state: Callable[[State, Fault | None], None], *, waiting: int = 1,
                 places: Places = Places()) -> None:  # noqa: B008
        super().__init__(lambda: open_serial(device, baud, places), on_data, on_state, waiting=waiting, name=device)
        self.device, self.baud = device, baud


def open_serial(device: str, baud: int, places: Places = Places()) -> Opened:  # noqa: B008
    """Open a serial line for this process alone. Blocks; raises Fault if it is missing, ambiguous, taken or forbidden."""
    import serial  # here, so that a piece without serial sensors does not load it

    path = resolve(device, places)
    try:
        # Always exclusive: the second of two opens fails only if the first asked for it too.
        line = serial.Serial(path, baud, timeout=0, write_timeout=0, exclusive=True)
    except (OSError, termios.error, ValueError) as error:    # SerialException is an OSError
        raise _why(error, path, baud, os.path.exists(path)) from error
    try:
        os.set_blocking(line.fd, False)
    except OSError as error:
        line.close()
        raise _why(error, path, baud, os.path.exists(path)) from error
    return Opened(line.fd, path, line.close)


def _why(error: Exception, path: str, baud: int, exists: bool) -> Fault:
    number = getattr(error, "errno", None)
    if number is None and error.args and isinstance(error.args[0], int):    # termios.error
        number = error.args[0]
    if number in (errno.EACCES, errno.EPERM):
        return Fault(both("this user may not open it", "cet utilisateur n'a pas le droit de l'ouvrir"), where=path,
                     remedy=both("sudo usermod -aG dialout $USER, then log out and in again.",
                                 "sudo usermod -aG dialout $USER, puis rouvrez la session."), id="serial.forbidden")
    if number in (errno.EAGAIN, errno.EBUSY):
        return Fault(both("something else holds it", "un autre programme l'occupe"), where=path,
                     remedy=both("Another sensor of this piece, the Arduino serial monitor, or ModemManager?",
                                 "Un autre capteur de cette pièce, le moniteur série d'Arduino, ou ModemManager ?"),
                     id="serial.busy")
    if not exists or number in (errno.ENOENT, errno.ENODEV, errno.ENXIO, errno.EIO):
        return Fault(both("it is not there any more", "il n'est plus là"), where=path,
                     remedy=both("It is taken up again as soon as it returns.", "Il est repris dès son retour."),
                     id="wire.missing")
    return Fault(both(f"it would not open at {baud} baud: {error}", f"impossible de l'ouvrir à {baud} bauds : {error}"),
                 where=path,
                 remedy=both("Is it a serial device, and does it know that baud rate?",
                             "Est-ce bien un appareil série, et connaît-il ce débit ?"), id="serial.open")
