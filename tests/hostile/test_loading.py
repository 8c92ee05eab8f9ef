"""A scene file that does harm while it loads: it is named by its line, the builder is bounded, and the other scenes play."""
from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from installation.ports.osc_packet import message
from installation.runtime.commands.checking import examine
from installation.runtime.parts.builder import Job, build
from installation.runtime.parts.loading import load_driver, load_scene
from installation.runtime.rehearsal import render
from installation.terms.fault import Fault, Faults
from tests.bench import wait_until

from .running import CALM, OTHER, Running, free_port, line_of, write

SCENE = '''"""Bad."""
import os
import sys
from installation import Scene, param, ug

TOP


class Bad(Scene):
    tone = param(110, "Hz", 20, 2000)

    def __init__(self):
        INIT

    def sound(self):
        SOUND
        return ug.to(ug.sine(self.tone) * 0.1, output=1)

    def light(self):
        LIGHT
        return {}

    async def play(self, room):
        PLAY
'''


def bad(**places: str) -> str:
    source = SCENE
    for place in ("TOP", "INIT", "SOUND", "LIGHT", "PLAY"):
        source = source.replace(place, places.get(place.lower(), "pass"))
    return source


def built(piece: Path, cache: Path, limit: float = 1.0):
    return build(Job(str(piece), str(cache), compile=False, limit=limit))


ENDLESS = "while True: pass      # here"


@pytest.mark.parametrize("place", ["top", "init", "sound"])
def test_a_file_that_never_ends_costs_only_itself(tmp_path, cached, place):
    piece = write(tmp_path / "pièce à part", {"first": CALM.replace("Calm", "First"), "bad": bad(**{place: ENDLESS}), "other": OTHER})
    made = built(piece, cached)
    assert set(made.broken) == {"bad"} and set(made.scenes) == {"first", "other", "calm"}
    assert made.faults == [made.broken["bad"]]
    assert made.broken["bad"].where == line_of(piece / "scenes" / "bad.py", "# here") and made.broken["bad"].id == "code.endless"


def test_several_at_once_are_all_named(tmp_path, cached):
    driver = tmp_path / "piece" / "sensors" / "mine.py"
    driver.parent.mkdir(parents=True)
    driver.write_text("import os\nos._exit(3)\n")
    piece = write(tmp_path / "piece", {"a": bad(top=ENDLESS), "b": bad(sound="os._exit(0)"), "c": bad(top="os.kill(os.getpid(), 11)    # crash")},
                  more="sensors:\n  plinth: {driver: sensors/mine.py, device: x}")
    made = built(piece, cached)
    assert set(made.broken) == {"a", "b", "c", "plinth"} and len(made.faults) == 4 and set(made.scenes) == {"calm"}
    assert made.broken["a"].where == line_of(piece / "scenes" / "a.py", "# here")
    assert made.broken["b"].where == str(piece / "scenes" / "b.py") and made.broken["b"].id == "builder.died"
    assert made.broken["c"].where == line_of(piece / "scenes" / "c.py", "# crash") and "SIGSEGV" in made.broken["c"].happened.en
    assert made.broken["plinth"].id == "builder.died" and "plinth" in made.broken["plinth"].happened.en


@pytest.mark.parametrize("words, id", [
    ("sys.exit(0)", "code.error"), ("raise SystemExit", "code.error"), ("1 / 0", "code.error"),
    ("os.fork()", "code.fork"), ("hold = b'x' * (4 << 30)", "code.error"), ("hold = [bytearray(1 << 20) for n in range(4096)]", "code.error"),
    ("(lambda f: f(f))(lambda f: f(f))", "code.error")])
@pytest.mark.parametrize("place", ["top", "sound"])
def test_what_goes_wrong_while_loading_is_a_fault_at_its_line(tmp_path, cached, words, id, place):
    piece = write(tmp_path / "piece", {"bad": bad(**{place: f"{words}      # here"})})
    made = built(piece, cached, limit=8.0)
    assert set(made.broken) == {"bad"} and set(made.scenes) == {"calm"}
    assert made.broken["bad"].id == id and made.broken["bad"].where == line_of(piece / "scenes" / "bad.py", "# here")


def test_megabytes_printed_are_thrown_away(tmp_path, cached):
    noisy = "print('x' * 30_000_000); print('scene calm'); sys.stderr.write('y' * 30_000_000); os.write(1, b'z' * 5_000_000)"
    made = built(write(tmp_path / "piece", {"noisy": bad(top=noisy)}), cached, limit=8.0)
    assert not made.faults and set(made.scenes) == {"noisy", "calm"}


