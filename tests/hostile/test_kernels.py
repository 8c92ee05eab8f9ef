"""An artist's own kernel that does harm: it is named by its line, its scene gives way to the idle one, everything else plays on."""
from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from installation.cli import code_of
from installation.runtime.commands.checking import examine
from installation.runtime.rehearsal import render
from installation.runtime.rendering import Job, rendered
from installation.terms.fault import Fault, Faults

from .running import CALM, OTHER, Running, free_port, line_of, write

HEAD = '''"""Own: a kernel of the piece's own."""
import math
import numpy as np
from installation import Scene, ug, unit


'''
TAIL = '''

class Own(Scene):
    def sound(self):
        return ug.to(own(ug.sine(100) * 0.1), output=1)     # the word
'''
KERNEL = "@unit(out=unit.out(), x=unit.input(), state=unit.state(2))\ndef own(out, x, state):\n"
TWO_LAYERS = "  - {layer: main, start: own, idle: calm, fade: 0.1}\n  - {layer: beside, start: other, fade: 0.1}"


def own(body: str, head: str = KERNEL) -> str:
    return HEAD + head + "".join(f"    {line}\n" for line in body.splitlines()) + TAIL


def heard(path):
    return soundfile.read(path, dtype="float32", always_2d=True)[0]


@pytest.mark.parametrize("bad", ["math.nan", "math.inf", "1.0 / (state[0] - state[0])", "1e30"])
def test_samples_that_are_no_numbers_silence_their_scene_alone(tmp_path, cached, capsys, bad):
    body = f"state[0] += 1.0\nfor n in range(x.shape[1]):\n    out[0, n] = x[0, n]\nif state[0] > 300.0:\n    out[0, 5] = {bad}"
    piece = write(tmp_path / "piece", {"own": own(body), "other": OTHER}, score=TWO_LAYERS)
    assert render(piece, seconds=2.0, out=tmp_path / "out.wav") == 0
    said = capsys.readouterr().err
    assert line_of(piece / "scenes" / "own.py", "# the word") in said and "not numbers" in said and said.count("not numbers") == 1
    sound = heard(tmp_path / "out.wav")
    assert np.isfinite(sound).all() and np.abs(sound).max() < 1.0
    late = sound[int(1.0 * 48_000):, 0]
    spectrum = np.abs(np.fft.rfft(late * np.hanning(len(late))))
    assert abs(spectrum.argmax() * 48_000 / len(late) - 220) < 2, "the idle scene plays"
    alone = write(tmp_path / "alone", {"own": own(body.split("\nif")[0]), "other": OTHER}, score=TWO_LAYERS)
    assert render(alone, seconds=2.0, out=tmp_path / "alone.wav", quiet=True) == 0
    assert np.array_equal(sound[:, 1], heard(tmp_path / "alone.wav")[:, 1]), "the other layer was not touched"


@pytest.mark.parametrize("body, id, line", [
    ("y = np.zeros(64)\nout[0, 0] = y[3]", "kernel.unbearable", "@unit"),
    ("if x[0, 0] > 1:\n    raise ValueError('loud')", "kernel.raises", "raise ValueError"),
    ("y = object()\nout[0, 0] = 1.0 if y else 0.0", "kernel.compile", "object()"),
    ("out[0, 0] = nothing_of_the_kind", "kernel.compile", "nothing_of_the_kind"),
])
def test_a_kernel_that_cannot_be_one_is_named_and_the_others_play(tmp_path, cached, body, id, line):
    piece = write(tmp_path / "piece", {"own": own(body), "other": OTHER})
    _, built, faults = examine(piece)
    (fault,) = faults
    assert fault.id.startswith(id) and fault.where.startswith(str(piece / "scenes" / "own.py") + ":")
    assert fault.where == line_of(piece / "scenes" / "own.py", line)
    assert fault.happened.en and fault.happened.fr
    assert set(built.broken) == {"own"} and {"other", "calm"} <= set(built.scenes)
    with pytest.raises(Faults):
        render(piece, seconds=0.1, quiet=True)


def test_two_scenes_of_one_file_are_both_broken_by_its_kernel(tmp_path, cached):
    piece = write(tmp_path / "piece", {"own": own("out[0, 0] = nothing_of_the_kind")})
    text = (piece / "config.yaml").read_text()
    (piece / "config.yaml").write_text(text.replace("scenes:\n", "scenes:\n  twin: {file: scenes/own.py}\n"))
    _, built, faults = examine(piece)
    assert set(built.broken) == {"own", "twin"} and len(faults) == 1


