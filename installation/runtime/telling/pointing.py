"""Pointing at things in the room from where one stands: this lamp, that loudspeaker, all dark, the next scene. What the desk offers for it.

    pointing = Pointing(house, cache)
    pointing.offer(desk)        light.identify, light.blackout, sound.identify, scene.go
    pointing.is_black           for the picture

`light.identify` {name, seconds}: that lamp, or the lamps of that group, swell and sink once a second, and all others stand at a third of the neutral
look: one who is on a ladder sees which it is, and is never in the dark. Masters have no part in it.
`light.blackout` {on}: all lamps go dark, within half a second. The attendant's stop is stronger, since whoever stops the room must see, and so
is the end: both bring the neutral look. Who identifies a lamp meanwhile sees it.
`sound.identify` {output, seconds}: soft pink noise from one loudspeaker, beside what plays, through the guard.
`scene.go` {layer, scene}: as a hand that writes /score/LAYER/scene.

Light goes through the flash guard as ever: it stands behind all this, in the light process.
"""
from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...audio.stage import Playing
from ...light.look import Entry, Look
from ...remote.desk import Desk
from ...rules.addresses import STOP
from ...rules.gate import Hand, Role
from ...terms.address import as_part
from ...terms.fault import Fault
from ...terms.quantity import gain_from_db
from ...terms.words import Words, both
from ..commands.walk_plan import NAME, PINK_RMS, walk_plan
from ..parts.builder import Job, build

if TYPE_CHECKING:
    from ..house import House

SWELL = 1.0             # s from one swell of a lamp to the next: far below three flashes a second
LOW, HIGH = 0.1, 0.8    # of the lamp that swells
OTHERS = 1.0 / 3.0      # of the neutral look
DARK_WITHIN = 0.5       # s
LONGEST = 60.0          # s of one pointing
SOFT = -36.0            # dBFS RMS of the noise
FADE = 0.2              # s


