"""A machine whose power can be cut, or whose disk is full: at any call to the disk, and at any byte of what is written.

    with Machine(steps) as machine:     after so many calls and bytes nothing more happens, and PowerCut is raised
        store.save(preset)
    machine.spent                       how many it took, where the power was not cut

After the cut every further call fails too, so that nothing can tidy up behind it. A file that is renamed before it was synced fails the test.
"""
from __future__ import annotations

import errno
import os
from types import TracebackType
from typing import Any

import pytest

CALLS = ("open", "fsync", "replace", "rename", "unlink", "mkdir", "rmdir", "fchmod", "chown")


class PowerCut(BaseException):
    """It is dark."""


class Machine:
    """See the module's docstring. full: the disk takes so many bytes and no more."""

    def __init__(self, steps: float = float("inf"), *, full: float = float("inf")) -> None:
        self.steps, self.full, self.spent = steps, full, 0
        self._patch = pytest.MonkeyPatch()
        self._unsynced = False

    def __enter__(self) -> Machine:
        for name in CALLS:
            self._patch.setattr(os, name, self._wrapped(name, getattr(os, name)))
        fdopen = os.fdopen
        self._patch.setattr(os, "fdopen", lambda handle, *how, **more: _File(self, fdopen(handle, *how, **more)))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> bool:
        self._patch.undo()
        return kind is PowerCut

    def spend(self) -> None:
        """One more step, if there is still power."""
        if self.spent >= self.steps:
            raise PowerCut
        self.spent += 1

    def write(self, file: Any, data: bytes) -> int:
        """Byte by byte."""
        self._unsynced = True
        for number in range(len(data)):
            self.spend()
            if self.full <= 0:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            self.full -= 1
            file.write(data[number:number + 1])
            file.flush()
        return len(data)

    def _wrapped(self, name: str, call: Any) -> Any:
        def wrapped(*arguments: Any, **more: Any) -> Any:
            self.spend()
            if name == "fsync":
                self._unsynced = False
            assert name != "replace" or not self._unsynced, "renamed before it was on the disk"
            return call(*arguments, **more)
        return wrapped


class _File:
    def __init__(self, machine: Machine, file: Any) -> None:
        self._machine, self._file = machine, file

    def write(self, data: bytes) -> int:
        return self._machine.write(self._file, data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> _File:
        return self

    def __exit__(self, *_: Any) -> None:
        self._file.close()
