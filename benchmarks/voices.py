"""What voices cost: a start in the control process, and what plays in the engine.

    python -m benchmarks.voices [--starts 10000] [--playing 64]

A scene with one voice (sine → ping → ring of 8) starts it as often as is said, one each 64 frames, over a limit of 16, so that each
start steals; the engine is called in this process, and what it answers is taken after each start, as the control loop takes it. Printed
are the time of a start as an artist writes it (`self.drop(pitch=…, at=…)`), of taking back one that has ended, the arena's free bytes
before and after, and the engine's time for a block, empty and with that many voices.
"""
from __future__ import annotations

import argparse
import asyncio
import statistics
import time

from benchmarks.chain import OUTPUTS, RATE, cache, load
from installation.audio import ug
from installation.audio.flatten import flatten
from installation.audio.graph import Graph, parameter
from installation.audio.native import build_unit
from installation.audio.offline import Session
from installation.audio.voices import Bank
from installation.rules.piece import Loudspeaker
from installation.rules.scene import Scene, param
from installation.rules.voice import voice, voices_of
from installation.runtime.dates import Dates, Moment
from installation.runtime.voicing import Voicing

ROOM = tuple(Loudspeaker(name=str(output), output=output, azimuth=45.0 * (output - 1)) for output in range(1, OUTPUTS + 1))


class Rain(Scene):
    """Drops that ring out, and tones that do not."""

    @voice(limit=16)
    def drop(self, pitch=param(440, "Hz", 40, 8000, curve="exp"), strength=param(0.01, "ratio", 0, 1)):
        return ug.place(ug.sine(pitch) * ug.ping(ug.start(), release=0.5) * strength, azimuth=30)

    @voice(limit=128)
    def tone(self, pitch=param(440, "Hz", 40, 8000, curve="exp"), strength=param(0.01, "ratio", 0, 1)):
        return ug.place(ug.sine(pitch) * ug.env(ug.held()) * strength, azimuth=30)


def bank_of(session: Session, scene: Rain, name: str) -> Bank:
    """A bank as the cast makes it."""
    word = voices_of(Rain)[name]
    operands = {key: parameter(f"{name}.{key}", declared) for key, declared in word.declarations("rain").items()}
    with scene.composing({}):
        plan = flatten(Graph.collect(word.composed(scene, operands), outputs=OUTPUTS, rate=RATE, loudspeakers=ROOM, seed=1, name=f"rain.{name}"))
    for unit in {entry.unit for entry in plan.units}:
        path = build_unit(unit, session.folder)
        session.inline.load(session.stage.unit_number(unit, path), path)
    return Bank(session.stage, plan, limit=word.limit, steal=word.steal, name=f"rain.{name}", own=[f"{name}.{key}" for key in operands], seed="1")


async def measure(starts: int, playing: int) -> None:
    session, scene = Session(cache() / "kernels", rate=RATE, outputs=OUTPUTS), Rain()
    stage, dates = session.stage, Dates(RATE)
    dates.observe(0.0, 0)
    scene.name = "rain"
    scene.lend_voices(Voicing("rain", {name: bank_of(session, scene, name) for name in voices_of(Rain)}, dates=dates,
                              moment=lambda: Moment(0.0, stage.frame / RATE), tell=print, where=""))

    def blocks(count: int = 2_000) -> float:
        spent = time.thread_time()
        session.inline.render(64 * count)
        return (time.thread_time() - spent) / count

    blocks()
    empty, taken, back = blocks(), [], []
    room: list[int] = []
    for number in range(starts):
        began = time.thread_time()
        scene.drop(pitch=300 + number % 900, at=(number % 64) / RATE)
        taken.append(time.thread_time() - began)
        session.inline.render(64)
        began = time.thread_time()
        if stage.results():
            back.append(time.thread_time() - began)
        if number in (starts // 10, starts - 1):
            room.append(session.arena.room)
    print(f"{starts} starts, {load()}")
    print(f"a start in control: median {1e6 * statistics.median(taken):.0f} µs, 99 of 100 within {1e6 * sorted(taken)[99 * starts // 100]:.0f} µs; "
          f"taking one back: median {1e6 * statistics.median(back):.0f} µs")
    print(f"free in the arena after a tenth of them: {room[0]} bytes, after all: {room[-1]} bytes")
    session.inline.render(2 * RATE)
    stage.results()
    for number in range(playing):
        scene.tone(pitch=100 + number)
    session.inline.render(RATE)
    full = blocks()
    print(f"a block of 64: {1e6 * empty:.2f} µs empty, {1e6 * full:.1f} µs with {len(stage.telemetry().sounding)} voices "
          f"({1e9 * (full - empty) / playing:.0f} ns each), of {64e6 / RATE:.0f} µs")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--starts", type=int, default=10_000)
    parser.add_argument("--playing", type=int, default=64)
    given = parser.parse_args()
    asyncio.run(measure(given.starts, given.playing))


if __name__ == "__main__":
    main()
