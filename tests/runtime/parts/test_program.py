"""The score at work: conditions, time, hands, idling, layers; crossfades; and what is broken, or is edited while it plays."""
from __future__ import annotations

import json

import numpy as np
import pytest

from installation.terms.fault import Fault
from tests.runtime.house_at_work import CONFIG, TONE, Folder, Show, with_house

ENDLESS = "while True:\n    pass\n"


def pitch(show: Show, seconds: float = 0.2) -> float:
    """The strongest frequency of the last so many seconds."""
    heard = show.sound[-int(seconds * 48_000):, 0].astype(float)
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard))))
    return float(np.argmax(spectrum) / seconds)


def trace(folder: Folder, *lines: tuple[float, float]):
    path = folder.path / "trace.jsonl"
    path.write_text("".join(json.dumps({"t": t, "sensor": "people", "field": "count", "value": value}) + "\n" for t, value in lines))
    return path


def test_conditions_with_dwell_and_time_in_scene(folder: Folder) -> None:
    folder.config(CONFIG.replace("fade: 1 s}", """fade: 1 s,
     changes: [{from: tone, to: other, when: "people.count > 2", for: 2 s}, {from: other, to: tone, after: 5 s}]}""")
                  + "sensors: {people: {driver: visitors, arrivals: 1}}\n")
    path = trace(folder, (0, 0), (1, 3), (2, 1), (4, 3), (7, 0))      # one second is not enough, three are

    async def script(show: Show) -> None:
        await show.run(3.9)
        assert show.playing == "tone"
        await show.run(1.9)
        assert show.playing == "tone"
        await show.run(0.4)
        assert show.playing == "other"
        await show.run(4.7)
        assert show.playing == "other"
        await show.run(0.5)
        assert show.playing == "tone" and show.tree.value("/score/main/scene") == "tone"

    assert not with_house(folder, script, trace=path).told


def test_a_hand_changes_the_scene_and_idling_goes_before_it(folder: Folder) -> None:
    async def script(show: Show) -> None:
        await show.run(1.5)
        assert pitch(show) == pytest.approx(400, abs=6)
        show.write("/score/main/scene", "other")
        await show.run(1.5)
        assert pitch(show) == pytest.approx(800, abs=6)
        show.write("/system/idle", True)
        await show.run(1.5)
        assert pitch(show) == pytest.approx(100, abs=6) and show.tree.value("/score/main/scene") == "rest"
        show.write("/system/idle", False)
        await show.run(1.5)
        assert pitch(show) == pytest.approx(400, abs=6)
        show.write("/score/main/scene", "none")
        await show.run(1.5)
        assert show.level() < 1e-9 and show.frames[-1][1][0] == 0        # the DC block dies away
        show.write("/score/main/scene", "tone")
        show.write("/system/mute", True)
        await show.run(1.5)
        assert show.level() < 1e-9 and show.frames[-1][1][0] > 0
        show.write("/system/mute", False)
        await show.run(0.5)
        assert show.level() > 0.05
        with pytest.raises(Fault):
            show.write("/score/main/scene", "nothing")

    assert not with_house(folder, script).told


def test_a_crossing_keeps_the_power_and_crosses_the_light(folder: Folder) -> None:
    async def script(show: Show) -> None:
        await show.run(2)
        before = show.level(0.5)
        show.write("/score/main/scene", "other")
        await show.run(0.55)
        assert show.level(0.05) == pytest.approx(before, rel=0.15)
        assert show.frames[-1][1][0] == pytest.approx(127, abs=14)        # half-way from 0.25 to 0.75
        await show.run(1)
        assert show.level(0.1) == pytest.approx(before, rel=0.05)

    with_house(folder, script)


def test_layers_sound_together(folder: Folder) -> None:
    folder.config(CONFIG.replace("light:", "  - {layer: bed, start: other, fade: 1 s}\nlight:"))

    async def script(show: Show) -> None:
        await show.run(2)
        assert show.playing == "tone, other"
        assert show.level() == pytest.approx(0.1, rel=0.05)               # two tones of -20 dBFS
        assert show.frames[-1][1][0] == pytest.approx(0.75 * 255, abs=1)  # the higher level has its way
        show.write("/score/bed/scene", "none")
        await show.run(1.5)
        assert show.level() == pytest.approx(0.1 / 2 ** 0.5, rel=0.05) and show.playing == "tone, –"

    with_house(folder, script)


