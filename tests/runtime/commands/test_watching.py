"""`watch` and `record` as processes: on a terminal, piped, and beside a piece that runs."""
from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from installation.rules.trace import check_trace
from tests.runtime.house_at_work import CONFIG, Folder
from tests.runtime.running import Running, command, free_port

SENSED = CONFIG + """
sensors: {people: {driver: visitors, arrivals: 3600, points: {door: [0, 1]}}}
mappings: [{from: people.count, to: tone.near, range: [0, 5]}]
"""


@pytest.fixture
def sensed(folder: Folder) -> Folder:
    folder.config(SENSED)
    return folder


def test_watch_on_a_terminal_stays_in_place(sensed: Folder) -> None:
    with Running("watch", sensed.path, cache=sensed.cache, terminal=True, COLUMNS="70") as watching:
        watching.until("\x1b[")
        watching.until("█")
        code, took = watching.stop(signal.SIGINT)
    assert code == 0 and took < 3 and "people.count" in watching.said and "people.count → /scene/tone/near" in watching.said
    lines = watching.said.replace("\x1b[K", "").replace("\r", "\n").split("\n")
    assert all(len(line) <= 75 for line in lines)


def test_watch_piped_is_one_line_a_second_and_stops_when_nobody_reads(sensed: Folder) -> None:
    ran = command("watch", sensed.path, "--seconds", 2.5, cache=sensed.cache)
    assert ran.returncode == 0 and len(ran.stdout.splitlines()) == 3 and "people.door" in ran.stdout and "\x1b" not in ran.stdout
    import subprocess

    from tests.runtime.running import PYTHON, ROOT, environment
    piped = subprocess.run(f"{PYTHON} -m installation watch {sensed.path} --seconds 30 | head -1", shell=True, cwd=ROOT, text=True, check=False,
                           env=environment(sensed.cache), capture_output=True, timeout=60)
    assert piped.returncode == 0 and len(piped.stdout.splitlines()) == 1 and piped.stderr == ""


def test_watch_beside_a_piece_that_runs_shows_that_piece(sensed: Folder) -> None:
    sensed.config(SENSED + f"remote: {{osc: {{interface: 127.0.0.1, port: {free_port()}, allow: [127.0.0.0/8]}}}}\n")
    sensed.build()
    with Running("run", sensed.path, cache=sensed.cache, terminal=True) as piece:
        piece.until("♪ tone")
        ran = command("watch", sensed.path, "--seconds", 2.5, "--plain", cache=sensed.cache)
        code, _ = piece.stop()
    assert code == 0 and ran.returncode == 0 and "the piece that runs now" in ran.stderr
    assert "→ /scene/tone/near" in ran.stdout and "people.count" in ran.stdout and " load 0.0" in ran.stdout


def test_record_writes_a_trace_that_render_reads(sensed: Folder, tmp_path: Path) -> None:
    trace = tmp_path / "trace.jsonl"
    ran = command("record", sensed.path, "--out", trace, "--seconds", 2, cache=sensed.cache)
    assert ran.returncode == 0 and str(trace) in ran.stderr
    assert check_trace(trace.read_text().splitlines(), "trace", None) > 10
    assert {json.loads(line)["sensor"] for line in trace.read_text().splitlines()} == {"people"}
    ran = command("render", sensed.path, "--seconds", 1, "--sensors", trace, cache=sensed.cache)
    assert ran.returncode == 0 and ran.stderr == ""
    ran = command("record", sensed.path, "--out", tmp_path / "no" / "trace", cache=sensed.cache)
    assert ran.returncode == 3 and "cannot be written" in ran.stderr and "Traceback" not in ran.stderr
