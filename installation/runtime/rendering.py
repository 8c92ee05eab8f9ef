"""`installation render`: the rehearsal in a process of its own, so that a kernel that crashes, or never returns, is named.

    rendered(Job(folder, seconds=60, out=path))       its exit code; Fault for whatever was wrong

The kernels are machine code of the artist's own: one that writes beyond an array takes its process along, without a word. So the
rehearsal (rehearsal.py) runs beside this process, which keeps nothing but the arena's words in sight: they say which unit of which graph it
was in. What was half written is taken away.

The child says over a line, pickled: ("arena", descriptor, language), ("graph", offset, [(unit's name, file:line), …]),
("failed", Fault, language), ("ended", exit code).
"""
from __future__ import annotations

import contextlib
import json
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from ..audio.arena import Arena
from ..audio.layout import BLOCKS, INSIDE
from ..audio.stage import Playing
from ..audio.whereabouts import whereabouts
from ..terms.fault import Fault
from ..terms.words import both, language, speak
from .aside import unforeseen
from .rehearsal import render
from .sound.autopsy import CRASHES
from .whole import Whole

ROOT = Path(__file__).resolve().parents[2]
STILL = 20.0         # s inside one block; a Pi renders the heaviest in milliseconds
TICK = 0.25          # s between two looks
END_WITHIN = 5.0     # s for a rehearsal that is interrupted


@dataclass(frozen=True)
class Job:
    """What is to be rendered; the same as rehearsal.render takes. Paths as text."""

    folder: str
    seconds: float
    seed: int | None = None
    out: str | None = None
    lights: str | None = None
    sensors: str | None = None
    begins: str | None = None        # an ISO 8601 moment
    quiet: bool = False


def rendered(job: Job, *, still: float = STILL) -> int:
    """Rehearse a piece into files; returns the command's exit code. Raises Fault for what was wrong, a kernel that ended it included."""
    ours, theirs = socket.socketpair()
    with ours:
        try:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "installation.runtime.rendering", str(theirs.fileno()), json.dumps(asdict(job))], pass_fds=(theirs.fileno(),),
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))})
        finally:
            theirs.close()
        return _Watch(process, ours).watch(job, still)


