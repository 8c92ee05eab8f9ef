"""Which scene plays when, in one layer of the score. Pure: the time and the readings are arguments.

    state = LayerState(record)
    transition = state.step(now, values, wanted=None, idle=False)     None, or what should play from now on
    state.entered(scene, now)                                         what does
    state.coming(now, values)                                         what may follow, and how near it is

The first change whose conditions hold is taken. `when` must have been true for `for` seconds without a break; a reading that is
missing makes it false. `after` counts from the moment at which the scene began. A hand's choice stands until a change is due.
While the house is idle the idle scene plays; then the layer begins anew, or with what a hand asked for meanwhile.
"""
from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from ..terms.fault import Fault
from .expression import Expression
from .piece import ChangeRecord, LayerRecord

SILENCE = "none"      # what a hand writes for no scene at all
RETRY = 10.0          # s before a scene that could not be made is asked for again


class Reason(Enum):
    """Why a layer passes to another scene."""

    START = "start"
    RESUME = "resume"      # it played before the restart
    CHANGE = "change"      # the score's conditions
    HAND = "hand"
    IDLE = "idle"
    FAILED = "failed"      # the scene that played is broken


@dataclass(frozen=True, slots=True)
class Transition:
    """From one scene to another; None is silence.

    change   the record that asked for it, where one did
    """

    layer: str
    leave: str | None
    to: str | None
    fade: float
    reason: Reason
    change: ChangeRecord | None = None


@dataclass(frozen=True, slots=True)
class Coming:
    """A change that may follow.

    change  its record
    holds   whether its `when` is true now; None where it has none
    held    seconds for which it has been true without a break
    due     seconds until it is taken if nothing changes; None while `when` is not true
    """

    change: ChangeRecord
    holds: bool | None
    held: float
    due: float | None


class LayerState:
    """One layer: the scene that plays, since when, and since when each condition has held.

    current   the scene that plays, None for silence
    began     when it began
    faults    how often a condition had no value (a division by zero)

    `step` asks, `entered` says what came of it: a scene that could not be made is asked for again after RETRY seconds.
    """

    def __init__(self, record: LayerRecord, now: float = 0.0) -> None:
        self.record = record
        self.current: str | None = None
        self.began = now
        self.faults = 0
        self._conditions = [None if change.when is None else Expression.parse(change.when) for change in record.changes]
        self._since: list[float | None] = [None] * len(record.changes)
        self._started = False
        self._idle = False
        self._next: str | None = record.start      # what plays when idling ends
        self._resumed: float | None = None         # seconds for which `_next` has played already
        self._asked: str | None = None             # by the last change that was due
        self._quiet_until = now

    def step(self, now: float, values: Callable[[str], float | bool | None], wanted: str | None = None,
             idle: bool = False) -> Transition | None:
        """What should play from now on, where that is something else.

        values   the value of a reading ("plinth.distance"); None or nan where it has none
        wanted   the scene that a hand has just asked for (SILENCE for none); None when nobody did
        idle     whether the house is idle
        """
        scene = None if wanted == SILENCE else wanted
        if idle:
            self._next = scene if wanted is not None else self._next if self._idle else self.record.start
            self._idle = True
            return self._ask(self.record.idle, Reason.IDLE)
        if self._idle or not self._started:
            self._idle, self._started = False, True
            first = Reason.START if self._resumed is None else Reason.RESUME
            return self._ask(self._next, first) if wanted is None else self._ask(scene, Reason.HAND)
        if wanted is not None:
            return self._ask(scene, Reason.HAND)
        due = [change for index, change in enumerate(self.record.changes) if self._due(index, change, now, values)]
        if not due or now < self._quiet_until:
            return None
        self._asked = due[0].to
        return self._ask(due[0].to, Reason.CHANGE, due[0])

    def resume(self, scene: str | None, played: float, now: float) -> None:
        """Before the first step: begin with this scene, as though it had played for so many seconds."""
        self._next, self._resumed = scene, played
        self.began = now - played

    def standing(self, now: float) -> tuple[str | None, float]:
        """The scene to go on with after a restart, and for how long it has played: while the house is idle, the one that follows."""
        if not self._started:
            return self._next, self._resumed or 0.0
        return (self._next, 0.0) if self._idle else (self.current, max(0.0, now - self.began))

    @property
    def counts(self) -> bool:
        """Whether a change from what plays comes after so many seconds."""
        return any(change.after is not None and change.leave in (None, self.current) for change in self.record.changes)

    def entered(self, scene: str | None, now: float) -> None:
        """What plays now. The same as before, after a change was asked for, means that the new scene could not be made."""
        self._started = True
        if scene == self.current:
            self._quiet_until = now + RETRY if self._asked is not None else self._quiet_until
        else:
            self.current, self.began, self._quiet_until = scene, now, now
            self._since = [None] * len(self._since)
            if self._resumed is not None and scene == self._next:
                self.began = now - self._resumed
            self._resumed = None
        self._asked = None

    def coming(self, now: float, values: Callable[[str], float | bool | None]) -> list[Coming]:
        """The changes that may follow what plays, in the order in which they are asked. Changes nothing."""
        found = []
        for index, change in enumerate(self.record.changes):
            if change.leave not in (None, self.current) or change.to == self.current:
                continue
            condition, since = self._conditions[index], self._since[index]
            holds = None if condition is None else self._holds(condition, values, count=False)
            held = now - since if holds and since is not None else 0.0
            waits = [0.0, self._quiet_until - now, change.dwell - held if holds else 0.0, (change.after or 0.0) - (now - self.began)]
            found.append(Coming(change, holds, max(0.0, held), None if holds is False or self._idle else max(waits)))
        return found

    def failed(self) -> Transition | None:
        """The scene that plays is broken: what to play instead."""
        return self._ask(self.record.idle if self.current != self.record.idle else None, Reason.FAILED)

    def _due(self, index: int, change: ChangeRecord, now: float, values: Callable[[str], float | bool | None]) -> bool:
        if change.leave not in (None, self.current) or change.to == self.current:
            self._since[index] = None
            return False
        condition = self._conditions[index]
        if condition is not None:
            if not self._holds(condition, values):
                self._since[index] = None
                return False
            since = self._since[index]
            since = self._since[index] = now if since is None else min(since, now)
            if now - since < change.dwell:
                return False
        return change.after is None or now - self.began >= change.after

    def _holds(self, condition: Expression, values: Callable[[str], float | bool | None], count: bool = True) -> bool:
        found = {name: value for name in condition.names if (value := values(name)) is not None and math.isfinite(value)}
        try:
            return bool(condition.value(found))
        except Fault as fault:
            self.faults += count and fault.id != "expression.absent"
            return False

    def _ask(self, to: str | None, reason: Reason, change: ChangeRecord | None = None) -> Transition | None:
        if to == self.current:
            return None
        fade = self.record.fade if change is None or change.fade is None else change.fade
        return Transition(self.record.name, self.current, to, fade, reason, change)
