"""A machine that refuses: folders that cannot be written, disks that are full, caches that are damaged, names that are strange, a second engine."""
from __future__ import annotations

import asyncio
import json
import os
import random
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import soundfile

from installation.audio.cache import read
from installation.ports.osc_packet import message
from installation.rules.trace import check_trace
from installation.rules.tree import Priority, Tree
from installation.runtime.commands.checking import examine
from installation.runtime.memory.keeping import Keeping
from installation.runtime.rehearsal import render
from installation.terms.declaration import Declaration
from installation.terms.fault import Fault, Faults
from tests.bench import lack, need, wait_until

from .running import CALM, OTHER, Running, free_port, line_of, write

# root without the right to pass over permissions is, for its own files, an ordinary user
ORDINARY = ("setpriv", "--inh-caps=-all", "--bounding-set=-dac_override,-dac_read_search") if os.geteuid() == 0 else ()


def command(*words: str, before: tuple[str, ...] = (), **more: str) -> subprocess.CompletedProcess:
    """`installation …` in a process of its own."""
    return subprocess.run([*before, sys.executable, "-m", "installation", *words], capture_output=True, timeout=110, cwd=Path(__file__).parents[2],
                          env={**os.environ, **more})


def objects(piece: Path) -> list[Path]:
    """The object files that a piece needs, compiled."""
    _, built, faults = examine(piece)
    assert not faults
    return sorted({Path(path) for path in built.objects.values()})


def copies(files: list[Path], folder: Path) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    return [Path(shutil.copy(file, folder)) for file in files]


@contextmanager
def mounted(*words: str):
    """A mount for as long as it lasts."""
    if os.geteuid() != 0:
        lack("mounting needs root")
    done = subprocess.run(["mount", *words], capture_output=True, text=True)
    if done.returncode:
        lack(f"mount: {done.stderr.strip()}")
    try:
        yield Path(words[-1])
    finally:
        subprocess.run(["umount", "-l", words[-1]], check=True)


@contextmanager
def read_only(folder: Path):
    with mounted("--bind", str(folder), str(folder)):
        subprocess.run(["mount", "-o", "remount,ro,bind", str(folder)], check=True)
        yield folder


@pytest.fixture
def plain(tmp_path, cached) -> tuple[Path, list[Path], bytes]:
    """A piece, its object files, and what it sounds like."""
    piece = write(tmp_path / "piece", {"calm": CALM})
    files = objects(piece)
    assert render(piece, seconds=0.2, out=tmp_path / "whole.wav", quiet=True) == 0
    return piece, files, (tmp_path / "whole.wav").read_bytes()


def sounds(tmp_path: Path, piece: Path, **environment: str) -> bytes:
    done = command("render", str(piece), "--seconds", "0.2", "--out", str(tmp_path / "out.wav"), "--quiet", **environment)
    assert done.returncode == 0, done.stderr.decode()
    return (tmp_path / "out.wav").read_bytes()


