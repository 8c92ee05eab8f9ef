"""Dates: which frame of the sound belongs to a moment of the loop's clock.

    dates.observe(now, stage.frame)     on each control tick
    dates.frame(moment, at)             the frame of what play() asks for at that `Moment`, `at` seconds later

Everything that is dated lies AHEAD of the moment at which it was asked for, so that a loop which is late by less is not heard, and a
request is there before its block. Two dates are exactly as many frames apart as their moments are: a moment is what `room.sleep` and
`room.every` waited for, and not when the loop got round to it. So a scene places its voices in the room as it does in a rehearsal.

A card reads in gulps, and its clock is not ours. What counts is therefore the highest that the frames have been against the clock,
since no block is rendered before: where that rises, dates follow at once; where it has stayed lower for a while by more than SLACK
(another card, a player that was replaced, a slow crystal) they follow then, in one small step.
"""
from __future__ import annotations

import math
from typing import NamedTuple

AHEAD = 0.03      # s
NEAR = 0.002      # s by which the frames may run ahead unfollowed
SLACK = 0.015     # s by which they may lag behind unfollowed
WATCHED = 5.0     # s over which the highest is taken


class Moment(NamedTuple):
    """A moment of a play(): the loop time at which it began, and now. What passed between is rounded to frames by itself, so that
    what comes when does not depend on where between two frames it began."""

    began: float
    now: float


class Dates:
    """The loop's clock in frames, for one engine."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._zero: float | None = None       # the frame of loop time zero
        self._highest, self._since = -math.inf, -math.inf

    def observe(self, now: float, frame: int) -> None:
        """The next block that will be rendered begins at that frame."""
        zero = frame - self._rate * now
        if self._zero is None or zero > self._zero + NEAR * self._rate:
            self._zero = zero
        self._highest = max(self._highest, zero)
        if now - self._since >= WATCHED:
            if self._since > -math.inf and self._highest < self._zero - SLACK * self._rate:
                self._zero = self._highest
            self._highest, self._since = zero, now

    def frame(self, moment: Moment, at: float = 0.0) -> int:
        """The frame of what is asked for at a moment, `at` seconds later."""
        first = round((self._zero or 0.0) + self._rate * (moment.began + AHEAD))
        return first + round(self._rate * (moment.now - moment.began)) + round(self._rate * at)