@pytest.mark.parametrize("text, told", [
    ("from installation import Scene\nclass Tone(Scene)\n    pass\n", "SyntaxError"),
    ("from installation import Scene\nclass Tone(Scene):\n    def sound(self):\n        return sign(1)\n", "NameError"),
    ("import installation\nraise SystemExit\n", "SystemExit"),
])
def test_a_scene_broken_at_the_start_has_the_idle_scene_in_its_stead_until_it_is_mended(folder: Folder, text: str, told: str) -> None:
    folder.write("tone", text)

    async def script(show: Show) -> None:
        await show.run(30)
        assert show.playing == "rest" and pitch(show) == pytest.approx(100, abs=6)
        (fault,) = show.faults
        assert fault.id == "scene.broken" and told in fault.say() and str(folder.path / "scenes/tone.py") + ":" in fault.where
        await show.edit("tone", TONE)
        await show.run(1.5)
        assert show.playing == "tone" and pitch(show) == pytest.approx(400, abs=6)

    show = with_house(folder, script)
    assert len(show.faults) == 1 and show.over.count("scene.broken") == 1


def test_the_score_goes_on_where_a_scene_is_broken(folder: Folder) -> None:
    folder.config(CONFIG.replace("fade: 1 s}", "fade: 1 s, changes: [{from: tone, to: other, after: 5 s}, {from: other, to: tone, after: 5 s}]}"))
    folder.write("other", "broken")

    async def script(show: Show) -> None:
        seen = []
        show.tree.watch("/score/main/scene", lambda _a, value, *_: seen.append((round(show.now), value)))
        await show.run(21)
        assert seen == [(5, "rest"), (10, "tone"), (15, "rest"), (20, "tone")]

    assert len(with_house(folder, script).faults) == 1


def test_a_hand_that_asks_for_a_broken_scene_leaves_the_playing_one_alone(folder: Folder) -> None:
    folder.write("other", "broken")

    async def script(show: Show) -> None:
        await show.run(1)
        show.write("/score/main/scene", "other")
        await show.run(1)
        assert show.playing == "tone" and show.tree.value("/score/main/scene") == "tone"

    with_house(folder, script)


def test_everything_broken_but_no_idle_scene_is_the_neutral_look_and_not_the_dark(folder: Folder) -> None:
    folder.config(CONFIG.replace(", idle: rest", ""))
    folder.write("tone", "broken")

    async def script(show: Show) -> None:
        await show.run(2)
        assert show.playing == "–" and show.frames[-1][1][0] == pytest.approx(127, abs=1)

    with_house(folder, script)


SPOILT = """
from installation import Scene, param, ug, unit


@unit(out=unit.out(), x=unit.input(), by=unit.control("ratio"))
def share(out, x, by):
    for channel in range(x.shape[0]):
        for frame in range(x.shape[1]):
            out[channel, frame] = x[channel, frame] / by[1]


class Tone(Scene):
    near = param(0, "ratio", 0, 1, glide=0)

    def sound(self):
        return ug.to(share(ug.sine(400) * 0.1, by=1 - self.near), output=1)
"""


def test_bad_samples_bring_the_idle_scene_and_name_the_word_and_the_scene_comes_back(folder: Folder) -> None:
    folder.write("tone", SPOILT)

    async def script(show: Show) -> None:
        await show.run(1)
        show.write("/scene/tone/near", 1, hold=0.5)
        await show.run(1.5)
        assert show.playing == "rest" and pitch(show) == pytest.approx(100, abs=6)
        assert np.isfinite(show.sound).all() and np.abs(show.sound).max() <= 10 ** (-1 / 20)
        show.write("/scene/tone/near", 0)
        await show.run(25)
        assert show.playing == "tone" and show.level() > 0.05

    show = with_house(folder, script)
    (fault,) = show.faults
    assert fault.id == "scene.samples" and f"{folder.path / 'scenes/tone.py'}:" in fault.where and "share" in fault.say()
    assert show.over == ["scene.samples"]


