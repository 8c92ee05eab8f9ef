"""`installation service install | remove | status`: the piece starts at boot, or not any more, or how it does.

    service      does it, with what stands beside the unit (runtime/deploy/)
    unit_text    systemd/installation.service, filled in for one piece
    Manager      the service manager that is spoken to: the machine's own; tests give another
"""
from __future__ import annotations

import grp
import os
import pwd
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from ...rules.config import load_piece
from ...terms.fault import Fault
from ...terms.words import Words, both, say, speak
from ..deploy.fitting import fit, unfit, written
from ..deploy.fittings import Machine, Wishes, fittings
from ..parts.loading import shipped
from ..places import write_whole

NAME = "installation.service"
ENGINE = Path(__file__).resolve().parents[3]  # the folder that holds the package
LIST = "installation.json"      # beside the unit: what else was written; root's own, because root removes what it names
SAFE = ("boot/firmware/installation-safe", "boot/installation-safe")     # where one of these is, the piece does not start; the unit names them too
GROUPS = ("audio", "dialout", "plugdev", "gpio", "video")     # sound, serial ports, USB, pins, a Pi's sensors of itself; those that there are
SHOWN = ("ActiveState", "SubState", "StatusText", "NRestarts", "Result", "ActiveEnterTimestamp", "MainPID", "UnitFileState")


@dataclass(frozen=True, slots=True)
class Manager:
    """A service manager: where its units lie, how it is called, and the folder that is there while it runs."""

    place: Path = Path("/etc/systemd/system")
    command: tuple[str, ...] = ("systemctl",)
    sign: Path = Path("/run/systemd/system")
    machine: Machine = Machine()

    def call(self, *words: str) -> str:
        """Ask it for something and return its answer. Raises Fault with what it says, or if there is none."""
        if not shutil.which(self.command[0]) or not self.sign.is_dir():
            raise Fault(both("this machine is not run by systemd", "cette machine n'est pas gérée par systemd"), id="service.systemd",
                        remedy=both("Start `installation run PIECE` from its own start-up instead.",
                                    "Lancez `installation run PIÈCE` par son propre démarrage."))
        try:
            done = subprocess.run([*self.command, *words], capture_output=True, text=True, timeout=90)
        except subprocess.TimeoutExpired:
            raise Fault(both("systemd does not answer", "systemd ne répond pas"), where=" ".join(self.command), id="service.call") from None
        if done.returncode:
            said = done.stderr.strip() or str(done.returncode)
            raise Fault(both(f"systemd refuses: {said}", f"systemd refuse : {said}"), where=" ".join([*self.command, *words]), id="service.call")
        return done.stdout


def service(action: str, folder: Path, *, user: str | None = None, dry_run: bool = False, manager: Manager = Manager()) -> int:  # noqa: B008
    """Do it; returns the command's exit code. Raises Fault if the machine or the piece does not allow it."""
    if action == "install":
        piece = load_piece(folder)
        speak(piece.language)
        place = piece.folder.resolve()
        user = user or _owner(place)
        text = unit_text(place, piece.title, user)
        wishes = Wishes(user=user, reboot=piece.care.reboot)
        if dry_run:
            _show(manager, text, wishes)
            return 0
        return _install(manager, text, piece.title, place, wishes)
    if dry_run:
        print(say(both("nothing would be written", "rien ne serait écrit")))
        return 0
    return _remove(manager) if action == "remove" else _status(manager)


def unit_text(piece: Path, title: str, user: str) -> str:
    """The unit file for a piece. Raises Fault if the user does not exist, or a path cannot be written in a unit."""
    try:
        pwd.getpwnam(user)
    except KeyError:
        raise Fault(both(f'there is no user "{user}" on this machine', f"il n'y a pas d'utilisateur « {user} » sur cette machine"),
                    id="service.user") from None
    python = Path(sys.executable)
    _writable(piece, "\n\r")
    _writable(python, "\n\r\"'\\")               # systemd takes no such name for a program, however it is quoted
    words = {
        "TITLE": re.sub(r"\s+", " ", "".join(c if c.isprintable() else " " for c in title)).strip().rstrip("\\").replace("%", "%%"),
        "USER": user,
        "GROUPS": " ".join(name for name in GROUPS if _exists(name)),
        "PYTHON": _quoted(str(python)).replace("$$", "$"),      # a dollar is special in a program's arguments alone
        "PIECE": _quoted(str(piece)),
        "ENGINE": _quoted(f"PYTHONPATH={ENGINE}").replace("$$", "$"),
        "FOLDER": str(piece).replace("%", "%%"),
    }
    text = (shipped("systemd") / NAME).read_text(encoding="utf-8")
    return re.sub(r"@([A-Z]+)@", lambda found: words[found[1]], text)


def _show(manager: Manager, text: str, wishes: Wishes) -> None:
    """Everything that would be written, and what would be said."""
    print(text, end="")
    wanted, left = fittings(manager.machine, wishes)
    for fitting in wanted:
        print(f"\n### {manager.machine.root / fitting.place}  ({say(fitting.does)})\n{fitting.text}", end="")
    for words in left:
        print(f"\n# {say(words)}")