@pytest.mark.parametrize("head, words", [
    ("@unit(out=unit.out(), y=unit.input())\ndef own(out, x):\n", "its ports are"),
    ("@unit(out=unit.out(), x=3)\ndef own(out, x):\n", "not a port"),
    ("@unit(x=unit.input())\ndef own(x):\n", "exactly one unit.out()"),
])
def test_wrong_ports_are_a_fault_at_the_kernels_line(tmp_path, cached, head, words):
    piece = write(tmp_path / "piece", {"own": own("out[0, 0] = 0.0", head)})
    _, built, (fault,) = examine(piece, compile=False)
    assert words in fault.happened.en and fault.where.startswith(str(piece / "scenes" / "own.py") + ":")


DEADLY = {
    "wild": "state[0] += 1.0\nif state[0] > 20.0:\n    out[int(state[0]) << 36, 0] = 1.0\nout[0, 0] = x[0, 0]",
    "endless": "state[0] += 1.0\nwhile state[0] > 20.0:\n    state[1] += 1.0\nout[0, 0] = x[0, 0]",
}


@pytest.mark.parametrize("how", list(DEADLY))
def test_a_kernel_that_kills_two_players_is_banned_and_named(tmp_path, cache, how):
    """Through the real process: two players die, the scene is dropped by name, the idle scene plays, the end is in good order."""
    port = free_port()
    piece = write(tmp_path / "piece", {"own": own(DEADLY[how]), "other": OTHER}, score=TWO_LAYERS, port=port)
    with Running(piece, cache, port=port) as running:
        running.says(line_of(piece / "scenes" / "own.py", "# the word") + ".*dropped")
        running.plays("calm")
        assert running.value("/score/beside/scene") == ("other",)
        before = running.value("/system/uptime")
        assert before is not None
        running.says("goes on at the same place")
        assert running.stop() == 0
        assert "Traceback" not in running.text()


def test_the_loudness_of_a_kernel_is_not_its_business(tmp_path, cached):
    """A hundred times full scale is no fault; it is limited."""
    body = "for n in range(x.shape[1]):\n    out[0, n] = x[0, n] * 1000.0"
    piece = write(tmp_path / "piece", {"own": own(body)})
    assert render(piece, seconds=0.5, out=tmp_path / "out.wav", quiet=True) == 0
    assert np.abs(heard(tmp_path / "out.wav")).max() <= 10 ** (-1 / 20) + 1e-6


@pytest.mark.parametrize("how", list(DEADLY))
def test_a_kernel_that_ends_a_rehearsal_is_named_and_leaves_no_file_that_looks_whole(tmp_path, cache, how, monkeypatch):
    monkeypatch.setenv("CACHE_DIRECTORY", str(cache))
    piece = write(tmp_path / "piece", {"own": own(DEADLY[how]), "other": OTHER}, score=TWO_LAYERS)
    out, lights = tmp_path / "out.wav", tmp_path / "lights.jsonl"
    with pytest.raises(Fault) as caught:
        rendered(Job(str(piece), 2.0, out=str(out), lights=str(lights), quiet=True), still=1.0)
    fault = caught.value
    assert fault.id == "kernel.deadly" and fault.where == line_of(piece / "scenes" / "own.py", "# the word")
    for words in (fault.happened.en, fault.happened.fr):
        assert '"own"' in words or "« own »" in words
    assert code_of(fault) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["piece"], "no half-written file"


def test_the_command_says_it(tmp_path, cache):
    piece = write(tmp_path / "piece", {"own": own(DEADLY["wild"])})
    out = tmp_path / "out.wav"
    out.write_bytes(b"what was there before")
    done = subprocess.run([sys.executable, "-m", "installation", "render", str(piece), "--seconds", "2", "--out", str(out)],
                          cwd=Path(__file__).parents[2], env={**os.environ, "CACHE_DIRECTORY": str(cache)}, capture_output=True, text=True, timeout=100)
    assert done.returncode == 1 and line_of(piece / "scenes" / "own.py", "# the word") in done.stderr and "own" in done.stderr
    assert "Traceback" not in done.stderr and out.read_bytes() == b"what was there before"


@pytest.mark.jack
def test_the_same_on_a_card(tmp_path, cache):
    """A kernel that writes out of bounds, on JACK: what the card gets afterwards is the idle scene."""
    from tests.bench import wait_until
    from tests.jack import Server

    port = free_port()
    piece = write(tmp_path / "piece", {"own": own(DEADLY["wild"]), "calm": CALM}, card="system", port=port)
    with Server("HOSTILE") as server, server.recorder(2) as recorder:
        with Running(piece, cache, port=port, environment=server.environment) as running:
            running.says("dropped")
            running.plays("calm")
            begin = recorder.frames
            wait_until(lambda: recorder.frames > begin + 96_000)
            late = recorder.read()[-24_000:, 0]
            assert running.stop(signal.SIGINT) == 0
        late = np.nan_to_num(late)
        spectrum = np.abs(np.fft.rfft(late * np.hanning(len(late))))
        assert abs(spectrum.argmax() * 48_000 / len(late) - 220) < 5 and np.abs(late).max() > 0.01
