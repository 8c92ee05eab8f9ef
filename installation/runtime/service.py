"""`installation service install | remove | status`: the piece starts at boot, or not any more, or how it does."""
from __future__ import annotations

import grp
import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path

from ..rules.config import load_piece
from ..terms.fault import Fault
from ..terms.words import both, say
from .loading import shipped

NAME = "installation.service"
PLACE = Path("/etc/systemd/system")
GROUPS = ("audio", "dialout", "plugdev")


def service(action: str, folder: Path, *, user: str | None = None, dry_run: bool = False) -> int:
    """Do it; returns the command's exit code. Raises Fault if the machine or the piece does not allow it."""
    if action == "install":
        piece = load_piece(folder)
        text = unit_text(piece.folder.resolve(), piece.title, user or os.environ.get("SUDO_USER") or pwd.getpwuid(os.getuid()).pw_name)
        if dry_run:
            print(text)
            return 0
        return _install(text, piece.title)
    if dry_run:
        print(say(both("nothing would be written", "rien ne serait écrit")))
        return 0
    return _remove() if action == "remove" else _status()


def unit_text(piece: Path, title: str, user: str) -> str:
    """The unit file for a piece. Raises Fault if the user does not exist, or a path cannot be written in a unit."""
    try:
        pwd.getpwnam(user)
    except KeyError:
        raise Fault(both(f'there is no user "{user}" on this machine', f"il n'y a pas d'utilisateur « {user} » sur cette machine"),
                    id="service.user") from None
    python = Path(sys.executable)
    for path in (piece, python):
        if any(mark in str(path) for mark in " \t\n\"'\\%$;"):
            raise Fault(both("a path with blanks or special signs cannot be started at boot",
                             "un chemin avec des espaces ou des signes spéciaux ne peut pas démarrer avec la machine"), where=str(path),
                        remedy=both("Move or rename the folder.", "Déplacez ou renommez le dossier."), id="service.path")
    groups = [name for name in GROUPS if _exists(name)]
    words = {"TITLE": "".join(c for c in title if c.isprintable() and c != "%"), "USER": user, "PIECE": str(piece), "PYTHON": str(python),
             "GROUPS": " ".join(groups)}
    text = (shipped("systemd") / NAME).read_text(encoding="utf-8")
    for name, value in words.items():
        text = text.replace(f"@{name}@", value)
    return text


def _install(text: str, title: str) -> int:
    _must_be_root("install")
    systemctl = _systemctl()
    path = PLACE / NAME
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Fault(both(f"cannot be written: {error.strerror}", f"impossible à écrire : {error.strerror}"), where=str(path), id="service.write") from None
    for arguments in (["daemon-reload"], ["enable", NAME], ["restart", "--no-block", NAME]):
        _call([systemctl, *arguments])
    print(say(both(f"{title}: starts at every boot, and is starting now. `installation service status` says how it does.",
                   f"{title} : démarre avec la machine, et démarre maintenant. `installation service status` dit comment cela va.")))
    return 0


def _remove() -> int:
    _must_be_root("remove")
    systemctl = _systemctl()
    path = PLACE / NAME
    if not path.exists():
        print(say(both("it was not installed", "il n'était pas installé")))
        return 0
    _call([systemctl, "disable", "--now", NAME])
    path.unlink()
    _call([systemctl, "daemon-reload"])
    print(say(both("it does not start at boot any more", "il ne démarre plus avec la machine")))
    return 0


def _status() -> int:
    systemctl = _systemctl()
    if not (PLACE / NAME).exists():
        print(say(both("not installed: `sudo installation service install PIECE`", "pas installé : `sudo installation service install PIÈCE`")))
        return 1
    names = ("ActiveState", "SubState", "StatusText", "NRestarts", "Result", "ActiveEnterTimestamp", "MainPID", "UnitFileState")
    shown = _call([systemctl, "show", NAME, "-p", ",".join(names)])
    facts = dict(line.partition("=")[::2] for line in shown.splitlines())
    for name in names:
        print(f"{name:22} {facts.get(name, '')}")
    print(say(both("its log: journalctl -u installation -e", "son journal : journalctl -u installation -e")))
    return 0 if facts.get("ActiveState") == "active" else 1


def _systemctl() -> str:
    found = shutil.which("systemctl")
    if not found or not Path("/run/systemd/system").is_dir():
        raise Fault(both("this machine is not run by systemd", "cette machine n'est pas gérée par systemd"), id="service.systemd",
                    remedy=both("Start `installation run PIECE` from its own start-up instead.", "Lancez `installation run PIÈCE` par son propre démarrage."))
    return found


def _must_be_root(action: str) -> None:
    if os.geteuid() != 0:
        raise Fault(both("this needs root", "il faut être root"), remedy=f"sudo {sys.executable} -m installation service {action}", id="service.root")


def _call(words: list[str]) -> str:
    done = subprocess.run(words, capture_output=True, text=True, timeout=60)
    if done.returncode:
        said = f"{' '.join(words)}: {done.stderr.strip() or done.returncode}"
        raise Fault(said, id="service.call")
    return done.stdout


def _exists(group: str) -> bool:
    try:
        grp.getgrnam(group)
    except KeyError:
        return False
    return True
