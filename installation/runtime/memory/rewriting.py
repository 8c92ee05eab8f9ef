"""`config.write`: values put into config.yaml, checked as `installation check` does before they replace the file.

    write(file, params, store, drivers, scenes)     returns the difference; raises Fault, and then nothing was written

The former file is kept as a version beside the presets (`presets/versions/config.yaml/`). Waits for the disk: call it aside.
"""
from __future__ import annotations

import codecs
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ...rules.check import cross_check
from ...rules.config import piece_of
from ...rules.facts import DriverFacts, SceneFacts
from ...rules.rewrite import Params, rewrite
from ...rules.source import LONGEST, parse_source
from ...terms.fault import Fault, Faults
from ...terms.words import both
from ..places import is_writable, write_whole
from .presets import PresetStore

SHOWN = 400      # lines of a difference


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What has become of a file: its difference, as `diff -u` writes it, and the number of the version that it was; 0 if nothing differs."""

    difference: str
    version: int


def write(file: Path, params: Params, store: PresetStore, drivers: Mapping[str, DriverFacts], scenes: Mapping[str, SceneFacts]) -> Rewritten:
    """Put values into a piece's config.yaml. Raises Fault, and leaves the file alone, if that cannot be done or check would refuse it."""
    name, file = file.name, file.resolve()
    try:
        about = file.stat()
        content = file.read_bytes() if about.st_size <= LONGEST else b"\0"
        mark = codecs.BOM_UTF8 if content.startswith(codecs.BOM_UTF8) else b""
        parse_source(content, name)                       # says what is wrong with it, before anything else is asked of it
        text = content[len(mark):].decode()
        new = rewrite(text, params, name)
        _check(new, name, file, drivers, scenes)
        if new == text:
            return Rewritten("", 0)
        import difflib  # large, and rarely needed

        lines = list(difflib.unified_diff(text.splitlines(), new.splitlines(), name, name, n=1, lineterm=""))
        difference = "\n".join(lines[:SHOWN])
        if not is_writable(file.parent):
            raise Fault(both(f"{name} can only be read here", f"{name} ne peut qu'être lu ici"), where=str(file), id="config.write",
                        remedy=both(f"The service sees the piece read-only. By hand:\n{difference}",
                                    f"Le service voit la pièce en lecture seule. À la main :\n{difference}"))
        version = store.keep(name, content)
        now = file.stat()
        if (now.st_mtime_ns, now.st_size, now.st_ino) != (about.st_mtime_ns, about.st_size, about.st_ino):
            raise Fault(both(f"{name} has just been edited", f"{name} vient d'être modifié"), where=str(file), id="config.edited",
                        remedy=both("Nothing was written. Try again.", "Rien n'a été écrit. Réessayez."))
        write_whole(file, mark + new.encode(), about.st_mode & 0o777)
        if os.geteuid() == 0:                             # root must not take the file from whom it belongs to
            os.chown(file, about.st_uid, about.st_gid)
    except OSError as error:
        raise Fault(both(f"{name} cannot be written: {error.strerror}", f"{name} ne peut pas être écrit : {error.strerror}"), where=str(file),
                    id="config.write", remedy=both("The file is as it was.", "Le fichier est tel qu'il était.")) from None
    return Rewritten(difference, version)


def _check(text: str, name: str, file: Path, drivers: Mapping[str, DriverFacts], scenes: Mapping[str, SceneFacts]) -> None:
    try:
        faults = cross_check(piece_of(parse_source(text, name), file), drivers, scenes)
    except Faults as several:
        faults = list(several.faults)
    if faults:
        raise Fault(both("check would not accept the file: ", "check n'accepterait pas le fichier : ") + faults[0].happened, where=faults[0].where,
                    id="config.check", remedy=both("Nothing was written.", "Rien n'a été écrit."))
