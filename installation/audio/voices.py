"""Voices on the stage: instances of one plan that are started by date, end by themselves, and are used again.

    bank = Bank(stage, plan, limit=16, steal="oldest", name="rain.drop", seed="7:rain.drop")
    sounding = bank.start({"drop.pitch": 440.0}, at=frame, over=call)      None if the policy refuses; over() when it is silent
    bank.release(sounding, at=…), bank.stop(sounding, fade=0.2, at=…)
    bank.set("level", -20.0)             a parameter that all its voices share: one word
    bank.close(fade=2.0)                 all fade; memory goes back as they end

Over the limit a policy acts: "oldest" and "quietest" fade one out in STEAL seconds, from the frame at which the new one begins;
"refuse" starts nothing. The same below the limit while the stage is `crowded`; there, "refuse" on either side refuses. An instance
that has ended is kept, its delay lines cleared, so that a start writes only what differs: its values, and new seeds, because two
drops of one noise would be heard as one recording. The same seed gives the same voices.

Where the plan says how (`Plan.eight`), instances are made by eights that are rendered together, and a voice begins in the fullest eight that has
room, so that few are called. Where there is no room for eight, they are made one by one.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from ..terms.fault import Fault
from .arena import Arena
from .layout import EQUAL_POWER, LINEAR, WORD
from .plan import RELEASE, Plan
from .sends import Sends
from .stage import Playing, Stage

STEAL = 0.01  # s in which a stolen voice fades
YOUNG = 0.1  # s for which a voice is not judged by how loud it is: it may still be rising
POLICIES = ("oldest", "quietest", "refuse")


class Slots:
    """Slots of parameters that several instances share: one write moves all of them.

    places  where each lies
    """

    def __init__(self, arena: Arena, names: Sequence[str]) -> None:
        self._arena = arena
        self._offset = arena.allocate(max(1, len(names)) * 4 * WORD, "voices")
        self._values = arena.view(self._offset, "f8", (len(names), 4))
        self._index = {name: index for index, name in enumerate(names)}
        self.places = {name: self._offset + 4 * WORD * index for name, index in self._index.items()}

    def set(self, name: str, value: float) -> None:
        """Write a target; what is not a finite number is passed over."""
        if math.isfinite(value):
            self._values[self._index[name], 0] = value

    def close(self) -> None:
        """Give back the memory; nothing that uses it may play any more."""
        self._arena.free(self._offset)


class Bank:
    """The voices of one definition.

    started, stolen, refused   how many, since it was made
    """

    def __init__(
        self,
        stage: Stage,
        plan: Plan,
        samples: Mapping[Path, np.ndarray] | None = None,
        *,
        limit: int,
        steal: str = "oldest",
        name: str = "",
        own: Sequence[str] = (),
        seed: str = "",
        sends: Sends | None = None,
    ) -> None:
        """own: the parameters that each voice has for itself; sends: what the voices of its part send. Raises Fault if not even one voice has room."""
        self.plan, self.limit, self.steal, self.name = plan, limit, steal, name
        self.started = self.stolen = self.refused = 0
        self._sends = sends
        self._stage, self._chance = stage, random.Random(seed)
        self._words = np.array(plan.chance, np.intp)
        self._closed = self._freed = False
        self._over: dict[Playing, Callable[[], None]] = {}  # every voice that is not silent yet, those that fade among them
        self._active: dict[Playing, None] = {}  # those that count, the oldest first
        self._shared = Slots(stage.arena, [param for param in plan.params if param not in own])
        self._sets: list[list[Playing]] = []  # what was made together, of each the idle ones
        self._of: dict[Playing, list[Playing]] = {}
        try:
            self._load(samples)
        except BaseException:
            self._shared.close()
            raise

    @property
    def playing(self) -> int:
        """How many voices there are, without those that fade out."""
        return len(self._active)

    @property
    def shared(self) -> tuple[str, ...]:
        """The parameters that all its voices share."""
        return tuple(self._shared.places)

    @property
    def triggers(self) -> tuple[str, ...]:
        """The trigger parameters that are heard in it."""
        return tuple(name for name, _ in self.plan.triggers if name != RELEASE)

    @property
    def is_held(self) -> bool:
        """Whether a release is heard in it."""
        return any(name == RELEASE for name, _ in self.plan.triggers)

    def __contains__(self, playing: object) -> bool:
        return playing in self._over

    def start(self, values: Mapping[str, float], at: int | None, over: Callable[[], None]) -> Playing | None:
        """Begin a voice at a frame, whatever is sounding; None if it is one too many and the policy refuses.

        over   called once, when it has ended or faded and its memory is free

        Raises Fault if there is no room for it at all; then nothing has changed.
        """
        if self._closed:
            return None
        victim, crowded = None, self._stage.crowded
        if crowded or len(self._active) >= self.limit:
            if "refuse" in (self.steal, crowded):
                self.refused += 1
                return None
            victim = self._victim(at) if self._active else None
        self._stage.need_room(2)
        idle = self._fullest() or self._load()
        playing = idle.pop()
        try:
            for name, value in values.items():
                if name in self.plan.params:  # one that is not heard has no slot
                    self._stage.set(playing, name, value)
            if len(self._words):
                playing.shelf.image[self._words] = [self._chance.randrange(1, 1 << 32) for _ in self.plan.chance]
            self._stage.start(playing, at=at, shape=LINEAR)
        except BaseException:
            idle.append(playing)
            raise
        if victim is not None:
            self.stolen += 1
            self.stop(victim, fade=STEAL, at=at)
        self.started += 1
        self._over[playing], self._active[playing] = over, None
        return playing

    def stop(self, playing: Playing, *, fade: float, at: int | None = None, shape: int = EQUAL_POWER) -> None:
        """Fade a voice out. Raises Fault if the player takes no requests."""
        self._stage.stop(playing, fade=fade, shape=shape, at=at)
        self._active.pop(playing, None)

    def shed(self, fade: float) -> bool:
        """One voice gives way to nobody, because the sound is near its limit. False if there is none, or the policy is to refuse. Raises Fault
        if the player takes no requests."""
        if self.steal == "refuse" or not self._active:
            return False
        self.stop(self._victim(None), fade=fade)
        self.stolen += 1
        return True

    def release(self, playing: Playing, at: int | None = None) -> None:
        """Close the gate of ug.held(); the voice rings out by itself. Raises Fault if the player takes no requests."""
        self._stage.trigger(playing, RELEASE, at=at)

    def set(self, name: str, value: float) -> None:
        """Move a parameter that all voices share."""
        if not self._closed:
            self._shared.set(name, value)

    def move(self, playing: Playing, name: str, value: float) -> None:
        """Move a parameter that a voice has for itself."""
        self._stage.set(playing, name, value)

    def trigger(self, name: str) -> None:
        """A trigger parameter of the scene happens in every voice. Raises Fault if the player takes no requests."""
        for playing in self._active:
            self._stage.trigger(playing, name)

    def close(self, *, fade: float = 0.0, shape: int = EQUAL_POWER) -> None:
        """No voice begins any more, and those that sound fade out. Never raises: what cannot be asked is cut off."""
        self._closed = True
        for playing in list(self._active):
            try:
                self.stop(playing, fade=fade, shape=shape)
            except Exception:
                self._stage.ban(playing)
                self._active.pop(playing, None)
        self._clear()

    def back(self, playing: Playing, ended: bool) -> None:
        """An instance has been retired: it may be used again."""
        self._active.pop(playing, None)
        over = self._over.pop(playing)
        if not self._closed:
            self._stage.renew(playing)
        self._of[playing].append(playing)
        self._clear()
        over()

    def _fullest(self) -> list[Playing] | None:
        """The idle ones of those made together of which most play, if any is idle."""
        return min((idle for idle in self._sets if idle), key=len, default=None)

    def _load(self, samples: Mapping[Path, np.ndarray] | None = None) -> list[Playing]:
        """Make some more, idle ones: eight, or one. Raises Fault if there is no room for one."""
        try:
            made = self._stage.load_eight(self.plan, samples, name=self.name, shared=self._shared.places, home=self, sends=self._sends)[::-1]
        except Fault:
            made = [self._stage.load(self.plan, samples, name=self.name, shared=self._shared.places, home=self, sends=self._sends)]
        self._sets.append(made)
        self._of.update(dict.fromkeys(made, made))
        return made

    def _victim(self, at: int | None) -> Playing:
        """Who gives way."""
        if self.steal == "quietest":
            old = (self._stage.frame if at is None else at) - YOUNG * self._stage.rate
            levels = self._stage.levels()
            grown = [playing for playing in self._active if playing.began <= old and playing.offset in levels]
            if grown:
                return min(grown, key=lambda playing: levels[playing.offset])
        return next(iter(self._active))

    def _clear(self) -> None:
        """Once it is closed and nothing of it sounds: everything goes back."""
        if not self._closed:
            return
        for idle in self._sets:
            for playing in idle:
                self._stage.let_go(playing)
            idle.clear()
        if not self._over and not self._freed:
            self._freed = True
            self._shared.close()
