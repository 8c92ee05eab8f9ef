"""Tails that have died away cost no more than silence, and nothing too small for a fast sum is left behind in any state or delay line."""

from __future__ import annotations

import statistics
import time

import numpy as np
import pytest

from installation.audio import ug
from installation.audio.flatten import flatten
from installation.audio.graph import Graph
from installation.audio.layout import I_STATE_AT, I_STATE_SIZE, INSTANCE_WORDS
from tests.audio.test_engine import Card

SECOND = 48_000
TAILS = {
    "lowpass": lambda x: ug.lowpass(x, 300),
    "filter": lambda x: ug.filter(x, 800, resonance=0.5),
    "delay": lambda x: ug.delay(x, 0.002, feedback=0.5, longest=0.01),
    "reverb": lambda x: ug.mix(*ug.reverb(x, decay=0.2)),
}
AFTER = {"lowpass": 2, "filter": 2, "delay": 2, "reverb": 20}  # s in which 1 has fallen below 1e-308, or 1e-38 where it lies in float32


def playing(made, tail, struck: bool):
    """Twelve of a tail, all struck at the first frame, or none."""
    def sound():
        return [ug.to(tail(ug.start() * (0.5 if struck else 0.0)) * 0.01, output=1) for _ in range(12)]

    graph = made.load(flatten(Graph.collect(sound(), outputs=1, rate=48_000, seed=1, name="tail")), name="tail")
    made.stage.start(graph, at=0)
    return graph


def kept(made, graph) -> tuple[np.ndarray, np.ndarray]:
    """Its live states, float64, and its delay lines, float32."""
    head = made.arena.view(graph.offset, "i8", (INSTANCE_WORDS,))
    at, size = graph.shelf.memory
    return (made.arena.view(int(head[I_STATE_AT]), "f8", (int(head[I_STATE_SIZE]) // 8,)).copy(), made.arena.view(at, "f4", (size // 4,)).copy())


class Asked(Card):
    """By PortAudio's callback."""

    def __call__(self, frames: int) -> np.ndarray:
        code, heard = self.ask(frames)
        assert code == 0
        return heard


def denormal(numbers: np.ndarray) -> np.ndarray:
    """Which of them are smaller than the smallest of full precision."""
    return (numbers != 0) & (np.abs(numbers) < np.finfo(numbers.dtype).tiny)


@pytest.mark.parametrize("door", ["render", "callback"])
@pytest.mark.parametrize("name", TAILS)
def test_no_denormal_number_is_left(session, name, door):
    """One that is computed with costs up to a hundred times as much, and a filter that was struck once would keep them for ever."""
    made = session(outputs=1)
    graph = playing(made, TAILS[name], struck=True)
    render = made.render if door == "render" else Asked(made, 1)
    assert np.abs(render(9_600)[480:]).max() > 1e-7
    for look in range(200 + AFTER[name]):                           # on their way down, and long after
        render(512 if look < 200 else SECOND)
        states, lines = kept(made, graph)
        assert not np.any(denormal(lines)) and not np.any(denormal(states)), look


@pytest.mark.parametrize("name", TAILS)
def test_a_tail_that_has_died_away_costs_what_silence_costs(session, name):
    cost = {}
    for struck in (False, True):
        made = session(outputs=1)
        playing(made, TAILS[name], struck)
        for _ in range(AFTER[name]):
            made.render(SECOND)
        spent = []
        for _ in range(7):
            began = time.thread_time()
            made.render(SECOND // 4 // 64 * 64)
            spent.append(time.thread_time() - began)
        cost[struck] = statistics.median(spent)
    assert cost[True] < 3 * cost[False]
