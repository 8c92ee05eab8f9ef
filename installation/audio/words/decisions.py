"""Words that decide: thresholds, steps, what is held and what has changed; and controls that come and go.

Some take or give strikes: sounds that are above 0 at the frame where something happens. A trigger parameter strikes, and so does a
gate that opens. Others give a gate: 1 or 0. All of these are sounds and exact to the frame; lfo and steps are controls.
"""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from ...terms.fault import did_you_mean
from ...terms.words import both
from ..arithmetic import measured
from ..asked import measure, refusal, whole, within
from ..graph import Signal, apply
from ..signal import CONTROL, operand
from ..units import UNITS
from ..units.decisions import FASTEST_HZ, MOST_STEPS, ORDERS, SHAPES
from ..units.seeds import seeds
from .taken import striking

__all__ = ["above", "beat", "chance", "changed", "count", "every", "gate", "hold", "latch", "lfo", "rising", "slew", "steps", "toggle"]

MOST_COUNTED = 16_777_216       # a sound's samples tell whole numbers apart up to here


def above(x: Any, threshold: Any, hysteresis: Any = 0.0) -> Signal:
    """Decide: 1 while x is above a threshold, 0 while it is not; a gate, channel by channel.

    x           a parameter, a control or a sound; how loud a sound is says ug.follow(sound), its own waves come and go too fast
    threshold   in what x is measured in; a text such as "50 cm" will do where x is a parameter with a unit
    hysteresis  how far x must come below the threshold again to count as below: a visitor who stands on the edge does not make it chatter

        ug.env(ug.above(self.closeness, 0.6, hysteresis=0.1), attack=2, release=5)
    """
    return apply(UNITS["above"], inputs={"x": x}, controls={"threshold": _like(x, threshold, "ug.above, threshold"),
                                                            "hysteresis": _like(x, hysteresis, "ug.above, hysteresis")})


def rising(x: Any, level: Any = 0.5) -> Signal:
    """Strike at each frame where x comes above a level; the level of a gate if none is given.

    What moves unsteadily comes above more than once: ug.rising(ug.above(x, 0.6, hysteresis=0.1)) does not.
    What is above from the first frame on strikes there.

        ug.ping(ug.rising(self.closeness, 0.8), release=4)
    """
    return apply(UNITS["rising"], inputs={"x": _single(x, "ug.rising, x")}, controls={"level": _like(x, level, "ug.rising, level")})


def changed(x: Any, threshold: Any) -> Signal:
    """Strike when x has moved by more than a threshold, up or down, since the last strike. The first frame is no strike.

        ug.ping(ug.changed(self.height, 0.05), release=0.2)
    """
    return apply(UNITS["changed"], inputs={"x": _single(x, "ug.changed, x")},
                 controls={"threshold": _like(x, threshold, "ug.changed, threshold")})


def beat(period: Any = 1.0) -> Signal:
    """Strike evenly, for the first time at once. It never drifts.

    period  s from one strike to the next

        ug.sine(880) * ug.ping(ug.beat(0.5), release=0.3)
    """
    return apply(UNITS["beat"], controls={"period": period})


def every(trigger: Any, n: int, first: int | None = None) -> Signal:
    """Let one strike in n pass, as high as it is: the n-th, the 2n-th…

    first  1 to n: the one with which it begins instead

        ug.every(self.touched, 5)
    """
    n = whole("ug.every, n", n, 1, MOST_COUNTED)
    first = n if first is None else whole("ug.every, first", first, 1, n)
    return apply(UNITS["every"], inputs={"trigger": striking(trigger, "ug.every, trigger")}, numbers={"numbers": (n, first)})


def chance(trigger: Any, probability: Any = 0.5) -> Signal:
    """Let a share of the strikes pass, as high as they are; which ones is chance, and the same on every run of the piece.

    probability  0 none, 1 all

        ug.ping(ug.chance(ug.beat(0.25), 0.3))
    """
    return apply(UNITS["chance"], inputs={"trigger": striking(trigger, "ug.chance, trigger")}, controls={"probability": probability},
                 state={"state": seeds(1, 3)})


