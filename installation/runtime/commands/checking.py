"""`installation check`: is the piece in order, and what is it made of? Every fault at once, by file and line."""
from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from ...rules.check import as_data, cross_check, describe
from ...rules.config import CONFIG, load_piece
from ...rules.piece import Piece
from ...rules.trace import check_trace
from ...terms.fault import Fault, Faults
from ...terms.words import both, say, speak
from ..parts.builder import Built, Job, build
from ..places import cache_folder
from ..progress import Progress

HEAD = 65_536      # bytes of config.yaml in which its language is looked for while it is broken


def examine(folder: Path, *, compile: bool = True, progress: Progress | None = None) -> tuple[Piece | None, Built, list[Fault]]:
    """The piece, what a builder found out about its files, and every fault there is. Raises nothing for what the piece contains."""
    progress = progress or Progress(quiet=True)
    try:
        piece = opened(folder)
    except Faults as several:
        return None, Built(), list(several.faults)
    built = build(Job(str(folder), str(cache_folder(piece.folder)), compile=compile), progress.say)
    progress.clear()
    faults = [*built.faults, *(fault for fault in built.broken.values() if fault not in built.faults)]
    faults += cross_check(piece, built.drivers, built.scenes)
    return piece, built, faults


def opened(folder: Path) -> Piece:
    """The piece, and from here on its language is spoken; also in the faults, where the file says it at all. Raises Faults."""
    speak(_language(folder))
    piece = load_piece(folder)
    speak(piece.language)
    return piece


def piece_language(folder: Path) -> None:
    """Speak a piece's language, where its config file says it, however broken the rest is."""
    speak(_language(folder))


def check(folder: Path, *, as_json: bool = False, compile: bool = True) -> int:
    """Print the faults and return 1, or the piece as it is understood and return 0."""
    piece, built, faults = examine(folder, compile=compile, progress=Progress(quiet=as_json))
    if as_json:
        data = {"ok": not faults, "faults": [fault_data(fault) for fault in faults]}
        if piece is not None and not faults:
            data |= as_data(piece, built.drivers, built.scenes)
        print(json.dumps(data, ensure_ascii=False, indent=2))
        return 1 if faults else 0
    if faults or piece is None:
        for fault in faults:
            print(_relative(fault.say()), file=sys.stderr)
        count = len(faults)
        print(say(both(f"{count} fault{'s' if count != 1 else ''}", f"{count} faute{'s' if count != 1 else ''}")), file=sys.stderr)
        return 1
    print(describe(piece, built.drivers, built.scenes))
    return 0


def checked_trace(path: Path, built: Built) -> None:
    """Read a whole trace before it is played. Raises Faults: the lines that are wrong, by file and line."""
    known = [f"{sensor}.{field}" for sensor, facts in built.drivers.items() for field in facts.fields]
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            check_trace(file, str(path), known)
    except OSError as error:
        raise Fault(both(f"the trace cannot be read: {error.strerror}", f"la trace est illisible : {error.strerror}"), where=str(path),
                    id="trace.read") from None


def fault_data(fault: Fault) -> dict:
    """A fault as data, in both languages."""
    return {"id": fault.id, "where": fault.where, "happened": {"en": fault.happened.en, "fr": fault.happened.fr},
            "remedy": {"en": fault.remedy.en, "fr": fault.remedy.fr}}


def _language(folder: Path) -> str | None:
    """What a config file says of its language, however broken the rest is; None if it does not say."""
    file = folder / CONFIG if folder.is_dir() else folder
    try:
        with file.open("rb") as lines:
            text = lines.read(HEAD)
    except OSError:
        return None
    found = re.search(rb"""^language:[ \t]*["']?(en|fr)["']?[ \t]*(?:#.*)?\r?$""", text, re.MULTILINE)
    return found[1].decode() if found else None


def _relative(text: str) -> str:
    """Paths below the current folder as a person there would write them."""
    return text.replace(str(Path.cwd()) + "/", "")
