"""Presets, undo and writing into config.yaml in a piece at work: asked for at the desk, heard in the room."""
from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as some

from installation.remote.desk import Desk
from installation.rules.gate import Gate, Hand, Role
from installation.rules.history import History
from installation.rules.holders import Priority
from installation.rules.tree import Tree
from installation.runtime.commands.checking import examine
from installation.runtime.memory.morphing import MOST_WRITES, Morphs
from installation.terms.declaration import Curve, Declaration
from installation.terms.fault import Fault
from installation.terms.words import both
from tests.runtime.house_at_work import CONFIG, TONE, Folder, Show, with_house

PITCH, LEVEL, GLOW, NEAR = (f"/scene/tone/{name}" for name in ("pitch", "level", "glow", "near"))
ARTIST, OTHER, ATTENDANT = Hand("web:1"), Hand("web:2"), Hand("web:3", Role.ATTENDANT)
MAPPED = CONFIG + """
sensors:
  people: {driver: visitors, points: {door: [0, 1]}, arrivals: 0}
mappings:
  - {from: people.count, to: tone.near, range: [0, 5]}
"""


class Asked(Show):
    """A show with a desk."""

    desk: Desk

    async def ask(self, name: str, hand: Hand = ARTIST, /, **arguments: Any) -> Any:
        return await self.desk.ask(hand, name, arguments)

    async def refused(self, name: str, hand: Hand = ARTIST, /, **arguments: Any) -> Fault:
        with pytest.raises(Fault) as caught:
            await self.ask(name, hand, **arguments)
        return caught.value

    def move(self, address: str, value: Any, hand: Hand = ARTIST) -> None:
        self.house.gate.write(hand, address, value, self.now)


def at_work(folder: Folder, script: Callable[[Asked], Awaitable[None]], **how: Any) -> Show:
    async def with_desk(show: Show) -> None:
        show.__class__ = Asked
        assert isinstance(show, Asked)
        show.desk = Desk()
        show.house.tuning.offer(show.desk)
        await show.run(0.1)
        await script(show)

    return with_house(folder, with_desk, **how)


def test_saved_moved_and_recalled(folder: Folder) -> None:
    async def script(show: Asked) -> None:
        show.move(LEVEL, -30.0)
        show.move("/light/lamp/level", 0.5)
        saved = await show.ask("preset.save", name="opening")
        assert saved["versions"] == 1 and saved["covers"] == 3 * 4 + 2 and saved["saved"].endswith("+00:00")
        show.move(LEVEL, -50.0)
        await show.run(1.5)
        answer = await show.ask("preset.recall", name="opening")
        await show.run(0.02)
        assert show.tree.value(LEVEL) == -30.0 and show.tree.value("/light/lamp/level") == 0.5 and answer["moved"] == 14 and not answer["refused"]
        assert show.tree.value("/preset/now") == "opening" and json.dumps(answer)
        assert [entry["name"] for entry in await show.ask("preset.list", ATTENDANT)] == ["opening"]
        await show.run(0.3)
        assert show.level() == pytest.approx(10 ** (-30 / 20) / 2**0.5, rel=0.05)

    at_work(folder, script)
    data = yaml.safe_load((folder.path / "presets" / "opening.yaml").read_text())
    assert data["values"][LEVEL] == "-30 dBFS" and data["values"]["/room/gain"] == "0 dB" and data["complete"] is True


def test_a_scene_alone_without_what_is_excluded_with_what_is_included(folder: Folder) -> None:
    async def script(show: Asked) -> None:
        answer = await show.ask("preset.save", name="a", scene="tone", exclude=["/scene/*/glow"], include=["/score/main/scene"])
        assert answer["covers"] == 4 and answer["scene"] == "tone"
        show.move("/score/main/scene", "other")
        await show.run(3.0)
        assert show.playing == "other"
        await show.ask("preset.recall", name="a")
        await show.run(3.0)
        assert show.playing == "tone"
        assert (await show.refused("preset.save", name="b", scene="tonne")).remedy.en == 'Did you mean "tone"?'
        assert (await show.refused("preset.save", name="b", exclude=["/"])).id == "preset.empty"
        assert (await show.refused("preset.save", name="b", exclude="/light/")).id == "preset.patterns"

    at_work(folder, script)


