"""The load: how much of its time the sound takes, what takes it, and what is done near the limit.

    load = Load(stage, sound, banks, tell, costs=stage.costs)
    load.step(now)             at every control tick; it looks ten times a second
    load.value, .worst         1 is all of the blocks' time: over about a second; the longest block of the last eight seconds
    load.names, .kinds         the same for each scene and each of its voices ("rain", "rain.drop"), and for each kind of unit
    load.post(tree, scenes, now)

Near the limit (`sound: {limit, overload}`) voices give way, never scenes: a room that falls silent is worse than one that crackles. The
stage is told that it is crowded, so that what begins takes another's place or is refused (audio/voices.py); with "steal" voices also
fade while it is still too much, those that cost most first. Measured time is not the same twice, so a rehearsal has no Load.
"""
from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from ...audio.costs import Costs
from ...audio.voices import Bank
from ...rules.addresses import load_of
from ...rules.piece import Sound
from ...rules.tree import Tree
from ...terms.fault import Fault, Recovery
from ...terms.words import Words, both

if TYPE_CHECKING:
    from ...audio.stage import Stage

LOOK = 0.1           # s between two looks
SMOOTH = 1.0         # s over which the load is smoothed
MANY = 4.0           # s over which kinds are: one call a block is timed, and there may be hundreds
TWICE = 2            # looks above the limit in a row, and it is too much
UNDER = 0.9          # of the limit: below it …
CALM = 1.0           # s … for so long, and voices are free again
WELL = 10.0          # s in which nothing had to be done, and it is over
STOPPED = 1.0        # s without a block, and there is no load
NOTHING = 0.01       # load of voices that it is of no use to end
FADE = 0.05          # s in which voices that give way fade
SHOWN = 3            # of what costs most, in a sentence
NOTABLE = 0.75       # of the limit

Banks = Callable[[], Iterable[Bank]]


