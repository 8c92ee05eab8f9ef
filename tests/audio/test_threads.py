"""Several threads: the same bits, whoever renders what, whoever is held up; and who was in a kernel that ended the player."""

from __future__ import annotations

import ctypes
import os
import signal
import threading
from functools import partial
from math import inf, nan

import numpy as np
import pytest

from installation.audio.layout import (
    CURRENT_GRAPH,
    DELIVERED,
    DIED_IN,
    MOST_THREADS,
    THREAD_WORDS,
)
from installation.audio.plan import Bus, Numbers, Plan, PlannedUnit, State
from installation.audio.voices import Bank
from installation.audio.whereabouts import whereabouts
from tests.bench import lack, wait_until

from .test_kill import OUTPUTS, theatre, uninterrupted, wait_for  # noqa: F401 (a fixture)
from .units_for_test import ENDLESS, HELD, WILD, bad_plan, rich_plan, slow_plan

BLOCKS = 300


def play(session, threads: int, *, outputs: int = 3, block: int = 64) -> tuple[np.ndarray, list]:
    """Scenes that come, fade and go, voices that begin inside blocks, triggers, and a graph that turns bad; with all that was answered."""
    made = session(outputs=outputs, threads=threads)
    stage = made.stage
    scenes = [made.load(rich_plan(110.0 * (k + 1), output=k % outputs), values={"level": 0.3}, name=f"scene{k}") for k in range(5)]
    for k, scene in enumerate(scenes):
        stage.start(scene, at=100 * k, fade=0.05)
        stage.trigger(scene, "struck", at=1_000 + 64 * k + k)
    stage.stop(scenes[1], at=9_000, fade=0.02)
    bad = made.load(bad_plan(150, nan), name="bad")
    stage.start(bad, at=0)
    loud = made.load(bad_plan(170, inf), name="loud")
    stage.start(loud, at=0)
    voices = Bank(stage, rich_plan(517.0), limit=6, name="voice", own=("level",))
    for frame in range(503, 64 * BLOCKS, 1_501):
        voices.start({"level": 0.2}, frame, lambda: None)
    heard = made.render(64 * BLOCKS, block)
    return heard, [(result.kind, result.frame, result.unit, result.detail) for result in stage.results()]


@pytest.mark.parametrize("threads", [2, 3, 4, MOST_THREADS])
def test_any_number_of_threads_gives_the_same_bits(session, threads):
    alone, said = play(session, 1)
    assert np.abs(alone).max() > 0.05 and [what[0] for what in said].count("bad_samples") == 2
    for block in (64, 256):
        heard, answered = play(session, threads, block=block)
        assert np.array_equal(heard, alone)
        assert answered == said


def test_it_may_be_done_again_and_again_with_one_graph_or_none(session):
    made = session(threads=2)
    assert not made.render(640).any()
    one = made.load(rich_plan(), values={"level": 0.3})
    made.stage.start(one)
    assert made.render(6_400).any()
    made.stage.stop(one)
    made.render(6_400)
    assert [result.kind for result in made.stage.results()] == ["started", "retired"]
    assert np.abs(made.render(640)).max() < 1e-4


def test_what_graphs_cost_is_no_more_than_the_time_that_passed(session):
    made = session(threads=2)
    for k in range(4):
        made.stage.start(made.load(slow_plan(500), name=f"scene{k}"))
    made.render(64 * 400)
    costs = made.stage.costs()
    assert set(costs.names) >= {f"scene{k}" for k in range(4)} and all(spent > 0 for spent in costs.names.values())
    assert sum(costs.names.values()) <= costs.spent
    assert sum(calls for _, calls in costs.units.values()) == costs.blocks, "one call a block is timed"
    assert costs.units["slow"][0] > 0


def test_a_thread_that_is_held_up_inside_a_graph_only_delays(session):
    """A kernel that waits for a word stands for a thread that the operating system has put aside."""
    free = ctypes.c_int64(1)

    def staged(threads: int):
        made = session(threads=threads)
        graph = made.load(held_plan(ctypes.addressof(free)), name="held")
        made.stage.start(graph)
        for k in range(3):
            made.stage.start(made.load(rich_plan(100.0 + k), values={"level": 0.3}))
        return made, graph

    expected = staged(1)[0].render(6_400)
    made, graph = staged(2)
    begun = made.render(640)
    free.value = 0
    rest: list[np.ndarray] = []
    rendering = threading.Thread(target=lambda: rest.append(made.render(6_400 - 640)), daemon=True)
    rendering.start()
    wait_until(lambda: whereabouts(made.arena.words) == (graph.offset, 0), what="the thread")
    assert rendering.is_alive()
    free.value = 1
    rendering.join(30)
    assert np.array_equal(np.concatenate([begun, *rest]), expected)


