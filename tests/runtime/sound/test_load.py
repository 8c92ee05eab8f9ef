"""The load: told, smoothed, by scene; near the limit voices give way as the piece declared, without flapping; never in a rehearsal."""
from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from installation.audio.costs import Costs
from installation.audio.stage import Stage
from installation.rules.config import load_piece
from installation.runtime.sound.load import Load
from installation.runtime.sound.players import Players
from installation.runtime.telling.health import Health
from installation.runtime.telling.status import status
from installation.terms.fault import Fault, Faults, Recovery
from tests.runtime.house_at_work import CONFIG, TONE, Folder, Show, with_house
from tests.runtime.running import Running, command, free_port
from tests.runtime.test_live import Tablet

PERIOD = 64 / 48_000
RAIN = """
from installation import Scene, param, ug, voice

class Rain(Scene):
    def sound(self):
        return ug.to(ug.sine(300) * 0.05, output=1)

    @voice(limit=64)
    def drop(self, pitch=param(440, "Hz", 40, 8000, curve="exp")):
        return ug.to(ug.sine(pitch) * ug.env(ug.held()) * 0.005, output=2)

    async def play(self, room):
        async for time in room.every(0.1):
            self.drop(pitch=200 + 100 * (time % 30))
"""


class Meter:
    """A player that takes the time that a test says: so much by itself, so much for each voice."""

    def __init__(self, base: float = 0.0, each: float = 0.0) -> None:
        self.base, self.each = base, each
        self.show: Show | None = None
        self.epoch, self._blocks, self._spent, self._names = 1, 0, 0.0, {"tone": 0.0, "tone.drop": 0.0}

    def run(self, seconds: float) -> None:
        """So much time passes."""
        blocks = round(seconds / PERIOD)
        voices = self.each * sum(bank.playing for part in self.show.house.program.parts() for bank in part.voicing.banks.values()) if self.show else 0.0
        self._blocks += blocks
        self._spent += blocks * PERIOD * (self.base + voices)
        self._names = {"tone": self._names["tone"] + 0.5 * blocks * PERIOD * self.base, "tone.drop": self._names["tone.drop"] + blocks * PERIOD * voices}

    def replaced(self) -> None:
        """Another player begins."""
        self.epoch, self._blocks, self._spent, self._names = self.epoch + 1, 0, 0.0, {"tone": 0.0, "tone.drop": 0.0}

    def __call__(self) -> Costs:
        if self.show is not None:
            self.run(0.1)
        names = dict(self._names)
        return Costs(self.epoch, self._blocks, PERIOD, self._spent, 2 * PERIOD, names, {"sine": (0.2 * names["tone"], 1), "reverb": (0.6 * names["tone"], 1)})


class Watched:
    """A Load without a house."""

    def __init__(self, limit: float = 0.8, overload: str = "steal") -> None:
        self.meter, self.now = Meter(), 0.0
        self.told: list[Fault | Recovery] = []
        self.stage = cast(Stage, SimpleNamespace(crowded=""))
        self.load = Load(self.stage, cast(Any, SimpleNamespace(limit=limit, overload=overload)), list, self.told.append, costs=self.meter)

    def run(self, seconds: float, load: float) -> None:
        for _ in range(round(seconds / 0.1)):
            self.meter.base = load
            self.meter.run(0.1)
            self.now += 0.1
            self.load.step(self.now)


def test_it_is_smoothed_over_a_second_and_split_by_scene_and_kind() -> None:
    one = Watched()
    one.run(1.0, 0.5)
    assert one.load.value == pytest.approx(0.5 * 0.632, abs=0.01)
    one.run(9.0, 0.5)
    assert one.load.value == pytest.approx(0.5, abs=0.001) and one.load.worst == pytest.approx(2.0)
    assert one.load.scene("tone") == pytest.approx(0.25, abs=0.001) and one.load.scene("ton") == 0.0
    assert one.load.kinds == pytest.approx({"sine": 0.0625, "reverb": 0.1875}, abs=0.001) and one.load.say() == "tone 25% · reverb 19%, sine 6%"
    assert one.told == [] and not one.load.is_notable
    one.run(10.0, 0.7)
    assert one.load.is_notable


