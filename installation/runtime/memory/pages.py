"""The files of the logbook: lines are only ever added, what is added is on the disk, and there are never more than so many bytes.

    append(folder, data)     whole lines, to the last page or a new one; raises OSError
    last(folder)             the newest entry that is whole, or None
    read(folder)             all entries, oldest first, and how many lines are damaged

A line that a cut has left half written is ended by the next one that is added. Waits for the disk: call it aside.
"""
from __future__ import annotations

import contextlib
import os
from pathlib import Path

from ...rules.logbook import Entry, decode
from ..places import made_folder, settle

PAGE = 1_000_000       # bytes after which a new page begins
PAGES = 10             # kept
LARGEST = 4 * PAGE     # bytes of one that are read: none of ours is longer


def append(folder: Path, data: bytes) -> None:
    """Add lines; they are on the disk when this returns. Raises OSError, and then nothing was added."""
    made_folder(folder)
    pages = _pages(folder)
    if pages and pages[-1].stat().st_size < PAGE:
        _add(pages[-1], data)
        return
    _add(folder / f"{_number(pages[-1]) + 1 if pages else 1:08}.log", data)
    for old in pages[:max(0, len(pages) + 1 - PAGES)]:
        old.unlink(missing_ok=True)
    settle(folder)


def last(folder: Path) -> Entry | None:
    """The newest entry that is whole."""
    for page in reversed(_pages(folder)[-2:]):
        entries, _ = _decoded(page)
        if entries:
            return entries[-1]
    return None


def read(folder: Path) -> tuple[list[Entry], int]:
    """Everything that can be read, oldest first, and how many lines cannot."""
    every: list[Entry] = []
    damaged = 0
    for page in _pages(folder):
        entries, lost = _decoded(page)
        every += entries
        damaged += lost
    return every, damaged


def _add(page: Path, data: bytes) -> None:
    handle = os.open(page, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        size = os.fstat(handle).st_size
        if size and os.pread(handle, 1, size - 1) != b"\n":
            data = b"\n" + data
        try:
            written = 0
            while written < len(data):
                written += os.write(handle, data[written:])
            os.fsync(handle)
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(handle, size)         # a full disk takes half of it: it will be added anew
            raise
    finally:
        os.close(handle)


def _decoded(page: Path) -> tuple[list[Entry], int]:
    try:
        with page.open("rb") as file:
            return decode(file.read(LARGEST))
    except OSError:
        return [], 1


def _pages(folder: Path) -> list[Path]:
    """In their order; what is no page of ours is not looked at."""
    try:
        return sorted((page for page in folder.iterdir() if page.suffix == ".log" and page.stem.isdecimal() and page.stem.isascii()), key=_number)
    except OSError:
        return []


def _number(page: Path) -> int:
    return int(page.stem)
