"""The builder: a short-lived, niced process that runs artists' files first, so that none of them can stall the piece.

    python -m installation.runtime.builder JOB RESULT      (both are files; the job is JSON, the result a pickle)

It loads the piece's drivers and scenes under a time limit, composes each scene's sound, converts recordings, and compiles the
kernels that are not in the cache. What it finds out comes back as plain facts. A file that does not end is killed with the
process, and named by the line at which it stood.

    Job       what to build
    Built     what came of it
    build     run the process and wait: in the calling thread
"""
from __future__ import annotations

import faulthandler
import json
import os
import pickle
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from ..rules.check import DriverFacts, SceneFacts
from ..terms.fault import Fault, Faults
from ..terms.words import both

LOADING = 10.0        # s for one scene or driver file to load and compose
COMPILING = 180.0     # s for one kernel, on a Raspberry Pi with a cold cache


@dataclass(frozen=True, slots=True)
class Job:
    """What to build.

    piece     the piece's folder or its config file
    scenes    names of the scenes to compose; None for all
    drivers   whether to load the drivers
    compile   whether to compile what the scenes need (and the engine)
    cache     the cache folder
    limit     seconds for one file to load
    walk      whether `installation walk` is what needs kernels
    """

    piece: str
    cache: str
    scenes: tuple[str, ...] | None = None
    drivers: bool = True
    compile: bool = True
    limit: float = LOADING
    walk: bool = False


