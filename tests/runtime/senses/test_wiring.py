"""Mappings at work: readings become values of the tree."""
from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.runtime.house_at_work import CONFIG, TONE, Folder, Show, with_house

SENSED = CONFIG + """
sensors: {people: {driver: visitors, arrivals: 1, hold: 1 s, rest: {count: 0}}}
mappings:
  - {from: people.count, to: tone.near, range: [0, 10]}
  - {from: people.count, to: other.near, range: [0, 10], when_stale: null}
  - {from: people.count, to: tone.hit, threshold: {on: 4, off: 2}}
"""


def trace(folder: Folder, *values: float) -> Path:
    """One value a second."""
    path = folder.path / "trace.jsonl"
    path.write_text("".join(json.dumps({"t": t, "sensor": "people", "field": "count", "value": value}) + "\n" for t, value in enumerate(values)))
    return path


@pytest.fixture
def sensed(folder: Folder) -> Folder:
    folder.config(SENSED)
    folder.write("tone", TONE.replace("    def sound", "    hit = param(trigger=True)\n\n    def sound"))
    return folder


def test_readings_move_parameters_and_a_crossing_of_the_threshold_fires_a_trigger_once(sensed: Folder) -> None:
    async def script(show: Show) -> None:
        hits = []
        show.tree.watch("/scene/tone/hit", lambda *_: hits.append(round(show.now, 1)))
        seen = []
        await show.run(0.5)
        for _ in range(6):
            await show.run(1)
            seen.append(show.tree.value("/scene/tone/near"))
        assert seen == pytest.approx([0.5, 0.6, 0.1, 0.5, 0.5, 0.5]) and hits == [1.0, 4.0]

    assert not with_house(sensed, script, trace=trace(sensed, 1, 5, 6, 1, 5, 5, 5)).told


def test_a_hand_holds_against_a_mapping_and_gives_way_again(sensed: Folder) -> None:
    async def script(show: Show) -> None:
        await show.run(0.5)
        show.write("/scene/tone/near", 0.9, hold=2.0)
        await show.run(1.5)
        assert show.tree.value("/scene/tone/near") == 0.9
        await show.run(1)
        assert show.tree.value("/scene/tone/near") == pytest.approx(0.3)

    assert not with_house(sensed, script, trace=trace(sensed, 1, 2, 3, 3)).told


def test_a_mapping_into_a_scene_whose_file_is_broken_waits_for_it_in_silence(sensed: Folder) -> None:
    sensed.write("tone", "broken")

    async def script(show: Show) -> None:
        await show.run(2)
        assert [fault.id for fault in show.faults] == ["scene.broken"]
        await show.edit("tone", TONE.replace("    def sound", "    hit = param(trigger=True)\n\n    def sound"))
        await show.run(1)
        assert show.tree.value("/scene/tone/near") == pytest.approx(0.4)

    assert len(with_house(sensed, script, trace=trace(sensed, 1, 2, 3, 4)).faults) == 1


def test_a_parameter_that_an_edit_takes_away_is_told_once_at_the_mappings_line_and_when_it_is_back(sensed: Folder) -> None:
    whole = (sensed.path / "scenes/tone.py").read_text()

    async def script(show: Show) -> None:
        await show.run(1)
        await show.edit("tone", whole.replace("    hit = param(trigger=True)\n", ""))
        await show.run(5)
        await show.edit("tone", whole)
        await show.run(1)

    show = with_house(sensed, script, trace=trace(sensed, 1, 2, 3, 4, 5, 5, 5, 5))
    (fault,) = show.faults
    assert fault.id == "mapping.failed" and "config.yaml:" in fault.where and show.over.count("mapping.failed") == 1
