"""`installation layout`: a file for each app, of the piece in the repository and of broken ones."""
from __future__ import annotations

import json
import zlib
from pathlib import Path

import pytest

from installation.runtime.commands.layouts import APPS, layout
from installation.terms.fault import Fault, Faults

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("app", APPS)
def test_the_repositorys_piece(app, tmp_path, capsys):
    assert layout(app, tmp_path / "tablet", ROOT) == 0
    file, = (tmp_path / "tablet").iterdir()
    assert file.stem == "tide-and-embers"
    text = zlib.decompress(file.read_bytes()).decode() if app == "touchosc" else json.dumps(json.loads(file.read_text()))
    assert "/scene/tide/brightness" in text and "/room/gain" in text
    assert "9000" in capsys.readouterr().out


def test_a_piece_that_is_not_in_order_and_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "config.yaml").write_text("room: {gain: loud}\n")
    with pytest.raises(Faults):
        layout("touchosc", tmp_path / "out", tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(Fault) as caught:
        layout("touchosc", tmp_path / "file", ROOT)
    assert caught.value.id == "layout.write"
