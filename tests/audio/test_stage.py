"""The stage: what control does with what sounds, and that memory, recordings and streams come back."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from installation.audio.declare import Port, PortKind, Unit
from installation.audio.layout import S_ACTIVE, S_GENERATION, S_READ, STREAM_WORDS, STREAMS, STREAMS_AT
from installation.audio.plan import Bus, LongRecording, Numbers, Plan, PlannedUnit, Recording, Scratch, State, Stream, Table
from installation.terms.fault import Fault

from .units_for_test import TO_BUS, rich_plan, tone_plan

READER = Unit(
    "reader",
    f"{Path(__file__).with_name('units_for_test.py')}:reader",
    (Port("out", PortKind.OUT), Port("table", PortKind.TABLE), Port("state", PortKind.STATE)),
)
FLOW = Unit(
    "flow",
    f"{Path(__file__).with_name('units_for_test.py')}:flow",
    (Port("out", PortKind.OUT), Port("ring", PortKind.RING), Port("words", PortKind.RING_STATE), Port("state", PortKind.STATE, size=2)),
)


def reading_plan(path: Path, channels: int, frames: int) -> Plan:
    units = (PlannedUnit(READER, (Scratch(0, 1), Table(0), State(0, 1))), PlannedUnit(TO_BUS, (Bus(), Scratch(0, 1), Numbers((0.0,)))))
    return Plan(units, 1, 0, (0.0,), 0, (), (), (), recordings=(Recording(path, channels, frames),))


def streaming_plan(path: Path, frames: int) -> Plan:
    units = (PlannedUnit(FLOW, (Scratch(0, 1), Stream(0), Stream(0), State(0, 2))), PlannedUnit(TO_BUS, (Bus(), Scratch(0, 1), Numbers((0.0,)))))
    return Plan(units, 1, 0, (0.0, 0.0), 0, (), (), (), streams=(LongRecording(path, 1, frames, False),))


def test_recordings_are_shared_and_come_back(session):
    made = session(outputs=1)
    room = made.arena.room
    path, samples = Path("rain.wav"), np.random.default_rng(0).uniform(-0.3, 0.3, (2, 48_000)).astype(np.float32)
    with pytest.raises(Fault, match="rain.wav was not loaded"):
        made.load(reading_plan(path, 2, 48_000))
    assert made.arena.room == room
    first = made.load(reading_plan(path, 2, 48_000), {path: samples})
    after_one = made.arena.room
    second = made.load(reading_plan(path, 2, 48_000))
    assert made.stage.holds(path) and after_one - made.arena.room < 10_000 < room - after_one
    made.stage.start(first, at=0)
    heard = made.render(9_600)[:, 0]
    assert np.corrcoef(heard[4_800:], samples[0, 4_800 - 64 : 9_600 - 64])[0, 1] > 0.999
    made.stage.recording(path, samples[:, :1_000])  # edited meanwhile: the old one stays until its players are gone
    for playing in (first, second):
        made.stage.stop(playing)
    made.render(128)
    made.stage.results()
    assert made.stage.holds(path)  # for a scene that returns
    made.load(reading_plan(Path("all.wav"), 1, (room - 4_000_000) // 4), {Path("all.wav"): np.zeros((1, (room - 4_000_000) // 4), np.float32)})
    assert made.stage.holds(path)  # there was room for both


def test_recordings_that_nothing_plays_make_room(session):
    """A scene that is edited to other recordings, for months."""
    made = session(outputs=1)
    frames = made.arena.room * 2 // 5 // 4
    paths = [Path(f"{number}.wav") for number in range(6)]
    for path in paths:
        playing = made.load(reading_plan(path, 1, frames), {path: np.zeros((1, frames), np.float32)})
        assert made.stage.holds(path)
        made.stage.start(playing)
        made.render(128)
        made.stage.stop(playing)
        made.render(128)
        made.stage.results()
    assert [made.stage.holds(path) for path in paths] == [False, False, False, False, True, True]
    held = [made.load(reading_plan(path, 1, frames)) for path in paths[4:]]
    with pytest.raises(Fault, match="sound memory"):                 # what plays stays
        made.load(reading_plan(paths[0], 1, frames), {paths[0]: np.zeros((1, frames), np.float32)})
    assert all(made.stage.holds(path) for path in paths[4:]) and len(held) == 2


def test_a_load_that_fails_takes_nothing(session):
    made = session(outputs=1)
    room, used = made.arena.room, made.stage._states.used
    with pytest.raises(Fault, match="sound memory"):
        made.load(rich_plan(line=40_000_000))
    with pytest.raises(Fault, match="sound memory"):
        made.load(reading_plan(Path("a"), 1, 10), {Path("a"): np.zeros((1, 10)), Path("b"): np.zeros((1, 40_000_000))})
    assert (made.arena.room, made.stage._states.used) == (room, used)
    wide = Plan((), 5_000, 0, (), 0, (), (), ())
    with pytest.raises(Fault, match="signals at once"):
        made.load(wide)
    with pytest.raises(Fault, match="states"):
        made.load(Plan((), 0, 0, (0.0,) * 200_000, 0, (), (), ()))
    assert (made.arena.room, made.stage._states.used) == (room, used)


def test_stream_is_read_from_disk_and_its_place_is_told_after_the_block(session, tmp_path):
    import soundfile

    samples = np.random.default_rng(3).uniform(-0.3, 0.3, 240_000).astype(np.float32)
    path = tmp_path / "sea.wav"
    soundfile.write(path, samples, 48_000, subtype="FLOAT")
    made = session(outputs=1)
    rows = made.arena.view(made.arena.words[STREAMS_AT], "i8", (STREAMS, STREAM_WORDS))
    playing = made.load(streaming_plan(path, len(samples)))
    made.stage.start(playing, at=0)
    heard = made.render(192_000, 256)[:, 0]
    assert np.corrcoef(heard[4_800:], samples[4_800 - 64 : 192_000 - 64])[0, 1] > 0.999
    assert rows[0, S_ACTIVE] == 1 and rows[0, S_READ] == 192_000
    made.stage.stop(playing)
    made.render(128)
    made.stage.results()
    assert rows[0, S_ACTIVE] == 0 and rows[0, S_GENERATION] == 1
    with pytest.raises(Fault, match="long recordings"):
        for _ in range(STREAMS + 1):
            made.load(streaming_plan(path, 1))


def test_edited_kernel_gets_a_number_of_its_own(session, tmp_path, monkeypatch):
    """A scene that plays keeps its code while its edited self enters with other code; also twice within a second, at the same length."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    source = tmp_path / "scene.py"
    own = Unit("own", f"{source}:own", (Port("out", PortKind.OUT),))
    units = (PlannedUnit(own, (Scratch(0, 1),)), PlannedUnit(TO_BUS, (Bus(), Scratch(0, 1), Numbers((0.0,)))))
    plan = Plan(units, 1, 0, (), 0, (), (), ())
    made = session(outputs=1)
    heard = []
    text = "def own(out):\n    for n in range(64):\n        out[0, n] = VALUE if n % 2 == 0 else -VALUE\n"
    for value in ("0.1", "0.2"):
        source.write_text(text.replace("VALUE", value) + f"# {tmp_path}\n")      # never compiled before
        os.utime(source, (1_000_000_000, 1_000_000_000))
        made.stage.start(made.load(plan))
        heard.append(np.abs(made.render(9_600)[-640:]).max())
    assert heard == pytest.approx([0.1, 0.3], rel=1e-3)
    assert len([path for path in made.stage.objects().values() if path.name.startswith("own-")]) == 2


