"""`installation doctor`: is this machine fit for a piece? Each line is one look, what was found, and a remedy where it is needed.

What a helper would ask for first: versions, real-time rights, cards, ports, groups, disk, clock, temperature, cache.
"""
from __future__ import annotations

import grp
import importlib.metadata
import json
import os
import platform
import resource
import shutil
import subprocess
import textwrap
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from ... import __version__
from ...rules.config import load_piece
from ...rules.piece import Piece
from ...rules.references import BUILT_IN
from ...terms.fault import Fault
from ...terms.words import Words, both, say, speak, words
from ..places import cache_folder, state_folder
from .devices import found as find_devices

WELL, CARE, ILL = "ok", "care", "ill"
PACKAGES = ("numpy", "numba", "llvmlite", "sounddevice", "soundfile", "soxr", "PyYAML", "pyserial", "python-osc", "mido", "python-rtmidi")


@dataclass(frozen=True, slots=True)
class Look:
    """One look: how it is (ok, care, ill), what was looked at, what was found, what to do."""

    state: str
    what: Words
    found: Words | str
    remedy: Words = Words("", "")

    def data(self) -> dict:
        """The same in both languages, for `--json`."""
        return {"state": self.state, "what": asdict(self.what), "found": asdict(words(self.found)), "remedy": asdict(self.remedy)}


def doctor(folder: Path, *, as_json: bool = False) -> int:
    """Look at everything and print it; returns 0, or 3 if the machine cannot play the piece."""
    piece: Piece | None = None
    trouble = ""
    try:
        piece = load_piece(folder)
        speak(piece.language)
    except Fault as fault:
        trouble = fault.say()
    looks = list(look(piece, folder))
    if as_json:
        print(json.dumps([each.data() for each in looks], ensure_ascii=False, indent=2))
    else:
        marks = {WELL: "✓", CARE: "·", ILL: "✗"}
        for each in looks:
            print(f"{marks[each.state]} {say(each.what):26} {say(each.found)}")
            if each.remedy and each.state != WELL:
                print(textwrap.fill(say(each.remedy), 110, initial_indent=" " * 29, subsequent_indent=" " * 29, break_on_hyphens=False,
                                    break_long_words=False))
        if trouble:
            print(trouble)
    return 3 if any(each.state == ILL for each in looks) else 0


def look(piece: Piece | None, folder: Path) -> Iterator[Look]:
    """Every look in turn. A look that fails says so and the others go on."""
    for each in (_versions, _real_time, _memory_lock, _groups, _cards, _serial, _midi, _disk, _clock, _heat, _governor, _cache):
        try:
            yield from each(piece, folder)
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            yield Look(CARE, both(each.__name__.strip("_"), each.__name__.strip("_")), str(error))


def _versions(piece: Piece | None, folder: Path) -> Iterator[Look]:
    yield Look(WELL, both("engine", "moteur"), f"installation {__version__}, Python {platform.python_version()}, {platform.machine()}, {platform.release()}")
    there = []
    for name in PACKAGES:
        try:
            there.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            if name != "python-rtmidi":
                yield Look(ILL, both("package", "paquet"), name, both("It is missing: run ./run again.", "Il manque : relancez ./run."))
    yield Look(WELL, both("packages", "paquets"), ", ".join(there))
    if platform.machine() in ("armv7l", "armv6l", "i686"):
        yield Look(ILL, both("processor", "processeur"), platform.machine(), both("A 64-bit system is needed.", "Il faut un système 64 bits."))


def _real_time(piece: Piece | None, folder: Path) -> Iterator[Look]:
    what = both("real-time priority", "priorité temps réel")
    limit: int | str = resource.getrlimit(resource.RLIMIT_RTPRIO)[0]
    limit = "∞" if limit == resource.RLIM_INFINITY else limit
    before = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(10))
        got = os.sched_getscheduler(0) == os.SCHED_FIFO
        os.sched_setscheduler(0, *before)
    except PermissionError:
        got = False
    if got:
        yield Look(WELL, what, both(f"SCHED_FIFO is granted (read back; rtprio limit {limit})", f"SCHED_FIFO est accordé (relu ; limite rtprio {limit})"))
    else:
        yield Look(CARE, what, both(f"refused (rtprio limit {limit})", f"refusée (limite rtprio {limit})"), both(
            "As a service it is granted (LimitRTPRIO). From a terminal: a file /etc/security/limits.d/audio.conf with the lines "
            '"@audio - rtprio 80" and "@audio - memlock unlimited", yourself in the group audio, then log in again.',
            "En service elle est accordée (LimitRTPRIO). Depuis un terminal : un fichier /etc/security/limits.d/audio.conf avec les lignes "
            "« @audio - rtprio 80 » et « @audio - memlock unlimited », vous dans le groupe audio, puis reconnectez-vous."))