class _Watch:
    """The side that stays. `said` is what the child's last word was."""

    def __init__(self, process: subprocess.Popen, line: socket.socket) -> None:
        self._process = process
        self._units: dict[int, list[tuple[str, str]]] = {}
        self._arena: Arena | None = None
        self._said: tuple[Any, ...] = ()
        self._listening = threading.Thread(target=self._listen, args=(line.makefile("rb"),), name="line", daemon=True)
        self._listening.start()

    def watch(self, job: Job, still: float) -> int:
        hangs = False
        try:
            hangs = self._hangs(still)
        except KeyboardInterrupt:
            self._process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(END_WITHIN)
            raise
        finally:
            self._process.kill()
            self._process.wait()
            self._listening.join(1.0)
            if not self._said:
                for path in (job.out, job.lights):
                    if path is not None:
                        Whole(Path(path)).drop()
        if self._said and self._said[0] == "ended" and not hangs:
            return self._said[1]
        if self._said and self._said[0] == "failed":
            speak(self._said[2])
            raise self._said[1]
        raise self._died(None if hangs else self._process.returncode)

    def _hangs(self, still: float) -> bool:
        """Wait for its end: whether it had to be given up because it came out of a kernel no more. Counts only time that we were awake."""
        blocks, stood, seen = -1, 0.0, time.monotonic()
        while True:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(TICK)
                return False
            now = time.monotonic()
            awake, seen = min(now - seen, 2 * TICK), now
            words = self._arena.words if self._arena is not None else None
            if words is None or not words[INSIDE] or int(words[BLOCKS]) != blocks:
                blocks, stood = int(words[BLOCKS]) if words is not None else -1, 0.0
                continue
            stood += awake
            if stood > still:
                return True

    def _died(self, status: int | None) -> Fault:
        name, where = self._where() if status is None or status in CRASHES else ("", "")      # killed: no kernel's fault
        if status is None:
            how = both("never returned", "n'est jamais revenu")
        else:
            signals = {number.value: number.name for number in signal.Signals}
            text = signals.get(-status, f"signal {-status}") if status < 0 else f"exit status {status}"
            how = both(f"crashed ({text})", f"a planté ({text})")
        if name:
            return Fault(both(f'the kernel of "{name}" {how.en}; the rehearsal ends there', f"le noyau de « {name} » {how.fr} ; la répétition s'arrête là"),
                         where=where, id="kernel.deadly", remedy=both("An index beyond an array, or a loop that does not end.",
                                                                      "Un indice hors d'un tableau, ou une boucle sans fin."))
        return Fault(both(f"the rehearsal {how.en}, in no kernel", f"la répétition {how.fr}, hors de tout noyau"), id="engine.render",
                     remedy=both("Was it ended by a person, or for want of memory? If not, please report this.",
                                 "Arrêtée par quelqu'un, ou faute de mémoire ? Sinon, merci de le signaler."))

    def _where(self) -> tuple[str, str]:
        if self._arena is None or not self._arena.words[INSIDE]:
            return "", ""
        graph, place = whereabouts(self._arena.words)
        units = self._units.get(graph, [])
        return units[place] if 0 <= place < len(units) else ("", "")

    def _listen(self, line: IO[bytes]) -> None:
        with contextlib.suppress(EOFError, OSError, pickle.UnpicklingError), line:
            while True:
                said = pickle.load(line)
                match said[0]:
                    case "arena":
                        speak(said[2])
                        fd = os.open(f"/proc/{self._process.pid}/fd/{said[1]}", os.O_RDWR | os.O_CLOEXEC)
                        self._arena = Arena.attach(fd, private=False)
                    case "graph":
                        self._units[said[1]] = said[2]
                    case _:
                        self._said = said


class _Line:
    """The child's side of the line: the rehearsal's witness."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        threading.Thread(target=self._until_alone, name="line", daemon=True).start()

    def began(self, arena: Arena) -> None:
        """The arena stands."""
        self.say("arena", arena.fd, language())

    def loaded(self, playing: Playing) -> None:
        """A graph lies in the arena."""
        self.say("graph", playing.offset, [playing.unit_name(place) for place in range(len(playing.units))])

    def say(self, *what: Any) -> None:
        """One message."""
        with contextlib.suppress(OSError):
            self._line.sendall(pickle.dumps(what))

    def _until_alone(self) -> None:
        with contextlib.suppress(OSError):
            self._line.recv(1)
        os.kill(os.getpid(), signal.SIGTERM)       # nobody waits for the result


def main() -> None:
    """Run as a process of its own: number of the line, the job as JSON."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)   # Ctrl-C reaches who waits for us, and from there
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    line = _Line(socket.socket(fileno=int(sys.argv[1])))
    job = Job(**json.loads(sys.argv[2]))
    code = 3
    try:
        out, lights, sensors = (None if path is None else Path(path) for path in (job.out, job.lights, job.sensors))
        begins = None if job.begins is None else datetime.fromisoformat(job.begins)
        code = render(Path(job.folder), seconds=job.seconds, seed=job.seed, out=out, lights=lights, sensors=sensors, begins=begins, quiet=job.quiet,
                      witness=line)
        line.say("ended", code)
    except KeyboardInterrupt:
        line.say("ended", 130)
    except BrokenPipeError:
        line.say("ended", 0)
    except Exception as error:
        line.say("failed", unforeseen(error), language())
    sys.stdout.flush()
    os._exit(code)


if __name__ == "__main__":
    from installation.runtime.rendering import main as run  # what is pickled must not belong to "__main__"

    run()