def test_workers_that_are_stopped_at_any_moment_only_delay(theatre):  # noqa: F811
    """One thread of a player is stopped, again and again, wherever it is: claiming, rendering, asleep."""
    whole = uninterrupted(theatre)
    hall = theatre(1_000)
    words = hall.made.arena.words
    process = hall.player(100, threads=3)
    workers = sorted(int(name) for name in os.listdir(f"/proc/{process.pid}/task"))[-2:]
    hall.go(process)
    stops = 0
    while process.poll() is None and words[DELIVERED] < 40_000:
        wait_for(process, words, words[DELIVERED] + 500)
        if process.poll() is not None:
            break
        with Stopped(workers[stops % 2]):
            before = words[DELIVERED]
            wait_briefly(lambda before=before: words[DELIVERED] > before + 1_000)     # it was idle; or it has a graph, and all wait
        stops += 1
    assert process.wait(60) == 0 and stops >= 5
    first, heard = hall.heard(0)
    assert np.array_equal(heard, whole[first : first + len(heard)])


@pytest.mark.parametrize("unit, number", [(WILD, -signal.SIGSEGV), (ENDLESS, -signal.SIGKILL)])
def test_a_kernel_that_ends_the_player_is_named_whichever_thread_it_was_in(theatre, unit, number):  # noqa: F811
    """The other thread is in another graph meanwhile; or, if the kernel never returns, waits."""
    had_it = set()
    for turn in range(30):
        hall = theatre(0, [busy_plan(), single(unit)] if turn % 2 else [single(unit), busy_plan()])
        words, stage = hall.made.arena.words, hall.made.stage
        process = hall.player(64, threads=2)
        hall.go(process)
        if unit is ENDLESS:
            wait_until(partial(is_alone, stage, words, "endless"), what="the other thread to wait")
            process.kill()
        assert process.wait(60) == number
        assert named(stage, words) == unit.name
        thread = words[DIED_IN] - 1 if unit is WILD else int(words[CURRENT_GRAPH + THREAD_WORDS] != 0)
        assert words[CURRENT_GRAPH + thread * THREAD_WORDS] == whereabouts(words)[0]
        had_it.add(thread)
        if had_it == {0, 1}:
            return
    pytest.fail(f"of 30 times it was always thread {had_it}")


def is_alone(stage, words, name: str) -> bool:
    """Whether one of two threads alone is in a graph, in the unit of that name."""
    return bool(words[CURRENT_GRAPH]) != bool(words[CURRENT_GRAPH + THREAD_WORDS]) and named(stage, words) == name


def named(stage, words) -> str:
    """The unit in which the player is, or was."""
    offset, place = whereabouts(words)
    playing = stage.at_offset(offset)
    return playing.unit_name(place)[0] if playing else ""


def held_plan(address: int) -> Plan:
    """A graph that gives nothing, and waits while the word there is 0."""
    return Plan((PlannedUnit(HELD, (Bus(), Numbers((float(address),))), "scene.py:1"),), 0, 0, (), 0, (), (), ())


def busy_plan() -> Plan:
    """A graph for which one thread needs so long that another takes the next one."""
    return slow_plan(10_000_000)


def single(unit) -> Plan:
    """One unit with one word of state."""
    return Plan((PlannedUnit(unit, (Bus(), State(0, 1)), "scene.py:1"),), 0, 0, (0.0,), 0, (), (), ())


def wait_briefly(done) -> None:
    """Until it is so, or some hundreds of looks have passed."""
    for _ in range(300):
        if done():
            return
        os.sched_yield()
        threading.Event().wait(0.0002)


class Stopped:
    """One thread of another process, stopped meanwhile. Source: man 2 ptrace, PTRACE_SEIZE."""

    SEIZE, INTERRUPT, DETACH = 0x4206, 0x4207, 17

    def __init__(self, tid: int) -> None:
        self._tid = tid
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]

    def __enter__(self) -> None:
        if self._libc.ptrace(self.SEIZE, self._tid, None, None) != 0:
            lack(f"a thread cannot be stopped here: {os.strerror(ctypes.get_errno())}")
        assert self._libc.ptrace(self.INTERRUPT, self._tid, None, None) == 0
        os.waitpid(self._tid, 0x40000000)  # __WALL

    def __exit__(self, *_) -> None:
        self._libc.ptrace(self.DETACH, self._tid, None, None)
