"""Why players die: whether two deaths are one kernel's doing, and how long to wait before the next. Pure; time is an argument.

A player that a person or the kernel's memory killer ended (SIGKILL, SIGSTOP) says nothing about the kernel it was in; one that
crashed there, or never came back from it, does, and the second time at the same unit of the same graph proves it.
"""
from __future__ import annotations

import signal
from dataclasses import dataclass

from ...terms.fault import Fault, Recovery
from ...terms.words import both

SAME_PLACE = 0.25        # s of sound within which two deaths at one unit are one cause
SOON = 0.5               # s; a player that lives no longer than this is one more in a row
RESTS = (0.0, 0.0, 0.25, 0.5, 1.0, 2.0, 5.0)     # s before the next player, by how many died in a row
WELL = 10.0              # s without a death, and the players are well again

CRASHES = frozenset(-number for number in (signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE, signal.SIGABRT,
                                           signal.SIGTRAP))

TROUBLE = Fault(both("the players keep dying; the next ones are started more and more slowly",
                     "les lecteurs ne cessent de mourir ; les suivants sont lancés de plus en plus lentement"),
                where="sound", id="player.trouble",
                remedy=both("`installation doctor` looks at the machine.", "`installation doctor` examine la machine."))
REPLACED = Recovery(both("another player goes on at the same place", "un autre lecteur continue au même endroit"),
                    "sound", "player.died")
TROUBLE_OVER = Recovery(both("the players are well again", "les lecteurs vont bien de nouveau"), "sound", "player.trouble")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a player was when it died: the graph's offset in the arena, the unit's place in it, the block."""

    graph: int
    unit: int
    block: int


@dataclass(frozen=True, slots=True)
class Death:
    """A player's end, as far as it can be seen before its exit status is known.

    place       None if it was in no kernel
    lived       s for which it sounded
    by_itself   it had not to be killed for standing still
    card_ended  PortAudio had said that its stream was over
    stopped     somebody had stopped it (SIGSTOP, a debugger)
    """

    place: Place | None
    lived: float
    by_itself: bool = True
    card_ended: bool = False
    stopped: bool = False

    @property
    def is_innocent(self) -> bool:
        """Whether the card had no part in it: it ended by itself, was stopped by somebody, or was lost in a kernel."""
        return not self.card_ended and (self.by_itself or self.stopped or self.place is not None)


class Autopsy:
    """Remembers deaths."""

    def __init__(self, rate: int) -> None:
        self._near = SAME_PLACE * rate / 64
        self._last: Place | None = None
        self._died_at = float("-inf")
        self.deaths = 0
        self.in_a_row = 0

    def is_plain(self, death: Death) -> bool:
        """Whether it may be noted after the next player has begun: it asks for no rest, and can not be a kernel's second one."""
        hurried = death.lived <= SOON and RESTS[min(self.in_a_row, len(RESTS) - 1)] > 0.0
        return not hurried and not self._is_same(death.place)

    def died(self, now: float, death: Death, status: int | None) -> tuple[float, bool]:
        """Note a death. Returns the rest before the next player may start, and whether the graph at its place is to be dropped.

        status  its exit status if it ended by itself, negative for a signal
        """
        self.deaths += 1
        self.in_a_row = self.in_a_row + 1 if death.lived <= SOON else 1
        self._died_at = now
        stood_still = not (death.by_itself or death.card_ended or death.stopped)
        guilty = death.place if stood_still or status in CRASHES else None
        drop = self._is_same(guilty)
        self._last = guilty
        if drop:
            self._last, self.in_a_row = None, 0
        return RESTS[min(max(0, self.in_a_row - 1), len(RESTS) - 1)], drop

    @property
    def is_hopeless(self) -> bool:
        """Whether players keep dying, whatever is done."""
        return self.in_a_row >= len(RESTS)

    def is_well(self, now: float) -> bool:
        """Whether the last death is long past."""
        return now - self._died_at > WELL

    def _is_same(self, place: Place | None) -> bool:
        last = self._last
        return (place is not None and last is not None and (place.graph, place.unit) == (last.graph, last.unit)
                and abs(place.block - last.block) <= self._near)


def ended(status: int | None, *, card_ended: bool) -> Fault:
    """The sentence about a player's end; status is None if it had to be killed."""
    if card_ended:
        happened = both("the card has ended the sound", "la carte a mis fin au son")
    elif status is None:
        happened = both("the player stood still", "le lecteur n'avançait plus")
    elif status < 0:
        name = signal.Signals(-status).name
        happened = both(f"the player was ended by {name}", f"le lecteur a été arrêté par {name}")
    else:
        happened = both(f"the player ended with status {status}", f"le lecteur s'est terminé avec le code {status}")
    return Fault(happened, where="sound", id="player.died")


def deadly(name: str, where: str, status: int | None) -> Fault:
    """The sentence about a kernel that ended two players; status is None if it never returned."""
    if status is None:
        how = both("never returned, in two players", "n'est jamais revenu, dans deux lecteurs")
    else:
        crash = signal.Signals(-status).name
        how = both(f"crashed two players ({crash})", f"a fait tomber deux lecteurs ({crash})")
    return Fault(both(f'the kernel of "{name}" {how.en}; its sound is dropped',
                      f"le noyau de « {name} » {how.fr} ; son son est abandonné"), where=where, id="kernel.deadly",
                 remedy=both("An index beyond an array, or a loop that does not end.",
                             "Un indice hors d'un tableau, ou une boucle sans fin."))
