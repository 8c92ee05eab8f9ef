"""`installation log`: what has happened to a piece, from its logbook; over power cuts, and where no clock was right."""
from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from ...rules.logbook import Entry
from ...terms.fault import Fault
from ...terms.quantity import quantity
from ...terms.words import both, say
from ..memory.pages import read
from ..places import state_folder
from ..wall import machine_zone
from .checking import piece_language

SERVICE = Path("/var/lib/installation")      # where the service keeps its state


def log(folder: Path, *, since: str | None = None, kinds: Sequence[str] = (), boot: int | None = None, last: int = 100, as_json: bool = False,
        state: Path | None = None) -> int:
    """Print it; returns the command's exit code. Raises Fault if there is none.

    since   "2 h", "2026-11-24", "2026-11-24T10:42"; by the machine's zone
    boot    only this start of the machine; 0 is the last, -1 the one before
    last    so many lines at most, the newest; 0 all
    """
    piece_language(folder)
    book = logbook_folder(folder, state)
    entries, damaged = read(book)
    chosen = _chosen(entries, since, kinds, boot)
    chosen = chosen[-last:] if last else chosen
    for entry in chosen:
        print(json.dumps(asdict(entry)) if as_json else line(entry))
    if damaged:
        print(say(both(f"{damaged} line{'s' if damaged != 1 else ''} damaged, by a power cut or otherwise",
                       f"{damaged} ligne{'s' if damaged != 1 else ''} abîmée{'s' if damaged != 1 else ''}, par une coupure ou autrement")), file=sys.stderr)
    return 0


def logbook_folder(folder: Path, state: Path | None = None) -> Path:
    """Where the logbook of a piece is: in its state folder, or the service's. Raises Fault if it is in neither."""
    piece = folder if folder.is_dir() else folder.parent
    places = [state] if state is not None else [state_folder(piece), SERVICE]
    for place in places:
        if (place / "logbook").is_dir():
            if not os.access(place / "logbook", os.R_OK | os.X_OK):
                raise Fault(both("the logbook may not be read by you", "vous n'avez pas le droit de lire le journal"),
                            where=str(place / "logbook"), id="logbook.read", remedy=both("It is the service's: try with sudo.",
                                                                                                              "Il est au service : essayez avec sudo."))
            return place / "logbook"
    raise Fault(both("there is no logbook here: the piece has not played yet, or nothing can be kept",
                     "il n'y a pas de journal ici : la pièce n'a pas encore joué, ou rien ne peut être gardé"),
                where=", ".join(str(place / "logbook") for place in places), id="logbook.missing")


def line(entry: Entry) -> str:
    """One line: the machine's time (a ~ before it where it was not known), which start of the machine, what sort, and the sentence."""
    time = datetime.fromtimestamp(entry.time, machine_zone()).strftime("%Y-%m-%d %H:%M:%S")
    where = f"{entry.facts['where']}: " if entry.facts.get("where") else ""
    return f"{' ' if entry.known else '~'}{time}  {entry.boot:>3}  {entry.kind:<8} {where}{say(entry.words)}"


def _chosen(entries: list[Entry], since: str | None, kinds: Sequence[str], boot: int | None) -> list[Entry]:
    if since is not None:
        begins = _moment(since)
        first = next((number for number, entry in enumerate(entries) if entry.known and entry.time >= begins), len(entries))
        while first and not entries[first - 1].known and entries[first - 1].time >= begins:       # what stands before it, and was not known
            first -= 1
        entries = entries[first:]
    if boot is not None:
        number = boot if boot > 0 else (max((entry.boot for entry in entries), default=0) + boot)
        entries = [entry for entry in entries if entry.boot == number]
    return [entry for entry in entries if not kinds or entry.kind in kinds]


def _moment(text: str) -> float:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        pass
    else:
        return (moment if moment.tzinfo else moment.replace(tzinfo=machine_zone())).timestamp()
    try:
        days, unit = text.split()
        seconds = float(days) * 86_400 if unit in ("d", "j") else quantity(text, "s")
    except (ValueError, Fault):
        raise Fault(both(f'"{text}" is no moment', f"« {text} » n'est pas un moment"), id="logbook.since",
                    remedy=both("As in: 2026-11-24, 2026-11-24T10:42, 2 h, 3 d.", "Par exemple : 2026-11-24, 2026-11-24T10:42, 2 h, 3 j.")) from None
    return datetime.now().timestamp() - float(seconds)
