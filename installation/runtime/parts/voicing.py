"""The voices of a part: what `self.drop(…)` in play() reaches.

    voicing = Voicing(name, banks, dates=…, moment=…, tell=…, where=…)     lent to its scene
    voicing.start("drop", {"pitch": 300.0}, at=0.05)                       a hand on one voice
    voicing.follow(tree, scene)                                            the scene's parameters move all voices
    voicing.close(fade, shape)                                             the scene leaves

What is dated further ahead than SOON waits here, so that the engine's tables hold only what is near, and the limit is applied to
what sounds then. A voice that cannot be started (too many graphs, a player that takes no requests) is counted, said once, and is over
at once; play() goes on.
"""
from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from ...audio.layout import EQUAL_POWER
from ...audio.stage import Playing
from ...audio.voices import Bank
from ...rules.followers import Watch
from ...rules.scene import Scene
from ...rules.tree import Tree
from ...terms.declaration import Kind
from ...terms.fault import Fault, Recovery
from ...terms.words import both
from .dates import Dates, Moment

SOON = 0.1        # s before its date, beyond the lead of every date, that a request is handed to the engine
AGAIN = 0.05      # s after which a stop that found no room is tried again
WELL = 5.0        # s without a refusal after which starting is well again


class Voicing:
    """All voices of one part. refused: how many could not be started, apart from those that a policy refused."""

    def __init__(self, scene: str, banks: Mapping[str, Bank], *, dates: Dates, moment: Callable[[], Moment], tell: Callable[[Fault | Recovery], None],
                 where: str) -> None:
        self.scene, self.banks, self.dates, self.moment = scene, dict(banks), dates, moment
        self.refused = 0
        self._tell, self._where = tell, where
        self._loop = asyncio.get_running_loop()
        self._fault: Fault | None = None
        self._refused_at = 0.0
        self._waiting: set[Sounding] = set()
        self.closed = False

    def start(self, name: str, values: dict[str, float], at: float) -> Sounding:
        """Start a voice, in `at` seconds from the moment as play() means it. Never raises."""
        hand = Sounding(self, name, values, self.moment(), at)
        if self.closed:
            hand.over()
        else:
            self._waiting.add(hand)
            hand.wait()
        return hand

    def begin(self, hand: Sounding) -> Playing | None:
        """Ask the engine for it; None if it cannot be had."""
        self._waiting.discard(hand)
        if self.closed:
            return None
        values = {f"{hand.name}.{key}": value for key, value in hand.values.items()}
        try:
            playing = self.banks[hand.name].start(values, self.dates.frame(hand.moment, hand.at), hand.over)
        except Fault as fault:
            self.refused += 1
            self.missed(fault)
            return None
        if self._fault is not None and self._loop.time() - self._refused_at > WELL:
            self._tell(Recovery(both(f"{self.scene}: voices begin again", f"{self.scene} : les voix reprennent"), self._fault.where, self._fault.id))
            self._fault = None
        return playing

    def missed(self, fault: Fault) -> None:
        """Something that was asked of a voice could not be done: said once."""
        self._refused_at = self._loop.time()
        if self._fault is None:
            self._fault = Fault(both(f"{self.scene}: a voice could not be started: ", f"{self.scene} : une voix n'a pas pu commencer : ") + fault.happened,
                                where=self._where, remedy=fault.remedy, id="voice.refused")
            self._tell(self._fault)

    def forget(self, hand: Sounding) -> None:
        """It is not waited for any more."""
        self._waiting.discard(hand)

    def playing(self) -> dict[str, int]:
        """How many of each voice play."""
        return {name: bank.playing for name, bank in self.banks.items()}

    def owns(self, playing: Playing) -> bool:
        """Whether that is one of its voices, or was."""
        return any(bank is playing.home for bank in self.banks.values())

    def silence(self, playing: Playing) -> None:
        """No voice of that kind begins any more: one has failed."""
        for bank in self.banks.values():
            if bank is playing.home:
                bank.close(fade=0.2)

    def follow(self, tree: Tree, scene: Scene) -> Callable[[], None]:
        """Send every change of the scene's parameters to the voices, beginning with what stands now. Returns the call that ends it."""
        ends = []
        for name, entry in type(scene).params().items():
            address = f"/scene/{self.scene}/{name}"
            for bank in self.banks.values():
                if name in bank.triggers:
                    ends.append(tree.watch(address, self._pull(bank, name)))
                elif name in bank.shared and entry.kind in (Kind.FLOAT, Kind.INT, Kind.BOOL):
                    bank.set(name, float(tree.value(address)))
                    ends.append(tree.watch(address, self._set(bank, name)))

        def unfollow() -> None:
            for end in ends:
                end()

        return unfollow

    def close(self, fade: float, shape: int = EQUAL_POWER) -> None:
        """The scene leaves: its voices fade with it, and none begins any more."""
        self.closed = True
        for hand in list(self._waiting):
            hand.over()
        self._waiting.clear()
        for bank in self.banks.values():
            bank.close(fade=fade, shape=shape)
        if self._fault is not None:
            self._tell(Recovery(both(f"{self.scene} has left", f"{self.scene} est sortie"), self._fault.where, self._fault.id))
            self._fault = None

    @staticmethod
    def _pull(bank: Bank, name: str) -> Watch:
        return lambda address, value, origin, time: bank.trigger(name)

    @staticmethod
    def _set(bank: Bank, name: str) -> Watch:
        return lambda address, value, origin, time: bank.set(name, float(value))      # type: ignore[arg-type]


