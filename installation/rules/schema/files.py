"""The sort of value that names a file of the piece: inside its folder, and there."""
from __future__ import annotations

from pathlib import Path
from typing import Any

from ...terms.fault import did_you_mean
from ...terms.words import Words, both
from .findings import Findings
from .key import BAD, Sort
from .sorts import wrong


class FileIn(Sort):
    """A file inside the piece's folder, which must exist."""

    def __init__(self, ending: str) -> None:
        self.ending = ending

    def words(self) -> Words:
        return both(f"file of the piece, {self.ending}", f"fichier de la pièce, {self.ending}")

    def read(self, value: Any, path: str, findings: Findings) -> Any:
        if not isinstance(value, str) or not value.endswith(self.ending):
            return wrong(self, value, path, findings)
        return file_inside(value, path, findings)


def file_inside(written: str, path: str, findings: Findings) -> Any:
    """The path of a file that must lie in the piece's folder; BAD once a fault has been noted."""
    try:
        folder = findings.folder.resolve()
        found = (folder / written).resolve()
        exists = found.is_file()
    except (OSError, RuntimeError, ValueError):
        findings.note(path, both(f"{findings.show(written)} cannot be a file",
                                 f"{findings.show(written)} ne peut pas être un fichier"),
                      id="config.file")
        return BAD
    if not found.is_relative_to(folder):
        findings.note(path, both(f'"{written}" lies outside the piece', f"« {written} » est hors de la pièce"),
                      remedy=both("Copy it into the piece's folder.", "Copiez-le dans le dossier de la pièce."),
                      id="config.outside")
        return BAD
    if not exists:
        close = did_you_mean(written, _files(folder, Path(written).suffix))
        remedy = both(f'Did you mean "{close}"?', f"Peut-être « {close} » ?") if close else \
            both("Paths are counted from the piece's folder.", "Les chemins partent du dossier de la pièce.")
        findings.note(path, both(f'there is no file "{written}"', f"il n'y a pas de fichier « {written} »"), remedy=remedy,
                      id="config.file")
        return BAD
    return found


def _files(folder: Path, suffix: str) -> list[str]:
    """Files of the piece with that ending, two levels deep, for "did you mean"."""
    found = [*folder.glob(f"*{suffix}"),
             *folder.glob(f"*/*{suffix}")] if suffix.isascii() and suffix.isprintable() and "*" not in suffix else []
    return [str(path.relative_to(folder)) for path in found[:500]]
