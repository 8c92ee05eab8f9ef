"""Voices of a scene at work: started in play(), dated, limited, moved, ended, and taken down with their scene."""
from __future__ import annotations

import json

import numpy as np
import pytest

from installation.terms.fault import Fault
from tests.runtime.house_at_work import CONFIG, TONE, Folder, Show, with_house
from tests.runtime.running import command

HEAD = """
from installation import Scene, param, ug, voice

class Rain(Scene):
    level = param(-20, "dBFS", -60, -6, glide=0.02)
    touched = param(trigger=True)

    @voice(limit=4)
    def click(self):
        return ug.to(ug.start() * 0.1, output=1)

    @voice(limit=16)
    def drone(self, pitch=param(440, "Hz", 40, 8000, curve="exp", glide=0), strength=1.0):
        return ug.to(ug.sine(pitch) * ug.env(ug.held(), attack=0.001, release=0.02) * strength * self.level, output=1)

    @voice(limit=2, steal="refuse")
    def knock(self, high):
        return ug.to(ug.sine(high) * ug.ping(self.touched, attack=0.001, release=0.05) * 0.2, output=2)

    async def play(self, room):
"""
AHEAD = 0.03


def scene(play: str) -> str:
    return HEAD + "".join(f"        {line}\n" for line in play.strip("\n").split("\n"))


def line_of(folder: Folder, mark: str) -> str:
    path = folder.path / "scenes" / "tone.py"
    number = next(number for number, line in enumerate(path.read_text().splitlines(), 1) if mark in line)
    return f"{path}:{number}"


def clicks(show: Show) -> list[int]:
    """The frames, counted from the beginning, at which clicks left the engine."""
    return [int(frame) - 64 for frame in np.flatnonzero(show.sound[:, 0] > 0.05)]


def test_dates_are_exact_to_the_sample_whenever_they_are_asked_for(folder: Folder) -> None:
    folder.write("tone", scene("""
await room.sleep(0.5)
self.click()
self.click(at=480.25 / 48_000)
self.click(at=0.5)
async for beat in room.every(0.1237):
    self.click(at=0.013)
    await room.sleep(0.05)
    self.click()
    if beat > 1.5:
        break
"""))

    async def script(show: Show) -> None:
        await show.run(3)

    show = with_house(folder, script)
    begun = round((0.5 + AHEAD) * 48_000)
    expected = {begun, begun + 480, begun + 24_000}
    for count in range(100):
        due = 0.5 + count * 0.1237
        expected |= {round((due + AHEAD) * 48_000) + 624, round((due + 0.05 + AHEAD) * 48_000)}
        if due > 1.5:
            break
    assert not show.told and clicks(show) == sorted(expected)


def test_a_scene_of_voices_needs_no_sound_and_its_voices_end_by_themselves(folder: Folder) -> None:
    folder.write("tone", scene("""
for count in range(200):
    drop = self.click(at=0.001 * (count % 7))
    await room.sleep(0.02)
self.level.set(-6.5 if not drop.is_playing else -7)
await drop.ended()
self.level.set(-9 if not drop.is_playing else -10)
"""))

    async def script(show: Show) -> None:
        await show.run(1.5)
        assert show.tree.value("/scene/tone/click/playing") == 4
        room, pieces = show.arena.room, show.arena.pieces
        await show.run(2.7)
        assert show.tree.value("/scene/tone/level") == -7
        await show.run(2)
        assert show.tree.value("/scene/tone/level") == -9 and show.tree.value("/scene/tone/click/playing") == 0
        assert (show.arena.room, show.arena.pieces) == (room, pieces)
        assert show.stage.telemetry().sounding == ()
        show.write("/score/main/scene", "other")
        await show.run(3)
        kept = {playing.name for playing in show.stage._playing.values()}
        assert kept == {"other"}

    assert not with_house(folder, script).told


