"""config.yaml, written by the engine: the former file or the new one is whole, whatever happens."""
from __future__ import annotations

import os
from pathlib import Path

import pytest

from installation.rules.facts import SceneFacts
from installation.runtime.memory import rewriting
from installation.runtime.memory.presets import VERSIONS, PresetStore
from installation.runtime.memory.rewriting import write
from installation.terms.declaration import Declaration
from installation.terms.fault import Fault
from tests.runtime.power import Machine

BEFORE = "\ufeff# é\r\npiece: Small\r\nscenes:\r\n  tide: {file: tide.py}   # water\r\n"
AFTER = BEFORE.replace("tide.py}", "tide.py, params: {level: -20 dBFS}}")
PARAMS = {"tide": {"level": "-20 dBFS"}}
FACTS = {"tide": SceneFacts({"level": Declaration("/scene/tide/level", unit="dBFS", low=-60.0, high=-6.0, default=-30.0)})}


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(os, "fsync", lambda handle: None)
    (tmp_path / "tide.py").touch()
    return again(tmp_path / "config.yaml")


def again(file: Path) -> Path:
    file.write_bytes(BEFORE.encode())
    return file


def store(file: Path) -> PresetStore:
    return PresetStore([file.parent / "presets"])


def test_byte_for_byte_with_its_mark_and_its_line_ends(file: Path) -> None:
    done = write(file, PARAMS, store(file), {}, FACTS)
    assert file.read_bytes().decode() == AFTER and done.version == 1 and done.difference.count("\n") == 5
    assert write(file, PARAMS, store(file), {}, FACTS).version == 0


def test_wherever_the_power_is_cut_the_former_file_or_the_new_one_is_whole(file: Path) -> None:
    kinds, steps = set(), 0
    while True:
        again(file)
        with Machine(steps) as machine:
            write(file, PARAMS, store(file), {}, FACTS)
        text = file.read_bytes().decode()
        assert text in (BEFORE, AFTER)
        kinds.add(text)
        for version in (file.parent / "presets").rglob("0*.yaml"):
            assert version.read_bytes().decode() == BEFORE
        if machine.spent < steps:
            break
        steps += 1
    assert kinds == {BEFORE, AFTER}


@pytest.mark.parametrize("bytes_left", [0, 20, len(BEFORE.encode()) + 5])
def test_a_full_disk_leaves_it_as_it_is(file: Path, bytes_left: int) -> None:
    with Machine(full=bytes_left), pytest.raises(Fault) as caught:
        write(file, PARAMS, store(file), {}, FACTS)
    assert caught.value.id == "config.write" and "No space left" in caught.value.happened.en and file.read_bytes().decode() == BEFORE


def test_what_is_edited_at_the_same_moment_is_not_overwritten(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edited = BEFORE.replace("Small", "Large") + "# more\r\n"
    monkeypatch.setattr(rewriting, "_check", lambda *_: file.write_bytes(edited.encode()))
    with pytest.raises(Fault) as caught:
        write(file, PARAMS, store(file), {}, FACTS)
    assert caught.value.id == "config.edited" and file.read_bytes().decode() == edited


@pytest.mark.parametrize(("params", "id"), [({"tide": {"level": "3 Hz"}}, "config.check"), ({"tide": {"level": 0}}, "config.check"),
                                            ({"tide": {"nothing": 1}}, "config.check"), ({"embers": {"level": 1}}, "config.layout")])
def test_what_check_would_refuse_is_not_written(file: Path, params: dict, id: str) -> None:
    with pytest.raises(Fault) as caught:
        write(file, params, store(file), {}, FACTS)
    assert caught.value.id == id and file.read_bytes().decode() == BEFORE and not (file.parent / "presets").exists()


def test_a_link_stays_a_link(file: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    real = file.rename(tmp_path / "elsewhere" / "config.yaml")
    (tmp_path / "elsewhere" / "tide.py").touch()
    file.symlink_to(real)
    write(file, PARAMS, store(file), {}, FACTS)
    assert file.is_symlink() and real.read_bytes().decode() == AFTER


def test_fifty_former_files_are_kept_at_most(file: Path) -> None:
    for number in range(VERSIONS + 10):
        write(file, {"tide": {"level": f"-{number % 50 + 7} dBFS"}}, store(file), {}, FACTS)
    assert len(list((file.parent / "presets" / "versions" / "config.yaml").iterdir())) == VERSIONS - 1
