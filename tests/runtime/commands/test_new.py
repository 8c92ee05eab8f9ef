"""What `new` makes is a piece: check accepts it, and it sounds."""
from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
import soundfile

from installation.rules.config import load_piece
from installation.runtime.commands.checking import check
from installation.runtime.commands.new import new
from installation.runtime.rehearsal import render
from installation.terms.fault import Fault
from installation.terms.words import speak


@pytest.fixture(autouse=True)
def language_of_its_own(cache: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CACHE_DIRECTORY", str(cache))
    yield
    speak(None)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_check_accepts_it(language: str, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    speak(language)
    assert new(tmp_path / "my-piece") == 0
    capsys.readouterr()
    assert check(tmp_path / "my-piece", as_json=True) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["ok"] and not found["faults"]
    piece = load_piece(tmp_path / "my-piece")
    assert (piece.title, piece.language) == ("my piece", language)


def test_it_sounds_without_a_word_of_complaint_and_answers_its_visitors(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    speak("en")
    new(tmp_path / "piece")
    capsys.readouterr()
    trace = tmp_path / "trace.jsonl"
    trace.write_text("".join(json.dumps({"t": t, "sensor": "visitors", "field": "plinth", "value": value}) + "\n"
                             for t, value in [(0.0, 4.0), *((5 + n / 4, 0.4) for n in range(20))]))
    assert render(tmp_path / "piece", seconds=10, out=tmp_path / "room.wav", sensors=trace, quiet=False) == 0
    assert capsys.readouterr().err == ""
    sound, rate = soundfile.read(tmp_path / "room.wav", always_2d=True)
    far, near = sound[3 * rate:5 * rate], sound[8 * rate:]
    assert -60 < 20 * np.log10(np.sqrt(np.mean(far ** 2))) < 20 * np.log10(np.sqrt(np.mean(near ** 2))) < -12
    assert above(near, 1000, rate) > 10 * above(far, 1000, rate)


def above(sound: np.ndarray, hertz: float, rate: int) -> float:
    """The mean power above a frequency."""
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))[:, None], axis=0)) ** 2
    return float(spectrum[round(hertz * len(sound) / rate):].sum() / len(sound) ** 2)


@pytest.mark.parametrize("name", ["a piece", 'say "tide": {now}', "50 % – l'été", "no", "12:30", "-", "#1", "a\nb", "x" * 200])
def test_any_folder_name_will_do(name: str, tmp_path: Path) -> None:
    new(tmp_path / name)
    assert load_piece(tmp_path / name).title


def test_an_empty_folder_is_taken_and_a_full_one_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert new(tmp_path / "empty") == 0
    before = (tmp_path / "empty" / "config.yaml").read_bytes()
    for taken in (tmp_path / "empty", tmp_path / "empty" / "config.yaml"):
        with pytest.raises(Fault) as fault:
            new(taken)
        assert fault.value.id == "new.exists" and fault.value.remedy
    assert (tmp_path / "empty" / "config.yaml").read_bytes() == before


def test_a_place_that_cannot_be_written_is_the_machines_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Fault) as fault:
        new(tmp_path / "file" / "piece")
    assert fault.value.id == "machine.write"
    assert not os.path.exists(tmp_path / "file" / "piece")
