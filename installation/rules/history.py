"""Undo and redo: what hands have moved, step by step, with whose hand it was.

    history = History(gate)                  follows the gate from now on
    history.begin(origin, by, title)         what this origin moves from here on is one step: a preset recalled, a morph
    history.undo(hand, time), redo           put back, or again; returns what was done, as data
    history.steps(most)                      newest first, as data

A step is one gesture (a finger's way on a fader, two fingers' on two), or all of a recall. Undo takes the last step of whoever asks;
someone who has none here (a tablet that came back under another name) takes the last of all. What somebody else, or a file, has moved
since stays as it is, and is named; where that is all of it, undo says so and leaves the step out from then on. Afterwards no hand holds
the value: mapping and score move it again if they did before.

Buttons are not undone (/system/, /preset/, /history/): they are pressed again. Pure; bounded in steps and in values.
"""
from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

from ..terms.declaration import Kind
from ..terms.fault import Fault
from ..terms.words import Words, both
from .addresses import HANDS
from .difference import moved, spoken
from .gate import Change, Gate, Hand

MOST = 300                    # steps remembered
MOST_VALUES = 30_000          # values remembered in all of them
NEVER = ("/system/", *HANDS)
LINES = 8                     # values of a step that are said one by one
TOGETHER = 0.15               # s: what one hand begins to move so soon after another value is the same step (two fingers, an XY pad)
RECENT = 8                    # steps back in which a gesture that goes on is looked for


@dataclass(slots=True)
class Step:
    """What is undone at once. `by` is who did it, `title` what it was if not simply a value moved, `undone_by` who undid it, "" nobody."""

    number: int
    by: str
    origin: str
    title: Words
    changes: dict[str, Change] = field(default_factory=dict)
    time: float = 0.0
    undone_by: str = ""
    undone: int = 0


