"""Numbers that are none, from a scene: in a look, in a parameter, in a graph that divides by nothing. Nothing of it reaches lamp or loudspeaker."""
from __future__ import annotations

import json

import numpy as np
import pytest
import soundfile

from installation.runtime.commands.checking import examine
from installation.runtime.rehearsal import render

from .running import line_of, write

LAMPS = '''light:
  fixtures: [{name: lamp, kind: rgbw, universe: 1, address: 1, groups: [wash]}]
  universes: {1: {port: artnet, host: 127.0.0.1, universe: 0}}
  neutral: {wash: 0.3}'''
SCENE = '''"""Bad."""
import math
from installation import Scene, param, ug


class Bad(Scene):
    tone = param(110, "Hz", 20, 2000)
    none = param(0, "ratio", 0, 1)
    colour = param((1, 1, 1))

    def sound(self):
        x = ug.sine(self.tone) * 0.1
        return ug.to(SOUND, output=1)

    def light(self):
        return LIGHT

    async def play(self, room):
        await room.sleep(0.1)
        PLAY
'''


def scene(sound: str = "x", light: str = "{'wash': 0.5}", play: str = "pass") -> str:
    return SCENE.replace("SOUND", sound).replace("LIGHT", light).replace("PLAY", play)


def rehearsed(tmp_path, capsys, **places: str) -> tuple[np.ndarray, list[dict], str, str]:
    piece = write(tmp_path / "piece", {"bad": scene(**places)}, more=LAMPS)
    capsys.readouterr()
    assert render(piece, seconds=1.5, out=tmp_path / "out.wav", lights=tmp_path / "lights") == 0
    sound = soundfile.read(tmp_path / "out.wav", dtype="float32", always_2d=True)[0]
    lights = [json.loads(line) for line in (tmp_path / "lights").read_text().splitlines()]
    assert np.isfinite(sound).all() and np.abs(sound).max() <= 10 ** (-1 / 20) + 1e-6
    assert all(len(row["values"]) == 512 and all(type(value) is int and 0 <= value <= 255 for value in row["values"]) for row in lights)
    return sound, lights, capsys.readouterr().err, str(piece / "scenes" / "bad.py")


@pytest.mark.parametrize("look", [
    "{'wash': math.nan}", "{'wash': -math.inf}", "{'wash': (math.nan, 1, 1)}", "{'wash': {'level': math.nan, 'colour': (1, 1, 1)}}",
    "{'wash': 10 ** 400}", "{'wash': 'bright'}", "{'wash': None}", "{'nobody': 1}", "{7: 1}", "[1, 2]", "{'wash': {'level': 1, 'colour': (1, 1)}}",
    "{'wash': 1j}", "{'wash': {'colour': [math.inf] * 3}}", "1 / 0", "{'wash': [[]]}"])
def test_a_look_without_sense_is_told_once_and_no_lamp_is_lost(tmp_path, cached, capsys, look):
    sound, lights, said, _ = rehearsed(tmp_path, capsys, light=look)
    assert lights and said.strip() and len(said.splitlines()) < 12
    assert np.abs(sound[24_000:, 0]).max() > 0.01, "the sound goes on"


def test_a_piece_without_lamps_has_nothing_to_say_of_looks(tmp_path, cached, capsys):
    piece = write(tmp_path / "piece", {"bad": scene(light="{'wash': math.nan, 'all': 1}")})
    assert render(piece, seconds=0.2, out=tmp_path / "out.wav") == 0
    assert "lamp" not in capsys.readouterr().err


@pytest.mark.parametrize("words", ["self.tone.set(math.nan)", "self.tone.set(math.inf)", "await self.tone.go(math.nan, over=0.1)", "self.tone.set('loud')",
                                   "self.tone.set(None)", "self.colour.set((math.nan, 0, 0))", "await self.tone.go(1 / self.none, over=1)",
                                   "self.tone = 5", "self.tone.set(10 ** 400)"])
def test_a_parameter_is_never_moved_to_what_is_no_number(tmp_path, cached, capsys, words):
    sound, _, said, file = rehearsed(tmp_path, capsys, play=f"{words}      # here")
    assert file in said and "play() begins again" in said
    assert line_of(tmp_path / "piece" / "scenes" / "bad.py", "# here") in said
    late = sound[24_000:, 0]
    spectrum = np.abs(np.fft.rfft(late * np.hanning(len(late))))
    assert abs(spectrum.argmax() * 48_000 / len(late) - 110) < 2, "it sounds as before"


