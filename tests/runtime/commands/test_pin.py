"""`installation pin`: a line for config.yaml that `check` accepts, and nothing of the PIN in it."""
from __future__ import annotations

import io
import os
import pty
from pathlib import Path

import pytest

from installation.cli import PIECE, WELL, main
from installation.rules.config import load_piece
from installation.rules.pin import matches
from installation.terms.fault import Fault
from tests.runtime.running import PYTHON, ROOT


def piece_with(text: str, folder: Path):
    (folder / "config.yaml").write_text("piece: x\n" + text, encoding="utf-8")
    return load_piece(folder)


@pytest.mark.parametrize("role", ["artist", "attendant", "visitor"])
def test_what_it_prints_can_be_pasted(role: str, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(" 135 790\n"))
    assert main(["pin", role]) == WELL
    printed = capsys.readouterr().out
    assert "135790" not in printed
    pins = piece_with(printed, tmp_path).remote.web.pins
    assert matches("135790", getattr(pins, role).reveal()) and repr(getattr(pins, role)) == "•••"


def test_without_a_pin_one_is_drawn(capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("\n"))
    assert main(["pin"]) == WELL
    printed = capsys.readouterr()
    pin = printed.err.split(":")[0].split()[1]
    assert len(pin) == 6 and matches(pin, piece_with(printed.out, tmp_path).remote.web.pins.artist.reveal())


@pytest.mark.parametrize("pin", ["123", "1" * 65])
def test_a_pin_has_a_length(pin: str, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(pin + "\n"))
    assert main(["pin"]) == PIECE and "characters" in capsys.readouterr().err


@pytest.mark.parametrize("second, said", [("135790", "scrypt:16384"), ("135791", "two different PINs")])
def test_on_a_terminal_it_asks_twice_and_shows_nothing(second: str, said: str, tmp_path: Path) -> None:
    child, terminal = pty.fork()
    if child == 0:
        os.environ["PYTHONPATH"] = str(ROOT)
        os.execv(PYTHON, [PYTHON, "-m", "installation", "pin"])
    told = b""
    for asked, typed in ((b"PIN", "135790"), (b"once more", second)):
        while asked not in told:
            told += os.read(terminal, 4096)
        os.write(terminal, f"{typed}\n".encode())
    try:
        while piece := os.read(terminal, 4096):
            told += piece
    except OSError:                                                     # it has ended
        pass
    os.waitpid(child, 0)
    os.close(terminal)
    assert said in told.decode() and b"13579" not in told


@pytest.mark.parametrize("value", ["123456", "artist", '"scrypt:1:1:1:00:00"', "[1]", "{a: 1}"])
def test_a_pin_in_plain_is_refused_where_its_hash_belongs(value: str, tmp_path: Path) -> None:
    with pytest.raises(Fault, match="not the hash of a PIN") as refused:
        piece_with(f"remote:\n  web:\n    pins:\n      artist: {value}\n", tmp_path)
    assert "remote.web.pins.artist" in refused.value.say() and "installation pin" in refused.value.say()
