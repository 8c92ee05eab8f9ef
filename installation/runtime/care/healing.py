"""The steps of healing, taken: where the sound stays away, what may help is tried, one thing after another, each with its reason in the log.

    healing = Healing(care, Acts(players.again, stop.leave), notices, house.logbook, wall, state / "healing.json")      a companion of the performance

Which step is next, and when, is decided by rules/healing.py. What has been tried is kept on disk before the engine or the machine is started anew; where
that cannot be written, neither is: nobody would know how often it had been done.
"""
from __future__ import annotations

import asyncio
import contextlib
import json
import math
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...rules.care import Care
from ...rules.healing import Known, Ladder, Step
from ...terms.fault import Fault, Recovery
from ...terms.words import Words, both
from ..aside import unforeseen
from ..memory.logbook import Logbook
from ..notices import Notices
from ..places import write_whole

if TYPE_CHECKING:
    from ..wall import Wall

REBOOT = ("systemctl", "reboot")
REFUSED_AFTER = 30.0      # s in which whoever starts the machine anew must have answered
LEAVE = 3                 # the exit code of what wants to be started anew: "the machine is at fault"
WHERE = "care"

_STEPS = {Step.REOPEN: both("the card is opened anew", "la carte est rouverte"),
          Step.REPLACE: both("the player is replaced by a new one", "le lecteur est remplacé par un nouveau"),
          Step.RESTART: both("the engine fades out and is started anew", "le moteur s'éteint en fondu et est relancé"),
          Step.REBOOT: both("the computer is started anew", "l'ordinateur est redémarré")}
_DID = {Step.REOPEN: both("opening the card anew has helped", "rouvrir la carte a suffi"),
        Step.REPLACE: both("a new player has helped", "un nouveau lecteur a suffi"),
        Step.RESTART: both("starting the engine anew has helped", "relancer le moteur a suffi"),
        Step.REBOOT: both("starting the computer anew has helped", "redémarrer l'ordinateur a suffi")}

_SWITCHED_OFF = both("Someone must look: are amplifier and loudspeakers on, and plugged in?",
                     "Quelqu'un doit regarder : amplificateur et haut-parleurs sont-ils allumés et branchés ?")
_ALL_OFF = both("Someone must look: switch everything off and on again, then call the artist.",
                "Quelqu'un doit regarder : tout éteindre et rallumer, puis appeler l'artiste.")


@dataclass(frozen=True, slots=True)
class Acts:
    """Who does it. again(afresh=…): `Players.again`; leave(code): `Stop.leave`; reboot: the command that starts the machine anew."""

    again: Callable[..., None]
    leave: Callable[[int], None]
    reboot: Sequence[str] = REBOOT


