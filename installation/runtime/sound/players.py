"""The players: one sounds, one stands by, and whatever befalls the first, the second goes on at the same sample.

    players = Players(arena, stage, sound, engine, tell=notices.tell)
    await players.open()                 sound, on the card or, while there is none, by the silent clock
    await players.need(plan, objects)    both have the kernels of this plan; Fault if one cannot be loaded
    players.state                        what the status line shows
    players.alive                        what the watchdog asks
    players.again(afresh=True)           the card is opened anew; afresh: by a player that has nothing from before
    await players.close(fade=0.5)        fade, close, and kill what does not close

A player that died, or whose blocks stand still, is killed first; then the epoch moves on, so that it writes nothing even if it
could; then the standby is promoted and a new one is started. Where two deaths are a kernel's doing (see autopsy.py), its graph is
banned before the next player starts, and named.

A card that does not open is declared absent (see absence.py); the silent clock keeps the piece's time, so that light, score and
OSC go on. No other card is taken in its stead.
"""
from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ...audio.layout import (
    BLOCKS,
    CARD_FRAMES,
    FADE_OUT,
    IN_SILENCE,
    INSIDE,
    OUTPUTS,
    RATE,
    XRUNS,
)
from ...audio.whereabouts import whereabouts
from ...terms.fault import Fault, Recovery
from ..said import heard_from
from .absence import Absence
from .autopsy import REPLACED, TROUBLE, TROUBLE_OVER, Autopsy, Death, Place, deadly, ended
from .child import Child
from .sound_state import SoundRecord, SoundState
from .standby import Standby
from .threads import threads_for

if TYPE_CHECKING:
    from ...audio.arena import Arena
    from ...audio.plan import Plan
    from ...audio.stage import Stage

TICK = 0.05              # s between two looks at the block counter
STILL = 0.25             # s without a block (or 12 of the card's periods, if that is longer), and the player is replaced
AT_ONCE = 1e6            # s: the card is known to have ended
HUSH = 0.06              # s for the ramp to silence before a card begins to sound
BETWEEN = 1.0            # s between two tries to start a player at all