def test_a_voice_is_moved_released_and_stopped(folder: Folder) -> None:
    folder.write("tone", scene("""
one = self.drone(750)
two = self.drone(pitch=1500, strength=0.5)
await room.sleep(1.05)
one.set(pitch=3000)
two.stop(fade=0.1, at=0.2)
await room.sleep(1)
one.release()
await one.ended()
late = self.drone(500, at=2.0)
late.stop()
gone = self.drone(500, at=0.3)
gone.stop(at=0.6)
assert not late.is_playing and gone.is_playing
await gone.ended()
self.level.set(-12)
"""))

    async def script(show: Show) -> None:
        def powers() -> list[float]:
            spectrum = np.abs(np.fft.rfft(show.sound[-4_800:, 0].astype(float))) / 2_400
            return [float(spectrum[hz // 10]) for hz in (500, 750, 1_500, 3_000)]

        await show.run(1)
        assert powers() == pytest.approx([0, 0.1, 0.05, 0], abs=0.002)
        await show.run(0.2)
        assert powers() == pytest.approx([0, 0, 0.05, 0.1], abs=0.002)
        await show.run(0.4)
        assert powers() == pytest.approx([0, 0, 0, 0.1], abs=0.002)
        await show.run(0.8)
        assert powers() == pytest.approx([0, 0, 0, 0], abs=0.001)
        await show.until(lambda: powers()[0] > 0.09, within=3)
        await show.run(2)
        assert show.tree.value("/scene/tone/level") == -12 and powers() == pytest.approx([0, 0, 0, 0], abs=0.001)

    assert not with_house(folder, script).told


def test_the_scenes_parameters_and_triggers_reach_every_voice(folder: Folder) -> None:
    folder.write("tone", scene("""
for count in range(16):
    self.drone(100 * (count + 1), 0.1)
self.knock(300), self.knock(500)
assert not self.knock(700).is_playing
await room.sleep(1000)
"""))

    async def script(show: Show) -> None:
        def powers() -> np.ndarray:
            return np.abs(np.fft.rfft(show.sound[-4_800:, 0].astype(float)))[10:170:10] / 2_400

        await show.run(0.3)
        show.write("/scene/tone/touched", None)
        await show.run(0.1)
        assert np.abs(show.sound[-4_800:, 1]).max() > 0.1
        assert powers() == pytest.approx(0.01, rel=0.05)
        show.write("/scene/tone/level", -40)
        await show.run(0.3)
        assert powers() == pytest.approx(0.001, rel=0.05)

    assert not with_house(folder, script).told


def test_voices_fade_with_their_scene_and_an_edit_while_they_play_is_taken_up(folder: Folder) -> None:
    text = scene("self.drone(750)\nawait room.sleep(1000)\n")
    folder.write("tone", text)

    async def script(show: Show) -> None:
        await show.run(1)
        await show.edit("tone", text.replace("self.drone(750)", "self.drone(1500)"))
        await show.run(0.25)
        half = np.abs(np.fft.rfft(show.sound[-2_400:, 0].astype(float))) / 1_200
        assert 0.01 < half[37:39].max() < 0.09 and half[75] > 0.05           # the edited scene fades over 0.4 s; its voices with it
        await show.run(1)
        whole = np.abs(np.fft.rfft(show.sound[-4_800:, 0].astype(float))) / 2_400
        assert whole[[75, 150]] == pytest.approx([0, 0.1], abs=0.002)
        await show.edit("tone", text.replace("drone", "hum").replace("click(self)", "click(self, more=1)"))
        await show.run(4)
        assert "/scene/tone/hum/playing" in show.tree and "/scene/tone/drone/playing" not in show.tree
        assert show.tree.value("/scene/tone/hum/playing") == 1
        built = await show.edit("tone", text.replace("ug.sine(pitch)", "ug.sinus(pitch)"))
        assert built.broken["tone"].where == line_of(folder, "ug.sinus")
        await show.run(1)
        assert show.tree.value("/scene/tone/hum/playing") == 1                # it plays on as it was
        show.write("/score/main/scene", "other")
        await show.run(0.5)
        leaving = np.abs(np.fft.rfft(show.sound[-2_400:, 0].astype(float))) / 1_200
        assert 0.02 < leaving[37:39].max() < 0.09
        await show.run(2)
        assert {playing.name for playing in show.stage._playing.values()} == {"other"}

    show = with_house(folder, script)
    assert [fault.id for fault in show.faults] == ["scene.edit"]


@pytest.mark.parametrize("call, told", [
    ("self.drone(pich=3)", '"pitch"'), ("self.drone(pitch=float('nan'))", "finite"), ("self.drone(1, 2, 3)", "2 values"), ("self.drone(at=-1)", "seconds"),
    ("self.drone(at=float('inf'))", "seconds"), ("self.knock()", "high"), ("self.drone(pitch='high')", "finite"), ("self.drone().set(pitsch=1)", '"pitch"'),
    ("self.click().release()", "ug.held()"), ("self.drone().stop(fade='long')", "seconds"),
])
def test_what_makes_no_sense_in_play_is_a_fault_at_its_line(folder: Folder, call: str, told: str) -> None:
    folder.write("tone", scene(f"{call}    # here"))

    async def script(show: Show) -> None:
        await show.run(0.2)

    show = with_house(folder, script)
    assert [fault.id for fault in show.faults] == ["scene.play"] and told in show.faults[0].say("en")
    assert show.faults[0].where.split("  ")[0] == line_of(folder, "# here")


@pytest.mark.parametrize("wrong, told", [
    ("return ug.to(ug.sine(high + ug.place(high)), output=1)", ""), ("return None", "returned nothing"), ("return 3", "returned 3"),
    ("return ug.to(ug.sine(high, 'x', 7, 8, 9), output=1)", ""), ("return ug.to(ug.start() if high else 1, output=1)", "decided"),
])
def test_a_faulty_voice_is_refused_by_check_at_its_line(folder: Folder, wrong: str, told: str) -> None:
    right = "return ug.to(ug.sine(high) * ug.ping(self.touched, attack=0.001, release=0.05) * 0.2, output=2)"
    folder.write("tone", HEAD.replace(right, wrong) + "        pass\n")
    ran = command("check", folder.path, cache=folder.cache)
    at_fault = [line_of(folder, wrong), line_of(folder, "def knock"), line_of(folder, 'limit=2, steal="refuse"')]
    assert ran.returncode == 1 and any(f"{where}:" in ran.stderr for where in at_fault) and told in ran.stderr and "Traceback" not in ran.stderr


def test_a_voice_may_not_take_the_place_of_what_every_scene_has(folder: Folder) -> None:
    folder.write("tone", HEAD.replace("def click(", "def light(") + "        pass\n")
    fault = folder.build(compile=False).broken["tone"]
    assert fault.id == "voice.name" and fault.where == line_of(folder, "@voice(limit=4)")


@pytest.mark.parametrize("wrong", ["@voice(limit=0)", "@voice(limit=True)", '@voice(steal="loudest")', "@voice(limit=2.5)"])
def test_a_definition_that_makes_no_sense_is_refused_at_its_line(folder: Folder, wrong: str) -> None:
    folder.write("tone", HEAD.replace("@voice(limit=4)", wrong) + "        pass\n")
    fault = folder.build(compile=False).broken["tone"]
    assert fault.where == line_of(folder, wrong) and fault.id.startswith("voice.")


def test_check_lists_voices_and_their_addresses(folder: Folder) -> None:
    folder.write("tone", scene("pass"))
    assert "drone() ×16" in command("check", folder.path, cache=folder.cache).stdout
    tree = json.loads(command("check", folder.path, "--json", cache=folder.cache).stdout)["tree"]
    found = {entry["address"]: entry for entry in tree}
    assert found["/scene/tone/drone/playing"]["access"] == "read" and found["/scene/tone/drone/playing"]["range"] == [0, 16]


def test_a_voice_that_gives_bad_samples_costs_only_itself(folder: Folder) -> None:
    folder.write("tone", scene("""
self.drone(750)
await room.sleep(0.5)
for count in range(20):
    self.knock(300)
    await room.sleep(0.1)
""").replace("ug.ping(self.touched, attack=0.001, release=0.05) * 0.2, output=2)", "1e9, output=2)    # absurd"))

    async def script(show: Show) -> None:
        await show.run(2)
        assert show.playing == "tone" and show.level() == pytest.approx(0.0707, rel=0.02)
        assert not np.abs(show.sound[:, 1]).max() > 1e-3

    show = with_house(folder, script)
    assert [fault.id for fault in show.faults] == ["voice.samples"] and show.faults[0].where == line_of(folder, "# absurd")


def test_voices_that_find_no_room_are_said_once_and_play_goes_on(folder: Folder) -> None:
    folder.write("tone", scene("""
for count in range(100):
    for _ in range(40):
        self.drone(100, 0.001), self.other(100), self.third(100)
    await room.sleep(0.05)
self.level.set(-33)
""").replace("    @voice(limit=16)\n", "    @voice(limit=128)\n").replace("    @voice(limit=2", """    @voice(limit=128)
    def other(self, pitch):
        return ug.to(ug.sine(pitch) * ug.env(ug.held()) * 0.0001, output=1)

    @voice(limit=128)
    def third(self, pitch):
        return ug.to(ug.sine(pitch) * ug.env(ug.held()) * 0.0001, output=1)

    @voice(limit=2"""))

    async def script(show: Show) -> None:
        await show.run(6)
        assert show.tree.value("/scene/tone/level") == -33
        assert show.house.program.parts()[0].voicing.refused > 0
        show.write("/score/main/scene", "other")
        await show.run(2)
        assert show.playing == "other" and {playing.name for playing in show.stage._playing.values()} == {"other"}

    show = with_house(folder, script)
    assert [fault.id for fault in show.faults] == ["voice.refused"] and show.over == ["voice.refused"]


def test_the_same_method_is_a_word_in_sound(folder: Folder) -> None:
    folder.write("tone", HEAD.replace("    async def play", "    def sound(self):\n        return self.drone(1000)\n\n    async def play") + "        pass\n")

    async def script(show: Show) -> None:
        await show.run(2)
        assert show.level() == pytest.approx(0.0707, rel=0.02)

    assert not with_house(folder, script).told


def test_a_voice_cannot_begin_before_its_scene_plays(folder: Folder) -> None:
    folder.write("tone", TONE.replace("class Tone(Scene):", """class Tone(Scene):
    def __init__(self):
        self.bell()      # here
    @voice
    def bell(self):
        return ug.to(ug.start(), output=1)
""").replace("import Scene,", "import Scene, voice,"))
    fault = folder.build(compile=False).broken["tone"]
    assert fault.id == "voice.early" and fault.where == line_of(folder, "# here")


def test_a_rehearsal_with_voices_gives_the_same_bytes(folder: Folder, tmp_path) -> None:
    folder.config(CONFIG)
    folder.write("tone", scene("""
async for beat in room.every(0.05):
    self.grain(room.random.uniform(200, 2000), at=room.random.uniform(0, 0.3))
""").replace("    @voice(limit=2", """    @voice(limit=8, steal="quietest")
    def grain(self, pitch):
        return ug.place(ug.filter(ug.white(), pitch, resonance=0.9) * ug.ping(ug.start(), release=0.4), azimuth=ug.drift(1))

    @voice(limit=2"""))
    heard = []
    for name, seed in (("a", "1"), ("b", "2")):
        ran = command("render", folder.path, "--seconds", 3, "--out", tmp_path / f"{name}.wav", cache=folder.cache, PYTHONHASHSEED=seed)
        assert ran.returncode == 0 and ran.stderr == "", ran.stderr
        heard.append((tmp_path / f"{name}.wav").read_bytes())
    assert heard[0] == heard[1] and np.frombuffer(heard[0][-4_000:], "f4").any()


def test_a_fault_tells_what_a_voice_may_not_do(folder: Folder) -> None:
    for argument in ("at=1", "*all", "name='x'", "hit=param(trigger=True)"):
        folder.write("tone", HEAD.replace("def click(self)", f"def click(self, {argument})") + "        pass\n")
        fault = folder.build(compile=False).broken["tone"]
        assert isinstance(fault, Fault) and fault.id == "voice.argument" and fault.where == line_of(folder, "@voice(limit=4)")


SENDING = HEAD.replace("    async def play", """    def sound(self):
        return ug.to(ug.delay(ug.sent("hall"), 0.25, longest=0.5), output=2)

    @voice(limit=8)
    def ring(self):
        return [ug.to(ug.start() * 0.1, output=1), ug.send(ug.start() * 0.1, "hall")]

    async def play""")


def test_what_voices_send_goes_through_the_scenes_effects_in_the_same_frame(folder: Folder) -> None:
    folder.write("tone", SENDING + "        for number in range(10):\n            self.ring(at=0.1 + number * 0.0137)\n")

    async def script(show: Show) -> None:
        await show.run(2)

    show = with_house(folder, script)
    dry, wet = (np.flatnonzero(show.sound[:, output] > 0.05) for output in (0, 1))
    assert not show.told and len(dry) == 10 and np.array_equal(dry + 12_000, wet)


@pytest.mark.parametrize(("before", "after", "told"), [
    ('ug.send(ug.start() * 0.1, "hall")', 'ug.send(ug.start() * 0.1, "hal")', "hall"),
    ('ug.send(ug.start() * 0.1, "hall")', 'ug.send(ug.pink(2) * 0.1, "hall")', "channels=2"),
    ('ug.to(ug.delay(ug.sent("hall"), 0.25, longest=0.5), output=2)', '[ug.to(ug.sent("hall")), self.ring()]', "directly"),
])
def test_a_send_that_nobody_hears_is_refused_by_check_at_its_line(folder: Folder, before: str, after: str, told: str) -> None:
    folder.write("tone", (SENDING + "        self.ring()\n").replace(before, after))
    ran = command("check", folder.path, cache=folder.cache)
    assert ran.returncode == 1 and line_of(folder, "ug.send(") in ran.stdout + ran.stderr and told in ran.stdout + ran.stderr