class History:
    """What hands have moved through one gate."""

    def __init__(self, gate: Gate, most: int = MOST) -> None:
        self._gate, self._tree, self._most = gate, gate.tree, most
        self._steps: dict[int, Step] = {}
        self._open: dict[str, Step] = {}               # origin → the step that what it moves belongs to
        self._numbers = self._values = 0
        self._quiet = False                            # while undo itself writes
        gate.follow(self._take)

    def begin(self, origin: str, by: str, title: Words) -> None:
        """What `origin` moves from here on is one step of `by`'s, until it begins another."""
        self._opened(Step(0, by, origin, title))

    def steps(self, most: int = 50) -> list[dict[str, Any]]:
        """What was done, as data, newest first."""
        steps = sorted(self._steps.values(), key=lambda step: step.number, reverse=True)
        return [self._data(step) for step in steps[:max(0, most)]]

    def undo(self, hand: Hand, time: float) -> dict[str, Any]:
        """Put back what stood before the last step. Raises Fault if there is none, or nothing of it can be put back."""
        mine = [step for step in self._steps.values() if step.by == hand.origin]
        standing = [step for step in mine or self._steps.values() if not step.undone_by]
        if not standing:
            raise _nothing(both("there is nothing to undo", "il n'y a rien à annuler"))
        step = max(standing, key=lambda step: step.number)
        done = self._turn(step, hand, time, back=True)
        self._numbers += 1
        step.undone_by, step.undone = hand.origin, self._numbers
        return done

    def redo(self, hand: Hand, time: float) -> dict[str, Any]:
        """Do again what was undone last. Raises Fault if there is nothing, or nothing of it can be done again."""
        undone = [step for step in self._steps.values() if step.undone_by == hand.origin]
        if not undone:
            raise _nothing(both("there is nothing to do again", "il n'y a rien à refaire"))
        step = max(undone, key=lambda step: step.undone)
        done = self._turn(step, hand, time, back=False)
        step.undone_by, step.undone = "", 0
        return done

    # inside

    def _take(self, change: Change) -> None:
        """A hand has moved something; a gesture that goes on comes again, longer."""
        address = change.address
        if self._quiet or address.startswith(NEVER) or self._tree.declaration(address).kind is Kind.TRIGGER:
            return
        step = self._step_of(change)
        if step.number == 0:
            self._enter(step)
        step.time = change.time
        known = step.changes.get(address)
        step.changes[address] = change if known is None else replace(known, time=change.time, after=change.after, base_after=change.base_after)
        if known is None:
            self._values += 1
            self._shorten(step)

    def _step_of(self, change: Change) -> Step:
        """The step that a change belongs to; a new one where its hand begins something."""
        step = self._open.get(change.origin)
        if step is not None and (step.title or _goes_on(step, change)):
            return step
        for number in sorted(self._steps, reverse=True)[:RECENT]:
            if self._steps[number].origin == change.origin and _goes_on(self._steps[number], change):
                return self._steps[number]
        if step is not None and not step.undone_by and change.began - step.time <= TOGETHER:
            return step
        return self._opened(Step(0, change.origin, change.origin, Words("", "")))

    def _opened(self, step: Step) -> Step:
        self._open.pop(step.origin, None)
        self._open[step.origin] = step
        while len(self._open) > self._most:
            del self._open[next(iter(self._open))]
        return step

    def _enter(self, step: Step) -> None:
        self._numbers += 1
        step.number = self._numbers
        self._steps[step.number] = step
        for other in [other for other in self._steps.values() if other.undone_by == step.by]:      # who goes on from here does not go back there
            self._drop(other)

    def _shorten(self, current: Step) -> None:
        """Forget the oldest step of whoever has the most, so that one who never stops leaves the others theirs."""
        while len(self._steps) > self._most or (self._values > MOST_VALUES and len(self._steps) > 1):
            most, _ = Counter(step.by for step in self._steps.values() if step is not current).most_common(1)[0]
            self._drop(next(step for step in self._steps.values() if step.by == most and step is not current))

    def _drop(self, step: Step) -> None:
        del self._steps[step.number]
        self._values -= len(step.changes)
        if self._open.get(step.origin) is step:
            del self._open[step.origin]

    def _turn(self, step: Step, hand: Hand, time: float, *, back: bool) -> dict[str, Any]:
        """Move every value of a step, where it still is what the step left."""
        turned: list[str] = []
        kept: list[Words] = []
        refused: Fault | None = None
        self._quiet = True
        try:
            for address, change in step.changes.items():
                stood, wanted = (change.base_after, change.base_before) if back else (change.base_before, change.base_after)
                if address not in self._tree or self._tree.base(address) != stood:
                    kept.append(self._who_since(step, address))
                    continue
                try:
                    hidden = not back and change.before == change.after            # it was set below a mapping, and shall be again
                    self._gate.put_back(hand, address, wanted, time, base=back or hidden, origin=f"{'undo' if back else 'redo'} {hand.origin}")
                    if back:
                        self._gate.release(hand, address, time)
                except Fault as fault:
                    refused = fault
                    kept.append(both(f"{spoken(address)}: ", f"{spoken(address)} : ") + fault.happened)
                else:
                    turned.append(address)
        finally:
            self._quiet = False
        if not turned and refused is not None:
            raise refused
        if not turned:
            self._drop(step)
            raise Fault(kept[0], id="history.moved", remedy=both("It stays as it is now; the step before it is next.",
                                                                 "Cela reste tel quel ; le pas d'avant sera le suivant."))
        return {"step": self._data(step), "turned": turned, "kept": [{"en": words.en, "fr": words.fr} for words in kept]}

    def _who_since(self, step: Step, address: str) -> Words:
        name = spoken(address)
        if address not in self._tree:
            return both(f"{name} is not there any more", f"{name} n'est plus là")
        later = [other for other in self._steps.values() if other.number > step.number and address in other.changes and not other.undone_by]
        if later:
            return both(f"{name} has been moved since by {later[-1].by}", f"{name} a été déplacé depuis par {later[-1].by}")
        return both(f"{name} has been moved since", f"{name} a été déplacé depuis")

    def _data(self, step: Step) -> dict[str, Any]:
        lines = [moved(self._tree.declaration(address), change.base_before, change.base_after)
                 for address, change in list(step.changes.items())[:LINES] if address in self._tree]
        more = len(step.changes) - len(lines)
        words = step.title if step.title or not lines else lines[0]
        return {"number": step.number, "by": step.by, "origin": step.origin, "time": step.time, "en": words.en, "fr": words.fr, "undone": bool(step.undone_by),
                "values": len(step.changes), "lines": [{"en": line.en, "fr": line.fr} for line in lines], "more": max(0, more)}


def _goes_on(step: Step, change: Change) -> bool:
    known = step.changes.get(change.address)
    return known is not None and known.began == change.began


def _nothing(words: Words) -> Fault:
    return Fault(words, id="history.empty")
