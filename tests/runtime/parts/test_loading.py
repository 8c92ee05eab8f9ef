"""Artists' files: run once each, afresh, and every fault by file and line."""
from __future__ import annotations

import sys
from pathlib import Path

import pytest

from installation.runtime.parts.loading import driver_file, fault_of, load_driver, load_scene, shipped
from installation.terms.fault import Fault

GOOD = "from installation import Scene\nclass Tide(Scene):\n    number = {}\n"


@pytest.mark.parametrize("text, where, told", [
    ("from installation import Scene\n", "", "defines no scene"),
    (GOOD.format(1) + "class Ebb(Scene):\n    pass\n", "", "Tide, Ebb"),
    ("class Tide:\n  x = (1,\n", ":2", "SyntaxError"),
    ("from installation import Scene\n\n\nimport nothing_like_it\n", ":4", "nothing_like_it"),
    ("def a():\n    return 1 / 0\n\n\na()\n", ":2", "ZeroDivisionError"),
    ("raise SystemExit(3)\n", ":1", "SystemExit"),
    ("from installation import Scenes\n", ":1", "Scenes"),
    ("from installation import Scene, param\nclass Tide(Scene):\n    level = param(1, curve='steep')\n", ":3", "steep"),
])
def test_what_is_wrong_is_named_by_file_and_line(tmp_path: Path, text: str, where: str, told: str) -> None:
    path = tmp_path / "tide.py"
    path.write_text(text)
    before = set(sys.modules)
    with pytest.raises(Fault) as caught:
        load_scene(path)
    assert caught.value.where == f"{path}{where}" and told in caught.value.say("en")
    assert not {name for name in set(sys.modules) - before if name.startswith("piece_")} or not where


@pytest.mark.parametrize("content, told", [(b"\xff\xfe\x00x", "not text"), (b"#" * 1_100_000, "larger"), (None, "cannot be read")])
def test_what_is_no_source_is_refused(tmp_path: Path, content: bytes | None, told: str) -> None:
    path = tmp_path / "tide.py"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Fault, match=told):
        load_scene(path)


def test_an_edited_file_never_meets_its_former_self_and_tried_text_is_run_whatever_was_saved_since(tmp_path: Path) -> None:
    path = tmp_path / "tide.py"
    path.write_text(GOOD.format(1))
    first = load_scene(path)
    path.write_text(GOOD.format(2))
    assert (first.number, load_scene(path).number, load_scene(path, GOOD.format(3)).number) == (1, 2, 3)      # type: ignore[attr-defined]
    assert first.__module__ != load_scene(path).__module__


def test_drivers_are_found_in_the_piece_and_among_the_shipped(tmp_path: Path) -> None:
    assert driver_file("serial_range", tmp_path) == shipped("sensors") / "serial_range.py"
    assert load_driver(driver_file("csv_line", tmp_path)).__name__
    own = tmp_path / "sensors" / "mine.py"
    own.parent.mkdir()
    own.write_text("from installation import Sensor\nclass Mine(Sensor):\n    gives = {'x': 'm'}\n    def decode(self, frame):\n        return {}\n")
    assert driver_file("sensors/mine.py", tmp_path) == own and load_driver(own).__name__ == "Mine"
    with pytest.raises(Fault, match="serial_rang") as caught:
        driver_file("serial_rang", tmp_path)
    assert "serial_range" in caught.value.say("en")


def test_an_error_is_placed_at_the_artists_innermost_line() -> None:
    try:
        int("one")
    except ValueError as error:
        fault = fault_of(error, Path(__file__))
    assert fault.where.startswith(f"{__file__}:") and "ValueError" in fault.say()
