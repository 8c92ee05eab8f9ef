"""`installation soak`: a piece is tried for hours. Its processes are killed and hung by lot, and it must come back each time by itself.

    soak(folder, hours=1, seed=1)       prints what held and what did not; the command's exit code: 0 or 3

Only what anyone could see is looked at: OSC, the logbook in the state folder, and /proc.
What must hold: blocks move again in time after each fault; the fault stands in the logbook, and its end; a value that was tuned is there after
a new start; memory, open files and threads stay level while control lives.
"""
from __future__ import annotations

import contextlib
import json
import os
import signal
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from ...rules.soak import BACK, FAULTS, SAID_AS, Blow, grows, plan
from ...terms.fault import Fault
from ...terms.words import Words, both, say
from ..memory.pages import read
from .patient import Patient
from .processes import family, takes

START = 120.0            # s for the first start: it may compile
LOOK = 0.1               # s between two looks
EVERY = 1.0              # s between two samples of what it takes
WRITTEN = 25.0           # s until a line of the logbook is on the disk
WARM = 20.0              # s after a start before memory counts
TUNED, VALUE = "/room/gain", -7.0
SETTLED = 3.0            # s until what is tuned is on the disk
MORE = {"memory": 16e6, "files": 8.0, "threads": 6.0}      # by which control may grow: what it keeps of clients, history and log is bounded
IDS = ("player.", "light.")


@dataclass
class Verdict:
    """One thing that must hold: whether it did, and the figures."""

    what: Words
    held: bool
    shown: str


@dataclass
class Tale:
    """What was done and seen. back: seconds until blocks moved again; None where they did not in time."""

    blows: list[tuple[Blow, float, float | None]] = field(default_factory=list)
    samples: dict[str, list[tuple[float, float]]] = field(default_factory=lambda: {name: [] for name in MORE})
    lives: list[dict[str, list[tuple[float, float]]]] = field(default_factory=list)
    lost: int = 0
    fell: int = 0

    def begins(self) -> None:
        """A life of control begins: what it takes is compared with itself alone."""
        self.samples = {name: [] for name in MORE}
        self.lives.append(self.samples)


def soak(folder: Path, *, hours: float, seed: int = 1, faults: Sequence[str] | None = None, pause: float = 60.0, report: Path | None = None) -> int:
    """Try it; returns the command's exit code. Raises Fault where it does not even start."""
    piece = folder if folder.is_dir() else folder.parent
    if not (piece / "config.yaml").is_file():
        raise Fault(both("there is no config.yaml here", "il n'y a pas de config.yaml ici"), where=str(piece), id="config.missing")
    blows = plan(hours * 3600.0, seed=seed, faults=FAULTS if faults is None else faults, pause=pause)
    with tempfile.TemporaryDirectory(prefix="installation-soak-") as place:
        patient = Patient(piece, Path(place))
        tale = Tale()
        try:
            _perform(patient, tale, blows, hours * 3600.0)
            time.sleep(0.0 if patient.has_ended else WRITTEN)
        finally:
            patient.stop()
        verdicts = judge(tale, patient.state)
        tail = patient.log.read_text(errors="replace").splitlines()[-20:]
    held = all(verdict.held for verdict in verdicts)
    for verdict in verdicts:
        print(("   " if verdict.held else "!  ") + f"{say(verdict.what)}: {verdict.shown}")
    if not held:
        print("\n".join(["", *tail]))
    if report is not None:
        report.write_text(json.dumps({
            "held": held, "seed": seed, "hours": hours,
            "verdicts": [{"what": asdict(verdict.what), "held": verdict.held, "shown": verdict.shown} for verdict in verdicts],
            "faults": [{"fault": blow.fault, "time": blow.time, "back": back} for blow, _, back in tale.blows]}, indent=1, ensure_ascii=False))
    return 0 if held else 3


def _perform(patient: Patient, tale: Tale, blows: list[Blow], span: float) -> None:
    _begin(patient, tale)
    began = time.monotonic()
    waiting = list(blows)
    while (now := time.monotonic() - began) < span:
        if waiting and now >= waiting[0].time:
            blow = waiting.pop(0)
            print(f"{now:8.0f} s  {blow.fault}", end="", flush=True)
            struck, back = _strike(patient, tale, blow.fault)
            tale.blows.append((blow, struck, back))
            print(f"  {'-' if back is None else f'{back:.1f} s'}")
        elif patient.has_ended:                     # nobody asked it to
            tale.fell += 1
            _begin(patient, tale)
        _sample(patient, tale)
        time.sleep(EVERY)


def _begin(patient: Patient, tale: Tale) -> None:
    patient.start()
    if _until_up(patient, START) is None:
        raise Fault(both("the piece does not start", "la pièce ne démarre pas"), where="soak", id="soak.start",
                    remedy=both("\n".join(patient.log.read_text(errors="replace").splitlines()[-8:]), ""))
    tale.begins()
    if tale.blows or tale.fell:
        return
    patient.door.write(TUNED, VALUE)
    time.sleep(SETTLED)