@dataclass
class Built:
    """What came of a job. `objects` maps a unit's name and kernel to its object file; "engine" is the render loop."""

    drivers: dict[str, DriverFacts] = field(default_factory=dict)
    scenes: dict[str, SceneFacts] = field(default_factory=dict)
    objects: dict[tuple[str, str], str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    broken: dict[str, Fault] = field(default_factory=dict)      # scene or driver name → why


def build(job: Job, progress: Callable[[str], None] = lambda line: None) -> Built:
    """Run a builder process to its end. `progress` hears what it is doing. Never raises for what the piece's files do."""
    with tempfile.TemporaryDirectory(prefix="installation-") as folder:
        order, answer, stuck = (Path(folder) / name for name in ("job", "answer", "stuck"))
        order.write_text(json.dumps(asdict(job)), encoding="utf-8")
        process = subprocess.Popen([sys.executable, "-m", "installation.runtime.builder", str(order), str(answer), str(stuck)],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                   errors="replace", start_new_session=True, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"})
        doing, alarm = ["starting"], [False]

        def limit() -> float:
            return COMPILING if doing[0].startswith("compiling") else max(job.limit * 1.5 + 5.0, 20.0)

        timer: threading.Timer | None = None

        def expired() -> None:
            alarm[0] = True
            process.kill()

        try:
            for line in process.stdout or ():
                if timer:
                    timer.cancel()
                doing[0] = line.strip()
                progress(doing[0])
                timer = threading.Timer(limit(), expired)
                timer.daemon = True
                timer.start()
            process.wait()
        finally:
            if timer:
                timer.cancel()
            if process.poll() is None:
                process.kill()
            process.wait()
            if process.stdout:
                process.stdout.close()
        try:
            return pickle.loads(answer.read_bytes())
        except (OSError, pickle.UnpicklingError, EOFError):
            return Built(broken={_name(doing[0]): _stood_still(doing[0], stuck, job)}) if doing[0].startswith(("scene", "driver")) \
                else Built(faults=[_stood_still(doing[0], stuck, job)])


def _name(doing: str) -> str:
    return doing.partition(" ")[2]


def _stood_still(doing: str, stuck: Path, job: Job) -> Fault:
    """The fault of a file that never came to its end, or took the process with it."""
    try:
        text = stuck.read_text(encoding="utf-8", errors="replace")
    except OSError:
        text = ""
    folder = str(Path(job.piece).resolve() if Path(job.piece).is_dir() else Path(job.piece).resolve().parent)
    frames = re.findall(r'File "([^"]+)", line (\d+)', text)
    mine = [(path, line) for path, line in frames if path.startswith(folder) and "/.venv/" not in path]
    package = str(Path(__file__).resolve().parent.parent)
    mine = [(path, line) for path, line in mine if not path.startswith(package)]
    where = f"{mine[0][0]}:{mine[0][1]}" if mine else doing
    if text:
        return Fault(both(f"it did not come to its end within {job.limit:g} s", f"il n'en a pas fini en {job.limit:g} s"), where=where,
                     id="code.endless", remedy=both("A file is run once, from top to bottom; what takes time belongs in play().",
                                                    "Un fichier est lu une fois, de haut en bas ; ce qui dure a sa place dans play()."))
    return Fault(both(f"the builder ended while it was {doing}", f"le constructeur s'est arrêté pendant : {doing}"), where=where, id="builder.died")


def main(arguments: list[str]) -> int:
    """The process itself."""
    order, answer, stuck = map(Path, arguments)
    words = json.loads(order.read_text(encoding="utf-8"))
    job = Job(**{**words, "scenes": None if words["scenes"] is None else tuple(words["scenes"])})
    told = os.fdopen(os.dup(1), "w", buffering=1)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)                       # what an artist's file prints while it loads must not reach our progress
    os.nice(5)
    with open(stuck, "w", encoding="utf-8") as trap:
        built = _work(job, lambda line: print(line, file=told), trap)
    answer.write_bytes(pickle.dumps(built))
    return 0


def _work(job: Job, tell: Callable[[str], None], trap) -> Built:
    from ..rules.config import load_piece
    from .making import driver_facts, scene_facts

    built = Built()
    try:
        piece = load_piece(Path(job.piece))
    except Faults as faults:
        built.faults.extend(faults.faults)
        return built
    cache = Path(job.cache)
    if job.drivers:
        for name, record in piece.sensors.items():
            tell(f"driver {name}")
            faulthandler.dump_traceback_later(job.limit, exit=True, file=trap)
            try:
                built.drivers[name] = driver_facts(record, piece.folder)
            except Fault as fault:
                built.broken[name] = fault
                built.faults.append(fault)
    needed: dict = {}
    for name, record in piece.scenes.items():
        if job.scenes is not None and name not in job.scenes:
            continue
        tell(f"scene {name}")
        faulthandler.dump_traceback_later(job.limit, exit=True, file=trap)
        try:
            facts, plan = scene_facts(record, piece, cache)
            built.scenes[name] = facts
            if plan is not None:
                needed.update({(entry.unit.name, entry.unit.kernel): (entry.unit, name) for entry in plan.units})
        except Fault as fault:
            built.broken[name] = fault
            built.faults.append(fault)
    faulthandler.cancel_dump_traceback_later()
    if job.walk:
        from .walking import walk_plan

        needed.update({(entry.unit.name, entry.unit.kernel): (entry.unit, "walk") for entry in walk_plan(piece, cache).units})
    if job.compile:
        _compile(needed, cache, built, tell)
    return built


def _compile(needed: dict, cache: Path, built: Built, tell: Callable[[str], None]) -> None:
    from ..audio.native import build_engine, build_unit

    count = len(needed) + 1
    tell(f"compiling the engine (1 of {count})")
    built.objects["engine", ""] = str(build_engine(cache / "kernels"))
    for number, (key, (unit, scene)) in enumerate(sorted(needed.items(), key=lambda item: item[0]), start=2):
        tell(f"compiling {unit.name} ({number} of {count})")
        try:
            built.objects[key] = str(build_unit(unit, cache / "kernels"))
        except Fault as fault:
            built.faults.append(fault)
            built.broken.setdefault(scene, fault)


if __name__ == "__main__":
    from installation.runtime.builder import main as run       # what is pickled must not belong to "__main__"

    sys.exit(run(sys.argv[1:]))
