"""`installation layout`: the piece's controls as a file that a tablet's app opens, and what to set in the app."""
from __future__ import annotations

import re
import socket
import unicodedata
from pathlib import Path

from ...rules.addresses import tree_declarations
from ...rules.layout import Page, pages
from ...rules.piece import Piece
from ...terms.fault import Fault, Faults
from ...terms.words import Words, both, say
from ..places import write_whole
from .checking import examine

APPS = ("touchosc", "open-stage-control")
NAMES = {"touchosc": "TouchOSC", "open-stage-control": "Open Stage Control"}
ENDS = {"touchosc": ".tosc", "open-stage-control": ".json"}


def layout(app: str, folder: Path, piece: Path) -> int:
    """Write the layout of a piece for one of APPS into a folder. Raises Faults if the piece is not in order, Fault if the file cannot be written."""
    record, built, faults = examine(piece, compile=False)
    if faults or record is None:
        raise Faults(faults)
    shown = pages(tree_declarations(record, built.drivers, built.scenes))
    file = folder / (_plain(record.title) + ENDS[app])
    try:
        write_whole(file, _written(app, record, shown), 0o644)
    except OSError as error:
        raise Fault(both(f"cannot be written: {error.strerror}", f"impossible à écrire : {error.strerror}"), where=str(file), id="layout.write") from None
    controls = sum(len(page.controls) for page in shown)
    print(say(both(f"{file}: {controls} controls on {len(shown)} pages: {', '.join(page.name for page in shown)}",
                   f"{file} : {controls} commandes sur {len(shown)} pages : {', '.join(page.name for page in shown)}")))
    print(say(_hint(app, record)))
    return 0


def _written(app: str, piece: Piece, shown: list[Page]) -> bytes:
    if app == "touchosc":
        from ...remote.layouts import touchosc

        return touchosc.layout(piece.title, shown)
    from ...remote.layouts import open_stage_control

    return open_stage_control.session(piece.title, shown).encode()


def _hint(app: str, piece: Piece) -> Words:
    osc = piece.remote.osc
    if osc is None:
        return both("config.yaml has no `remote: osc:`; without it the piece does not listen to tablets.",
                    "config.yaml n'a pas de `remote: osc:` ; sans elle la pièce n'écoute pas les tablettes.")
    host = osc.interface if osc.interface not in ("0.0.0.0", "127.0.0.1") else socket.gethostname()
    if app == "touchosc":
        return both(f"In TouchOSC: Connections, OSC, UDP: host {host}, send port {osc.port}, receive port 9001. Name the tablet under "
                    "`remote: osc: clients:` (its address, port 9001): it is told of every change there.",
                    f"Dans TouchOSC : Connections, OSC, UDP : hôte {host}, port d'envoi {osc.port}, port de réception 9001. Nommez la tablette sous "
                    "`remote: osc: clients:` (son adresse, port 9001) : elle y apprend tout changement.")
    return both(f"Start Open Stage Control with --send {host}:{osc.port} --osc-port 9001 and this file after --load, "
                "and name it under `remote: osc: clients:` (its address, port 9001).",
                f"Lancez Open Stage Control avec --send {host}:{osc.port} --osc-port 9001 et ce fichier après --load, "
                "et nommez-le sous `remote: osc: clients:` (son adresse, port 9001).")


def _plain(title: str) -> str:
    """A title as the name of a file."""
    text = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", text).strip("-")[:60] or "piece"
