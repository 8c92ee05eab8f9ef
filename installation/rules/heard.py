"""Whether what leaves is heard: the level of what comes in, compared with the level of what went out. Pure: numbers in, a verdict out.

    heard = Heard(gain=None)                 gain: dB from what leaves to what comes in, if it is known
    heard.add(out, came)                     dBFS of the last half second
    heard.verdict                            HEARD, UNHEARD, DEAF or UNKNOWN
    heard.gain                               as it was learnt while it was clearly heard; until then NOT HEARD must last, to be believed

Visitors are louder than the piece, now and then. They can make a loudspeaker that is off seem to be heard for a while; they cannot make one that is heard
seem to be off, because it is asked how much there is at least: what comes in while much goes out, in the quiet fifth of those moments, against what comes
in while little does; and, once the gain is known, whether so much came in as must have.
"""
from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence

HEARD, UNHEARD, DEAF, UNKNOWN = "heard", "not heard", "deaf", "unknown"

SPAN = 120            # looks that are remembered: a minute
RECENT = 24           # looks that are judged where the gain is known
ENOUGH = 40           # looks before anything is said where it is not
FLOOR = -100.0        # dBFS: quieter is taken for this
AUDIBLE = -60.0       # dBFS: what goes out below this need not be heard
LIVES = -115.0        # dBFS: a microphone that is plugged in never gives less for a minute
RANGE = 9.0           # dB by which what goes out must vary, for its ups and downs to be known again
LIFT = 3.0            # dB by which the quiet moments must rise with it
CLEAR = 0.7           # correlation of the two levels from which the gain is learnt
ALIKE = 0.5           # … from which it is heard
NEAR = 6.0            # dB from what the gain promises, for half of the time, and it is heard
MARGIN = 15.0         # dB that may be missing


class Heard:
    """One pair: outputs, and the input that hears them.

    gain     dB; None until it is learnt
    margin   dB that may be missing from what the gain promises
    digital  the input is wired: silence there is no sign of a broken microphone
    """

    def __init__(self, gain: float | None = None, *, margin: float = MARGIN, digital: bool = False) -> None:
        self.gain, self.margin, self._digital = gain, margin, digital
        self._pairs: deque[tuple[float, float]] = deque(maxlen=SPAN)
        self._verdict = UNKNOWN

    def add(self, out: float, came: float) -> None:
        """The levels of the last half second, in dBFS."""
        self._pairs.append((max(FLOOR, out), came))
        self._verdict = self._judge()

    def forget(self) -> None:
        """What was heard until now says nothing any more: the sound stood still, or another card plays."""
        self._pairs.clear()
        self._verdict = UNKNOWN

    @property
    def verdict(self) -> str:
        """What can be said now."""
        return self._verdict

    @property
    def correlation(self) -> float:
        """How alike the ups and downs of the two levels are, -1 to 1; 0 where what goes out hardly varies."""
        outs, ins = self._columns()
        if len(outs) < ENOUGH or max(outs) - min(outs) < RANGE:
            return 0.0
        return _correlation(outs, ins)

    def _columns(self) -> tuple[list[float], list[float]]:
        return [out for out, _ in self._pairs], [max(FLOOR, came) for _, came in self._pairs]

    def _judge(self) -> str:
        pairs = list(self._pairs)
        if len(pairs) < RECENT:
            return UNKNOWN
        if not self._digital and max(came for _, came in pairs) < LIVES:
            return DEAF
        alike, lift = self.correlation, self._lift()
        if alike >= CLEAR and lift is not None and lift >= LIFT:
            self._learn()
        if self.gain is not None:
            return self._compared(pairs, self.gain)
        if len(pairs) < ENOUGH or lift is None or sum(out >= AUDIBLE for out, _ in pairs) < ENOUGH // 2:
            return UNKNOWN
        if lift >= LIFT and alike >= ALIKE:
            return HEARD
        return UNHEARD if lift < 1.0 and alike < 0.2 and len(pairs) == SPAN else UNKNOWN

    def _compared(self, pairs: list[tuple[float, float]], gain: float) -> str:
        """What came in of late, against what must have. ground: what comes in anyway; below it nothing can be missed."""
        ground = min(came for _, came in pairs) + LIFT
        loud = [(out, came) for out, came in pairs[-RECENT:] if out >= AUDIBLE]
        missing = [came < out + gain - self.margin for out, came in loud if out + gain - self.margin > ground]
        if len(missing) >= RECENT // 2 and sum(missing) >= 0.9 * len(missing):
            return UNHEARD
        near = sum(abs(came - out - gain) <= NEAR for out, came in loud)
        return HEARD if len(loud) >= RECENT // 2 and near >= len(loud) // 2 or (self.correlation >= ALIKE and not any(missing)) else UNKNOWN

    def _lift(self) -> float | None:
        """By how much the quiet fifth of what comes in is higher in the loud third of what goes out than in its quiet third; None if there is no such."""
        ordered = sorted(self._pairs)
        third = len(ordered) // 3
        quiet, loud = ordered[:third], ordered[-third:]
        if loud[0][0] - quiet[-1][0] < RANGE:
            return None
        return _quiet_fifth([came for _, came in loud]) - _quiet_fifth([came for _, came in quiet])

    def _learn(self) -> None:
        """The gain, from the loud third, where noise matters least. It moves slowly: a loudspeaker that fails must not be followed."""
        if self._digital:
            return
        loud = sorted(self._pairs)[-len(self._pairs) // 3:]
        now = sorted(came - out for out, came in loud)[len(loud) // 2]
        self.gain = now if self.gain is None else self.gain + 0.001 * (now - self.gain)


def _quiet_fifth(levels: list[float]) -> float:
    return max(FLOOR, sorted(levels)[len(levels) // 5])


def _correlation(first: Sequence[float], second: Sequence[float]) -> float:
    count = len(first)
    mean, other = sum(first) / count, sum(second) / count
    together = sum((a - mean) * (b - other) for a, b in zip(first, second, strict=True))
    spread = math.sqrt(sum((a - mean) ** 2 for a in first) * sum((b - other) ** 2 for b in second))
    return together / spread if spread > 1e-9 else 0.0


def level(energy: float, frames: int) -> float:
    """dBFS of a sum of squares over so many frames."""
    return 10.0 * math.log10(energy / frames) if frames > 0 and energy > 0.0 else -200.0