def test_what_it_started_ends_with_the_builder(tmp_path, cached):
    note = tmp_path / "pid"
    start = f"import subprocess; open({str(note)!r}, 'w').write(str(subprocess.Popen(['sleep', '600']).pid))"
    made = built(write(tmp_path / "piece", {"a": bad(top=start), "b": bad(top=ENDLESS)}), cached)
    assert set(made.broken) == {"b"}
    state = Path(f"/proc/{note.read_text()}/stat")
    wait_until(lambda: not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z", 5, "its end")


def test_a_driver_that_never_ends_is_named_and_refused(tmp_path, cached):
    piece = write(tmp_path / "piece", {"other": OTHER}, more="sensors:\n  plinth: {driver: sensors/mine.py, device: x}")
    (piece / "sensors").mkdir()
    (piece / "sensors" / "mine.py").write_text("while True:\n    pass\n")
    made = built(piece, cached)
    assert set(made.broken) == {"plinth"} and made.broken["plinth"].where.startswith(str(piece / "sensors" / "mine.py") + ":")


def test_own_kinds_of_text_and_number_do_not_reach_the_control_process_as_such(tmp_path, cached):
    source = bad(top="import enum\nclass Mode(str, enum.Enum):\n    DAY = 'day'\n    NIGHT = 'night'\nclass Level(float): pass").replace(
        'param(110, "Hz", 20, 2000)', 'param(Level(110), "Hz", 20, 2000)\n    mode = param(Mode.NIGHT, choices=list(Mode))')
    made = built(write(tmp_path / "piece", {"bad": source}), cached, limit=8.0)
    assert not made.faults
    assert made.scenes["bad"].params["mode"].default == "night" and made.scenes["bad"].params["mode"].choices == ("day", "night")
    assert type(made.scenes["bad"].params["tone"].default) is float


def test_files_cut_anywhere_give_what_they_should_or_a_fault(tmp_path):
    """Every byte of a scene and of a driver."""
    scene, driver = tmp_path / "scene.py", tmp_path / "driver.py"
    whole = CALM.replace("Calm.", "Calm. Déjà vu.").encode()
    line = b'from installation import Sensor\n\nclass D(Sensor):\n    gives = {"d": "m"}\n\n    def decode(self, frame):\n        return {"d": float(frame)}\n'
    for path, text, load in ((scene, whole, load_scene), (driver, line, load_driver)):
        for left in range(len(text)):
            path.write_bytes(text[:left])
            try:
                load(path)
            except Fault as fault:
                assert fault.where.startswith(str(path)) and fault.happened.en and fault.happened.fr
        path.write_bytes(text)
        assert load(path)


@pytest.mark.parametrize("content", [b"\x00" * 100, b"\xff\xfe\x00", bytes(range(256)), b"x = 1\n" * 400_000, b"(" * 100_000, b"x = " + b"-" * 50_000 + b"1"])
def test_files_of_rubbish_are_faults(tmp_path, cached, content):
    piece = write(tmp_path / "piece", {"bad": CALM})
    (piece / "scenes" / "bad.py").write_bytes(content)
    made = built(piece, cached, limit=8.0)
    assert set(made.broken) == {"bad"} and made.broken["bad"].where.startswith(str(piece / "scenes" / "bad.py"))


def test_render_refuses_and_check_says_all(tmp_path, cached):
    piece = write(tmp_path / "piece", {"a": bad(top="1 / 0"), "b": bad(sound="return 7")})
    _, _, faults = examine(piece, compile=False)
    assert [fault.where for fault in faults] and len(faults) == 2
    with pytest.raises(Faults):
        render(piece, seconds=0.1, quiet=True)


@pytest.mark.parametrize("places", [{"play": "sys.exit(3)      # here"}, {"light": "sys.exit(3)      # here"}])
def test_a_scene_that_exits_while_it_plays_is_named_and_the_piece_goes_on(tmp_path, cached, capsys, places):
    piece = write(tmp_path / "piece", {"bad": bad(**places)})
    assert render(piece, seconds=0.5, out=tmp_path / "out.wav") == 0
    assert line_of(piece / "scenes" / "bad.py", "# here") in capsys.readouterr().err


@pytest.mark.slow
def test_the_piece_plays_although_one_file_never_ends_and_takes_edits_of_others(tmp_path, cache):
    """Through the real process: at the start, and on edit while playing; then a scene that was edited but has never played yet."""
    port = free_port()
    piece = write(tmp_path / "piece", {"first": CALM.replace("Calm", "First"), "bad": bad(top=ENDLESS), "other": OTHER}, port=port)
    with Running(piece, cache, port=port) as running:
        running.plays("first")
        assert line_of(piece / "scenes" / "bad.py", "# here") in running.text()
        edits = {"first": "1 / 0    # edited\n", "other": "import time\nwhile True: time.sleep(0.001)    # edited\n"}
        for name, text in edits.items():              # one plays, the other has not been loaded yet
            file = piece / "scenes" / f"{name}.py"
            file.write_text(text)
            running.says(line_of(file, "# edited"))
        running.send(message("/score/main/scene", ("other",)))      # its last text that was tried plays
        running.plays("other")
        (piece / "scenes" / "bad.py").write_text(bad())
        running.says("bad: the edited scene")
        running.send(message("/score/main/scene", ("bad",)))
        running.plays("bad")
        assert running.stop() == 0 and "Traceback" not in running.text()


def test_nothing_is_left_behind(tmp_path, cached):
    before = {path.name for path in Path("/tmp").glob("installation-*")}
    built(write(tmp_path / "piece", {"bad": bad(top=ENDLESS)}), cached)
    assert {path.name for path in Path("/tmp").glob("installation-*")} <= before
    own = subprocess.run(["ps", "--ppid", str(os.getpid()), "-o", "args="], capture_output=True, text=True).stdout
    assert "installation.runtime.parts.builder" not in own
