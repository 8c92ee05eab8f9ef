"""The piece in words, as pages and tablets show it."""
from __future__ import annotations

from pathlib import Path

from installation.rules.config import load_piece
from installation.rules.describe import moved_by

PIECE = """
piece: x
sensors:
  plinth: {driver: serial_range, device: x}
scenes: {tide: {file: scenes/tide.py}}
mappings:
  - {from: plinth.distance, to: tide.closeness, range: [3 m, 40 cm], smooth: 0.4, when_stale: 0}
  - {from: plinth.distance, to: /room/gain, when_stale: hold}
"""


def test_which_mapping_moves_a_value_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "scenes").mkdir()
    (tmp_path / "scenes/tide.py").write_text("")
    (tmp_path / "config.yaml").write_text(PIECE)
    moved = moved_by(load_piece(tmp_path))
    assert moved.keys() == {"/scene/tide/closeness", "/room/gain"}
    assert moved["/scene/tide/closeness"][0].startswith("plinth.distance · range") and "smooth 0.4" in moved["/scene/tide/closeness"][0]
    assert moved["/room/gain"] == ["plinth.distance · when silent: hold"]
