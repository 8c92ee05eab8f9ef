"""The flash guard: no more than three flashes in any second, whatever scenes ask. Last before the ports.

What is watched. From the values that go to the lamps, after every curve, the light of each emitter is taken as `dimmer ×
emitter`, 0 to 1 of what that emitter can give. Watched are, for each group of lamps that can be seen together (the whole room,
unless the piece says otherwise):
    each emitter          a lamp that flashes counts however many others stay dark: no exemption for small areas
    each lamp             relative luminance, weights R 0.2126, G 0.7152, B 0.0722 (ITU-R BT.709), white, amber and others 1
    the group             the sum of its lamps, by the same weights
A colour counts by its emitter and not by its luminance, so red against black, or red against white, counts in full.

What counts. A rise or a fall is a change by at least 0.0995 (WCAG 2.2, 2.3.1, has 0.10 of the maximum) between a valley and a
peak. While a lamp shows saturated red (red at least 0.8 of its light) and for a second after, 0.0620 (WCAG 2.1: 20 / 320). One
pair is a flash.

What is let through. Falls, and everything that is not a rise after a fall: a fade up or down passes untouched, bit for bit. A new
rise may begin only

    0.364 s after a rise of the group last began or became whole; unless nothing in the group has fallen, or begun to fall, since
    then: it is part of that rise

    and when the signal itself has not climbed by a whole step during the last 0.364 s, so that a slow beginning cannot hide a
    jump

So lamps that flash in turns count together. Times are seconds of the frames' own clock; frames may come at any pace. Why at most
three: four flashes in one second need four rises in it. The last three began inside it, 0.364 s apart, and the first one climbed
inside it, at least 0.364 s before the second began: 1.092 s.

What a lamp does meanwhile. It waits just under the step above its valley (0.0985): all its channels that would rise go the same
part of their way there, so its colour holds; its channels that fall do fall; other lamps are not touched. If only the group's
sum is refused, all lamps that would rise go the same part of their way. When the gate opens the waiting lamps climb in a
quarter of a second and do not jump.

Not seen by it: flicker inside a lamp (`kind.FLICKERING` is held constant), a lamp's own dimmer curve, projection, daylight, and
how lamps stand to each other's beams. It limits what leaves the engine to three complete flashes a second by this model, and
claims no more.

Source: WCAG 2.2, success criterion 2.3.1; ITU-R BT.1702 (leading edges 360 ms apart).
"""
from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

GAP = 0.364                     # s between rises; more than 1/3 s, by the jitter of one frame at 40 Hz
STEP, HOLD = 0.0995, 0.0985     # a rise or fall; how far a refused rise may go
RED_STEP, RED_HOLD = 0.0620, 0.0610
RED_SHARE, RED_FLOOR = 0.8, 0.02
RED_MEMORY = 1.0                # s
DIP = 0.02                      # a fall that has begun
CATCH_UP = 4.0                  # full scale per second, after the gate opened
HALVINGS = 18                   # of the part of the way: finer than a 16-bit step


@dataclass(frozen=True, slots=True)
class Lamp:
    """A lamp as the guard sees it: channel numbers and weights.

    dimmer    the channel that multiplies its light, or None
    emitters  (channel, weight in luminance, whether it is red)
    """

    dimmer: int | None
    emitters: tuple[tuple[int, float, bool], ...]


