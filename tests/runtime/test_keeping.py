"""Tuned values over a restart: they survive, give way to an edited file, and cost no writing when nothing was tuned."""
from __future__ import annotations

import json
from pathlib import Path

import pytest

from installation.runtime.keeping import Keeping
from tests.runtime.house_at_work import CONFIG, TONE, Folder, Show, with_house


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state" / "values.json"


def tuned(folder: Folder, state: Path, **values: float) -> None:
    async def script(show: Show) -> None:
        for key, value in values.items():
            show.write(f"/scene/tone/{key}", value)
        await show.run(0.1)

    with_house(folder, script, state=state)


def found(folder: Folder, state: Path) -> Show:
    async def script(show: Show) -> None:
        await show.run(0.1)

    return with_house(folder, script, state=state)


def test_what_was_tuned_survives(folder: Folder, state: Path) -> None:
    tuned(folder, state, level=-33, glow=0.5)
    show = found(folder, state)
    assert show.tree.value("/scene/tone/level") == -33 and show.tree.value("/scene/tone/glow") == 0.5 and not show.told
    assert set(json.loads(state.read_text())["values"]) == {"/scene/tone/level", "/scene/tone/glow"}


def test_an_edited_default_wins_over_last_weeks_fader(folder: Folder, state: Path) -> None:
    tuned(folder, state, level=-33, glow=0.5)
    folder.write("tone", TONE.replace("param(-20", "param(-25"))
    folder.config(CONFIG.replace("{file: scenes/tone.py}", "{file: scenes/tone.py, params: {glow: 0.9}}"))
    show = found(folder, state)
    assert show.tree.value("/scene/tone/level") == -25 and show.tree.value("/scene/tone/glow") == 0.9


def test_values_that_are_their_preset_are_not_written(folder: Folder, state: Path) -> None:
    folder.config(CONFIG.replace("{file: scenes/tone.py}", "{file: scenes/tone.py, params: {glow: 0.9}}"))
    found(folder, state)
    assert not state.exists()
    tuned(folder, state, level=-33)
    tuned(folder, state, level=-20)
    assert json.loads(state.read_text())["values"] == {}


def test_an_unchanged_file_is_not_written_again(folder: Folder, state: Path) -> None:
    tuned(folder, state, level=-33)
    before = state.stat()
    found(folder, state)
    assert (state.stat().st_mtime_ns, state.stat().st_ino) == (before.st_mtime_ns, before.st_ino)


def test_values_of_a_scene_that_is_broken_for_once_are_kept(folder: Folder, state: Path) -> None:
    tuned(folder, state, level=-33)
    folder.write("tone", "broken")

    async def script(show: Show) -> None:
        show.write("/scene/other/level", -40)
        await show.run(0.1)
        show.house.keeping.save()
        await show.edit("tone", TONE)
        assert show.tree.value("/scene/tone/level") == -33

    with_house(folder, script, state=state)
    assert found(folder, state).tree.value("/scene/tone/level") == -33


@pytest.mark.parametrize("text", ["", "{", "[]", '{"values": [1]}', '{"values": {"/scene/tone/level": -33}}', "\x00" * 100, "[" * 100_000])
def test_a_damaged_file_is_told_and_the_piece_starts(folder: Folder, state: Path, text: str) -> None:
    state.parent.mkdir()
    state.write_text(text)
    show = found(folder, state)
    assert [fault.id for fault in show.faults] == ["state.read"] and show.tree.value("/scene/tone/level") == -20


def test_a_value_that_fits_no_more_is_told_and_the_others_stand(folder: Folder, state: Path) -> None:
    tuned(folder, state, level=-33, glow=0.5)
    saved = json.loads(state.read_text())
    saved["values"]["/scene/tone/level"]["value"] = "loud"
    state.write_text(json.dumps(saved))
    show = found(folder, state)
    assert len(show.faults) == 1 and show.tree.value("/scene/tone/level") == -20 and show.tree.value("/scene/tone/glow") == 0.5


def test_a_place_that_cannot_be_written_is_told_once_and_when_it_is_over(tmp_path: Path) -> None:
    from installation.rules.tree import Tree
    from installation.terms.declaration import Declaration

    blocked = tmp_path / "state"
    blocked.write_text("a file where the folder should be")
    tree, told = Tree(), []
    tree.declare(Declaration("/a/level", default=0.0, persists=True))
    keeping = Keeping(tree, blocked / "values.json", {"/a/level": 0.0}, told.append)
    for value in (0.1, 0.2, 0.3):
        tree.write("/a/level", value, origin="hand", time=0.0)
        keeping.save()
    assert [what.id for what in told] == ["state.write"]
    blocked.unlink()
    keeping.save()
    assert [what.id for what in told] == ["state.write"] * 2 and (blocked / "values.json").exists()