def test_a_recall_takes_its_time_along_the_parameters_curves(folder: Folder) -> None:
    async def script(show: Asked) -> None:
        show.move(PITCH, 1600.0)
        show.move(LEVEL, -40.0)
        await show.ask("preset.save", name="high")
        show.move(PITCH, 400.0)
        show.move(LEVEL, -20.0)
        await show.ask("preset.recall", name="high", over=2.0)
        await show.run(1.0)
        assert show.tree.value(PITCH) == pytest.approx(800.0, rel=0.04) and show.tree.value(LEVEL) == pytest.approx(-30.0, abs=0.6)
        await show.run(1.1)
        assert (show.tree.value(PITCH), show.tree.value(LEVEL)) == (1600.0, -40.0) and len(show.house.tuning.morphs) == 0
        await show.ask("preset.recall", name="high", over=2.0, curve="late")
        for arguments in ({"over": -1}, {"over": float("nan")}, {"over": "3"}, {"over": 1e9}, {"curve": "fast"}, {"version": "1"}):
            assert (await show.refused("preset.recall", name="high", **arguments)).id.startswith("preset.")

    at_work(folder, script)


def test_a_hand_on_a_fader_is_overruled_and_takes_over_again_when_it_moves(folder: Folder) -> None:
    async def script(show: Asked) -> None:
        await show.ask("preset.save", name="a")
        show.move(LEVEL, -50.0, OTHER)                                # held by another hand
        await show.ask("preset.recall", name="a", over=2.0)
        await show.run(1.0)
        assert -50.0 < show.tree.value(LEVEL) < -20.0
        show.move(LEVEL, -45.0, OTHER)                                # a finger in the middle of the morph
        await show.run(2.0)
        assert show.tree.value(LEVEL) == -45.0

    at_work(folder, script)


def test_what_a_mapping_moves_moves_on_and_what_the_score_holds_is_heard(folder: Folder) -> None:
    folder.config(MAPPED)

    async def script(show: Asked) -> None:
        show.tree.write(LEVEL, -40.0, origin="score:main", time=show.now, priority=Priority.SCORE)
        answer = await show.ask("preset.save", name="a", include=[NEAR])
        assert "near" not in str(await show.ask("preset.compare", name="a")) and answer["covers"] == 14
        await show.run(0.1)
        assert show.tree.holder(NEAR)[0] == Priority.MAPPING           # type: ignore[index]
        answer = await show.ask("preset.recall", name="a")
        await show.run(0.1)
        assert answer["waiting"] == [NEAR] and "sensors" in answer["en"] and show.tree.holder(NEAR)[0] == Priority.MAPPING       # type: ignore[index]
        assert show.tree.value(LEVEL) == -20.0 and show.tree.holder(LEVEL) == (Priority.HAND, "preset:a")
        await show.run(31.0)
        assert show.tree.value(LEVEL) == -40.0                         # after `remote.hold` the score takes over again, as after any hand

    at_work(folder, script)


def test_what_mappings_move_is_not_covered_unless_asked(folder: Folder) -> None:
    folder.config(MAPPED)

    async def script(show: Asked) -> None:
        await show.ask("preset.save", name="a", scene="tone")

    at_work(folder, script)
    assert NEAR not in (folder.path / "presets" / "a.yaml").read_text()


def test_undo_is_the_whole_recall_and_ends_its_morph(folder: Folder) -> None:
    async def script(show: Asked) -> None:
        show.move(LEVEL, -30.0)
        show.move(GLOW, 0.9)
        await show.ask("preset.save", name="a")
        await show.run(2.0)
        show.move(LEVEL, -50.0)
        show.move(GLOW, 0.1)
        await show.run(2.0)
        await show.ask("preset.recall", name="a", over=4.0)
        await show.run(1.0)
        done = await show.ask("history.undo")
        assert done["step"]["en"] == "a: recalled" and set(done["turned"]) == {LEVEL, GLOW} and len(show.house.tuning.morphs) == 0
        await show.run(5.0)
        assert (show.tree.value(LEVEL), show.tree.value(GLOW)) == (-50.0, 0.1)
        await show.ask("history.redo")
        assert -50.0 < show.tree.value(LEVEL) < -30.0
        steps = await show.ask("history.list", most=1)
        assert steps[0]["by"] == "web:1" and steps[0]["time"].endswith("+00:00") and json.dumps(steps)

    at_work(folder, script)