def _memory_lock(piece: Piece | None, folder: Path) -> Iterator[Look]:
    limit = resource.getrlimit(resource.RLIMIT_MEMLOCK)[0]
    need = piece.sound.memory if piece else 64_000_000
    what = both("locked memory", "mémoire verrouillée")
    if limit == resource.RLIM_INFINITY or limit >= need or os.geteuid() == 0:
        yield Look(WELL, what, both("enough", "assez"))
    else:
        yield Look(CARE, what, both(f"{limit // 1024} kB allowed, {need // 1024} kB wished for", f"{limit // 1024} ko permis, {need // 1024} ko souhaités"),
                   both('As a service it is granted (LimitMEMLOCK). From a terminal: the line "@audio - memlock unlimited" as above.',
                        "En service elle est accordée (LimitMEMLOCK). Depuis un terminal : la ligne « @audio - memlock unlimited » comme ci-dessus."))


def _groups(piece: Piece | None, folder: Path) -> Iterator[Look]:
    if os.geteuid() == 0:
        yield Look(WELL, both("groups", "groupes"), "root")
        return
    mine = {grp.getgrgid(number).gr_name for number in os.getgroups() if _named(number)}
    for name, en, fr in (("audio", "sound cards", "les cartes son"), ("dialout", "serial ports", "les ports série")):
        if name in mine:
            yield Look(WELL, both("group", "groupe"), name)
        else:
            yield Look(CARE, both("group", "groupe"),
                       both(f"you are not in {name}: no right to {en}", f"vous n'êtes pas dans {name} : pas le droit d'ouvrir {fr}"),
                       both(f"sudo usermod -aG {name} $USER, then log in again.", f"sudo usermod -aG {name} $USER, puis reconnectez-vous."))


def _cards(piece: Piece | None, folder: Path) -> Iterator[Look]:
    what = both("sound cards", "cartes son")
    facts = find_devices()
    cards = facts["cards"]
    for text in facts["faults"]:
        yield Look(ILL, what, text)
    playing = [card for card in cards if card["outputs"] > 0]
    if not playing and not facts["faults"]:
        yield Look(CARE, what, both("none", "aucune"), both("The piece plays on a silent clock until one is there.",
                                                            "La pièce tourne sur une horloge muette en attendant."))
    for card in playing:
        yield Look(WELL, what, f"{card['name']} ({card['api']}), {card['outputs']} outputs / sorties")
    if (piece and piece.sound.card not in ("auto", "none") and playing
            and not any(piece.sound.card.lower() in str(card["name"]).lower() or piece.sound.card == card["id"] for card in playing)):
        yield Look(ILL, what, both(f'"{piece.sound.card}" is not there', f"« {piece.sound.card} » n'est pas là"),
                   both("See `installation devices`.", "Voir `installation devices`."))


def _serial(piece: Piece | None, folder: Path) -> Iterator[Look]:
    names = [device["name"] for device in find_serial()]
    yield Look(WELL, both("serial ports", "ports série"), ", ".join(names) or both("none", "aucun"))
    for record in (piece.sensors.values() if piece else ()):
        if record.device and record.driver not in BUILT_IN and not any(record.device in name for name in names):
            yield Look(CARE, both("serial port", "port série"),
                       both(f"{record.name}: {record.device} is not plugged in", f"{record.name} : {record.device} n'est pas branché"),
                       both("The piece plays without it and takes it up when it is there.", "La pièce joue sans, et le reprend quand il est là."))


def find_serial() -> list[dict]:
    """The serial devices that are plugged in."""
    from ...ports.serial_places import listing

    return [asdict(device) for device in listing()]


