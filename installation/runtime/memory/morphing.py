"""Values on their way: from what stands to a preset in so many seconds, or between two presets by a fader. On the house's tick.

    morphs.recall(hand, origin, values, over, curve, now)     each value starts where it stands
    morphs.between(hand, origin, one, other, position, now)   each value stands where the fader is
    morphs.step(now)                                          the next writes; a hundred times a second

How a value is written decides what is heard:

    a mapping moves it now     only what stands below is set: a recall does not freeze what visitors do
    a scene's play() asks      as the score: above mappings, below hands, let go of when the scene ends
    anything else              as a hand would: it is heard at once, also over the score and over a fader that was held, and kept for `remote.hold`

Whoever moves a value in the meantime has it: it leaves the morph. At most MOST_WRITES values are written in one tick, so that a large preset
takes some ticks and no tick takes long.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ...rules.gate import Gate, Hand
from ...rules.holders import Priority
from ...rules.morph import LINEAR, between, way
from ...terms.declaration import Declaration, Kind, Value
from ...terms.fault import Fault

RATE = 40.0             # writes a second of one value that is on its way
MOST_WRITES = 60        # in one tick: about a millisecond, four on a small machine


@dataclass(slots=True)
class _Way:
    """One value's way; the score's where there is no hand. `mine`: we have written it, as `last`; who has written something else has it."""

    hand: Hand | None
    origin: str
    declaration: Declaration
    start: Value
    goal: Value
    began: float
    over: float
    curve: str
    due: float
    mine: bool = False
    last: Value = None

    def position(self, now: float) -> float:
        return 1.0 if self.over <= 0 else way(self.curve, (now - self.began) / self.over)

    def arrives(self, now: float) -> bool:
        return now - self.began >= self.over - 1e-9


class Morphs:
    """Every value that is on its way."""

    def __init__(self, gate: Gate) -> None:
        self._gate, self._tree = gate, gate.tree
        self._ways: dict[str, _Way] = {}

    def __len__(self) -> int:
        return len(self._ways)

    def recall(self, hand: Hand | None, origin: str, values: Mapping[str, Value], over: float, curve: str, now: float) -> None:
        """Send values to where a preset has them. A value that is on its way already turns to the new goal. Without a hand, as the score."""
        for address, goal in values.items():
            self._ways.pop(address, None)
            start = self._tree.base(address) if hand is not None and self._mapped(address) else self._tree.value(address)
            self._ways[address] = _Way(hand, origin, self._tree.declaration(address), start, goal, now, over, curve, now)
        self.step(now)

    def between(self, hand: Hand, origin: str, one: Mapping[str, Value], other: Mapping[str, Value], position: float, now: float) -> None:
        """Put each value that both have between the two."""
        for address, start in one.items():
            if address in other:
                declaration = self._tree.declaration(address)
                goal = between(declaration, start, other[address], position)
                self._ways[address] = _Way(hand, origin, declaration, goal, goal, now, 0.0, LINEAR, now)

    def step(self, now: float) -> None:
        """Write what is due; the first come first."""
        ready = [address for address, entry in self._ways.items() if entry.due <= now or entry.arrives(now)]
        for address in ready[:MOST_WRITES]:
            entry = self._ways.pop(address)
            if address not in self._tree or (entry.mine and entry.hand is not None and self._tree.base(address) != entry.last):
                continue
            arrived = entry.arrives(now)
            value = entry.goal if arrived else between(entry.declaration, entry.start, entry.goal, entry.position(now))
            try:
                entry.last = self._put(entry, address, value, now)
            except Fault:                              # locked meanwhile, or declared anew as something else: it is no longer ours
                continue
            if not arrived:
                entry.mine, entry.due = True, now + 1 / RATE
                self._ways[address] = entry

    def moving(self, origin: str) -> bool:
        """Whether something of this origin's is still on its way."""
        return any(entry.origin == origin for entry in self._ways.values())

    def drop(self, origin: str) -> None:
        """What this origin has sent on its way stays where it is."""
        self._ways = {address: entry for address, entry in self._ways.items() if entry.origin != origin}

    def _put(self, entry: _Way, address: str, value: Value, now: float) -> Value:
        if entry.hand is None:
            return self._tree.write(address, value, origin=entry.origin, time=now, priority=Priority.SCORE)
        same = value == self._tree.base(address) and entry.declaration.kind in (Kind.BOOL, Kind.TEXT)
        if same and entry.mine:                        # a switch that has not changed yet
            return value
        return self._gate.put_back(entry.hand, address, value, now, base=self._mapped(address), origin=entry.origin)

    def _mapped(self, address: str) -> bool:
        holder = self._tree.holder(address)
        return holder is not None and holder[0] == Priority.MAPPING
