"""The builder: a short-lived, niced process that runs artists' files first, so that none of them can stall the piece.

    python -m installation.runtime.parts.builder JOB RESULT      (both are files; the job is JSON, the result a pickle)

It loads the piece's drivers and scenes under a time limit, composes each scene's sound, converts recordings, and compiles the
kernels that are not in the cache. What it finds out comes back as plain facts. A file that does not end, or that ends the process,
costs only itself: it is named by the line at which it stood, and another process builds the rest. While a file loads, its memory is
bounded, and it may not fork; whatever it has started ends with the process.

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
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ...rules.check import DriverFacts, SceneFacts
from ...terms.fault import Fault, Faults
from ...terms.words import both

if TYPE_CHECKING:
    from ...audio.declare import Unit

LOADING = 10.0        # s for one scene or driver file to load and compose
COMPILING = 600.0     # s for one kernel or the engine, on a slow Raspberry Pi that does something else beside, with a cold cache
MEMORY = 512 << 20    # bytes that a file may take while it loads


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
    without   what ended a builder before this one: "scene tide", "driver plinth", "kernel fold"
    """

    piece: str
    cache: str
    scenes: tuple[str, ...] | None = None
    drivers: bool = True
    compile: bool = True
    limit: float = LOADING
    walk: bool = False
    without: tuple[str, ...] = ()


