"""`run --record`: the file holds exactly what left the engine; what the disk missed is silence of the same length."""
from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from installation.audio.arena import PAGE, Arena
from installation.audio.inline import Inline
from installation.audio.layout import TAP_FRAMES
from installation.audio.stage import Stage
from installation.runtime.sound.recorder import Recorder
from installation.terms.fault import Fault
from tests.runtime.playing import MEMORY, RATE, Piece

OUTPUTS = 3


@pytest.fixture(scope="module")
def piece(tmp_path_factory) -> Piece:
    return Piece(tmp_path_factory.mktemp("piece"), tmp_path_factory.getbasetemp().parent / "kernels")


class Room:
    """An engine with a tap, hissing."""

    def __init__(self, piece: Piece, tap: float) -> None:
        self.arena = Arena(MEMORY, RATE, OUTPUTS, tap=tap)
        self.inline = Inline(self.arena, piece.engine)
        stage = Stage(self.arena)
        plan = piece.plan("hiss", state=(1.0, 0.0))
        for entry in plan.units:
            self.inline.load(stage.unit_number(entry.unit), piece.objects[entry.unit.name, entry.unit.kernel])
        stage.start(stage.load(plan, {}, values={}, name="hiss"), fade=0.0)


def test_the_file_is_what_left_bit_for_bit(piece: Piece, tmp_path: Path) -> None:
    room, told = Room(piece, 1.0), []
    recorder = Recorder(room.arena, tmp_path / "room.wav", told.append)
    parts = []
    for frames in (100, 37_000, 64, 1, 40_000, 47_900):      # around the ring, and across its end
        parts.append(room.inline.render(frames).copy())
        recorder.take()
    recorder.start()
    recorder.close()
    left = np.concatenate(parts)
    recorded, rate = soundfile.read(tmp_path / "room.wav", dtype="float32")
    assert rate == RATE and recorded.shape[1] == OUTPUTS and abs(left).max() > 0.1
    assert 0 <= len(recorded) - len(left) < 64               # whole blocks
    assert np.array_equal(recorded[:len(left)], left) and recorder.lost == 0 and not told


def test_what_was_overtaken_is_silence_of_the_same_length_and_told_once(piece: Piece, tmp_path: Path) -> None:
    room, told = Room(piece, 1.0), []
    recorder = Recorder(room.arena, tmp_path / "room.wav", told.append)
    parts = []
    for frames in (32_000, 96_000, 9_600):
        parts.append(room.inline.render(frames).copy())
        recorder.take()
    recorder.start()
    recorder.close()
    left, recorded = np.concatenate(parts), soundfile.read(tmp_path / "room.wav", dtype="float32")[0]
    heard = recorded.any(axis=1)
    heard[:2000] = True      # the guard's opening
    assert len(recorded) == len(left) == recorder.written and np.array_equal(recorded[heard], left[heard])
    assert recorder.lost == (~heard).sum() > 0 and [fault.id for fault in told] == ["record.slow"]


def test_an_arena_without_a_tap_keeps_nothing_for_it() -> None:
    plain, tapped = Arena(MEMORY, RATE, 2), Arena(MEMORY, RATE, 2, tap=2.0)
    assert plain.words[TAP_FRAMES] == 0 and tapped.words[TAP_FRAMES] == 96_000 and plain.room - tapped.room > 96_000 * 2 * 4 - PAGE


def test_a_file_that_cannot_be_made_is_a_fault_and_a_full_disk_ends_the_recording_alone(piece: Piece, tmp_path: Path) -> None:
    room, told = Room(piece, 1.0), []
    with pytest.raises(Fault, match="cannot be written"):
        Recorder(room.arena, tmp_path / "no" / "room.wav", told.append)
    recorder = Recorder(room.arena, Path("/dev/full"), told.append)
    room.inline.render(40_000)
    recorder.start()
    recorder.close()
    assert [fault.id for fault in told] == ["record.write"] and recorder.fault is not None