def _install(manager: Manager, text: str, title: str, piece: Path, wishes: Wishes) -> int:
    _must_be_root("install", piece)
    _lasting(piece)
    _within_reach(piece, wishes.user)
    path = manager.place / NAME
    try:
        write_whole(path, text.encode())
        path.chmod(0o644)
    except OSError as error:
        raise Fault(both(f"cannot be written: {error.strerror}", f"impossible à écrire : {error.strerror}"), where=str(path), id="service.write") from None
    wanted, left = fittings(manager.machine, wishes)
    units = [Path(fitting.place).name for fitting in fit(manager.machine, wanted, manager.place / LIST, _tell) if fitting.unit]
    for words in left:
        _tell(words)
    manager.call("daemon-reload")
    for unit in units:
        manager.call("enable", "--now", unit)
    manager.call("enable", NAME)
    manager.call("restart", "--no-block", NAME)
    print(say(both(f"{title}: starts at every boot, and is starting now. `installation service status` says how it does.",
                   f"{title} : démarre avec la machine, et démarre maintenant. `installation service status` dit comment cela va.")))
    return 0


def _remove(manager: Manager) -> int:
    path = manager.place / NAME
    if not path.exists():
        print(say(both("it was not installed", "il n'était pas installé")))
        return 0
    _must_be_root("remove")
    manager.call("disable", "--now", NAME)
    for unit in [Path(place).name for place in written(manager.place / LIST) if place.endswith(".service") and manager.machine.has(place)]:
        manager.call("disable", "--now", unit)
    unfit(manager.machine, manager.place / LIST, _tell)
    path.unlink()
    manager.call("daemon-reload")
    print(say(both("it does not start at boot any more", "il ne démarre plus avec la machine")))
    return 0


def _tell(words: Words) -> None:
    print(f"· {say(words)}")


def _status(manager: Manager) -> int:
    if not (manager.place / NAME).exists():
        print(say(both("not installed: `sudo installation service install PIECE`", "pas installé : `sudo installation service install PIÈCE`")))
        return 3
    facts = dict(line.partition("=")[::2] for line in manager.call("show", NAME, "-p", ",".join(SHOWN)).splitlines())
    for name in SHOWN:
        print(f"{name:22} {facts.get(name, '')}")
    for place in SAFE:
        if manager.machine.has(place):
            _tell(both(f"it does not start, because there is a file /{place}: remove it and start the machine anew",
                       f"il ne démarre pas, car il y a un fichier /{place} : enlevez-le et redémarrez la machine"))
    print(say(both("its log: journalctl -u installation -e", "son journal : journalctl -u installation -e")))
    return 0 if facts.get("ActiveState") in ("active", "activating", "reloading") else 3


def _owner(piece: Path) -> str:
    """Whom the piece belongs to: who called sudo, else the owner of its folder."""
    caller = os.environ.get("SUDO_USER", "")
    if caller and caller != "root":
        return caller
    try:
        return piece.owner()
    except KeyError:
        return pwd.getpwuid(os.geteuid()).pw_name


def _lasting(piece: Path) -> None:
    """Raise Fault if the piece lies where it is gone after the next start, and where a service with PrivateTmp= sees nothing."""
    for place in ("/tmp", "/var/tmp", "/run", "/dev/shm"):
        if piece.is_relative_to(place):
            raise Fault(both(f"what lies below {place} does not outlive a restart", f"ce qui est sous {place} ne survit pas à un redémarrage"),
                        where=str(piece), id="service.place",
                        remedy=both("Move the piece, to your home folder for instance.", "Déplacez la pièce, par exemple dans votre dossier personnel."))


def _within_reach(piece: Path, user: str) -> None:
    """Raise Fault if that user could not start the engine there, which would only be seen in the log."""
    entry = pwd.getpwnam(user)
    try:
        tried = subprocess.run([sys.executable, "-P", "-c", "import sys, installation; open(sys.argv[1]).close()", str(piece / "config.yaml")],
                               env={**os.environ, "PYTHONPATH": str(ENGINE)}, user=entry.pw_uid, group=entry.pw_gid,
                               extra_groups=[], cwd="/", capture_output=True, text=True, timeout=60)
        said = tried.stderr.strip().splitlines()[-1:] if tried.returncode else []
    except (OSError, subprocess.TimeoutExpired) as error:
        said = [str(error)]
    if said:
        raise Fault(both(f'the user "{user}" cannot start the engine there: {said[0]}',
                         f"l'utilisateur « {user} » ne peut pas y lancer le moteur : {said[0]}"), where=str(piece), id="service.reach",
                    remedy=both("Put the folder where that user may read it (not below /root), or name another with --user.",
                                "Mettez le dossier où cet utilisateur peut le lire (pas sous /root), ou nommez-en un autre avec --user."))


def _must_be_root(action: str, piece: Path | None = None) -> None:
    if os.geteuid() != 0:
        words = [sys.executable, "-P", "-m", "installation", "service", action, *([str(piece)] if piece else [])]
        raise Fault(both("this needs root", "il faut être root"), remedy="sudo " + shlex.join(words), id="service.root")


def _writable(path: Path, refused: str) -> None:
    if any(mark in str(path) for mark in refused):
        raise Fault(both("a path with quotes or line ends cannot be started at boot",
                         "un chemin avec des guillemets ou des fins de ligne ne peut pas démarrer avec la machine"), where=repr(str(path)),
                    remedy=both("Move or rename the folder.", "Déplacez ou renommez le dossier."), id="service.path")


def _quoted(text: str) -> str:
    """One word of ExecStart=: systemd.service(5), "Command lines"."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$") + '"'


def _exists(group: str) -> bool:
    try:
        grp.getgrnam(group)
    except KeyError:
        return False
    return True
