"""What the examples of the words sound like: something, of a bearable level, the same every time."""
from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from installation.audio import ug
from installation.audio.examples import EXAMPLES, source_of
from installation.audio.flatten import flatten
from installation.audio.graph import Graph
from installation.audio.offline import render_plan
from installation.audio.page import page
from installation.audio.recording import load
from installation.audio.signal import BUS, Signal

ROOT, RATE = Path(__file__).parents[2], 48_000


class Speaker:
    def __init__(self, output: int, azimuth: float) -> None:
        self.output, self.azimuth, self.elevation, self.distance, self.position = output, azimuth, 0.0, 2.0, None


ROOM = (Speaker(1, 30.0), Speaker(2, -30.0))


def rendered(word: str, kernels: Path, cache: Path, seconds: float) -> np.ndarray:
    with ug.piece(ROOT, RATE, cache):
        sound = EXAMPLES[word]()
        if isinstance(sound, Signal) and sound.rate != BUS:
            sound = ug.place(sound) if sound.channels == 1 else ug.to(sound)
        plan = flatten(Graph.collect(sound, outputs=2, rate=RATE, loudspeakers=ROOM, seed=1, name="example"))
    heard = 0.3 * np.sin(np.arange(round(seconds * RATE))[:, None] * 0.03).astype("f4")        # somebody hums
    return render_plan(plan, seconds, kernels, outputs=2, samples={entry.path: load(entry.path, RATE, cache) for entry in plan.recordings},
                       heard=heard)


def test_each_word_has_an_example():
    assert set(EXAMPLES) == set(ug.__all__) - {"piece"}


@pytest.mark.parametrize("word", sorted(EXAMPLES))
def test_it_can_be_heard_and_is_the_same_every_time(word, kernels, tmp_path):
    once = rendered(word, kernels, tmp_path, 3.0)
    assert np.isfinite(once).all()
    peak = np.abs(once).max()
    assert 0.01 < peak < 0.85, f"peak {20 * np.log10(max(peak, 1e-9)):.1f} dBFS"
    assert np.array_equal(once, rendered(word, kernels, tmp_path, 3.0))


def test_its_source_is_what_an_artist_would_write():
    for word in EXAMPLES:
        text = source_of(word)
        assert "ug." in text and compile(text, word, "exec")


def test_the_reference_is_in_step_with_the_declarations():
    assert (ROOT / "docs" / "units.md").read_text(encoding="utf-8") == page(), "run `python -m installation.audio.page docs`"