@dataclass
class Built:
    """What came of a job. `objects` maps a unit's name and kernel to its object file; "engine" is the render loop."""

    drivers: dict[str, DriverFacts] = field(default_factory=dict)
    scenes: dict[str, SceneFacts] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)               # scene name → the text that was tried
    objects: dict[tuple[str, str], str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    broken: dict[str, Fault] = field(default_factory=dict)      # scene or driver name → why
    left_out: dict[str, tuple[str, ...]] = field(default_factory=dict)     # what `without` left out → the scenes that miss it


def build(job: Job, progress: Callable[[str], None] = lambda line: None, begun: Callable[[Callable[[], None]], object] = lambda end: None) -> Built:
    """Run builder processes until one comes to its end. Never raises for what the piece's files do.

    progress  hears what they do
    begun     is given, for each process, the call that ends it; then no other is begun
    """
    ended_by_us: list[bool] = []
    ended: dict[str, Fault] = {}
    while True:
        built, doing, fault = _run(replace(job, without=(*job.without, *ended)), progress, begun, ended_by_us)
        if fault is None or ended_by_us:
            break
        if doing == "" or doing in ended:          # it cannot be done without
            built.faults.append(fault)
            break
        ended[doing] = fault
    for doing, fault in ended.items():
        built.faults.append(fault)
        for name in built.left_out.get(doing, (doing.partition(" ")[2],)):
            built.broken.setdefault(name, fault)
    return built


def _run(job: Job, progress: Callable[[str], None], begun: Callable[[Callable[[], None]], object],
         ended_by_us: list[bool]) -> tuple[Built, str, Fault | None]:
    """One process: what it built, or what it was at when it ended too early, and the fault that this is."""
    with _sheets(3) as (handles, (order, answer, stuck)):
        order.write_text(json.dumps(asdict(job)), encoding="utf-8")
        process = subprocess.Popen([sys.executable, "-m", "installation.runtime.parts.builder", str(order), str(answer), str(stuck)],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, pass_fds=handles,
                                   encoding="utf-8", errors="surrogateescape", start_new_session=True, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"})
        def end() -> None:
            ended_by_us.append(True)
            _end(process)

        begun(end)
        doing, at_file, late = "starting", "", [False]
        timer: threading.Timer | None = None

        def expired() -> None:
            late[0] = True
            _end(process)

        try:
            for line in process.stdout or ():
                if timer:
                    timer.cancel()
                doing, _, at_file = line.rstrip("\n").partition("\t")
                progress(doing)
                timer = threading.Timer(COMPILING if doing.startswith("compiling") else max(job.limit * 1.5 + 5.0, 20.0), expired)
                timer.daemon = True
                timer.start()
            process.wait()
        finally:
            if timer:
                timer.cancel()
            _end(process)
            process.wait()
            if process.stdout:
                process.stdout.close()
        try:
            return pickle.loads(answer.read_bytes()), doing, None
        except Exception:        # what a file of the piece made of it may raise anything
            return Built(), _part(doing), _stood_still(doing, at_file, stuck, job, process.returncode, late[0])


@contextmanager
def _sheets(count: int) -> Iterator[tuple[list[int], list[Path]]]:
    """Files without a name, in memory, so that a full disk stops nothing: their handles, and paths that the child may open too."""
    handles = [os.memfd_create("sheet") for _ in range(count)]
    try:
        yield handles, [Path(f"/proc/self/fd/{handle}") for handle in handles]
    finally:
        for handle in handles:
            os.close(handle)


def _end(process: subprocess.Popen) -> None:
    """End a builder and all that its files have started."""
    with suppress(OSError):
        os.killpg(process.pid, signal.SIGKILL)


def _part(doing: str) -> str:
    """What a next builder can leave out: "scene tide", "driver plinth", "kernel fold"; "" if that is nothing."""
    if doing.startswith(("scene ", "driver ")):
        return doing
    compiled = re.fullmatch(r"compiling (.+) \(.*\)", doing)
    return f"kernel {compiled[1]}" if compiled else ""


def _stood_still(doing: str, at_file: str, stuck: Path, job: Job, status: int, late: bool) -> Fault:
    """The fault of a file that never came to its end, or took the process with it."""
    try:
        text = stuck.read_text(encoding="utf-8", errors="replace")
    except OSError:
        text = ""
    folder = Path(job.piece).resolve() if Path(job.piece).is_dir() else Path(job.piece).resolve().parent
    package = Path(__file__).resolve().parent.parent.parent
    frames = [(Path(_plain(path)), line) for path, line in re.findall(r'File "([^"]+)", line (\d+)', text)]
    mine = [f"{path}:{line}" for path, line in frames
            if path.is_relative_to(folder) and ".venv" not in path.parts and not path.is_relative_to(package)]
    where = mine[0] if mine else at_file or doing
    if late and doing.startswith("compiling"):
        return Fault(both(f"it was not compiled within {COMPILING:g} s", f"ce n'était pas compilé en {COMPILING:g} s"), where=where, id="code.endless",
                     remedy=both("Is this machine very busy, or very slow? Start it again: what is compiled already is kept.",
                                 "Cette machine est-elle très occupée, ou très lente ? Relancez : ce qui est compilé est gardé."))
    if late or text.startswith("Timeout"):
        return Fault(both(f"it did not come to its end within {job.limit:g} s", f"il n'en a pas fini en {job.limit:g} s"), where=where,
                     id="code.endless", remedy=both("A file is run once, from top to bottom; what takes time belongs in play().",
                                                    "Un fichier est lu une fois, de haut en bas ; ce qui dure a sa place dans play()."))
    how = signal.Signals(-status).name if status < 0 else str(status)
    return Fault(both(f"it ended the process that was trying it ({doing}: {how})", f"il a mis fin au processus qui l'essayait ({doing} : {how})"),
                 where=where, id="builder.died", remedy=both("os._exit, a crash in a library, or not enough memory.",
                                                             "os._exit, une bibliothèque qui tombe, ou trop peu de mémoire."))


def _plain(path: str) -> str:
    """A path as faulthandler writes it, in ASCII with escapes, as it is."""
    return re.sub(r"\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8}))", lambda found: chr(int(found[1] or found[2] or found[3], 16)), path)


def main(arguments: list[str]) -> int:
    """The process itself."""
    order, answer, stuck = map(Path, arguments)
    words = json.loads(order.read_text(encoding="utf-8"))
    job = Job(**{**words, "scenes": None if words["scenes"] is None else tuple(words["scenes"]), "without": tuple(words["without"])})
    told = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8", errors="surrogateescape")
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)                       # what an artist's file prints while it loads must not reach our progress
    os.nice(5)
    sys.addaudithook(_no_fork)
    with open(stuck, "w", encoding="utf-8") as trap:
        faulthandler.enable(trap)
        built = _work(job, lambda line: print(line, file=told), trap)
    answer.write_bytes(pickle.dumps(built))
    return 0


def _no_fork(event: str, arguments: tuple) -> None:
    if event in ("os.fork", "os.forkpty"):
        raise Fault(both("a file of the piece may not fork while it loads", "un fichier de la pièce ne peut pas se dédoubler (fork) en se chargeant"),
                    id="code.fork", remedy=both("Start a program with subprocess, in play() or in a thread.",
                                                "Lancez un programme avec subprocess, dans play() ou dans un fil."))


@contextmanager
def _bounded() -> Iterator[None]:
    """While a file loads it may take MEMORY and no more; then it gets a MemoryError, at its line."""
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    used = next((1024 * int(line.split()[1]) for line in Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines()
                 if line.startswith("VmData:")), 0)
    bounds = [used + MEMORY, *(limit for limit in (soft, hard) if limit != resource.RLIM_INFINITY)]
    resource.setrlimit(resource.RLIMIT_DATA, (min(bounds), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def _work(job: Job, tell: Callable[[str], None], trap) -> Built:
    from ...rules.config import load_piece
    from .loading import read_source
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
            if _left_out(f"driver {name}", job, built, (name,)):
                continue
            tell(f"driver {name}\t{record.where}")
            faulthandler.dump_traceback_later(job.limit, exit=True, file=trap)
            try:
                with _bounded():
                    built.drivers[name] = driver_facts(record, piece.folder)
            except Fault as fault:
                built.broken[name] = fault
                built.faults.append(fault)
    needed: dict[tuple[str, str], tuple[Unit, set[str]]] = {}
    for name, scene in piece.scenes.items():
        if (job.scenes is not None and name not in job.scenes) or _left_out(f"scene {name}", job, built, (name,)):
            continue
        tell(f"scene {name}\t{scene.file}")
        faulthandler.dump_traceback_later(job.limit, exit=True, file=trap)
        try:
            with _bounded():
                source = read_source(scene.file)
                facts, composed = scene_facts(scene, piece, cache, source)
            built.scenes[name], built.sources[name] = facts, source
            for entry in (entry for plan in composed.plans() for entry in plan.units):
                needed.setdefault((entry.unit.name, entry.unit.kernel), (entry.unit, set()))[1].add(name)
        except Fault as fault:
            built.broken[name] = fault
            built.faults.append(fault)
    faulthandler.cancel_dump_traceback_later()
    if job.walk:
        from ..commands.walk_plan import walk_plan

        for entry in walk_plan(piece, cache).units:
            needed.setdefault((entry.unit.name, entry.unit.kernel), (entry.unit, set()))
    if piece.sound.proof.microphone is not None:
        from ..care.check_plan import check_plan

        for entry in check_plan(piece, cache).units:
            needed.setdefault((entry.unit.name, entry.unit.kernel), (entry.unit, set()))
    if job.compile:
        _compile(needed, job, built, tell)
    return built


def _left_out(what: str, job: Job, built: Built, scenes: tuple[str, ...]) -> bool:
    """Whether this has ended a builder before; then it is noted who misses it."""
    if what in job.without:
        built.left_out[what] = scenes
    return what in job.without


def _compile(needed: dict[tuple[str, str], tuple[Unit, set[str]]], job: Job, built: Built, tell: Callable[[str], None]) -> None:
    from ...audio.native import build_engine, build_unit

    folder, count = Path(job.cache) / "kernels", len(needed) + 1
    tell(f"compiling the engine (1 of {count})")
    try:
        built.objects["engine", ""] = str(build_engine(folder))
    except Fault as fault:
        built.faults.append(fault)
        return
    for number, (key, (unit, scenes)) in enumerate(sorted(needed.items(), key=lambda item: item[0]), start=2):
        if _left_out(f"kernel {unit.name}", job, built, tuple(sorted(scenes))):
            continue
        tell(f"compiling {unit.name} ({number} of {count})\t{unit.place}")
        try:
            built.objects[key] = str(build_unit(unit, folder))
        except Fault as fault:
            built.faults.append(fault)
            for scene in scenes:
                built.broken.setdefault(scene, fault)


if __name__ == "__main__":
    from installation.runtime.parts.builder import main as run  # what is pickled must not belong to "__main__"

    run(sys.argv[1:])
    os._exit(0)          # taking LLVM and numba down in order takes as long as a kernel; the answer is written