def test_between_two_by_a_fader_is_one_step(folder: Folder) -> None:
    async def script(show: Asked) -> None:
        show.move(PITCH, 400.0)
        await show.ask("preset.save", name="low")
        show.move(PITCH, 1600.0)
        await show.ask("preset.save", name="high")
        await show.run(2.0)
        for position in (0.1, 0.25, 0.5):
            assert (await show.ask("preset.morph", a="low", b="high", position=position))["moved"] == 14
            await show.run(0.1)
        assert show.tree.value(PITCH) == pytest.approx(800.0)
        await show.ask("preset.morph", a="low", b="high", position=1)
        await show.run(0.1)
        assert show.tree.value(PITCH) == 1600.0 and (await show.ask("history.list"))[0]["en"] == "between low and high"
        await show.ask("preset.morph", a="low", b="high", position=0.0)
        await show.run(0.1)
        assert show.tree.value(PITCH) == 400.0
        await show.ask("history.undo")
        assert show.tree.value(PITCH) == 1600.0
        for position in (-0.1, 1.1, "x", True, float("nan")):
            assert (await show.refused("preset.morph", a="low", b="high", position=position)).id == "preset.position"
        assert (await show.refused("preset.morph", a="low", b="hihg", position=0.5)).id == "preset.unknown"

    at_work(folder, script)


def test_compared_in_words(folder: Folder) -> None:
    async def script(show: Asked) -> None:
        await show.ask("preset.save", name="a")
        show.move(LEVEL, -33.0)
        assert [line["en"] for line in await show.ask("preset.compare", name="a")] == ["tone, level: from -20 dBFS to -33 dBFS (13 dB lower)"]
        await show.ask("preset.save", name="b")
        lines = await show.ask("preset.compare", name="b", **{"with": "a"})
        assert lines == [{"address": LEVEL, "from": "-33 dBFS", "to": "-20 dBFS", "en": "tone, level: from -33 dBFS to -20 dBFS (13 dB higher)",
                          "fr": "tone, level : de -33 dBFS à -20 dBFS (13 dB de plus)"}]
        assert (await show.refused("preset.compare", name="a", to="b")).id == "desk.arguments"

    at_work(folder, script)


def test_versions_and_removal(folder: Folder) -> None:
    async def script(show: Asked) -> None:
        for level in (-30.0, -40.0):
            show.move(LEVEL, level)
            await show.ask("preset.save", name="a")
        assert [entry["version"] for entry in await show.ask("preset.versions", name="a")] == [None, 1]
        await show.ask("preset.recall", name="a", version=1)
        await show.run(0.1)
        assert show.tree.value(LEVEL) == -30.0
        await show.ask("preset.remove", name="a")
        assert await show.ask("preset.list") == [] and (await show.refused("preset.recall", name="a")).id == "preset.unknown"

    at_work(folder, script)


def test_a_preset_of_a_scene_that_has_gone_is_kept_and_said(folder: Folder) -> None:
    async def save(show: Asked) -> None:
        await show.ask("preset.save", name="of other", scene="other")
        await show.ask("preset.save", name="all")

    at_work(folder, save)
    folder.config(CONFIG.replace("  other: {file: scenes/other.py}\n", ""))

    async def script(show: Asked) -> None:
        fault = await show.refused("preset.recall", name="of other")
        assert fault.id == "preset.nothing" and "of other" in fault.happened.fr
        answer = await show.ask("preset.recall", name="all")
        assert set(answer["missing"]) == {f"/scene/other/{name}" for name in ("pitch", "level", "glow", "near")} and "4 not in this piece" in answer["en"]
        assert {entry["name"] for entry in await show.ask("preset.list")} == {"all", "of other"}

    at_work(folder, script)


