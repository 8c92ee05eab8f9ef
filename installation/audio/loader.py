"""Object files made callable in this process, by llvmlite alone: no numba, no compiling.

Loaded(arena, threads=1)     the engine and the units of one player, and how many threads render
.load_engine(path)           before anything else
.load_unit(number, path)     the code of the unit with that number; anew if it was loaded before
.take_over(epoch)            from now on this process is the player: it has the last complete copy of the states
.callback, .userdata         addresses, for PortAudio
.render(heard, out, frames)  the same without a card; `heard` and `out` are addresses
.close()                     its workers leave
load(content, names)         object code → addresses
"""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ..terms.fault import Fault
from ..terms.words import both
from .arena import Arena
from .cache import read
from .layout import MOST_UNITS, RENDERED, U_BASE, U_EPOCH, U_TABLE, U_TABLE_SIZE, USER_WORDS
from .workers import Workers

ENGINE = ("engine_restore", "engine_render", "engine_callback", "engine_work", "engine_dismiss", "engine_fatal")
UNIT = ("unit_entry",)


class Loaded:
    """What one player has loaded, and its own words."""

    def __init__(self, arena: Arena, threads: int = 1) -> None:
        self.arena = arena
        self.workers: Workers | None = None
        self._threads = threads
        self._table = (ctypes.c_int64 * MOST_UNITS)()
        self._user = (ctypes.c_int64 * USER_WORDS)()
        self._user[U_BASE], self._user[U_TABLE], self._user[U_TABLE_SIZE] = arena.base, ctypes.addressof(self._table), MOST_UNITS
        self._user[U_EPOCH] = -1
        self._kept: list[Any] = []
        self._render: Any = None
        self._restore: Any = None
        self.callback = 0

    @property
    def userdata(self) -> int:
        """The address that PortAudio hands to the callback."""
        return ctypes.addressof(self._user)

    def load_engine(self, path: Path | str) -> None:
        """Load the render loop, and start the workers. Raises Fault if the file is not whole, or there is no memory."""
        code = dict(zip(ENGINE, self._load(path, ENGINE), strict=True))
        self.callback = code["engine_callback"]
        self._restore = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64)(code["engine_restore"])
        self._render = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64, ctypes.c_int64, ctypes.c_int64, ctypes.c_int64)(code["engine_render"])
        if self._threads > 1 and self.workers is None:
            self.workers = Workers(self.arena, self._user, self._threads, code, self._kept[-1])

    def load_unit(self, number: int, path: Path | str) -> None:
        """Load a unit's code. Raises Fault if the file is not whole, or the number beyond the table."""
        if not 0 <= number < MOST_UNITS:
            raise Fault(both(f"unit number {number} is beyond the table", f"le numéro d'unité {number} dépasse la table"), id="unit.number")
        (self._table[number],) = self._load(path, UNIT)

    def take_over(self, epoch: int) -> bool:
        """Begin as the player of that epoch. False if the epoch is another by now."""
        if self._restore is None:
            raise Fault(both("the engine is not loaded", "le moteur n'est pas chargé"), id="engine.missing")
        self._user[U_EPOCH] = epoch
        if self.workers is not None:
            self.workers.become(epoch)
        return self._restore(self.userdata) == RENDERED

    def render(self, heard: int, out: int, frames: int) -> bool:
        """Render into memory: interleaved float32. False if another player has taken over: the rest is silence then."""
        return self._render(self.userdata, heard, out, frames) == RENDERED

    def close(self) -> None:
        """Let the workers leave; between two blocks only."""
        if self.workers is not None:
            self.workers.close()
            self.workers = None

    def _load(self, path: Path | str, names: tuple[str, ...]) -> list[int]:
        try:
            kept, addresses = load(read(path), names)
        except Fault as fault:
            raise fault.at(str(path)) from None
        self._kept.append(kept)  # code that a block may be inside is never unloaded
        return addresses


def load(content: bytes, names: Iterable[str]) -> tuple[Any, list[int]]:
    """Object code → what keeps it alive, and the addresses of its functions. Raises Fault if a function is missing."""
    import llvmlite.binding as llvm

    machine = _machine()
    module = llvm.parse_assembly(f'target triple = "{llvm.get_process_triple()}"')
    engine = llvm.create_mcjit_compiler(module, machine())
    try:
        engine.add_object_file(llvm.ObjectFileRef.from_data(content))
        engine.finalize_object()
    except Exception as error:
        raise Fault(both(f"this object code does not load: {error}", f"ce code objet ne se charge pas : {error}"), id="cache.broken") from error
    addresses = [engine.get_function_address(name) for name in names]
    if not all(addresses):
        raise Fault(both("this object code has no entry point", "ce code objet n'a pas de point d'entrée"), id="cache.broken")
    return engine, addresses


@functools.cache
def _machine() -> Any:
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    target = llvm.Target.from_default_triple()
    return lambda: target.create_target_machine(jit=True)
