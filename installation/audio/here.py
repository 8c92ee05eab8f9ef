"""Here: where the recordings of the scene that is being composed are, and how fast the engine runs.

    piece(folder, rate, cache)   for as long as it lasts, this piece
    here()                       the one that is set; outside of any, the current folder at 48 kHz, without a cache
    facts(file, word)            what is in a recording of this piece
    folder(name, word)           what is in each recording of a folder of this piece
"""
from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

from ..terms.fault import Fault, did_you_mean
from ..terms.words import both
from .asked import refusal
from .recording import Facts, probe


@dataclass(frozen=True, slots=True)
class Here:
    """The piece's folder, the engine's rate (Hz), the cache for converted copies (or none)."""

    folder: Path
    rate: int
    cache: Path | None


ENDINGS = (".wav", ".flac", ".ogg", ".mp3", ".aif", ".aiff")
MOST_FILES = 256

_PIECE: ContextVar[Here | None] = ContextVar("piece", default=None)


@contextmanager
def piece(folder: Path | str, rate: int, cache: Path | str | None = None) -> Iterator[Here]:
    """For as long as it lasts, files are looked for in this folder and nowhere else, and measured at this rate."""
    this = Here(Path(folder), int(rate), Path(cache) if cache is not None else None)
    token = _PIECE.set(this)
    try:
        yield this
    finally:
        _PIECE.reset(token)


def here() -> Here:
    """The piece whose scene is being composed."""
    return _PIECE.get() or Here(Path.cwd(), 48_000, None)


def facts(file: str, word: str) -> Facts:
    """What is in a recording of this piece. Raises Fault, at the artist's line, if it is not there or cannot be played."""
    this = here()
    if not isinstance(file, (str, Path)) or not str(file) or "\0" in str(file):
        raise refusal(both(f'{word}: expected the name of a file, such as "sounds/bell.wav", got {file!r}',
                           f"{word} : il faut le nom d'un fichier, comme « sounds/bell.wav », et non {file!r}"), "recording.name")
    root = Path(os.path.realpath(this.folder))      # Path.resolve and Path.is_file raise for links that go round, names too long
    path = Path(os.path.realpath(root / file))
    if not path.is_relative_to(root):
        raise refusal(both(f"{file} lies outside the piece's folder", f"{file} est hors du dossier de la pièce"),
                      "recording.outside", both("Copy it into the piece, into sounds/ for instance.", "Copiez-le dans la pièce."))
    if not os.path.isfile(path):
        close = _near(path, root)
        raise refusal(both(f"there is no file {file}", f"il n'y a pas de fichier {file}"), "recording.missing",
                      both(f'Did you mean "{close}"?', f"Peut-être « {close} » ?") if close else both("", ""))
    try:
        return probe(path, this.cache)
    except Fault as fault:
        raise told(file, fault) from None


def folder(name: str, word: str) -> list[Facts]:
    """What is in each recording of a folder of this piece, by name. Raises Fault, at the artist's line, as `facts` does, and for a
    folder without recordings or with more than 256."""
    if not isinstance(name, (str, Path)) or not str(name) or "\0" in str(name):
        raise refusal(both(f'{word}: expected the name of a folder, such as "sounds/bells", got {name!r}',
                           f"{word} : il faut le nom d'un dossier, comme « sounds/bells », et non {name!r}"), "recording.name")
    root = Path(os.path.realpath(here().folder))
    path = Path(os.path.realpath(root / name))
    if not path.is_relative_to(root):
        raise refusal(both(f"{name} lies outside the piece's folder", f"{name} est hors du dossier de la pièce"),
                      "recording.outside", both("Copy it into the piece, into sounds/ for instance.", "Copiez-le dans la pièce."))
    try:
        names = sorted(entry.name for entry in os.scandir(path) if entry.name.lower().endswith(ENDINGS) and not entry.name.startswith("."))
    except OSError:
        raise refusal(both(f"there is no folder {name}", f"il n'y a pas de dossier {name}"), "recording.missing") from None
    if not 1 <= len(names) <= MOST_FILES:
        raise refusal(both(f"{name} holds {len(names)} recordings, {word} takes 1 to {MOST_FILES}",
                           f"{name} contient {len(names)} enregistrements, {word} en prend 1 à {MOST_FILES}"), "recording.folder",
                      both(f"It looks for {', '.join(ENDINGS)}.", f"Il cherche {', '.join(ENDINGS)}."))
    return [facts(str(Path(name) / file), word) for file in names]


def told(file: str, fault: Fault) -> Fault:
    """A recording's fault as one of the artist's line."""
    return refusal(both(f"{file}: ", f"{file} : ") + fault.happened, fault.id, fault.remedy)


def _near(path: Path, root: Path) -> str:
    """The file of the same folder whose name is closest, as an artist would write it."""
    try:
        names = [entry.name for entry in path.parent.iterdir() if entry.is_file()]
    except OSError:
        return ""
    close = did_you_mean(path.name, names)
    return str((path.parent / close).relative_to(root)) if close else ""