def test_a_value_that_fits_no_more_is_refused_and_the_others_come(folder: Folder) -> None:
    async def script(show: Asked) -> None:
        await show.ask("preset.save", name="a", scene="tone")
        file = folder.path / "presets" / "a.yaml"
        file.write_text(file.read_text().replace("-20 dBFS", "loud").replace("400 Hz", "900 Hz"))
        answer = await show.ask("preset.recall", name="a")
        await show.run(0.1)
        assert [entry["address"] for entry in answer["refused"]] == [LEVEL] and show.tree.value(PITCH) == 900.0
        file.write_text("nonsense")
        fault = await show.refused("preset.recall", name="a")
        assert fault.id == "preset.damaged" and str(file) in fault.where

    at_work(folder, script)


def test_a_damaged_one_is_told_and_over_when_it_is_saved_again(folder: Folder) -> None:
    async def script(show: Asked) -> None:
        for level in (-30.0, -40.0):
            show.move(LEVEL, level)
            await show.ask("preset.save", name="a")
        file = folder.path / "presets" / "a.yaml"
        file.write_text(file.read_text()[:-20])
        answer = await show.ask("preset.recall", name="a")
        await show.run(0.1)
        assert answer["version"] == 1 and "damaged" in answer["en"] and show.tree.value(LEVEL) == -30.0
        await show.ask("preset.recall", name="a")
        assert [fault.id for fault in show.faults] == ["preset.damaged"] and show.over == []
        await show.ask("preset.save", name="a")
        assert show.over == ["preset.damaged"]

    at_work(folder, script)


@pytest.mark.parametrize("arguments", [
    ("preset.save", {"name": ["a"]}), ("preset.save", {"name": "a", "scene": ["tone"]}), ("preset.save", {"name": "a", "exclude": [["/"]]}),
    ("preset.save", {"name": "a", "include": ["/*/*/*/*x*y*z*w*"]}), ("preset.recall", {"name": {"a": 1}}), ("preset.recall", {"name": "a", "over": None}),
    ("preset.recall", {"name": "a", "curve": ["ease"]}), ("preset.recall", {"name": "a", "version": 10**30}), ("preset.compare", {"name": "a", "with": 3}),
    ("preset.morph", {"a": 1, "b": 2, "position": 0.5}), ("preset.remove", {"name": None}), ("preset.versions", {"name": "x" * 1000}),
    ("config.write", {"scene": {"tone": 1}}), ("preset.recall", {}), ("history.undo", {"most": 3})])
def test_senseless_arguments_are_faults(folder: Folder, arguments: tuple[str, dict]) -> None:
    async def script(show: Asked) -> None:
        name, given = arguments
        await show.ask("preset.save", name="a")
        fault = await show.refused(name, **given)
        assert fault.happened.en and fault.happened.fr and len(fault.happened.en) < 300

    at_work(folder, script)


def test_roles_and_the_lock(folder: Folder) -> None:
    async def script(show: Asked) -> None:
        await show.ask("preset.save", name="a")
        assert (await show.refused("preset.recall", ATTENDANT, name="a")).id == "gate.role"
        show.move(LEVEL, -33.0)
        show.move("/system/lock", True, OTHER)
        assert (await show.refused("preset.recall", name="a")).id == "gate.locked" and (await show.refused("config.write")).id == "gate.locked"
        await show.run(0.1)
        assert show.tree.value(LEVEL) == -33.0
        await show.ask("preset.recall", OTHER, name="a")               # it is theirs
        await show.run(0.1)
        assert show.tree.value(LEVEL) == -20.0
        only = Hand("osc:1", only=("/scene/tone/",))
        show.move("/system/lock", False, OTHER)
        show.move(LEVEL, -33.0)
        answer = await show.ask("preset.recall", only, name="a")
        assert answer["moved"] == 4 and len(answer["refused"]) == 10

    at_work(folder, script)


def test_the_page_that_asked_hears_what_the_recall_moved(folder: Folder) -> None:
    async def script(show: Asked) -> None:
        await show.ask("preset.save", name="a")
        show.move(LEVEL, -33.0)
        subscription = show.tree.subscribe(ARTIST.origin)
        await show.ask("preset.recall", name="a")
        await show.run(0.1)
        assert subscription.drain()[LEVEL] == -20.0

    at_work(folder, script)


