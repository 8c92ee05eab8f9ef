"""Which rows of scratch each sound is written to, so that few are needed and none is written while another still reads it.

A sound holds its rows from the unit that makes it to the last that hears it. A unit of eight voices with one output may write it over
one of its inputs, where that input has as many channels and nobody hears it afterwards: shipped kernels promise to bear that. Nothing
else shares. A unit of one voice writes elsewhere: a plain loop becomes vector instructions only where its output is seen to be
apart from what it reads, and takes four times as long where it is not.
"""
from __future__ import annotations

from dataclasses import dataclass

from .declare import Unit
from .plan import Binding, PlannedUnit, Scratch


@dataclass(frozen=True, slots=True)
class Heard:
    """An input: rows `first` to `first + channels` of a sound; of 8 voices, all of it."""

    sound: int
    first: int
    channels: int
    width: int = 1


@dataclass(frozen=True, slots=True)
class Made:
    """An output: the sound of that number, made here, for `width` voices."""

    sound: int
    channels: int
    width: int = 1

    @property
    def rows(self) -> int:
        """Rows of scratch that it fills."""
        return self.channels * self.width


@dataclass(frozen=True, slots=True)
class Draft:
    """A planned unit whose sounds have numbers and no rows yet. `overwrites`: its output may take an input's rows, if it is one of eight voices."""

    unit: Unit
    bindings: tuple[Binding | Heard | Made, ...]
    where: str
    overwrites: bool = True


def assign(drafts: list[Draft]) -> tuple[tuple[PlannedUnit, ...], int]:
    """The same units with rows, and how many rows of scratch they need."""
    last: dict[int, int] = {}
    for index, draft in enumerate(drafts):
        for binding in draft.bindings:
            if isinstance(binding, (Heard, Made)):
                last[binding.sound] = index
    pool = _Pool()
    at: dict[int, Scratch] = {}
    planned: list[PlannedUnit] = []
    for index, draft in enumerate(drafts):
        heard = [binding for binding in draft.bindings if isinstance(binding, Heard)]
        made = [binding for binding in draft.bindings if isinstance(binding, Made)]
        ending = {binding.sound for binding in heard if last[binding.sound] == index}
        if len(made) == 1 and made[0].width > 1 and draft.overwrites:
            for binding in heard:
                whole = at[binding.sound]
                if binding.sound in ending and (binding.channels, binding.width) == (whole.channels, whole.width) == (made[0].channels, made[0].width):
                    at[made[0].sound] = whole
                    ending.discard(binding.sound)
                    break
        for output in made:
            if output.sound not in at:
                at[output.sound] = Scratch(pool.take(output.rows), output.channels, output.width)
        planned.append(PlannedUnit(draft.unit, tuple(_placed(binding, at) for binding in draft.bindings), draft.where))
        for sound in ending | {output.sound for output in made if last[output.sound] == index}:
            pool.give(at[sound])
    return tuple(planned), pool.most


class _Pool:
    """Rows that are taken and given back; the lowest that fit are taken first."""

    def __init__(self) -> None:
        self._taken = bytearray()
        self.most = 0

    def take(self, rows: int) -> int:
        row = self._taken.find(bytes(rows))
        if row < 0:
            free_end = len(self._taken) - len(self._taken.rstrip(b"\0"))
            row = len(self._taken) - free_end
            self._taken.extend(bytes(rows - free_end))
        self._taken[row:row + rows] = b"\1" * rows
        self.most = len(self._taken)
        return row

    def give(self, scratch: Scratch) -> None:
        rows = scratch.channels * scratch.width
        self._taken[scratch.row:scratch.row + rows] = bytes(rows)


def _placed(binding: Binding | Heard | Made, at: dict[int, Scratch]) -> Binding:
    if isinstance(binding, Heard):
        return Scratch(at[binding.sound].row + binding.first, binding.channels, binding.width)
    return at[binding.sound] if isinstance(binding, Made) else binding