class Load:
    """The sound's load in one piece that plays.

    banks   every voice's bank that may sound now
    """

    def __init__(self, stage: Stage, sound: Sound, banks: Banks, tell: Callable[[Fault | Recovery], None], *, costs: Callable[[], Costs]) -> None:
        self.value = self.worst = 0.0
        self.spare = 1.0                            # of the limit, while the machine must be spared
        self.names: dict[str, float] = {}
        self.kinds: dict[str, float] = {}
        self._stage, self._sound, self._banks, self._tell, self._costs = stage, sound, banks, tell, costs
        self._before = costs()
        self._looked = self._moved = -math.inf
        self._timed: dict[str, float] = {}          # s of timed calls, by kind, fading
        self._above = 0
        self._acts = False
        self._calm = self._well = 0.0
        self._fault: Fault | None = None

    @property
    def is_notable(self) -> bool:
        """Whether people should see it."""
        return self.value >= NOTABLE * self._sound.limit or self._acts

    def step(self, now: float) -> None:
        """Look, if it is time, and act."""
        if now - self._looked < LOOK - 1e-6:
            return
        passed = now - self._looked if now - self._looked < SMOOTH else LOOK       # by the clock: sound that falls behind has a slow time of its own
        self._looked = now
        costs = self._costs()
        part, self._before = costs.since(self._before), costs
        if part is None:
            if now - self._moved > STOPPED:
                self.value, self.worst, self.names, self.kinds = 0.0, 0.0, {}, {}
            return
        self._moved = now
        self._smooth(part, part.blocks * part.period, passed)
        self._judge(part, part.blocks * part.period, passed)

    def scene(self, name: str) -> float:
        """A scene's, with its voices."""
        return sum(load for key, load in self.names.items() if key.partition(".")[0] == name)

    def say(self) -> str:
        """What costs most: scenes and voices, then kinds of units."""
        return " · ".join(text for text in (_most(self.names), _most(self.kinds)) if text)

    def post(self, tree: Tree, scenes: Iterable[str], now: float) -> None:
        """Let the tree know."""
        tree.post("/system/load", round(self.value, 3), now)
        tree.post("/system/load_worst", round(self.worst, 3), now)
        tree.post("/system/costs", self.say()[:200], now)
        for name in scenes:
            declared = load_of(name)
            if declared.address in tree and tree.declaration(declared.address) == declared:    # else the artist's own parameter
                tree.post(declared.address, round(self.scene(name), 3), now)

    def _smooth(self, part: Costs, lasted: float, passed: float) -> None:
        new = 1.0 - math.exp(-passed / SMOOTH)
        self.value += new * (part.load - self.value)
        self.worst = part.worst / part.period
        for name, spent in part.names.items():
            past = self.names.get(name, 0.0)
            self.names[name] = past + new * (spent / lasted - past)
        self.names = {name: load for name, load in self.names.items() if load > 1e-6}
        kept = math.exp(-passed / MANY)
        for name, (spent, _) in part.units.items():
            self._timed[name] = self._timed.get(name, 0.0) * kept + spent
        self._timed = {name: spent for name, spent in self._timed.items() if spent > 1e-9}
        graphs, timed = sum(self.names.values()), sum(self._timed.values())
        self.kinds = {name: graphs * spent / timed for name, spent in self._timed.items()}

    def _judge(self, part: Costs, lasted: float, passed: float) -> None:
        limit, overload = self._sound.limit * self.spare, self._sound.overload
        self._above = self._above + 1 if part.load > limit else 0
        if self._acts:
            self._calm = self._calm + passed if self.value < UNDER * limit else 0.0
            if self._calm >= CALM:
                self._acts, self._well, self._stage.crowded = False, 0.0, ""
            elif self._above >= TWICE and overload == "steal":
                self._shed({name: spent / lasted for name, spent in part.names.items()}, part.load - limit)
        elif self._above >= TWICE:
            self._acts, self._calm = True, 0.0
            self._stage.crowded = "" if overload == "ignore" else overload
            if self._fault is None:
                self._fault = self._too_much(part.load)
                self._tell(self._fault)
        elif self._fault is not None:
            self._well += passed
            if self._well >= WELL:
                self._tell(Recovery(both(f"the sound has time again ({self.value:.0%})", f"le son a de nouveau le temps ({self.value:.0%})"),
                                    self._fault.where, self._fault.id))
                self._fault = None

    def _shed(self, loads: Mapping[str, float], excess: float) -> None:
        """Let voices fade, of those that cost most: half of what would do, since the next look comes before the last fade is over."""
        for bank in sorted(self._banks(), key=lambda bank: -loads.get(bank.name, 0.0)):
            load = loads.get(bank.name, 0.0)
            if load < NOTHING:
                return
            if bank.playing:
                wanted = min(bank.playing, max(1, math.ceil(0.5 * excess / (load / bank.playing))))
                try:
                    if sum(bank.shed(FADE) for _ in range(wanted)):
                        return
                except Fault:                       # the player takes no requests now
                    return

    def _too_much(self, load: float) -> Fault:
        limit, does = self._sound.limit, _DOES[self._sound.overload]
        return Fault(both(f"the sound takes {load:.0%} of its time, the limit is {limit:.0%}: ",
                          f"le son prend {load:.0%} de son temps, la limite est {limit:.0%} : ") + does, where="sound.limit", id="sound.overload",
                     remedy=both(f"Most goes into: {self.say() or '?'}. ", f"Le plus coûteux : {self.say() or '?'}. ") + _TRY)


_DOES: Mapping[str, Words] = {
    "steal": both("voices fade, and new ones take the place of others, until it fits; scenes enter all the same",
                  "des voix s'éteignent, et les nouvelles en remplacent d'autres, jusqu'à ce que cela tienne ; les scènes entrent quand même"),
    "refuse": both("no new voice begins; scenes enter all the same", "aucune nouvelle voix ne commence ; les scènes entrent quand même"),
    "ignore": both("nothing is done, it may crackle", "rien n'est fait, le son peut craquer"),
}
_TRY = both("Fewer voices at once (`limit=`), shorter ones, fewer reverbs, or a larger machine.",
            "Moins de voix à la fois (`limit=`), plus courtes, moins de réverbérations, ou une machine plus puissante.")


def _most(loads: Mapping[str, float]) -> str:
    """The highest of them."""
    highest = sorted(loads.items(), key=lambda entry: -entry[1])[:SHOWN]
    return ", ".join(f"{name or '?'} {load:.0%}" for name, load in highest if load >= 0.005)