def test_unknown_names_are_faults_with_a_suggestion(session):
    made = session(outputs=1)
    playing = made.load(rich_plan(), name="tide")
    with pytest.raises(Fault, match="not heard") as caught:
        made.stage.set(playing, "levle", 1.0)
    assert '"level"' in caught.value.say("en")
    with pytest.raises(Fault, match="not heard"):
        made.stage.trigger(playing, "level")
    with pytest.raises(Fault):
        made.stage.stop(made.load(tone_plan()), fade=-1.0) or made.stage.start(playing, fade=float("nan"))


def test_guard_refuses_what_it_cannot_do(session):
    made = session(outputs=2)
    for wrong in ({"delays": [0.3]}, {"delays": [-0.1]}, {"gains_db": [30.0]}, {"gains_db": [float("nan")]}, {"ceiling_dbfs": 1.0}, {"gains_db": [0.0] * 3}):
        with pytest.raises(Fault):
            made.stage.guard(**wrong)
    with pytest.raises(Fault):
        made.stage.master(30.0)
    made.stage.guard(gains_db=[-6.02, 0.0], delays=[0.0, 0.01], ceiling_dbfs=-20.0)
    for output in (0, 1):
        made.stage.start(made.load(tone_plan(750.0, 0.09, output)))
    made.render(9_600)
    heard = made.render(4_800)
    assert np.abs(heard).max(0) == pytest.approx([0.045, 0.09], rel=0.01)
    assert np.argmax(np.correlate(heard[:1_000, 1], heard[:64, 0], "valid")[:64]) == 480 % 64
    for _ in range(3):
        made.stage.start(made.load(tone_plan(750.0, 0.09, 0)))
    assert np.abs(made.render(9_600)).max() <= 0.1
    assert made.stage.telemetry().limiting > 0


def test_mute_master_and_close(session):
    made = session(outputs=1)
    made.stage.start(made.load(tone_plan()))
    made.render(9_600)
    made.stage.mute()
    assert np.abs(made.render(4_800)[2_464:]).max() < 1e-3
    made.stage.mute(False)
    made.stage.master(-20.0)
    assert np.abs(made.render(9_600)[-480:]).max() == pytest.approx(0.01, rel=0.02)
    made.stage.close()
    made.render(24_000 + 256)
    assert made.stage.telemetry().silent
    assert not made.render(640).any()


def test_telemetry_tells_levels(session):
    made = session(outputs=2)
    playing = made.load(tone_plan(amplitude=0.1), name="tide")
    made.stage.start(playing, layer=3)
    made.render(48_000)
    facts = made.stage.telemetry()
    assert facts.peaks[0] == pytest.approx(-20.0, abs=0.1) and facts.peaks[1] < -200
    assert facts.energy[0] == pytest.approx(48_000 * 0.1**2 / 2, rel=0.05)
    assert (facts.blocks, facts.frame, facts.sounding) == (750, 48_000, (("tide", 3),))
    assert made.stage.at_offset(playing.offset) is playing
    assert playing.unit_name(0) == ("tone", "scene.py:3")


def test_control_needs_no_numba():
    text = (
        "import sys; from installation.audio.arena import Arena; from installation.audio.stage import Stage;"
        "s = Stage(Arena(16_000_000, 48_000, 2)); s.telemetry(); s.results(); assert not {'numba', 'llvmlite'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", text], check=True)