@pytest.mark.parametrize("words", ["self.tone.go(200, over=math.nan)", "self.tone.go(200, over=math.inf)", "self.tone.go(200, over=-1)",
                                   "room.sleep(math.nan)"])
def test_times_that_are_none_do_not_stop_the_piece(tmp_path, cached, capsys, words):
    sound, *_ = rehearsed(tmp_path, capsys, play=f"await {words}")
    assert np.abs(sound[24_000:, 0]).max() > 0.01


@pytest.mark.parametrize("sound", ["x / self.none", "x / (self.none - self.none)", "x * (1 / self.none)", "x * ((1 / self.none) - (1 / self.none))",
                                   "ug.sine(self.tone / self.none) * 1e20", "ug.filter(x, self.tone, resonance=self.none / self.none)"])
def test_a_graph_that_divides_by_nothing_is_silenced_and_named_or_stays_within_bounds(tmp_path, cached, capsys, sound):
    heard, _, said, file = rehearsed(tmp_path, capsys, sound=sound)
    late = heard[48_000:, 0]
    if "not numbers" in said:
        assert line_of(tmp_path / "piece" / "scenes" / "bad.py", "return ug.to") in said
        spectrum = np.abs(np.fft.rfft(late * np.hanning(len(late))))
        assert abs(spectrum.argmax() * 48_000 / len(late) - 220) < 2, "the idle scene plays"


NONE = ["ug.sine(math.nan)", "ug.sine(math.inf)", "x * math.nan", "x / 0", "x + 10 ** 400", "ug.delay(x, math.nan)", "ug.lowpass(x, -math.inf)",
        "x * (1 / 0)", "ug.reverb(x, size=math.nan)", "ug.db(math.inf) * x"]


def test_a_number_that_is_none_is_a_fault_at_its_line(tmp_path, cached):
    piece = write(tmp_path / "piece", {f"s{number}": scene(sound) for number, sound in enumerate(NONE)})
    _, built, faults = examine(piece, compile=False)
    assert len(faults) == len(NONE)
    for number, sound in enumerate(NONE):
        assert built.broken[f"s{number}"].where == line_of(piece / "scenes" / f"s{number}.py", "return ug.to"), sound


def test_an_input_that_the_piece_does_not_open_is_a_fault_at_its_line(tmp_path, cached):
    """Before anything sounds; and heard, as silence, where the piece opens it and no card gives anything."""
    piece = write(tmp_path / "piece", {"bad": scene("x + ug.input(2)"), "voice": scene("x + ug.input(1, channels=3)[0]")})
    _, built, faults = examine(piece, compile=False)
    assert len(faults) == 2 and set(built.broken) == {"bad", "voice"}
    for name, wanted in (("bad", 2), ("voice", 3)):
        fault = built.broken[name]
        assert fault.where == line_of(piece / "scenes" / f"{name}.py", "return ug.to") and f"inputs: {wanted}" in fault.remedy.en
    config = piece / "config.yaml"
    config.write_text(config.read_text().replace("card: none", "card: none, inputs: 3"))
    _, built, faults = examine(piece, compile=False)
    assert not faults
    assert render(piece, seconds=0.5, out=tmp_path / "out.wav", quiet=True) == 0
    heard = soundfile.read(tmp_path / "out.wav", dtype="float32", always_2d=True)[0]
    assert np.isfinite(heard).all() and np.abs(heard[9_600:, 0]).max() == pytest.approx(0.1, abs=0.01)


def test_declarations_without_sense_are_faults_at_their_line(tmp_path, cached):
    lines = ['p = param(float("nan"))', 'p = param(0, "Hz", float("nan"), 1)', 'p = param(0, "Hz", 5, 1)', 'p = param(0, "furlong")', "p = param(None)",
             'p = param(2, "ratio", 0, 1)', "p = param(0, glide=float('nan'))", "p = param((1, 2))", "p = param('x', choices=('y',))",
             "p = param(0, curve='odd')", "p = param(0, glide=-1)", "p = param(object())", 'p = param(0, "Hz", 0, 10, curve="exp")',
             "p = param(0, low=10 ** 400)", "p = param(0, glide='soon')"]
    tone = 'tone = param(110, "Hz", 20, 2000)'
    piece = write(tmp_path / "piece", {f"s{n}": scene().replace(tone, f"{line}\n    {tone}") for n, line in enumerate(lines)})
    _, built, _ = examine(piece, compile=False)
    for number, line in enumerate(lines):
        assert f"s{number}" in built.broken, line
        assert built.broken[f"s{number}"].where == line_of(piece / "scenes" / f"s{number}.py", line), line