def _strike(patient: Patient, tale: Tale, fault: str) -> tuple[float, float | None]:
    """Do it, and wait until blocks move; when by the wall's clock, and how long it took."""
    whom, _, how = fault.partition("-")
    pids = family(patient.pid)[whom]
    wall = time.time()
    if pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pids[0], signal.SIGSTOP if how == "hang" else signal.SIGKILL)
    if whom == "control":
        while not patient.has_ended:
            time.sleep(0.01)
        patient.start()
    back = _until_healed(patient, whom, pids[0] if pids else 0, BACK[fault])
    if whom == "control" and back is not None:
        tale.begins()
        value = patient.door.ask(TUNED)
        if not isinstance(value, (int, float)) or abs(value - VALUE) > 1e-3:
            tale.lost += 1
    return wall, back


def _until_healed(patient: Patient, whom: str, pid: int, within: float) -> float | None:
    """Until another process has the place, and blocks move. None: not in time."""
    began = time.monotonic()
    while (passed := time.monotonic() - began) <= within:
        others = family(patient.pid)[whom]
        if others and pid not in others and patient.is_up(since=passed):
            return passed
        time.sleep(LOOK)
    return None


def _until_up(patient: Patient, within: float) -> float | None:
    began = time.monotonic()
    while (passed := time.monotonic() - began) <= within and not patient.has_ended:
        if patient.is_up():
            return passed
        time.sleep(LOOK)
    return None


def _sample(patient: Patient, tale: Tale) -> None:
    seen = takes(patient.pid)
    if seen is not None:
        for name, value in asdict(seen).items():
            tale.samples[name].append((time.monotonic(), value))


def judge(tale: Tale, state: Path) -> list[Verdict]:
    """What held and what did not."""
    late = [blow.fault for blow, _, back in tale.blows if back is None]
    took = [back for _, _, back in tale.blows if back is not None]
    unsaid, unfinished, causeless = _said(tale, state)
    found = [
        Verdict(both("it came back in time after each fault", "elle est revenue à temps après chaque faute"), not late,
                ", ".join(late) or f"{len(took)}, {max(took, default=0.0):.1f} s"),
        Verdict(both("each fault stands in the logbook", "chaque faute est dans le journal"), not unsaid, ", ".join(unsaid) or "0"),
        Verdict(both("each fault's end stands there too", "la fin de chaque faute aussi"), not unfinished, ", ".join(unfinished) or "0"),
        Verdict(both("no fault was told that nobody had done", "aucune faute sans cause n'a été dite"), not causeless, ", ".join(causeless) or "0"),
        Verdict(both("it ended only when it was killed", "elle ne s'est arrêtée que tuée"), not tale.fell, str(tale.fell)),
        Verdict(both("what was tuned was there after a new start", "les réglages étaient là après un redémarrage"), not tale.lost, str(tale.lost)),
    ]
    for name, most in MORE.items():
        grown = [more for life in tale.lives if life[name] and (more := grows(life[name], after=life[name][0][0] + WARM)) is not None]
        worst = max(grown, default=0.0)
        found.append(Verdict(both(f"{name} stays level", f"{ {'memory': 'mémoire', 'files': 'fichiers', 'threads': 'fils'}[name] } stable"),
                             worst <= most, f"{worst:+.0f}" if grown else "?"))
    return found


def _said(tale: Tale, state: Path) -> tuple[list[str], list[str], list[str]]:
    """Faults that were done and not told, that were told and not ended, and that were told though nobody had done them."""
    entries, _ = read(state / "logbook")
    told = [entry for entry in entries if entry.kind == "fault" and str(entry.facts.get("id", "")).startswith(IDS)]
    unsaid, unfinished, caused = [], [], set[int]()
    for place, (blow, struck, _) in enumerate(tale.blows):
        prefix = SAID_AS[blow.fault]
        if not prefix:
            continue
        until = tale.blows[place + 1][1] if place + 1 < len(tale.blows) else float("inf")
        mine = [entry for entry in told if entry.facts["id"].startswith(prefix) and struck - 0.5 <= entry.time < until]
        caused.update(map(id, mine))
        cut = until < struck + WRITTEN and SAID_AS[tale.blows[place + 1][0].fault] == ""       # control was killed before it was written
        if not mine and not cut:
            unsaid.append(blow.fault)
        for entry in mine:
            ended = any(over.kind == "over" and over.facts.get("id") == entry.facts["id"] and over.time >= entry.time for over in entries)
            if not ended and not cut:
                unfinished.append(blow.fault)
    return unsaid, unfinished, [str(entry.facts["id"]) for entry in told if id(entry) not in caused]
