"""docs/your-own-unit.md says what is so: its scene is composed, compiled and heard."""
from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from installation.runtime.rehearsal import render
from tests.runtime.running import ROOT


def test_the_scene_of_the_page_plays(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "your-own-unit.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    (tmp_path / "scenes").mkdir()
    (tmp_path / "scenes" / "rust.py").write_text(code, encoding="utf-8")
    (tmp_path / "config.yaml").write_text("""
piece: Rust
sound: {card: none}
scenes:
  rust: {file: scenes/rust.py, params: {closeness: 0.8}}
score:
  - {layer: main, start: rust}
""", encoding="utf-8")
    assert render(tmp_path, seconds=2.0, out=tmp_path / "rust.wav", quiet=True) == 0
    import soundfile

    samples, _ = soundfile.read(tmp_path / "rust.wav")
    assert np.isfinite(samples).all() and 0.01 < np.abs(samples).max() < 1.0
