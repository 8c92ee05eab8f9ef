"""`installation watch` and `installation record`: what the sensors say.

    watch    readings and what they move, live, in the terminal: of the piece that runs beside it, else of the sensors themselves
    record   the trace that `render --sensors` reads
"""
from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

from ...ports.mqtt import Mqtt
from ...rules.addresses import address_of, tree_declarations
from ...rules.gate import Gate
from ...rules.piece import Piece
from ...rules.readings import Readings
from ...rules.trace import Recorder
from ...rules.tree import Tree
from ...terms.declaration import Declaration
from ...terms.fault import Fault, Faults
from ...terms.reading import Freshness
from ...terms.words import both, say
from ..clock import every
from ..house import TICK
from ..notices import Notices
from ..parts.builder import Built
from ..reach.tablets import Tablets
from ..senses.sensing import Sensing
from ..senses.wiring import Wiring
from ..stopping import Stop
from ..telling.status import fitted
from ..wall import Wall
from .beside import Beside
from .checking import examine

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
        self.mqtt = Mqtt(replace(piece.mqtt, client=f"{piece.mqtt.client or 'installation'}-watch"), piece.folder, notices.tell) if piece.mqtt else None
        self.sensing = Sensing.of(piece, self.readings, notices.tell, wall=Wall.live(), mqtt=self.mqtt)
        self.wiring = Wiring(piece.mappings, self.readings, self.tree, notices.tell)
        record = piece.remote.osc
        self.tablets = Tablets(record, Gate(self.tree, hold=piece.remote.hold), self.sensing.osc, notices.tell) if record and self.sensing.osc else None

    async def open(self) -> None:
        """Open what speaks."""
        await self.sensing.open()
        if self.mqtt:
            self.mqtt.open()
        if self.tablets:
            await self.tablets.open()

    def step(self, now: float) -> None:
        """One tick: silence noticed, mappings run."""
        self.sensing.step(now)
        self.wiring.step(now)

    def values(self, now: float) -> dict[str, Any]:
        """What stands at each address that a sensor gives or a mapping moves; None where nothing is known."""
        known = {f"/sensor/{name.replace('.', '/')}": None if reading.freshness is Freshness.ABSENT else reading.value
                 for name, reading in self.readings.snapshot(now).items()}
        return known | {wire.address: wire.value for wire in self.wiring.wires}

    def freshness(self, now: float) -> dict[str, str]:
        """How fresh each reading is, in a word."""
        return {f"/sensor/{name.replace('.', '/')}": reading.freshness.value for name, reading in self.readings.snapshot(now).items()}

    async def close(self) -> None:
        """Close it again."""
        await self.sensing.close()
        if self.mqtt:
            await self.mqtt.close()
        if self.tablets:
            await self.tablets.close()


class _Table:
    """Readings and what they move, as lines."""

    def __init__(self, piece: Piece, built: Built) -> None:
        self._declared = {entry.address: entry for entry in tree_declarations(piece, built.drivers, built.scenes)}
        self._readings = [f"/sensor/{name}/{field}" for name in piece.sensors for field in built.drivers[name].fields]
        self._moves = [(" + ".join(record.sources), address_of(record.to)) for record in piece.mappings]

    def lines(self, values: dict[str, Any], freshness: dict[str, str]) -> list[str]:
        """One for each reading, one for each mapping."""
        rows = []
        for address in self._readings:
            shown = f"{_number(values.get(address)):>10} {self._declared[address].unit}"
            rows.append(f"{address[8:].replace('/', '.'):28} {shown:18} {freshness.get(address, '')}".rstrip())
        for sources, address in self._moves:
            declaration = self._declared[address]
            rows.append(f"  {sources} → {address:32} {_number(values.get(address)):>9} {declaration.unit:5} {_bar(values.get(address), declaration)}".rstrip())
        if "/system/load" in values:                   # a piece that runs now
            rows.append(f"{say(both('load', 'charge')):28} {_number(values['/system/load']):>10}  {values.get('/system/costs', '')}".rstrip())
        return rows or [say(both("the piece has no sensors", "la pièce n'a pas de capteurs"))]


def _number(value: Any) -> str:
    return f"{value:.3f}" if isinstance(value, float) else "–" if value is None else str(value)


