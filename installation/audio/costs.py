"""What sound costs: what a player's time has gone into, as a frozen record, read from the arena.

    stage.costs() → Costs               since that player began
    costs.since(before) → Costs         in between; None if another player sounds now

The player notes the time of every block and every graph, and of one call of a unit in each block, drawn by lot (see layout.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .arena import Arena
from .layout import C_ACCOUNTS, C_BLOCKS, C_EPOCH, C_SPENT, C_UNITS, C_WORST, COSTS_AT, COSTS_WORDS, EPOCH, FRAMES, RATE, SPANS, TIMED_UNITS, WORD


@dataclass(frozen=True, slots=True)
class Costs:
    """What time has gone into.

    epoch    which player's it is
    blocks   complete ones
    period   s that a block lasts
    spent    s, in those blocks
    worst    s, the longest of the last eight seconds
    names    s in graphs, by their name; what is left of `spent` is the engine's own: requests, the guard
    units    by the unit's name, for the calls that were timed: (s, how many)
    """

    epoch: int
    blocks: int
    period: float
    spent: float
    worst: float
    names: Mapping[str, float] = field(default_factory=dict)
    units: Mapping[str, tuple[float, int]] = field(default_factory=dict)

    @property
    def load(self) -> float:
        """How much of the blocks' time was spent, 1 is all of it."""
        return self.spent / (self.blocks * self.period) if self.blocks else 0.0

    def since(self, before: Costs) -> Costs | None:
        """What has come since then; None if another player has taken over, or no block was rendered."""
        if self.epoch != before.epoch or self.blocks <= before.blocks:
            return None
        names = {name: max(0.0, spent - before.names.get(name, 0.0)) for name, spent in self.names.items()}
        units = {}
        for name, (spent, calls) in self.units.items():
            past, called = before.units.get(name, (0.0, 0))
            units[name] = max(0.0, spent - past), max(0, calls - called)
        return Costs(self.epoch, self.blocks - before.blocks, self.period, max(0.0, self.spent - before.spent), self.worst, names, units)


def reckon(arena: Arena, accounts: Mapping[str, int], units: Mapping[int, str]) -> Costs:
    """The record. accounts: of each name; units: names by number."""
    words = arena.words
    epoch, period = int(words[EPOCH]), FRAMES / words[RATE]
    noted = arena.view(words[COSTS_AT] + (epoch & 1) * COSTS_WORDS * WORD, "i8", (COSTS_WORDS,)).copy()
    if noted[C_EPOCH] != epoch:                    # it has not begun yet
        return Costs(epoch, 0, period, 0.0, 0.0)
    called: dict[str, tuple[float, int]] = {}
    for number, name in units.items():             # two numbers may have one name: a kernel that was edited
        if number < TIMED_UNITS and noted[C_UNITS + 2 * number + 1]:
            spent, calls = called.get(name, (0.0, 0))
            called[name] = spent + int(noted[C_UNITS + 2 * number]) / 1e9, calls + int(noted[C_UNITS + 2 * number + 1])
    return Costs(epoch, int(noted[C_BLOCKS]), period, int(noted[C_SPENT]) / 1e9, int(noted[C_WORST : C_WORST + SPANS].max()) / 1e9,
                 {name: int(noted[C_ACCOUNTS + account]) / 1e9 for name, account in accounts.items()}, called)
