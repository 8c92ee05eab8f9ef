"""A short soak of the piece in this repository, with real processes; and what a soak must not let pass."""
from __future__ import annotations

import json
from pathlib import Path

import pytest

from installation.cli import MACHINE, PIECE, WELL
from installation.rules.logbook import Entry, encode
from installation.rules.soak import Blow
from installation.runtime.memory.pages import append
from installation.runtime.soak.soak import Tale, judge
from installation.terms.words import both
from tests.runtime.running import ROOT, command


@pytest.mark.timeout(300)
def test_a_piece_survives_what_a_soak_does_to_it(cache, tmp_path) -> None:
    report = tmp_path / "soak.json"
    ran = command("soak", ROOT, "--hours", 0.012, "--pause", 5, "--faults", "player-kill,light-kill,control-kill", "--report", report, cache=cache, within=280)
    said = json.loads(report.read_text())
    assert len(said["faults"]) >= 3, ran.stdout
    held = {verdict["what"]["en"]: verdict["held"] for verdict in said["verdicts"]}
    assert held["it ended only when it was killed"] and held["what was tuned was there after a new start"], ran.stdout
    assert held["each fault stands in the logbook"] and held["no fault was told that nobody had done"], ran.stdout
    assert ran.returncode == (WELL if said["held"] else MACHINE), ran.stderr        # whether in time is for a machine that is not busy


def test_a_soak_without_a_piece_or_of_faults_that_do_not_exist_says_so(cache, tmp_path) -> None:
    for arguments, word in (((tmp_path,), "config.yaml"), ((ROOT, "--faults", "earthquake"), "earthquake")):
        ran = command("soak", *arguments, cache=cache)
        assert ran.returncode == PIECE and word in ran.stderr and "Traceback" not in ran.stderr


def _entry(kind: str, time: float, id: str) -> Entry:
    return Entry(time, True, 1, time, kind, both("it happened", "c'est arrivé"), {"id": id, "where": "sound"})


def _held(tale: Tale, state: Path) -> list[str]:
    return [verdict.what.en for verdict in judge(tale, state) if not verdict.held]


def test_what_is_late_unsaid_unfinished_or_without_cause_is_seen(tmp_path) -> None:
    good, bad = tmp_path / "good", tmp_path / "bad"
    append(good / "logbook", b"".join(encode(entry) for entry in (_entry("fault", 100.2, "player.died"), _entry("over", 100.9, "player.died"))))
    assert _held(Tale(blows=[(Blow(10, "player-kill"), 100.0, 0.6)]), good) == []
    append(bad / "logbook", b"".join(encode(entry) for entry in (_entry("fault", 50.0, "light.hangs"), _entry("fault", 200.2, "player.hangs"))))
    tale = Tale(blows=[(Blow(10, "light-kill"), 100.0, None), (Blow(90, "player-hang"), 200.0, 0.9)], lost=1, fell=1)
    assert len(_held(tale, bad)) == 6


def test_what_grows_in_one_life_is_seen_and_a_new_life_begins_anew(tmp_path) -> None:
    tale = Tale()
    for size in (400e6, 100e6):
        tale.begins()
        tale.samples["memory"] += [(float(t), size) for t in range(100)]
    assert _held(tale, tmp_path) == []
    tale.samples["memory"] += [(100.0 + t, 100e6 + t * 1e6) for t in range(200)]
    assert _held(tale, tmp_path) == ["memory stays level"]