def damage(files: list[Path], how: str) -> None:
    for number, file in enumerate(files):
        data = file.read_bytes()
        match how:
            case "cut":
                file.write_bytes(data[:[0, 10, 40, len(data) // 2, len(data) - 1][number % 5]])
            case "random":
                file.write_bytes(random.Random(number).randbytes(len(data)))
            case "flipped":
                place = random.Random(number).randrange(len(data))
                file.write_bytes(data[:place] + bytes([data[place] ^ 16]) + data[place + 1:])


@pytest.mark.parametrize("how", [pytest.param("cut", marks=pytest.mark.slow), "random", "flipped"])
def test_every_object_file_damaged_is_made_again_and_plays(tmp_path, plain, how):
    piece, files, whole = plain
    kept = copies(files, tmp_path / "cache" / "kernels")
    harmed = kept if how == "cut" else [file for file in kept if not file.name.startswith("engine")]     # the engine takes longest to compile
    damage(harmed, how)
    assert sounds(tmp_path, piece, CACHE_DIRECTORY=str(tmp_path / "cache"), TMPDIR=str(tmp_path)) == whole
    assert all(read(file) for file in kept), "whole again"


@pytest.mark.root
@pytest.mark.parametrize("warm", [True, False])
def test_a_read_only_cache(tmp_path, plain, warm):
    piece, files, whole = plain
    kept = copies(files, tmp_path / "cache" / "kernels")
    (tmp_path / "tmp").mkdir()
    if not warm:
        next(file for file in kept if file.name.startswith("sine")).unlink()
    with read_only(tmp_path / "cache"):
        for _ in range(2):
            assert sounds(tmp_path, piece, CACHE_DIRECTORY=str(tmp_path / "cache"), TMPDIR=str(tmp_path / "tmp")) == whole
    elsewhere = [path.name for path in (tmp_path / "tmp").glob("*/*.object")]
    assert (len(elsewhere) == 0) if warm else (len(elsewhere) == 1 and elsewhere[0].startswith("sine"))


@pytest.mark.root
def test_a_cache_on_a_full_disk(tmp_path, plain):
    piece, files, whole = plain
    (tmp_path / "cache").mkdir()
    own = copies(files, tmp_path / "tmp" / f"installation-kernels-{os.getuid()}")
    next(file for file in own if file.name.startswith("sine")).unlink()
    with mounted("-t", "tmpfs", "-o", "size=16k", "none", str(tmp_path / "cache")):
        (tmp_path / "cache" / "filler").write_bytes(bytes(12_000))
        assert sounds(tmp_path, piece, CACHE_DIRECTORY=str(tmp_path / "cache"), TMPDIR=str(tmp_path / "tmp")) == whole
        assert not list((tmp_path / "cache").rglob("*.part"))
    assert len(list((tmp_path / "tmp").glob("*/*.object"))) == len(files)


@pytest.mark.root
@pytest.mark.slow
def test_a_disk_without_a_byte_left(tmp_path, plain):
    """The temporary folder is full too: what is compiled plays; what is not is a sentence, and the machine's fault."""
    piece, files, _ = plain
    (tmp_path / "tmp").mkdir()
    with mounted("-t", "tmpfs", "-o", "size=8k", "none", str(tmp_path / "tmp")):
        (tmp_path / "tmp" / "filler").write_bytes(bytes(4096))
        done = command("render", str(piece), "--seconds", "0.2", "--out", str(tmp_path / "out.wav"), CACHE_DIRECTORY=str(files[0].parent.parent),
                       TMPDIR=str(tmp_path / "tmp"))
        assert done.returncode == 0 and b"Traceback" not in done.stderr, done.stderr
        write(piece, {"calm": CALM.replace("ug.sine(self.tone)", "ug.pulse(self.tone, width=0.3)")})
        (tmp_path / "none").write_text("in the way")
        done = command("render", str(piece), "--seconds", "0.2", CACHE_DIRECTORY=str(tmp_path / "none"), TMPDIR=str(tmp_path / "tmp"))
        assert done.returncode == 3 and b"cannot be written anywhere" in done.stderr and b"Traceback" not in done.stderr, done.stderr


@pytest.mark.parametrize("place", ["a file in its way", pytest.param("read-only", marks=pytest.mark.root), pytest.param("full", marks=pytest.mark.root)])
def test_what_was_tuned_cannot_be_saved(tmp_path, cache, place):
    """It is said, the piece plays, and the end is in good order."""
    port = free_port()
    piece = write(tmp_path / "piece", {"calm": CALM}, port=port)
    state = tmp_path / "state"
    around = {"read-only": lambda: read_only(state), "full": lambda: mounted("-t", "tmpfs", "-o", "size=4k", "none", str(state))}
    if place in around:
        state.mkdir()
    else:
        state.write_text("in the way")

    def played() -> None:
        if place == "full":
            (state / "filler").write_bytes(bytes(4096))
        with Running(piece, cache, port=port, environment={"STATE_DIRECTORY": str(state)}) as running:
            running.plays("calm")
            running.send(message("/scene/calm/tone", (300.0,)))
            wait_until(lambda: running.value("/scene/calm/tone") == (300.0,))
            assert running.stop() == 0
            assert "nothing can be kept over a power cut" in running.text() or "saved values cannot be" in running.text()
            assert "Traceback" not in running.text()

    if place in around:
        with around[place]():
            played()
    else:
        played()


def test_an_ordinary_user_where_nothing_can_be_written(tmp_path, plain):
    """Piece, home and state are closed; only the temporary folder is open: it plays. Files that cannot be read are faults."""
    if ORDINARY:
        need("setpriv")
    piece, files, _ = plain
    copies(files, tmp_path / "tmp" / f"installation-kernels-{os.getuid()}")
    (tmp_path / "home").mkdir()
    port = free_port()
    (piece / "config.yaml").write_text((piece / "config.yaml").read_text() + f"remote: {{osc: {{port: {port}}}}}\n")
    environment = {"CACHE_DIRECTORY": "", "STATE_DIRECTORY": "", "HOME": str(tmp_path / "home"), "XDG_CACHE_HOME": "", "TMPDIR": str(tmp_path / "tmp")}
    closed = [piece, tmp_path / "home"]
    try:
        for folder in closed:
            folder.chmod(0o555)
        with Running(piece, tmp_path, port=port, environment=environment, before=ORDINARY) as running:
            running.plays("calm")
            running.send(message("/scene/calm/tone", (300.0,)))
            wait_until(lambda: running.value("/scene/calm/tone") == (300.0,))
            assert running.stop(signal.SIGINT) == 0 and "Traceback" not in running.text()
            assert "nothing can be kept over a power cut" in running.text()
    finally:
        for folder in closed:
            folder.chmod(0o755)
    (piece / "scenes" / "bad.py").write_text(OTHER)
    (piece / "scenes" / "bad.py").chmod(0)
    text = (piece / "config.yaml").read_text()
    (piece / "config.yaml").write_text(text.replace("scenes:\n", "scenes:\n  bad: {file: scenes/bad.py}\n"))
    for words in ("bad.py", "config.yaml"):
        (piece / "scenes" / "bad.py" if words == "bad.py" else piece / "config.yaml").chmod(0)
        done = command("check", str(piece), "--fast", before=ORDINARY, **environment)
        assert done.returncode == 1 and words.encode() in done.stderr and b"ermission" in done.stderr and b"Traceback" not in done.stderr, done.stderr


@pytest.mark.parametrize("name", ["Pièce à côté (1)", "  two  blanks ", "日本 ♪", b"caf\xe9".decode("utf-8", "surrogateescape"), "line\nbreak",
                                  "-quiet", "$HOME;'\"\\"])
def test_folders_may_be_called_anything(tmp_path, cache, name):
    piece = write(tmp_path / name, {"bad": "import math\nmath.sqrt(-1)\n", "calm": CALM})
    environment = {"CACHE_DIRECTORY": str(cache), "LC_ALL": "C"}
    done = command("check", "--fast", "--json", str(piece), **environment)
    assert done.returncode == 1 and b"Traceback" not in done.stderr, done.stderr.decode()
    (fault,) = json.loads(done.stdout)["faults"]
    assert fault["where"].endswith("/scenes/bad.py:2")
    assert command("check", "--fast", str(piece), **environment).returncode == 1
    write(piece, {"calm": CALM.replace("ug.sine(self.tone) * 0.1", 'ug.play("sounds/la marée  1.wav", loop=True)')})
    (piece / "sounds").mkdir()
    soundfile.write(os.fsencode(piece / "sounds" / "la marée  1.wav"), np.zeros(100), 48_000, format="WAV")
    done = command("check", "--fast", str(piece), **environment)
    assert done.returncode == 0 and b"Traceback" not in done.stderr, done.stderr.decode()


def test_links_that_leave_the_piece_are_refused(tmp_path, cached):
    outside = tmp_path / "outside.py"
    outside.write_text(CALM)
    (tmp_path / "sound.wav").write_bytes(b"")
    piece = write(tmp_path / "piece", {"a": CALM, "b": CALM}, more="sensors: {x: {driver: sensors/mine.py, device: y}, z: {driver: ../outside.py, device: y}}")
    (piece / "sensors").mkdir()
    (piece / "sensors" / "mine.py").symlink_to(outside)
    for name, target in (("a", outside), ("b", piece / "scenes" / "b.py")):
        (piece / "scenes" / f"{name}.py").unlink()
        (piece / "scenes" / f"{name}.py").symlink_to(target)
    _, _, faults = examine(piece, compile=False)
    said = "\n".join(fault.say() for fault in faults)
    assert "scenes.a.file" in said and "scenes.b.file" in said and "outside" in said
    text = (piece / "config.yaml").read_text()
    kept = [line for line in text.splitlines() if not line.startswith(("  a:", "  b:"))]
    (piece / "config.yaml").write_text("\n".join(kept).replace("start: a", "start: calm"))
    _, _, faults = examine(piece, compile=False)
    assert sum("outside the piece" in fault.happened.en for fault in faults) == 2, faults


def test_a_piece_that_lies_behind_a_link_plays(tmp_path, cached):
    piece = write(tmp_path / "piece", {"bad": "1 / 0\n", "calm": CALM})
    (tmp_path / "link").symlink_to(piece)
    _, built, faults = examine(tmp_path / "link", compile=False)
    assert [fault.where.rpartition("/")[2] for fault in faults] == ["bad.py:1"] and set(built.scenes) == {"calm"}


def test_two_engines_on_one_piece(tmp_path, cache):
    """The second plays too; its OSC waits for the port, says so, and has it when the first has gone."""
    port = free_port()
    piece = write(tmp_path / "piece", {"calm": CALM}, port=port)
    with Running(piece, cache, port=port) as first:
        first.plays("calm")
        with Running(piece, cache, port=port) as second:
            second.says(f"127.0.0.1:{port}.*\n?.*")
            assert first.value("/score/main/scene") == ("calm",)
            assert first.stop() == 0
            second.plays("calm")
            assert second.stop() == 0
            assert "Traceback" not in first.text() + second.text()


def test_saved_values_cut_anywhere(tmp_path):
    file, told = tmp_path / "values.json", []
    presets = {"/scene/a/x": 0.0, "/scene/a/colour": (1.0, 1.0, 1.0)}

    def tree() -> Tree:
        made = Tree()
        made.declare(Declaration("/scene/a/x", low=0.0, high=1.0, persists=True))
        return made

    first = tree()
    keeping = Keeping(first, file, dict(presets), told.append)
    first.write("/scene/a/x", 0.5, origin="hand", time=0.0, priority=Priority.HAND)
    asyncio.run(keeping.close())
    whole = file.read_bytes()
    assert b"0.5" in whole and not told
    for left in range(len(whole)):
        file.write_bytes(whole[:left])
        told.clear()
        second = tree()
        Keeping(second, file, dict(presets), told.append).restore(0.0)
        assert second.value("/scene/a/x") in (0.0, 0.5)
        assert told or second.value("/scene/a/x") == 0.5
    values = [b'{"values": {"/scene/a/x": {"value": %b, "preset": 0.0}}}' % value for value in (b"NaN", b'{"a": [1]}', b"1" + b"0" * 400, b"null")]
    for rubbish in (b"[" * 100_000, b'{"values": 3}', b"\xff" * 50, b'{"values": {"/scene/a/x": 7}}', *values):
        file.write_bytes(rubbish)
        second = tree()
        Keeping(second, file, dict(presets), told.append).restore(0.0)
        assert second.value("/scene/a/x") in (0.0, 1.0)


def test_a_trace_cut_anywhere():
    whole = '{"t": 0, "sensor": "a", "field": "d", "value": 1}\n{"t": 0.5, "sensor": "a", "field": "é", "value": -1.5e3}\n'.encode()
    for left in range(len(whole)):
        lines = whole[:left].decode("utf-8", "replace").splitlines(keepends=True)
        try:
            assert check_trace(lines, "trace.jsonl") <= 2
        except Faults as faults:
            assert all(isinstance(fault, Fault) and fault.where.startswith("trace.jsonl:") for fault in faults.faults)


def test_a_line_of_the_fault_is_where_it_is_said(tmp_path, cached):
    piece = write(tmp_path / "piece", {"bad": "\n\nraise ValueError('é')\n"})
    _, _, (fault,) = examine(piece, compile=False)
    assert fault.where == line_of(piece / "scenes" / "bad.py", "raise")
