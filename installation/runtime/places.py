"""Where the engine may write: compiled kernels and converted recordings, and what must outlive a power cut.

    cache   may be lost at any time; $CACHE_DIRECTORY (systemd's), else `.cache/` in the piece, else a folder of the user's
    state   tuned values and traces; $STATE_DIRECTORY, else `state/` in the piece
    presets belong to the piece: `presets/` in it; where it cannot be written, they are saved in the state folder, and read from both

A place that cannot be written is still used for reading; whoever writes says so once and goes on.
"""
from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

UNFINISHED = ".*.????????.part"      # what `write_whole` has not finished when the power is cut


def cache_folder(piece: Path) -> Path:
    """The folder for what can be made again."""
    named = os.environ.get("CACHE_DIRECTORY", "").split(":")[0]
    if named:
        return Path(named)
    inside = piece.absolute() / ".cache"           # players and builders stand in another folder
    if inside.is_dir() or os.access(piece, os.W_OK):
        return inside
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(home) / "installation"


def state_folder(piece: Path) -> Path:
    """The folder for what must outlive a power cut."""
    named = os.environ.get("STATE_DIRECTORY", "").split(":")[0]
    return Path(named) if named else piece.absolute() / "state"


def preset_folders(piece: Path) -> tuple[Path, ...]:
    """Where presets are, the piece's own folder first: they are saved in the first that can be written."""
    return piece / "presets", state_folder(piece) / "presets"


def is_writable(folder: Path) -> bool:
    """Whether something can be written in a folder, or in the place where it would be made."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return os.access(folder, os.W_OK | os.X_OK)


def set_aside(path: Path) -> None:
    """Keep a file that makes no sense under another name, `.damaged`, so that whoever knows how can still look at it. Never raises."""
    with contextlib.suppress(OSError):
        path.replace(path.with_name(f"{path.name}.damaged"))


def write_whole(path: Path, data: bytes, mode: int | None = None) -> None:
    """Write a file so that a power cut leaves the old one or the new one, never half of one; with its folders. Raises OSError.

    mode   its permissions; without it, it is its owner's alone
    """
    made_folder(path.parent)
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            if mode is not None:
                os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    settle(path.parent)


def made_folder(folder: Path) -> None:
    """A folder and those above it are there, and stay there after a power cut. Raises OSError."""
    made = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for each in made:
        settle(each.parent)


def settle(folder: Path) -> None:
    """What a folder lists is on the disk from here on. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