def count(trigger: Any, modulo: int = MOST_COUNTED) -> Signal:
    """How many strikes there were, as a signal that holds: 0, 1, 2… up to modulo - 1, then 0 again.    ug.count(self.touched, 4) * 0.25"""
    modulo = whole("ug.count, modulo", modulo, 2, MOST_COUNTED)
    return apply(UNITS["count"], inputs={"trigger": striking(trigger, "ug.count, trigger")}, numbers={"numbers": (modulo,)})


def toggle(trigger: Any) -> Signal:
    """A gate that opens at one strike and closes at the next: touch for on, touch for off.    ug.env(ug.toggle(self.touched), attack=1)"""
    return apply(UNITS["count"], inputs={"trigger": striking(trigger, "ug.toggle, trigger")}, numbers={"numbers": (2.0,)}, word="ug.toggle")


def gate(trigger: Any, length: Any = 1.0) -> Signal:
    """A gate that is open for a time after each strike; a strike meanwhile begins the time anew.

    length  s

        ug.env(ug.gate(self.touched, 3), attack=0.5, release=2)
    """
    return apply(UNITS["gate"], inputs={"trigger": striking(trigger, "ug.gate, trigger")}, controls={"length": length})


def latch(on: Any, off: Any) -> Signal:
    """A gate that one sort of strike opens and another closes.    ug.env(ug.latch(on=self.entered, off=self.left), release=10)"""
    return apply(UNITS["latch"], inputs={"on": striking(on, "ug.latch, on"), "off": striking(off, "ug.latch, off")})


def hold(x: Any, trigger: Any) -> Signal:
    """Keep what x was at the last strike, until the next: sample and hold. 0 before the first.

    x  a sound, channel by channel, a parameter or a control; of ug.white() it keeps a chance value between -1 and 1

        ug.hold(ug.white(), ug.beat(0.5)) * 0.2
    """
    return apply(UNITS["hold"], inputs={"x": x, "trigger": striking(trigger, "ug.hold, trigger")})


def slew(x: Any, up: Any, down: Any = None) -> Signal:
    """Let x move no faster than a speed: a parameter or a control gives a control, a sound a sound.

    up    how much it may rise in a second, in what x is measured in
    down  how much it may fall in a second; as up if it is left out

        ug.lowpass(ug.pink(), ug.slew(self.cutoff, up=2_000, down=200))
    """
    down = up if down is None else down
    given = operand(x, "ug.slew, x")
    second = {"numbers": lambda hall: (1.0 / hall.rate,)}
    if isinstance(given, Signal) and given.rate == CONTROL:
        slow = apply(UNITS["slew_control"], controls={"control": given, "up": up, "down": down}, numbers=second, word="ug.slew")
        return replace(slow, unit=given.unit)
    return apply(UNITS["slew"], inputs={"x": given}, controls={"up": up, "down": down}, numbers=second)


def lfo(period: Any = None, shape: str = "sine", low: Any = 0.0, high: Any = 1.0, phase: float = 0.0, frequency: Any = None) -> Signal:
    """A control that comes and goes between low and high, and never drifts.

    period     s for a turn, 0.02 or more; 8 if nothing is said. Or `frequency`, Hz, up to 50; a frequency of 0 stands still
    shape      each begins at low: "sine"; "triangle"; "saw" rises and jumps back; "square" is low, then high; "random", a new value
               each turn; "smooth random", from one to the next without a corner. Chance is the same on every run of the piece
    phase      0 to 1: where in its turn it begins

        ug.lowpass(ug.pink(), ug.lfo(12, low=200, high=2_000))

    A control runs straight over 64 frames, so a jump takes 1.3 ms and does not click. For what is faster than 50 Hz take ug.sine.
    """
    number = _chosen(shape, SHAPES, "ug.lfo, shape", "graph.shape")
    phase = within("ug.lfo, phase", phase, 0.0, 1.0)
    if period is not None and frequency is not None:
        raise refusal(both("ug.lfo: it has a period or a frequency, not both",
                           "ug.lfo : il a une période ou une fréquence, pas les deux"), "graph.either")
    if frequency is None:
        frequency = _per_second(8.0 if period is None else period)
    return apply(UNITS["lfo"], controls={"frequency": frequency, "low": low, "high": high}, numbers={"numbers": (number, phase)},
                 state={"state": seeds(1, 6)})