class Healing:
    """One house's. Needs a running loop. can_restart: whether somebody starts the engine anew when it ends; None asks the environment."""

    def __init__(self, care: Care, acts: Acts, notices: Notices, logbook: Logbook, wall: Wall, file: Path, *, can_restart: bool | None = None) -> None:
        self._acts, self._notices, self._logbook, self._wall, self._file = acts, notices, logbook, wall, file
        can = is_service() if can_restart is None else can_restart
        self._ladder = Ladder(care, _read(file), can_restart=can)
        self._saved = self._ladder.known
        self._exhausted = ""
        self._work: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """What an earlier process tried is said."""
        known = self._ladder.known
        if known.step:
            self._notices.note(both("before this start: ", "avant ce démarrage : ") + _STEPS[Step(known.step)])

    def step(self, now: float) -> None:
        """Twice a second."""
        if self._work is not None and not self._work.done():
            return
        lasting = {fault.id: fault for fault in self._notices.lasting()}
        before = self._ladder.known.step
        step = self._ladder.step(now, lasting, self._wall.seconds)
        if step is not None:
            self._work = self._task(self._take(step, lasting[self._ladder.known.trouble]))
        elif before and not self._ladder.known.step and self._ladder.is_well:
            self._say(both("healed: ", "guéri : ") + _DID[Step(before)], level=5, step=Step(before).name.lower())
        if self._ladder.exhausted != self._exhausted:
            self._tell_exhausted()
        if step is None and self._ladder.known != self._saved:
            self._work = self._task(self._keep())

    async def close(self) -> None:
        """What is being written is finished."""
        if self._work is not None and self._work is not asyncio.current_task():
            await asyncio.wait([self._work], timeout=1.0)

    async def _take(self, step: Step, why: Fault) -> None:
        reason = both(" (because: ", " (parce que : ") + why.happened + ")"
        saved = await self._save()
        if step >= Step.RESTART and not saved:
            self._notices.tell(Fault(both("what was tried cannot be kept, so nothing is started anew",
                                          "impossible de noter ce qui a été tenté : rien n'est relancé"),
                                     where=str(self._file), id="healing.state",
                                     remedy=both("Is the disk full, or read-only?", "Le disque est-il plein, ou en lecture seule ?")))
            return
        self._notices.tell(Recovery(Words("", ""), str(self._file), "healing.state"))
        self._say(both("healing: ", "soin : ") + _STEPS[step] + reason, level=4, step=step.name.lower(), because=why.id)
        match step:
            case Step.REOPEN:
                self._acts.again()
            case Step.REPLACE:
                self._acts.again(afresh=True)
            case Step.RESTART:
                self._acts.leave(LEAVE)
            case Step.REBOOT:
                await self._reboot()

    def _say(self, words: Words, *, level: int, **facts: str) -> None:
        """In the log, and in the book that outlives a restart."""
        self._notices.note(words, level)
        self._logbook.note("healing", words, grave=True, **facts)

    async def _reboot(self) -> None:
        """Ask for it. If it comes, the service manager stops the piece first, with its fade."""
        try:
            asked = await asyncio.create_subprocess_exec(*self._acts.reboot, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL,
                                                         stderr=asyncio.subprocess.PIPE)
        except OSError as error:
            self._tell_refused(str(error))
            return
        try:
            _, said = await asyncio.wait_for(asked.communicate(), REFUSED_AFTER)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                asked.kill()
            await asked.wait()
            self._tell_refused(both("no answer", "aucune réponse"))
            return
        if asked.returncode:
            self._tell_refused(said.decode(errors="replace").strip()[:300] or str(asked.returncode))

    def _tell_refused(self, said: Words | str) -> None:
        self._notices.tell(Fault(both("the computer does not let itself be started anew: ", "l'ordinateur ne se laisse pas redémarrer : ") + said, where=WHERE,
                                 id="healing.reboot", remedy=both("The user of the service must be allowed to: docs/sound-that-comes-back.md has the rule.",
                                                                  "L'utilisateur du service doit y être autorisé : la règle est dans "
                                                                  "docs/sound-that-comes-back.md.")))

    def _tell_exhausted(self) -> None:
        now, self._exhausted = self._ladder.exhausted, self._ladder.exhausted
        if not now:
            self._notices.tell(Recovery(both("it is over", "c'est fini"), WHERE, "healing.exhausted"))
            return
        remedy = _SWITCHED_OFF if now == "proof.unheard" else _ALL_OFF
        self._notices.tell(Fault(both("everything that the engine may do has been tried, and did not help",
                                      "tout ce que le moteur peut faire a été tenté, sans effet"), where=WHERE, id="healing.exhausted", remedy=remedy))

    async def _keep(self) -> None:
        await self._save()

    async def _save(self) -> bool:
        known = self._saved = self._ladder.known
        data = (json.dumps(asdict(known)) + "\n").encode()
        try:
            await asyncio.get_running_loop().run_in_executor(None, write_whole, self._file, data)
        except OSError:
            return False
        return True

    def _task(self, work: Any) -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(work)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self._notices.tell(unforeseen(error))


def is_service(environment: dict[str, str] | None = None) -> bool:
    """Whether a service manager started this process, and starts it anew when it ends."""
    env = os.environ if environment is None else environment
    return bool(env.get("NOTIFY_SOCKET") or env.get("INVOCATION_ID"))


def _read(file: Path) -> Known:
    """What is kept; nothing where it cannot be read, or is not what was written."""
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        known = Known(str(kept["trouble"]), int(kept["step"]), float(kept["at"]), tuple(float(one) for one in kept["reboots"]), int(kept["in_a_row"]))
        sane = 0 <= known.step <= Step.REBOOT and known.in_a_row >= 0 and all(map(math.isfinite, (known.at, *known.reboots)))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return Known()
    return known if sane else Known()
