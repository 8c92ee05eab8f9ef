"""A scene at work: its parameters in play, light and sound, its faults, and how it takes its leave."""
from __future__ import annotations

import numpy as np
import pytest

from tests.runtime.house_at_work import TONE, Folder, Show, with_house


def with_methods(text: str) -> str:
    return TONE + "\n" + "\n".join("    " + line for line in text.strip("\n").split("\n")) + "\n"


def line_of(folder: Folder, name: str, mark: str) -> str:
    path = folder.path / "scenes" / f"{name}.py"
    number = next(number for number, line in enumerate(path.read_text().splitlines(), 1) if mark in line)
    return f"{path}:{number}"


def test_a_parameter_is_a_value_in_light_an_operand_in_sound_and_can_be_moved_in_play(folder: Folder) -> None:
    folder.write("tone", with_methods("""
async def play(self, room):
    await room.sleep(1.5)
    await self.level.go(-40, over=1)
    self.glow.set(0.8)
"""))

    async def script(show: Show) -> None:
        await show.run(1.5)
        assert show.level() == pytest.approx(0.1 / 2 ** 0.5, rel=0.02)              # -20 dBFS
        assert show.frames[-1][1][0] == pytest.approx(0.25 * 255, abs=1)
        await show.run(0.5)
        assert show.tree.value("/scene/tone/level") == pytest.approx(-30, abs=0.5)   # half-way in dB
        await show.run(1.5)
        assert show.level() == pytest.approx(0.01 / 2 ** 0.5, rel=0.02)
        assert show.frames[-1][1][0] == pytest.approx(0.8 * 255, abs=1)

    show = with_house(folder, script)
    assert not show.told


def test_go_is_overtaken_by_a_later_set_and_by_a_later_go(folder: Folder) -> None:
    folder.write("tone", with_methods("""
async def play(self, room):
    import asyncio
    slow = asyncio.ensure_future(self.level.go(-60, over=10))
    await room.sleep(1)
    self.level.set(-12)
    await slow
    self.near.set(0.5)
    first = asyncio.ensure_future(self.pitch.go(5000, over=10))
    await room.sleep(1)
    await self.pitch.go(100, over=0.5)
    await first
    self.near.set(1)
"""))

    async def script(show: Show) -> None:
        await show.run(1.5)
        assert show.tree.value("/scene/tone/level") == -12 and show.tree.value("/scene/tone/near") == 0.5
        await show.run(2)
        assert show.tree.value("/scene/tone/pitch") == pytest.approx(100) and show.tree.value("/scene/tone/near") == 1

    assert not with_house(folder, script).told


def test_a_hand_goes_before_play_and_everything_is_let_go_of_at_the_end(folder: Folder) -> None:
    folder.write("tone", with_methods("""
async def play(self, room):
    self.level.set(-50)
    await self.near.go(1, over=4)
"""))

    async def script(show: Show) -> None:
        await show.run(1)
        assert show.tree.value("/scene/tone/level") == -50
        show.write("/scene/tone/near", 0.1, hold=100.0)
        await show.run(1)
        assert show.tree.value("/scene/tone/near") == pytest.approx(0.1)
        show.write("/score/main/scene", "other")
        await show.run(3)
        assert show.playing == "other" and show.tree.value("/scene/tone/level") == -20
        assert show.tree.holder("/scene/tone/level") is None

    assert not with_house(folder, script).told


def test_a_play_that_raises_is_named_once_and_begins_again_with_growing_pauses(folder: Folder) -> None:
    folder.write("tone", with_methods("""
starts = 0

async def play(self, room):
    type(self).starts += 1
    self.pitch.set(50 + type(self).starts)
    await room.sleep(0.5)
    if type(self).starts < 5:
        raise ValueError("no such luck")        # here
    await room.sleep(1000)
"""))

    async def script(show: Show) -> None:
        times = []
        show.tree.watch("/scene/tone/pitch", lambda *_: times.append(show.now))
        await show.run(30)
        assert np.diff(times) == pytest.approx([2.5, 4.5, 8.5], abs=0.1)      # the first was before this watched
        assert show.level() > 0.05                      # its sound went on

    show = with_house(folder, script)
    assert [fault.id for fault in show.faults] == ["scene.play"] and "no such luck" in show.faults[0].say()
    assert show.faults[0].where == line_of(folder, "tone", "# here")
    assert show.over == ["scene.play"]


def test_a_light_that_raises_keeps_its_last_look_and_is_told_once_and_when_it_is_over(folder: Folder) -> None:
    folder.write("tone", TONE.replace('return {"lamp": self.glow}', 'return {"lamp": self.glow / (1 if self.near < 0.5 else 0)}'))

    async def script(show: Show) -> None:
        await show.run(1.5)
        show.write("/scene/tone/near", 1)
        show.write("/scene/tone/glow", 0.9)
        await show.run(1)
        assert show.frames[-1][1][0] == pytest.approx(0.25 * 255, abs=1)
        assert [fault.id for fault in show.faults] == ["scene.light"] and "ZeroDivisionError" in show.faults[0].say()
        assert show.faults[0].where == line_of(folder, "tone", "return {")
        show.write("/scene/tone/near", 0)
        await show.run(1)
        assert show.frames[-1][1][0] == pytest.approx(0.9 * 255, abs=1)

    show = with_house(folder, script)
    assert [what.id for what in show.told] == ["scene.light"] * 2 and show.told[0].where == show.told[1].where


@pytest.mark.parametrize("wrong", ['float("nan")', 'float("inf")', '"bright"', "(1, 2)", "None"])
def test_a_light_that_gives_nonsense_leaves_the_lamp_as_it_was(folder: Folder, wrong: str) -> None:
    folder.write("tone", TONE.replace('return {"lamp": self.glow}', f'return {{"lamp": self.glow if self.near < 0.5 else {wrong}}}'))

    async def script(show: Show) -> None:
        await show.run(1.5)
        show.write("/scene/tone/near", 1)
        await show.run(1)
        assert show.frames[-1][1][0] == pytest.approx(0.25 * 255, abs=1)

    show = with_house(folder, script)
    assert len(show.faults) == 1 and show.faults[0].id.startswith("light")


def test_a_parameter_that_is_not_a_number_is_refused_with_file_and_line(folder: Folder) -> None:
    folder.write("tone", with_methods("""
async def play(self, room):
    self.level.set(float("nan"))       # here
"""))

    async def script(show: Show) -> None:
        await show.run(0.5)
        assert show.tree.value("/scene/tone/level") == -20

    show = with_house(folder, script)
    assert show.faults[0].id == "scene.play"
    assert line_of(folder, "tone", "# here") in show.faults[0].where


def test_a_play_that_swallows_its_end_is_named_and_moves_nothing_any_more(folder: Folder) -> None:
    folder.write("tone", with_methods("""
async def play(self, room):
    while True:
        try:
            await room.sleep(0.05)
        except BaseException:
            pass
        self.near.set(1)
"""))

    async def script(show: Show) -> None:
        await show.run(0.5)
        show.write("/score/main/scene", "other")
        await show.run(4)
        assert show.playing == "other" and show.tree.value("/scene/tone/near") == 0
        show.house.program.layers[0].leaving.clear()

    folder.write("tone", (folder.path / "scenes/tone.py").read_text().replace("            pass", "            if room.time > 4: raise"))
    show = with_house(folder, script)
    assert [fault.id for fault in show.faults] == ["scene.endless"] and str(folder.path / "scenes/tone.py") in show.faults[0].where
