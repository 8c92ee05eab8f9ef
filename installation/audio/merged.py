"""What goes to the outputs in fewer calls: the same additions in the same order.

    merged(drafts)   neighbouring channels of one sound in one call, then sounds of one channel each by eights

A draft that joins a later one is called where that one is; nothing else goes to the outputs in between, so that the order in which sounds are
added, and with it their bits, stays.
"""
from __future__ import annotations

from dataclasses import replace

from .arithmetic import builtin
from .declare import WIDTH, PortKind
from .plan import Binding, Control, Numbers
from .rows import Draft, Heard, Made


def merged(drafts: list[Draft]) -> list[Draft]:
    """The drafts with fewer that go to the outputs."""
    return _by_eights(_neighbours(drafts))


def _goes_out(draft: Draft) -> bool:
    return any(port.kind is PortKind.BUS for port in draft.unit.ports)


def _neighbours(drafts: list[Draft]) -> list[Draft]:
    """What goes to the outputs from neighbouring channels, one after another, in one call."""
    joined_up: list[Draft | None] = []
    last, place = None, 0                                     # the one that went to the outputs last, and where it stands now
    for draft in drafts:
        is_out = _goes_out(draft)
        if is_out and last is not None and draft.unit == last.unit and draft.unit.merges:
            joined = _joined(last, draft)
            if joined is not None:
                joined_up[place] = None
                last, place = joined, len(joined_up)
                joined_up.append(joined)
                continue
        if is_out:
            last, place = draft, len(joined_up)
        joined_up.append(draft)
    return [draft for draft in joined_up if draft is not None]


def _joined(one: Draft, other: Draft) -> Draft | None:
    """Both in one; None if they do not hear neighbouring channels of one sound."""
    bindings: list[Binding | Heard | Made] = []
    for before, after in zip(one.bindings, other.bindings):
        if isinstance(before, Heard) and isinstance(after, Heard):
            if before.sound != after.sound or before.first + before.channels != after.first or before.width + after.width != 2:
                return None
            bindings.append(Heard(before.sound, before.first, before.channels + after.channels))
        elif isinstance(before, Numbers) and isinstance(after, Numbers):
            bindings.append(Numbers(before.values + after.values))
        else:
            bindings.append(before)
    return replace(one, bindings=tuple(bindings))


def _by_eights(drafts: list[Draft]) -> list[Draft]:
    """Eight one after another of a unit that has one for eight become that one."""
    kept: dict[int, Draft] = dict(enumerate(drafts))
    run: list[int] = []
    for index, draft in enumerate(drafts):
        if not _goes_out(draft):
            continue
        if not _joins(draft):
            run = []
        elif run and _alike(drafts[run[0]], draft):
            run.append(index)
        else:
            run = [index]
        if len(run) == WIDTH:
            kept[index] = _eight([kept.pop(place) for place in run])
            run = []
    return [kept[index] for index in sorted(kept)]


def _joins(draft: Draft) -> bool:
    """Whether it could be one of eight: one sound of one channel, and no control that follows a sound."""
    heard = [binding for binding in draft.bindings if isinstance(binding, Heard)]
    return bool(draft.unit.for_eight) and len(heard) == 1 and heard[0].channels == heard[0].width == 1 and not any(port.drives for port in draft.unit.ports)


def _alike(one: Draft, other: Draft) -> bool:
    return one.unit == other.unit and (one.unit.each or _numbers(one) == _numbers(other))


def _numbers(draft: Draft) -> list[Numbers]:
    return [binding for binding in draft.bindings if isinstance(binding, Numbers)]


def _eight(drafts: list[Draft]) -> Draft:
    """All of them in one."""
    first = drafts[0]
    bindings: list[Binding | Heard | Made] = []
    for index, binding in enumerate(first.bindings):
        if isinstance(binding, (Heard, Control)):
            bindings += [draft.bindings[index] for draft in drafts]
        elif isinstance(binding, Numbers) and first.unit.each:
            bindings.append(Numbers(tuple(value for draft in drafts for numbers in _numbers(draft) for value in numbers.values)))
        else:
            bindings.append(binding)
    return replace(first, unit=builtin(first.unit.for_eight), bindings=tuple(bindings))