@pytest.mark.parametrize("loads", [(0.6, 0.6, 0.6, 4.0), (0.79,), (0.9, 0.7)])
def test_one_long_look_or_less_than_the_limit_is_nothing(loads: tuple[float, ...]) -> None:
    one = Watched()
    for turn in range(200):
        one.run(0.1, loads[turn % len(loads)])
    assert one.told == [] and one.stage.crowded == ""


def test_it_is_said_once_when_it_begins_and_once_when_it_is_over_however_it_wavers() -> None:
    one = Watched()
    one.run(5.0, 0.6)
    for turn in range(300):                                   # half a minute about the limit
        one.run(0.1, 0.85 if turn // 3 % 2 else 0.74)
    assert [type(what) for what in one.told] == [Fault] and one.stage.crowded == "steal"
    fault = one.told[0]
    assert "85% of its time, the limit is 80%" in fault.happened.en and "scenes enter all the same" in fault.happened.en
    assert "les scènes entrent quand même" in fault.happened.fr and "tone" in fault.remedy.en and "reverb" in fault.remedy.fr
    one.run(3.0, 0.6)
    assert one.stage.crowded == "" and len(one.told) == 1     # voices are free at once
    one.run(1.0, 0.9)
    assert one.stage.crowded == "steal" and len(one.told) == 1
    one.run(5.0, 0.6)
    assert len(one.told) == 1
    one.run(10.0, 0.6)
    assert [type(what) for what in one.told] == [Fault, Recovery] and one.told[1].id == fault.id and "60%" in one.told[1].happened.en


def test_another_player_begins_from_nothing_and_without_one_there_is_no_load() -> None:
    one = Watched()
    one.run(5.0, 0.6)
    one.meter.replaced()
    one.run(0.1, 60.0)                                        # the first look at it tells nothing
    assert one.load.value == pytest.approx(0.6, abs=0.01)
    one.run(5.0, 0.3)
    assert one.load.value == pytest.approx(0.3, abs=0.01) and one.told == []
    for _ in range(20):
        one.now += 0.1
        one.load.step(one.now)
    assert (one.load.value, one.load.worst, one.load.names) == (0.0, 0.0, {})


@pytest.fixture
def rain(folder: Folder) -> Callable[..., tuple[Folder, Meter]]:
    """A piece in which ten voices begin every second and none ends by itself; the meter that its load is read from."""
    def made(overload: str, base: float = 0.2, each: float = 0.05) -> tuple[Folder, Meter]:
        folder.write("tone", RAIN)
        folder.config(CONFIG.replace("sound: {", f"sound: {{limit: 80 %, overload: {overload}, "))
        return folder, Meter(base, each)

    return made


def drops(show: Show) -> Any:
    return next(part.voicing.banks["drop"] for part in show.house.program.parts() if part.name == "tone")


def test_steal_keeps_the_load_at_the_limit_and_new_voices_are_heard(rain) -> None:
    folder, meter = rain("steal")

    async def script(show: Show) -> None:
        meter.show = show
        await show.run(20.0)
        bank = drops(show)
        assert 8 <= bank.playing <= 12 and bank.refused == 0 and 180 <= bank.started <= 201        # 0.2 + 12 × 0.05 is the limit
        assert show.tree.value("/system/load") == pytest.approx(0.2 + 0.05 * bank.playing, abs=0.1)
        assert show.tree.value("/scene/tone/load") == pytest.approx(0.1 + 0.05 * bank.playing, abs=0.1) and show.tree.value("/scene/other/load") == 0.0
        assert show.tree.value("/system/costs").startswith("tone.drop ") and show.tree.value("/system/load_worst") == 2.0
        said = status(show.house, cast(Players, SimpleNamespace(state=SimpleNamespace(say=lambda: "card"))),
                      Health(show.house, cast(Any, SimpleNamespace(lasting=list))))
        assert "load " in said
        assert [fault.id for fault in show.faults] == ["sound.overload"] and show.over == []
        show.write("/score/main/scene", "other")              # a scene enters, near the limit or not
        await show.run(2.0)
        assert show.playing == "other" and show.level() > 0.05
        await show.run(13.0)
        assert show.over == ["sound.overload"] and len(show.faults) == 1

    with_house(folder, script, costs=meter)


def test_refuse_begins_no_voice_until_there_is_time_again(rain) -> None:
    folder, meter = rain("refuse")

    async def script(show: Show) -> None:
        meter.show = show
        await show.run(10.0)
        bank = drops(show)
        stood = bank.playing
        assert 12 < stood < 18 and bank.stolen == 0 and bank.refused > 50
        assert [fault.id for fault in show.faults] == ["sound.overload"] and "no new voice" in show.faults[0].happened.en
        meter.each = 0.01
        await show.run(6.0)
        assert bank.playing > stood + 20 and len(show.faults) == 1

    with_house(folder, script, costs=meter)


def test_ignore_tells_and_does_nothing(rain) -> None:
    folder, meter = rain("ignore")

    async def script(show: Show) -> None:
        meter.show = show
        await show.run(5.0)
        bank = drops(show)
        assert bank.playing >= 48 and (bank.stolen, bank.refused) == (0, 0) and show.stage.crowded == ""
        assert len(show.faults) == 1 and "nothing is done" in show.faults[0].happened.en and "rien n'est fait" in show.faults[0].happened.fr

    with_house(folder, script, costs=meter)


def test_voices_that_cost_nothing_are_left_alone_where_scenes_are_too_much(rain) -> None:
    folder, meter = rain("steal", base=1.2, each=0.0)

    async def script(show: Show) -> None:
        await show.run(2.0)
        bank, meter.show = drops(show), show
        stood = bank.playing
        await show.run(3.0)
        assert stood <= bank.playing <= stood + 3 and bank.stolen > 20 and len(show.faults) == 1       # each new one replaces one
        assert show.level() > 0.03                             # the scene plays on

    with_house(folder, script, costs=meter)


def test_a_parameter_that_is_called_load_is_the_artists(folder: Folder) -> None:
    own = TONE.replace("glow = param", 'load = param(3, "", 0, 9)\n    glow = param')
    meter = Meter(0.5)

    async def script(show: Show) -> None:
        meter.show = show
        await show.run(3.0)
        assert show.tree.value("/scene/tone/load") == pytest.approx(0.25, abs=0.03)
        await show.edit("tone", own)
        await show.run(3.0)
        assert show.tree.value("/scene/tone/load") == 3.0
        show.write("/scene/tone/load", 4)
        await show.run(1.0)
        assert show.tree.value("/scene/tone/load") == 4.0
        await show.edit("tone", TONE)
        await show.run(5.0)
        assert "/scene/tone/load" in show.tree and show.tree.value("/scene/tone/load") == pytest.approx(0.25, abs=0.03)

    with_house(folder, script, costs=meter)


def test_in_a_rehearsal_nobody_looks_at_the_clock(rain, monkeypatch) -> None:
    folder, _ = rain("refuse")
    monkeypatch.setattr(Stage, "costs", lambda stage: pytest.fail("a rehearsal looked at measured time"))

    async def script(show: Show) -> None:
        await show.run(6.0)
        assert drops(show).playing in (60, 61) and drops(show).refused == 0 and show.tree.value("/system/load") == 0.0

    assert with_house(folder, script).told == []


def test_a_rehearsal_far_beyond_the_limit_sounds_as_if_there_were_none(folder: Folder, tmp_path: Path) -> None:
    """Each voice takes longer than its block lasts."""
    heard = set()
    for sound in ("limit: 0.3, overload: refuse", "limit: 0.3, overload: steal", "limit: 0.95, overload: ignore"):
        folder.write("tone", TOIL.replace("TURNS", "400000"))
        folder.config(CONFIG.replace("sound: {", f"sound: {{{sound}, "))
        ran = command("render", folder.path, "--seconds", 1, "--out", tmp_path / "out.wav", cache=folder.cache)
        assert ran.returncode == 0 and ran.stderr == "", ran.stderr
        heard.add(hashlib.sha256((tmp_path / "out.wav").read_bytes()).hexdigest())
    assert len(heard) == 1


TOIL = """
from installation import Scene, ug, unit, voice

@unit(out=unit.out(), x=unit.input(), state=unit.state(1))
def toil(out, x, state):
    value = state[0] + 1.0
    for turn in range(TURNS):
        value = (value * 1103515.0 + 12345.0) % 2147483648.0
    state[0] = value
    for channel in range(out.shape[0]):
        for frame in range(out.shape[1]):
            out[channel, frame] = x[channel, frame] + value * 1e-15

class Tone(Scene):
    def sound(self):
        return ug.to(ug.sine(300) * 0.05, output=1)

    @voice(limit=32)
    def drop(self):
        return ug.to(toil(ug.sine(500)) * ug.env(ug.held()) * 0.005, output=2)

    async def play(self, room):
        async for time in room.every(0.15):
            self.drop()
"""


def turns(share: float) -> int:
    """How many turns of the kernel above take that share of a block's time on this machine now."""
    from numba import njit

    @njit
    def toil(count: int) -> float:
        value = 1.0
        for _ in range(count):
            value = (value * 1103515.0 + 12345.0) % 2147483648.0
        return value

    toil(10)
    best = min(_timed(toil, 100_000) for _ in range(10))
    return max(1, round(100_000 * share * PERIOD / best))


def _timed(call: Callable[[int], float], count: int) -> float:
    began = time.thread_time()
    call(count)
    return time.thread_time() - began


def test_a_piece_that_runs_says_its_load_and_sheds_what_is_too_much(folder: Folder) -> None:
    """For real: voices of which ten would take all of the time. The blocks go on at their pace."""
    port = free_port()
    folder.write("tone", TOIL.replace("TURNS", str(turns(0.1))))
    folder.config(CONFIG.replace("sound: {", "sound: {limit: 40 %, ") + f"remote: {{osc: {{interface: 127.0.0.1, port: {port}, allow: [127.0.0.0/8]}}}}\n")
    folder.build()
    tablet = Tablet(port)
    try:
        with Running("run", folder.path, cache=folder.cache) as piece:
            piece.until("the limit is 40%")
            assert "voices fade" in piece.said and "tone.drop" in piece.said and "toil" in piece.said
            tablet.until("/system/uptime", lambda value: value > 8)
            tablet.values.clear()
            tablet.until("/scene/tone/load", lambda value: 0.1 < value < 0.8)
            tablet.until("/scene/tone/drop/playing", lambda value: 1 <= value < 12)
            tablet.until("/system/costs", lambda text: text.startswith("tone.drop "))
            tablet.until("/system/load_worst", lambda value: value > 0.1)
            code, _ = piece.stop()
    finally:
        tablet.close()
    assert code == 0 and piece.said.count("the limit is 40%") == 1 and "Traceback" not in piece.said


@pytest.mark.parametrize(("written", "wrong"), [("limit: 0.2", "sound.limit"), ("limit: 1", "sound.limit"), ("overload: stael", "sound.overload")])
def test_what_makes_no_sense_is_refused(folder: Folder, written: str, wrong: str) -> None:
    folder.config(CONFIG.replace("sound: {", f"sound: {{{written}, "))
    with pytest.raises(Faults) as refused:
        load_piece(folder.path)
    assert wrong in refused.value.faults[0].where
