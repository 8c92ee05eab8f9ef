"""The picture of the room: what stands still, what moves, and that it says so honestly."""
from __future__ import annotations

import json
from typing import Any

import pytest

from installation.runtime.telling.picture import Picture
from tests.runtime.house_at_work import CONFIG, TONE, Folder, Show, with_house

ROOM = """
from installation import Scene, param, ug, voice

class Tone(Scene):
    '''A room with four sounds in it.

    Second paragraph.
    '''
    level = param(-20, "dBFS", -60, -6)
    where = param(40, "deg", -180, 180)
    ahead = param(2, "m", -5, 5)
    glow = param(0.25, "ratio", 0, 1)

    @voice(limit=4)
    def drop(self, turn=param(0, "deg", -180, 180)):
        return ug.place(ug.sine(500) * self.level * ug.env(ug.held(), attack=0.01, sustain=1.0, release=0.1), azimuth=turn)

    def sound(self):
        bird = ug.sine(900) * self.level
        return [ug.place(bird, azimuth=self.where),
                ug.place_at(ug.pink() * self.level, position=(-1.0, self.ahead)),
                ug.place(ug.pink() * self.level, azimuth=ug.drift(period=4)),
                ug.to(ug.sine(50) * self.level, output=2)]

    def light(self):
        return {"lamp": self.glow}

    async def play(self, room):
        for turn in (70, -70):
            self.drop(turn)
        await room.sleep(3600)
"""
PLACES = """
room:
  size: [10, 8]
  loudspeakers:
    - {name: left, output: 1, azimuth: 45, distance: 3}
    - {name: right, output: 2, azimuth: -45, distance: 3}
    - {name: back, output: 3, azimuth: 180, distance: 4, role: sub}
"""


def config(more: str = "") -> str:
    return CONFIG.replace("room: {ring: 2}", PLACES.strip()) + more


def drawn(folder: Folder, script, trace=None) -> None:
    folder.write("tone", ROOM)

    async def main(show: Show) -> None:
        await script(show, Picture(show.house))

    with_house(folder, main, trace=trace)


def test_the_plan_says_where_everything_stands_and_what_it_moves(folder: Folder) -> None:
    folder.config(config("sensors: {people: {driver: visitors, at: [0, -3], points: {door: [1, 2]}}}\n"
                         "mappings: [{from: people.count, to: tone.glow, range: [0, 4]}, {from: people.door, to: /room/gain, range: [0, 4, -20, 0]}]\n"))

    async def script(show: Show, picture: Picture) -> None:
        plan = json.loads(json.dumps(picture.plan(), allow_nan=False))
        assert plan["size"] == [10, 8]
        assert [(one["name"], one["output"], one["x"], one["y"], one["role"]) for one in plan["loudspeakers"]] == [
            ("left", 1, -2.12, 2.12, "full"), ("right", 2, 2.12, 2.12, "full"), ("back", 3, pytest.approx(0), -4.0, "sub")]
        (lamp,), (people,) = plan["lamps"], plan["sensors"]
        assert (lamp["name"], lamp["kind"], lamp["groups"], lamp["given"]) == ("lamp", "dimmer", [], False)
        assert (people["x"], people["y"], people["given"], people["points"]) == (0, -3, True, {"door": [1, 2]})
        assert people["moves"] == ["/scene/tone/glow", "/room/gain"] and people["fields"]["door"] == "m"
        assert plan["layers"] == [{"name": "main", "scenes": ["tone", "rest"], "idle": "rest", "fade": 1.0}]
        assert plan["scenes"]["tone"] == {"about": "A room with four sounds in it.", "file": "scenes/tone.py", "broken": False}

    drawn(folder, script)