def _midi(piece: Piece | None, folder: Path) -> Iterator[Look]:
    from ...ports.midi_in import midi_ports

    try:
        yield Look(WELL, both("MIDI ports", "ports MIDI"), ", ".join(midi_ports()) or both("none", "aucun"))
    except Fault as fault:
        yield Look(CARE, both("MIDI ports", "ports MIDI"), say(fault.happened), fault.remedy)


def _disk(piece: Piece | None, folder: Path) -> Iterator[Look]:
    place = folder if folder.is_dir() else Path(".")
    free = shutil.disk_usage(place).free
    what = both("disk", "disque")
    if free < 200_000_000:
        megabytes = free // 1_000_000
        yield Look(ILL if free < 20_000_000 else CARE, what, both(f"{megabytes} MB free", f"{megabytes} Mo libres"),
                   both("Make room.", "Libérez de la place."))
    else:
        yield Look(WELL, what, both(f"{free / 1e9:.1f} GB free", f"{free / 1e9:.1f} Go libres"))
    state = state_folder(place.resolve())
    writable = os.access(state if state.exists() else state.parent, os.W_OK)
    yield Look(WELL if writable else CARE, both("state", "état"),
               both(f"{state}{'' if writable else ' (read-only)'}", f"{state}{'' if writable else ' (en lecture seule)'}"),
               both("Tuned values are not kept over a restart.", "Les réglages ne survivront pas à un redémarrage."))


def _clock(piece: Piece | None, folder: Path) -> Iterator[Look]:
    what = both("clock", "horloge")
    if not shutil.which("timedatectl") or not Path("/run/systemd/system").is_dir():
        yield Look(WELL, what, both("not asked (no timedatectl); nothing in the engine waits on it",
                                      "non demandée (pas de timedatectl) ; rien dans le moteur n'en dépend"))
        return
    said = subprocess.run(["timedatectl", "show", "-p", "NTPSynchronized", "--value"], capture_output=True, text=True, timeout=5).stdout.strip()
    if said == "yes":
        yield Look(WELL, what, both("set by the network", "réglée par le réseau"))
    else:
        yield Look(CARE, what, both("not set by the network", "pas réglée par le réseau"),
                   both("Only time tags of OSC bundles depend on it.", "Seules les étiquettes de temps OSC en dépendent."))


def _heat(piece: Piece | None, folder: Path) -> Iterator[Look]:
    for zone in sorted(Path("/sys/class/thermal").glob("thermal_zone*/temp")):
        degrees = int(zone.read_text()) / 1000
        if degrees > 0:
            yield Look(CARE if degrees > 75 else WELL, both("temperature", "température"), f"{degrees:.0f} °C",
                       both("Give it air: above 80 °C a Pi slows down.", "Donnez-lui de l'air : au-dessus de 80 °C un Pi ralentit."))
            return


def _governor(piece: Piece | None, folder: Path) -> Iterator[Look]:
    file = Path("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")
    if file.exists():
        name = file.read_text().strip()
        yield Look(WELL if name == "performance" else CARE, both("processor's pace", "cadence du processeur"), name,
                   both("`performance` avoids clicks: echo performance | sudo tee /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor",
                        "`performance` évite les clics : echo performance | sudo tee /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor"))


def _cache(piece: Piece | None, folder: Path) -> Iterator[Look]:
    place = cache_folder((folder if folder.is_dir() else Path(".")).resolve())
    kernels = list((place / "kernels").glob("*")) if (place / "kernels").is_dir() else []
    size = sum(file.stat().st_size for file in kernels) // 1000
    writable = os.access(place if place.exists() else place.parent, os.W_OK)
    yield Look(WELL if writable else CARE, both("cache", "cache"),
               both(f"{place}: {len(kernels)} kernels, {size} kB{'' if writable else ' (read-only)'}",
                    f"{place} : {len(kernels)} noyaux, {size} ko{'' if writable else ' (en lecture seule)'}"),
               both("It is used as it is; what is missing is compiled at every start.",
                    "Il sert tel quel ; ce qui manque est compilé à chaque démarrage."))


def _named(number: int) -> bool:
    try:
        grp.getgrgid(number)
    except KeyError:
        return False
    return True
