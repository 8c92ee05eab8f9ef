"""Where the engine writes: the same places, wherever whoever reads them stands."""
from __future__ import annotations

from pathlib import Path

from installation.runtime.places import cache_folder, state_folder


def test_a_piece_in_the_current_folder_is_found_from_elsewhere(tmp_path: Path, monkeypatch) -> None:
    for name in ("CACHE_DIRECTORY", "STATE_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    assert cache_folder(Path(".")) == tmp_path / ".cache" and state_folder(Path(".")) == tmp_path / "state"


def test_the_service_names_its_own_places(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("CACHE_DIRECTORY", f"{tmp_path}/c:{tmp_path}/d")
    monkeypatch.setenv("STATE_DIRECTORY", f"{tmp_path}/s")
    assert cache_folder(Path("/piece")) == tmp_path / "c" and state_folder(Path("/piece")) == tmp_path / "s"