def test_save_and_recall_are_an_identity(folder: Folder) -> None:
    async def script(show: Asked) -> None:
        async def once(values: tuple) -> None:
            for address, value in zip((PITCH, LEVEL, GLOW), values):
                show.move(address, value)
            before = {address: show.tree.value(address) for address in (PITCH, LEVEL, GLOW)}
            await show.ask("preset.save", name="a")
            for address, value in ((PITCH, 77.0), (LEVEL, -7.0), (GLOW, 0.7)):
                show.move(address, value, OTHER)
            await show.ask("preset.recall", name="a")
            await show.run(0.02)
            assert await show.ask("preset.compare", name="a") == []
            assert {address: show.tree.value(address) for address in before} == pytest.approx(before, rel=1e-7, abs=1e-12)

        for number in range(40):
            await once((50.0 + 123.456 * number / 3, -60 + number / 0.77, number / 41))

    at_work(folder, script)


# config.yaml


def test_written_into_config_and_check_accepts_it(folder: Folder, tmp_path: Path) -> None:
    folder.config(CONFIG.replace("tone: {file: scenes/tone.py}", "tone: {file: scenes/tone.py, params: {glow: 0.9}}   # the first"))
    state = tmp_path / "state" / "values.json"
    before = (folder.path / "config.yaml").read_text()
    (folder.path / "config.yaml").chmod(0o640)

    async def script(show: Asked) -> None:
        assert (await show.ask("config.write"))["lines"] == []
        show.move(LEVEL, -33.5)
        show.move(GLOW, 0.30000001192092896)
        show.move("/scene/other/level", -40.0)
        answer = await show.ask("config.write", scene="tone")
        assert [line["address"] for line in answer["lines"]] == [LEVEL, GLOW] and answer["version"] == 1 and json.dumps(answer)
        assert "+  tone: {file: scenes/tone.py, params: {glow: 0.3, level: -33.5 dBFS}}   # the first" in answer["difference"]
        assert (await show.ask("config.write", scene="tone"))["lines"] == []
        show.move(LEVEL, -35.0)                                         # tuned further, after it was written
        await show.run(3.0)
        await show.edit("tone", TONE.replace("-20", "-25"))
        assert show.tree.value(LEVEL) == -35.0                          # the file that stands now is config.yaml
        assert (await show.refused("config.write", scene="tide")).id == "preset.scene"

    at_work(folder, script, state=state)
    after = (folder.path / "config.yaml").read_text()
    assert after == before.replace("params: {glow: 0.9}", "params: {glow: 0.3, level: -33.5 dBFS}")
    assert (folder.path / "config.yaml").stat().st_mode & 0o777 == 0o640
    assert (folder.path / "presets" / "versions" / "config.yaml" / "0001.yaml").read_text() == before
    assert examine(folder.path, compile=False)[2] == []

    async def later(show: Asked) -> None:
        assert show.tree.value(LEVEL) == -35.0 and show.tree.value(GLOW) == 0.3 and show.tree.value("/scene/other/level") == -40.0

    at_work(folder, later, state=state)


