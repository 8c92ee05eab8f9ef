"""What a second thread gives: the same graphs on one core and on several, in turns, in one run.

    python -m benchmarks.threads [--threads 2] [--graphs 8] [--saws 32] [--seconds 4] [--repeats 9]

Each graph is so many saws, each through a filter of its own, on 8 outputs; the engine is the one of `run` and `render`, called in this
process, in blocks of 64. Printed are the median wall time of a block with one thread and with several, and the median of the ratios of
neighbouring turns, with their spread: whatever else the machine does hits both. Then the same for graphs of one saw, where threads have
nothing to win. The bits are compared. A machine whose cores are busy gives less.
"""
from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.chain import OUTPUTS, RATE, cache, load
from installation.audio import ug
from installation.audio.flatten import flatten
from installation.audio.graph import Graph
from installation.audio.offline import Session
from installation.audio.plan import Plan
from installation.rules.piece import Loudspeaker

ROOM = tuple(Loudspeaker(name=str(output), output=output, azimuth=45.0 * (output - 1)) for output in range(1, OUTPUTS + 1))


def plan(saws: int, folder: Path) -> Plan:
    """So many filtered saws."""
    with ug.piece(folder, RATE, folder / "cache"):
        sound: list[Any] = [ug.to(ug.filter(ug.saw(55 + 3 * n, quality="fast"), 300 + 10 * n, resonance=0.3) * 0.002, output=1 + n % OUTPUTS)
                            for n in range(saws)]
        return flatten(Graph.collect(sound, outputs=OUTPUTS, rate=RATE, loudspeakers=ROOM, seed=1, name="benchmark"))


def session(one: Plan, graphs: int, threads: int) -> Session:
    """They play, and have for half a second."""
    made = Session(cache() / "kernels", rate=RATE, outputs=OUTPUTS, threads=threads)
    for _ in range(graphs):
        made.stage.start(made.load(one, name="benchmark"))
    made.render(RATE // 2 // 64 * 64)
    return made


def compare(title: str, one: Plan, graphs: int, given: argparse.Namespace) -> None:
    """Both in turns, and what came of it."""
    sessions = [session(one, graphs, threads) for threads in (1, given.threads)]
    blocks = round(given.seconds * RATE / 64)
    took: tuple[list[float], list[float]] = [], []
    for _ in range(given.repeats):
        heard = []
        for made, times in zip(sessions, took, strict=True):
            began = time.perf_counter()
            heard.append(made.inline.render(blocks * 64))
            times.append((time.perf_counter() - began) / blocks)
        assert np.array_equal(*heard), "not the same bits"
    ratios = [alone / shared for alone, shared in zip(*took, strict=True)]
    print(f"{title}: {1e6 * statistics.median(took[0]):.0f} µs a block with one thread, {1e6 * statistics.median(took[1]):.0f} µs with {given.threads}; "
          f"{statistics.median(ratios):.2f} times as fast ({min(ratios):.2f}…{max(ratios):.2f}); the same bits")
    for made in sessions:
        made.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--graphs", type=int, default=8)
    parser.add_argument("--saws", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--repeats", type=int, default=9)
    given = parser.parse_args()
    print(f"{given.repeats} turns of {given.seconds:g} s at {RATE} Hz, {OUTPUTS} outputs; {len(os.sched_getaffinity(0))} cores; {load()}")
    with tempfile.TemporaryDirectory() as name:
        for graphs, saws in ((given.graphs, given.saws), (2, given.saws), (given.graphs, 1)):
            compare(f"{graphs} graphs of {saws} filtered saw{'s' * (saws > 1)}", plan(saws, Path(name)), graphs, given)


if __name__ == "__main__":
    main()
