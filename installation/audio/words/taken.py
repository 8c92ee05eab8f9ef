"""What words take besides numbers: something that strikes, a sound of some width."""
from __future__ import annotations

from typing import Any

from ...terms.words import both
from ..asked import refusal
from ..signal import AUDIO, Signal, operand


def striking(trigger: Any, what: str) -> Any:
    """What strikes, as one channel: a trigger parameter or a sound. Raises Fault for a number."""
    given = operand(trigger, what)
    if not isinstance(given, Signal):
        raise refusal(both(f"{what}: expected a trigger, got {given:g}", f"{what} : il faut un déclencheur, et non {given:g}"),
                      "graph.trigger", both("Declare a parameter: touched = param(trigger=True).",
                                            "Déclarez un paramètre : touched = param(trigger=True)."))
    if given.channels != 1:
        raise refusal(both(f"{what}: expected one channel, got {given.channels}",
                           f"{what} : il faut un canal, et non {given.channels}"), "graph.channels")
    return given


def width_of(sound: Signal | float) -> int:
    """How many channels it has as a sound."""
    return sound.channels if isinstance(sound, Signal) and sound.rate == AUDIO else 1
