"""Words for what comes in: from the card, and from a moment ago."""
from __future__ import annotations

from typing import Any

from ..asked import whole, within
from ..graph import Signal, apply
from ..units import UNITS
from ..word import MOST_CHANNELS
from .taken import striking, width_of

__all__ = ["input", "loop"]

LONGEST_LOOP = 600.0     # s


def input(number: int = 1, channels: int = 1) -> Signal:
    """What a microphone or an instrument gives to the card, 64 frames late beside what the card itself takes.

    number    of the card's inputs, counted from 1; config.yaml says how many are opened (`sound: {inputs: 2}`)
    channels  so many inputs from there on, as one sound

        ug.place(ug.reverb(ug.input(1), decay=8), width=360)

    A loudspeaker that the microphone hears howls: keep the level low, or the microphone away.
    """
    number = whole("ug.input, number", number, 1, MOST_CHANNELS)
    channels = whole("ug.input, channels", channels, 1, MOST_CHANNELS + 1 - number)
    return apply(UNITS["input"], channels=channels, heard=number - 1)


def loop(x: Any, record: Any, longest: float = 60.0, feedback: Any = 1.0, rate: Any = 1.0, clear: Any = None) -> Signal:
    """What is recorded while a gate is open, round and round from the moment it closes; the loop alone, without the sound itself.

    record    a parameter or sound that is above 0 while it records, 1/100 s at least. The first time it makes the loop; from then on it
              lays the sound over it. `ug.latch` and `ug.count` make a gate of triggers
    longest   s, 0.02 to 600: the most that goes into the loop; a gate that is open longer goes on over it
    feedback  0 to 1, what is kept of the loop where something is laid over it
    rate      speed at which it is played, -16 to 16; recording is always at 1, so at another speed the two run across each other
    clear     a trigger parameter, or a sound that rises above 0: the loop falls silent and is forgotten

        ug.place(ug.loop(ug.input(1), record=self.listening, longest=20, clear=self.forget))

    The sound fades in and out within 5 ms, across the seam, so that nothing clicks.
    """
    longest = within("ug.loop, longest", longest, 0.02, LONGEST_LOOP, "s")
    channels = width_of(x)
    inputs = {"x": x, "record": striking(record, "ug.loop, record")}
    if clear is not None:
        inputs["clear"] = striking(clear, "ug.loop, clear")
    return apply(UNITS["loop"], inputs=inputs, controls={"rate": rate, "feedback": feedback}, channels=channels,
                 memory={"line": lambda hall: max(int(longest * hall.rate), 512)}, state={"state": (0.0,) * (16 + 64 * channels)})
