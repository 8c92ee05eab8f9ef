"""Players that die, in the middle of a block, and players that wake too late: the sound goes on from the same sample, exactly."""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from time import monotonic

import numpy as np
import pytest

from installation.audio import ug
from installation.audio.eights import as_voice
from installation.audio.flatten import flatten
from installation.audio.graph import Graph, parameter
from installation.audio.layout import COMMITTED, CURRENT_GRAPH, DELIVERED, EPOCH, INSIDE
from installation.audio.native import build_engine, build_unit
from installation.audio.plan import Plan
from installation.audio.voices import Bank
from installation.terms.declaration import Declaration
from tests.bench import wait_until

from .units_for_test import rich_plan, slow_plan

ROOT = Path(__file__).parents[2]
OUTPUTS = 2
FRAMES = 48_000


def eights_plan() -> Plan:
    """A voice whose units serve eight, with a delay line that does not, and a noise that is another at each start."""
    pitch = parameter("v.pitch", Declaration("/scene/s/v/pitch", unit="Hz", low=20.0, high=20_000.0, default=440.0, glide=0.1))
    rung = (ug.saw(pitch, quality="fast") + ug.white() * 0.1) * ug.ping(ug.start(), release=0.1)
    sound = ug.to(ug.delay(ug.filter(rung, pitch * 2), 0.02, feedback=0.5, longest=0.03) * 0.03, output=2)
    one, other = (flatten(Graph.collect(sound, outputs=OUTPUTS, rate=48_000, seed=seed, name="eights")) for seed in (1, 2))
    return as_voice(one, other, 9)


def loop_plan() -> Plan:
    """What is sent back goes round long after it began, through the shortest way and through one that ends inside a block."""
    near, far = ug.feedback(), ug.feedback(time=0.0101)
    struck = ug.dust(20) * 0.2
    heard = near.send(ug.lowpass(struck + near * 0.3 + far * 0.6, 2_000))
    far.send(heard)
    return flatten(Graph.collect([ug.to(heard, output=2)], outputs=OUTPUTS, rate=48_000, seed=1, name="loop"))


