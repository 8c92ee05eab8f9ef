"""Proof of sound: that blocks come, that something leaves while a scene plays, and, where the room has an ear, that it is heard.

    proof = Proof(house, players, notices.tell, state / "proof.json")     a companion of the performance
    proof.verdict         what the ear says: heard, not heard, deaf, unknown; "" without one
    proof.learn()         what was learnt of the way from the loudspeakers to the microphone is forgotten, and learnt anew

Numbers only: sums of squares, twice a second. No sound is kept, written or sent.
"""
from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ...audio.telemetry import Telemetry
from ...rules.addresses import STOP
from ...rules.heard import DEAF, HEARD, UNHEARD, UNKNOWN, Heard, level
from ...rules.proof import Silence, means_silence
from ...terms.fault import Fault, Recovery
from ...terms.words import Words, both
from ..places import write_whole

if TYPE_CHECKING:
    from ..house import House
    from ..sound.players import Players

SURE, UNSURE = 30.0, 600.0      # s for which it must have been unheard before that is told: where the gain is known, and where it is not
BEGINNING = 1.0                 # s after a scene began in which it need not sound yet
WIRED = 30.0                    # dB that a wire may lose
MOVED = 1.0                     # dB by which what was learnt must have moved to be written again
KEEP = 600.0                    # s between two writes
SOUND = "sound"


@dataclass
class Ear:
    """Outputs and the input that hears them. since: when it began to be unheard; told: what is told of it."""

    name: str
    outputs: tuple[int, ...]
    input: int
    heard: Heard
    since: float | None = None
    told: str = ""


