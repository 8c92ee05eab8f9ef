"""What a cut leaves behind is cleared away at the next start, and nothing else is."""
from __future__ import annotations

import os
from pathlib import Path

from installation.runtime.memory.boots import boot_number
from installation.runtime.memory.sweeping import sweep
from installation.runtime.places import write_whole
from installation.terms.fault import Fault, Recovery
from tests.runtime.power import Machine


def test_half_written_files_go_and_what_belongs_to_somebody_stays(tmp_path: Path) -> None:
    told: list[Fault | Recovery] = []
    state, piece, cache = (tmp_path / name for name in ("state", "piece", "cache"))
    write_whole(state / "values.json", b"{}")
    write_whole(piece / "config.yaml", b"piece: Small\n")
    for file in (state / "values.json", piece / "config.yaml"):
        with Machine(4):
            write_whole(file, b"x" * 100)
    (cache / "recordings").mkdir(parents=True)
    for name in (".abc.part", "recordings/.12-abc.wav", "whole.object", "recordings/abc.wav"):
        (cache / name).write_bytes(b"x")
        os.utime(cache / name, (1.0, 1.0))
    (cache / ".young.part").write_bytes(b"x")                              # another process may be writing it
    (piece / ".config.yaml.swp").write_bytes(b"an editor's")
    (piece / ".notes.part").write_bytes(b"somebody's")
    assert len(list(state.iterdir())) == 2 and len(list(piece.iterdir())) == 4
    sweep(state, piece, cache, told.append)
    assert [path.name for path in state.iterdir()] == ["values.json"]
    assert sorted(path.name for path in piece.iterdir()) == [".config.yaml.swp", ".notes.part", "config.yaml"]
    assert sorted(path.name for path in cache.rglob("*") if path.is_file()) == [".young.part", "abc.wav", "whole.object"] and not told
    sweep(tmp_path / "none", tmp_path / "none", tmp_path / "none", told.append)


def test_files_of_zeros_are_told_kept_and_begun_anew(tmp_path: Path) -> None:
    told: list[Fault | Recovery] = []
    for name in ("boot.json", "clock.json", "healing.json", "values.json"):
        (tmp_path / name).write_bytes(bytes(100))
    sweep(tmp_path, tmp_path, tmp_path, told.append)
    assert sorted(what.where for what in told if isinstance(what, Fault)) == [str(tmp_path / name) for name in ("boot.json", "clock.json", "healing.json")]
    assert sum(isinstance(what, Recovery) for what in told) == 3 and boot_number(tmp_path / "boot.json") == 1
    assert {path.name for path in tmp_path.iterdir()} == {"boot.json", "boot.json.damaged", "clock.json.damaged", "healing.json.damaged", "values.json"}