def test_sources_are_where_they_sound_with_the_parameters_that_move_them(folder: Folder) -> None:
    folder.config(config())

    async def script(show: Show, picture: Picture) -> None:
        await show.run(1.0)
        plan = {source["id"]: source for source in picture.plan()["sources"]}
        bird, stands, drifts, shaker, drop = plan.values()
        assert (bird["label"], bird["moved_by"]) == ("bird", {"azimuth": "/scene/tone/where"})
        assert (stands["label"], stands["kind"], stands["moved_by"]) == ("pink", "position", {"x": None, "y": "/scene/tone/ahead", "z": None})
        assert drifts["moved_by"] == {"azimuth": None} and (shaker["kind"], shaker["outputs"]) == ("output", [2])
        assert (drop["voice"], drop["scene"], drop["moved_by"]) == ("drop", "tone", {"azimuth": None}), "each drop has its own turn"
        show.write("/scene/tone/where", -120.0)
        await show.run(1.0)
        now = {source["id"]: source for source in picture.now()["sources"]}
        assert now[bird["id"]]["azimuth"] == -120.0 and now[bird["id"]]["distance"] is None and now[bird["id"]]["level"] is None
        assert (now[stands["id"]]["azimuth"], now[stands["id"]]["distance"]) == (pytest.approx(26.6, abs=0.1), pytest.approx(2.24, abs=0.01))
        assert (now[shaker["id"]]["azimuth"], now[shaker["id"]]["distance"]) == (-45.0, 3.0)
        drops = [source for source in now.values() if source.get("of") == drop["id"]]
        assert sorted(one["azimuth"] for one in drops) == [-70.0, 70.0] and all(one["level"] == pytest.approx(-20, abs=1.5) for one in drops)
        before = now[drifts["id"]]["azimuth"]
        await show.run(1.0)
        assert {source["id"]: source for source in picture.now()["sources"]}[drifts["id"]]["azimuth"] != before
        assert picture.now()["voices"] == {"tone.drop": 2}

    drawn(folder, script)


def test_another_scene_another_plan_and_an_edited_one_too(folder: Folder) -> None:
    folder.config(config())

    async def script(show: Show, picture: Picture) -> None:
        await show.run(0.5)
        first = picture.plan_revision
        ids = {source["id"] for source in picture.plan()["sources"]}
        assert picture.plan_revision == first
        show.write("/score/main/scene", "other")
        await show.run(0.5)
        both = {source["id"] for source in picture.plan()["sources"]}
        assert picture.plan_revision != first and ids < both, "while it fades the former is still there, by its own names"
        assert {source["id"] for source in picture.now()["sources"] if "of" not in source} <= both
        await show.run(2.0)
        alone, revision = picture.plan(), picture.plan_revision
        assert [(source["scene"], source["label"]) for source in alone["sources"]] == [("other", "sine")]
        await show.edit("other", "'''Another page.'''\n" + TONE.replace("Tone", "Other"))
        await show.run(1.0)
        assert picture.plan_revision != revision and picture.plan()["scenes"]["other"]["about"] == "Another page."
        await show.edit("other", "def broken(:\n")
        assert picture.plan()["scenes"]["other"]["broken"]

    drawn(folder, script)


