"""After a restart the room goes on where it was: the same scene, for as long, with the values that hands have set."""
from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from installation.rules.resume import parse
from installation.runtime.memory.pages import read
from tests.bench import wait_until
from tests.runtime.house_at_work import CONFIG, Folder, Show, with_house
from tests.runtime.running import Running, free_port
from tests.runtime.test_live import Tablet

LAYER = "{layer: main, start: tone, idle: rest, fade: 1 s}"
SCORE = CONFIG.replace(LAYER, "{layer: main, start: tone, idle: rest, fade: 0.1 s, changes: [{from: tone, to: other, after: 20 s}, "
                              "{from: other, to: rest, after: 40 s}]}")


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state" / "values.json"


def since(show: Show) -> float:
    layer = show.house.program.layers[0]
    return show.now - layer.began


def test_the_score_goes_on_where_it_was(folder: Folder, state: Path) -> None:
    folder.config(SCORE)

    async def first(show: Show) -> None:
        await show.run(32.0)
        assert show.playing == "other" and 11 < since(show) < 13

    async def then(show: Show) -> None:
        assert show.playing == "other" and 11 < since(show) < 13
        await show.run(30.0)
        assert show.playing == "rest"

    with_house(folder, first, state=state)
    with_house(folder, then, state=state)


def test_a_piece_may_want_to_begin_anew(folder: Folder, state: Path) -> None:
    folder.config(SCORE.replace("layer: main,", "layer: main, on_restart: begin,"))

    async def first(show: Show) -> None:
        await show.run(22.0)
        assert show.playing == "other"

    async def then(show: Show) -> None:
        assert show.playing == "tone" and since(show) < 1

    with_house(folder, first, state=state)
    with_house(folder, then, state=state)


def test_a_scene_that_has_left_the_piece_is_not_looked_for(folder: Folder, state: Path) -> None:
    async def first(show: Show) -> None:
        show.write("/score/main/scene", "other")
        await show.run(2.0)
        assert show.playing == "other"

    with_house(folder, first, state=state)
    folder.config(CONFIG.replace("  other: {file: scenes/other.py}\n", ""))

    async def then(show: Show) -> None:
        assert show.playing == "tone" and not show.faults

    with_house(folder, then, state=state)


@pytest.mark.parametrize("text", ["", "{", "[]", "\x00" * 100, '{"layers": {"main": 3}}', "[" * 100_000, "x" * 200_000])
def test_a_damaged_file_is_told_and_kept_and_the_score_begins(folder: Folder, state: Path, text: str) -> None:
    file = state.with_name("score.json")
    file.parent.mkdir()
    file.write_text(text)

    async def script(show: Show) -> None:
        assert show.playing == "tone" and [(what.id, what.where) for what in show.told] == [("state.read", str(file))] * 2

    with_house(folder, script, state=state)
    assert file.with_name("score.json.damaged").read_text() == text and parse(file.read_text()).layers["main"].scene == "tone"


def test_it_is_written_soon_after_a_scene_has_changed_and_seldom_otherwise(folder: Folder, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[tuple[float, str]] = []

    async def script(show: Show) -> None:
        monkeypatch.setattr("installation.runtime.memory.resuming.write_whole", lambda file, data: written.append((show.now, json.loads(data))))
        began = show.now
        for _ in range(700):                                       # the tick alone, without the sound
            show.house.step(show.now)
            await show.run(0.01)
        assert len(written) == 1
        show.write("/score/main/scene", "other")
        await show.run(5.0)
        assert len(written) == 2 and written[1][1]["layers"]["main"]["scene"] == "other" and written[1][0] - began < 14

    with_house(folder, script, state=state)


@pytest.mark.timeout(300)
def test_a_control_process_that_is_killed_comes_back_to_the_same_scene_with_the_values_of_hands(folder: Folder, tmp_path: Path) -> None:
    port = free_port()
    folder.config(SCORE.replace("after: 20 s", "after: 900 s").replace("after: 40 s", "after: 900 s")
                  + f"remote: {{osc: {{interface: 127.0.0.1, port: {port}, allow: [127.0.0.0/8]}}}}\n")
    folder.build()
    state, tablet = tmp_path / "state", Tablet(port)
    with Running("run", folder.path, cache=folder.cache, STATE_DIRECTORY=str(state)) as piece:
        tablet.until("/score/main/scene", lambda value: value == "tone")
        tablet.send("/score/main/scene", "other")
        tablet.send("/scene/other/level", -33.0)
        tablet.until("/score/main/scene", lambda value: value == "other")
        wait_until(lambda: (state / "values.json").exists() and read(state / "logbook")[0] and (state / "score.json").exists()
                   and parse((state / "score.json").read_text()).layers["main"].scene == "other", 40)
        piece.stop(signal.SIGKILL)
    tablet.values.clear()
    played = parse((state / "score.json").read_text()).layers["main"].played
    with Running("run", folder.path, cache=folder.cache, STATE_DIRECTORY=str(state)) as piece:
        tablet.until("/score/main/scene", lambda value: value == "other")
        tablet.until("/scene/other/level", lambda value: value == -33.0)
        wait_until(lambda: "killed, or it crashed" in "".join(entry.words.en for entry in read(state / "logbook")[0]), 30)
        assert piece.stop()[0] == 0
    assert parse((state / "score.json").read_text()).layers["main"].played > played
    entries, damaged = read(state / "logbook")
    assert not damaged and entries[-1].kind == "stop" and any("goes on where it was" in entry.words.en for entry in entries)
    tablet.close()
