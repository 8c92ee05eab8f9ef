"""`installation log`: what was written is printed for people, and chosen by time, kind and start of the machine."""
from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from installation.cli import main
from installation.rules.logbook import Entry, encode
from installation.runtime.memory.pages import append
from installation.terms.words import both, speak

NOW = time.time()


@pytest.fixture
def piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)
    monkeypatch.setenv("TZ", "UTC")
    (tmp_path / "config.yaml").write_text("piece: Small\nlanguage: fr\nscore: [broken\n")
    for entry in (Entry(NOW - 90_000, True, 1, 5.0, "start", both("it starts", "elle démarre")),
                  Entry(NOW - 80_000, False, 2, 5.0, "start", both("again", "encore")),
                  Entry(NOW - 60, True, 2, 9.0, "fault", both("cable out", "câble débranché"), {"where": "plinth", "id": "serial.lost"})):
        append(tmp_path / "state" / "logbook", encode(entry))
    yield tmp_path
    speak(None)


def test_it_is_printed_in_the_language_of_the_piece_though_its_config_is_broken(piece: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["log", str(piece)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3 and "elle démarre" in lines[0] and lines[1].startswith("~") and lines[2].endswith("2  fault    plinth: câble débranché")


@pytest.mark.parametrize("chosen, count", [(["--since", "2 h"], 1), (["--since", "3 d"], 3), (["--boot", "0"], 2), (["--boot", "-1"], 1),
                                           (["--boot", "1"], 1), (["--kind", "start"], 2),
                                           (["--kind", "start", "--kind", "fault", "--last", "1"], 1), (["--since", "2000-01-01"], 3)])
def test_what_is_wanted_is_chosen(piece: Path, capsys: pytest.CaptureFixture[str], chosen: list[str], count: int) -> None:
    assert main(["log", str(piece), "--json", *chosen]) == 0
    assert len([json.loads(line) for line in capsys.readouterr().out.splitlines()]) == count


def test_damage_is_said(piece: Path, capsys: pytest.CaptureFixture[str]) -> None:
    append(piece / "state" / "logbook", b"rubbish\n")
    assert main(["log", str(piece)]) == 0
    assert "1 ligne abîmée" in capsys.readouterr().err


def test_nonsense_and_no_logbook_are_said(piece: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["log", str(piece), "--since", "soon"]) == 1 and "« soon »" in capsys.readouterr().err
    assert main(["log", str(piece), "--state", str(tmp_path / "none")]) == 1 and "pas de journal" in capsys.readouterr().err
