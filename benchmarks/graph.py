"""What sound costs: words → graph → plan → arena → engine, in seconds of one core for each second of sound.

    python -m benchmarks.graph [--seconds 4] [--repeats 5] [--units]

Two scenes of 256 voices on 8 outputs: saw → filter, and players of a recording held in memory, each at a speed of its own. The
engine is the one of `run` and `render`, called in this process, in blocks of 64. Printed are the median of the repeats and
their spread, the number of units, the memory in the arena, and how long composing and loading took. `--units` adds what one of each
kind costs, from 64 of them beside each other less the same scene without.
"""
from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.chain import OUTPUTS, RATE, cache, load
from installation.audio import ug
from installation.audio.flatten import flatten
from installation.audio.graph import Graph
from installation.audio.native import build_unit
from installation.audio.offline import Session
from installation.audio.recording import load as recording
from installation.rules.piece import Loudspeaker

VOICES = 256
ROOM = tuple(Loudspeaker(name=str(output), output=output, azimuth=45.0 * (output - 1)) for output in range(1, OUTPUTS + 1))


def saws() -> list[Any]:
    """256 saws, each through a filter of its own."""
    return [ug.to(ug.filter(ug.saw(55 + 3 * voice, quality="fast"), 300 + 10 * voice, resonance=0.3) * 0.01, output=1 + voice % OUTPUTS)
            for voice in range(VOICES)]


def players() -> list[Any]:
    """256 players of one recording, at 256 speeds."""
    return [ug.to(ug.play("noise.wav", rate=0.5 + voice / VOICES, loop=True) * 0.01, output=1 + voice % OUTPUTS)
            for voice in range(VOICES)]


def eight(word: Callable[[int], Any]) -> Callable[[], list[Any]]:
    """64 of a kind, mixed by eights, so that the way out costs little beside them."""
    return lambda: [ug.to(ug.mix(*(word(8 * output + voice) for voice in range(8))) * 0.01, output=1 + output) for output in range(OUTPUTS)]


SAW = "saw, alone"
KINDS: dict[str, Callable[[int], Any]] = {
    SAW: lambda n: ug.saw(55 + n),
    "saw, fast": lambda n: ug.saw(55 + n, quality="fast"),
    "sine": lambda n: ug.sine(55 + n),
    "pulse": lambda n: ug.pulse(55 + n),
    "white": lambda n: ug.white(),
    "pink": lambda n: ug.pink(),
    "play": lambda n: ug.play("noise.wav", rate=0.5 + n / 64, loop=True),
    "filter, on a white": lambda n: ug.filter(ug.white(), 300 + n),
    "lowpass, on a white": lambda n: ug.lowpass(ug.white(), 300 + n),
    "delay, on a white": lambda n: ug.delay(ug.white(), 0.1 + n / 100, 0.5),
    "reverb, on a white": lambda n: ug.mix(*ug.reverb(ug.white())),
}


class Rendered:
    """One scene, rendered again and again. `cost`: seconds of processor time for a second of sound, for each repeat."""

    def __init__(self, sound: Callable[[], list[Any]], folder: Path, seconds: float, repeats: int, memory: int = 256_000_000, sides: bool = True) -> None:
        began = time.process_time()
        with ug.piece(folder, RATE, folder / "cache"):
            graph = Graph.collect(sound(), outputs=OUTPUTS, rate=RATE, loudspeakers=ROOM, seed=1, name="benchmark")
        self.plan = flatten(graph, side_by_side=sides)
        self.composing = time.process_time() - began
        for unit in {entry.unit for entry in self.plan.units}:     # compiled before the clock runs
            build_unit(unit, cache() / "kernels")
        session = Session(cache() / "kernels", rate=RATE, outputs=OUTPUTS, memory=memory)
        samples = {wanted.path: recording(wanted.path, RATE, folder / "cache") for wanted in self.plan.recordings}
        room = session.arena.room
        began = time.process_time()
        playing = session.load(self.plan, samples, name="benchmark")
        self.loading = time.process_time() - began
        self.memory = room - session.arena.room
        session.stage.start(playing)
        out = session.render(RATE // 2 // 64 * 64)                 # what is touched for the first time
        frames = round(seconds * RATE / 64) * 64
        self.cost, self.peaks = [], np.abs(out).max(axis=0)
        for _ in range(repeats):
            began = time.process_time()
            out = session.inline.render(frames)
            self.cost.append((time.process_time() - began) / (frames / RATE))
            self.peaks = np.abs(out).max(axis=0)
        session.arena.close()

    @property
    def median(self) -> float:
        return statistics.median(self.cost)


def noise(folder: Path) -> None:
    """Ten seconds of chance, one channel."""
    import soundfile

    samples = np.random.default_rng(1).uniform(-0.5, 0.5, 10 * RATE).astype(np.float32)
    soundfile.write(folder / "noise.wav", samples, RATE, subtype="FLOAT")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--units", action="store_true", help="also what one of each kind costs")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        noise(folder)
        Rendered(eight(KINDS[SAW]), folder, 0.1, 1)                # compiled, loaded, warm
        empty = Rendered(lambda: [ug.to(ug.white() * 0.0)], folder, given.seconds, given.repeats)
        print(f"{given.repeats} repeats of {given.seconds:g} s at {RATE} Hz, {OUTPUTS} outputs, blocks of 64; {load()}")
        print(f"the engine with nothing to do (one voice, the guard): {empty.median:.4f} s/s")
        for title, sound in (("256 saw → filter → 8 outputs", saws), ("256 players → 8 outputs", players)):
            done = Rendered(sound, folder, given.seconds, given.repeats)
            kinds = ", ".join(f"{count} {kind}" for kind, count in Counter(entry.unit.name for entry in done.plan.units).most_common())
            print(f"{title}: median {done.median:.4f} s/s ({min(done.cost):.4f}…{max(done.cost):.4f}), "
                  f"{1e9 * (done.median - empty.median) / VOICES / (RATE / 64):.0f} ns for a voice and block; "
                  f"peaks {20 * np.log10(done.peaks.min()):.1f}…{20 * np.log10(done.peaks.max()):.1f} dBFS")
            print(f"    {len(done.plan.units)} units: {kinds}; {done.plan.scratch_rows} rows of scratch; {done.memory / 1e6:.2f} MB in the arena, "
                  f"{len(done.plan.state) * 8 / 1e3:.1f} kB of states; composing {done.composing * 1000:.0f} ms, loading {done.loading * 1000:.0f} ms")
        if given.units:
            bare = Rendered(eight(lambda n: ug.white()), folder, given.seconds, given.repeats).median
            for title, word in KINDS.items():
                done = Rendered(eight(word), folder, given.seconds, given.repeats)
                base = bare if title.endswith("a white") else empty.median
                print(f"    {title:<22} {1e9 * (done.median - base) / 64 / (RATE / 64):8.0f} ns a block")


if __name__ == "__main__":
    main()