def test_what_the_file_does_not_allow_is_refused_and_it_stays_as_it_is(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    async def script(show: Asked) -> None:
        show.move(LEVEL, -33.5)
        good = (folder.path / "config.yaml").read_text()
        for text, id in ((good.replace("tone: {", "tone: {{"), "yaml.syntax"), (good + "nonsense: 1\n", "config.check"),
                         (good.replace("  tone: {file: scenes/tone.py}\n", ""), "config.layout"), (good.replace("ring: 2", "ring: 900"), "config.check")):
            (folder.path / "config.yaml").write_text(text)
            assert (await show.refused("config.write")).id == id and (folder.path / "config.yaml").read_text() == text
        (folder.path / "config.yaml").unlink()
        assert (await show.refused("config.write")).id == "config.write"
        (folder.path / "config.yaml").write_text(good)
        monkeypatch.setattr("installation.runtime.memory.rewriting.is_writable", lambda folder: False)
        fault = await show.refused("config.write")
        assert fault.id == "config.write" and "level: -33.5 dBFS" in fault.remedy.en

    at_work(folder, script)


# by address


def test_by_address(folder: Folder) -> None:
    async def script(show: Asked) -> None:
        show.move("/preset/save", "opening")
        await show.run(0.1)
        assert show.tree.value("/preset/save") == "" and show.tree.value("/preset/now") == "opening"
        show.move(LEVEL, -50.0)
        show.move("/preset/over", 1.0)
        for _ in range(2):                                              # the same name again, at once
            show.move("/preset/recall", "opening")
            await show.run(1.2)
            assert show.tree.value(LEVEL) == -20.0 and show.tree.value("/preset/recall") == ""
            show.move(LEVEL, -50.0)
            await show.run(2.0)
        show.move("/history/undo", None)
        await show.run(0.1)
        assert show.tree.value(LEVEL) == -20.0
        show.move("/history/redo", None)
        await show.run(0.1)
        assert show.tree.value(LEVEL) == -50.0

    assert not at_work(folder, script).told


def test_a_fader_by_address(folder: Folder) -> None:
    async def script(show: Asked) -> None:
        for name, pitch in (("low", 400.0), ("high", 1600.0)):
            show.move(PITCH, pitch)
            show.move("/preset/save", name)
            await show.run(0.1)
        show.move("/preset/from", "low")
        show.move("/preset/to", "high")
        for step in range(101):
            show.move("/preset/morph", step / 200)
        await show.run(0.1)
        assert show.tree.value(PITCH) == pytest.approx(800.0)

    assert not at_work(folder, script).told


def test_saved_again_by_address_it_covers_what_it_covered(folder: Folder) -> None:
    async def script(show: Asked) -> None:
        await show.ask("preset.save", name="a", scene="tone", exclude=[GLOW])
        show.move("/preset/save", "a")
        await show.run(0.1)
        assert (await show.ask("preset.list"))[0] | {"saved": ""} == {"name": "a", "scene": "tone", "saved": "", "covers": 3, "versions": 2}

    at_work(folder, script)


def test_what_goes_wrong_by_address_is_told_once_and_over_when_it_goes_well(folder: Folder) -> None:
    async def script(show: Asked) -> None:
        for _ in range(3):
            show.move("/preset/recall", "nothing")
            await show.run(0.1)
        assert [fault.id for fault in show.faults] == ["preset.unknown"] and show.faults[0].where == "/preset/recall"
        show.move("/preset/save", "nothing")
        await show.run(0.1)
        show.move("/preset/recall", "nothing")
        await show.run(0.1)
        assert show.over == ["preset.unknown"]

    at_work(folder, script)


def test_a_flood_of_requests_is_bounded(folder: Folder) -> None:
    async def script(show: Asked) -> None:
        await show.ask("preset.save", name="a")
        for number in range(5000):
            show.move("/preset/recall", f"nothing {number}")
            show.move("/preset/morph", number % 2)
        assert len(asyncio.all_tasks()) < 30
        await show.run(0.2)
        show.move("/preset/recall", "a")
        await show.run(0.1)
        assert show.tree.value("/preset/now") == "a"

    at_work(folder, script)


def test_an_attendant_may_recall_where_the_piece_grants_it(folder: Folder) -> None:
    folder.config(CONFIG + "remote: {attendants: [/preset/recall]}\n")

    async def script(show: Asked) -> None:
        await show.ask("preset.save", name="a")
        show.move(LEVEL, -50.0)
        show.move("/preset/recall", "a", ATTENDANT)
        await show.run(0.1)
        assert show.tree.value(LEVEL) == -20.0
        with pytest.raises(Fault):
            show.move("/preset/save", "a", ATTENDANT)

    at_work(folder, script)


# by the score


def test_a_scene_goes_to_a_preset_as_the_score_does_and_lets_go_when_it_ends(folder: Folder) -> None:
    folder.write("other", TONE.replace("Tone", "Other") + """
    async def play(self, room):
        await room.sleep(1)
        await room.preset("evening", over=2)
        await self.glow.go(1.0, over=0)
    """)

    async def script(show: Asked) -> None:
        show.move("/room/gain", -12.0)
        show.move("/scene/other/pitch", 1600.0)
        await show.ask("preset.save", name="evening")
        show.move("/room/gain", 0.0)
        show.move("/scene/other/pitch", 400.0)
        await show.run(31.0)
        show.move("/score/main/scene", "other")
        await show.until(lambda: show.playing == "other")
        await show.run(2.0)
        assert -11.0 < show.tree.value("/room/gain") < -1.0
        await show.until(lambda: show.tree.value("/scene/other/glow") == 1.0, within=3.0)       # it went on when it had arrived
        assert show.tree.value("/room/gain") == -12.0 and show.tree.holder("/room/gain")[0] == Priority.SCORE       # type: ignore[index]
        assert show.tree.value("/scene/other/pitch") == 1600.0 and show.tree.base("/room/gain") == 0.0
        show.move("/room/gain", -3.0)                                   # a hand stands above it
        assert show.tree.value("/room/gain") == -3.0
        show.move("/score/main/scene", "tone")
        await show.run(31.5)
        assert show.tree.value("/room/gain") == -3.0 and show.tree.holder("/room/gain") is None

    assert not at_work(folder, script).faults


def test_a_scene_that_ends_in_the_middle_of_its_morph_lets_go(folder: Folder) -> None:
    folder.write("other", TONE.replace("Tone", "Other") + """
    async def play(self, room):
        await room.preset("evening", over=60)
    """)

    async def script(show: Asked) -> None:
        show.move("/room/gain", -12.0)
        await show.ask("preset.save", name="evening")
        show.move("/room/gain", 0.0)
        show.move("/score/main/scene", "other")
        await show.run(40.0)
        show.move("/score/main/scene", "tone")
        await show.run(5.0)
        assert show.tree.value("/room/gain") == 0.0 and show.tree.holder("/room/gain") is None and len(show.house.tuning.morphs) == 0

    at_work(folder, script)


def test_a_preset_that_is_not_there_is_told_by_file_and_line(folder: Folder) -> None:
    folder.write("tone", TONE + """
    async def play(self, room):
        await room.preset("evenning")
    """)

    async def script(show: Asked) -> None:
        await show.ask("preset.save", name="evening")
        await show.run(5.0)

    fault = at_work(folder, script).faults[0]
    assert fault.id == "scene.play" and "tone.py:" in fault.where and "evenning" in fault.happened.en


# the runner alone


def test_a_large_preset_takes_some_ticks_and_none_takes_long() -> None:
    tree = Tree()
    values = {f"/scene/big/p{number}": 1.0 for number in range(2000)}
    for address in values:
        tree.declare(Declaration(address))
    morphs = Morphs(Gate(tree))
    morphs.recall(ARTIST, "preset:big", values, 0.0, "linear", 0.0)
    ticks = 1
    while len(morphs):
        before = sum(tree.counts(address).written for address in values)
        morphs.step(ticks * 0.01)
        assert sum(tree.counts(address).written for address in values) - before <= MOST_WRITES
        ticks += 1
    assert ticks == -(-2000 // MOST_WRITES) and all(tree.value(address) == 1.0 for address in values)


@given(some.floats(20, 20_000), some.floats(20, 20_000), some.sampled_from(["linear", "ease", "late"]), some.lists(some.floats(0, 0.3), max_size=30))
def test_a_morph_stays_in_range_and_arrives(start: float, goal: float, curve: str, pauses: list[float]) -> None:
    tree = Tree()
    tree.declare(Declaration("/scene/tide/pitch", low=20.0, high=20_000.0, default=440.0, curve=Curve.EXPONENTIAL))
    gate, now = Gate(tree), 0.0
    history = History(gate)
    gate.write(ARTIST, "/scene/tide/pitch", start, now)
    morphs = Morphs(gate)
    history.begin("preset:a", ARTIST.origin, both("a", "a"))
    morphs.recall(ARTIST, "preset:a", {"/scene/tide/pitch": goal}, 1.0, curve, now)
    for pause in [*pauses, 1.0]:
        now += pause
        morphs.step(now)
        assert min(start, goal) <= tree.value("/scene/tide/pitch") <= max(start, goal)
    assert tree.value("/scene/tide/pitch") == goal and len(morphs) == 0 and len(history.steps()) <= 2
