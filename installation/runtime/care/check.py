"""The check of the loudspeakers: in a quiet minute each sounds softly in turn, and a microphone says whether it is as on opening day.

    check = Check(house, players, objects, notices, state / "loudspeakers.json")       a companion of the performance, where the piece has a microphone
    await check.ask()        now, because somebody asks; raises Fault if it cannot be
    check.learn()            the next one is opening day
    check.runs               whether it is at it: scenes are silent meanwhile

It goes the way of all sound, through the room's gain, the loudspeakers' gains and the guard. While it lasts, scenes fade out, and afterwards what played comes
back. "Stop" and "mute" end it at once.
"""
from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from ...audio.plan import Plan
from ...remote.desk import Desk
from ...rules.addresses import STOP
from ...rules.alive import LOUDER, UNHEARD, UNSURE, WEAKER, Found, Measured, is_due, judge
from ...rules.gate import Role
from ...terms.fault import Fault, Recovery
from ...terms.words import Words, both
from ..aside import unforeseen
from ..notices import Notices
from .check_plan import NAME, check_plan, checked
from .measuring import References, measure

if TYPE_CHECKING:
    from ..house import House
    from ..sound.players import Players

FADE = 1.0               # s in which scenes fall silent, and come back
PATIENCE = 30.0          # s for them to be silent: tails of reverbs
BELOW = 20.0             # dB below the noise at which the room counts as silent
WHERE = "sound.proof.check"


