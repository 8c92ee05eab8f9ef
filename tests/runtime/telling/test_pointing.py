"""Pointing: a lamp that swells, all dark, a loudspeaker that is heard, a scene that is asked for; who may, and what stands above."""
from __future__ import annotations

import numpy as np
import pytest

from installation.remote.desk import Desk
from installation.rules.gate import Hand, Role
from installation.runtime.telling.pointing import DARK_WITHIN, Pointing
from installation.terms.fault import Fault
from installation.terms.words import Words
from tests.runtime.house_at_work import CONFIG, Folder, Show, with_house

ARTIST, ATTENDANT, NOBODY = Hand("web:1"), Hand("web:2", Role.ATTENDANT), Hand("web:3", Role.NOBODY)
LAMPS = CONFIG.replace("fixtures: [{name: lamp, kind: dimmer, universe: 1, address: 1}]",
                       "fixtures: [{name: lamp, kind: dimmer, universe: 1, address: 1}, {name: wall, kind: dimmer, universe: 1, address: 2, groups: [far]},"
                       " {name: door, kind: dimmer, universe: 1, address: 3, groups: [far]}]").replace("neutral: {lamp: 0.5}", "neutral: {all: 0.6}")

NOTES: list[Words] = []


def pointed(folder: Folder, script, text: str = LAMPS) -> Show:
    folder.config(text)

    async def main(show: Show) -> None:
        desk = Desk()
        Pointing(show.house, folder.cache, NOTES.append).offer(desk)
        NOTES.clear()
        await show.run(1.5)
        await script(show, desk)

    return with_house(folder, main)


def slots(show: Show, since: float = -1.0, count: int = 3) -> np.ndarray:
    """The first channels of the frames since then, 0 to 1."""
    return np.array([list(frame[:count]) for time, frame in show.frames if time >= since]) / 255


def test_one_lamp_swells_and_the_others_stand_in_calm_light(folder: Folder) -> None:
    async def script(show: Show, desk: Desk) -> None:
        show.write("/light/wall/level", 0.0)
        began = show.now
        assert await desk.ask(ARTIST, "light.identify", {"name": "wall", "seconds": 4}) == {"lamps": ["wall"], "seconds": 4.0}
        await show.run(3.9)
        seen = slots(show, began + 0.5)
        assert np.allclose(seen[:, [0, 2]], 0.2, atol=0.01), "a third of the neutral look"
        assert seen[:, 1].max() > 0.75 and seen[:, 1].min() < 0.15
        rises = np.sum((seen[1:, 1] >= 0.45) & (seen[:-1, 1] < 0.45))
        assert 3 <= rises <= 4, "once a second"
        await show.run(0.5)
        assert slots(show)[-1] == pytest.approx([0.25, 0.0, 0.0], abs=0.01), "as the scene and the masters have it"

    assert not pointed(folder, script).told


def test_a_group_is_shown_as_a_whole_and_nothing_ends_it_sooner(folder: Folder) -> None:
    async def script(show: Show, desk: Desk) -> None:
        assert (await desk.ask(ARTIST, "light.identify", {"name": "far"}))["lamps"] == ["wall", "door"]
        await show.run(0.5)
        assert slots(show)[-1][1] == slots(show)[-1][2] > slots(show)[-1][0]
        await desk.ask(ARTIST, "light.identify", {"name": "far", "seconds": 0})
        await show.run(0.1)
        assert slots(show)[-1] == pytest.approx([0.25, 0.0, 0.0], abs=0.01)

    pointed(folder, script)


def test_blackout_is_dark_until_it_is_taken_back_and_stop_is_stronger(folder: Folder) -> None:
    async def script(show: Show, desk: Desk) -> None:
        began = show.now
        assert await desk.ask(ARTIST, "light.blackout", {"on": True}) == {"on": True}
        await show.run(2.0)
        seen = slots(show, began)[:, 0]
        assert np.all(np.diff(seen) <= 0) and seen[-1] == 0.0 and slots(show, began + DARK_WITHIN + 0.1).max() == 0.0
        show.write("/score/main/scene", "other")
        await show.run(2.0)
        assert slots(show)[-1].max() == 0.0, "another scene is as dark"
        began = show.now
        show.write("/system/mode", "stop")
        await show.run(3.0)
        seen = slots(show, began)
        assert seen[-1] == pytest.approx([0.6] * 3, abs=0.01) and np.all(np.diff(seen[:, 0]) >= 0) and seen.max() < 0.61, "no brighter on the way"
        show.write("/system/mode", "play")
        await show.run(3.0)
        assert slots(show)[-1].max() == 0.0
        assert (await desk.ask(ARTIST, "light.identify", {"name": "lamp"}))["lamps"] == ["lamp"]
        await show.run(0.6)
        assert slots(show)[-1][0] > 0.1, "who looks for a lamp sees it"
        await show.run(3.0)
        await desk.ask(ARTIST, "light.blackout", {"on": False})
        await show.run(1.0)
        assert slots(show)[-1][0] == pytest.approx(0.75, abs=0.01)
        assert [words.en for words in NOTES] == ["web:1 darkened the lamps", "web:1 let the lamps shine again"]

    assert not pointed(folder, script).told


