"""How one gets to the page: its address, the same as a QR code, and the line on the terminal."""
from __future__ import annotations

import io
import socket
from collections.abc import Callable

import segno

from ...ports.interface import address_of, is_numeric
from ...terms.fault import Fault
from ...terms.words import both, say

_BLACK_ON_WHITE, _PLAIN = "\x1b[30;107m", "\x1b[0m"


def reachable(interface: str) -> str:
    """An address by which a tablet reaches what listens on this interface: where it is all of them, the first that is not this machine's own."""
    if interface != "0.0.0.0":
        return address_of(interface) if not is_numeric(interface) else interface
    found = []
    for _, name in socket.if_nameindex():
        try:
            found.append(address_of(name))
        except Fault:
            continue
    return next((address for address in found if not address.startswith("127.")), "127.0.0.1")


def url(interface: str, port: int) -> str:
    """The page's address."""
    return f"http://{reachable(interface)}" + ("/" if port == 80 else f":{port}/")


def svg(address: str) -> bytes:
    """A QR code as a picture: black on white, whatever surrounds it."""
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="svg", scale=8, border=4, dark="#000", light="#fff")
    return out.getvalue()


def lines(address: str, pin: str, columns: int, fits: Callable[[str], bool] = lambda text: True) -> list[str]:
    """What the terminal is told: the QR code where it is wide enough (0 columns: no terminal), the address, and the PIN that was drawn.

    fits   whether the terminal's encoding can show a text
    """
    code = []
    matrix = [list(row) for row in segno.make(address, error="m", micro=False).matrix_iter(border=2)]
    if columns > len(matrix[0]) and fits("▀▄█"):
        for upper, lower in zip(matrix[::2], [*matrix[1::2], [0] * len(matrix[0])]):
            row = "".join("█" if a and b else "▀" if a else "▄" if b else " " for a, b in zip(upper, lower))
            code.append(f"{_BLACK_ON_WHITE}{row}{_PLAIN}")
    words = say(both(f"page: {address}", f"page : {address}"))
    return [*code, words + (f"  PIN {pin}" if pin else "")]
