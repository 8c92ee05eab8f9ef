"""A file that appears under its name only once it is whole.

    path = Whole(out)        path.part: where to write meanwhile, beside it
    path.done()              now it has its name, in place of what had it before
    path.drop()              it came to nothing

What is no ordinary file (a pipe, /dev/null) is written to as it is.
"""
from __future__ import annotations

import contextlib
import os
from pathlib import Path


class Whole:
    """See the module's docstring."""

    def __init__(self, path: Path) -> None:
        self._path = path.resolve()
        ordinary = self._path.is_file() or not self._path.exists()
        self.part = self._path.with_name(self._path.name + ".part") if ordinary else self._path

    def done(self) -> None:
        """It is whole."""
        if self.part != self._path:
            os.replace(self.part, self._path)

    def drop(self) -> None:
        """Take away what there is of it."""
        if self.part != self._path:
            with contextlib.suppress(OSError):
                self.part.unlink()