def _bar(value: Any, declaration: Declaration) -> str:
    if not isinstance(value, (int, float)) or isinstance(value, bool) or declaration.low is None or declaration.high is None:
        return ""
    low, high = float(declaration.low), float(declaration.high)
    way = declaration.position(min(high, max(low, float(value))))
    return "█" * round(way * BAR) + "·" * (BAR - round(way * BAR))


async def _watch(piece: Piece, built: Built, seconds: float | None, plain: bool) -> int:
    stop = Stop(asyncio.get_running_loop())
    table, screen = _Table(piece, built), _Screen(plain)
    notices = Notices(asyncio.get_running_loop().time)
    beside = _beside(piece)
    pace = 1.0 if plain else 0.1
    try:
        if beside is not None and await beside.open():
            notices.note(both("the piece that runs now:", "la pièce qui joue :"))
            await _until_stopped(stop, seconds, every(pace, lambda now: screen.show(table.lines(beside.values, {}))))
            return 0
        senses = Senses(piece, built, notices)
        notices.before_line = screen.forget
        await senses.open()
        try:
            await _until_stopped(stop, seconds, every(TICK, senses.step),
                                 every(pace, lambda now: screen.show(table.lines(senses.values(now), senses.freshness(now)))))
        finally:
            await senses.close()
    finally:
        if beside is not None:
            await beside.close()
    return 0


def _beside(piece: Piece) -> Beside | None:
    """Where a piece that runs now would be heard; None if it cannot be."""
    try:
        return Beside(piece.remote.osc) if piece.remote.osc else None
    except Fault:                           # its interface is not there, so nothing listens on it
        return None


class _Screen:
    """Lines that stay where they are on a terminal; one line after another elsewhere. Raises BrokenPipeError when nobody reads."""

    def __init__(self, plain: bool) -> None:
        self._plain, self._height = plain, 0

    def show(self, lines: list[str]) -> None:
        if self._plain:
            print(" · ".join(" ".join(line.split()) for line in lines), flush=True)
            return
        width, height = shutil.get_terminal_size()
        lines = lines[:max(1, height - 1)]
        up = f"\x1b[{self._height}A" if self._height else ""
        sys.stdout.write(up + "".join(f"\r{fitted(line, width - 1)}\x1b[K\n" for line in lines))
        sys.stdout.flush()
        self._height = len(lines)

    def forget(self) -> None:
        """Something else was printed: begin below it."""
        self._height = 0


async def _record(piece: Piece, built: Built, out: Path, seconds: float | None) -> int:
    stop = Stop(asyncio.get_running_loop())
    notices = Notices(asyncio.get_running_loop().time)
    senses = Senses(piece, built, notices)
    try:
        file = out.open("w", buffering=1, encoding="utf-8")      # noqa: ASYNC230, SIM115 (before anything runs)
    except OSError as error:
        raise Fault(both(f"cannot be written: {error.strerror}", f"impossible à écrire : {error.strerror}"), where=str(out), id="record.write") from None
    with file:
        recorder = Recorder(file)
        await senses.open()
        senses.sensing.record(recorder)
        notices.note(both(f"writing {out}; Ctrl-C ends it", f"écriture de {out} ; Ctrl-C pour finir"))
        try:
            await _until_stopped(stop, seconds, every(TICK, senses.step))
        finally:
            senses.sensing.record(None)
            await senses.close()
    notices.note(both(f"{out}: {recorder.written} readings", f"{out} : {recorder.written} mesures"))
    if recorder.fault is not None:
        raise Fault(recorder.fault.happened, where=recorder.fault.where, remedy=recorder.fault.remedy, id="record.write")
    return 0


async def _until_stopped(stop: Stop, seconds: float | None, *work: Coroutine[Any, Any, None]) -> None:
    """Run until INT, TERM, or the time is up; what fails is raised."""
    tasks: list[asyncio.Task[Any]] = [asyncio.create_task(each) for each in work]
    waiting: asyncio.Task[Any] = asyncio.create_task(stop.asked.wait())
    try:
        done, _ = await asyncio.wait([waiting, *tasks], timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            if task in done:
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