class Players:
    """Supervises the processes that play. Everything here runs in the control process's loop; no call waits for a card.

    engine      path of the engine's object file (as `native` built it)
    tell        hears of each fault once when it begins, and once when it is over
    on_dropped  called with (what played, the unit's name, its file:line) after a graph was banned; set by whoever wants to know
    """

    def __init__(self, arena: Arena, stage: Stage, sound: SoundRecord, engine: str, *,
                 tell: Callable[[Fault | Recovery], None]) -> None:
        self._arena, self._stage, self._sound, self._engine, self._tell = arena, stage, sound, engine, tell
        self.on_dropped: Callable[[Any, str, str], None] | None = None
        self._words = arena.words
        self._threads = threads_for(sound.threads, tell)
        self._objects: dict[int, str] = {}
        self._active: Child | None = None
        self._supervising: asyncio.Task | None = None
        self._woken = asyncio.Event()
        self._standby = Standby(self._loaded_child, tell, self._woken)
        self._autopsy = Autopsy(int(self._words[RATE]))
        self._absence = Absence(sound, int(self._words[OUTPUTS]), tell, self._woken)
        self._card: dict[str, Any] = {}
        self._policy: dict[str, Any] = {}
        self._closed = self._in_trouble = False
        self._again: bool | None = None            # whether the card is to be opened anew, and afresh
        self._still = self._seen_at = self._began = 0.0
        self._seen_blocks = -1

    # ---- what the runtime asks -------------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Sound begins, or the silent clock. Raises Fault if not even a player that needs no card can be started."""
        child = await self._loaded_child()
        try:
            await self._begin(child)
        except Fault:
            if self._absence.fault is None:
                raise
            await child.kill()                     # its card hangs: the next one keeps time without
            await self._begin(await self._loaded_child())
        self._supervising = asyncio.get_running_loop().create_task(self._supervise())

    async def need(self, plan: Plan, objects: dict[tuple[str, str], str]) -> None:
        """Return when every player has the code of a plan's units.

        objects  the object file of each unit, by its name and kernel
        Raises Fault, naming the unit, if one cannot be loaded.
        """
        paths = [(entry.unit, objects[entry.unit.name, entry.unit.kernel]) for entry in plan.units]
        await self.load({self._stage.unit_number(unit, path): path for unit, path in paths})

    async def load(self, objects: dict[int, str]) -> None:
        """The same, by unit numbers."""
        self._objects.update(objects)
        while not self._closed:
            children = [child for child in (self._active, self._standby.child) if child is not None and child.alive]
            for got in await asyncio.gather(*(child.load(objects) for child in children), return_exceptions=True):
                if isinstance(got, Fault) and got.id in ("player.died", "player.hangs"):
                    continue                       # it is replaced, and its successor asked
                if isinstance(got, BaseException):
                    for number in objects:
                        self._objects.pop(number, None)
                    raise got
            if self._active is not None and self._active.alive and set(objects) <= self._active.loaded:
                return
            await asyncio.sleep(TICK)

    async def close(self, fade: float = 0.5) -> None:
        """Fade to silence, for at most `fade` seconds, close the card, and leave no process behind."""
        loop = asyncio.get_running_loop()
        self._words[FADE_OUT] = 1
        end = loop.time() + fade
        while loop.time() < end and self._active is not None and not self._words[IN_SILENCE]:  # noqa: ASYNC110 (another process's word)
            await asyncio.sleep(0.01)
        self._closed = True
        await self._absence.close()
        if self._supervising is not None:
            self._supervising.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._supervising
        active, self._active = self._active, None
        await asyncio.gather(self._standby.close(), *([active.close()] if active is not None else []))

    @property
    def state(self) -> SoundState:
        """How it stands now."""
        card, words = self._card, self._words
        return SoundState(
            card=card.get("name", ""), api=card.get("api", ""), rate=int(words[RATE]), block=int(words[CARD_FRAMES]),
            latency=card.get("latency", 0.0), policy=self._policy.get("policy", ""),
            workers=tuple(self._policy.get("workers", ())), locked=self._policy.get("locked", False),
            xruns=int(words[XRUNS]), blocks=int(words[BLOCKS]), standby=self._standby.is_ready, silent=not card,
            absent=self._absence.fault, deaths=self._autopsy.deaths, pid=self._active.pid if self._active is not None else 0)

    def say(self) -> str:
        """How it stands now, in a few words."""
        return self.state.say()

    @property
    def alive(self) -> bool:
        """Whether the watchdog may be fed: blocks move, or the card is declared absent, or all is closed on purpose."""
        if self._closed:
            return True
        if self._supervising is None or self._supervising.done():
            return False
        return self._absence.fault is not None or self._still < 2.0 or self._still == AT_ONCE

    @property
    def age(self) -> float:
        """Seconds since the card, or the silent clock, last asked for a block, as far as they have been seen to pass."""
        return min(self._still, 3600.0)

    def again(self, *, afresh: bool = False) -> None:
        """Let the card be opened anew: the player that sounds closes it, and the next one opens it. afresh: the player is ended, and the next one has
        been started for this, so that nothing is left of what either of them knew. The piece goes on at the same sample."""
        self._again = afresh
        self._woken.set()

    # ---- supervision -----------------------------------------------------------------------------------------------------

    async def _supervise(self) -> None:
        loop = asyncio.get_running_loop()
        self._seen_at = loop.time()
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), TICK)
            self._woken.clear()
            if self._active is None or self._active.is_dying or self._stands_still(loop.time()):
                await self._replace()
            elif self._again is not None:
                await self._open_again(self._active)
            elif self._absence.found and self._standby.is_ready:
                await self._move_to_card(self._active)
            self._absence.tick(loop.time())
            self._standby.keep(wanted=self._sound.standby or self._absence.found, warm=self._card.get("api") == "JACK")

    def _stands_still(self, now: float) -> bool:
        """Whether no block came for too long, by time that this loop itself was awake (a suspended machine is no fault)."""
        awake, self._seen_at = min(now - self._seen_at, 2 * TICK), now
        blocks = int(self._words[BLOCKS])
        if blocks != self._seen_blocks and self._still < AT_ONCE:
            self._seen_blocks, self._still = blocks, 0.0
            if self._in_trouble and self._autopsy.is_well(now):
                self._in_trouble = False
                self._tell(TROUBLE_OVER)
            return False
        self._still += awake
        return self._still > max(STILL, 12 * int(self._words[CARD_FRAMES]) / max(1, int(self._words[RATE])))

    async def _open_again(self, old: Child) -> None:
        """Somebody asked for it: what supervision sees as well is not at fault. If it fails, the loop's next turn starts another."""
        afresh, self._again = self._again, None
        try:
            successor = await self._loaded_child() if afresh else None
            self._active = None
            await (old.kill() if afresh else old.close())
            if successor is not None:
                await self._begin(successor)
            else:
                await self._succeed(trusted=True)
        except Fault as fault:
            self._tell(fault)

    async def _replace(self) -> None:
        """The active player is dead or stands still: end it, find out why, and let the next one sound."""
        old, self._active = self._active, None
        try:
            if old is None:
                await self._succeed(trusted=True)
            else:
                await self._replace_one(old)
            self._tell(REPLACED)
        except Fault as fault:                     # the loop's next turn tries again
            if self._absence.fault is None or self._absence.fault.happened != fault.happened:
                self._tell(fault)
            if self._active is None:
                await asyncio.sleep(BETWEEN)

    async def _replace_one(self, old: Child) -> None:
        """Its exit status comes late (see grip.py): where nothing depends on that, and the card is shared, the next one begins before."""
        shared = self._card.get("api") == "JACK"
        death = await self._death_of(old)
        if shared and old.is_dying and self._autopsy.is_plain(death):
            try:
                await self._succeed(trusted=death.is_innocent)
            finally:
                await self._bury(old, death)
        else:
            await asyncio.sleep(await self._bury(old, death))
            await self._succeed(trusted=death.is_innocent)

    async def _succeed(self, *, trusted: bool) -> None:
        """Let the standby sound, if what it knows can be trusted, or a player started now."""
        child = self._standby.take(trusted=trusted) or await self._loaded_child()
        await child.load(self._objects)            # in case it was still about to
        try:
            await self._begin(child)
        except Fault as fault:
            if fault.id == "player.died" or not child.is_warm:
                raise
            await child.kill()                     # what it read before was of no use: as if it had not stood by
            await self._begin(await self._loaded_child())

    async def _death_of(self, old: Child) -> Death:
        """What can be seen of it now. One that only stands still is ended first."""
        card_ended, by_itself, stopped = self._still >= AT_ONCE, old.is_dying, old.is_stopped()
        lived = asyncio.get_running_loop().time() - self._began if self._began else 0.0
        if not by_itself:
            await old.kill()
        words = self._words
        graph, unit = whereabouts(words)
        place = Place(graph, unit, int(words[BLOCKS])) if words[INSIDE] and graph else None
        return Death(place, lived, by_itself=by_itself, card_ended=card_ended, stopped=stopped)

    async def _bury(self, old: Child, death: Death) -> float:
        """Wait for its end, and ban the graph whose kernel ended two of them; returns how long to rest before the next."""
        await old.kill()
        status = old.status if death.by_itself else None
        self._tell(ended(status, card_ended=death.card_ended))
        rest, drop = self._autopsy.died(asyncio.get_running_loop().time(), death, status)
        if self._autopsy.is_hopeless and not self._in_trouble:
            self._in_trouble = True
            self._tell(TROUBLE)
        if drop and death.place is not None:
            self._drop(death.place, status)
        return rest

    def _drop(self, place: Place, status: int | None) -> None:
        playing = self._stage.at_offset(place.graph)
        if playing is None:
            return
        self._stage.ban(playing)
        name, where = playing.unit_name(place.unit)
        self._tell(deadly(name, where, status))
        if self.on_dropped is not None:
            self.on_dropped(playing, name, where)

    async def _begin(self, child: Child) -> None:
        """Let a loaded player sound: on the card, or by the silent clock while the card is absent."""
        self._active, self._policy, self._card, self._began = child, {}, {}, 0.0
        order = {**self._way, "epoch": self._stage.take_over(), "card": None}
        if self._sound.card != "none" and (self._absence.fault is None or self._absence.found):
            try:
                self._card = (await child.go({**order, "card": self._sound.card}))["card"]
            except Fault as fault:
                if fault.id == "player.died" or child.is_warm:      # its kernel, a person, what it had read: not the card
                    raise
                self._absence.begin(fault)
                if fault.id == "player.hangs":
                    self._still = AT_ONCE
                    raise
        if not self._card:
            await child.go(order)
        self._began = self._seen_at = asyncio.get_running_loop().time()
        self._still, self._seen_blocks = 0.0, -1
        if self._card:
            self._absence.end(self._card["name"])

    @property
    def _way(self) -> dict[str, Any]:
        """How the card is to be opened."""
        return {"card": self._sound.card, "api": self._sound.api, "block": self._sound.block, "latency": self._sound.latency}

    async def _move_to_card(self, old: Child) -> None:
        """The card is there again: once it is open the silent clock stops after a block, and the standby goes on from it on the card.

        A card that is listed may still hang whoever opens it: the silent clock keeps the time meanwhile.
        """
        child = self._standby.take(trusted=True)
        if child is None:
            return
        opening = asyncio.get_running_loop().create_task(child.open(self._way))
        try:
            while not opening.done() and not old.is_dying:
                await asyncio.wait({opening}, timeout=TICK)
            if not opening.done():                 # first of all somebody must play
                raise ended(None, card_ended=False)
            opening.result()
        except Fault as fault:
            await child.kill()
            if not old.is_dying:
                self._absence.begin(fault)
            return
        finally:
            opening.cancel()
        self._stage.hush(True)                     # what the card gives first must be silence: in the middle of a wave it would pop
        try:
            await asyncio.sleep(HUSH)
            self._active = None
            await old.close(0.5)
            with contextlib.suppress(Fault):       # if the card hangs now, the loop's next turn replaces the player
                await self._begin(child)
        finally:
            self._stage.hush(False)

    # ---- player processes -----------------------------------------------------------------------------------------------------

    async def _loaded_child(self) -> Child:
        child = Child(self._arena.fd, threads=self._threads, ended=lambda _: self._woken.set(), told=self._on_told)
        try:
            await child.load(self._objects, self._engine)
            await child.load(self._objects)        # what was asked for meanwhile
        except BaseException:
            await child.kill()
            raise
        return child

    def _on_told(self, child: Child, said: dict[str, Any]) -> None:
        match said["event"]:
            case "policy" if child is self._active:
                self._policy = said
            case "stopped" if child is self._active:         # PortAudio knows that its stream has ended
                self._still = AT_ONCE
                self._woken.set()
            case "fault":
                self._tell(heard_from(said["fault"]))