def test_now_tells_levels_lamps_sensors_people_and_the_score(folder: Folder) -> None:
    folder.config(config("sensors: {people: {driver: visitors, arrivals: 3600, points: {door: [1, 2]}}}\n").replace(
        "fade: 1 s}", "fade: 1 s, changes: [{to: other, when: people.count > 100, for: 3 s}, {to: rest, after: 2 min, fade: 9 s}]}"))

    async def script(show: Show, picture: Picture) -> None:
        await show.run(30.0)
        now: dict[str, Any] = json.loads(json.dumps(picture.now(), allow_nan=False))
        assert len(now["levels"]) == 3 and all(-40 < level < 0 for level in now["levels"][:2]) and now["levels"][2] is None
        assert now["lamps"] == {"lamp": [pytest.approx(0.25, abs=0.005)] * 3} and now["gain"] == 0.0 and not now["muted"]
        count, state, age = now["sensors"]["people.count"]
        assert (count, state) == (len(now["visitors"]), "fresh") and 0 <= age < 0.1 and count > 1
        assert all(abs(x) <= 5 and abs(y) <= 5 for x, y in now["visitors"])
        (main,) = now["score"]
        assert (main["layer"], main["scene"], main["instead_of"]) == ("main", "tone", None) and main["since"] == pytest.approx(30, abs=0.3)
        first, second = main["next"]
        assert (first["to"], first["when"]["fr"], first["holds"], first["in"]) == ("other", "people.count > 100 pendant 3 s", False, None)
        assert (second["to"], second["when"]["en"], second["fade"]) == ("rest", "after 2 min", 9.0) and second["in"] == pytest.approx(90, abs=0.3)
        show.write("/system/mode", "quiet")
        await show.run(1.0)
        assert picture.now()["gain"] == -12.0
        show.write("/system/mode", "stop")
        await show.run(2.0)
        assert picture.now()["muted"] and picture.now()["levels"][0] is None or picture.now()["levels"][0] < -30

    drawn(folder, script)


def test_why_a_scene_plays_is_told(folder: Folder) -> None:
    folder.config(config().replace("fade: 1 s}", "fade: 1 s, changes: [{from: other, to: tone, after: 3 s}]}"))

    async def script(show: Show, picture: Picture) -> None:
        def why() -> str:
            return picture.now()["score"][0]["why"]["en"]

        await show.run(0.5)
        assert why() == "the layer begins with it"
        show.tree.write("/score/main/scene", "other", origin="osc:10.0.0.7:9000", time=show.now, hold=0.1)
        await show.run(1.5)
        assert why() == "a tablet (OSC) asked for it"
        await show.run(3.0)
        assert why() == "the score: after 3 s (other)" and show.playing == "tone"
        show.write("/system/idle", True)
        await show.run(1.0)
        assert why() == "the house is idle" and show.playing == "rest"
        show.write("/system/idle", False)
        await show.run(1.0)
        show.house.dropped(show.house.program.layers[0].part.playing, "saw", "scenes/tone.py:3")
        await show.run(1.0)
        (main,) = picture.now()["score"]
        assert (main["scene"], main["instead_of"]) == ("rest", "tone") and "in the stead of tone" in main["why"]["en"]
        assert "à la place de tone" in main["why"]["fr"]

    drawn(folder, script)


def test_a_sensor_that_tells_places_tells_them_from_where_it_is_and_only_while_they_are_fresh(folder: Folder) -> None:
    """A radar at the back wall that looks ahead, and another of which nobody said where it is."""
    folder.config(config("sensors:\n  radar: {driver: osc, at: [0, -4], facing: 180, hold: 1 s, pace: 0.1, fields: {"
                         "x1: {address: /a, unit: m}, y1: {address: /a, argument: 2, unit: m}}}\n"
                         "  lost: {driver: osc, pace: 0.1, fields: {x: {address: /b, unit: m}, y: {address: /b, argument: 2, unit: m}}}\n"
                         "remote: {osc: {interface: 127.0.0.1, port: 9000, allow: [127.0.0.0/8]}}\n"))

    async def script(show: Show, picture: Picture) -> None:
        assert picture.now()["visitors"] == [] and picture.now()["sensors"]["radar.x1"] == [None, "absent", None]
        for name in ("radar", "lost"):
            suffix = "1" if name == "radar" else ""
            show.house.sensing.sources[name].put({f"x{suffix}": 1.0, f"y{suffix}": 2.0}, show.now)
        await show.run(0.1)
        assert picture.now()["visitors"] == [[-1.0, -6.0]]
        await show.run(1.0)
        now = picture.now()
        assert now["visitors"] == [] and now["sensors"]["radar.x1"] == [1.0, "stale", pytest.approx(1.1, abs=0.02)]

    drawn(folder, script)
