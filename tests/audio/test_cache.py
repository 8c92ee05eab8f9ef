"""The cache of object files: cut short, damaged, unwritable, edited: it compiles again, and never runs what is not whole or not meant."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from installation.audio import cache
from installation.audio.cache import Cache, read, unit_key
from installation.audio.declare import Port, PortKind, Unit
from installation.audio.loader import load
from installation.audio.native import build_unit
from installation.terms.fault import Fault

from .units_for_test import TONE

CONTENT = bytes(range(256)) * 5
COUNTED: list[int] = []


@pytest.fixture(autouse=True)
def own_temporary_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(cache.tempfile, "tempdir", str(tmp_path))


def make() -> bytes:
    COUNTED.append(1)
    return CONTENT


def test_second_time_is_from_the_cache(tmp_path):
    COUNTED.clear()
    first = Cache(tmp_path / "c").object("tone", "k" * 32, make)
    second = Cache(tmp_path / "c").object("tone", "k" * 32, make)
    assert first == second and read(first) == CONTENT and len(COUNTED) == 1


def test_cut_at_any_byte_it_is_made_again(tmp_path):
    path = Cache(tmp_path / "c").object("tone", "k", make)
    whole = path.read_bytes()
    for length in range(0, len(whole), 100):
        path.write_bytes(whole[:length])
        with pytest.raises(Fault, match="cut short"):
            read(path)
        assert read(Cache(tmp_path / "c").object("tone", "k", make)) == CONTENT
        assert path.read_bytes() == whole


def test_any_flipped_bit_is_seen(tmp_path):
    path = Cache(tmp_path / "c").object("tone", "k", make)
    whole = path.read_bytes()
    for place in range(0, len(whole), 37):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])
        with pytest.raises(Fault):
            read(path)
    path.unlink()
    path.mkdir()
    assert Cache(tmp_path / "c").get("tone", "k") is None


def test_real_object_cut_short_is_compiled_again_and_runs(kernels, tmp_path):
    path = build_unit(TONE, tmp_path / "c")
    whole = path.read_bytes()
    for length in (0, 10, 60, 500, len(whole) - 1):
        path.write_bytes(whole[:length])
        again = build_unit(TONE, tmp_path / "c")
        _, (address,) = load(read(again), ["unit_entry"])
        assert address


def _locked(folder: Path) -> bool:
    """Whether a folder without write permission refuses this user (root is refused nothing)."""
    os.chmod(folder, stat.S_IRUSR | stat.S_IXUSR)
    try:
        (folder / "probe").write_text("")
    except OSError:
        return True
    (folder / "probe").unlink()
    return False


def test_unwritable_folder_works_warm_and_cold(tmp_path, monkeypatch):
    """Warm objects are used as they are; what is missing goes elsewhere, and is found there again."""
    folder = tmp_path / "c"
    COUNTED.clear()
    warm = Cache(folder).object("warm", "w", make)
    if not _locked(folder):
        blocked = cache._write
        monkeypatch.setattr(cache, "_write", lambda where, *rest: _refuse() if where == folder else blocked(where, *rest))
    try:
        assert Cache(folder).object("warm", "w", make) == warm
        cold = Cache(folder).object("cold", "c", make)
        assert cold.parent != folder and read(cold) == CONTENT
        assert Cache(folder).object("cold", "c", make) == cold and len(COUNTED) == 2
    finally:
        os.chmod(folder, 0o755)


def _refuse():
    raise PermissionError(13, "Permission denied")


def test_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    assert read(Cache(tmp_path / "file" / "c").object("tone", "k", make)) == CONTENT


def test_temporary_folder_of_another_is_not_trusted(tmp_path):
    theirs = tmp_path / f"installation-kernels-{os.getuid()}"
    theirs.mkdir(mode=0o777)
    theirs.chmod(0o777)
    (tmp_path / "file").write_text("")
    path = Cache(tmp_path / "file" / "c").object("tone", "k", make)
    assert path.parent != theirs


def test_size_is_bounded_and_the_oldest_goes(tmp_path):
    made = Cache(tmp_path / "c", limit=5 * len(CONTENT))
    paths = []
    for number in range(8):
        path = made.put(f"unit{number}", "k", CONTENT)
        os.utime(path, ns=(number * 10**9, number * 10**9))
        paths.append(path)
    left = [path for path in paths if path.exists()]
    assert left == paths[-len(left) :] and sum(path.stat().st_size for path in left) <= 5 * len(CONTENT)


def _unit(path: Path) -> Unit:
    return Unit("own", f"{path}:own", (Port("out", PortKind.OUT), Port("state", PortKind.STATE)))


def test_key_follows_the_kernel_its_callees_and_its_ports(tmp_path):
    scene, beside = tmp_path / "scene.py", tmp_path / "beside.py"
    beside.write_text("def half(x):\n    return x * 0.5\n")
    scene.write_text("from beside import half\n\n\ndef own(out, state):\n    out[0, 0] = half(state[0])\n")
    first = unit_key(_unit(scene))
    assert unit_key(_unit(scene)) == first
    beside.write_text("def half(x):\n    return x * 0.25\n")
    second = unit_key(_unit(scene))
    scene.write_text(scene.read_text() + "# later\n")
    third = unit_key(_unit(scene))
    wider = Unit("own", f"{scene}:own", (Port("out", PortKind.OUT), Port("state", PortKind.MEMORY)))
    assert len({first, second, third, unit_key(wider)}) == 4


def test_key_follows_a_callee_of_a_shipped_kernel(tmp_path, monkeypatch):
    """A kernel in dsp/ whose import of another file in dsp/ was edited."""
    copy = tmp_path / "installation"
    shutil.copytree(cache.PACKAGE / "dsp", copy / "dsp")
    monkeypatch.setattr(cache, "PACKAGE", copy)
    unit = Unit("drift", "installation.dsp.drift:drift", ())
    first = unit_key(unit)
    with open(copy / "dsp" / "delay.py", "a", encoding="utf-8") as file:
        file.write("\n# edited\n")
    assert unit_key(unit) != first


def test_keys_need_no_numba():
    text = (
        "import sys; from installation.audio.cache import unit_key, engine_key; from installation.audio.declare import Unit;"
        "print(unit_key(Unit('sine', 'installation.dsp.sine:sine', ())), engine_key()); assert 'numba' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", text], check=True, stdout=subprocess.DEVNULL)
