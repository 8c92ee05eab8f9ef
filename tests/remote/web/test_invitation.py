"""How one gets to the page: the QR code that a phone reads, and what the terminal says."""
from __future__ import annotations

import socket

import pytest
import segno

from installation.remote.web import invitation
from installation.terms.words import speak

ADDRESS = "http://192.168.1.20:8080/"


def matrix_of(lines: list[str]) -> list[list[int]]:
    """The code that half blocks on a terminal show."""
    rows: list[list[int]] = []
    for line in lines:
        cells = line.removeprefix("\x1b[30;107m").removesuffix("\x1b[0m")
        rows += [[int(cell in "█▀") for cell in cells], [int(cell in "█▄") for cell in cells]]
    return rows


def test_a_wide_terminal_shows_the_code_the_address_and_the_pin() -> None:
    *code, said = invitation.lines(ADDRESS, "123456", 120)
    meant = [list(row) for row in segno.make(ADDRESS, error="m", micro=False).matrix_iter(border=2)]
    assert matrix_of(code)[:len(meant)] == meant and said == f"page: {ADDRESS}  PIN 123456"
    assert all(len(line) - len("\x1b[30;107m\x1b[0m") == len(meant[0]) for line in code)


@pytest.mark.parametrize("columns, encoding", [(0, "utf-8"), (20, "utf-8"), (120, "ascii")])
def test_elsewhere_one_line_is_enough(columns: int, encoding: str) -> None:
    def fits(text: str) -> bool:
        return encoding == "utf-8" or text.isascii()

    speak("fr")
    try:
        assert invitation.lines(ADDRESS, "", columns, fits) == [f"page : {ADDRESS}"]
    finally:
        speak(None)


def test_the_picture_is_black_on_white_and_harmless() -> None:
    picture = invitation.svg(ADDRESS).decode()
    assert picture.lstrip().startswith(("<?xml", "<svg")) and "<script" not in picture and "#fff" in picture and "#000" in picture


def test_the_address_is_one_that_a_tablet_can_reach() -> None:
    assert invitation.url("127.0.0.1", 8080) == "http://127.0.0.1:8080/" and invitation.url("10.0.0.5", 80) == "http://10.0.0.5/"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as bound:
        bound.bind((invitation.reachable("0.0.0.0"), 0))                  # one of this machine's own