class Theatre:
    """An arena with requests in flight, or these plans alone from the beginning, and players on it."""

    def __init__(self, session, kernels: Path, folder: Path, turns: int, plans: Sequence[Plan] = ()) -> None:
        self.made = session(outputs=OUTPUTS, memory=24_000_000)
        self.folder = folder
        self.players: list[subprocess.Popen] = []
        for plan in plans:
            self.made.stage.start(self.made.load(plan))
        if not plans:
            self._let_play(turns)
        objects = {"engine": str(build_engine(kernels)), "units": {n: str(path) for n, path in self.made.stage.objects().items()}}
        (folder / "objects.json").write_text(json.dumps(objects))

    def _let_play(self, turns: int) -> None:
        stage = self.made.stage
        graphs = [self.made.load(slow_plan(turns), values={"level": 0.8}, name=str(number)) for number in range(3)]
        stage.start(self.made.load(loop_plan(), name="loop"), at=0)
        stage.start(graphs[0], at=10, fade=0.2)
        stage.start(graphs[1], at=7_777, fade=0.3)
        stage.start(graphs[2], at=20_001)
        rng = random.Random(5)
        for frame in sorted(rng.sample(range(1_000, FRAMES), 40)):
            stage.trigger(graphs[frame % 3], "struck", at=frame, value=0.2)
        stage.stop(graphs[0], at=30_011, fade=0.2)
        voices = Bank(stage, rich_plan(517.0), limit=3, name="voice", own=("level",))
        for frame in range(2_003, 44_000, 5_001):  # beginning inside blocks; from the fourth on each steals
            voices.start({"level": 0.2}, frame, lambda: None)
        plan = eights_plan()
        for unit in {planned.unit for part in (plan, plan.eight.plan) for planned in part.units}:
            path = build_unit(unit, self.made.folder)
            self.made.inline.load(stage.unit_number(unit, path), path)
        eights = Bank(stage, plan, limit=9, name="eights", own=("v.pitch",))
        for frame in range(1_501, 44_000, 1_777):  # two eights, and from the tenth on each steals
            eights.start({"v.pitch": 100.0 + frame / 50}, frame, lambda: None)

    def player(self, block: int, threads: int = 1) -> subprocess.Popen:
        """A player that is loaded and waits, for the next epoch."""
        number = len(self.players)
        fd = self.made.arena.fd
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.audio.player_for_test",
                str(fd),
                str(number + 1),
                str(self.folder / "objects.json"),
                str(self.folder / f"{number}.raw"),
                str(block),
                str(FRAMES),
                str(threads),
            ],
            cwd=ROOT,
            pass_fds=(fd,),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
        self.players.append(process)
        return process

    def go(self, process: subprocess.Popen) -> None:
        self.made.stage.take_over()
        process.stdin.write("\n")
        process.stdin.flush()

    def heard(self, number: int) -> tuple[int, np.ndarray]:
        """The first frame that a player gave, and all that it finished giving."""
        content = (self.folder / f"{number}.raw").read_bytes()
        frames = np.frombuffer(content[8:], np.float32)
        return int.from_bytes(content[:8], "little"), frames[: frames.size // OUTPUTS * OUTPUTS].reshape(-1, OUTPUTS)

    def end(self) -> None:
        for process in self.players:
            if process.poll() is None:
                process.kill()
            process.wait()
            process.stdin.close()
            process.stdout.close()


@pytest.fixture
def theatre(session, kernels, tmp_path):
    made: list[Theatre] = []

    def open_(turns: int, plans: Sequence[Plan] = ()) -> Theatre:
        made.append(Theatre(session, kernels, tmp_path, turns, plans))
        return made[-1]

    yield open_
    for each in made:
        each.end()


def uninterrupted(theatre) -> np.ndarray:
    """What nobody killed."""
    whole = theatre(0).made.render(FRAMES + 1_024)
    assert np.abs(whole).max() > 0.1
    return whole


@pytest.mark.parametrize("block, threads", [(64, 1), (100, 1), (256, 1), (64, 2), (100, 3)])
def test_sound_goes_on_exactly_after_kills_inside_a_block(theatre, block, threads):
    """Twenty kills, each aimed inside a block (INSIDE is 1), with requests in flight."""
    whole = uninterrupted(theatre)
    hall = theatre(8_000)  # slow units do not change the sound
    words = hall.made.arena.words
    inside, rng = 0, random.Random(block)
    process = hall.player(block, threads)
    for _ in range(20):
        hall.go(process)
        goal = words[DELIVERED] + rng.randrange(300, 2_200)
        wait_for(process, words, goal)
        if process.poll() is None:
            stop_inside(process, words)
        process.send_signal(signal.SIGKILL)
        process.wait()
        inside += words[INSIDE]
        process = hall.player(block, threads)
    hall.go(process)
    assert process.wait(60) == 0
    assert inside >= 12, "the kills missed the blocks"
    last = 0
    for number in range(len(hall.players)):
        first, heard = hall.heard(number)
        assert first >= last  # nothing is heard twice
        assert first - last <= block + 64  # and no more is missing than what the killed call had not handed over
        assert np.array_equal(heard, whole[first : first + len(heard)]), f"player {number}, from frame {first}"
        last = first + len(heard)
    assert last >= FRAMES


@pytest.mark.parametrize("threads", [1, 2])
def test_stopped_player_that_wakes_changes_nothing(theatre, threads):
    """SIGSTOP inside a block, a successor takes over and ends; then SIGCONT: not one byte of the states and buses changes."""
    hall = theatre(8_000)
    arena, words = hall.made.arena, hall.made.arena.words
    for _ in range(3):
        stale = hall.player(100, threads)
        hall.go(stale)
        goal = words[DELIVERED] + 3_000
        wait_for(stale, words, goal)
        stop_inside(stale, words)
        successor = hall.player(100, threads)
        hall.go(successor)
        goal = words[DELIVERED] + 3_000
        wait_for(successor, words, goal)
        successor.kill()
        successor.wait()
        before, at = _fingerprint(arena), (words[COMMITTED], words[EPOCH])
        stale.send_signal(signal.SIGCONT)
        assert stale.wait(20) == 3
        assert (words[COMMITTED], words[EPOCH]) == at
        assert _fingerprint(arena) == before


def test_standby_is_not_a_player_before_its_epoch(theatre):
    """A player that is told an epoch which is over leaves without a trace."""
    hall = theatre(0)
    process = hall.player(64)
    hall.made.stage.take_over()
    before = hall.made.arena.words[COMMITTED]
    hall.go(process)  # the epoch is 2 by now, and its own was 1
    assert process.wait(20) == 4
    assert hall.made.arena.words[COMMITTED] == before


def wait_for(process: subprocess.Popen, words, goal: int) -> None:
    """Until so many frames are out, or the player has ended."""
    wait_until(lambda: process.poll() is not None or words[DELIVERED] >= goal, what="the player")


def stop_inside(process: subprocess.Popen, words) -> None:
    """SIGSTOP, again and again until it has hit the inside of a block."""
    end = monotonic() + 30                 # on a busy machine hundreds of tries may fall between blocks
    while monotonic() < end:
        process.send_signal(signal.SIGSTOP)
        wait_until(lambda: process.poll() is not None or _state(process.pid) == "T", what="the stop")
        if process.poll() is not None or (words[INSIDE] and words[CURRENT_GRAPH]):
            return
        process.send_signal(signal.SIGCONT)
    pytest.fail("it was never inside a block")


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def _fingerprint(arena) -> str:
    """All that a player reads when it takes over: everything but the header's words about players themselves, and the delay lines'
    block that the stale kernel may be about to finish."""
    from installation.audio.layout import HEADER_SIZE, HEAP_AT

    assert os.fstat(arena.fd).st_size == arena.size
    return hashlib.sha256(arena.view(HEADER_SIZE, "u1", (arena.words[HEAP_AT] - HEADER_SIZE,)).tobytes()).hexdigest()