def steps(values: Iterable[float], trigger: Any = None, period: Any = None, order: str = "forward") -> Signal:
    """A control that goes through a row of values, on to the next at each strike.

    values   1 to 1024 numbers
    trigger  what strikes: the first strike is at the first value, where it stands from the beginning. Or
    period   s from step to step
    order    "forward", and round again; "random", any; "shuffle", each once, then each once in another order; "pendulum", to and fro

        ug.saw(ug.steps([110, 165, 220, 330], period=0.25, order="shuffle"))

    A step takes one block of 64 frames, 1.3 ms. Chance is the same on every run of the piece.
    """
    number = _chosen(order, ORDERS, "ug.steps, order", "graph.order")
    row = _row(values)
    if (trigger is None) == (period is None):
        raise refusal(both("ug.steps needs a trigger or a period, one of the two",
                           "ug.steps a besoin d'un déclencheur ou d'une période, l'un des deux"), "graph.either")
    strikes = beat(period) if trigger is None else striking(trigger, "ug.steps, trigger")
    return apply(UNITS["steps"], inputs={"trigger": strikes}, numbers={"numbers": (number, *row)}, state={"state": seeds(1, 6 + len(row))})


def _row(values: Any) -> list[float]:
    wanted = both(f"ug.steps, values: expected a list of 1 to {MOST_STEPS} numbers",
                  f"ug.steps, values : il faut une liste de 1 à {MOST_STEPS} nombres")
    if isinstance(values, (str, Signal)) or not isinstance(values, Iterable):
        raise refusal(wanted, "graph.values")
    row = [within("ug.steps, values", value, -1e12, 1e12) for value in values]
    if not 1 <= len(row) <= MOST_STEPS:
        raise refusal(wanted, "graph.values")
    return row


def _chosen(name: Any, known: dict[str, float], what: str, id: str) -> float:
    if isinstance(name, str) and name in known:
        return known[name]
    close, listing = did_you_mean(str(name), known), ", ".join(known)
    raise refusal(both(f"{what}: expected one of {listing}, got {name!r}", f"{what} : il faut l'un de {listing}, et non {name!r}"), id,
                  both(f'Did you mean "{close}"?', f"Peut-être « {close} » ?") if close else "")


def _per_second(period: Any) -> Any:
    """How often, of how long."""
    given = period if isinstance(period, str) else operand(period, "ug.lfo, period")
    if isinstance(given, Signal):
        return 1.0 / (measured(given, "s") if given.rate == CONTROL else given)
    return 1.0 / within("ug.lfo, period", given, 1.0 / FASTEST_HZ, 1e6, "s")


def _like(x: Any, amount: Any, what: str) -> Any:
    """An amount, be it a text or a parameter, in the unit of what it is compared with."""
    given = operand(x, what)
    unit = given.unit if isinstance(given, Signal) else ""
    if isinstance(amount, str):
        return measure(what, amount, unit)
    compared = operand(amount, what)
    return measured(compared, unit) if isinstance(compared, Signal) and compared.rate == CONTROL else compared


def _single(x: Any, what: str) -> Any:
    """What has one channel. Raises Fault for more."""
    given = operand(x, what)
    if isinstance(given, Signal) and given.channels > 1:
        raise refusal(both(f"{what}: expected one channel, got {given.channels}", f"{what} : il faut un canal, et non {given.channels}"),
                      "graph.channels", both("Take one with [0].", "Prenez-en un avec [0]."))
    return given
