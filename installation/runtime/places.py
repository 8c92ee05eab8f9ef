"""Where the engine may write: compiled kernels and converted recordings, and what must outlive a power cut.

    cache   may be lost at any time; $CACHE_DIRECTORY (systemd's), else `.cache/` in the piece, else a folder of the user's
    state   tuned values and traces; $STATE_DIRECTORY, else `state/` in the piece

A place that cannot be written is still used for reading; whoever writes says so once and goes on.
"""
from __future__ import annotations

import os
import tempfile
from pathlib import Path


def cache_folder(piece: Path) -> Path:
    """The folder for what can be made again."""
    named = os.environ.get("CACHE_DIRECTORY", "").split(":")[0]
    if named:
        return Path(named)
    inside = piece / ".cache"
    if inside.is_dir() or os.access(piece, os.W_OK):
        return inside
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(home) / "installation"


def state_folder(piece: Path) -> Path:
    """The folder for what must outlive a power cut."""
    named = os.environ.get("STATE_DIRECTORY", "").split(":")[0]
    return Path(named) if named else piece / "state"


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that a power cut leaves the old one or the new one, never half of one. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
