"""`installation render`: the same inputs give the same bytes, whatever the process; what is wrong is refused before it begins."""
from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.runtime.house_at_work import CONFIG, TONE, Folder
from tests.runtime.running import command

CHANCE = TONE + """
    async def play(self, room):
        async for time in room.every(0.25):
            self.near.set(room.random.random())
            self.pitch.set(200 + 800 * self.near)
"""


@pytest.fixture
def piece(folder: Folder) -> Folder:
    folder.write("tone", CHANCE.replace('ug.to(ug.sine(self.pitch) * self.level, output=1)',
                                        '[ug.to(ug.sine(self.pitch) * self.level, output=1), ug.place(ug.pink() * 0.1, azimuth=ug.drift(period=2))]'))
    folder.config(CONFIG.replace("fade: 1 s}", "fade: 1 s, changes: [{from: tone, to: other, when: \"people.count > 2\"}]}")
                  + "sensors: {people: {driver: visitors, arrivals: 600}}\nmappings: [{from: people.count, to: tone.glow, range: [0, 5]}]\n")
    return folder


def rendered(piece: Folder, out: Path, *more: object, cache: Path | None = None, **environment: str) -> str:
    ran = command("render", piece.path, "--seconds", 4, "--out", f"{out}.wav", "--lights", f"{out}.jsonl", *more, cache=cache or piece.cache, **environment)
    assert ran.returncode == 0 and ran.stderr == "", ran.stderr
    return hashlib.sha256(Path(f"{out}.wav").read_bytes() + Path(f"{out}.jsonl").read_bytes()).hexdigest()


def test_the_same_bytes_from_another_process_another_hash_seed_and_a_cold_cache(piece: Folder, tmp_path: Path) -> None:
    first = rendered(piece, tmp_path / "a", PYTHONHASHSEED="1")
    assert rendered(piece, tmp_path / "b", PYTHONHASHSEED="2") == first
    assert rendered(piece, tmp_path / "c", cache=tmp_path / "cold", PYTHONHASHSEED="3") == first
    assert rendered(piece, tmp_path / "d", "--seed", 4) != first


def test_the_same_bytes_with_several_threads(piece: Folder, tmp_path: Path) -> None:
    first = rendered(piece, tmp_path / "a")
    config = piece.path / "config.yaml"
    text = config.read_text(encoding="utf-8")
    assert "sound: {" in text
    config.write_text(text.replace("sound: {", "sound: {threads: 2, "), encoding="utf-8")
    assert rendered(piece, tmp_path / "b") == first


def test_the_files_are_what_they_should_be(piece: Folder, tmp_path: Path) -> None:
    rendered(piece, tmp_path / "a")
    sound, rate = soundfile.read(tmp_path / "a.wav", dtype="float32")
    assert (sound.shape, rate) == ((4 * 48_000, 2), 48_000) and soundfile.info(tmp_path / "a.wav").subtype == "FLOAT"
    assert np.isfinite(sound).all() and 0.01 < np.abs(sound).max() <= 10 ** (-1 / 20)
    rows = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text().splitlines()]
    assert all(set(row) == {"t", "universe", "values"} and len(row["values"]) == 512 for row in rows)
    assert rows[0]["t"] == 0 and all(later["t"] > earlier["t"] and later["values"] != earlier["values"] for earlier, later in zip(rows, rows[1:]))


def test_a_trace_takes_the_place_of_the_sensors(piece: Folder, tmp_path: Path) -> None:
    trace = tmp_path / "trace.jsonl"
    trace.write_text("".join(json.dumps({"t": t / 2, "sensor": "people", "field": "count", "value": 1 if t < 4 else 3}) + "\n" for t in range(8)))
    first = rendered(piece, tmp_path / "a", "--sensors", trace)
    assert rendered(piece, tmp_path / "b", "--sensors", trace) == first
    rows = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text().splitlines()]
    assert rows[-1]["values"][0] == pytest.approx(0.75 * 255, abs=1)                     # it crossed to `other` at 2 s


@pytest.mark.parametrize("line, told", [
    ('{"t": 1, "sensor": "people", "field": "cuont", "value": 1}', "people.count"),
    ('{"t": 1, "sensor": "people", "field": "count", "value": NaN}', "JSON"),
    ('{"t": -1, "sensor": "people", "field": "count", "value": 1}', "goes back"),
    ("nonsense", "JSON"),
])
def test_a_wrong_trace_is_refused_by_file_and_line(piece: Folder, tmp_path: Path, line: str, told: str) -> None:
    trace = tmp_path / "trace.jsonl"
    trace.write_text('{"t": 0.5, "sensor": "people", "field": "count", "value": 1}\n' + line + "\n")
    ran = command("render", piece.path, "--seconds", 1, "--sensors", trace, cache=piece.cache)
    assert ran.returncode == 1 and f"{trace}:2" in ran.stderr and told in ran.stderr and "Traceback" not in ran.stderr


def test_a_piece_that_is_not_in_order_and_a_place_that_cannot_be_written_are_refused(piece: Folder, tmp_path: Path) -> None:
    for option in ("--out", "--lights"):
        ran = command("render", piece.path, "--seconds", 1, option, tmp_path / "no" / "file", cache=piece.cache)
        assert ran.returncode == 3 and "cannot be written" in ran.stderr and "Traceback" not in ran.stderr
    piece.write("other", "broken")
    ran = command("render", piece.path, "--seconds", 1, cache=piece.cache)
    assert ran.returncode == 1 and "other.py:1" in ran.stderr
