"""What voices cost: a start in the control process, and what plays in the engine.

    python -m benchmarks.voices [--starts 10000] [--rounds 5]

A scene with one voice (sine → ping → ring of 8) starts it as often as is said, one each 64 frames, over a limit of 16, so that each
start steals; the engine is called in this process, and what it answers is taken after each start, as the control loop takes it. Printed
are the time of a start as an artist writes it (`self.drop(pitch=…, at=…)`), of taking back one that has ended, and the arena's free bytes
before and after. Then the engine's time for a block with nothing, and with many voices at once, of each kind of which there are many: as they are
played, by eights, and each for itself, in turns. 224 is the most that may play at once.
"""
from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from collections.abc import Callable
from dataclasses import replace

from benchmarks.chain import OUTPUTS, RATE, cache, load
from installation.audio import ug
from installation.audio.eights import as_voice
from installation.audio.flatten import flatten
from installation.audio.graph import Graph, parameter
from installation.audio.native import build_unit
from installation.audio.offline import Session
from installation.audio.plan import Plan
from installation.audio.voices import Bank
from installation.rules.piece import Loudspeaker
from installation.rules.scene import Scene, param
from installation.rules.voice import voice, voices_of
from installation.runtime.parts.dates import Dates, Moment
from installation.runtime.parts.voicing import Voicing

ROOM = tuple(Loudspeaker(name=str(output), output=output, azimuth=45.0 * (output - 1)) for output in range(1, OUTPUTS + 1))
COUNTS = (1, 8, 64, 224)


class Rain(Scene):
    """Drops that ring out, and tones that do not."""

    @voice(limit=16)
    def drop(self, pitch=param(440, "Hz", 40, 8000, curve="exp"), strength=param(0.01, "ratio", 0, 1)):
        return ug.place(ug.sine(pitch) * ug.ping(ug.start(), release=0.5) * strength, azimuth=30)

    @voice(limit=128)
    def tone(self, pitch=param(440, "Hz", 40, 8000, curve="exp"), strength=param(0.01, "ratio", 0, 1)):
        return ug.place(ug.sine(pitch) * ug.env(ug.held()) * strength, azimuth=30)

    @voice(limit=128)
    def string(self, pitch=param(440, "Hz", 40, 8000, curve="exp"), strength=param(0.01, "ratio", 0, 1)):
        return ug.place(ug.filter(ug.saw(pitch, quality="fast"), 1_200, resonance=0.5) * ug.env(ug.held()) * strength, azimuth=30)


def plan_of(session: Session, scene: Rain, name: str) -> Plan:
    """A voice's plan as the builder makes it, with its code."""
    word = voices_of(Rain)[name]
    operands = {key: parameter(f"{name}.{key}", declared) for key, declared in word.declarations("rain").items()}
    with scene.composing({}):
        sound = word.composed(scene, operands)
    one, other = (flatten(Graph.collect(sound, outputs=OUTPUTS, rate=RATE, loudspeakers=ROOM, seed=seed, name=f"rain.{name}"), side_by_side=True)
                  for seed in (1, 2))
    plan = as_voice(one, other, word.limit)
    assert plan.eight is not None
    for unit in {entry.unit for entry in (*plan.units, *plan.eight.plan.units)}:
        path = build_unit(unit, session.folder)
        session.inline.load(session.stage.unit_number(unit, path), path)
    return plan


def bank_of(session: Session, name: str, plan: Plan) -> Bank:
    """A bank as the cast makes it."""
    word = voices_of(Rain)[name]
    return Bank(session.stage, plan, limit=word.limit, steal=word.steal, name=f"rain.{name}", own=[f"{name}.{key}" for key in word.params], seed="1")


def block(session: Session, count: int = 2_000) -> float:
    """Seconds that a block takes."""
    spent = time.thread_time()
    session.inline.render(64 * count)
    return (time.thread_time() - spent) / count


def measure_starts(session: Session, scene: Rain, starts: int) -> None:
    stage, dates = session.stage, Dates(RATE)
    dates.observe(0.0, 0)
    scene.name = "rain"
    scene.lend_voices(Voicing("rain", {"drop": bank_of(session, "drop", plan_of(session, scene, "drop"))}, dates=dates,
                              moment=lambda: Moment(0.0, stage.frame / RATE), tell=print, where=""))
    taken, back = [], []
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
    print(f"a start in control: median {1e6 * statistics.median(taken):.0f} µs, 99 of 100 within {1e6 * sorted(taken)[99 * starts // 100]:.0f} µs; "
          f"taking one back: median {1e6 * statistics.median(back):.0f} µs")
    print(f"free in the arena after a tenth of them: {room[0]} bytes, after all: {room[-1]} bytes")
    session.inline.render(2 * RATE)
    stage.results()


def measure_blocks(session: Session, name: str, plan: Plan, rounds: int) -> None:
    print(f"{name}: " + " → ".join(entry.unit.name for entry in plan.units))
    for count in COUNTS:
        def playing(how: Plan, count: int = count) -> Callable[[], float]:
            def once() -> float:
                banks = [bank_of(session, name, how) for _ in range(-(-count // 128))]
                for number in range(count):
                    banks[number % len(banks)].start({f"{name}.pitch": 100.0 + number, f"{name}.strength": 0.01}, None, lambda: None)
                session.inline.render(RATE // 4 // 64 * 64)
                session.stage.results()
                assert len(session.stage.telemetry().sounding) == count
                took = block(session)
                for bank in banks:
                    bank.close()
                for _ in range(4):                      # there is room for so many answers at once
                    session.inline.render(640)
                    session.stage.results()
                return took

            return once

        eights, alone = playing(plan), playing(replace(plan, eight=None))
        pairs = [(eights(), alone()) for _ in range(rounds)]
        by_eights, one_by_one = (statistics.median(each) for each in zip(*pairs))
        print(f"  a block of 64 with {count:3} voices: {1e6 * one_by_one:6.1f} µs each for itself, {1e6 * by_eights:6.1f} µs by eights, "
              f"of {64e6 / RATE:.0f} µs")


async def measure(starts: int, rounds: int) -> None:
    session, scene = Session(cache() / "kernels", rate=RATE, outputs=OUTPUTS), Rain()
    block(session)
    print(f"{starts} starts, {load()}; a block of 64 with nothing: {1e6 * block(session):.2f} µs")
    measure_starts(session, scene, starts)
    for name in ("tone", "string"):
        measure_blocks(session, name, plan_of(session, scene, name), rounds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--starts", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    asyncio.run(measure(given.starts, given.rounds))


if __name__ == "__main__":
    main()