class Sounding:
    """A hand on one voice: waiting for its date, sounding, or over.

    moment, at  when play() asked for it, and how much later it begins
    """

    def __init__(self, voicing: Voicing, name: str, values: dict[str, float], moment: Moment, at: float) -> None:
        self.name, self.values, self.moment, self.at = name, values, moment, at
        self._voicing = voicing
        self._bank = voicing.banks[name]
        self._loop = asyncio.get_running_loop()
        self._timers: list[asyncio.TimerHandle] = []
        self._playing: Playing | None = None
        self._begun = self._over = False
        self._ended: asyncio.Future[None] | None = None

    @property
    def is_playing(self) -> bool:
        """Whether it sounds or will."""
        return not self._over

    def wait(self) -> None:
        """Begin, when its date is near."""
        self._later(self.moment.now + self.at, self._begin)

    def set(self, name: str, value: float) -> None:
        """Move one of its values."""
        self.values[name] = value
        param = f"{self.name}.{name}"
        if self._playing is not None and param in self._playing.plan.params:
            self._bank.move(self._playing, param, value)

    def release(self, at: float) -> None:
        """Close its gate. Raises Fault if it has none."""
        if not self._bank.is_held:
            raise Fault(both(f'the voice "{self.name}" does not use ug.held(): there is nothing to release',
                             f"la voix « {self.name} » n'emploie pas ug.held() : il n'y a rien à relâcher"), id="voice.release",
                        remedy=both("ug.env(ug.held()) in the voice; or stop(fade=…).", "ug.env(ug.held()) dans la voix ; ou stop(fade=…)."))
        moment = self._voicing.moment()
        self._later(moment.now + at, lambda: self._release(self._voicing.dates.frame(moment, at)))

    def stop(self, fade: float, at: float) -> None:
        """Fade it out; one that has not begun by then never does."""
        moment = self._voicing.moment()
        if not self._begun and moment.now + at <= self.moment.now + self.at:
            self.over()
        else:
            self._later(moment.now + at, lambda: self._stop(fade, self._voicing.dates.frame(moment, at)))

    async def ended(self) -> None:
        """Wait until it is over."""
        if not self._over:
            if self._ended is None:
                self._ended = self._loop.create_future()
            await asyncio.shield(self._ended)

    def over(self) -> None:
        """It is over: nothing that is asked of it does anything."""
        self._over, self._playing = True, None
        self._voicing.forget(self)
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        if self._ended is not None and not self._ended.done():
            self._ended.set_result(None)

    def _begin(self) -> None:
        if self._begun or self._over:
            return
        self._begun = True
        self._playing = self._voicing.begin(self)
        if self._playing is None:
            self.over()

    def _release(self, frame: int) -> None:
        self._begin()
        if self._playing is not None:
            try:
                self._bank.release(self._playing, frame)
            except Fault as fault:
                self._not_now(fault, lambda: self._release(frame))

    def _stop(self, fade: float, frame: int) -> None:
        self._begin()
        if self._playing is not None:
            try:
                self._bank.stop(self._playing, fade=fade, at=frame)
            except Fault as fault:
                self._not_now(fault, lambda: self._stop(fade, frame))

    def _not_now(self, fault: Fault, again: Callable[[], None]) -> None:
        self._voicing.missed(fault)
        self._timers.append(self._loop.call_later(AGAIN, again))

    def _later(self, due: float, call: Callable[[], None]) -> None:
        """Call when `due` is near: now, if it is."""
        if self._over:
            return
        wait = due - SOON - self._loop.time()
        if wait <= 0.0:
            call()
        else:
            self._timers.append(self._loop.call_later(wait, call))
