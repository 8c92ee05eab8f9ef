"""Every look of the doctor has words in both languages and, where something is wrong, a remedy."""
from __future__ import annotations

import json
from pathlib import Path

import pytest

from installation.rules.config import load_piece
from installation.runtime.commands.doctor import doctor, look
from installation.runtime.commands.new import new
from installation.terms.words import speak, words
from tests.jack import Server


@pytest.fixture
def piece(tmp_path: Path) -> Path:
    new(tmp_path / "piece")
    return tmp_path / "piece"


def looks(folder: Path):
    return list(look(load_piece(folder), folder))


def change(folder: Path, old: str, new: str) -> None:
    config = folder / "config.yaml"
    assert old in config.read_text()
    config.write_text(config.read_text().replace(old, new))


def test_it_looks_at_everything_a_helper_asks_for(piece: Path) -> None:
    seen = {each.what.en for each in looks(piece)}
    assert seen >= {"engine", "packages", "real-time priority", "locked memory", "sound cards", "serial ports", "MIDI ports", "disk", "state",
                    "clock", "cache"}
    assert seen & {"groups", "group"}


def test_what_is_not_well_has_a_remedy_and_all_is_said_twice(piece: Path) -> None:
    for each in looks(piece):
        assert each.what.en and each.what.fr
        assert words(each.found).en and words(each.found).fr
        assert each.state in ("ok", "care", "ill")
        if each.state != "ok":
            assert each.remedy.en and each.remedy.fr, each


def test_a_sensor_that_is_not_plugged_in_is_named(piece: Path) -> None:
    text = (piece / "config.yaml").read_text()
    start, end = text.index("sensors:"), text.index("mappings:")
    (piece / "config.yaml").write_text(text[:start] + "sensors:\n  plinth: {driver: serial_range, device: usb-Absent-if00}\n" + text[end:])
    change(piece, "visitors.plinth", "plinth.distance")
    missing = [each for each in looks(piece) if each.what.en == "serial port"]
    assert [each.state for each in missing] == ["care"] and "usb-Absent-if00" in words(missing[0].found).en


@pytest.mark.jack
def test_a_card_that_is_not_there_among_others_is_the_machines_fault(piece: Path, monkeypatch: pytest.MonkeyPatch,
                                                                     capsys: pytest.CaptureFixture) -> None:
    with Server("DOCTOR") as server:
        for name in ("JACK_DEFAULT_SERVER", "JACK_NO_START_SERVER", "JACK_NO_AUDIO_RESERVATION"):
            monkeypatch.setenv(name, server.environment[name])
        assert doctor(piece) == 0
        change(piece, "card: auto", "card: Umbrella 8000")
        capsys.readouterr()
        assert doctor(piece) == 3
        assert "✗" in capsys.readouterr().out


def test_as_data(piece: Path, capsys: pytest.CaptureFixture) -> None:
    doctor(piece, as_json=True)
    data = json.loads(capsys.readouterr().out)
    assert all(set(each) == {"state", "what", "found", "remedy"} and set(each["what"]) == {"en", "fr"} for each in data)


@pytest.mark.parametrize("language, word", [("en", "engine"), ("fr", "moteur")])
def test_it_speaks_the_language_of_the_piece(piece: Path, language: str, word: str, capsys: pytest.CaptureFixture) -> None:
    text = (piece / "config.yaml").read_text()
    (piece / "config.yaml").write_text(text.replace("language: en", f"language: {language}").replace("language: fr", f"language: {language}"))
    capsys.readouterr()
    doctor(piece)
    assert capsys.readouterr().out.startswith(f"✓ {word}")
    speak(None)


def test_without_a_piece_the_machine_is_looked_at_all_the_same(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert doctor(tmp_path) in (0, 3)
    assert "config.yaml" in capsys.readouterr().out
