"""What is in the arena to sound, and what the player answers about it: plain records.

    Playing   an instance of a plan
    Home      who keeps instances that are to play again
    Result    one answer
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ..terms.fault import Fault, did_you_mean
from ..terms.words import both
from .eight_shelf import Lane
from .instance import Shelf
from .layout import BAD_SAMPLES, REFUSED, RETIRED, STARTED, WAS_LATE, WORD
from .plan import Plan, PlannedUnit
from .sends import Sends

KINDS = {STARTED: "started", RETIRED: "retired", WAS_LATE: "late", BAD_SAMPLES: "bad_samples", REFUSED: "refused"}


class Home(Protocol):
    """Who keeps instances that are to play again."""

    def back(self, playing: Playing, ended: bool) -> None: ...


@dataclass(eq=False, repr=False)
class Playing:
    """An instance of a plan in the arena.

    state   "loaded", "started", "stopping", "resting" (in its home, to be loaded again) or "gone"
    offset  where it lies; CURRENT_GRAPH names it by this
    home    who takes it back when it is retired; without one its memory is freed
    began   the frame at which it begins, of a voice that was started
    sends   what voices of its part send to its sound
    lane    of eight voices that are rendered together: which of them it is, and what they are
    """

    plan: Plan
    name: str
    offset: int
    id: int
    state_at: int
    shelf: Shelf
    layer: int = 0
    state: str = "loaded"
    home: Home | None = None
    began: int = 0
    lane: Lane | None = None
    sends: Sends = field(default_factory=Sends)

    def __repr__(self) -> str:
        return f"<{self.name or 'graph'} {self.id}, {self.state}>"

    def state_word(self, word: int) -> int:
        """Where that word of its state lies."""
        return self.state_at + (word if self.lane is None else self.lane.places[word]) * WORD

    @property
    def units(self) -> tuple[PlannedUnit, ...]:
        """What is called for it, in order; of eight voices, for all of them."""
        return self.plan.units if self.lane is None else self.lane.units

    def unit_name(self, place: int) -> tuple[str, str]:
        """The name of the unit at that place, and the file:line of the word that made it; ("", "") if there is none."""
        if 0 <= place < len(self.units):
            planned = self.units[place]
            return planned.unit.name, planned.where or planned.unit.place
        return "", ""


@dataclass(frozen=True, slots=True)
class Result:
    """What a player answered.

    kind     "started", "retired" (its memory is free again), "ended" (the same, of a voice that fell silent by itself), "late" (done at
             once; `detail` frames too late), "bad_samples" (silenced; `unit` made them), "refused" (no player has the code of `unit`)
    playing  whose; None if it is gone already
    unit     the unit's name, where the result is about one
    where    file:line of the artist's word
    """

    kind: str
    frame: int
    playing: Playing | None
    unit: str = ""
    where: str = ""
    detail: int = 0


def unknown(playing: Playing, name: str, known: Sequence[str]) -> Fault:
    """The sentence about a parameter or trigger that a graph has not."""
    meant = did_you_mean(name, known)
    return Fault(
        both(f'"{name}" is not heard in it', f"« {name} » ne s'y entend pas"),
        where=playing.name,
        id="stage.name",
        remedy=both(f'Did you mean "{meant}"?', f"Vouliez-vous dire « {meant} » ?") if meant else "",
    )


def not_so(playing: Playing, what: str) -> Fault:
    """The sentence about what cannot be done in this state."""
    return Fault(both(f"it cannot {what}: it is {playing.state}", f"impossible ({what}) : état {playing.state}"), where=playing.name, id="stage.state")