def test_one_loudspeaker_is_heard_beside_what_plays(folder: Folder) -> None:
    async def script(show: Show, desk: Desk) -> None:
        before = show.level(0.5, output=0)
        assert show.level(0.5, output=1) < 1e-6
        answer = await desk.ask(ARTIST, "sound.identify", {"output": 2, "seconds": 1.0})
        assert answer == {"name": "ring 2", "output": 2, "seconds": 1.0}
        await show.run(0.9)
        assert 20 * np.log10(show.level(0.5, output=1)) == pytest.approx(-36, abs=2.5)
        assert show.level(0.5, output=0) == pytest.approx(before, rel=0.01), "the scene plays on as it was"
        await desk.ask(ARTIST, "sound.identify", {"output": 1, "seconds": 5})
        await show.run(1.5)
        assert show.level(0.5, output=1) < 1e-6
        await desk.ask(ARTIST, "sound.identify", {"output": 1, "seconds": 0})
        await show.run(1.0)
        assert show.level(0.5, output=0) == pytest.approx(before, rel=0.001) and len(show.stage.telemetry().sounding) == 1

    assert not pointed(folder, script).told


def test_a_scene_is_asked_for(folder: Folder) -> None:
    async def script(show: Show, desk: Desk) -> None:
        assert await desk.ask(ARTIST, "scene.go", {"layer": "main", "scene": "other"}) == {"scene": "other"}
        await show.run(1.5)
        assert show.playing == "other"

    pointed(folder, script)


def test_who_may_not_and_what_is_not_there_is_refused(folder: Folder) -> None:
    async def script(show: Show, desk: Desk) -> None:
        async def refused(hand: Hand, command: str, /, **arguments: object) -> str:
            with pytest.raises(Fault) as caught:
                await desk.ask(hand, command, arguments)
            return caught.value.id

        assert await refused(ARTIST, "light.identify", name="lmap") == "light.unknown"
        assert await refused(ARTIST, "light.identify", name=["lamp"]) == "light.unknown"
        for seconds in (-1, 61, "3", True, float("nan"), 10**400):
            assert await refused(ARTIST, "light.identify", name="lamp", seconds=seconds) == "point.seconds"
        for output in (3, 0, "1", None):
            assert await refused(ARTIST, "sound.identify", output=output) == "point.output"
        assert await refused(ARTIST, "scene.go", layer="nowhere", scene="tone") == "tree.unknown"
        assert await refused(ARTIST, "scene.go", layer="main", scene="nothing") != ""
        assert {await refused(hand, name, **what) for hand in (NOBODY, ATTENDANT) for name, what in
                (("light.blackout", {"on": True}), ("light.identify", {"name": "lamp"}), ("sound.identify", {"output": 1}))} == {"gate.role"}
        assert await refused(ATTENDANT, "scene.go", layer="main", scene="other") == "gate.role"
        show.house.gate.write(ARTIST, "/system/lock", True, show.now)
        other = Hand("web:9")
        assert {await refused(other, "light.blackout", on=True), await refused(other, "sound.identify", output=1),
                await refused(other, "light.identify", name="lamp"), await refused(other, "scene.go", layer="main", scene="other")} == {"gate.locked"}
        await desk.ask(ARTIST, "light.blackout", {"on": False})
        show.write("/system/mute", True)
        assert await refused(ARTIST, "sound.identify", output=1) == "point.silent"

    pointed(folder, script)


def test_a_piece_without_lamps_has_nothing_to_darken(folder: Folder) -> None:
    folder.config(LAMPS[:LAMPS.index("light:")])

    async def script(show: Show) -> None:
        desk = Desk()
        Pointing(show.house, folder.cache).offer(desk)
        assert await desk.ask(ARTIST, "light.blackout", {"on": True}) == {"on": True}
        show.house.shine(show.now)
        with pytest.raises(Fault):
            await desk.ask(ARTIST, "light.identify", {"name": "lamp"})

    with_house(folder, script)