class Guard:
    """Guards one group of lamps. `tops` are the highest values of the channels of the whole patch.

    Counters: `held` frames in which something was refused, `flashes` rises that began.
    """

    def __init__(self, lamps: Sequence[Lamp], tops: np.ndarray) -> None:
        lamps = [lamp for lamp in lamps if lamp.emitters]
        self.held = self.flashes = 0
        self._tops = np.append(np.asarray(tops, dtype=float), 1.0)
        self._emitter = np.array([channel for lamp in lamps for channel, _, _ in lamp.emitters], dtype=np.intp)
        self._dimmer = np.array([len(tops) if lamp.dimmer is None else lamp.dimmer for lamp in lamps for _ in lamp.emitters],
                                dtype=np.intp)
        self._lamp = np.array([number for number, lamp in enumerate(lamps) for _ in lamp.emitters], dtype=np.intp)
        self._weight = np.array([weight for lamp in lamps for _, weight, _ in lamp.emitters], dtype=float)
        self._red = np.array([red for lamp in lamps for _, _, red in lamp.emitters], dtype=float)
        self._lamps = len(lamps)
        self._full = np.bincount(self._lamp, self._weight, self._lamps)
        # channels that the guard may hold back, each with its lamp
        owners = {channel: number for number, lamp in enumerate(lamps) for channel, _, _ in lamp.emitters}
        owners |= {lamp.dimmer: number for number, lamp in enumerate(lamps) if lamp.dimmer is not None}
        self._channel = np.array(sorted(owners), dtype=np.intp)
        self._owner = np.array([owners[channel] for channel in sorted(owners)], dtype=np.intp)
        # signals: emitters, lamps, the group
        self._of = np.concatenate([self._lamp, np.arange(self._lamps), [self._lamps]]).astype(np.intp)
        count = len(self._of)
        self._sent = np.zeros(len(tops), dtype=np.int64)
        self._now = np.zeros(count)                     # the signals of what was sent last
        self._rising = np.zeros(count, dtype=bool)      # begins as after a fall: the first rise counts
        self._turn = np.zeros(count)                    # the peak since the rise began, or the valley since the fall
        self._due = np.full(count, np.inf)              # where a rise that began will be whole
        self._late = np.zeros(count, dtype=bool)        # waited, and has not caught up yet
        self._red_until = np.full(self._lamps, -np.inf)
        self._step = np.full(count, STEP)
        self._hold = np.full(count, HOLD)
        self._past: deque[tuple[float, np.ndarray]] = deque([(-np.inf, self._now)], maxlen=4096)
        self._last = -np.inf                            # when a rise of the group last began or became whole
        self._fallen = False                            # whether anything of the group fell since
        self._time = -np.inf

    def limit(self, values: np.ndarray, time: float) -> np.ndarray:
        """The values that may be sent at this time instead of those asked for. Other groups' channels pass as they are."""
        if not self._lamps:
            return values
        wanted = self._signals(values)
        self._watch_red(wanted, time)
        cap = np.full(len(wanted), np.inf)
        rises = ~self._rising & (wanted > self._turn + self._hold)
        if rises.any():
            together = not self._fallen and not (self._rising & (wanted < self._turn - DIP)).any()
            open_ = together or time - self._last >= GAP
            refused = rises & (self._climb(time) >= self._step) if open_ else rises
            cap[refused] = self._turn[refused] + self._hold[refused]
        waiting = self._late & np.isinf(cap)
        if waiting.any():
            cap[waiting] = self._now[waiting] + CATCH_UP * min(0.1, max(0.0, time - self._time))
        over = wanted > cap
        given = values
        if over.any():
            given = self._hold_back(values, cap, over)
            self.held += 1
        self._late = self._touched(over)
        self._follow(given, time)
        return given

    def _signals(self, values: np.ndarray) -> np.ndarray:
        """The light of each emitter, of each lamp, and of the group, each 0 to 1 of its most."""
        share = np.append(values, 1) / self._tops
        light = share[self._emitter] * share[self._dimmer]
        lamps = np.bincount(self._lamp, self._weight * light, self._lamps)
        return np.concatenate([light, lamps / self._full, [lamps.sum() / self._full.sum()]])

    def _watch_red(self, wanted: np.ndarray, time: float) -> None:
        """Take the smaller step for lamps that show, or are about to show, saturated red."""
        count = len(self._lamp)
        for light in (wanted[:count], self._now[:count]):
            red = np.bincount(self._lamp, self._red * light, self._lamps)
            shown = (red > RED_FLOOR) & (red >= RED_SHARE * np.bincount(self._lamp, light, self._lamps))
            self._red_until[shown] = time + RED_MEMORY
        narrow = np.append((self._red_until >= time)[self._of[:-1]], False)
        self._step = np.where(narrow, RED_STEP, STEP)
        self._hold = np.where(narrow, RED_HOLD, HOLD)
        # What stands above the narrower mark already has been let through: it is counted from here on.
        falling = ~self._rising
        self._turn[falling] = np.maximum(self._turn, self._now - self._hold)[falling]

    def _climb(self, time: float) -> np.ndarray:
        """How far each signal has climbed during the last GAP seconds."""
        while len(self._past) > 1 and self._past[1][0] <= time - GAP:
            self._past.popleft()
        past = np.stack([signals for _, signals in self._past])
        return (past - np.minimum.accumulate(past, axis=0)).max(axis=0)

    def _hold_back(self, values: np.ndarray, cap: np.ndarray, over: np.ndarray) -> np.ndarray:
        """Let every lamp go only so far that no signal passes its cap."""
        own = over[:-1]
        part = np.ones(self._lamps)
        part[self._of[:-1][own]] = 0.0
        if own.any():
            part = self._most(values, part, cap, self._lamps)
        given = self._toward(values, part)
        if self._signals(given)[-1] <= cap[-1]:
            return given
        # The sum alone is refused: all that would rise go the same part of the way that is left to them.
        low, high = 0.0, 1.0
        for _ in range(HALVINGS):
            middle = (low + high) / 2.0
            if self._signals(self._toward(values, part * middle))[-1] <= cap[-1]:
                low = middle
            else:
                high = middle
        return self._toward(values, part * low)

    def _most(self, values: np.ndarray, part: np.ndarray, cap: np.ndarray, lamps: int) -> np.ndarray:
        """The largest part of the way for each lamp whose part is 0, by halving."""
        free = part == 0.0
        low, high = part.copy(), np.ones(lamps)
        for _ in range(HALVINGS):
            middle = np.where(free, (low + high) / 2.0, part)
            beyond = self._signals(self._toward(values, middle))[:-1] > cap[:-1]
            bad = np.bincount(self._of[:-1], beyond, lamps) > 0
            low = np.where(free & ~bad, middle, low)
            high = np.where(free & bad, middle, high)
        return low

    def _toward(self, values: np.ndarray, part: np.ndarray) -> np.ndarray:
        """The values asked for where they fall; where they rise, only each lamp's part of the way from what was sent."""
        given = values.copy()
        asked, sent = values[self._channel], self._sent[self._channel]
        some = sent + np.floor(part[self._owner] * (asked - sent)).astype(np.int64)
        given[self._channel] = np.where(asked > sent, some, asked)
        return given

    def _touched(self, over: np.ndarray) -> np.ndarray:
        """Every signal of the lamps that were held back; all of them where the sum was."""
        if over[-1]:
            return np.ones(len(over), dtype=bool)
        lamps = np.zeros(self._lamps + 1, dtype=bool)
        lamps[self._of[over]] = True
        return lamps[self._of]

    def _follow(self, given: np.ndarray, time: float) -> None:
        """Note what is sent: peaks, valleys, rises that began, falls."""
        now = self._signals(given)
        begins = ~self._rising & (now > self._turn + self._hold)
        falls = self._rising & (now <= np.maximum(self._turn, now) - self._step)
        self._due[begins] = (self._turn + self._step + 0.0005)[begins]
        self._turn = np.where(self._rising, np.maximum(self._turn, now), np.minimum(self._turn, now))
        self._turn[begins | falls] = now[begins | falls]
        self._rising = (self._rising | begins) & ~falls
        if begins.any():
            self.flashes += bool(self._fallen or self._last == -np.inf)
            self._fallen = False
        # A rise counts from when it is whole: one that begins slowly must not bring the next one nearer.
        whole = now >= self._due
        if begins.any() or whole.any():
            self._last = time
        self._due[whole | falls] = np.inf
        if falls.any():
            self._fallen = True
        self._sent = given.astype(np.int64)
        self._now = now
        while len(self._past) > 1 and self._past[1][0] <= time - GAP:
            self._past.popleft()
        self._past.append((time, now))
        self._time = time
