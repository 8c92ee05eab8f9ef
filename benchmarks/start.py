"""From typing the command to the first sound, with a cold and with a warm cache; and the memory of each process after some minutes.

    python -m benchmarks.start [--minutes 10] [--times 5] [--period 256]

The real command plays a copy of the demo piece on 8 outputs, on JACK's dummy driver. Cold: an empty cache folder, so that every kernel
is compiled and every recording converted first. Warm: all is there. A JACK client says when the first sample that is not zero came.
Phases are what the command itself tells the service manager, and what is seen from outside: the arena, the player's ports, the
first block. Memory is taken from /proc after `--minutes` (0 leaves it out) of playing: resident in all; of that the arena (one memory, which a
player locks, so that it counts in each), JACK's own shared memory (which its library locks in each client), and what is the
process's own; and its share of everything (PSS).
"""
from __future__ import annotations

import argparse
import contextlib
import statistics
import tempfile
import threading
import time
from pathlib import Path

from benchmarks.chain import OUTPUTS, PERIOD, Chain, Ear, Jack, demo, load
from installation.audio.layout import BLOCKS

PHASES = ("python, configuration", "builder", "arena", "player's ports", "first block", "first sound", "plays, says the command")


def start(piece: Path, jack: Jack, cache: Path) -> dict[str, float]:
    """Seconds from the start to the end of each phase."""
    with Ear(jack, seconds=1.0, until_sound=True) as ear, Chain(piece, jack, cache=cache) as chain:
        marks: dict[str, float] = {}
        ended = threading.Event()
        watching = threading.Thread(target=_watch, args=(chain, marks, ended), daemon=True)
        watching.start()
        try:
            ear.connect()
            marks["player's ports"] = time.monotonic() - chain.began
            end = time.monotonic() + 60
            while ear.first_sound is None and time.monotonic() < end:
                time.sleep(0.002)
            chain.wait()
        finally:
            ended.set()
            watching.join()
        if ear.first_sound is None:
            raise SystemExit("nothing was heard within 60 s")
        marks["first sound"] = ear.first_sound[0] - chain.began
        told = [(at, line) for at, line in chain.said if line.startswith("STATUS=")]
        marks["python, configuration"] = told[0][0]
        marks["builder"] = max(at for at, line in told if "compiling" in line)
        marks["plays, says the command"] = next(at for at, line in chain.said if line == "READY=1")
        return marks


def _watch(chain: Chain, marks: dict[str, float], ended: threading.Event) -> None:
    """The arena, and its first block."""
    while not ended.wait(0.002):
        with contextlib.suppress(LookupError, OSError):
            blocks = chain.arena.words[BLOCKS]
            marks.setdefault("arena", time.monotonic() - chain.began)
            if blocks:
                marks.setdefault("first block", time.monotonic() - chain.began)
                return


def report(title: str, runs: list[dict[str, float]]) -> None:
    """Each phase's median, and the first sound's spread."""
    print(f"{title}, {len(runs)} times: first sound after {statistics.median(run['first sound'] for run in runs):.2f} s "
          f"({min(run['first sound'] for run in runs):.2f}…{max(run['first sound'] for run in runs):.2f}); {load()}")
    print("    " + "; ".join(f"{phase} {statistics.median(run[phase] for run in runs):.2f}" for phase in PHASES if phase in runs[0]))


def memory(piece: Path, jack: Jack, cache: Path, minutes: float) -> None:
    """MB of each process after so many minutes."""
    with Chain(piece, jack, cache=cache) as chain:
        chain.wait()
        first, began = {}, time.monotonic()
        for at in sorted({min(1.0, minutes), minutes}):
            time.sleep(max(0.0, at * 60 - (time.monotonic() - began)))
            table = chain.memory()
            print(f"after {at:g} minutes (blocks {chain.look().blocks:,}, xruns {chain.look().xruns}):")
            for name, row in sorted(table.items()):
                grown = f"; {row['own'] - first[name]:+.1f} since the first look" if name in first else ""
                print(f"    {name:<8} resident {row['resident']:6.1f} MB: arena {row['arena']:5.1f}, JACK's {row['jack']:5.1f}, "
                      f"own {row['own']:5.1f}{grown}; share (PSS) {row['share']:5.1f}")
            first = {name: row["own"] for name, row in table.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0, help="how long it plays before memory is read; 0 leaves it out")
    parser.add_argument("--times", type=int, default=5, help="starts with a warm cache; a cold one is tried twice")
    parser.add_argument("--period", type=int, default=PERIOD)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, Jack("START", outputs=OUTPUTS, period=given.period) as jack:
        folder = Path(name)
        piece = demo(folder / "piece")
        if given.times:
            report("cold cache", [start(piece, jack, folder / f"cold{number}") for number in range(2)])
            report("warm cache", [start(piece, jack, folder / "cold1") for _ in range(given.times)])
        if given.minutes:
            memory(piece, jack, folder / "cold1", given.minutes)


if __name__ == "__main__":
    main()
