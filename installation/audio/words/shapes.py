"""Words that say when a sound begins and how it goes."""
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ...terms.words import both
from ..arithmetic import ramped
from ..asked import refusal, whole, within
from ..graph import Signal, apply
from ..signal import TRIGGER, operand
from ..units import UNITS
from .taken import striking

__all__ = ["env", "fade", "ping", "segments"]

MOST_POINTS = 256
LONGEST = 86_400.0     # s
STRAIGHT = 1e-6        # a curve that nobody could tell from a line, and whose exponential would be all rounding
STEEPEST = 20.0        # a curve; e to that power is half a thousand million


def env(gate: Any, attack: Any = 0.01, decay: Any = 0.1, sustain: Any = 1.0, release: Any = 0.5) -> Signal:
    """Open and close with a gate (an ADSR): a signal from 0 to 1, to be multiplied with a sound.

    gate     a parameter, a control or a gate such as those of ug.above and ug.gate; open above 0.5
    attack   s until it is up, in a straight line; decay, s until it is down at `sustain` (0 to 1); release, s until it has fallen
             by 60 dB. Both fall as things do that ring out. Left as it is, the sustained level is 1, and decay has nothing to do

        ug.pink() * ug.env(self.near, attack=2, release=8)
    """
    return apply(UNITS["env"], controls={"gate": gate, "attack": attack, "decay": decay, "sustain": sustain, "release": release})


def ping(trigger: Any, attack: Any = 0.005, release: Any = 1.0) -> Signal:
    """One rise and fall at each trigger, as high as its value: a signal to be multiplied with a sound.

    trigger  a trigger parameter, or a sound that is above 0 when it strikes
    attack   s until it is up; release, s until it has fallen by 60 dB

        ug.sine(880) * ug.ping(self.touched, release=3)
    """
    return apply(UNITS["ping"], inputs={"trigger": striking(trigger, "ug.ping, trigger")},
                 controls={"attack": attack, "release": release})


def segments(start: Any, points: Sequence[tuple[Any, float]], curve: float | Sequence[float] = 0.0, wait: int | None = None,
             loop: int | None = None, begin: float = 0.0) -> Signal:
    """An envelope of any number of points, from one to the next: a signal, exact to the frame.

    start   a trigger: each strike begins it from wherever it is, to the first point. With `wait`, a gate, open above 0.5
    points  [(s, level), …]: how long it takes to get there, and where. 1 to 256 of them; a text such as "350 ms" will do
    curve   0 a straight line, below 0 quick first (-4 falls as a bell does), above 0 slow first, -20 to 20; a list has one for each point
    wait    the point, counted from 1, at which it waits while the gate is open; when it closes, it goes on from where it is
    loop    the point, counted from 1, to which it goes on from the last one, for ever; with `wait`, from there, while the gate is open
    begin   the level before the first start

        ug.sine(220) * ug.segments(self.touched, [(0.01, 1), (0.3, 0.4), (4, 0)], curve=-4)
        ug.saw(110) * ug.segments(self.near, [(2, 0.2), (1, 0.3), (1, 0.2), (5, 0)], wait=3, loop=2)
    """
    what = "ug.segments"
    rows = _points(points, what)
    count = len(rows)
    curves = [curve] * count if isinstance(curve, (int, float)) else list(curve)
    if len(curves) != count:
        raise refusal(both(f"{what}, curve: expected one number, or {count}, one for each point, got {len(curves)}",
                           f"{what}, curve : il faut un nombre, ou {count}, un pour chaque point, et non {len(curves)}"), "graph.points")
    bends = [within(f"{what}, curve", bend, -STEEPEST, STEEPEST) for bend in curves]
    at = 0 if wait is None else whole(f"{what}, wait", wait, 1, count)
    again = 0 if loop is None else whole(f"{what}, loop", loop, 1, at or count)
    level = within(f"{what}, begin", begin, -1e9, 1e9)
    given = operand(start, f"{what}, start")
    if isinstance(given, Signal) and given.rate == TRIGGER and at:
        raise refusal(both(f'{what}: it waits at point {at} while a gate is open, and "{given.name}" is a trigger, over at once',
                           f"{what} : il attend au point {at} tant qu'une porte est ouverte, et « {given.name} » est un déclencheur"),
                      "graph.trigger", both("ug.gate(self.touched, 3) makes a gate of it.", "ug.gate(self.touched, 3) en fait une porte."))
    head = (0.5 if at else 0.0, float(at), float(again))
    held = ramped(given) if at else given
    return apply(UNITS["segments"], inputs={"start": striking(held, f"{what}, start")},
                 numbers={"numbers": lambda hall: (*head, *_laid_out(rows, bends, hall.rate))},
                 state={"state": (0.0, 0.0, 0.0, 0.0, level, 0.0)})


def fade(time: Any, begin: float = 0.0, end: float = 1.0, curve: float = 0.0) -> Signal:
    """From `begin` to `end` once, from the scene's start on, and then it stays: a signal, to be multiplied with a sound.

    time   s, or a text such as "5 min"
    curve  0 a straight line, below 0 quick first, above 0 slow first, -20 to 20

        ug.pink() * ug.fade("5 min", curve=3)
    """
    span = within("ug.fade, time", time, 0.0, LONGEST, "s")
    bend = within("ug.fade, curve", curve, -STEEPEST, STEEPEST)
    return segments(ramped(1.0), [(span, within("ug.fade, end", end, -1e9, 1e9))], bend, begin=within("ug.fade, begin", begin, -1e9, 1e9))


def _points(points: Any, what: str) -> list[tuple[float, float]]:
    """Each point as seconds and level. Raises Fault for anything else."""
    given = list(points) if isinstance(points, Sequence) and not isinstance(points, str) else []
    if not 1 <= len(given) <= MOST_POINTS or not all(isinstance(point, Sequence) and len(point) == 2 for point in given):
        raise refusal(both(f"{what}, points: expected 1 to {MOST_POINTS} pairs of seconds and level",
                           f"{what}, points : il faut 1 à {MOST_POINTS} paires, secondes et niveau"), "graph.points",
                      both("Such as [(0.1, 1), (2, 0)].", "Par exemple [(0.1, 1), (2, 0)]."))
    return [(within(f"{what}, points", time, 0.0, LONGEST, "s"), within(f"{what}, points", level, -1e9, 1e9)) for time, level in given]


def _laid_out(points: list[tuple[float, float]], curves: list[float], rate: int) -> list[float]:
    """The numbers of the segments, as their kernel wants them."""
    numbers: list[float] = []
    for (time, level), curve in zip(points, curves, strict=True):
        frames = max(1.0, float(round(time * rate)))
        bent = abs(curve) > STRAIGHT
        numbers += [frames, level, curve if bent else 0.0, math.exp(curve / frames) if bent else 1.0,
                    1.0 / math.expm1(curve) if bent else 0.0]
    return numbers
