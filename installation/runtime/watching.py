"""`installation watch` and `installation record`: the sensors alone, without sound or light.

    watch    readings and what they move, live, in the terminal
    record   the trace that `render --sensors` reads
"""
from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

from ..rules.check import tree_declarations
from ..rules.piece import Piece
from ..rules.readings import Readings
from ..rules.trace import Recorder
from ..rules.tree import Tree
from ..terms.fault import Faults
from ..terms.reading import Freshness
from ..terms.words import both, say
from .builder import Built
from .checking import examine
from .clock import every
from .house import TICK
from .notices import Notices
from .remoting import Remoting
from .sensing import Sensing
from .wiring import Wiring

BAR = 24


def watch(folder: Path, seconds: float | None, *, plain: bool = False) -> int:
    """Show readings and what they move until Ctrl-C; returns the command's exit code. Raises Faults."""
    piece, built = _examined(folder)
    return asyncio.run(_watch(piece, built, seconds, plain or not sys.stdout.isatty()))


def record(folder: Path, out: Path, seconds: float | None) -> int:
    """Write the sensors down until Ctrl-C; returns the command's exit code. Raises Faults."""
    piece, built = _examined(folder)
    return asyncio.run(_record(piece, built, out, seconds))


class Senses:
    """The sensors, mappings and tree of a piece, at work without sound or light."""

    def __init__(self, piece: Piece, built: Built, notices: Notices) -> None:
        self.readings = Readings()
        self.tree = Tree(hold=piece.remote.hold, on_fault=notices.tell)
        for declaration in tree_declarations(piece, built.drivers, built.scenes):
            self.tree.declare(declaration)
        self.sensing = Sensing.of(piece, self.readings, notices.tell)
        self.wiring = Wiring(piece.mappings, self.readings, self.tree, notices.tell)
        self.remoting = Remoting(piece, self.tree, self.sensing.osc, notices.tell) if self.sensing.osc else None

    async def open(self) -> None:
        """Open what speaks."""
        await self.sensing.open()
        if self.remoting:
            await self.remoting.open()

    def step(self, now: float) -> None:
        """One tick: silence noticed, mappings run."""
        self.sensing.step(now)
        self.wiring.step(now)

    async def close(self) -> None:
        """Close it again."""
        await self.sensing.close()
        if self.remoting:
            await self.remoting.close()


async def _watch(piece: Piece, built: Built, seconds: float | None, plain: bool) -> int:
    senses = Senses(piece, built, Notices(asyncio.get_running_loop().time))
    await senses.open()
    height = 0

    def show(now: float) -> None:
        nonlocal height
        lines = _table(senses, now)
        if plain:
            print(" · ".join(line.strip() for line in lines), flush=True)
            return
        if height:
            sys.stdout.write(f"\x1b[{height}A")
        sys.stdout.write("".join(f"\x1b[2K{line}\n" for line in lines))
        sys.stdout.flush()
        height = len(lines)

    try:
        await _until_stopped(seconds, every(TICK, senses.step), every(1.0 if plain else 0.1, show))
    finally:
        await senses.close()
    return 0


def _table(senses: Senses, now: float) -> list[str]:
    lines = []
    for name, reading in senses.readings.snapshot(now).items():
        value = f"{reading.value:10.3f} {reading.unit}" if reading.freshness is not Freshness.ABSENT else " " * 9 + "–"
        lines.append(f"{name:28} {value:18} {reading.freshness.value}")
    for wire in senses.wiring.wires:
        declaration = senses.tree.declaration(wire.address)
        value = wire.value
        bar = ""
        if isinstance(value, (int, float)) and not isinstance(value, bool) and declaration.low is not None and declaration.high is not None:
            low, high = float(declaration.low), float(declaration.high)
            way = declaration.position(min(high, max(low, float(value))))
            bar = "█" * round(way * BAR) + "·" * (BAR - round(way * BAR))
        shown = f"{value:.3f}" if isinstance(value, float) else "–" if value is None else str(value)
        lines.append(f"  {' + '.join(wire.record.sources)} → {wire.address:32} {shown:>9} {declaration.unit:5} {bar}")
    return lines or [say(both("the piece has no sensors", "la pièce n'a pas de capteurs"))]


async def _record(piece: Piece, built: Built, out: Path, seconds: float | None) -> int:
    notices = Notices(asyncio.get_running_loop().time)
    senses = Senses(piece, built, notices)
    with out.open("w", buffering=1, encoding="utf-8") as file:      # noqa: ASYNC230 (before anything runs)
        recorder = Recorder(file)
        await senses.open()
        senses.sensing.record(recorder)
        notices.note(both(f"writing {out}; Ctrl-C ends it", f"écriture de {out} ; Ctrl-C pour finir"))
        try:
            await _until_stopped(seconds, every(TICK, senses.step))
        finally:
            senses.sensing.record(None)
            await senses.close()
    notices.note(both(f"{out}: {recorder.written} readings", f"{out} : {recorder.written} mesures"))
    return 0


async def _until_stopped(seconds: float | None, *work) -> None:
    """Run until INT, TERM, or the time is up; what fails is raised."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    tasks = [asyncio.create_task(each) for each in work]
    waiting = asyncio.create_task(stop.wait())
    try:
        done, _ = await asyncio.wait([waiting, *tasks], timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for task in done - {waiting}:
            task.result()
    finally:
        for task in (waiting, *tasks):
            task.cancel()
        await asyncio.gather(waiting, *tasks, return_exceptions=True)


def _examined(folder: Path) -> tuple[Piece, Built]:
    piece, built, faults = examine(folder, compile=False)
    if faults or piece is None:
        raise Faults(faults)
    return piece, built