class Check:
    """One house's. Needs a running loop. objects: the object file of each unit, the check's own among them."""

    def __init__(self, house: House, players: Players, objects: Mapping[tuple[str, str], str], notices: Notices, file: Path) -> None:
        self._house, self._players, self._objects, self._notices = house, players, dict(objects), notices
        self._record = house.piece.sound.proof
        self._speakers = checked(house.piece)
        self._references = References(file)
        self._learns = False
        self._plan: Plan | None = None
        self._task: asyncio.Task[list[Found]] | None = None
        self._last: date | None = None
        self._told: dict[str, Fault] = {}

    async def open(self) -> None:
        """Read what opening day was like, compose the noise."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, self._references.read)
        self._plan = await loop.run_in_executor(None, check_plan, self._house.piece, self._house.means.cache)
        self._house.tree.watch("/system/check", lambda *_: self._begin())

    def step(self, now: float) -> None:
        """Twice a second: is it time?"""
        wall, at = self._house.wall, self._record.check
        if at is None or self.runs or not wall.trusted:
            return
        moment = wall.now().astimezone(wall.zone)
        if is_due(moment, at, self._last):
            self._last = moment.date()
            self._begin()

    async def close(self) -> None:
        """End it if it is at it."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    @property
    def ways(self) -> Mapping[str, float]:
        """dB from each loudspeaker to the microphone, as on opening day."""
        return self._references.ways

    @property
    def runs(self) -> bool:
        """Whether it is at it."""
        return self._task is not None and not self._task.done()

    async def ask(self) -> list[Found]:
        """Make it now; what was found. Raises Fault if it cannot be made."""
        return await asyncio.shield(self._begun())

    def offer(self, desk: Desk) -> None:
        """What may be asked of it at the desk."""
        desk.offer("proof.check", Role.ATTENDANT, lambda hand: self._answer())
        desk.offer("proof.reference", Role.ARTIST, lambda hand: self.learn())

    async def _answer(self) -> list[dict[str, object]]:
        return [asdict(one) for one in await self.ask()]

    def learn(self) -> None:
        """What the next check finds is from then on what loudspeakers are compared with."""
        self._learns = True

    def _begin(self) -> None:
        """Make it now, for nobody who waits: what comes of it is told."""
        self._begun().add_done_callback(self._done)

    def _begun(self) -> asyncio.Task[list[Found]]:
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._make())
        return self._task

    def _done(self, task: asyncio.Task[list[Found]]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self._notices.tell(unforeseen(error))

    async def _make(self) -> list[Found]:
        house, stage, plan = self._house, self._house.stage, self._plan
        assert plan is not None and self._record.microphone is not None
        self._may()
        self._notices.note(both("the loudspeakers are checked, one after another", "les haut-parleurs sont vérifiés, l'un après l'autre"))
        house.program.hush(True, FADE)
        playing = None
        try:
            await self._silence()
            await house.means.engines.need(plan, self._objects)
            playing = stage.load(plan, {}, values=dict.fromkeys(plan.params, 0.0), name=NAME)
            stage.start(playing, fade=0.05)
            measured = await measure(stage, playing, self._speakers, self._record.microphone - 1, self._record.level, self._goes_on)
        finally:
            if playing is not None:
                stage.stop(playing, fade=0.05)
            house.program.hush(False, FADE)
        if len(measured) < len(self._speakers):
            raise Fault(both("the check of the loudspeakers was broken off", "la vérification des haut-parleurs a été interrompue"), where=WHERE,
                        id="proof.check")
        return await self._concluded(measured)

    def _may(self) -> None:
        """Raise Fault if it cannot be made now."""
        tree = self._house.tree
        if not self._goes_on():
            why = both("the room is stopped or muted", "la salle est arrêtée ou muette")
        elif self._players.state.silent:
            why = both("no card sounds", "aucune carte ne joue")
        elif float(tree.value("/room/gain")) <= -40.0:       # type: ignore[arg-type]
            why = both("the room's gain is too low", "le gain de la salle est trop bas")
        else:
            self._notices.tell(Recovery(Words("", ""), WHERE, "proof.check"))
            return
        raise Fault(both("the loudspeakers cannot be checked now: ", "impossible de vérifier les haut-parleurs maintenant : ") + why, where=WHERE,
                    id="proof.check")

    def _goes_on(self) -> bool:
        tree = self._house.tree
        return not tree.value("/system/mute") and tree.value("/system/mode") != STOP

    async def _silence(self) -> None:
        """Wait until nothing sounds any more."""
        loop = asyncio.get_running_loop()
        end = loop.time() + PATIENCE
        while self._house.program.parts() or max(self._house.stage.telemetry().peaks, default=-math.inf) > self._record.level - BELOW:
            if loop.time() > end or not self._goes_on():
                return
            await asyncio.sleep(0.1)

    async def _concluded(self, measured: Sequence[Measured]) -> list[Found]:
        """What each is like, said, and kept where this is opening day."""
        ways = {} if self._learns else self._references.ways
        found = [judge(one, ways.get(one.name), self._record.tolerance) for one in measured]
        deaf = all(one.verdict == UNHEARD for one in found) and max(one.came for one in measured) == 0.0
        for one in found:
            self._tell(one)
        fresh = {one.name: one.way for one in found if one.way is not None and one.name not in ways}
        if fresh:
            self._learns = False
            try:
                await asyncio.get_running_loop().run_in_executor(None, self._references.write, {**ways, **fresh})
            except OSError as error:
                self._notices.tell(Fault(both(f"what the loudspeakers are like cannot be kept: {error.strerror}",
                                              f"impossible de garder l'état des haut-parleurs : {error.strerror}"), where=WHERE, id="proof.reference"))
            else:
                self._notices.tell(Recovery(Words("", ""), WHERE, "proof.reference"))
        if deaf:
            self._notices.note(both("not one loudspeaker was heard: is the microphone plugged in, the amplifier on?",
                                    "aucun haut-parleur entendu : le microphone est-il branché, l'amplificateur allumé ?"), level=4)
        line = summary(found)
        self._house.tree.post("/system/checked", line.en[:200], asyncio.get_running_loop().time())
        self._notices.note(line, level=5)
        return found

    def _tell(self, found: Found) -> None:
        """A loudspeaker that is not as it was, once; and once when it is again."""
        where = f"loudspeaker {found.name}"
        if found.verdict == UNSURE:
            return
        former = self._told.pop(found.name, None)
        if found.is_well:
            if former is not None:
                self._notices.tell(Recovery(both(f"{found.name} is heard as on opening day", f"{found.name} s'entend comme à l'ouverture"), where, former.id))
            return
        what = {UNHEARD: both(f"the loudspeaker {found.name} is not heard", f"le haut-parleur {found.name} ne s'entend pas"),
                WEAKER: both(f"the loudspeaker {found.name} is {-(found.off or 0):.0f} dB weaker than on opening day",
                             f"le haut-parleur {found.name} est {-(found.off or 0):.0f} dB plus faible qu'à l'ouverture"),
                LOUDER: both(f"the loudspeaker {found.name} is {found.off or 0:.0f} dB louder than on opening day",
                             f"le haut-parleur {found.name} est {found.off or 0:.0f} dB plus fort qu'à l'ouverture")}[found.verdict]
        self._told[found.name] = Fault(what, where=where, id="proof.loudspeaker", remedy=_LOOK)
        self._notices.tell(self._told[found.name])


_LOOK = both("Cable, amplifier, loudspeaker: `installation walk` sounds each in turn. Was the room changed on purpose? `installation walk --listen --learn`.",
             "Câble, amplificateur, haut-parleur : `installation walk` les fait sonner un à un. La salle a-t-elle changé exprès ? "
             "`installation walk --listen --learn`.")


def summary(found: Sequence[Found]) -> Words:
    """All of it in a line."""
    well = sum(one.is_well for one in found)
    rest = "; ".join(said(one).en for one in found if not one.is_well), " ; ".join(said(one).fr for one in found if not one.is_well)
    return both(f"{well} of {len(found)} loudspeakers are alive" + (f"; {rest[0]}" if rest[0] else ""),
                f"{well} haut-parleurs sur {len(found)} sont en vie" + (f" ; {rest[1]}" if rest[1] else ""))


def said(found: Found) -> Words:
    """One of them, in a few words."""
    by = "" if found.off is None else f" ({found.off:+.1f} dB)"
    return both(f"{found.name}: {found.verdict}{by}", f"{found.name} : {_FR[found.verdict]}{by}")


_FR = {"alive": "en vie", WEAKER: "plus faible", LOUDER: "plus fort", UNHEARD: "pas entendu", UNSURE: "trop de bruit pour le dire"}
