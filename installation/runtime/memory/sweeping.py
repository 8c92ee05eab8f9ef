"""What a power cut has left behind, cleared away at the next start: files that were half written, and files that make no sense any more.

    sweep(state, piece, cache, tell)      before anything is read; never raises

Files are written beside the one that they replace and renamed when they are whole, so what a cut leaves half written has a name of its own and is
of no use. A small file of the state folder that is no JSON (a disk may give back zeros) is told, and kept as .damaged. Tuned values, the score, presets
and MIDI controls are looked at by those who read them.
"""
from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from ...terms.fault import Fault, Recovery
from ...terms.words import both
from ..places import UNFINISHED, set_aside

OTHERS = ("values.json", "score.json")      # whoever reads them says more
LARGEST = 1_000_000       # bytes of a small file
OLD = 3600.0              # s after which nobody is still writing a file of the cache
MOST = 10_000             # files that are looked at


def sweep(state: Path, piece: Path, cache: Path, tell: Callable[[Fault | Recovery], None]) -> None:
    """Clear away what is of no use; tell what makes no sense."""
    for folder in (state, piece):
        for path in _found(folder, UNFINISHED):
            _remove(path)
    for pattern in ("**/.*.part", "**/.*-*.wav", "**/.*-*.json"):
        for path in _found(cache, pattern):
            with contextlib.suppress(OSError):
                if abs(time.time() - path.stat().st_mtime) > OLD:
                    _remove(path)
    for path in _found(state, "*.json"):
        if path.name not in OTHERS and not _makes_sense(path):
            where = str(path)
            tell(Fault(both("this file makes no sense any more, as after a power cut", "ce fichier n'a plus de sens, comme après une coupure"), where=where,
                       id="state.read"))
            set_aside(path)
            tell(Recovery(both("it is kept as .damaged, and begun anew", "il est gardé en .damaged, et recommencé"), where=where, id="state.read"))


def _found(folder: Path, pattern: str) -> list[Path]:
    try:
        return list(islice(folder.glob(pattern), MOST))
    except OSError:
        return []


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()


def _makes_sense(path: Path) -> bool:
    """Whether it is JSON. One that cannot be read at all is not touched."""
    try:
        if path.stat().st_size > LARGEST:
            return False
        content = path.read_bytes()
    except OSError:
        return True
    try:
        json.loads(content)
    except (ValueError, RecursionError):
        return False
    return True
