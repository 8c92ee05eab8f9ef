"""When silence is a fault: not at once, not where it is declared, not where somebody wants it."""
from __future__ import annotations

import math
from pathlib import Path

import pytest

from installation.rules.config import load_piece
from installation.rules.proof import Silence, means_silence
from installation.terms.fault import Faults

NOTHING = (-math.inf, -math.inf)


def faulty_after(silence: Silence, seconds: int, **how) -> float | None:
    for tick in range(2 * seconds):
        if silence.step(tick / 2, **{"should_sound": True, "peaks": NOTHING, **how}):
            return tick / 2
    return None


def test_silence_is_a_fault_after_its_patience_and_over_with_the_first_sound() -> None:
    silence = Silence(300.0)
    assert faulty_after(silence, 400) == 300.0
    assert not silence.step(500.0, should_sound=True, peaks=(-math.inf, -70.0)) and silence.lasts == 0.0
    assert not silence.step(501.0, should_sound=True, peaks=NOTHING) and silence.step(801.0, should_sound=True, peaks=NOTHING)


def test_a_scene_may_declare_longer_pauses_and_standby_is_no_fault() -> None:
    assert faulty_after(Silence(300.0), 2000, silences=1200.0) == 1200.0
    assert faulty_after(Silence(300.0), 400, silences=10.0) == 300.0
    assert faulty_after(Silence(300.0), 86_400, should_sound=False) is None


def test_levels_at_their_bottom_mean_silence_and_one_that_is_not_does_not() -> None:
    assert means_silence([-60.0, -90.0, -math.inf], 0.0) and means_silence([-20.0], -60.0)
    assert not means_silence([-60.0, -20.0], 0.0) and not means_silence([], 0.0)


@pytest.mark.parametrize(("proof", "word"), [
    ("{microphone: 3}", "input 3"), ("{loopback: [1, 3]}", "input 3"), ("{loopback: [1, 2, 1]}", "3 inputs for 2 outputs"),
    ('{check: "07:45"}', "no microphone"), ('{microphone: 1, check: "7h45"}', "time of day"), ('{microphone: 1, check: "24:10"}', "time of day"),
])
def test_what_cannot_be_listened_to_is_refused_with_its_line(tmp_path: Path, proof: str, word: str) -> None:
    (tmp_path / "config.yaml").write_text(f"piece: Small\nsound:\n  inputs: 2\n  proof: {proof}\n")
    with pytest.raises(Faults) as raised:
        load_piece(tmp_path)
    assert word in str(raised.value) and "config.yaml:4" in str(raised.value)
