"""The recordings that are held in the arena, each once for all that play it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from ..terms.fault import Fault
from ..terms.words import both
from .arena import Arena
from .instance import Table


class Held:
    """Which recordings lie where. One that is put anew leaves the former to those that play it."""

    def __init__(self, arena: Arena) -> None:
        self._arena = arena
        self._tables: dict[Path, Table] = {}
        self._old_tables: list[Table] = []

    def put(self, path: Path, samples: np.ndarray) -> None:
        """Put a recording, float32 (channels, frames). Raises Fault if there is no room."""
        samples = np.atleast_2d(np.asarray(samples, np.float32))
        offset = self._arena.allocate(samples.nbytes, str(path.name), zero=False)
        self._arena.view(offset, "f4", samples.shape)[:] = samples
        former = self._tables.pop(path, None)
        self._tables[path] = Table(offset, *samples.shape)
        if former is not None:
            if former.users:
                self._old_tables.append(former)
            else:
                self._arena.free(former.offset)

    def __contains__(self, path: Path) -> bool:
        return path in self._tables

    def table(self, path: Path) -> Table:
        """Where a recording lies. Raises Fault if it is not there."""
        if path not in self._tables:
            raise Fault(both(f"{path.name} was not loaded", f"{path.name} n'a pas été chargé"), where=str(path), id="stage.recording")
        return self._tables[path]

    def drop(self, paths: Iterable[Path]) -> None:
        """Free these."""
        for path in paths:
            self._arena.free(self._tables.pop(path).offset)

    def unused(self) -> list[Path]:
        """Those that nothing plays."""
        return [path for path, table in self._tables.items() if not table.users]

    def free_old(self) -> None:
        """Free the former ones that nobody plays any more."""
        for table in [table for table in self._old_tables if not table.users]:
            self._old_tables.remove(table)
            self._arena.free(table.offset)