class Proof:
    """One house's. Needs a running loop. is_quiet: whether something else keeps the room quiet on purpose (hours, a check); ways: dB from each
    loudspeaker, by its name, to the microphone, where a check has measured them."""

    def __init__(self, house: House, players: Players, tell: Callable[[Fault | Recovery], None], file: Path, *,
                 is_quiet: Callable[[], bool] = lambda: False, ways: Callable[[], Mapping[str, float]] = dict) -> None:
        self._house, self._players, self._tell, self._file, self._is_quiet = house, players, tell, file, is_quiet
        record = house.piece.sound.proof
        self._ways = ways
        self._silence = Silence(math.inf if record.patience is None else record.patience)
        self._last: Telemetry | None = None
        self._told_silent = False
        self._kept = _read(file) if record.microphone else None
        self._written = -math.inf
        self._writing: asyncio.Future[None] | None = None
        self.ears = [Ear(f"output {number}", (number - 1,), source - 1, Heard(0.0, margin=WIRED, digital=True))
                     for number, source in enumerate(record.loopback, start=1)]
        self.microphone: Ear | None = None
        if record.microphone:
            self.microphone = Ear("microphone", tuple(range(house.piece.room.outputs)), record.microphone - 1, Heard(self._kept))
            self.ears.append(self.microphone)

    async def open(self) -> None:
        """Nothing to wait for."""

    def step(self, now: float) -> None:
        """Twice a second."""
        facts, last = self._house.stage.telemetry(), self._last
        self._last = facts
        self._look_for_silence(now, facts)
        if last is not None and facts.frame > last.frame:
            self._listen(now, facts, last)
        tree = self._house.tree
        tree.post("/system/block_age", round(self._players.age, 2), now)
        tree.post("/system/silent_for", round(self._silence.lasts, 1), now)
        if self.ears:
            tree.post("/system/heard", self.verdict, now)
        self._keep(now)

    async def close(self) -> None:
        """What was learnt is kept."""
        self._written = -math.inf
        self._keep(0.0)
        if self._writing is not None:
            await asyncio.gather(self._writing, return_exceptions=True)

    @property
    def verdict(self) -> str:
        """The worst of what the ears say."""
        said = {ear.heard.verdict for ear in self.ears}
        return next((verdict for verdict in (UNHEARD, DEAF, UNKNOWN, HEARD) if verdict in said), "")

    def learn(self) -> None:
        """Forget how loud the loudspeakers come to the microphone."""
        if self.microphone is not None:
            self.microphone.heard = Heard(None)
            self.microphone.since = None

    def should_sound(self, now: float) -> bool:
        """Whether a scene plays that makes a sound of its own, and nobody wants silence."""
        tree, house = self._house.tree, self._house
        if self._is_quiet() or self._players.state.silent or tree.value("/system/mute") or tree.value("/system/mode") == STOP:
            return False
        playing = [part for part in house.program.parts() if part.playing is not None and not part.gone and now - part.entered > BEGINNING]
        gain = float(tree.value("/room/gain"))       # type: ignore[arg-type]
        return any(not means_silence(self._levels(part.name), gain) for part in playing)

    def _levels(self, scene: str) -> list[float]:
        """What the scene's levels stand at."""
        found = []
        for declaration in self._house.scenes[scene].params.values() if scene in self._house.scenes else ():
            if declaration.unit == "dBFS" and declaration.address in self._house.tree:
                found.append(float(self._house.tree.value(declaration.address)))      # type: ignore[arg-type]
        return found

    def _silences(self) -> float:
        """The longest pause that what plays declares."""
        longest = 0.0
        for part in self._house.program.parts():
            facts, record = self._house.scenes.get(part.name), self._house.piece.scenes.get(part.name)
            longest = max(longest, facts.silences if facts else 0.0, record.silences if record else 0.0)
        return longest

    def _look_for_silence(self, now: float, facts: Telemetry) -> None:
        faulty = self._silence.step(now, should_sound=self.should_sound(now), peaks=facts.peaks, silences=self._silences())
        if faulty and not self._told_silent:
            self._told_silent = True
            names = self._house.program.playing()
            self._tell(Fault(both(f"the room should sound and is silent: {names} plays, and nothing leaves",
                                  f"la salle devrait sonner et se tait : {names} joue, et rien ne sort"), where=SOUND, id="proof.silent",
                             remedy=both("If the scene is meant to fall silent for so long, say so: `silences: 20 min` beside its file in config.yaml.",
                                         "Si la scène doit se taire aussi longtemps, dites-le : `silences: 20 min` à côté de son fichier dans config.yaml.")))
        elif self._told_silent and self._silence.lasts == 0.0:
            self._told_silent = False
            self._tell(Recovery(both("something leaves again, or silence is meant", "du son sort de nouveau, ou le silence est voulu"), SOUND, "proof.silent"))

    def _listen(self, now: float, facts: Telemetry, last: Telemetry) -> None:
        frames = facts.frame - last.frame
        if self._players.state.silent or self._is_quiet():
            for ear in self.ears:
                ear.heard.forget()
                ear.since = None
            return
        for ear in self.ears:
            out = sum(facts.energy[output] - last.energy[output] for output in ear.outputs)
            if ear is self.microphone and (gain := self._measured(facts, last)) is not None:
                ear.heard.gain = gain
            ear.heard.add(level(out, frames), level(facts.heard[ear.input][0] - last.heard[ear.input][0], frames))
            self._judge(ear, now)

    def _measured(self, facts: Telemetry, last: Telemetry) -> float | None:
        """The gain to the microphone of what leaves now, by the ways that a check has measured; None if nothing is known."""
        ways, all_, came = self._ways(), 0.0, 0.0
        for speaker in self._house.piece.room.loudspeakers if ways else ():
            energy = facts.energy[speaker.output - 1] - last.energy[speaker.output - 1]
            if energy > 0.0 and speaker.name in ways:
                all_, came = all_ + energy, came + energy * 10.0 ** (ways[speaker.name] / 10.0)
        return level(came / all_, 1) if all_ > 0.0 else None

    def _judge(self, ear: Ear, now: float) -> None:
        verdict = ear.heard.verdict
        if verdict in (UNHEARD, DEAF):
            ear.since = now if ear.since is None else ear.since
            if ear.told != verdict and now - ear.since >= (SURE if ear.heard.gain is not None or verdict == DEAF else UNSURE):
                self._over(ear)
                ear.told = verdict
                self._tell(self._fault(ear, verdict))
        else:
            ear.since = None
            if verdict == HEARD:
                self._over(ear)

    def _over(self, ear: Ear) -> None:
        if ear.told:
            fault, ear.told = self._fault(ear, ear.told), ""
            self._tell(Recovery(both("heard again", "de nouveau entendu"), fault.where, fault.id))

    def _fault(self, ear: Ear, verdict: str) -> Fault:
        where = f"sound.proof, input {ear.input + 1}"
        if verdict == DEAF:
            return Fault(both("the microphone gives nothing at all", "le microphone ne donne rien du tout"), where=where, id="proof.deaf", remedy=_PLUGGED)
        what: Words = both("the loudspeakers are", "les haut-parleurs ne sont pas") if ear is self.microphone else \
            both(f"{ear.name} is", f"la sortie {ear.outputs[0] + 1} n'est pas")
        return Fault(both(f"signals leave, and {what.en} not heard (amplifier off?)", f"des signaux sortent, mais {what.fr} entendu"
                          f"{'s' if ear is self.microphone else 'e'} (amplificateur éteint ?)"), where=where, id="proof.unheard", remedy=_SWITCHED_ON)

    def _keep(self, now: float) -> None:
        """What was learnt of the microphone is on the disk, in a few writes a day."""
        gain = self.microphone.heard.gain if self.microphone and not self._ways() else None
        if gain is None or (self._writing is not None and not self._writing.done()) or (now - self._written < KEEP and self._kept is not None):
            return
        if self._kept is None or abs(gain - self._kept) >= MOVED:
            self._kept, self._written = gain, now
            data = (json.dumps({"gain": round(gain, 2)}) + "\n").encode()
            self._writing = asyncio.get_running_loop().run_in_executor(None, _write, self._file, data)


_PLUGGED = both("Is it plugged in and switched on? The piece plays on; only the proof is missing.",
                "Est-il branché et allumé ? La pièce continue ; seule la preuve manque.")
_SWITCHED_ON = both("Is the amplifier on, and turned up as on opening day? The engine cannot switch it on. `/system/heard` follows.",
                    "L'amplificateur est-il allumé, et réglé comme le jour de l'ouverture ? Le moteur ne peut pas l'allumer. `/system/heard` le suit.")


def _read(file: Path) -> float | None:
    try:
        gain = float(json.loads(file.read_text(encoding="utf-8"))["gain"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return gain if math.isfinite(gain) and abs(gain) < 150.0 else None


def _write(file: Path, data: bytes) -> None:
    try:
        write_whole(file, data)
    except OSError:            # it is learnt again at the next start
        return
