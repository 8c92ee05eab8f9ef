"""What the service manager hears, on a real datagram socket."""
from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from installation.ports.host import Notify


@pytest.fixture(params=["file", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, socket.socket]]:
    """The manager's end of the line, at a path or at an abstract address."""
    ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    ear.settimeout(5)
    name = str(tmp_path / "notify") if request.param == "file" else f"@installation-test-{os.getpid()}"
    ear.bind(name if request.param == "file" else "\0" + name[1:])
    yield name, ear
    ear.close()


def test_it_says_ready_alive_status_and_stopping(manager: tuple[str, socket.socket]) -> None:
    address, ear = manager
    notify = Notify({"NOTIFY_SOCKET": address})
    said = []
    for each in (lambda: notify.ready("plays"), notify.alive, lambda: notify.status("♪ tide"), notify.stopping):
        assert each()
        said.append(ear.recv(4096).decode())
    assert said == ["READY=1\nSTATUS=plays", "WATCHDOG=1", "STATUS=♪ tide", "STOPPING=1"]


def test_a_status_is_one_line_and_cannot_carry_an_order(manager: tuple[str, socket.socket]) -> None:
    address, ear = manager
    notify = Notify({"NOTIFY_SOCKET": address})
    for text in ("plays\nSTOPPING=1", "plays\rSTOPPING=1"):
        notify.status(text)
        assert ear.recv(4096) == b"STATUS=plays"
        notify.ready(text)
        assert ear.recv(4096) == b"READY=1\nSTATUS=plays"
    notify.status("")
    assert ear.recv(4096) == b"STATUS="


@pytest.mark.parametrize("address", ["", "relative/path", "tcp:127.0.0.1:9", "/nowhere/at/all", "@nobody-listens-here"])
def test_where_nobody_listens_it_is_silent(address: str) -> None:
    assert Notify({"NOTIFY_SOCKET": address}).ready() is False


def test_a_full_line_does_not_hold_anybody_up(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(str(tmp_path / "notify"))
        notify = Notify({"NOTIFY_SOCKET": str(tmp_path / "notify")})
        assert not all(notify.alive() for _ in range(10_000))


@pytest.mark.parametrize("given, seconds", [
    ({"WATCHDOG_USEC": "10000000"}, 10.0),
    ({"WATCHDOG_USEC": "500000", "WATCHDOG_PID": str(os.getpid())}, 0.5),
    ({"WATCHDOG_USEC": "500000", "WATCHDOG_PID": "1"}, None),        # meant for another process
    ({"WATCHDOG_USEC": "0"}, None),
    ({"WATCHDOG_USEC": "soon"}, None),
    ({"WATCHDOG_USEC": "-5"}, None),
    ({}, None),
])
def test_how_often_a_sign_of_life_is_due(given: dict[str, str], seconds: float | None) -> None:
    assert Notify(given).watchdog == seconds