def test_an_edited_scene_crosses_over_without_a_gap_or_a_click_and_keeps_its_values(folder: Folder) -> None:
    folder.write("tone", TONE.replace("ug.sine(self.pitch)", "ug.white() * 0.5"))

    async def script(show: Show) -> None:
        await show.run(1.5)
        show.write("/scene/tone/level", -14)
        show.write("/scene/tone/glow", 0.6)
        await show.run(1)
        steady, begins = show.level(0.5), len(show.sound)
        before = np.abs(np.diff(show.sound[-24_000:, 0])).max()
        await show.edit("tone", TONE.replace("ug.sine(self.pitch)", "ug.white() * 0.5 * self.fresh").replace(
            "    def sound", "    fresh = param(1, \"ratio\", 0, 1)\n    near2 = param(0.3)\n\n    def sound"))
        await show.run(1)
        after = show.sound[begins:, 0].astype(float)
        levels = np.sqrt(np.mean(after[:len(after) // 480 * 480].reshape(-1, 480) ** 2, axis=1))
        assert levels.min() > 0.5 * steady and levels.max() < 1.5 * steady
        assert np.abs(np.diff(after)).max() < 1.5 * before
        assert show.tree.value("/scene/tone/level") == -14 and show.tree.value("/scene/tone/near2") == pytest.approx(0.3)
        assert min(frame[1][0] for frame in show.frames[-40:]) == pytest.approx(0.6 * 255, abs=2)
        show.write("/scene/tone/fresh", 0.5)
        await show.run(1)
        assert show.level(0.5) == pytest.approx(steady / 2, rel=0.1)

    show = with_house(folder, script)
    assert not show.faults and show.over == ["scene.edit"]


def test_a_default_that_is_edited_is_heard_and_a_parameter_that_goes_is_forgotten(folder: Folder) -> None:
    async def script(show: Show) -> None:
        await show.run(1)
        await show.edit("tone", TONE.replace("param(400", "param(600").replace('    near = param(0, "ratio", 0, 1)\n', ""))
        await show.run(4)
        assert pitch(show) == pytest.approx(600, abs=6)
        assert "/scene/tone/near" not in show.tree

    assert not with_house(folder, script).faults


def test_a_broken_save_leaves_the_playing_scene_alone_and_names_the_line(folder: Folder) -> None:
    async def script(show: Show) -> None:
        await show.run(1.5)
        await show.edit("tone", TONE.replace("return ug.to(", "return ug.too("))
        await show.run(1)
        assert show.playing == "tone" and pitch(show) == pytest.approx(400, abs=6)
        (fault,) = show.faults
        assert fault.where.endswith("tone.py:10") and "too" in fault.say()
        await show.edit("tone", TONE.replace("400", "500"))
        await show.run(1)
        assert pitch(show) == pytest.approx(500, abs=6)

    assert len(with_house(folder, script).faults) == 1


def test_a_file_that_never_ends_while_it_loads_is_named_by_its_line_and_the_piece_goes_on(folder: Folder) -> None:
    async def script(show: Show) -> None:
        await show.run(1)
        folder.write("tone", TONE + ENDLESS)
        built = folder.build(scenes=("tone",), drivers=False, limit=1.0)
        await show.house.edited(built, {"tone"})
        await show.run(1)
        assert show.playing == "tone" and pitch(show) == pytest.approx(400, abs=6)

    (fault,) = with_house(folder, script).faults
    lines = (folder.path / "scenes/tone.py").read_text().splitlines()
    assert fault.where in {f"{folder.path / 'scenes/tone.py'}:{len(lines) - back}" for back in (0, 1)}


OWN = """
from installation import Scene, param, ug, unit


@unit(out=unit.out(), x=unit.input())
def fold(out, x):
    for channel in range(x.shape[0]):
        for frame in range(x.shape[1]):
            out[channel, frame] = x[channel, frame] * 0.5


class Tone(Scene):
    def sound(self):
        return ug.to(fold(ug.sine(400)) * 0.2, output=1)
"""


def test_a_kernel_of_the_pieces_own_can_be_edited_while_it_plays(folder: Folder) -> None:
    folder.write("tone", OWN)

    async def script(show: Show) -> None:
        await show.run(2)
        before = show.level()
        assert before == pytest.approx(0.1 / 2 ** 0.5, rel=0.02)
        await show.edit("tone", OWN.replace("* 0.5", "* 0.25"))
        await show.run(1)
        assert show.level() == pytest.approx(before / 2, rel=0.02)
        await show.edit("tone", OWN.replace("* 0.5", "* [1, 2][frame]"))       # it allocates
        await show.run(1)
        assert show.level() == pytest.approx(before / 2, rel=0.02)

    show = with_house(folder, script)
    assert len(show.faults) == 1 and "tone.py" in show.faults[0].where


def test_a_hushed_house_is_silent_and_then_goes_on_where_the_score_is(folder: Folder) -> None:
    """The score's time goes on meanwhile; what a hand asks for waits; nothing is written of it."""
    folder.config(CONFIG.replace("fade: 1 s}", "fade: 0.2 s, changes: [{from: tone, to: other, after: 8 s}]}"))

    async def script(show: Show) -> None:
        await show.run(2.0)
        standing = show.house.program.layers[0].standing(show.now)
        show.house.program.hush(True, 0.2)
        await show.run(1.0)
        assert show.house.program.parts() == [] and show.level(0.1) < 1e-6
        assert show.tree.value("/score/main/scene") == "tone" and show.house.program.layers[0].standing(show.now).scene == standing.scene == "tone"
        await show.run(1.0)
        show.house.program.hush(False, 0.2)
        await show.run(1.0)
        assert pitch(show) == pytest.approx(400, abs=6)
        await show.run(4.0)
        assert pitch(show) == pytest.approx(800, abs=6), "after eight seconds, five of them heard"
        show.house.program.hush(True, 0.2)
        await show.run(0.5)
        show.write("/score/main/scene", "tone")
        await show.run(0.5)
        assert show.level(0.1) < 1e-6
        show.house.program.hush(False, 0.2)
        await show.run(1.5)
        assert pitch(show) == pytest.approx(400, abs=6)

    assert not with_house(folder, script).told