class Pointing:
    """What is pointed at in a house. cache: where compiled units are kept; note: hears who darkened the lamps, for the log."""

    def __init__(self, house: House, cache: Path, note: Callable[[Words], object] = lambda words: None) -> None:
        self._house, self._cache, self._note = house, cache, note
        self._loop = asyncio.get_running_loop()
        self._lamps: tuple[str, ...] = ()
        self._until = -math.inf
        self._black, self._way, self._shone = False, 0.0, self._loop.time()
        self._sounding: asyncio.Task[None] | None = None
        self._making = asyncio.Lock()
        house.means.lighting.over = self._over

    @property
    def is_black(self) -> bool:
        """Whether a hand has darkened the lamps."""
        return self._black

    def offer(self, desk: Desk) -> None:
        """Let the desk offer it."""
        desk.offer("light.identify", Role.ARTIST, self.identify_lamp)
        desk.offer("light.blackout", Role.ARTIST, self.blackout)
        desk.offer("sound.identify", Role.ARTIST, self.identify_output)
        desk.offer("scene.go", Role.VISITOR, self.go)          # the gate says who may

    # ---- light -----------------------------------------------------------------------------------------------------------

    def identify_lamp(self, hand: Hand, name: str, seconds: float = 3.0) -> dict[str, Any]:
        """Let one lamp, or those of a group, be seen. Seconds of 0 end it. Raises Fault if there is none of that name, or the hand may not."""
        lamps = self._house.means.lighting.lamps(name)
        self._check(hand, f"/light/{as_part(name)}/level")
        lasts = _lasting(seconds)
        self._lamps, self._until = lamps, self._loop.time() + lasts
        return {"lamps": list(lamps), "seconds": lasts}

    def blackout(self, hand: Hand, on: bool) -> dict[str, Any]:
        """All lamps dark, or as they were."""
        fixtures = self._house.piece.light.fixtures
        if fixtures:
            self._check(hand, f"/light/{as_part(fixtures[0].name)}/level")
        if self._black != bool(on):
            self._black = bool(on)
            self._note(both(f"{hand.origin} darkened the lamps", f"{hand.origin} a éteint les lampes") if on else
                       both(f"{hand.origin} let the lamps shine again", f"{hand.origin} a rendu la lumière"))
        return {"on": self._black}

    def _over(self, looks: Iterable[Entry]) -> tuple[list[Entry], bool]:
        """What is shown in place of what scenes and the house want, and whether the masters stand over it."""
        now, wanted = self._loop.time(), list(looks)
        step, self._shone = (now - self._shone) / DARK_WITHIN, now
        self._way += max(-step, min(step, float(self._black) - self._way))
        if now < self._until:
            return [(self._others(), OTHERS, "others"), (self._pointed(now), 1.0, "pointed")], False
        if not self._way:
            return wanted, True
        kept = max(1.0 - self._way, 1e-6)                      # not nothing: what only moves stays where it is
        spared = self._house.means.lighting.neutral() if self._house.tree.value("/system/mode") == STOP else None
        return [(look, weight if look is spared else weight * kept, *layer) for look, weight, *layer in wanted], True

    def _pointed(self, now: float) -> Look:
        swell = 0.5 - 0.5 * math.cos(math.tau * (self._until - now) / SWELL)
        return dict.fromkeys(self._lamps, LOW + (HIGH - LOW) * swell)

    def _others(self) -> Look:
        """The neutral look, without the lamps that are pointed at."""
        return {**self._house.means.lighting.neutral(), **dict.fromkeys(self._lamps, 0.0)}

    # ---- sound -----------------------------------------------------------------------------------------------------------

    async def identify_output(self, hand: Hand, output: int, seconds: float = 3.0) -> dict[str, Any]:
        """Let one loudspeaker be heard. Seconds of 0 end it. Raises Fault if the room has none on that output, if it is silent, or the hand may not."""
        speaker = next((speaker for speaker in self._house.piece.room.loudspeakers if speaker.output == output), None)
        if speaker is None:
            known = ", ".join(str(speaker.output) for speaker in self._house.piece.room.loudspeakers)
            raise Fault(both(f"the room has no loudspeaker on output {output!r}", f"la salle n'a pas de haut-parleur sur la sortie {output!r}"),
                        where="sound.identify", id="point.output", remedy=both(f"There are {known}.", f"Il y a {known}."))
        self._check(hand, "/room/gain")
        if self._house.tree.value("/system/mode") == STOP or self._house.tree.value("/system/mute"):
            raise Fault(both("the room is silenced: nothing would be heard", "la salle est réduite au silence : on n'entendrait rien"), where="sound.identify",
                        id="point.silent", remedy=both("Play, and mute off, first.", "D'abord « jouer », et sans mute."))
        lasts = _lasting(seconds)
        async with self._making:
            if self._sounding is not None:
                self._sounding.cancel()
                await asyncio.gather(self._sounding, return_exceptions=True)
            if lasts:
                playing = await self._noise()
                self._sounding = asyncio.create_task(self._sound(playing, f"out_{output}", lasts), name="sound.identify")
        return {"name": speaker.name, "output": output, "seconds": lasts}

    async def _sound(self, playing: Playing, name: str, lasts: float) -> None:
        stage = self._house.stage
        try:
            stage.set(playing, name, gain_from_db(SOFT) / PINK_RMS)
            await asyncio.sleep(lasts)
        finally:
            with contextlib.suppress(Fault):                   # the player takes no requests now: it goes on in silence
                stage.set(playing, name, 0.0)
                stage.stop(playing, fade=FADE)

    async def _noise(self) -> Playing:
        """The noise, on the stage and silent. What it is made of is compiled the first time."""
        house = self._house
        job = Job(str(house.piece.file), str(self._cache), scenes=(), drivers=False, walk=True)
        built = await self._loop.run_in_executor(None, build, job)
        if built.faults:
            raise built.faults[0]
        plan = walk_plan(house.piece, self._cache)
        await house.means.engines.need(plan, built.objects)
        playing = house.stage.load(plan, {}, values=dict.fromkeys(plan.params, 0.0), name=NAME)
        try:
            house.stage.start(playing, fade=FADE)
        except Fault:
            house.stage.stop(playing)
            raise
        return playing

    # ---- the score -------------------------------------------------------------------------------------------------------

    def go(self, hand: Hand, layer: str, scene: str) -> dict[str, Any]:
        """Let a layer pass to a scene. Raises Fault if there is none of that name, or the hand may not."""
        return {"scene": self._house.gate.write(hand, f"/score/{layer}/scene", scene, self._loop.time())}

    def _check(self, hand: Hand, address: str) -> None:
        """Raises Fault if the hand is kept off that address: by the lock, or by what it is let to."""
        if not self._house.gate.may(hand, address):
            raise Fault(both("hands off: it is locked, or not yours to move", "on n'y touche pas : c'est verrouillé, ou hors de votre portée"), where=address,
                        id="gate.locked")


def _lasting(seconds: object) -> float:
    """Seconds that a pointing lasts. Raises Fault for what is no time."""
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not 0.0 <= seconds <= LONGEST:
        raise Fault(both(f"seconds go from 0 to {LONGEST:g}, got {seconds!r}"[:200], f"les secondes vont de 0 à {LONGEST:g}, et non {seconds!r}"[:200]),
                    where="seconds", id="point.seconds")
    return float(seconds)
